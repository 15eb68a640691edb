"""One-sample rank methods: exact Wilcoxon signed-rank test and the Hodges–Lehmann estimate with exact interval.

Not here: ranks of several groups (`comparison`), and averages of pairs in large samples (`walsh`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from trial_report.analysis.methods.result import (
    NAN,
    NO_VALUES,
    FloatArray,
    Interval,
    check_level,
    clamp_p,
    numbers,
    percent,
    without_dust,
)
from trial_report.analysis.methods.walsh import walsh_order_statistics

EXACT_UP_TO = 500


@dataclass(frozen=True)
class SignedRank:
    """`statistic` is the sum of the ranks of the positive changes; `n` all values, `used` those not zero."""

    statistic: float = NAN
    p: float = NAN
    n: int = 0
    used: int = 0
    zeros: int = 0
    exact: bool = True
    warning: str | None = None


def signed_rank(changes: Iterable[Any]) -> SignedRank:
    """Wilcoxon signed-rank test of changes about zero, two-sided, exact also with ties.

    Zero changes are dropped before ranking, ties get midranks. The p-value is twice the smaller tail of the
    permutation distribution of the ranks seen, found by convolution over the doubled ranks (by hand:
    scipy.stats.wilcoxon's exact mode takes no ties, and its permutation mode enumerates all signs). Above 500
    non-zero changes the normal approximation with tie correction is used and `exact` is False. Changes are tied
    where they agree to twelve digits of the largest. Source: Hollander M, Wolfe DA, Nonparametric Statistical
    Methods, section 3.1.
    """
    d = without_dust(numbers(changes))
    if d.size == 0:
        return SignedRank(warning=NO_VALUES)
    used = d[d != 0]
    zeros = d.size - used.size
    if used.size == 0:
        return SignedRank(n=d.size, zeros=zeros, warning="not estimable: all changes are zero")
    ranks = stats.rankdata(np.abs(used))
    statistic = float(ranks[used > 0].sum())
    exact = used.size <= EXACT_UP_TO
    p = _exact_p(ranks, statistic) if exact else _normal_p(ranks, statistic)
    return SignedRank(statistic, clamp_p(p), d.size, used.size, zeros, exact)


def signed_rank_distribution(ranks: FloatArray) -> FloatArray:
    """P(sum of the positive ranks = k/2) for k = 0, 1, …, when every sign is + or - with probability ½.

    `ranks` are midranks (multiples of ½). The array has 2 × sum(ranks) + 1 elements.
    """
    doubled = np.rint(2 * np.asarray(ranks)).astype("int64")
    chance = np.zeros(int(doubled.sum()) + 1)
    chance[0] = 1.0
    top = 0
    for step in doubled:  # over ranks, not subjects: each needs the distribution of the ones before
        shifted = chance[: top + 1].copy()
        chance[: top + 1] *= 0.5
        chance[step : step + top + 1] += 0.5 * shifted
        top += int(step)
    return chance


def hodges_lehmann(values: Iterable[Any], level: float = 0.95) -> Interval:
    """Median of the Walsh averages, with the exact interval from the signed-rank distribution.

    Zeros stay in. The limits are the Walsh averages whose rank from either end is the largest with at least the
    nominal coverage, as R's wilcox.test; with ties coverage is at least nominal. Below 6 values (for 95%) no such
    interval exists: the estimate comes without one. Above 500 values the ranks come from the normal
    approximation. By hand: no library has it. Source: Hollander & Wolfe, sections 3.2 and 3.3.
    """
    check_level(level)
    x = numbers(values)
    n = x.size
    if n == 0:
        return Interval(level=level, warning=NO_VALUES)
    averages = n * (n + 1) // 2
    k = _interval_rank(n, (1 - level) / 2)
    ranks = [(averages + 1) // 2, averages // 2 + 1, *([k, averages - k + 1] if k else [])]
    below, above, *limits = walsh_order_statistics(x, ranks)
    estimate = (below + above) / 2
    if k == 0:
        fewest = math.ceil(math.log2(2 / (1 - level)) - 1e-12)
        warning = f"interval not estimable: an exact {percent(level)} interval needs at least {fewest} values"
        return Interval(estimate, n=n, level=level, warning=warning)
    return Interval(estimate, limits[0], limits[1], n, level)


def _interval_rank(n: int, tail: float) -> int:
    """The largest k with P(T < k) at most `tail` (T: signed-rank statistic, no ties); 0: there is none."""
    if n > EXACT_UP_TO:
        mean, var = n * (n + 1) / 4, n * (n + 1) * (2 * n + 1) / 24
        return int(math.floor(mean + float(stats.norm.ppf(tail)) * math.sqrt(var) + 0.5))
    # Whole ranks: the distribution lives on the even places of the half-rank grid.
    below = np.cumsum(signed_rank_distribution(np.arange(1.0, n + 1))[::2])
    return int(np.count_nonzero(below <= tail * (1 + 1e-12)))


def _exact_p(ranks: FloatArray, statistic: float) -> float:
    chance = signed_rank_distribution(ranks)
    at = round(2 * statistic)
    return 2 * min(float(chance[: at + 1].sum()), float(chance[at:].sum()))


def _normal_p(ranks: FloatArray, statistic: float) -> float:
    """Var(T) = sum of squared ranks / 4 holds for midranks."""
    z = (statistic - ranks.sum() / 2) / math.sqrt(float(np.square(ranks).sum()) / 4)
    return 2 * float(stats.norm.sf(abs(z)))
