"""Rank methods a second time: signs counted in one large whole number, averages found by narrowing rows.

Not here: tests of means (`exact`), and ranks within strata (`categories`).
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import stats

FloatArray = NDArray[np.float64]
NAN = float("nan")
EXACT_UP_TO = 500
"""Values up to which tails are counted; above, the definition takes the normal approximation."""


def midranks(values: FloatArray) -> FloatArray:
    """Ranks of values, ties at their mean rank (neighbours agreeing to twelve digits of the largest are tied)."""
    x = np.asarray(values, float)
    if len(x) == 0:
        return x
    order = np.argsort(x, kind="stable")
    new = np.diff(x[order], prepend=-np.inf) > 2e-12 * (np.abs(x).max() or 1.0)
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(x))
    ranks = np.empty(len(x))
    ranks[order] = np.repeat((first + 1 + last) / 2, last - first)
    return ranks


@lru_cache(maxsize=64)
def sign_chances(ranks: tuple[int, ...]) -> FloatArray:
    """P(S = 0), P(S = 1), …: S is the sum of those of the whole numbers `ranks` that a fair coin each takes.

    The ways to reach every sum are the digits of one whole number, the product of 1 + B^rank: no digit exceeds
    2^n, so that none carries into the next with B = 256^width.
    """
    width = (len(ranks) + 8) // 8
    ways = 1
    for rank in ranks:
        ways += ways << (8 * width * rank)
    size = sum(ranks) + 1
    digits = np.frombuffer(ways.to_bytes(width * size, "little"), np.uint8).reshape(size, width)
    chances = np.zeros(size)
    for place in range(width):
        chances += digits[:, place] * 2.0 ** (8 * place - len(ranks))
    return chances


def signed_rank(changes: FloatArray) -> tuple[int, int, float, float]:
    """Wilcoxon's signed-rank test, zeros dropped: values used, zeros, sum of positive ranks, two-sided p."""
    scale = np.abs(changes).max() if len(changes) else 0.0
    zero = np.abs(changes) <= 1e-12 * scale
    used = changes[~zero]
    if len(used) == 0:
        return 0, int(zero.sum()), NAN, NAN
    ranks = midranks(np.abs(used))
    statistic = math.fsum(ranks[used > 0])
    if len(used) > EXACT_UP_TO:
        away = abs(2 * statistic - math.fsum(ranks)) / math.sqrt(math.fsum(ranks**2))
        p = math.erfc(away / math.sqrt(2))
    else:
        doubled = tuple(sorted(int(round(2 * r)) for r in ranks))
        seen = int(round(2 * statistic))
        # Signs turned about, a sum is the whole less the sum: the upper tail is a lower one.
        p = min(1.0, 2 * math.fsum(sign_chances(doubled)[: min(seen, sum(doubled) - seen) + 1]))
    return len(used), int(zero.sum()), statistic, p


def hodges_lehmann(values: FloatArray, level: float) -> tuple[float, float, float]:
    """Median of the Walsh averages, and the averages at the rank from either end (NaN where there is none)."""
    n = len(values)
    if n == 0:
        return NAN, NAN, NAN
    x = np.sort(values)
    m = n * (n + 1) // 2
    k = _outside(n, (1 - level) / 2)
    limits = (walsh(x, k), walsh(x, m - k + 1)) if k else (NAN, NAN)
    return ((walsh(x, (m + 1) // 2) + walsh(x, m // 2 + 1)) / 2, *limits)


@lru_cache(maxsize=1024)
def _outside(n: int, tail: float) -> int:
    """How many averages lie outside the limits at each end: the most whose chance does not exceed the tail."""
    if n > EXACT_UP_TO:
        middle, spread = n * (n + 1) / 4, math.sqrt(n * (n + 1) * (2 * n + 1) / 24)
        return math.floor(middle - float(stats.norm.isf(tail)) * spread + 0.5)
    reached = np.cumsum(sign_chances(tuple(range(1, n + 1))))
    return int(np.searchsorted(reached, tail + 1e-14, side="right"))


def walsh(x: FloatArray, rank: int) -> float:
    """The average of two values (or of one with itself) that has this rank; `x` is sorted.

    The sums of value i with those from i on are a sorted row. Rows are narrowed about the weighted median of their
    medians until few sums are left (Johnson DB, Mizoguchi T, SIAM J Comput 1978;7:147–153), which are then sorted.
    """
    n, row = len(x), np.arange(len(x))
    low, high, wanted = row.copy(), np.full(n, n), rank
    while (left := int((high - low).sum())) > 4 * n + 100:
        open_rows = low < high
        middle = np.minimum((low + high) // 2, n - 1)
        order = np.argsort((x + x[middle])[open_rows])
        weight = np.cumsum((high - low)[open_rows][order])
        pivot = (x + x[middle])[open_rows][order][np.searchsorted(weight, left / 2)]
        dust = 1e-15 * np.abs(x).max()
        below = np.clip(np.searchsorted(x, pivot - x - dust, side="left"), low, high)
        upto = np.clip(np.searchsorted(x, pivot - x + dust, side="right"), low, high)
        fewer, enough = int((below - low).sum()), int((upto - low).sum())
        if wanted <= fewer:
            high = below
        elif wanted <= enough:
            return float(pivot / 2)
        else:
            low, wanted = upto, wanted - enough
    sizes = np.maximum(high - low, 0)
    first = np.repeat(row, sizes)
    second = np.arange(len(first)) - np.repeat(np.cumsum(sizes) - sizes, sizes) + np.repeat(low, sizes)
    return float(np.sort(x[first] + x[second])[wanted - 1] / 2)
