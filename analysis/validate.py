"""Validates a study: its definition and its data against every check, without a report.

``python -m analysis.validate --study DIR [--against OLDDIR] [--out DIR]`` shows all problems and writes
``data-issues.csv``, ``.html`` and ``.json``. The exit code is 0 when nothing stops a report, else 1.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from analysis.check import check_study
from analysis.choose import ChoiceError, find_study
from analysis.issues.compare import Issues, compare_issues, compare_records
from analysis.issues.write import as_plain, to_csv, to_html, to_json, write_all
from analysis.read import read_study
from schemas.checks import check_all
from schemas.domains.tables import Domains
from schemas.problems import Problem, Problems, StudyProblems, further, shown
from schemas.study import StudyDefinition

_EXAMPLES = 3
#: A check that fails in more variables than these is one row of the table, not one a variable.
_VARIABLES = 5
_STYLES = {"error": "red", "warning": "yellow", "accepted": "dim"}


def validate_data(folder: Path, definition: StudyDefinition) -> tuple[Domains, Problems]:
    """Domains and problems of another delivery: a study folder, or a folder that holds the data files themselves."""
    if not os.path.isdir(folder / definition.data.folder):
        data = definition.data.model_copy(update={"folder": "."})
        definition = definition.model_copy(update={"data": data})
    domains, problems = read_study(folder, definition)
    problems.extend(check_all(domains, definition))
    return domains, problems


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code."""
    parser = argparse.ArgumentParser(prog="validate", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--study", type=Path, help="the study's folder (default: the only one under data/)")
    parser.add_argument("--against", type=Path, metavar="OLDDIR", help="an earlier delivery to compare with")
    parser.add_argument("--out", type=Path, help="folder for data-issues.* (default: _report/validation/<study>)")
    options = parser.parse_args(arguments)
    console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
    try:
        study = find_study(options.study)
    except ChoiceError as error:
        return _refused(console, str(error))
    out = options.out or Path("_report/validation") / study.name
    if options.against is not None and not options.against.is_dir():
        return _refused(console, f"{options.against} is not a folder")
    definition: StudyDefinition | None = None
    domains = Domains({}, {})
    try:
        definition, domains, problems = check_study(study)
    except StudyProblems as found:
        problems = found.problems
    show(console, domains, problems)
    files, extra = {}, {}
    if options.against is not None and definition is not None:
        old_domains, old_problems = validate_data(options.against, definition)
        issues, records = compare_issues(old_problems, problems), compare_records(old_domains, domains)
        show_comparison(console, issues, records)
        files["record-changes.csv"] = to_csv(records)
        extra = {
            "new": _plain(issues.new),
            "resolved": _plain(issues.resolved),
            "persisting": _plain(issues.persisting),
            "records": records.to_dict("records"),
        }
    files |= {
        "data-issues.csv": to_csv(problems.to_frame()),
        "data-issues.html": to_html(problems, f"Data issues: {study.name}"),
        "data-issues.json": to_json(problems, extra),
    }
    try:
        write_all(out, files)
    except OSError as error:
        return _refused(console, f"{error.filename or out} cannot be written: {error.strerror}")
    console.print(f"Written to {escape(str(out))}: {', '.join(sorted(files))}")
    return 1 if problems.errors else 0


def _refused(console: Console, why: str) -> int:
    console.print(f"error: {escape(why)}", style="red")
    return 1


def _plain(problems: list[Problem]) -> list[dict[str, object]]:
    return [as_plain(problem) for problem in problems]


def show(console: Console, domains: Domains, problems: Problems) -> None:
    """Print a table with a row a check and variable: how often, and the first examples."""
    rows = sum(len(frame) for frame in domains.values())
    console.print(f"Checked {len(domains)} domains with {rows:,} records.")
    if problems:
        table = Table(show_lines=True, expand=False)
        for name in ("Check", "Severity", "Count", "What is wrong, and where", "What to do"):
            table.add_column(name, overflow="fold", justify="right" if name == "Count" else "left")
        for (kind, check, _), found in _grouped(problems).items():
            cells = (check, kind, f"{len(found):,}", _described(found), found[0].remedy)
            table.add_row(*(Text(cell, _STYLES[kind] if cell is kind else "") for cell in cells))
        console.print(table)
    console.print(problems.counts, style="bold red" if problems.errors else "bold green")


def _grouped(problems: Problems) -> dict[tuple[str, str, str], list[Problem]]:
    """Problems by severity, check and variable, errors first; a check with many variables has one group for all."""
    variables: dict[tuple[str, str], set[str]] = {}
    for problem in problems:
        variables.setdefault((_kind(problem), problem.check), set()).add(problem.variable)
    groups: dict[tuple[str, str, str], list[Problem]] = {}
    for problem in problems:
        kind = _kind(problem), problem.check
        groups.setdefault((*kind, problem.variable if len(variables[kind]) <= _VARIABLES else ""), []).append(problem)
    return {group: groups[group] for kind in _STYLES for group in groups if group[0] == kind}


def _kind(problem: Problem) -> str:
    return "accepted" if problem.accepted else str(problem.severity)


def _described(problems: list[Problem]) -> str:
    lines = [shown(problems[0].message, 300)]
    for problem in problems[:_EXAMPLES]:
        parts = (problem.place, problem.subject, problem.visit, problem.record, problem.variable)
        where = " ".join(part for part in parts if part)
        value = f" '{shown(problem.value, 60)}'" if problem.value else ""
        expected = f" (expected {shown(problem.expected, 120)})" if problem.expected else ""
        consequences = f" {further(problem)}" if problem.following else ""
        lines.append(f"{shown(where, 160)}{value}{expected}{consequences}")
    if len(problems) > _EXAMPLES:
        lines.append(f"… and {len(problems) - _EXAMPLES:,} more")
    return "\n".join(lines)


def show_comparison(console: Console, issues: Issues, records: pd.DataFrame) -> None:
    """Print what changed since the earlier delivery."""
    console.print(
        f"Issues since then: {len(issues.new):,} new, {len(issues.resolved):,} resolved, "
        f"{len(issues.persisting):,} persisting.",
        style="bold",
    )
    for label, found in (("new", issues.new), ("resolved", issues.resolved)):
        for check, group in Problems(found).by_check().items():
            example = _described(group[:1]).replace("\n", " ")
            console.print(f"  {label}: {escape(check)} ({len(group):,}) {escape(example)}")
    changes = records.groupby(["domain", "change"]).size().rename("count").reset_index()
    for row in changes.to_dict("records"):
        noun = "value" if row["change"] == "changed" else "record"
        console.print(f"  {row['domain']}: {row['count']:,} {noun}{'s' * (row['count'] != 1)} {row['change']}")
    if changes.empty:
        console.print("  No record was added, removed or changed.")


if __name__ == "__main__":
    raise SystemExit(main())
