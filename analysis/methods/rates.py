"""Rates: exact Poisson intervals and exposure-adjusted incidence rates.

Not here: proportions (`proportions`), and which days a subject is at risk (`derive.durations`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from trial_report.analysis.methods.result import NAN, FloatArray, check_level


@dataclass(frozen=True)
class Rate:
    """`rate`, `ci_low`, `ci_high` are events for `per` units of exposure; `exposure` is the raw sum."""

    events: int
    exposure: float
    per: float
    rate: float = NAN
    ci_low: float = NAN
    ci_high: float = NAN
    level: float = 0.95
    warning: str | None = None


def poisson_interval(count: ArrayLike, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
    """Exact limits of a Poisson mean, elementwise: (low, high) for the expected count. NaN where missing.

    Gamma quantiles (scipy.special.gammaincinv), which are half the chi-square quantiles of Garwood F,
    Biometrika 1936;28:437–442; the lower limit of zero events is 0. Raises ValueError on a negative count.
    """
    x = np.atleast_1d(np.asarray(count, dtype="float64"))
    if np.any(x < 0):
        raise ValueError("a count is never negative")
    tail = (1 - check_level(level)) / 2
    some = x > 0
    low = np.where(some, special.gammaincinv(np.where(some, x, 1), tail), np.where(x == 0, 0.0, np.nan))
    high = special.gammaincinv(x + 1, 1 - tail)
    shape = np.shape(count)
    return low.reshape(shape), np.asarray(high, dtype="float64").reshape(shape)


def incidence_rate(events: int, exposure: float, per: float = 1.0, level: float = 0.95) -> Rate:
    """Exposure-adjusted incidence rate: events ÷ exposure × per, with the exact Poisson interval.

    `exposure` and `per` are in the same unit (patient-years, say, and 100). For a rate of first events,
    exposure ends at the first event: the caller counts it so. No exposure gives NaN and a warning.
    Raises ValueError on negative events or exposure.
    """
    if exposure < 0:
        raise ValueError("exposure is never negative")
    low, high = poisson_interval(events, level)
    if not exposure > 0:
        return Rate(events, exposure, per, level=level, warning="not estimable: no exposure time")
    scale = per / exposure
    return Rate(events, exposure, per, events * scale, float(low) * scale, float(high) * scale, level)
