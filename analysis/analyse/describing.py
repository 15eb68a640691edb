"""Descriptive statistics and category counts of a variable, for every column of a table.

Not here: the statistics themselves (`methods.location`), and counts of many levels at once (`counting`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from trial_report.analysis.analyse.counting import COLUMN, any_of, stacked, tally
from trial_report.analysis.analyse.groups import both, columns_of
from trial_report.analysis.methods.location import describe
from trial_report.analysis.methods.result import NO_VALUES
from trial_report.analysis.results.rows import Place, Rows
from trial_report.analysis.results.where import Where
from trial_report.analysis.trial import Trial
from trial_report.schemas.results import join_level
from trial_report.schemas.study.measures import Characteristic

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
    """n and percentage by level: those of the definition in order, then others in the data, then Missing if any.

    A text that says "Missing" is none of the others: it counts in the row Missing, with the values that are.
    """
    group = trial.definition.treatment_variable(place.population)
    work = frame[["USUBJID", group]].assign(**{item.variable: frame[item.variable].astype("str")})
    found = tally(stacked(trial.definition, place.population, work), [item.variable])
    words = says_missing(work[item.variable])
    present = sorted(work[item.variable].dropna().unique())
    named = [one for one in dict.fromkeys([*item.levels, *present]) if one.casefold() != MISSING.casefold()]
    levels = {join_level(one): Where().eq(**{item.variable: one}) for one in named}
    if words or work[item.variable].isna().any():
        levels[MISSING] = unknown(item.variable, words)
    counts: Counter[tuple[str, str]] = Counter()
    for (code, value), (n, _) in found.items():
        counts[str(code), MISSING if pd.isna(value) or value in words else join_level(str(value))] += n  # type: ignore[call-overload]
    for code, column in columns_of(trial.definition, place.population).items():
        for level, where in levels.items():
            at = place.at(group=code, variable=item.variable, level=level, where=both(both(place.where, column), where))
            rows.count(at, counts[code, level], sizes[code])


def says_missing(column: pd.Series) -> tuple[str, ...]:
    """The texts of a column that say in words that there is no value: "Missing" in any case."""
    texts = column.dropna().astype("str")
    return tuple(sorted(texts[texts.str.casefold() == MISSING.casefold()].unique()))


def unknown(variable: str, words: tuple[str, ...]) -> Where:
    """Who has no value of a characteristic, or one of these words for it."""
    absent = Where().eq(**{variable: None})
    return any_of(absent, Where().eq(**{variable: words})) if words else absent


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not pd.isna(value) else None
