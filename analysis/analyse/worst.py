"""Conditions that look at all records of a subject: its worst one, or whether it ever had such a record.

They let the filter of a row select just the subjects whom the row counts, not the records it chose among.

Not here: conditions on single records (`results.where`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from trial_report.analysis.results.where import Operator, Term, Where

NO_VALUE = -1
"""Stands below every grade: a record without one is the worst only where no record of the subject has any."""


@dataclass(frozen=True)
class Highest(Term):
    """The records with the highest `variable` among a subject's records that meet `of`, within each of `within`.

    A missing value counts as the lowest; all records that share the highest value are meant.
    """

    dataset: str = ""
    within: tuple[str, ...] = ("USUBJID",)
    of: Where = field(default_factory=Where)

    def mask(self, frame: pd.DataFrame) -> pd.Series:
        """True for those records."""
        inside = self.of.mask(frame)
        values = frame[self.variable].astype("float64").fillna(NO_VALUE).where(inside)
        keys = [frame[name].astype("str").fillna("") for name in self.within]
        return inside & (values == values.groupby(keys).transform("max"))

    @property
    def sql(self) -> str:
        """The condition as one SQL term, over the data set itself."""
        keys = ", ".join(f"coalesce({name}, '')" for name in self.within)
        value = f"coalesce({self.variable}, {NO_VALUE})"
        chosen = f"SELECT {keys}, max({value}) FROM {self.dataset} WHERE {self.of.sql} GROUP BY ALL"
        return f"({keys}, {value}) IN ({chosen})"


@dataclass(frozen=True)
class Ever(Term):
    """The records of those who have (`never`: have not) a record that meets `of`, within each of `within`."""

    dataset: str = ""
    within: tuple[str, ...] = ("USUBJID",)
    of: Where = field(default_factory=Where)
    never: bool = False

    def mask(self, frame: pd.DataFrame) -> pd.Series:
        """True for the records of those subjects."""
        keys = pd.MultiIndex.from_frame(frame[list(self.within)])
        found = pd.Series(keys.isin(keys[self.of.mask(frame).to_numpy()]), index=frame.index)
        return ~found if self.never else found

    @property
    def sql(self) -> str:
        """The condition as one SQL term, over the data set itself."""
        keys = ", ".join(self.within)
        chosen = f"SELECT {keys} FROM {self.dataset} WHERE {self.of.sql}"
        return f"({keys}) {'NOT IN' if self.never else 'IN'} ({chosen})"


@dataclass(frozen=True)
class Ratio(Term):
    """One variable over another, which must be above zero, against a number; 2.1 / 0.7 is 3, as in decimals."""

    by: str = ""

    def mask(self, frame: pd.DataFrame) -> pd.Series:
        """True where the comparison holds."""
        ratio = (frame[self.variable] / frame[self.by].where(frame[self.by] > 0)).round(9)
        return Term("ratio", self.operator, self.value).mask(pd.DataFrame({"ratio": ratio}))

    @property
    def sql(self) -> str:
        """The comparison as SQL; nothing is divided by zero."""
        ratio = f"{self.variable} / CASE WHEN {self.by} > 0 THEN {self.by} END"
        return f"round({ratio}, 9) {self.operator} {self.value}"


@dataclass(frozen=True)
class Like(Term):
    """A text that begins with one of the words of `value`."""

    def mask(self, frame: pd.DataFrame) -> pd.Series:
        """True where the text begins so."""
        return frame[self.variable].astype("str").str.startswith(self._words).fillna(False).astype(bool)

    @property
    def _words(self) -> tuple[str, ...]:
        return tuple(str(word) for word in (self.value if isinstance(self.value, tuple) else (self.value,)))

    @property
    def sql(self) -> str:
        """The condition as SQL."""
        return f"{self.variable} SIMILAR TO '({'|'.join(self._words)}).*'"


def highest(variable: str, dataset: str, within: tuple[str, ...], of: Where) -> Where:
    """The records that hold a subject's highest value of a variable; see `Highest`."""
    return Where((Highest(variable, "=", None, dataset, within, of),))


def ever(dataset: str, within: tuple[str, ...], of: Where, *, never: bool = False) -> Where:
    """The records of the subjects that have, or have never, such a record; see `Ever`."""
    return Where((Ever("", "=", None, dataset, within, of, never),))


def ratio(variable: str, by: str, operator: Operator, value: float) -> Where:
    """The records whose ratio of two variables compares so; see `Ratio`."""
    return Where((Ratio(variable, operator, value, by),))


def like(variable: str, *words: str) -> Where:
    """The records whose text begins with one of these words."""
    return Where((Like(variable, "=", words),))
