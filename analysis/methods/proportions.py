"""Proportions: exact (Clopper–Pearson) intervals.

Not here: differences of two proportions (`risk_difference`), and tests (`tables`, `stratified`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from trial_report.analysis.methods.result import FloatArray, check_level

NO_PATIENTS = "not estimable: no patients"


def clopper_pearson(events: ArrayLike, n: ArrayLike, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
    """Exact two-sided limits, elementwise over arrays of any one shape: (low, high), proportions.

    Limits from the beta quantiles (scipy.special.betaincinv): equal tails, 0 and 1 at the ends. NaN where n is 0
    or either is missing. Source: Clopper CJ, Pearson ES. Biometrika 1934;26:404–413.
    Raises ValueError where events are negative or more than n, or the level is not between 0 and 1.
    """
    x, total = counted(events, n)
    tail = (1 - check_level(level)) / 2
    known = np.isfinite(x) & (total > 0)
    low, high = np.full(x.shape, np.nan), np.full(x.shape, np.nan)
    k, m = x[known], total[known]
    some, not_all = k > 0, k < m
    # betaincinv is undefined for a zero parameter: there the limit is the end of the scale by definition.
    low[known] = np.where(some, special.betaincinv(np.where(some, k, 1), m - k + 1, tail), 0.0)
    high[known] = np.where(not_all, special.betaincinv(k + 1, np.where(not_all, m - k, 1), 1 - tail), 1.0)
    return low, high


def counted(events: ArrayLike, n: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Both as arrays of one shape. Raises ValueError where events are negative or more than n."""
    x, total = np.broadcast_arrays(np.asarray(events, dtype="float64"), np.asarray(n, dtype="float64"))
    if np.any(x < 0) or np.any(x > total):
        raise ValueError("events must be between 0 and the number of patients")
    return x, total
