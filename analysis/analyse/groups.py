"""The rows of an analysis set, and the columns of its tables: treatment groups and their total.

Not here: the filters of other subjects (`results.where`), and how subjects come to groups (`derive.adsl`).
"""

from __future__ import annotations

from trial_report.analysis.results.where import Where
from trial_report.analysis.trial import Trial
from trial_report.schemas.study import TOTAL, StudyDefinition


def in_set(trial: Trial, population: str) -> Where:
    """The rows of an analysis set, in any dataset that carries its flag."""
    return Where().eq(**{trial.definition.analysis_set(population).flag: "Y"})


def columns_of(definition: StudyDefinition, population: str) -> dict[str, Where]:
    """Each column's code with the condition that selects its rows within the set, in any dataset, in order.

    Groups are those of the set's own treatment variable; TOTAL has no condition of its own.
    """
    variable = definition.treatment_variable(population)
    found = {group.code: Where().eq(**{variable: group.code}) for group in definition.groups}
    return found | ({TOTAL: Where()} if definition.treatment.total else {})


def both(one: Where, other: Where) -> Where:
    """The rows that meet both."""
    return Where(one.terms + other.terms)
