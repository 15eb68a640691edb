"""Proportions: exact (Clopper–Pearson) and Wilson intervals, and the exact binomial test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats
from statsmodels.stats.proportion import proportion_confint

from analysis.methods.result import NAN, FloatArray, TestResult, check_level

NO_PATIENTS = "not estimable: no patients"


@dataclass(frozen=True)
class Proportion:
    """`estimate`, `ci_low`, `ci_high` are proportions (0–1), not percentages."""

    events: int
    n: int
    estimate: float = NAN
    ci_low: float = NAN
    ci_high: float = NAN
    level: float = 0.95
    warning: str | None = None


def clopper_pearson(events: ArrayLike, n: ArrayLike, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
    """Exact two-sided limits, elementwise over arrays of any one shape: (low, high), proportions.

    Limits from the beta quantiles (scipy.special.betaincinv): equal tails, 0 and 1 at the ends. NaN where n is 0
    or either is missing. Source: Clopper CJ, Pearson ES. Biometrika 1934;26:404–413.
    Raises ValueError where events are negative or more than n, or the level is not between 0 and 1.
    """
    x, total = _counts(events, n)
    tail = (1 - check_level(level)) / 2
    known = np.isfinite(x) & (total > 0)
    low, high = np.full(x.shape, np.nan), np.full(x.shape, np.nan)
    k, m = x[known], total[known]
    some, not_all = k > 0, k < m
    # betaincinv is undefined for a zero parameter: there the limit is the end of the scale by definition.
    low[known] = np.where(some, special.betaincinv(np.where(some, k, 1), m - k + 1, tail), 0.0)
    high[known] = np.where(not_all, special.betaincinv(k + 1, np.where(not_all, m - k, 1), 1 - tail), 1.0)
    return low, high


def proportion(
    events: int, n: int, level: float = 0.95, method: Literal["clopper-pearson", "wilson"] = "clopper-pearson"
) -> Proportion:
    """One proportion with its interval; n = 0 gives NaN and a warning.

    "clopper-pearson" is exact (see `clopper_pearson`); "wilson" is the score interval without continuity
    correction (statsmodels proportion_confint). Raises ValueError as `clopper_pearson`, or on another method.
    """
    low, high = clopper_pearson(events, n, level)
    if n == 0:
        return Proportion(events, n, level=level, warning=NO_PATIENTS)
    if method == "wilson":
        low, high = proportion_confint(events, n, alpha=1 - level, method="wilson")
    elif method != "clopper-pearson":
        raise ValueError(f"unknown interval {method!r}: clopper-pearson or wilson")
    return Proportion(events, n, events / n, float(low), float(high), level)


def binomial_test(
    events: int,
    n: int,
    null: float,
    alternative: Literal["two-sided", "greater", "less"] = "two-sided",
    level: float = 0.95,
) -> TestResult:
    """Exact binomial test of the proportion against `null` (scipy.stats.binomtest), with Clopper–Pearson limits.

    The two-sided p-value sums the outcomes no more likely than the one seen. Raises ValueError as
    `clopper_pearson`, or where `null` is outside [0, 1].
    """
    if not 0 <= null <= 1:
        raise ValueError(f"a proportion lies between 0 and 1, not {null}")
    interval = proportion(events, n, level)
    if n == 0:
        return TestResult(level=level, exact=True, warning=NO_PATIENTS)
    p = float(stats.binomtest(events, n, null, alternative=alternative).pvalue)
    return TestResult(
        estimate=interval.estimate,
        ci_low=interval.ci_low,
        ci_high=interval.ci_high,
        statistic=float(events),
        p=p,
        n=n,
        level=level,
        exact=True,
    )


def _counts(events: ArrayLike, n: ArrayLike) -> tuple[FloatArray, FloatArray]:
    x, total = np.broadcast_arrays(np.asarray(events, dtype="float64"), np.asarray(n, dtype="float64"))
    if np.any(x < 0) or np.any(x > total):
        raise ValueError("events must be between 0 and the number of patients")
    return x, total
