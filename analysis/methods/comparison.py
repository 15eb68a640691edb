"""Comparison of independent groups on a continuous value: analysis of variance, Kruskal–Wallis test.

Not here: comparisons with covariates (`lsmeans`), and of proportions (`tables`, `risk_difference`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from trial_report.analysis.methods.result import (
    ALL_EQUAL,
    FloatArray,
    TestResult,
    is_constant,
    numbers,
    quietly,
    without_dust,
)

FEW_GROUPS = "not estimable: fewer than two groups with values"
NO_SPREAD = "not estimable: no spread within the groups"


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
        # Of equal means what is left over in binary may be below zero, of which SciPy has no p-value.
        f = max(0.0, float(stats.f_oneway(*known).statistic))
    between = len(known) - 1
    return TestResult(statistic=f, df_num=between, df=df, p=float(stats.f.sf(f, between, df)), n=n)


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


def split(frame: pd.DataFrame, value: str, group: str, order: Sequence[Any]) -> list[FloatArray]:
    """The values of each group in `order`, as these functions take them; a group without rows is empty."""
    return [numbers(frame.loc[frame[group] == name, value]) for name in order]


def _ranked_alike(groups: Sequence[FloatArray]) -> list[FloatArray]:
    """The groups on one scale without floating-point dust, so that what is equal ties."""
    ends = np.cumsum([x.size for x in groups])[:-1]
    return np.split(without_dust(np.concatenate(groups)), ends)
