"""Missing data a second time: LOCF, multiple imputation within Monte Carlo error, tipping point, mixed model.

Not here: endpoints whose groups are compared (`missing_compared`), and the model's fit (`mixed`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from trial_report import declare
from trial_report.analysis.verify.efficacy import SOLVED, decided, numeric, sized
from trial_report.analysis.verify.exact import NAN, FloatArray
from trial_report.analysis.verify.impute import ANOTHER_SEED, BATCHES, CYCLES, FEWEST, Incomplete, centre, impute, pool
from trial_report.analysis.verify.missing_compared import compared_endpoint
from trial_report.analysis.verify.mixed import Model, fit_or_simpler
from trial_report.analysis.verify.road import Road, quoted
from trial_report.analysis.verify.tipping import decimals, tipping
from trial_report.schemas.study import TOTAL
from trial_report.schemas.study.measures import Endpoint

MIXED = 1e-5
"""Tolerance of the mixed model: two iterative fits of one likelihood."""


class Wide:
    """What is analysed of an endpoint in one column: a row a subject, a column a visit after baseline.

    `changes` has those that a model can use: with a baseline, where it is a covariate. `known` has all with a value.
    """

    def __init__(self, road: Road, e: Endpoint, grp: str) -> None:
        frame = road.frame(
            f"""SELECT USUBJID, visit, BASE, y, role FROM eff JOIN def_visit AS v ON v.id = visit
            WHERE paramcd = {quoted(e.paramcd)} AND grp = {quoted(grp)}
            ORDER BY USUBJID"""
        )
        base = frame.dropna(subset=["BASE"]).groupby("USUBJID")["BASE"].first()
        after = frame[frame["role"] == "follow-up"].dropna(subset=["y"])
        changes = after.pivot_table(index="USUBJID", columns="visit", values="y")
        people = base.index if e.base_in_model else changes.index
        self.visits = follow_up(road, e)
        self.base: FloatArray = base.reindex(people).to_numpy(float)
        self.changes: FloatArray = changes.reindex(index=people, columns=self.visits).to_numpy(float)
        self.known: FloatArray = changes.reindex(columns=self.visits).to_numpy(float)

    def incomplete(self, e: Endpoint) -> Incomplete:
        """What is imputed in the column: by baseline, where it is in the model, and the other visits."""
        base = self.base[:, None] if e.base_in_model else np.empty((len(self.base), 0))
        return Incomplete(base, self.changes)


def follow_up(road: Road, e: Endpoint) -> list[str]:
    """The visits after baseline at which an endpoint is tested or has values, in order."""
    cells = road.con.execute(
        "SELECT visit FROM eff_cell WHERE paramcd = ? AND role = 'follow-up' ORDER BY n", [e.paramcd]
    ).fetchall()
    return [str(v) for (v,) in cells]


@declare.second("eff.missing", what="the analyses of missing data")
def missing_data(road: Road) -> None:
    """Observed cases, and what each endpoint asks for of LOCF, imputation, tipping point and mixed model."""
    asking = [e for e in numeric(road.study) if e.missing]
    if not asking:
        return
    sized(road, "eff.missing", asking)
    columns = [TOTAL] if road.study.treatment.total else [g.code for g in road.study.groups]
    for e in asking:
        with road.attempt(f"missing data of {e.paramcd}", f"eff.missing/*/{e.paramcd}/*"):
            if e.comparison == "none":
                _endpoint(road, e, columns)
            else:
                compared_endpoint(road, e, follow_up(road, e))


def _endpoint(road: Road, e: Endpoint, columns: list[str]) -> None:
    named = {"analysis": "eff.missing", "population": e.analysis_set, "what": e.paramcd}
    wides = {grp: Wide(road, e, grp) for grp in columns}
    for grp, wide in wides.items():
        place = {**named, "grp": grp}
        _simple(road, e, place, wide)
        if {"mi", "tipping_point"} & set(e.missing):
            _imputed(road, e, place, wide)
    if "mmrm" in e.missing:
        _mixed(road, e, named, wides)


def _simple(road: Road, e: Endpoint, place: Mapping[str, Any], wide: Wide) -> None:
    """The test of observed values, and of those with the last observation carried forward."""
    carried = road.frame(
        f"SELECT visit, y, is_carried FROM carried WHERE paramcd = {quoted(e.paramcd)} AND grp = {quoted(place['grp'])}"
    )
    for visit in e.visits:
        at = wide.known[:, wide.visits.index(visit)]
        here = carried[carried["visit"] == visit]
        kinds = {"observed": (at[~np.isnan(at)], 0)}
        if "locf" in e.missing:
            kinds["locf"] = (here["y"].to_numpy(float), int(here["is_carried"].sum()))
        for kind, (values, imputed) in kinds.items():
            shown = decided(e, values, road.study.confidence_level)
            enough = len(values) >= road.study.inference_from
            numbers = {s: shown[s] if enough else NAN for s in ("estimate", "ci_low", "ci_high", *tested(e))}
            own = {**place, "avisit": visit, "level": kind}
            road.add(
                {**own, "statistic": s, "value": v, "tolerance": SOLVED, **decimals(e, s)}
                for s, v in {"n": len(values), "imputed": imputed, **numbers}.items()
            )


def tested(e: Endpoint) -> tuple[str, ...]:
    """The p-value of a mean against 0: of a change, but not of a value."""
    return ("p",) if e.measure == "change" else ()


def _imputed(road: Road, e: Endpoint, place: Mapping[str, Any], wide: Wide) -> None:
    study, size, data = road.study, road.study.missing_data.imputations, wide.incomplete(e)
    rows: list[dict[str, Any]] = []
    if "mi" in e.missing:
        given = "earlier visits" if data.is_monotone else f"all other visits (chained equations, {CYCLES} cycles)"
        text = f"Bayesian linear regression of each visit on {'BASE, ' if e.base_in_model else ''}{given}"
        rows.append({**place, "level": "mi", "statistic": "model", "text": text})
    runs = impute(data, BATCHES * size, ANOTHER_SEED).reshape(BATCHES, size, *data.y.shape)
    for visit in e.visits:
        at = wide.visits.index(visit)
        own, values, absent = {**place, "avisit": visit}, runs[..., at], data.absent[:, at]
        seen = int((~absent).sum())
        enough = seen >= study.inference_from
        found = pool(values if enough else values[..., :0], study.confidence_level)
        if "mi" in e.missing:
            counts = {"n": len(data.y), "imputed": int(absent.sum()) if seen >= FEWEST else 0}
            rows += [{**own, "level": "mi", "statistic": s, "value": v} for s, v in counts.items()]
            shown = {s: v for s, v in found.items() if s != "p" or tested(e)}
            rows += [{**own, "level": "mi", "statistic": s, **centre(v), **decimals(e, s)} for s, v in shown.items()]
        if "tipping_point" in e.missing:
            rows += _tipping(road, e, own, values, absent, wide.base, enough)
    road.add(rows)


def _tipping(
    road: Road,
    e: Endpoint,
    place: Mapping[str, Any],
    values: FloatArray,
    absent: NDArray[np.bool_],
    base: FloatArray,
    enough: bool,
) -> list[dict[str, Any]]:
    """The shift of the imputed values at which p first crosses alpha, and at the last visit the whole curve."""
    values = values if enough else values[..., :0]
    absent = absent if enough else absent[:0]

    def at(shift: FloatArray | float) -> dict[str, FloatArray]:
        return pool(values + np.reshape(shift, (-1, 1, 1)) * absent[None, None, :], road.study.confidence_level)

    spread = float(base.std(ddof=1)) if len(base) > 1 else 0.0
    return tipping(road.study, e, place, at, spread, any_imputed=bool(absent.any()))


def _mixed(road: Road, e: Endpoint, place: Mapping[str, Any], wides: Mapping[str, Wide]) -> None:
    """The mixed model: a mean for each visit and column that has values, a slope of baseline at each visit.

    The means are at the mean baseline of all records used. Where values do not allow the model nothing exists.
    """
    columns, visits = list(wides), next(iter(wides.values())).visits
    parts = {grp: np.nonzero(~np.isnan(wide.changes)) for grp, wide in wides.items()}
    before = np.concatenate([[0], np.cumsum([len(wide.base) for wide in wides.values()])])
    subject = np.concatenate([parts[g][0] + before[i] for i, g in enumerate(columns)])
    column = np.concatenate([np.full(len(parts[g][0]), i) for i, g in enumerate(columns)])
    visit = np.concatenate([parts[g][1] for g in columns])
    y = np.concatenate([wide.changes[parts[g]] for g, wide in wides.items()])
    base = np.concatenate([wide.base[parts[g][0]] for g, wide in wides.items()])
    shown = np.unique(visit)
    when = np.searchsorted(shown, visit)
    cells = [(i, int(j)) for i in range(len(columns)) for j in shown if ((column == i) & (visit == j)).any()]
    means = np.array([(column == i) & (visit == j) for i, j in cells], float).reshape(len(cells), len(y)).T
    slopes = np.eye(len(shown))[when] * (base - (base.mean() if len(base) else 0.0))[:, None]
    # A baseline that is the same in all has no slope.
    sloped = e.base_in_model and len(base) and np.ptp(base) > 1e-12 * np.abs(base).max()
    x = np.hstack([means, slopes]) if sloped else means
    possible = can_be_fitted(x, y, visit)
    model, structure = fit_or_simpler(y, x, subject, when, len(shown)) if possible else (None, "unstructured")
    own, several = {**place, "level": "mmrm"}, columns != [TOTAL]
    total, variable = {**own, "grp": TOTAL}, road.study.treatment_variable(e.analysis_set)
    text = " + ".join(
        ["AVISIT", *([variable, f"{variable} × AVISIT"] if several else []),
         *(["BASE", "BASE × AVISIT"] if e.base_in_model else [])]
    )  # fmt: skip
    rows: list[dict[str, Any]] = [
        {**total, "statistic": "model", "text": text},
        {**total, "statistic": "structure", "text": structure},
        {**total, "statistic": "values", "value": len(y)},
    ]
    for name in e.visits:
        for i, grp in enumerate(columns):
            cell = (i, visits.index(name))
            here = {**own, "avisit": name, "grp": grp}
            n = int(((column == i) & (visit == cell[1])).sum())
            rows.append({**here, "statistic": "n", "value": n, "decimals": 0})
            cell = cell if n >= road.study.inference_from else (-1, -1)
            c = np.eye(x.shape[1])[cells.index(cell)] if cell in cells else None
            found = tested_in(model, c, road.study.confidence_level)
            rows += [
                {**here, "statistic": s, "value": v, "tolerance": MIXED, **decimals(e, s)}
                for s, v in found.items()
                if s != "p" or tested(e)
            ]
    road.add(rows)


def can_be_fitted(x: FloatArray, y: FloatArray, visit: NDArray[np.int64]) -> bool:
    """Whether all coefficients can be told apart, and each visit has more values than coefficients, and spread."""
    if len(y) == 0 or np.linalg.matrix_rank(x) < x.shape[1]:
        return False
    rest = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    for one in np.unique(visit):
        here = visit == one
        if here.sum() <= np.linalg.matrix_rank(x[here]) or np.abs(rest[here]).max() <= 1e-10 * np.abs(y).max():
            return False
    return True


def tested_in(model: Model | None, c: FloatArray | None, level: float) -> dict[str, float]:
    """Estimate, se, df, limits and p of a combination of the coefficients; NaN where model or combination is None."""
    names = ("estimate", "se", "df", "ci_low", "ci_high", "p")
    if model is None or c is None:
        return dict.fromkeys(names, NAN)
    estimate, se, df = model.contrast(c)
    half = float(stats.t.isf((1 - level) / 2, df)) * se
    p = 2 * float(stats.t.sf(abs(estimate / se), df))
    return dict(zip(names, (estimate, se, df, estimate - half, estimate + half, p), strict=True))
