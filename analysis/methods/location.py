"""Location and spread: descriptive summaries, t intervals and tests, standardized effects.

Not here: ranks (`ranks`), and several groups (`comparison`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import special, stats

from trial_report.analysis.methods.result import (
    ALL_EQUAL,
    FEWER_THAN_TWO,
    NAN,
    NO_VALUES,
    FloatArray,
    Interval,
    TestResult,
    check_level,
    is_constant,
    numbers,
    quietly,
)

STATISTICS = ("n", "missing", "mean", "sd", "median", "q1", "q3", "min", "max")
ONE_VALUE = "standard deviation not estimable: fewer than two values"


def describe(
    frame: pd.DataFrame,
    by: Sequence[str],
    value: str = "AVAL",
) -> pd.DataFrame:
    """Descriptive statistics of every group at once, without a loop over groups (a million rows in about a second).

    One row a group: the columns `by`, then n, missing, mean, sd (divisor n-1), median, q1, q3, min, max, warning.
    Quartiles and median by SAS's default definition, PCTLDEF=5 (the empirical distribution function, averaged
    where it is flat: type 2 of Hyndman RJ, Fan Y, Am Stat 1996;50:361–365). Groups come sorted, and a missing group
    key is a group of its own. An empty `by` gives one row. Raises KeyError for a column that does not exist.
    """
    keys = list(by)
    work = frame.loc[:, [*keys, value]].copy()
    work[value] = pd.to_numeric(work[value]).to_numpy(dtype="float64", na_value=np.nan)
    work.loc[~np.isfinite(work[value]), value] = np.nan
    if not keys:
        work["_all"] = 0
    grouped = work.groupby(keys or ["_all"], sort=True, dropna=False, observed=True)[value]
    wide = pd.DataFrame(grouped.agg(n="count", rows="size", mean="mean", sd="std", min="min", max="max"))
    if not keys and wide.empty:
        wide = pd.DataFrame([{"n": 0, "rows": 0, "mean": NAN, "sd": NAN, "min": NAN, "max": NAN}])
    wide["missing"] = wide["rows"] - wide["n"]
    # Equal values must not show floating-point dust as spread.
    constant = (wide["n"] > 0) & (wide["min"] == wide["max"])
    wide["mean"] = wide["mean"].where(~constant, wide["min"])
    wide["sd"] = wide["sd"].where(~(constant & (wide["n"] > 1)), 0.0)
    ids = grouped.ngroup().to_numpy()
    values = work[value].to_numpy()
    present = np.isfinite(values)
    ordered = values[present][np.lexsort((values[present], ids[present]))]
    n = wide["n"].to_numpy(dtype="int64")
    for name, share in (("q1", 0.25), ("median", 0.5), ("q3", 0.75)):
        wide[name] = _grouped_quantile(ordered, n, share)
    wide["warning"] = np.select([n == 0, n == 1], [NO_VALUES, ONE_VALUE], default="")
    wide["warning"] = wide["warning"].astype(object).where(n < 2, None)
    wide[["n", "missing"]] = wide[["n", "missing"]].astype("int64")
    return (wide.reset_index() if keys else wide)[[*keys, *STATISTICS, "warning"]]


def _grouped_quantile(ordered: FloatArray, n: np.ndarray, share: float) -> FloatArray:
    """PCTLDEF=5 within groups of `n` values each, `ordered` by group and value."""
    start = np.cumsum(n) - n
    rank = n * share
    j = np.floor(rank).astype("int64")
    flat = rank == j
    lower = np.clip(np.where(flat, j - 1, j), 0, np.maximum(n - 1, 0))
    upper = np.clip(j, 0, np.maximum(n - 1, 0))
    result = np.full(n.shape, np.nan)
    some = n > 0
    result[some] = (ordered[(start + lower)[some]] + ordered[(start + upper)[some]]) / 2
    return result


def t_interval(values: Iterable[Any], level: float = 0.95) -> Interval:
    """Mean with its Student t interval (scipy.stats.t). Fewer than two values give a mean without an interval."""
    check_level(level)
    x = numbers(values)
    if x.size < 2:
        estimate = float(x[0]) if x.size else NAN
        return Interval(estimate, n=x.size, level=level, warning=FEWER_THAN_TWO if x.size else NO_VALUES)
    if is_constant(x):
        at = float(x[0])
        return Interval(at, at, at, x.size, level, "all values are equal: the interval has no width")
    mean, se = float(x.mean()), float(x.std(ddof=1)) / math.sqrt(x.size)
    reach = float(stats.t.ppf((1 + level) / 2, x.size - 1)) * se
    return Interval(mean, mean - reach, mean + reach, x.size, level)


def one_sample_t(values: Iterable[Any], null: float = 0.0, level: float = 0.95) -> TestResult:
    """One-sample t test of the mean against `null`, two-sided (scipy.stats.ttest_1samp), with mean, SE and CI."""
    x = numbers(values)
    interval = t_interval(x, level)
    if x.size < 2 or is_constant(x):
        return TestResult(
            interval.estimate,
            0.0 if x.size > 1 else NAN,
            interval.ci_low,
            interval.ci_high,
            n=x.size,
            level=level,
            warning=ALL_EQUAL if x.size > 1 else interval.warning,
        )
    with quietly():
        found = stats.ttest_1samp(x, null)
    return TestResult(
        interval.estimate,
        float(stats.sem(x)),
        interval.ci_low,
        interval.ci_high,
        float(found.statistic),
        float(found.df),
        float(found.pvalue),
        int(x.size),
        level,
    )


def standardized_effect(changes: Iterable[Any], level: float = 0.95) -> Interval:
    """Standardized mean change of one sample: mean ÷ SD of the changes (Cohen's d_z), corrected as by Hedges.

    The exact small-sample correction is J(n-1) of Hedges LV, J Educ Stat 1981;6:107–128. The interval inverts the
    noncentral t distribution (scipy.special.nctdtrinc) and is scaled by J in the same way.
    """
    check_level(level)
    x = numbers(changes)
    if x.size < 2 or is_constant(x):
        return Interval(n=x.size, level=level, warning=_too_few(x))
    if x.size == 2:
        return Interval(n=2, level=level, warning="not estimable: the correction of Hedges needs three values")
    d = float(x.mean() / x.std(ddof=1))
    j, root = hedges_correction(x.size - 1), math.sqrt(x.size)
    low, high = _noncentral_limits(d * root, x.size - 1, level)
    warning = None if math.isfinite(low + high) else "interval not estimable: the effect is too large"
    return Interval(j * d, j * low / root, j * high / root, x.size, level, warning)


def hedges_correction(df: float) -> float:
    """J(df) = Γ(df/2) / (√(df/2) Γ((df-1)/2)), Hedges 1981, for df of 2 and more."""
    return float(np.exp(special.gammaln(df / 2) - special.gammaln((df - 1) / 2)) / math.sqrt(df / 2))


def _noncentral_limits(t: float, df: float, level: float) -> tuple[float, float]:
    """The noncentralities at which `t` is the upper and the lower tail quantile (good to about 7 digits)."""
    tail = (1 - level) / 2
    size = abs(t)
    low, high = (float(special.nctdtrinc(df, p, size)) for p in (1 - tail, tail))
    return (low, high) if t >= 0 else (-high, -low)


def _too_few(x: FloatArray) -> str:
    return NO_VALUES if x.size == 0 else FEWER_THAN_TWO if x.size == 1 else ALL_EQUAL
