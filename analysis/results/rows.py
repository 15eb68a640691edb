"""Makes rows of the results frame: a key for each, the raw value, and what is printed.

Not here: keys (`question`), filters (`where`), rounding (`formatting`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import pandas as pd

from trial_report.analysis.results.formatting import MISSING, fmt_number, fmt_p
from trial_report.analysis.results.question import Question
from trial_report.analysis.results.where import Where
from trial_report.schemas.results import COLUMNS, RESULTS

NOT_A_NUMBER = "the value does not exist"

EXTRA_DECIMALS = {
    "mean": 1, "median": 1, "q1": 1, "q3": 1, "ci_low": 1, "ci_high": 1, "estimate": 1, "se": 2, "sd": 2,
    "min": 0, "max": 0, "sum": 0,
}  # fmt: skip
"""Decimals beside those of the data, by statistic (see `analysis.results.formatting.STANDARD`)."""
MOST_DECIMALS = 3
"""Decimals up to which a statistic has more than the data."""

WHOLE = frozenset({"n", "N", "events", "missing", "records", "df_whole"})
ONE_DECIMAL = frozenset({"pct", "pct_low", "pct_high"})
P_VALUES = frozenset({"p", "p_adjusted"})


@dataclass(frozen=True)
class Place:
    """Where statistics belong: everything of a row but the statistic, its value and its method."""

    analysis: str
    dataset: str
    population: str
    where: Where = field(default_factory=Where)
    variable: str = ""
    paramcd: str | None = None
    avisit: str | None = None
    group: str = "TOTAL"
    level: str | None = None
    unit: str | None = None

    def at(self, **changes: Any) -> Place:
        """The same place but for these fields."""
        return replace(self, **changes)

    def key(self, statistic: str) -> str:
        """The key of a statistic at this place."""
        return Question(
            self.analysis, self.population, self.paramcd or self.variable, self.avisit, self.group, self.level
        ).key(statistic)


@dataclass
class Rows:
    """Collects rows; `frame()` gives them as a results frame in the order of arrival."""

    _rows: list[dict[str, Any]] = field(default_factory=list)

    def add(
        self,
        place: Place,
        statistic: str,
        value: float | None = None,
        *,
        text: str | None = None,
        decimals: int | None = None,
        formatted: str | None = None,
        method: str | None = None,
        warning: str | None = None,
    ) -> None:
        """One statistic. `decimals` are those of the data; the statistic's own are added here.

        A value that is None or not finite is stored as missing, printed as "–", and needs a warning: where the
        caller gives none the row says that the value does not exist.
        """
        number = None if value is None or not math.isfinite(value) else float(value)
        if number is None and text is None and warning is None:
            warning = NOT_A_NUMBER
        if formatted is None:
            formatted = text if text is not None else format_statistic(statistic, number, decimals)
        self._rows.append(
            {
                "key": place.key(statistic),
                "analysis": place.analysis,
                "dataset": place.dataset,
                "population": place.population,
                "filter": place.where.sql,
                "variable": place.variable,
                "paramcd": place.paramcd,
                "avisit": place.avisit,
                "group": place.group,
                "level": place.level,
                "statistic": statistic,
                "method": method,
                "value": number,
                "text": text,
                "formatted": formatted,
                "unit": place.unit,
                "warning": warning,
            }
        )

    def add_all(
        self,
        place: Place,
        values: Mapping[str, float | None],
        *,
        decimals: int | None = None,
        method: str | None = None,
        warning: str | None = None,
    ) -> None:
        """Several statistics of one place, by one method; the warning goes to those that do not exist."""
        for statistic, value in values.items():
            absent = value is None or not math.isfinite(value)
            self.add(place, statistic, value, decimals=decimals, method=method, warning=warning if absent else None)

    def count(self, place: Place, n: int, of: int, *, method: str = "count") -> None:
        """A number of subjects, and its percentage of `of`, the denominator (which the N row of the group shows)."""
        self.add(place, "n", n, method=method)
        percent = 100 * n / of if of else None
        self.add(place, "pct", percent, method=method, warning=None if of else "no subjects in the denominator")

    def frame(self) -> pd.DataFrame:
        """The rows as a results frame; `combine` checks it, once for all analyses."""
        return finish(self._rows)


def finish(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Rows as a results frame, columns in their order and types."""
    kinds = {name: "float64" if name == "value" else "str" for name in COLUMNS}
    # Each column at once in its type: casting afterwards takes half as long again of a few rows, as most analyses give;
    # of many thousands it makes no difference.
    return pd.DataFrame({name: pd.Series([row.get(name) for row in rows], dtype=kind) for name, kind in kinds.items()})


def combine(given: Iterable[pd.DataFrame | Rows]) -> pd.DataFrame:
    """Several results frames, or `Rows`, as one frame, checked: a key may stand only once in all of them.

    Raises pandera's SchemaErrors when one stands twice, a column is wrong, or a value is missing without a reason.
    """
    frames: list[pd.DataFrame] = []
    loose: list[dict[str, Any]] = []
    for one in given:
        if isinstance(one, Rows):
            loose += one._rows
            continue
        frames += [finish(loose), one] if loose else [one]
        loose = []
    frames += [finish(loose)] if loose or not frames else []
    return RESULTS.validate(pd.concat(frames, ignore_index=True), lazy=True)


def reprinted(results: pd.DataFrame, printed: Mapping[str, Mapping[Any, int]]) -> pd.DataFrame:
    """The results with the decimals that a study chooses, by parameter or variable and statistic (`printed`).

    The raw value is rounded, once, as every other is. A percent change keeps its decimals, which are of a percentage.
    """
    if not printed:
        return results
    what = results["paramcd"].fillna(results["variable"])
    percent = results["level"].str.startswith("PCHG").fillna(False).astype(bool)
    formatted = results["formatted"].copy()
    for name, chosen in printed.items():
        own = (what == name) & ~percent & results["value"].notna()
        for statistic, decimals in chosen.items():
            rows = own & (results["statistic"] == statistic)
            formatted[rows] = results.loc[rows, "value"].map(partial(fmt_number, decimals=decimals))
    return results.assign(formatted=formatted)


def format_statistic(statistic: str, value: float | None, decimals: int | None) -> str:
    """What is printed of a statistic, given the decimals of the data."""
    if value is None:
        return MISSING
    if statistic in P_VALUES:
        return fmt_p(value)
    if statistic in WHOLE:
        return fmt_number(value)
    if statistic in ONE_DECIMAL:
        return fmt_number(value, 1)
    collected = decimals or 0
    return fmt_number(value, collected + min(EXTRA_DECIMALS.get(statistic, 1), max(MOST_DECIMALS - collected, 0)))
