"""Which rows: one object that selects them in pandas and says the same in SQL.

An analysis that selects with a `Where`, and writes its `sql` into the results, cannot describe one filter and
use another; the SQL can be run as it is over the same dataset.

Not here: conditions on all records of a subject (`analyse.worst`), and running of the SQL (`lineage.conditions`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

Operator = Literal["=", "<>", "<", "<=", ">", ">=", "in", "is null", "is not null"]
Value = str | int | float | tuple[str | int | float, ...] | None


@dataclass(frozen=True)
class Term:
    """A condition on one variable."""

    variable: str
    operator: Operator
    value: Value = None

    def mask(self, frame: pd.DataFrame) -> pd.Series:
        """True where the condition holds; a missing value meets only `is null`."""
        column = frame[self.variable]
        match self.operator:
            case "=":
                found = column == self.value
            case "<>":
                found = (column != self.value) & column.notna()
            case "<":
                found = column < self.value
            case "<=":
                found = column <= self.value
            case ">":
                found = column > self.value
            case ">=":
                found = column >= self.value
            case "in":
                found = column.isin(list(self.value if isinstance(self.value, tuple) else (self.value,)))
            case "is null":
                found = column.isna()
            case "is not null":
                found = column.notna()
        return found.fillna(False).astype(bool)

    @property
    def sql(self) -> str:
        """The condition as SQL."""
        if self.operator in ("is null", "is not null"):
            return f"{self.variable} {self.operator.upper()}"
        if self.operator == "in":
            values = self.value if isinstance(self.value, tuple) else (self.value,)
            return f"{self.variable} IN ({', '.join(_literal(v) for v in values)})"
        return f"{self.variable} {self.operator} {_literal(self.value)}"


@dataclass(frozen=True)
class Where:
    """Conditions that all must hold, in the order in which they were added."""

    terms: tuple[Term, ...] = ()

    def eq(self, **values: Value) -> Where:
        """And these variables equal these values (a tuple: one of them; None: missing)."""
        return self.all_of(values)

    def all_of(self, values: Mapping[str, Value]) -> Where:
        """As `eq`, from a mapping."""
        return Where(self.terms + tuple(_equal(name, value) for name, value in values.items()))

    def also(self, variable: str, operator: Operator, value: Value = None) -> Where:
        """And this condition holds."""
        return Where((*self.terms, Term(variable, operator, value)))

    def mask(self, frame: pd.DataFrame) -> pd.Series:
        """True for the rows of `frame` that are meant. KeyError when a variable is not there."""
        found = pd.Series(True, index=frame.index)
        for term in self.terms:
            found &= term.mask(frame)
        return found

    def of(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows of `frame` that are meant."""
        return frame.loc[self.mask(frame)]

    @property
    def sql(self) -> str:
        """The conditions as the text of a SQL WHERE clause; TRUE when there are none."""
        return " AND ".join(term.sql for term in self.terms) or "TRUE"


def _equal(variable: str, value: Value) -> Term:
    if value is None:
        return Term(variable, "is null")
    return Term(variable, "in" if isinstance(value, tuple) else "=", value)


def _literal(value: object) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return repr(value)


def flagged(variables: Iterable[str]) -> Where:
    """The rows where all these flags are Y."""
    return Where(tuple(Term(v, "=", "Y") for v in variables))
