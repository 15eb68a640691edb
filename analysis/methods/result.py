"""The result types that the methods share, and how values are read: missing dropped, no numpy warnings.

Not here: printing of a value (`results.formatting`).
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
NAN = float("nan")

NO_VALUES = "not estimable: no values"
FEWER_THAN_TWO = "not estimable: fewer than two values"
ALL_EQUAL = "not estimable: all values are equal"


@dataclass(frozen=True)
class Interval:
    """An estimate with its interval: `level` is the nominal coverage (0.95), `n` counts the values used."""

    estimate: float = NAN
    ci_low: float = NAN
    ci_high: float = NAN
    n: int = 0
    level: float = 0.95
    warning: str | None = None


@dataclass(frozen=True)
class TestResult:
    """A test, with the estimate it is about where there is one.

    `p` is two-sided unless the function says otherwise. `df` is the (denominator) degrees of freedom and
    `df_num` the numerator's of an F or the df of a chi-square. `exact` says whether `p` comes from an exact
    distribution.
    """

    __test__ = False  # pytest would otherwise collect the class

    estimate: float = NAN
    se: float = NAN
    ci_low: float = NAN
    ci_high: float = NAN
    statistic: float = NAN
    df: float = NAN
    p: float = NAN
    n: int = 0
    level: float = 0.95
    df_num: float = NAN
    exact: bool = False
    warning: str | None = None


def numbers(values: Iterable[Any]) -> FloatArray:
    """The finite numbers among `values`, in order, as float64.

    Missing (None, NaN, NA) and infinite values are dropped. Raises ValueError for text that is not a number.
    """
    return (found := _floats(values))[np.isfinite(found)]


def pairs(first: Iterable[Any], second: Iterable[Any]) -> tuple[FloatArray, FloatArray]:
    """Both columns of the complete pairs, matched by position. Raises ValueError on unequal length."""
    a, b = _floats(first), _floats(second)
    if a.shape != b.shape:
        raise ValueError(f"pairs need columns of equal length, not {a.size} and {b.size}")
    both = np.isfinite(a) & np.isfinite(b)
    return a[both], b[both]


def _floats(values: Iterable[Any]) -> FloatArray:
    series = values if isinstance(values, pd.Series | pd.Index | np.ndarray) else list(values)
    return pd.to_numeric(pd.Series(series, dtype=None if len(series) else "float64")).to_numpy(
        dtype="float64", na_value=np.nan
    )


def without_dust(values: FloatArray) -> FloatArray:
    """Values as multiples of the largest in size, rounded to twelve digits: 0.1 + 0.2 and 0.3 are then tied.

    For methods that use the order and the ties of values only, not their size.
    """
    largest = float(np.max(np.abs(values), initial=0.0))
    return np.round(values / largest, 12) if largest else values


def is_constant(values: FloatArray) -> bool:
    """Whether all values are the same but for floating-point dust (1e-12 of the largest in size)."""
    if values.size == 0:
        return False
    return bool(np.ptp(values) <= 1e-12 * np.max(np.abs(values)))


def check_level(level: float) -> float:
    """`level` itself. Raises ValueError unless 0 < level < 1."""
    if not 0 < level < 1:
        raise ValueError(f"a confidence level lies between 0 and 1, not {level}")
    return level


def percent(level: float) -> str:
    """The level as a reader writes it: 0.95 → '95%'."""
    return f"{round(100 * level, 6):g}%"


def joined(*texts: str | None) -> str | None:
    """The warnings that exist, once each, as one text; None where there is none."""
    found = list(dict.fromkeys(t for t in texts if t))
    return "; ".join(found) if found else None


@contextmanager
def quietly() -> Iterator[None]:
    """Silence numpy's and scipy's warnings where the result itself says what is wrong."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)
        yield


def clamp_p(p: float) -> float:
    """A p-value kept within [0, 1] against floating-point dust; NaN stays NaN."""
    return p if math.isnan(p) else min(max(p, 0.0), 1.0)
