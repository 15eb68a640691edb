"""Validates a delivery: all checks of definition and data, beside an earlier delivery, as the files to work from.

Nothing is written or shown here: the command does that, and knows where.

Not here: the checks (`schemas.checks`), and reading and checking in one way (`analysis.check`).
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from trial_report.analysis.check import check_study
from trial_report.analysis.check.accepted import FILE, accept_known
from trial_report.analysis.issues import UnreadableError
from trial_report.analysis.issues.compare import compare_records
from trial_report.analysis.issues.core import read_core
from trial_report.analysis.issues.excerpts import excerpts
from trial_report.analysis.issues.page import to_html
from trial_report.analysis.issues.since import (
    Before,
    Delivery,
    Issues,
    carried,
    compared,
    delivered,
    remembered,
    sites_of,
)
from trial_report.analysis.issues.write import listed, to_csv, to_json
from trial_report.analysis.read import read_study
from trial_report.runtime.choose import ChoiceError
from trial_report.schemas.checks import check_all
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.problems import Problems, StudyProblems
from trial_report.schemas.study import StudyDefinition


@dataclass(frozen=True)
class Validation:
    """What was found: the problems of a delivery, and how they stand to those of the delivery before it.

    `files` are those to be written, by name; `records` a row a record or value that differs from the delivery it was
    compared with (None: with none); `unread` an earlier validation that cannot be read, which was left aside.
    """

    problems: Problems
    domains: Domains
    issues: Issues
    before: Before | None
    records: pd.DataFrame | None
    files: dict[str, str] = field(default_factory=dict)
    unread: Path | None = None


def validated(study: Path, out: Path, against: Path | None = None, engine: Path | None = None) -> Validation:
    """Check a study against everything, and set it beside the delivery in `against`, else beside the last in `out`.

    `engine` is a report of CDISC CORE, whose findings are shown beside ours. Raises ChoiceError where `against` is no
    folder, UnreadableError for a report of the engine that is none; problems of the study are returned.
    """
    if against is not None and not against.is_dir():
        raise ChoiceError(f"{against} is not a folder")
    definition, domains, problems = _checked(study, engine)
    last = out / "data-issues.json"
    extra: dict[str, object] = {}
    files: dict[str, str] = {}
    delivery, before, records, unread = Delivery(), None, None, None
    try:
        if definition is None:
            extra = carried(last)
        else:
            delivery = delivered(study, definition, domains)
            before = None if against else remembered(last, delivery)
    except UnreadableError:
        unread = last
    if against is not None and definition is not None:
        old_domains, old_problems = of_delivery(against, definition)
        # What the definition and the acceptances lack is no news of a delivery.
        old_problems.extend(problem for problem in problems if problem.check.startswith(("STUDY-", "ACC-")))
        before = Before(old_problems, delivered(against, definition, old_domains), sites_of(old_domains))
        records = compare_records(old_domains, domains)
        files["record-changes.csv"] = to_csv(records)
        extra = {"records": records.to_dict("records")}
    issues = compared(problems, domains, delivery, before)
    folder = study / definition.data.folder if definition is not None else study
    accepted = os.path.lexists(study / FILE)
    tables = excerpts(study, folder, domains, problems)
    files |= {
        "data-issues.csv": to_csv(listed(issues)),
        "data-issues.html": to_html(issues, f"Data issues: {study.name}", tables=tables, accepted_file=accepted),
        "data-issues.json": to_json(issues, extra),
    }
    return Validation(problems, domains, issues, before, records, files, unread)


def _checked(study: Path, engine: Path | None) -> tuple[StudyDefinition | None, Domains, Problems]:
    try:
        definition, domains, problems = check_study(study)
    except StudyProblems as found:
        return None, Domains({}, {}), found.problems
    if engine is not None:
        theirs = accept_known(study, read_core(engine, domains))
        problems.extend(problem for problem in theirs if problem.source)
    return definition, domains, problems


def of_delivery(folder: Path, definition: StudyDefinition) -> tuple[Domains, Problems]:
    """Domains and problems of another delivery: a study folder, or a folder that holds the data files themselves."""
    if not os.path.isdir(folder / definition.data.folder):
        data = definition.data.model_copy(update={"folder": "."})
        definition = definition.model_copy(update={"data": data})
    domains, problems = read_study(folder, definition)
    problems.extend(check_all(domains, definition))
    return domains, problems
