"""Validates a study: its definition and its data against every check, without a report.

``trial-report validate --study DIR [--against OLDDIR] [--out DIR] [--core REPORT]`` shows all problems and writes
``data-issues.csv``, ``.html`` and ``.json``. They say what is new since the delivery in OLDDIR, else since the last
other data that were checked into the same folder. The exit code is 0 when nothing stops a report, else 1.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from trial_report.analysis.check import check_study
from trial_report.analysis.check.accepted import FILE, accept_known
from trial_report.analysis.issues import core
from trial_report.analysis.issues.compare import compare_records
from trial_report.analysis.issues.core import read_core
from trial_report.analysis.issues.excerpts import excerpts
from trial_report.analysis.issues.page import to_html
from trial_report.analysis.issues.since import (
    Before,
    Delivery,
    UnreadableError,
    carried,
    compared,
    delivered,
    remembered,
    sites_of,
)
from trial_report.analysis.issues.terminal import console_for, show, show_changes, show_comparison
from trial_report.analysis.issues.write import listed, to_csv, to_json, write_all
from trial_report.analysis.read import read_study
from trial_report.runtime.choose import ChoiceError, find_study, outside
from trial_report.schemas.checks import check_all
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.problems import Problems, StudyProblems
from trial_report.schemas.study import StudyDefinition


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
    parser.add_argument("--core", type=Path, metavar="REPORT", help="a report of CDISC CORE (JSON) to show beside")
    options = parser.parse_args(arguments)
    console = console_for(sys.stdout)
    try:
        study = find_study(options.study)
        out = outside(options.out or Path("_report/validation") / study.name, study)
    except ChoiceError as error:
        return _refused(console, str(error))
    if options.against is not None and not options.against.is_dir():
        return _refused(console, f"{options.against} is not a folder")
    definition: StudyDefinition | None = None
    domains = Domains({}, {})
    try:
        definition, domains, problems = check_study(study)
        if options.core is not None:
            theirs = accept_known(study, read_core(options.core, domains))
            problems.extend(problem for problem in theirs if problem.source)
    except StudyProblems as found:
        problems = found.problems
    except core.UnreadableError as unreadable:
        return _refused(console, str(unreadable))
    last = out / "data-issues.json"
    extra: dict[str, object] = {}
    files: dict[str, str] = {}
    delivery, before, records = Delivery(), None, None
    try:
        if definition is None:
            extra = carried(last)
        else:
            delivery = delivered(study, definition, domains)
            before = None if options.against else remembered(last, delivery)
    except UnreadableError:
        console.print(f"{escape(str(last))} is not of an earlier validation: nothing is compared with it.")
    if options.against is not None and definition is not None:
        old_domains, old_problems = validate_data(options.against, definition)
        # What the definition and the acceptances lack is no news of a delivery.
        old_problems.extend(problem for problem in problems if problem.check.startswith(("STUDY-", "ACC-")))
        before = Before(old_problems, delivered(options.against, definition, old_domains), sites_of(old_domains))
        records = compare_records(old_domains, domains)
        files["record-changes.csv"] = to_csv(records)
        extra = {"records": records.to_dict("records")}
    issues = compared(problems, domains, delivery, before)
    folder = study / definition.data.folder if definition is not None else study
    tables = excerpts(study, folder, domains, problems)
    files |= {
        "data-issues.csv": to_csv(listed(issues)),
        "data-issues.html": to_html(
            issues, f"Data issues: {study.name}", tables=tables, accepted_file=os.path.lexists(study / FILE)
        ),
        "data-issues.json": to_json(issues, extra),
    }
    unwritten = ""
    # Written before anything is shown: who looks at the first lines only (| head) has the files all the same.
    try:
        write_all(out, files)
    except OSError as error:
        unwritten = f"{error.filename or out} cannot be written: {error.strerror}"
    show(console, domains, problems)
    if before is not None:
        show_comparison(console, issues)
    if records is not None:
        show_changes(console, records)
    if unwritten:
        return _refused(console, unwritten)
    console.print(f"Written to {escape(str(out))}: {', '.join(sorted(files))}")
    return 1 if problems.errors else 0


def _refused(console: Console, why: str) -> int:
    console.print(f"error: {escape(why)}", style="red")
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
