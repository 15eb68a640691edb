"""Missing data: what is analysed, at the tested visits, by observed cases, LOCF, multiple imputation and MMRM.

Not here: endpoints whose groups are compared (`missing_compared`), and the fit of the mixed model (`mmrm`).
"""

from __future__ import annotations

import math

import pandas as pd

from trial_report import declare
from trial_report.analysis.analyse.carried import carried_values, carried_where
from trial_report.analysis.analyse.efficacy import add_totals
from trial_report.analysis.analyse.efficacy_data import EndpointData, endpoint_data, tested_group
from trial_report.analysis.analyse.efficacy_tests import add_deciding, deciding
from trial_report.analysis.analyse.groups import both
from trial_report.analysis.analyse.inference import too_few
from trial_report.analysis.analyse.missing_compared import add_compared
from trial_report.analysis.analyse.missing_rows import (
    LOCF,
    MI,
    MISSING,
    OBSERVED,
    TIPPING,
    add_counts,
    add_tipping,
    tipping_of,
)
from trial_report.analysis.analyse.mmrm import add_mmrm
from trial_report.analysis.methods.imputation import Imputed, Pooled, impute, pool_mean
from trial_report.analysis.methods.result import FloatArray
from trial_report.analysis.results.formatting import fmt_number
from trial_report.analysis.results.rows import Place, Rows
from trial_report.analysis.trial import Trial


@declare.analysis("eff.missing")
def analyse(trial: Trial) -> pd.DataFrame:
    """Rows of "eff.missing" for every endpoint that asks for an analysis of missing data, at its tested visits.

    Level observed, and each that is asked for of locf, mi and (without a comparison: see `repeated`) mmrm: n, imputed,
    estimate, ci_low, ci_high, p (mi and mmrm also se and df; a mean value has no p). Level tipping: delta, outcome
    (text), and at the last tested visit the curve in levels "tipping|1", "tipping|2", …: delta, estimate, limits, p.
    Where groups are compared, all of it is of the comparison: `missing_compared`.
    """
    rows = Rows()
    for endpoint in trial.definition.endpoints:
        if not endpoint.missing or endpoint.kind == "binary":
            continue
        data = endpoint_data(trial, endpoint)
        add_totals(rows, data, MISSING)
        place = data.place(MISSING)
        if endpoint.comparison != "none":
            add_compared(rows, trial, data, place)
            continue
        for group in tested_group(trial):
            _add_observed(rows, trial, data, place, group)
            if "locf" in endpoint.missing:
                _add_locf(rows, trial, data, place, group)
            if {"mi", "tipping_point"} & set(endpoint.missing):
                _add_imputed(rows, trial, data, place, group)
        if "mmrm" in endpoint.missing:
            add_mmrm(rows, trial, data, place)
    return rows.frame()


def _tested(data: EndpointData) -> list[str]:
    return [v for v in data.visits if v in data.endpoint.visits]


def _add_observed(rows: Rows, trial: Trial, data: EndpointData, place: Place, group: str) -> None:
    for visit in _tested(data):
        where = data.measured_where(visit, group)
        at = place.at(level=OBSERVED, avisit=visit, group=group, where=where)
        found = deciding(trial.definition, data.endpoint.test, data.values(visit, group))
        add_counts(rows, at, found.n, 0, "observed-cases")
        add_deciding(rows, at, data.endpoint, found)


def _add_locf(rows: Rows, trial: Trial, data: EndpointData, place: Place, group: str) -> None:
    measure = data.endpoint.analysed
    filled = data.selections[group].of(carried_values(trial, data))
    for visit in _tested(data):
        own = filled.loc[filled["AVISIT"] == visit]
        where = both(carried_where(trial, data, visit), data.selections[group])
        at = place.at(level=LOCF, avisit=visit, group=group, where=where)
        found = deciding(trial.definition, data.endpoint.test, own[measure])
        add_counts(rows, at, found.n, int(own["DTYPE"].notna().sum()), "locf")
        add_deciding(rows, at, data.endpoint, found)


def wide_values(data: EndpointData, group: str) -> pd.DataFrame:
    """What is analysed at each visit after baseline, and BASE; in order of subject.

    A row a subject with a baseline; without the baseline as covariate, a subject with a value at some visit.
    """
    own = data.selections[group].of(data.records)
    after = own.loc[own["AVISIT"] != data.baseline]
    wide = after.pivot(index="USUBJID", columns="AVISIT", values=data.endpoint.analysed)  # noqa: PD010 - no averages
    wide = wide.reindex(columns=list(data.follow_up))
    base = own.loc[own["AVISIT"] == data.baseline].set_index("USUBJID")["BASE"].dropna().sort_index()
    subjects = base.index if data.endpoint.base_in_model else wide.dropna(how="all").sort_index().index
    return wide.reindex(index=subjects).assign(BASE=base)


def _add_imputed(rows: Rows, trial: Trial, data: EndpointData, place: Place, group: str) -> None:
    plan, level = trial.definition.missing_data, trial.definition.confidence_level
    wide = wide_values(data, group)
    predictors = ["BASE"] if data.endpoint.base_in_model else []
    found = impute(wide, data.follow_up, predictors, plan.imputations, plan.seed)
    where = data.record_where(None, group)
    at = place.at(group=group, where=where)
    if "mi" in data.endpoint.missing:
        rows.add(at.at(level=MI, unit=None), "model", text=found.model, method="multiple-imputation",
                 warning=found.warning)  # fmt: skip
    for visit in _tested(data):
        values, imputed = found.at(visit)
        if "mi" in data.endpoint.missing:
            few = too_few(trial.definition, int((~found.missing[:, found.visits.index(visit)]).sum()))
            pooled = Pooled(warning=few) if few else pool_mean(values, level=level)
            own = at.at(level=MI, avisit=visit)
            if data.endpoint.base_in_model:
                imputable = data.record_where(data.baseline, group).also("BASE", "is not null")
            else:
                imputable = data.measured_where(None, group)
            rows.add(own.at(where=imputable), "n", len(wide), method="multiple-imputation")
            _add_pooled(rows, own, data, pooled, int(imputed.sum()), found)
        if "tipping_point" in data.endpoint.missing:
            spread = float(wide["BASE"].std(ddof=1)) if len(wide) > 1 else math.nan
            few = too_few(trial.definition, int((~imputed).sum()))

            def analyse_mean(shifted: FloatArray, few: str | None = few) -> Pooled:
                return Pooled(warning=few) if few else pool_mean(shifted, level=level)

            tipped = tipping_of(trial.definition, values, imputed, spread, analyse_mean)
            curve = visit == data.last_visit
            add_tipping(rows, at.at(level=TIPPING, avisit=visit), data, tipped, bool(imputed.any()), curve)


def _add_pooled(rows: Rows, place: Place, data: EndpointData, found: Pooled, imputed: int, source: Imputed) -> None:
    method, why = "multiple-imputation", source.warning or found.warning
    rows.add(place, "imputed", imputed, formatted=fmt_number(imputed), method=method)
    values = {name: getattr(found, name) for name in ("estimate", "se", "ci_low", "ci_high")}
    rows.add_all(place, values, decimals=data.endpoint.decimals, method=method, warning=why)
    rows.add(place.at(unit=None), "df", found.df, formatted=fmt_number(found.df, 1), method=method,
             warning=why if math.isnan(found.df) else None)  # fmt: skip
    if data.endpoint.measure == "change":
        rows.add(place.at(unit=None), "p", found.p, method=method, warning=why if math.isnan(found.p) else None)
