"""Comparison of independent groups on a continuous value: t, ANOVA, rank tests."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.methods.location import hedges_correction
from analysis.methods.result import (
    ALL_EQUAL,
    FloatArray,
    Interval,
    TestResult,
    check_level,
    clamp_p,
    is_constant,
    numbers,
    quietly,
    without_dust,
)

FEW_GROUPS = "not estimable: fewer than two groups with values"
NO_SPREAD = "not estimable: no spread within the groups"
EMPTY_GROUP = "not estimable: a group has no values"


def two_sample_t(
    first: Iterable[Any], second: Iterable[Any], equal_variances: bool = True, level: float = 0.95
) -> TestResult:
    """Two-sided t test of mean(first) - mean(second) (scipy.stats.ttest_ind): pooled variance, or Welch's.

    `n` counts both groups. Each group needs a value, the two together enough for a variance.
    """
    check_level(level)
    a, b = numbers(first), numbers(second)
    n = int(a.size + b.size)
    if a.size == 0 or b.size == 0:
        return TestResult(n=n, level=level, warning=EMPTY_GROUP)
    estimate = float(a.mean() - b.mean())
    fewest = 1 if equal_variances else 2
    if min(a.size, b.size) < fewest or n < 3:
        return TestResult(estimate, n=n, level=level, warning="not estimable: too few values in a group")
    if is_constant(a) and is_constant(b):
        return TestResult(estimate, n=n, level=level, warning=NO_SPREAD)
    with quietly():
        found = stats.ttest_ind(a, b, equal_var=equal_variances)
    interval = found.confidence_interval(level)
    return TestResult(
        estimate=estimate,
        se=_se(a, b, equal_variances),
        ci_low=float(interval.low),
        ci_high=float(interval.high),
        statistic=float(found.statistic),
        df=float(found.df),
        p=float(found.pvalue),
        n=n,
        level=level,
    )


def hedges_g(first: Iterable[Any], second: Iterable[Any], level: float = 0.95) -> Interval:
    """Standardized difference of two means: pooled-SD Cohen d × Hedges' exact correction J(n1 + n2 - 2).

    Interval from the large-sample variance of d (Hedges & Olkin 1985, p. 86), normal quantile, scaled by J. By hand.
    """
    check_level(level)
    a, b = numbers(first), numbers(second)
    n = int(a.size + b.size)
    if min(a.size, b.size) < 1 or n < 4:
        return Interval(n=n, level=level, warning="not estimable: too few values in a group")
    if is_constant(a) and is_constant(b):
        return Interval(n=n, level=level, warning=NO_SPREAD)
    pooled = _se(a, b, True) / math.sqrt(1 / a.size + 1 / b.size)
    d = float(a.mean() - b.mean()) / pooled
    j = hedges_correction(n - 2)
    reach = float(stats.norm.ppf((1 + level) / 2)) * math.sqrt(n / (a.size * b.size) + d * d / (2 * n))
    return Interval(j * d, j * (d - reach), j * (d + reach), n, level)


def anova(groups: Sequence[Iterable[Any]]) -> TestResult:
    """One-way analysis of variance (scipy.stats.f_oneway): `df_num`, `df`, F and p. Empty groups are left out."""
    known = [x for x in map(numbers, groups) if x.size]
    n = sum(x.size for x in known)
    if len(known) < 2:
        return TestResult(n=n, warning=FEW_GROUPS)
    df = n - len(known)
    if df < 1:
        return TestResult(n=n, warning="not estimable: one value in each group")
    if all(is_constant(x) for x in known):
        return TestResult(n=n, warning=NO_SPREAD)
    with quietly():
        found = stats.f_oneway(*known)
    return TestResult(statistic=float(found.statistic), df_num=len(known) - 1, df=df, p=float(found.pvalue), n=n)


def kruskal_wallis(groups: Sequence[Iterable[Any]]) -> TestResult:
    """Kruskal–Wallis test with tie correction (scipy.stats.kruskal). Empty groups are left out.

    Values are tied where they agree to twelve digits of the largest.
    """
    known = [x for x in map(numbers, groups) if x.size]
    n = sum(x.size for x in known)
    if len(known) < 2:
        return TestResult(n=n, warning=FEW_GROUPS)
    if is_constant(np.concatenate(known)):
        return TestResult(n=n, warning=ALL_EQUAL)
    found = stats.kruskal(*_ranked_alike(known))
    df = len(known) - 1
    return TestResult(statistic=float(found.statistic), df_num=df, df=df, p=float(found.pvalue), n=n)


def rank_sum(first: Iterable[Any], second: Iterable[Any]) -> TestResult:
    """Wilcoxon rank-sum (Mann–Whitney) test, two-sided (scipy.stats.mannwhitneyu).

    `statistic` is U of the first group. Exact where there are no ties and the smaller group has at most 50 values,
    else the normal approximation with tie correction and without continuity correction. Values are tied where they
    agree to twelve digits of the largest.
    """
    a, b = numbers(first), numbers(second)
    n = int(a.size + b.size)
    if a.size == 0 or b.size == 0:
        return TestResult(n=n, warning=EMPTY_GROUP)
    both = np.concatenate([a, b])
    if is_constant(both):
        return TestResult(n=n, warning=ALL_EQUAL)
    a, b = _ranked_alike([a, b])
    exact = np.unique(np.concatenate([a, b])).size == n and min(a.size, b.size) <= 50 and n <= 400
    found = stats.mannwhitneyu(
        a, b, alternative="two-sided", method="exact" if exact else "asymptotic", use_continuity=False
    )
    return TestResult(statistic=float(found.statistic), p=clamp_p(float(found.pvalue)), n=n, exact=bool(exact))


def split(frame: pd.DataFrame, value: str, group: str, order: Sequence[Any]) -> list[FloatArray]:
    """The values of each group in `order`, as these functions take them; a group without rows is empty."""
    return [numbers(frame.loc[frame[group] == name, value]) for name in order]


def _ranked_alike(groups: Sequence[FloatArray]) -> list[FloatArray]:
    """The groups on one scale without floating-point dust, so that what is equal ties."""
    ends = np.cumsum([x.size for x in groups])[:-1]
    return np.split(without_dust(np.concatenate(groups)), ends)


def _se(a: FloatArray, b: FloatArray, pooled: bool) -> float:
    va = float(a.var(ddof=1)) if a.size > 1 else 0.0
    vb = float(b.var(ddof=1)) if b.size > 1 else 0.0
    if pooled:
        v = ((a.size - 1) * va + (b.size - 1) * vb) / (a.size + b.size - 2)
        return math.sqrt(v * (1 / a.size + 1 / b.size))
    return math.sqrt(va / a.size + vb / b.size)
