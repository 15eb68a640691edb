"""Writes the page of the documentation that lists every check.

``python -m trial_report.schemas.checks > docs/checks.md``

Not here: the pages on which data a study needs (`schemas.domains`) and on its definition (`schemas.study`).
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from trial_report.schemas.checks.registry import CHECKS, Check

_GROUPS = (
    ("FILE", "Files", "Before any value is looked at. Without a readable file nothing that depends on it is judged."),
    ("--", "Every domain", "The hyphens stand for the domain: `--008` is `AE-008` in AE and `LB-008` in LB."),
    ("SUPP", "Supplemental qualifiers", "SUPP-- against the records that it qualifies."),
    ("DM", "Subjects", "DM, and DM against EX."),
    ("EX", "Exposure", "EX against the treatment groups of the study definition."),
    ("AE", "Adverse events", ""),
    ("CO", "Coding", "Terms, codes and classes against each other within the delivery, and against the subject's sex."),
    ("SV", "Visits", ""),
    ("DT", "Dates and periods", "Dates that were mistyped, with the probable one, and the period that they lie in."),
    ("X", "Across domains", ""),
    ("CT", "Codelists", "Controlled terminology beside `--006` and `--007`."),
    ("PL", "Plausibility", "From `plausible` and `maximum_change` in `study.yml`, and from the data themselves."),
    ("MI", "Missing", "What the study definition plans, against what was delivered."),
    (
        "CP",
        "Copies",
        "Measurements that are equal and cannot be so by chance: `schemas/checks/copies.py` says how it is told.",
    ),
    ("PR", "Privacy", ""),
    (
        "DERIVE",
        "Derivation",
        "Found when analysis datasets are derived: by `trial-report report`, not by `trial-report validate`.",
    ),
    ("ACC", "Accepted issues", "`accepted-issues.csv` in the study's folder."),
    ("CHECK", "Checks themselves", ""),
)

_HEADER = (
    "| Check | Severity | Meaning | What to do | Can be accepted | Rules of CDISC and FDA |\n|---|---|---|---|---|---|"
)
#: Rules that ask for the same as a check, with their source.
_RULES = Path(__file__).parent / "rules.csv"

_INTRODUCTION = """\
# Checks

What `trial-report validate` looks at, and what stops `trial-report report`. An **error** stops the report; a
**warning** is reported in its section on data quality. This page is generated:
`python -m trial_report.schemas.checks > docs/checks.md`.

A cell is reported by the first error that it fails. What rests on a cell, line, column or file that failed is not
judged until that is mended, so that one mistake is one problem. A check that fails itself is an error (`CHECK-001`).

An error or warning that is known and right as it is can be accepted in `accepted-issues.csv`, unless the table says no:
the data cannot be read with such an error.

The last column names rules that ask for the same, at least in part: of CDISC CORE with CDISC's (CG) and FDA's (FB)
number, as `schemas/checks/rules.csv` lists them with their source. The rules of CORE name no number of PMDA, and so
none stands here. `trial-report core` runs CORE itself and shows its findings beside ours.
"""


def page() -> str:
    """The page: a table of checks for each group, ids in order."""
    parts, rules = [_INTRODUCTION], known_rules()
    for group, title, text in _GROUPS:
        found = sorted((check for check in CHECKS.values() if _group(check) == group), key=lambda check: check.id)
        if found:
            head = f"## {title}\n" + (f"\n{text}\n" if text else "")
            rows = "\n".join(_row(check, rules.get(check.id, [])) for check in found)
            parts.append(f"{head}\n{_HEADER}\n{rows}\n")
    return "\n".join(parts)


def _group(check: Check) -> str:
    return "--" if check.id.startswith("--") else check.id.split("-")[0]


def known_rules() -> dict[str, list[str]]:
    """The rules that each check corresponds to: ``CORE-000529 (CG0006, FB1603)``."""
    lines = [line for line in _RULES.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    found: dict[str, list[str]] = {}
    for row in csv.DictReader(lines):
        others = ", ".join(row[name] for name in ("cdisc", "fda") if row[name])
        found.setdefault(row["check"], []).append(f"{row['core']} ({others})")
    return found


def _row(check: Check, rules: list[str]) -> str:
    accepted = "yes" if check.acceptable else "no"
    cells = (f"`{check.id}`", check.severity, check.meaning, check.remedy, accepted, ", ".join(rules))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    sys.stdout.write(page())
