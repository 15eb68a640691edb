"""The evidence as a document: the same blocks give validation.html and validation.pdf, in the report's look.

Not here: the gathering of what it says (`evidence`), and the files (`written`).
"""

from __future__ import annotations

from collections import Counter
from datetime import date

from trial_report.evidence.pages import table
from trial_report.evidence.qualify.evidence import Evidence
from trial_report.evidence.qualify.requirements import FAILED, PASSED, SKIPPED, Matrix
from trial_report.report.cells.kit import lines, title_page
from trial_report.report.cells.pieces import Block, heading, paragraph

TITLE = "Evidence for validation"
NO_CLAIM = (
    "This document is evidence for validation. It does not claim that the software is validated: whether it is fit "
    "for an intended use is for its user to decide and to document."
)
CONTENTS = (
    ("summary", "Summary"), ("requirements", "Requirements and tests"), ("installation", "Installation"),
    ("operation", "Operation"), ("performance", "Performance"), ("verify", "Computed twice"),
    ("reproduce", "The same bytes"), ("limits", "Known limits"), ("signatures", "Signatures"),
)  # fmt: skip


def blocks(evidence: Evidence, cutoff: date) -> list[Block]:
    """Return the document's blocks; the first is its title page, which ``cutoff`` dates."""
    facts = [("Study", evidence.study), ("Code", evidence.revision), ("Python", evidence.python)]
    notice = None if evidence.complete else "INCOMPLETE: at least one check failed, or was not done. See the summary."
    first = title_page(
        title=TITLE, subtitle="Clinical study report generator", header=("Evidence for validation", evidence.study),
        footer=f"Code {evidence.revision[:12]}", facts=facts, statements=[NO_CLAIM], notice=notice, cutoff=cutoff,
    )  # fmt: skip
    held = evidence.matrix
    return [
        first,
        heading(1, "1 Summary", "summary"),
        _summary(evidence),
        heading(1, "2 Requirements and the tests that cover them", "requirements"),
        *(_requirements(held) if held else []),
        heading(1, "3 Installation check", "installation"),
        _installation(evidence),
        heading(1, "4 Operational check", "operation"),
        *(_operation(held) if held else []),
        heading(1, "5 Performance check", "performance"),
        *_performance(evidence),
        heading(1, "6 Every result computed twice", "verify"),
        _verified(evidence),
        heading(1, "7 The same bytes", "reproduce"),
        _reproduced(evidence),
        heading(1, "8 Known limits", "limits"),
        lines(evidence.limits),
        heading(1, "9 Signatures", "signatures"),
        paragraph("The undersigned have read this evidence and judged it against the intended use."),
        _signatures(),
    ]


def _summary(evidence: Evidence) -> Block:
    rows = [[name, found, "as wanted" if good else "NOT AS WANTED"] for name, found, good in evidence.checks]
    rows += [["Fault", fault, "NOT AS WANTED"] for fault in evidence.faults]
    return table("v.summary", "1.1", "Checks", [("Check", 1.2), ("Found", 3), ("", 1)], rows)


def _counted(tests: Counter[str]) -> str:
    return ", ".join(f"{tests[name]} {name}" for name in (PASSED, FAILED, SKIPPED) if tests[name])


def _requirements(held: Matrix) -> list[Block]:
    rows = []
    for one in held.covered:
        files: dict[str, Counter[str]] = {}
        for test in one.tests:
            files.setdefault(test.file, Counter())[test.outcome] += 1
        told = "\n".join(f"{file}: {_counted(counts)}" for file, counts in files.items())
        rows.append([one.requirement.id, one.requirement.text, f"#{one.requirement.issue}", told, one.state])
    columns = [("Id", 0.8), ("Requirement", 3.4), ("Issue", 0.5), ("Tests", 3.2), ("State", 0.9)]
    without = Counter(test.file for test in held.without_requirement)
    lost = [[file, str(count)] for file, count in without.items()]
    unknown = [[name] for name in held.unknown]
    return [
        table("v.requirements", "2.1", "Requirements, tests and results", columns, rows),
        table("v.untested", "2.2", "Requirements without a test that passed", [("Id", 1), ("State", 3)],
              [[c.requirement.id, c.state] for c in held.covered if c.state != PASSED]),
        table("v.unasked", "2.3", "Tests without a requirement", [("File", 4), ("Tests", 1)], lost),
        table("v.unknown", "2.4", "Ids in tests that are no requirement", [("Id", 1)], unknown),
    ]  # fmt: skip


def _installation(evidence: Evidence) -> Block:
    rows = [
        [one.name, one.locked, one.installed or "–", str(one.files), "\n".join((one.state, *one.altered[:5]))]
        for one in evidence.packages
    ]
    columns = [("Package", 1.6), ("Locked", 1), ("Installed", 1), ("Files checked", 0.8), ("State", 1.8)]
    notes = ["Files checked: installed files whose SHA-256 was compared with the package's RECORD."]
    return table("v.installation", "3.1", "Packages of the lock", columns, rows, notes=notes, empty="Not checked.")


def _operation(held: Matrix) -> list[Block]:
    functions: dict[tuple[str, str], Counter[str]] = {}
    for test in held.tests:
        functions.setdefault((test.file, test.name), Counter())[test.outcome] += 1
    rows = [[file, name, _counted(counts)] for (file, name), counts in functions.items()]
    bad = [[t.file, t.name, t.outcome, t.reason] for t in held.tests if t.outcome != PASSED]
    columns = [("File", 2.2), ("Test", 3), ("Result", 1)]
    return [
        table("v.notpassed", "4.1", "Tests that did not pass",
              [("File", 2), ("Test", 2), ("Result", 0.7), ("Reason", 2.5)], bad),
        table("v.tests", "4.2", "All tests", columns, rows, empty="No test ran.",
              notes=["Runs of one test with several parameters are counted together."]),
    ]  # fmt: skip


def _performance(evidence: Evidence) -> list[Block]:
    steps = [[name, f"{seconds:.2f}"] for name, seconds in evidence.steps]
    sizes = [[name, f"{size:,}"] for name, size in evidence.sizes]
    return [
        table("v.steps", "5.1", "The study's report, end to end", [("Step", 3), ("Seconds", 1)], steps,
              empty="Not done."),
        table("v.sizes", "5.2", "What was written", [("File", 3), ("Bytes", 1)], sizes, empty="Nothing was written."),
    ]  # fmt: skip


def _verified(evidence: Evidence) -> Block:
    found = evidence.verified
    if found is None:
        return paragraph("Not done.")
    columns = [(str(name).replace("_", " ").capitalize(), 2.0 if n == 0 else 1.0) for n, name in enumerate(found)]
    rows = [[str(cell) for cell in line] for line in found.itertuples(index=False)]
    return table("v.verified", "6.1", "Results by analysis, first road against second", columns, rows)


def _reproduced(evidence: Evidence) -> Block:
    if evidence.differences is None:
        return paragraph("Not done.")
    rows = [[d.file, d.place, d.here, d.there] for d in evidence.differences]
    columns = [("File", 1), ("Place", 1.5), ("Once", 2), ("Again", 2)]
    return table("v.reproduced", "7.1", "Differences between two builds", columns, rows,
                 empty="Two builds in different places, time zones, locales and hash seeds, with another home, user "
                 "name, mask and number of processors, gave the same bytes.")  # fmt: skip


def _signatures() -> Block:
    roles = ("Author", "Statistician", "Reviewer", "Quality assurance")
    columns = [("Role", 1.2), ("Name", 1.6), ("Signature", 1.8), ("Date", 1)]
    return table("v.signatures", "9.1", "Signatures", columns, [[role, "\n\n", "", ""] for role in roles])
