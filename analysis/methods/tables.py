"""Comparison of proportions: Fisher's exact and the chi-square test.

Not here: strata and ordered levels (`stratified`), and tables that are printed (`analysis.display`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import islice

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from trial_report.analysis.methods.result import NAN, FloatArray, TestResult, clamp_p

DEGENERATE = "not estimable: fewer than two rows or columns with patients"


def fisher_exact(table: ArrayLike) -> TestResult:
    """Two-sided Fisher's exact test of an r × c table of counts (scipy.stats.fisher_exact).

    A 2 × 2 table sums the tables no more likely than the one seen, and `estimate` is its sample odds ratio (NaN
    where it is 0 ÷ 0; infinite where a zero is below). A larger table is tested by enumeration of all tables with
    its margins (Freeman & Halton 1951, by hand: scipy samples them); where that takes too long p is NaN with a
    warning. Raises ValueError on negative or broken counts.
    """
    counts = _counts(table)
    kept = _without_empty(counts)
    n = int(counts.sum())
    if min(kept.shape) < 2:
        return TestResult(n=n, exact=True, warning=DEGENERATE)
    odds = _odds_ratio(counts) if counts.shape == (2, 2) else NAN
    if kept.shape == (2, 2):
        p = float(stats.fisher_exact(kept.astype("int64")).pvalue)
        return TestResult(estimate=odds, p=clamp_p(p), n=n, exact=True)
    p = _freeman_halton(kept.astype("int64"))
    warning = None if math.isfinite(p) else "not computed: the table is too large to enumerate"
    return TestResult(p=clamp_p(p), n=n, exact=True, warning=warning)


def chi_square(table: ArrayLike) -> TestResult:
    """Pearson's chi-square test without continuity correction (scipy.stats.chi2_contingency).

    Rows and columns without patients are left out. The warning says where expected counts below 5 make it doubtful.
    Raises ValueError as `fisher_exact`.
    """
    counts = _counts(table)
    kept = _without_empty(counts)
    n = int(counts.sum())
    if min(kept.shape) < 2:
        return TestResult(n=n, warning=DEGENERATE)
    found = stats.chi2_contingency(kept, correction=False)
    small = bool(np.any(found.expected_freq < 5))
    return TestResult(
        statistic=float(found.statistic),
        df=float(found.dof),
        df_num=float(found.dof),
        p=float(found.pvalue),
        n=n,
        warning="expected counts below 5: the chi-square approximation may be poor" if small else None,
    )


def _counts(table: ArrayLike) -> FloatArray:
    counts = np.asarray(table, dtype="float64")
    if counts.ndim < 2 or not np.all(counts >= 0) or not np.all(counts == np.floor(counts)):
        raise ValueError("a contingency table holds whole counts, none negative")
    return counts


def _without_empty(counts: FloatArray) -> FloatArray:
    return counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]


def _odds_ratio(counts: FloatArray) -> float:
    above, below = float(counts[0, 0] * counts[1, 1]), float(counts[0, 1] * counts[1, 0])
    if below > 0:
        return above / below
    return math.inf if above > 0 else NAN


_MOST_STATES = 50_000
_MOST_STEPS = 500_000  # about a second


def _freeman_halton(counts: NDArray[np.int64]) -> float:
    """Total probability of the tables with these margins that are no more likely than this one; NaN: too many.

    Column by column, tables with the same rows left to fill and the same probability so far are one state.
    """
    if counts.shape[0] > counts.shape[1]:
        counts = counts.T
    rows, columns = counts.sum(axis=1), counts.sum(axis=0)
    margins = float(
        special.gammaln(rows + 1).sum() + special.gammaln(columns + 1).sum() - special.gammaln(counts.sum() + 1)
    )
    seen = margins - float(special.gammaln(counts + 1).sum())
    work = 0
    states: dict[tuple[tuple[int, ...], float], int] = {(tuple(int(r) for r in rows), 0.0): 1}
    for total in columns:
        following: dict[tuple[tuple[int, ...], float], int] = {}
        fillings: dict[tuple[int, ...], list[tuple[tuple[int, ...], float]]] = {}
        for (left, log_chance), ways in states.items():
            if left not in fillings:
                fillings[left] = list(islice(_fillings(left, int(total)), _MOST_STATES))
            work += len(fillings[left])
            if work > _MOST_STEPS or len(fillings[left]) == _MOST_STATES:
                return NAN
            for after, cost in fillings[left]:
                state = (after, round(log_chance - cost, 9))
                following[state] = following.get(state, 0) + ways
        states = following
    # A table is as unlikely as the one seen if it agrees with it to the rounding of the sums above.
    tolerance = 1e-7
    return sum(
        ways * math.exp(margins + log_chance)
        for (_, log_chance), ways in states.items()
        if margins + log_chance <= seen + tolerance
    )


def _fillings(left: tuple[int, ...], total: int) -> Iterator[tuple[tuple[int, ...], float]]:
    """The ways to fill one column of `total` from what the rows have left, with the sum of log factorials."""
    if len(left) == 1:
        if left[0] >= total:
            yield (left[0] - total,), math.lgamma(total + 1)
        return
    rest_room = sum(left[1:])
    for here in range(max(0, total - rest_room), min(left[0], total) + 1):
        for after, cost in _fillings(left[1:], total - here):
            yield (left[0] - here, *after), cost + math.lgamma(here + 1)
