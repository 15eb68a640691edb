"""Levels of ordinal endpoints a second time: counts by sorting the subjects, tests from centred indicators.

The first road sums tables. Here a row is a subject: with X the indicators of group and Y the scores (or indicators of
level), both centred within the stratum, X'Y has the permutation covariance (Y'Y ⊗ X'X) / (n - 1), summed over strata.

Not here: binary endpoints (`proportion`), and shifts of laboratory values (`shifts`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from trial_report import declare
from trial_report.analysis.verify.comparison import values_of
from trial_report.analysis.verify.efficacy import SOLVED
from trial_report.analysis.verify.exact import NAN, FloatArray, chi_square_tail
from trial_report.analysis.verify.road import Road, quoted
from trial_report.schemas.study.measures import Endpoint

ANALYSIS = "eff.category"


@declare.second("eff.category", what="the levels of ordinal endpoints")
def categories(road: Road) -> None:
    """Counts of every level at the tested visits, and the two tests over the groups."""
    for e in (one for one in road.study.endpoints if one.levels and one.kind == "numeric"):
        plain = e.model_copy(update={"covariates": (), "measure": "value", "baseline_covariate": False})
        road.numbers(ANALYSIS, e.analysis_set, f"SELECT what, grp, n FROM eff_size WHERE what = {quoted(e.paramcd)}")
        values = values_of(road, plain, e.paramcd, "AVAL").dropna(subset=["AVAL", *e.factors])
        for visit in e.visits:
            _visit(road, e, values[values["visit"] == visit], visit)


def _visit(road: Road, e: Endpoint, own: pd.DataFrame, visit: str) -> None:
    named = np.array(list(e.levels), float)
    place = {"analysis": ANALYSIS, "population": e.analysis_set, "what": e.paramcd, "avisit": visit}
    known = own["AVAL"].isin(named)
    rows: list[dict[str, Any]] = []
    for code, _ in road.study.columns:
        here = own if code == "TOTAL" else own[own["grp"] == code]
        total = len(here)
        rows.append({**place, "grp": code, "statistic": "n", "value": total, "decimals": 0})
        counts = {str(level): int((here["AVAL"] == level).sum()) for level in e.levels}
        if not known.all():
            counts["OTHER"] = int((~here["AVAL"].isin(named)).sum())
        for level, n in counts.items():
            at = {**place, "grp": code, "level": level}
            rows.append({**at, "statistic": "n", "value": n, "decimals": 0})
            percent = 100 * n / total if total else NAN
            rows.append({**at, "statistic": "pct", "value": percent, "decimals": 1})
    if len(road.study.groups) > 1:
        tested = own[known]
        levels = (tested["AVAL"].to_numpy(float)[:, None] == named).astype(float)
        for name, y in (("MEAN SCORES", tested[["AVAL"]].to_numpy(float)), ("ASSOCIATION", levels)):
            several = (tested["grp"].value_counts() >= road.study.inference_from).sum() > 1
            found = test_of(road, e.factors, tested if several else tested.iloc[:0], y if several else y[:0])
            at = {**place, "grp": "TOTAL", "level": name}
            rows += [{**at, "statistic": s, "value": v, "tolerance": SOLVED} for s, v in found.items()]
    road.add(rows)


def test_of(road: Road, factors: Sequence[str], own: pd.DataFrame, y: FloatArray) -> dict[str, float]:
    """Statistic, df and p of one test, stratified by the factors; `own` and `y` have a row a subject."""
    none = {"statistic": NAN, "df": NAN, "p": NAN}
    groups = [g.code for g in road.study.groups if (own["grp"] == g.code).any()]
    x = np.column_stack([np.ones(len(own)), *(own["grp"] == g for g in groups[1:])]).astype(float)[:, 1:]
    y = y[:, (y != y[:1]).any(axis=0)] if len(y) else y[:, :0]
    # Of indicators that sum to one in everybody, one says nothing new.
    y = y[:, 1:] if y.shape[1] > 1 else y
    size = x.shape[1] * y.shape[1]
    if not size:
        return none
    strata = own.groupby(list(factors)).indices.values() if factors else [np.arange(len(own))]
    sums, covariance = np.zeros(size), np.zeros((size, size))
    for rows in (r for r in strata if len(r) > 1):
        xs, ys = x[rows] - x[rows].mean(axis=0), y[rows] - y[rows].mean(axis=0)
        sums += (ys.T @ xs).ravel()
        covariance += np.kron(ys.T @ ys, xs.T @ xs) / (len(rows) - 1)
    scale = np.sqrt(np.diag(covariance))
    if (scale < 1e-12).any() or np.linalg.matrix_rank(covariance / np.outer(scale, scale), tol=1e-9) < size:
        return none
    q = float(sums @ np.linalg.inv(covariance) @ sums)
    return {"statistic": q, "df": size, "p": chi_square_tail(q, size)}
