"""Time to event: Kaplan–Meier curve with log-log intervals, numbers at risk, median, log-rank test.

Not here: the times of subjects (`derive.adtte`), and events per time (`rates`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

from trial_report.analysis.methods.result import (
    NAN,
    FloatArray,
    Interval,
    TestResult,
    check_level,
    clamp_p,
    joined,
    pairs,
)

CURVE = ("time", "survival", "se", "ci_low", "ci_high", "at_risk", "events", "censored")
NO_EVENTS = "not estimable: no events"
BEYOND = "not estimable: beyond the last observation"
NONE_YET = "no interval on the log-log scale before the first event"
NONE_LEFT = "no interval on the log-log scale where nobody is left"


@dataclass(frozen=True)
class KaplanMeier:
    """`curve` has one row a distinct time, the first being time 0 with survival 1 (columns as `CURVE`).

    `at_risk` counts those under observation just before the time; `se` is Greenwood's. `median` is an Interval in
    the unit of time.
    """

    n: int
    events: int
    curve: pd.DataFrame
    median: Interval
    level: float = 0.95
    warning: str | None = None
    follow_up: float = field(default=NAN)


def kaplan_meier(time: Iterable[Any], event: Iterable[Any], level: float = 0.95) -> KaplanMeier:
    """Kaplan–Meier estimate (statsmodels SurvfuncRight) of right-censored times; `event` is 1/True or 0/False.

    Pointwise limits on the log(-log) scale (by hand from Greenwood's SE: SurvfuncRight has none). They do not exist
    where survival is 1 or 0, for log(-log S) is infinite there, and are NaN (R's survfit gives 1 to 1 before the first
    event, an interval without width that no data of any size would justify). Median: the
    smallest time at which survival is one half or less (Klein & Moeschberger 2003, section 4.5; R and SAS take the
    middle of a stretch at exactly one half); its limits are the smallest times at which the pointwise limits are
    (Brookmeyer & Crowley 1982). All three by curves rounded to nine decimals. Rows without time or event status are
    dropped. Raises ValueError on a negative time or a status other than 0 and 1.
    """
    check_level(level)
    t, d = _checked(time, event)
    if t.size == 0:
        empty = pd.DataFrame({name: pd.Series(dtype="float64") for name in CURVE})
        none = "not estimable: no patients"
        return KaplanMeier(0, 0, empty, Interval(level=level, warning=none), level, none)
    times, place = np.unique(t, return_inverse=True)
    leaving = np.bincount(place)
    events = np.bincount(place, weights=d).astype("int64")
    survival, se = _steps(t, d, times)
    low, high = _log_log_limits(survival, se, level)
    body = pd.DataFrame(
        {
            "time": times,
            "survival": survival,
            "se": np.where(survival > 0, se, np.nan),
            "ci_low": low,
            "ci_high": high,
            "at_risk": t.size - np.cumsum(leaving) + leaving,
            "events": events,
            "censored": leaving - events,
        }
    )
    start = pd.DataFrame([[0.0, 1.0, 0.0, NAN, NAN, t.size, 0, 0]], columns=list(CURVE)).astype(body.dtypes)
    curve = body if times[0] == 0 else pd.concat([start, body], ignore_index=True)
    total = int(d.sum())
    median = _median(curve, t.size, total, level)
    warning = NO_EVENTS if total == 0 else None
    return KaplanMeier(int(t.size), total, curve, median, level, warning, float(t.max()))


def survival_at(fit: KaplanMeier, times: Sequence[float]) -> pd.DataFrame:
    """Columns time, survival, se, ci_low, ci_high, at_risk, warning: one row for each of `times`.

    The curve is a step function continuous from the right; beyond the last observation, where not everyone has had
    the event, survival does not exist and is NaN. Where survival exists and its limits do not, `warning` says why.
    """
    asked = np.asarray(list(times), dtype="float64")
    columns = ["survival", "se", "ci_low", "ci_high"]
    if fit.n == 0 or asked.size == 0:
        found = pd.DataFrame({"time": asked, **dict.fromkeys(columns, NAN), "at_risk": 0})
        return found.assign(warning=fit.warning)
    at = np.searchsorted(fit.curve["time"].to_numpy(), asked, side="right") - 1
    found = fit.curve.loc[at, columns].reset_index(drop=True)
    found.insert(0, "time", asked)
    found["at_risk"] = numbers_at_risk(fit, times)
    beyond = (asked > fit.follow_up) & (found["survival"].to_numpy() > 0)
    found.loc[beyond, columns] = np.nan
    survival = found["survival"].to_numpy()
    why = np.select([beyond, survival == 1, survival == 0], [BEYOND, NONE_YET, NONE_LEFT], default="")
    return found.assign(warning=pd.Series(why, dtype=object).where(why != "", None))


def numbers_at_risk(fit: KaplanMeier, times: Sequence[float]) -> list[int]:
    """How many are still under observation just before each of `times` (as printed below a curve)."""
    if fit.n == 0:
        return [0] * len(times)
    known = fit.curve["time"].to_numpy()
    at_risk = np.append(fit.curve["at_risk"].to_numpy(), 0)
    at = np.searchsorted(known, np.asarray(list(times), dtype="float64"), side="left")
    return [int(n) for n in at_risk[at]]


def log_rank(time: Iterable[Any], event: Iterable[Any], group: Iterable[Any]) -> TestResult:
    """Two-sided log-rank test of equal survival in the groups (statsmodels survdiff); df = groups - 1.

    Rows with a missing part are dropped, and, as by R's survdiff, groups of which nobody was left at the first event.
    Raises ValueError as `kaplan_meier`.
    """
    frame = pd.DataFrame({"t": list(time), "d": list(event), "g": pd.Series(list(group), dtype=object)})
    frame = frame.dropna()
    t, d = _checked(frame["t"], frame["d"])
    if frame["g"].nunique() < 2:
        return TestResult(n=t.size, warning="not estimable: fewer than two groups")
    if d.sum() == 0:
        return TestResult(n=t.size, warning=NO_EVENTS)
    there = (pd.Series(t).groupby(frame["g"].to_numpy()).transform("max") >= t[d == 1].min()).to_numpy()
    code = pd.factorize(frame["g"][there])[0]
    apart = TestResult(n=t.size, warning="not estimable: the groups were never at risk together")
    if code.max() == 0:
        return apart
    try:
        with np.errstate(all="ignore"):
            statistic, p = survdiff(t[there], d[there], code)
    except np.linalg.LinAlgError:
        return apart
    if not np.isfinite(statistic):
        return apart
    df = float(code.max())
    return TestResult(statistic=float(statistic), df=df, df_num=df, p=clamp_p(float(p)), n=t.size)


def _checked(time: Iterable[Any], event: Iterable[Any]) -> tuple[FloatArray, FloatArray]:
    t, d = pairs(time, event)
    if np.any(t < 0):
        raise ValueError("a time to event is never negative")
    if not np.isin(d, (0.0, 1.0)).all():
        raise ValueError("an event status is 0 or 1")
    return t, d


def _steps(t: FloatArray, d: FloatArray, times: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Survival and Greenwood's SE at `times`; SurvfuncRight knows the times of events only."""
    if not d.any():
        return np.ones(times.size), np.zeros(times.size)
    with np.errstate(all="ignore"):
        fitted = SurvfuncRight(t, d)
    at = np.searchsorted(np.asarray(fitted.surv_times), times, side="right")
    survival = _cleaned(np.append(1.0, fitted.surv_prob))[at]
    se = np.append(0.0, fitted.surv_prob_se)[at]
    return survival, np.where((survival > 0) & (survival < 1), se, 0.0)


def _cleaned(survival: FloatArray) -> FloatArray:
    """statsmodels multiplies logarithms: what should be 1, ½ or 0 can be off in the last digits."""
    rounded = np.round(survival, 12)
    return np.where(np.isin(rounded, (0.0, 0.5, 1.0)), rounded, survival)


def _log_log_limits(survival: FloatArray, se: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    z = float(stats.norm.ppf((1 + level) / 2))
    inside = (survival > 0) & (survival < 1)
    s = np.where(inside, survival, 0.5)
    reach = z * np.where(inside, se, 0.0) / (s * np.abs(np.log(s)))
    low, high = s ** np.exp(reach), s ** np.exp(-reach)
    return np.where(inside, low, np.nan), np.where(inside, high, np.nan)


def _median(curve: pd.DataFrame, n: int, events: int, level: float) -> Interval:
    time = curve["time"].to_numpy()
    estimate = _crossing(time, curve["survival"].to_numpy())
    low = _crossing(time, curve["ci_low"].to_numpy())
    high = _crossing(time, curve["ci_high"].to_numpy())
    warning: str | None = NO_EVENTS
    if events:
        warning = joined(
            None if np.isfinite(estimate) else "median not reached",
            None if np.isfinite(low) else "lower limit not estimable",
            None if np.isfinite(high) else "upper limit not estimable",
        )
    return Interval(estimate, low, high, n, level, warning)


def _crossing(time: FloatArray, curve: FloatArray) -> float:
    """The smallest time at which a step function is one half or less, but for floating-point dust."""
    with np.errstate(invalid="ignore"):
        reached = np.flatnonzero(np.round(curve, 9) <= 0.5)
    return float(time[reached[0]]) if reached.size else NAN
