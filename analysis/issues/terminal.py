"""Says in the terminal what was found: a row a check, what is new and gone, and which records changed.

Not here: the page (`page`) and the files (`write`).
"""

from __future__ import annotations

import os
from typing import TextIO

import pandas as pd
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from trial_report.analysis.issues.since import Issues
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.problems import Problem, Problems, further, shown

#: Variables of a check that the terminal names.
_VARIABLES = 5
#: Columns where there is no terminal, as in a pipe or the log of a server, unless COLUMNS says otherwise.
_PIPED = 120
_NARROW = {"Check", "Severity", "Count"}
_STYLES = {"error": "red", "warning": "yellow", "accepted": "dim"}


def console_for(stream: TextIO) -> Console:
    """The terminal in its own width; a pipe in `_PIPED` columns, with lines that are not cut."""
    piped = not stream.isatty()
    width = _PIPED if piped and not os.environ.get("COLUMNS") else None
    return Console(highlight=False, soft_wrap=piped, width=width)


def show(console: Console, domains: Domains, problems: Problems) -> None:
    """Print a table with a row a check: how often, the first place, and what to do."""
    rows = sum(len(frame) for frame in domains.values())
    console.print(f"Checked {len(domains)} domains with {rows:,} records.")
    if problems:
        table = Table(box=box.SIMPLE_HEAD, show_lines=True, expand=False, pad_edge=False)
        for name in ("Check", "Severity", "Count", "What is wrong, and where first", "What to do"):
            right = name == "Count"
            table.add_column(name, overflow="fold", justify="right" if right else "left", no_wrap=name in _NARROW)
        for (kind, check), found in _grouped(problems).items():
            check = f"{check}\n({found[0].source})" if found[0].source else check
            cells = (check, kind, f"{len(found):,}", _described(found), found[0].remedy)
            table.add_row(*(Text(cell, _STYLES[kind] if cell is kind else "") for cell in cells))
        console.print(table)
    console.print(problems.counts, style="bold red" if problems.errors else "bold green")


def _grouped(problems: Problems) -> dict[tuple[str, str], list[Problem]]:
    """Problems by severity and check, errors first and the accepted last, in the order in which they are found."""
    groups: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        kind = "accepted" if problem.accepted else str(problem.severity)
        groups.setdefault((kind, problem.check), []).append(problem)
    return {group: groups[group] for kind in _STYLES for group in groups if group[0] == kind}


def _described(problems: list[Problem]) -> str:
    message, place = _first(problems[0])
    names = list(dict.fromkeys(problem.variable for problem in problems if problem.variable))
    rest = f"… and {len(problems) - 1:,} more" if len(problems) > 1 else ""
    if rest and len(names) > 1:
        others = f", and {len(names) - _VARIABLES:,} other variables" if len(names) > _VARIABLES else ""
        rest += f", in {', '.join(shown(name, 40) for name in names[:_VARIABLES])}{others}"
    return "\n".join(filter(None, (message, place, rest)))


def _first(problem: Problem) -> tuple[str, str]:
    """What is wrong, and where: file and line, subject, visit, record, variable, value."""
    parts = (problem.place, problem.subject, problem.visit, problem.record, problem.variable)
    where = " ".join(part for part in parts if part)
    value = f" '{shown(problem.value, 60)}'" if problem.value else ""
    expected = f" (expected {shown(problem.expected, 120)})" if problem.expected else ""
    consequences = f" {further(problem)}" if problem.following else ""
    return shown(problem.message, 300), f"{shown(where, 160)}{value}{expected}{consequences}"


def show_comparison(console: Console, issues: Issues) -> None:
    """Print which issues are new and which are gone since the delivery before."""
    day = issues.before.until if issues.before is not None else ""
    since = f"the data up to {day}" if day else "the delivery before"
    told = ", ".join(f"{number:,} {name}" for name, number in issues.changes.items())
    console.print(f"Issues since {since}: {told}.", style="bold")
    for label, found in (("new", issues.new), ("gone", issues.gone)):
        for check, group in Problems(found).by_check().items():
            example = " ".join(_first(group[0]))
            console.print(f"  {label}: {escape(check)} ({len(group):,}) {escape(example)}")


def show_changes(console: Console, records: pd.DataFrame) -> None:
    """Print how many records were added, removed and changed."""
    changes = records.groupby(["domain", "change"]).size().rename("count").reset_index()
    for row in changes.to_dict("records"):
        noun = "value" if row["change"] == "changed" else "record"
        console.print(f"  {row['domain']}: {row['count']:,} {noun}{'s' * (row['count'] != 1)} {row['change']}")
    if changes.empty:
        console.print("  No record was added, removed or changed.")
