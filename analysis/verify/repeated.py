"""The mixed model that compares groups a second time: `mixed` over cells of group and visit, factors in reference
coding, least-squares means put together from them.

Not here: the fit of the model (`mixed`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from trial_report import declare
from trial_report.analysis.verify.comparison import covariates, values_of
from trial_report.analysis.verify.exact import FloatArray
from trial_report.analysis.verify.missing import MIXED, can_be_fitted, tested_in
from trial_report.analysis.verify.mixed import fit_or_simpler
from trial_report.analysis.verify.road import Road, places, quoted
from trial_report.schemas.study.measures import Endpoint

ANALYSIS = "eff.mmrm"


@declare.second("eff.mmrm", what="the mixed models of compared groups")
def repeated(road: Road) -> None:
    """Means and differences at the tested visits of every compared endpoint that asks for a mixed model."""
    for e in road.study.endpoints:
        if e.comparison != "none" and e.kind == "numeric" and "mmrm" in e.missing:
            road.numbers(
                ANALYSIS, e.analysis_set, f"SELECT what, grp, n FROM eff_size WHERE what = {quoted(e.paramcd)}"
            )
            _model(road, e)


def _model(road: Road, e: Endpoint) -> None:
    study, level = road.study, road.study.confidence_level
    observed = e.model_copy(update={"comparison_data": "observed"})
    own = values_of(road, observed, e.paramcd).dropna(subset=["y", *covariates(e), *e.factors])
    follow_up = [v.id for v in study.visits if v.role == "follow-up"]
    own = own[own["visit"].isin(follow_up)]
    codes, seen = [g.code for g in study.groups], [v for v in follow_up if (own["visit"] == v).any()]
    when = np.asarray(own["visit"].map({v: i for i, v in enumerate(seen)}), dtype=np.int64)
    subject = np.asarray(own["USUBJID"].factorize()[0], dtype=np.int64)
    cells = [(g, v) for v in seen for g in codes if ((own["grp"] == g) & (own["visit"] == v)).any()]
    columns = [((own["grp"] == g) & (own["visit"] == v)).to_numpy(float) for g, v in cells]
    average = [0.0] * len(cells)
    for name in covariates(e):
        values = own[name].to_numpy(float)
        if len(values) and np.ptp(values) > 1e-12 * np.abs(values).max():
            columns += [(values - values.mean()) * (when == i) for i in range(len(seen))]
            average += [0.0] * len(seen)
    for name in e.factors:
        levels = sorted(own[name].unique())
        columns += [(own[name] == one).to_numpy(float) for one in levels[1:]]
        average += [1 / max(len(levels), 1)] * (len(levels) - 1)
    x: FloatArray = np.column_stack(columns) if columns else np.empty((len(own), 0))
    y = own["y"].to_numpy(float)
    possible = can_be_fitted(x, y, when)
    found, structure = fit_or_simpler(y, x, subject, when, len(seen)) if possible else (None, "unstructured")

    def mean_of(group: str, visit: str) -> Any:
        if (group, visit) not in cells:
            return None
        c = np.array(average)
        c[cells.index((group, visit))] = 1.0
        return c

    place = {"analysis": ANALYSIS, "population": e.analysis_set, "what": e.paramcd}
    terms = [part for name in covariates(e) for part in (name, f"{name} × AVISIT")]
    variable = study.treatment_variable(e.analysis_set)
    text = " + ".join(["AVISIT", variable, f"{variable} × AVISIT", *terms, *e.factors])
    total = {**place, "grp": "TOTAL"}
    rows: list[dict[str, Any]] = [
        {**total, "statistic": "model", "text": text},
        {**total, "statistic": "structure", "text": structure},
        {**total, "statistic": "values", "value": len(y)},
    ]
    control = e.control or codes[0]
    rest = [g for g in codes if g != control]
    pairs = [(g, control) for g in rest]
    pairs += [(g, o) for i, g in enumerate(rest) for o in rest[:i]] if e.pairs == "all" else []
    for visit in e.visits:
        sizes = {g: int(((own["grp"] == g) & (own["visit"] == visit)).sum()) for g in codes}
        enough = [g for g in codes if sizes[g] >= study.inference_from]
        for g in codes:
            here = {**place, "avisit": visit, "grp": g}
            rows.append({**here, "statistic": "n", "value": sizes[g], "decimals": 0})
            mean = mean_of(g, visit) if g in enough else None
            rows += _rows(here, e, {s: v for s, v in tested_in(found, mean, level).items() if s != "p"})
        for g, other in pairs:
            a, b = mean_of(g, visit), mean_of(other, visit)
            difference = tested_in(found, a - b if {g, other} <= set(enough) else None, level)
            difference["statistic"] = difference["estimate"] / difference["se"]
            name = "DIFFERENCE" if other == control else f"DIFFERENCE|{other}"
            rows += _rows({**place, "avisit": visit, "grp": g, "level": name}, e, difference)
    road.add(rows)


def _rows(place: dict[str, Any], e: Endpoint, values: dict[str, float]) -> list[dict[str, Any]]:
    more = {"estimate": 1, "ci_low": 1, "ci_high": 1, "se": 2}
    return [
        {**place, "statistic": s, "value": v, "tolerance": MIXED}
        | ({"decimals": places(e.decimals, more[s])} if s in more else {})
        for s, v in values.items()
    ]
