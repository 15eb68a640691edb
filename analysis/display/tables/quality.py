"""What the checks of the data looked at and found: the table of section 9.6, and the accepted findings.

Not here: the checks themselves (`schemas.checks`), and what was not analysed (`cutoff`, `collected`).
"""

from __future__ import annotations

import pandas as pd

from trial_report import declare
from trial_report.analysis.analyse.cutoff import ID as CUTOFF
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.counted import records
from trial_report.analysis.display.domains import NAMES
from trial_report.analysis.display.table import Column, Table
from trial_report.analysis.results.formatting import fmt_number
from trial_report.analysis.results.question import Question

KINDS = {"error": "Errors", "warning": "Warnings", "accepted": "Accepted"}


def kinds(problems: pd.DataFrame) -> pd.Series:
    """Of each finding: error, warning, or accepted (with a reason, whatever its severity)."""
    accepted = problems["accepted"].fillna("") != ""
    return problems["severity"].where(~accepted, "accepted")


def counted(problems: pd.DataFrame) -> pd.DataFrame:
    """The findings with `kind`, and `times`: for how many records each counts, itself and what follows from it.

    A finding counts once for each record that it is in; one that is in none, as of a file or a visit that is missing,
    counts once.
    """
    following = problems["consequences"].astype(int)
    named = problems["record"].fillna("") != ""
    return problems.assign(kind=kinds(problems), times=following + (named | (following == 0)))


def found(problems: pd.DataFrame) -> dict[str, int]:
    """How many findings there are of each kind, as every place of a report counts them."""
    sums = counted(problems).groupby("kind")["times"].sum()
    return {kind: int(sums.get(kind, 0)) for kind in KINDS}


COUNTED = "A finding counts once for each record that it is in, and once where it is in none."


@declare.table(
    "quality.table",
    after="methods.table",
    number="16.1.9",
    title="Records checked and findings, by domain",
    nobody=records,
)
def by_domain(book: Book) -> Table:
    """A row a domain: records read, errors, warnings, accepted findings. No report is built on an error."""
    each = counted(book.problems)
    counts = each.pivot_table("times", "domain", "kind", "sum", fill_value=0)
    counts = counts.reindex(columns=list(KINDS), fill_value=0)
    columns = [
        Column("domain", "Domain"),
        Column("records", "Records", "right"),
        *(
            Column(kind, heading, "right")
            for kind, heading in zip(KINDS, ("Errors", "Warnings", "Accepted"), strict=True)
        ),
    ]
    records = delivered(book)
    names = sorted({*records, *counts.index})
    rows = [
        [
            named(name),
            fmt_number(records[name], thousands=True) if name in records else "–",
            *(fmt_number(int(counts[kind].get(name, 0))) for kind in KINDS),
        ]
        for name in names
    ]
    total = sum(records.values())
    sums = (fmt_number(int(counts[kind].sum())) for kind in KINDS)
    rows.append(["Total", fmt_number(total, thousands=True), *sums])
    notes = ["An error stops the report; an accepted finding has a stated reason."]
    return Table.build(columns, rows, notes=[*notes, *([COUNTED] if len(book.problems) else [])])


def delivered(book: Book) -> dict[str, int]:
    """Records of each domain as they were checked: also those that the cut-off then took out."""
    found = {}
    for name, frame in book.domains.items():
        key = Question(CUTOFF, "ALL", name, level="RECORDS").key("n")
        found[name] = int(book.value(key) or 0) if book.has(key) else len(frame)
    return found


def named(domain: str) -> str:
    """ "Vital signs (VS)"; a supplement is named after its parent."""
    parent = domain.removeprefix("SUPP")
    name = NAMES.get(parent)
    if name is None:
        return domain
    return f"{name} ({domain})" if parent == domain else f"{name}, supplemental qualifiers ({domain})"


@declare.table(
    "quality.findings",
    after="quality.table",
    number="16.1.9",
    title="Findings of the data checks",
    nobody=records,
    landscape=True,
    when=lambda book: len(book.problems) > 0,
)
def findings(book: Book) -> Table:
    """A row a kind of finding: check, severity, domain, variable, how often, the first example, the reason."""
    keys = ["check", "kind", "domain", "variable", "message", "accepted"]
    # Only texts: a number, such as the line in a file, has no empty text.
    each = counted(book.problems)
    problems = each[[*keys, "subject", "value"]].fillna("").assign(times=each["times"])
    grouped = problems.groupby(keys, sort=False, as_index=False).agg(
        times=("times", "sum"), subject=("subject", "first"), value=("value", "first")
    )
    columns = [
        Column("check", "Check", width=1.1),
        Column("kind", "Severity", width=1),
        Column("place", "Variable", width=1.4),
        Column("message", "What was found", width=4),
        Column("times", "Findings", "right", width=0.8),
        Column("example", "First example", width=2.6),
        Column("accepted", "Reason accepted", width=2),
    ]
    frame = grouped.assign(
        place=(grouped["domain"] + " " + grouped["variable"]).str.strip(),
        times=grouped["times"].map(fmt_number),
        example=(grouped["subject"] + " " + grouped["value"].str.slice(0, 60)).str.strip(),
    )
    return Table.from_frame(frame, columns, notes=[COUNTED], stub=1)
