"""Reads a study folder and checks everything in it: one way for validation and for the report."""

from __future__ import annotations

from pathlib import Path

from trial_report.analysis.check.accepted import accept_checks, accept_known
from trial_report.analysis.check.outputs import unknown_outputs
from trial_report.analysis.check.own import checks_of
from trial_report.analysis.read import read_study
from trial_report.analysis.read.names import check_texts
from trial_report.declare.own import NOTHING, OwnCode
from trial_report.runtime.step import Step, silent
from trial_report.schemas.checks import check_all
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.problems import Problems
from trial_report.schemas.study import StudyDefinition, load_study
from trial_report.schemas.study.load import settings_without_effect, unwritten_texts


def check_study(folder: Path, step: Step = silent, own: OwnCode = NOTHING) -> tuple[StudyDefinition, Domains, Problems]:
    """The definition, the domains, and all problems found, those that the study accepts marked with the reason.

    With the study's `own` code its checks are carried out too. Raises StudyProblems only where the definition itself
    cannot be read; problems of the data are returned.
    """
    with step("Read the study's definition"):
        definition = load_study(folder)
    with step("Read the domains"):
        domains, problems = read_study(folder, definition)
    with step("Check the data"):
        problems.extend(check_texts(folder))
        problems.extend(unwritten_texts(folder))
        problems.extend(settings_without_effect(folder, definition))
        problems.extend(unknown_outputs(folder, definition))
        problems.extend(check_all(domains, definition, own=checks_of(own)))
        problems = accept_checks(accept_known(folder, problems), definition.data.accepted_checks)
    return definition, domains, problems


def still_found(problems: Problems, definition: StudyDefinition, domains: Domains, own: OwnCode = NOTHING) -> Problems:
    """Those of the problems that are found in domains of which something was taken out since they were checked.

    What is only found now is no fault of the data: a subject has no arm yet, and study days as they were delivered.
    """
    left = Problems(check_all(domains, definition, own=checks_of(own))).known()
    return Problems(one for one in problems if (one.check, one.key) in left)
