"""Descriptive statistics and category counts of a variable, for every column of a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from analysis.analyse.counting import COLUMN, stacked, tally
from analysis.analyse.groups import both, columns_of
from analysis.analyse.rows import Place, Rows
from analysis.methods.location import describe
from analysis.methods.result import NO_VALUES
from analysis.trial import Trial
from schemas.study.measures import Characteristic

STATISTICS = ("n", "mean", "sd", "median", "q1", "q3", "min", "max")
MISSING = "Missing"
METHOD = "descriptive"


Formatter = Callable[[float], str | None]
"""Prints a value in a way of its own; None where it is to be printed as usual."""


def add_summary(
    rows: Rows, place: Place, found: Mapping[Any, Any] | None, decimals: int, formatter: Formatter | None = None
) -> None:
    """The eight statistics at one place, from a row of `describe`; None where there was no value."""
    values = found or {"n": 0}
    warning = values.get("warning") if found else NO_VALUES
    numbers = {name: _number(values.get(name)) for name in STATISTICS}
    for statistic, value in numbers.items():
        printed = formatter(value) if formatter and value is not None and statistic != "n" else None
        why = str(warning) if value is None and warning else None
        rows.add(place, statistic, value, decimals=decimals, formatted=printed, method=METHOD, warning=why)


def add_continuous(
    rows: Rows,
    trial: Trial,
    place: Place,
    frame: pd.DataFrame,
    variable: str,
    decimals: int,
    formatter: Formatter | None = None,
) -> None:
    """n, mean, SD, median, quartiles, range and the number missing, by column.

    `frame` holds the rows that `place.where` selects.
    """
    group = trial.definition.treatment_variable(place.population)
    work = stacked(trial.definition, place.population, frame[["USUBJID", group, variable]])
    found = {str(row[COLUMN]): row for row in describe(work, [COLUMN], variable).to_dict("records")}
    for code, column in columns_of(trial.definition, place.population).items():
        at = place.at(group=code, variable=variable, where=both(place.where, column))
        known = at.at(where=at.where.also(variable, "is not null"))
        add_summary(rows, known, found.get(code), decimals, formatter)
        without = at.at(where=at.where.also(variable, "is null"))
        rows.add(without, "missing", int(found[code]["missing"]) if code in found else 0, method="count")


def add_categories(
    rows: Rows, trial: Trial, place: Place, frame: pd.DataFrame, item: Characteristic, sizes: dict[str, int]
) -> None:
    """n and percentage by level: those of the definition in order, then others in the data, then Missing if any."""
    group = trial.definition.treatment_variable(place.population)
    work = frame[["USUBJID", group]].assign(**{item.variable: frame[item.variable].astype("str")})
    found = tally(stacked(trial.definition, place.population, work), [item.variable])
    present = sorted(work[item.variable].dropna().unique())
    levels = [*item.levels, *(one for one in present if one not in item.levels)]
    missing = int(work[item.variable].isna().sum())
    counts = {(str(key[0]), MISSING if pd.isna(key[1]) else str(key[1])): n for key, (n, _) in found.items()}  # type: ignore[call-overload]
    for code, column in columns_of(trial.definition, place.population).items():
        base = both(place.where, column)
        for level in [*levels, *([MISSING] if missing else [])]:
            where = base.eq(**{item.variable: None if level == MISSING else level})
            at = place.at(group=code, variable=item.variable, level=level, where=where)
            rows.count(at, counts.get((code, level), 0), sizes[code])


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not pd.isna(value) else None
