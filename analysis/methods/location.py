"""Location and spread: descriptive summaries, t intervals and tests, standardized effects."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import special, stats

from analysis.methods.result import (
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
    pairs,
    quietly,
)

STATISTICS = ("n", "missing", "mean", "sd", "median", "q1", "q3", "min", "max")
ONE_VALUE = "standard deviation not estimable: fewer than two values"


@dataclass(frozen=True)
class Summary:
    """`n` counts the values present and `missing` those not; the rest is in the unit of the values."""

    n: int = 0
    missing: int = 0
    mean: float = NAN
    sd: float = NAN
    median: float = NAN
    q1: float = NAN
    q3: float = NAN
    min: float = NAN
    max: float = NAN
    warning: str | None = None


def summarise(values: Iterable[Any]) -> Summary:
    """n, missing, mean, SD (divisor n-1), median, quartiles, range.

    Quartiles and median by SAS's default definition, PCTLDEF=5 (the empirical distribution function, averaged
    where it is flat: type 2 of Hyndman RJ, Fan Y, Am Stat 1996;50:361–365).
    """
    values = list(values)
    x = numbers(values)
    missing = len(values) - x.size
    if x.size == 0:
        return Summary(missing=missing, warning=NO_VALUES)
    low, high = float(x.min()), float(x.max())
    q1, median, q3 = (float(q) for q in np.quantile(x, [0.25, 0.5, 0.75], method="averaged_inverted_cdf"))
    sd = NAN if x.size < 2 else 0.0 if low == high else float(x.std(ddof=1))
    mean = low if low == high else float(x.mean())
    warning = ONE_VALUE if x.size == 1 else None
    return Summary(int(x.size), missing, mean, sd, median, q1, q3, low, high, warning)


def describe(
    frame: pd.DataFrame,
    by: Sequence[str],
    value: str = "AVAL",
    *,
    observed: bool = True,
    long: bool = False,
) -> pd.DataFrame:
    """`summarise` for every group at once, without a loop over groups (a million rows in about a second).

    One row a group: the columns `by`, then n, missing, mean, sd, median, q1, q3, min, max, warning. With
    `long=True` one row a group and statistic: `by`, statistic, value, warning. Groups come sorted, a missing
    group key is a group of its own, and with `observed=False` the categories without rows come with n = 0. An
    empty `by` gives one row. Raises KeyError for a column that does not exist.
    """
    keys = list(by)
    work = frame.loc[:, [*keys, value]].copy()
    work[value] = pd.to_numeric(work[value]).to_numpy(dtype="float64", na_value=np.nan)
    work.loc[~np.isfinite(work[value]), value] = np.nan
    if not keys:
        work["_all"] = 0
    grouped = work.groupby(keys or ["_all"], sort=True, dropna=False, observed=observed)[value]
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
    wide = (wide.reset_index() if keys else wide)[[*keys, *STATISTICS, "warning"]]
    if not long:
        return wide
    wide["_group"] = np.arange(len(wide))
    melted: pd.DataFrame = wide.melt(
        id_vars=["_group", *keys, "warning"], value_vars=list(STATISTICS), var_name="statistic"
    )
    melted = melted.sort_values("_group", kind="stable", ignore_index=True)
    applies = melted["value"].isna()
    melted["warning"] = melted["warning"].where(applies, None)
    return melted[[*keys, "statistic", "value", "warning"]]


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


def paired_t(before: Iterable[Any], after: Iterable[Any], level: float = 0.95) -> TestResult:
    """Paired t test of after minus before (scipy.stats.ttest_1samp on the differences of complete pairs).

    `n` is the number of complete pairs. Equal differences have no standard error: p is NaN, with a warning.
    Raises ValueError where the columns differ in length.
    """
    a, b = pairs(before, after)
    return one_sample_t(b - a, level=level)


def standardized_effect(
    changes: Iterable[Any],
    kind: Literal["d_z", "hedges_g"] = "d_z",
    level: float = 0.95,
) -> Interval:
    """Standardized mean change of one sample: mean ÷ SD of the changes ("d_z" of Cohen).

    "hedges_g" multiplies by the exact small-sample correction J(n-1) of Hedges LV, J Educ Stat 1981;6:107–128. The
    interval inverts the noncentral t distribution (scipy.special.nctdtrinc) and is scaled by J in the same way.
    """
    check_level(level)
    x = numbers(changes)
    if x.size < 2 or is_constant(x):
        return Interval(n=x.size, level=level, warning=_too_few(x))
    factor = {"d_z": 1.0, "hedges_g": hedges_correction(x.size - 1)}.get(kind)
    if factor is None:
        raise ValueError(f"unknown standardized effect {kind!r}: d_z or hedges_g")
    d = float(x.mean() / x.std(ddof=1))
    root = math.sqrt(x.size)
    low, high = _noncentral_limits(d * root, x.size - 1, level)
    warning = None if math.isfinite(low + high) else "interval not estimable: the effect is too large"
    return Interval(factor * d, factor * low / root, factor * high / root, x.size, level, warning)


def hedges_correction(df: float) -> float:
    """J(df) = Γ(df/2) / (√(df/2) Γ((df-1)/2)), Hedges 1981; NaN for df below 2, where it does not exist."""
    if df < 2:
        return 1.0 if math.isinf(df) else NAN
    return float(np.exp(special.gammaln(df / 2) - special.gammaln((df - 1) / 2)) / math.sqrt(df / 2))


def _noncentral_limits(t: float, df: float, level: float) -> tuple[float, float]:
    """The noncentralities at which `t` is the upper and the lower tail quantile (good to about 7 digits)."""
    tail = (1 - level) / 2
    size = abs(t)
    low, high = (float(special.nctdtrinc(df, p, size)) for p in (1 - tail, tail))
    return (low, high) if t >= 0 else (-high, -low)


def _too_few(x: FloatArray) -> str:
    return NO_VALUES if x.size == 0 else FEWER_THAN_TWO if x.size == 1 else ALL_EQUAL
