"""Difference of two proportions: Newcombe's score interval, and the Mantel–Haenszel difference over strata.

Not here: a single proportion (`proportions`), and tests over strata (`stratified`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from trial_report.analysis.methods.proportions import NO_PATIENTS, counted
from trial_report.analysis.methods.result import FloatArray, Interval, check_level

NO_STRATUM = "not estimable: no stratum has patients in both groups"
NO_WIDTH = "interval not estimable: in every stratum all or none of a group"


def newcombe(
    events: ArrayLike, n: ArrayLike, events_control: ArrayLike, n_control: ArrayLike, level: float = 0.95
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Difference (group - control) and its limits, elementwise over arrays of one shape: proportions.

    Method 10 of Newcombe: the Wilson score limits l, u of each proportion without continuity correction, joined by
    squaring: d - sqrt((p1 - l1)² + (u2 - p2)²) and d + sqrt((u1 - p1)² + (p2 - l2)²). NaN where a group has no
    patients. By hand. Source: Newcombe RG. Stat Med 1998;17:873–890. Raises ValueError as `clopper_pearson`.
    """
    p1, low1, high1 = _wilson(events, n, level)
    p2, low2, high2 = _wilson(events_control, n_control, level)
    difference = p1 - p2
    low = difference - np.sqrt((p1 - low1) ** 2 + (high2 - p2) ** 2)
    high = difference + np.sqrt((high1 - p1) ** 2 + (p2 - low2) ** 2)
    return difference, low, high


def mantel_haenszel(
    events: ArrayLike, n: ArrayLike, events_control: ArrayLike, n_control: ArrayLike, level: float = 0.95
) -> Interval:
    """The common difference (group - control) over strata, one element each, with a Wald interval: proportions.

    Weights n1 n2 / (n1 + n2) (Mantel & Haenszel), variance of Sato, which holds for many small as for few large
    strata. A stratum without patients in one of the groups has no weight. By hand. Source: Sato T, Greenland S,
    Robins JM. Biometrics 1989;45:1323–1324. Raises ValueError as `clopper_pearson`.
    """
    check_level(level)
    (x1, n1), (x2, n2) = counted(events, n), counted(events_control, n_control)
    used = (n1 > 0) & (n2 > 0)
    x1, n1, x2, n2 = x1[used], n1[used], x2[used], n2[used]
    total = int(n1.sum() + n2.sum())
    if not total:
        return Interval(level=level, warning=NO_STRATUM)
    size = n1 + n2
    weight = float((n1 * n2 / size).sum())
    difference = float(((x1 * n2 - x2 * n1) / size).sum()) / weight
    p = (n1**2 * x2 - n2**2 * x1 + n1 * n2 * (n2 - n1) / 2) / size**2
    q = (x1 * (n2 - x2) + x2 * (n1 - x1)) / (2 * size)
    variance = float(difference * p.sum() + q.sum()) / weight**2
    if variance <= 1e-15:
        return Interval(difference, n=total, level=level, warning=NO_WIDTH)
    reach = float(stats.norm.ppf((1 + level) / 2)) * float(np.sqrt(variance))
    return Interval(difference, difference - reach, difference + reach, total, level)


def _wilson(events: ArrayLike, n: ArrayLike, level: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Proportion and Wilson's score limits without continuity correction; NaN where there are no patients."""
    x, total = counted(events, n)
    z = float(stats.norm.ppf((1 + check_level(level)) / 2))
    m = np.where(total > 0, total, np.nan)
    p = x / m
    middle, reach = 2 * x + z**2, z * np.sqrt(z**2 + 4 * x * (1 - p))
    low, high = ((middle + sign * reach) / (2 * (m + z**2)) for sign in (-1, 1))
    # At the ends of the scale the limit is the end itself, not floating-point dust beside it.
    return p, np.where(x == 0, 0 * m, low), np.where(x == total, 1 + 0 * m, high)


__all__ = ["NO_PATIENTS", "NO_STRATUM", "NO_WIDTH", "mantel_haenszel", "newcombe"]
