"""Inference a second time: tails summed and roots bracketed, samples enumerated, not quantile functions called.

Not here: ranks (`ranks`), and tests of counts (`incidence`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special, stats

FloatArray = NDArray[np.float64]
NAN = float("nan")


def root(function: Callable[[float], float], low: float, high: float) -> float:
    """Where a monotone function crosses zero between two points, to machine precision (Brent)."""
    return float(optimize.brentq(function, low, high, xtol=1e-15, rtol=8.9e-16, maxiter=500))


def binomial_tail(events: int, n: int, p: float) -> float:
    """P(X >= events), X binomial: the terms summed."""
    k = np.arange(events, n + 1)
    ways = math.lgamma(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1)
    return math.fsum(np.exp(ways + special.xlogy(k, p) + special.xlog1py(n - k, -p)))


@cache
def clopper_pearson(events: int, n: int, level: float) -> tuple[float, float]:
    """Exact limits of a proportion: the p at which each tail of the binomial is half of 1 - level. NaN where n is 0."""
    if n == 0:
        return NAN, NAN
    tail = (1 - level) / 2
    low = 0.0 if events == 0 else root(lambda p: binomial_tail(events, n, p) - tail, 0, 1)
    high = 1.0 if events == n else root(lambda p: 1 - binomial_tail(events + 1, n, p) - tail, 0, 1)
    return low, high


@cache
def poisson_limits(count: int, level: float) -> tuple[float, float]:
    """Exact limits of a Poisson mean: the mean at which each tail is half of 1 - level."""
    tail = (1 - level) / 2

    def at_most(k: int, mean: float) -> float:
        i = np.arange(k + 1)
        return math.fsum(np.exp(special.xlogy(i, mean) - mean - special.gammaln(i + 1)))

    top = count + 10 * math.sqrt(count + 1) + 20
    low = 0.0 if count == 0 else root(lambda m: 1 - at_most(count - 1, m) - tail, 1e-12, top)
    return low, root(lambda m: at_most(count, m) - tail, 1e-12, top)


@cache
def t_quantile(df: float, level: float) -> float:
    """The two-sided t quantile, from the incomplete beta function: P(|T| > t) = I(df / (df + t²); df/2, ½)."""
    x = float(stats.beta.ppf(1 - level, df / 2, 0.5))
    return math.sqrt(df * (1 - x) / x)


def t_two_sided(t: float, df: float) -> float:
    """Two-sided p of a t statistic, by the incomplete beta function."""
    return float(stats.beta.cdf(df / (df + t * t), df / 2, 0.5))


def mean_interval(values: FloatArray, level: float) -> tuple[float, float]:
    """t interval of a mean; NaN for fewer than two values."""
    if len(values) < 2:
        return NAN, NAN
    mean = math.fsum(values) / len(values)
    half = t_quantile(len(values) - 1, level) * standard_error(values)
    return mean - half, mean + half


def standard_error(values: FloatArray) -> float:
    """Standard error of a mean; NaN for fewer than two values."""
    n = len(values)
    if n < 2:
        return NAN
    mean = math.fsum(values) / n
    return math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (n - 1) / n)


@lru_cache(maxsize=1)
def _legendre() -> tuple[FloatArray, FloatArray]:
    nodes, weights = np.polynomial.legendre.leggauss(160)
    return nodes, weights


def effect_size(changes: FloatArray, level: float) -> tuple[float, float, float]:
    """Hedges' g of a mean change with the interval from the noncentral t, its distribution integrated by hand."""
    n = len(changes)
    se = standard_error(changes) if n > 1 else NAN
    if n < 2 or se == 0 or np.allclose(changes, changes[0], rtol=1e-12, atol=0):
        return NAN, NAN, NAN
    df, t = n - 1, float(math.fsum(changes) / n / se)
    correction = math.exp(math.lgamma(df / 2) - math.lgamma((df - 1) / 2)) / math.sqrt(df / 2) if df >= 2 else NAN
    tail = (1 - level) / 2

    # The chi distribution's mass, on nodes of a Gauss-Legendre rule; P(T <= t) is the mean of a normal CDF over it.
    nodes, weights = _legendre()
    low, high = (float(stats.chi.ppf(q, df)) for q in (1e-16, 1 - 1e-16))
    s = (high - low) / 2 * nodes + (high + low) / 2
    mass = stats.chi.pdf(s, df) * weights * (high - low) / 2

    def below(shift: float) -> float:
        return float(np.dot(mass, special.ndtr(t * s / math.sqrt(df) - shift)))

    span = 12 + 2 * abs(t)
    upper = root(lambda d: below(d) - tail, t - span, t + span)
    lower = root(lambda d: below(d) - (1 - tail), t - span, t + span)
    g = correction / math.sqrt(n)
    return t * g, lower * g, upper * g


def kaplan_meier(time: FloatArray, event: NDArray[np.bool_], level: float) -> dict[str, FloatArray]:
    """Product-limit curve at every distinct time: time, survival, Greenwood's SE, log-log limits, at_risk.

    A survival of 1 or 0 has no limits: log(-log S) is infinite.
    """
    times = np.unique(time)
    at_risk = np.array([(time >= t).sum() for t in times], float)
    died = np.array([((time == t) & event).sum() for t in times], float)
    survival = np.cumprod(1 - died / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        green = np.cumsum(np.where(at_risk > died, died / (at_risk * (at_risk - died)), np.inf))
        se = np.where(survival > 0, survival * np.sqrt(green), np.nan)
        spread = stats.norm.isf((1 - level) / 2) * np.sqrt(green) / np.abs(np.log(survival))
        low, high = survival ** np.exp(spread), survival ** np.exp(-spread)
    inside = (survival > 0) & (survival < 1)
    low, high = np.where(inside, low, np.nan), np.where(inside, high, np.nan)
    se = np.where(survival == 1, 0, se)
    return {"time": times, "survival": survival, "se": se, "low": low, "high": high, "at_risk": at_risk}


def median_time(curve: dict[str, FloatArray]) -> tuple[float, float, float]:
    """Median survival and its limits: inf{t: S(t) <= 1/2} of the curve, of its lower and of its upper limit.

    Klein JP, Moeschberger ML, Survival Analysis, 2nd ed. 2003, section 4.5. A product of fractions is off in the last
    digits: nine decimals count.
    """

    def first(values: FloatArray) -> float:
        at = np.flatnonzero(values <= 0.5 + 5e-10)
        return float(curve["time"][at[0]]) if len(at) else NAN

    return first(curve["survival"]), first(curve["low"]), first(curve["high"])


def chi_square_tail(x: float, df: int) -> float:
    """P(chi-square > x): the finite sums for whole degrees of freedom (Abramowitz & Stegun 26.4.4 and 26.4.5)."""
    if df % 2 == 0:
        return math.exp(-x / 2) * math.fsum((x / 2) ** k / math.factorial(k) for k in range(df // 2))
    root = math.sqrt(x)
    total = math.erfc(root / math.sqrt(2))
    term, terms = root, []
    for k in range((df - 1) // 2):
        terms.append(term)
        term *= x / (2 * k + 3)
    return total + math.sqrt(2 / math.pi) * math.exp(-x / 2) * math.fsum(terms)
