"""Time to event a second time: product-limit curve, median, numbers at risk and log-rank test from their formulas.

Not here: the times of subjects (`datasets`), and the time to the first adverse event (`safety`).
"""

from __future__ import annotations

import numpy as np

from trial_report import declare
from trial_report.analysis.verify.exact import (
    NAN,
    FloatArray,
    chi_square_tail,
    clopper_pearson,
    kaplan_meier,
    median_time,
)
from trial_report.analysis.verify.road import Road, quoted
from trial_report.schemas.study import TOTAL
from trial_report.schemas.study.analysis import Survival


@declare.second("tte", what="the times to event")
def survival(road: Road) -> None:
    """Every survival endpoint by column: median, the curve at each visit after baseline, and the log-rank test."""
    for item in road.study.survival:
        road.sizes("tte", item.analysis_set, item.paramcd)
        frame = road.frame(
            f"""SELECT m.grp, AVAL, CNSR = 0 AS event FROM ADTTE JOIN member AS m USING (USUBJID)
            WHERE PARAMCD = {quoted(item.paramcd)} AND m.pop = {quoted(item.analysis_set)}"""
        )
        for grp, _ in road.study.columns:
            own = frame[frame["grp"] == grp]
            _column(road, item, grp, own["AVAL"].to_numpy(float), own["event"].to_numpy(bool))
        if len(road.study.groups) > 1 and road.study.treatment.total:
            own = frame[frame["grp"] != TOTAL]
            found = log_rank(own["AVAL"].to_numpy(float), own["event"].to_numpy(bool), own["grp"].to_numpy(str))
            place = {"analysis": "tte", "population": item.analysis_set, "what": item.paramcd, "grp": TOTAL}
            values = dict(zip(("statistic", "df", "p"), found, strict=True))
            road.add(
                {**place, "level": "LOGRANK", "statistic": s, "value": v, "tolerance": 1e-7} for s, v in values.items()
            )


def _column(road: Road, item: Survival, grp: str, time: FloatArray, event: np.ndarray) -> None:
    place = {"analysis": "tte", "population": item.analysis_set, "what": item.paramcd, "grp": grp}
    curve = kaplan_meier(time, event, road.study.confidence_level)
    median = median_time(curve) if event.any() else (NAN, NAN, NAN)
    values = {"n": len(time), "events": int(event.sum()), "censored": int((~event).sum())}
    road.add({**place, "statistic": s, "value": v, "decimals": 0} for s, v in values.items())
    low, high = clopper_pearson(int(event.sum()), len(time), road.study.confidence_level) if len(time) else (NAN, NAN)
    share = {"pct": event.mean() if len(time) else NAN, "pct_low": low, "pct_high": high}
    road.add({**place, "statistic": s, "value": 100 * v, "decimals": 1} for s, v in share.items())
    limits = dict(zip(("median", "ci_low", "ci_high"), median, strict=True))
    road.add({**place, "statistic": s, "value": v} for s, v in limits.items())
    for visit, day in road.study.days_of_visits.items():
        seen = np.flatnonzero(curve["time"] <= day)
        at_risk = int((time >= day).sum())
        found = (1.0, NAN, NAN)
        if len(seen):
            last = seen[-1]
            found = (float(curve["survival"][last]), float(curve["low"][last]), float(curve["high"][last]))
        gone = len(time) == 0 or (day > time.max() and curve["survival"][-1] > 0)
        if gone:
            found = (NAN, NAN, NAN)
        values_ = {"pct": 100 * found[0], "pct_low": 100 * found[1], "pct_high": 100 * found[2]}
        own = {**place, "avisit": visit}
        road.add([{**own, "statistic": "at_risk", "value": at_risk}])
        road.add({**own, "statistic": s, "value": v, "decimals": 1, "tolerance": 1e-7} for s, v in values_.items())


def log_rank(time: FloatArray, event: np.ndarray, group: np.ndarray) -> tuple[float, float, float]:
    """Log-rank chi-square: observed minus expected events, their hypergeometric covariance, groups less one df.

    A group of which nobody is left at the first event expects none and is left out.
    """
    if not event.any():
        return NAN, NAN, NAN
    names = np.unique(group[time >= time[event].min()])
    if len(names) < 2:
        return NAN, NAN, NAN
    k = len(names)
    gap, cov = np.zeros(k), np.zeros((k, k))
    for t in np.unique(time[event]):
        risk = np.array([((time >= t) & (group == g)).sum() for g in names], float)
        died = np.array([((time == t) & event & (group == g)).sum() for g in names], float)
        n, d = risk.sum(), died.sum()
        gap += died - d * risk / n
        if n > 1:
            share = risk / n
            cov += d * (n - d) / (n - 1) * (np.diag(share) - np.outer(share, share))
    try:
        statistic = float(gap[:-1] @ np.linalg.solve(cov[:-1, :-1], gap[:-1]))
    except np.linalg.LinAlgError:
        return NAN, NAN, NAN
    return statistic, k - 1, chi_square_tail(statistic, k - 1)
