"""Comparison of proportions a second time: score limits from the quadratic, strata weighed one by one.

Newcombe RG, Stat Med 1998;17:873-890, method 10; Mantel N, Haenszel W, J Natl Cancer Inst 1959;22:719-748; Sato T,
Greenland S, Robins JM, Biometrics 1989;45:1323-1324.

Not here: one proportion by visit (`efficacy`), and incidence of adverse events (`incidence`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from trial_report import declare
from trial_report.analysis.verify.comparison import values_of
from trial_report.analysis.verify.exact import NAN, chi_square_tail
from trial_report.analysis.verify.family import SOLVED, Hypothesis
from trial_report.analysis.verify.incidence import fisher
from trial_report.analysis.verify.road import Road, quoted
from trial_report.schemas.study.measures import Endpoint

ANALYSIS = "eff.proportion"
Table = tuple[int, int, int, int]
"""Responders and size of the group, responders and size of control."""


def wilson(events: int, n: int, level: float) -> tuple[float, float]:
    """The score interval: the p at which (events/n - p)² = z² p (1 - p) / n, a quadratic."""
    z2 = float(stats.norm.isf((1 - level) / 2)) ** 2
    share = events / n
    low, high = np.sort(np.roots([1 + z2 / n, -(2 * share + z2 / n), share**2]).real)
    return max(float(low), 0.0), min(float(high), 1.0)


def newcombe(a: int, of_a: int, b: int, of_b: int, level: float) -> tuple[float, float, float]:
    """The difference of two proportions with limits: the gaps between estimate and score limits as two sides."""
    if not of_a or not of_b:
        return NAN, NAN, NAN
    p, q = a / of_a, b / of_b
    (low_p, high_p), (low_q, high_q) = wilson(a, of_a, level), wilson(b, of_b, level)
    return p - q, p - q - math.hypot(p - low_p, high_q - q), p - q + math.hypot(high_p - p, q - low_q)


def stratified(tables: Sequence[Table], level: float) -> tuple[float, float, float, float]:
    """Mantel and Haenszel's difference, limits by Sato's variance, and p by Cochran, Mantel and Haenszel.

    A stratum of one group only has no weight.
    """
    kept = [t for t in tables if t[1] and t[3]]
    if not kept:
        return NAN, NAN, NAN, NAN
    weight = math.fsum(m * n / (m + n) for _, m, _, n in kept)
    difference = math.fsum((a * n - b * m) / (m + n) for a, m, b, n in kept) / weight
    p_part = math.fsum((m**2 * b - n**2 * a + m * n * (n - m) / 2) / (m + n) ** 2 for a, m, b, n in kept)
    q_part = math.fsum((a * (n - b) + b * (m - a)) / (2 * (m + n)) for a, m, b, n in kept)
    variance = (difference * p_part + q_part) / weight**2
    half = float(stats.norm.isf((1 - level) / 2)) * math.sqrt(variance) if variance > 1e-15 else NAN
    gap = math.fsum(a - m * (a + b) / (m + n) for a, m, b, n in kept)
    spread = math.fsum(
        m * n * (a + b) * (m + n - a - b) / ((m + n) ** 2 * (m + n - 1)) for a, m, b, n in kept if m + n > 1
    )
    p = chi_square_tail(gap**2 / spread, 1) if spread > 0 else NAN
    return difference, difference - half, difference + half, p


@declare.second(ANALYSIS, what="the comparisons of proportions")
def proportions(road: Road) -> None:
    """Responders of compared endpoints; binary endpoints are compared with the tests of the family."""
    for e in road.study.endpoints:
        if e.comparison == "ancova" and e.responder is not None:
            compared(road, e, ANALYSIS, e.paramcd)


def compared(road: Road, e: Endpoint, analysis: str, name: str) -> dict[Hypothesis, float]:
    """The rows of an endpoint's proportions; p of each difference from control. `name` is what `eff` calls its data."""
    study, binary = road.study, e.kind == "binary"
    sizes = f"SELECT {quoted(e.paramcd)} AS what, grp, n FROM eff_size WHERE what = {quoted(name)}"
    road.numbers(analysis, e.analysis_set, sizes)
    plain = e.model_copy(update={"covariates": (), "comparison_data": "observed"})
    measured = "AVAL" if binary else "CRIT1FL"
    values = values_of(road, plain, name, measured)
    values["yes"] = values["AVAL"] == 1 if binary else values["CRIT1FL"] == "Y"
    codes = [g.code for g in study.groups]
    control, level = e.control or codes[0], None if binary else "RESPONDER"
    rest = [g for g in codes if g != control]
    pairs = [(g, control) for g in rest]
    pairs += [(g, o) for i, g in enumerate(rest) for o in rest[:i]] if e.pairs == "all" else []
    found: dict[Hypothesis, float] = {}
    for visit in e.visits:
        own = values[values["visit"] == visit]
        place = {"analysis": analysis, "population": e.analysis_set, "what": e.paramcd, "avisit": visit}
        for g in codes:
            n, of = int(own.loc[own["grp"] == g, "yes"].sum()), int((own["grp"] == g).sum())
            numbers = {"n": n, "with_value": of, "pct": 100 * n / of if of else NAN}
            at = {**place, "grp": g, "level": level}
            road.add({**at, "statistic": s, "value": v, "decimals": int(s == "pct")} for s, v in numbers.items())
        tested = own.dropna(subset=list(e.factors))
        for g, other in pairs:
            difference = _difference(road, e, tested, g, other)
            name_ = "DIFFERENCE" if other == control else f"DIFFERENCE|{other}"
            at = {**place, "grp": g, "level": name_ if binary else f"RESPONDER|{name_}"}
            road.add(_rows(at, difference))
            if other == control:
                found[e.paramcd, visit, g] = difference["p"]
    return found if binary else {}


def _difference(road: Road, e: Endpoint, own: pd.DataFrame, group: str, other: str) -> dict[str, float]:
    names = ("estimate", "ci_low", "ci_high", "p")
    if min((own["grp"] == g).sum() for g in (group, other)) < road.study.inference_from:
        return dict.fromkeys(names, NAN)
    both, level = own[own["grp"].isin([group, other])], road.study.confidence_level
    strata = both.groupby(list(e.factors)) if e.factors else [("all", both)]
    tables = [_table(part, group, other) for _, part in strata]
    if e.factors:
        estimate, low, high, p = stratified(tables, level)
    else:
        estimate, low, high = newcombe(*tables[0], level)
        p = fisher(*tables[0])
    return dict(zip(names, (100 * estimate, 100 * low, 100 * high, p), strict=True))


def _table(part: pd.DataFrame, group: str, other: str) -> Table:
    counts = [(int(part.loc[part["grp"] == g, "yes"].sum()), int((part["grp"] == g).sum())) for g in (group, other)]
    return *counts[0], *counts[1]


def _rows(place: Mapping[str, Any], values: Mapping[str, float]) -> list[dict[str, Any]]:
    return [
        {**place, "statistic": s, "value": v, "tolerance": SOLVED} | ({"decimals": 1} if s != "p" else {})
        for s, v in values.items()
    ]
