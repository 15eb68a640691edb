"""Counts of subjects and records for every column and level of a table, by one groupby.

Not here: statistics of numeric variables (`describing`), and how a count is printed (`results.formatting`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from trial_report.analysis.analyse.groups import both, columns_of, in_set
from trial_report.analysis.results.rows import Place, Rows
from trial_report.analysis.results.where import Term, Where
from trial_report.analysis.trial import Trial
from trial_report.schemas.domains.unique import among, group_codes, of_each, unique_texts
from trial_report.schemas.results import join_level, split_level
from trial_report.schemas.study import TOTAL, StudyDefinition

ANY = "ANY"
"""Level of the row that counts a subject with anything at all."""

NOT_CODED = "Not coded"
"""Level of the records whose coded term is missing; also printed so."""

COLUMN = "_COLUMN"


@dataclass(frozen=True)
class OfSubjects(Term):
    """The records of the subjects that meet a condition in ADSL: for data sets that do not carry ADSL's variables."""

    condition: str = "TRUE"
    subjects: pd.Series = field(default_factory=pd.Series, compare=False, repr=False)

    def mask(self, frame: pd.DataFrame) -> pd.Series:
        """True for the records of those subjects."""
        return among(frame[self.variable], self.subjects)

    @property
    def sql(self) -> str:
        """The condition as SQL, over the data set and ADSL."""
        return f"{self.variable} IN (SELECT {self.variable} FROM ADSL WHERE {self.condition})"


@dataclass(frozen=True)
class AnyOf(Term):
    """At least one of several conditions holds."""

    alternatives: tuple[Where, ...] = ()

    def mask(self, frame: pd.DataFrame) -> pd.Series:
        """True where one of them holds."""
        found = pd.Series(False, index=frame.index)
        for one in self.alternatives:
            found |= one.mask(frame)
        return found

    @property
    def sql(self) -> str:
        """The conditions joined by OR, in brackets."""
        return "(" + " OR ".join(one.sql for one in self.alternatives) + ")"


def any_of(*alternatives: Where) -> Where:
    """The rows that meet at least one of the conditions."""
    return Where((AnyOf("", "=", None, alternatives),))


def enrolled_set(definition: StudyDefinition) -> str:
    """Id of the set of all who were assigned to a group; the safety set where the study defines none.

    It is the set whose only criterion is that; else the first that beside it asks for variables alone, as where
    SUPPDM flags the intention to treat.
    """
    asked = {one.id: {*one.criteria.model_dump(exclude_defaults=True)} for one in definition.analysis_sets}
    assigned = [one.id for one in definition.analysis_sets if one.criteria.enrolled]
    for allowed in ({"enrolled"}, {"enrolled", "flags"}):
        found = [name for name in assigned if asked[name] <= allowed]
        if found:
            return found[0]
    return definition.safety_set


def set_sizes(trial: Trial, population: str) -> dict[str, int]:
    """N of every column: the subjects of the set in ADSL."""
    inside = in_set(trial, population).mask(trial.adsl).to_numpy()
    columns = columns_of(trial.definition, population)
    return {code: int((inside & where.mask(trial.adsl).to_numpy()).sum()) for code, where in columns.items()}


def add_sizes(rows: Rows, place: Place, sizes: Mapping[str, int]) -> None:
    """The N row of every column, on which the analysis stands."""
    flag_only = place.at(dataset="ADSL")
    for code, size in sizes.items():
        rows.add(flag_only.at(group=code, where=place.where), "N", size, method="count")


def stacked(definition: StudyDefinition, population: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The rows once for their own group and once for the total, with the column's code in `_COLUMN`.

    `frame` carries the treatment variable of the set. A row of a group that the definition does not have counts in
    the total only.
    """
    variable = definition.treatment_variable(population)
    own = frame.loc[frame[variable].isin([g.code for g in definition.groups])]
    parts = [own.assign(**{COLUMN: own[variable].astype("str")})]
    if definition.treatment.total:
        parts.append(frame.assign(**{COLUMN: TOTAL}))
    return pd.concat(parts, ignore_index=True)


def tally(frame: pd.DataFrame, levels: Iterable[str] = ()) -> dict[tuple[object, ...], tuple[int, int]]:
    """Subjects and records by column and levels: (column, *levels) → (subjects, records); `frame` as `stacked`."""
    return _counted(frame, [COLUMN, *levels])


def _counted(frame: pd.DataFrame, by: list[str]) -> dict[tuple[Any, ...], tuple[int, int]]:
    """Subjects and records by the values of some columns, told by numbers: each text is looked at once."""
    if frame.empty:
        return {}
    groups, (subjects, names) = group_codes(frame, by), unique_texts(frame["USUBJID"].astype("str"))
    known = subjects >= 0
    once = pd.unique(groups[known] * len(names) + subjects[known])
    records = np.bincount(groups)
    persons = np.bincount(once // max(len(names), 1), minlength=len(records))
    first = np.empty(len(records), dtype=np.int64)
    # Written from the last row to the first, so that the first of each group stays.
    first[groups[::-1]] = np.arange(len(groups))[::-1]
    values = frame[by].iloc[first].itertuples(index=False, name=None)
    return dict(zip(values, zip(persons.tolist(), records.tolist(), strict=True), strict=True))


def with_subjects(trial: Trial, frame: pd.DataFrame, population: str) -> pd.DataFrame:
    """The records of the set's subjects, with the set's treatment variable; for data sets that do not carry it."""
    variable = trial.definition.treatment_variable(population)
    subjects = in_set(trial, population).of(trial.adsl)
    own = frame.drop(columns=variable, errors="ignore")
    return own.merge(subjects[["USUBJID", variable]], on="USUBJID", how="inner", validate="many_to_one")


def subjects_of(trial: Trial, population: str, column: Where) -> Where:
    """The condition, for a data set without ADSL's variables, that its subject belongs to the set and column."""
    where = both(in_set(trial, population), column)
    chosen = trial.adsl.loc[where.mask(trial.adsl), "USUBJID"]
    return Where((OfSubjects("USUBJID", "in", None, where.sql, chosen),))


def add_tally(rows: Rows, place: Place, found: tuple[int, int] | None, of: int, *, events: bool = True) -> None:
    """n, percentage and number of records at one place; nothing found is zero."""
    subjects, records = found or (0, 0)
    rows.count(place, subjects, of)
    if events:
        rows.add(place, "events", records, method="count")


@dataclass(frozen=True)
class Nesting:
    """How a table of terms is nested: `outer` a class, `inner` a term, `where` the records over which it counts.

    `columns` are the conditions by column in the terms of the data set.
    """

    outer: str
    inner: str
    where: Where
    columns: Mapping[str, Where]


def as_levels(texts: pd.Series) -> pd.Series:
    """Texts from data as levels (see `join_level`), NOT_CODED where one is missing."""
    given = texts.astype("str")
    return of_each(given, lambda found: found.map(join_level).astype("str"), None).fillna(NOT_CODED).astype("str")


def meant_by(level: str) -> str | None:
    """The text of data that a level of `as_levels` stands for; None: a missing one."""
    return None if level == NOT_CODED else split_level(level)[0]


def add_nested(
    rows: Rows, place: Place, frame: pd.DataFrame, nesting: Nesting, sizes: Mapping[str, int], *, events: bool = True
) -> None:
    """Rows "ANY", one a class, one a class and term ("class|term"), in every column.

    `frame` as `stacked` gives it, selected by `nesting.where`. Classes, and terms within a class, stand in falling
    order of subjects over all columns, then by name. With no record there is the row ANY, with zeros.
    """
    outer, inner = nesting.outer, nesting.inner
    work = frame.assign(**{name: as_levels(frame[name]) for name in (outer, inner)})
    none: dict[tuple[object, ...], tuple[int, int]] = {}
    levels: list[tuple[str, tuple[str, ...], dict[tuple[object, ...], tuple[int, int]]]] = [(ANY, (), tally(work))]
    if not work.empty:
        classes, terms = tally(work, [outer]), tally(work, [outer, inner])
        within: dict[str, list[tuple[str, ...]]] = {}
        for pair in by_frequency(work, [outer, inner]):
            within.setdefault(pair[0], []).append(pair)
        for one in by_frequency(work, [outer]):
            levels.append((one[0], one, classes))
            levels += [("|".join(pair), pair, terms) for pair in within[one[0]]]
    for code, column in nesting.columns.items():
        base = both(nesting.where, column)
        for level, path, found in levels:
            where = base.all_of({name: meant_by(level) for name, level in zip((outer, inner), path, strict=False)})
            at = place.at(group=code, level=level, where=where)
            add_tally(rows, at, (found or none).get((code, *path)), sizes[code], events=events)


def by_frequency(frame: pd.DataFrame, by: list[str]) -> list[tuple[str, ...]]:
    """The values of some columns of levels in falling order of their subjects, then by name."""
    found = {levels: n for levels, (n, _) in _counted(frame, by).items() if not any(pd.isna(one) for one in levels)}
    return sorted(found, key=lambda levels: (-found[levels], *(split_level(level) for level in levels)))
