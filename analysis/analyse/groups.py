"""The columns of the tables: treatment groups and their total, with the N of each from ADSL."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.trial import Trial
from analysis.where import Where
from schemas.study import TOTAL

GROUP = "TRT01A"


def in_set(trial: Trial, population: str) -> Where:
    """The rows of an analysis set, in any dataset that carries its flag."""
    return Where().eq(**{trial.definition.analysis_set(population).flag: "Y"})


def columns(trial: Trial) -> Iterator[tuple[str, Where]]:
    """Each column's group code with the condition that selects its rows; TOTAL has no condition of its own."""
    for group in trial.definition.groups:
        yield group.code, Where().eq(**{GROUP: group.code})
    if trial.definition.treatment.total:
        yield TOTAL, Where()


def both(one: Where, other: Where) -> Where:
    """The rows that meet both."""
    return Where(one.terms + other.terms)
