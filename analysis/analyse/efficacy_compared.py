"""The values that a comparison of groups is fitted to: observed or carried forward, with the variables of its model.

Not here: the fitting (`efficacy_comparison`), and multiple imputation (`missing_compared`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from trial_report.analysis.analyse.carried import carried_values, carried_where
from trial_report.analysis.analyse.describing import says_missing
from trial_report.analysis.analyse.efficacy_data import CHANGE, PERCENT, VALUE, EndpointData, of_subjects
from trial_report.analysis.analyse.groups import both, in_set
from trial_report.analysis.methods.location import describe
from trial_report.analysis.results.where import Where
from trial_report.analysis.trial import Trial
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.measures import Endpoint

POOLED = "POOLED"
BASE = "BASE"
DESCRIBED = ("mean", "sd", "median", "min", "max")


def covariates_of(endpoint: Endpoint) -> list[str]:
    """The numeric covariates of an endpoint's model."""
    return [*([BASE] if endpoint.base_in_model else []), *endpoint.covariates]


def compared_values(trial: Trial, data: EndpointData) -> pd.DataFrame:
    """USUBJID, treatment, AVISIT, AVAL, BASE, CHG, PCHG and the further variables of the model, of each value.

    The values are observed, or carried forward.
    """
    endpoint, group = data.endpoint, data.treatment
    shown = ["USUBJID", group, "AVISIT", VALUE, BASE, CHANGE, PERCENT]
    if endpoint.comparison_data == "locf":
        after = carried_values(trial, data)[shown]
    else:
        after = data.records.loc[data.records["AVISIT"] != data.baseline, shown]
    return after.merge(model_variables(trial, data), on="USUBJID", how="left", validate="many_to_one")


def model_variables(trial: Trial, data: EndpointData) -> pd.DataFrame:
    """USUBJID of the endpoint's subjects with covariates and factors, small levels of factors pooled."""
    endpoint = data.endpoint
    names = ["USUBJID", *endpoint.covariates, *endpoint.factors]
    subjects = trial.adsl.loc[data.where.mask(trial.adsl), list(dict.fromkeys(names))].copy()
    counted, by = _counted(trial, data)
    for name in endpoint.factors:
        words = says_missing(trial.adsl[name])
        known = counted.loc[~counted[name].isin(words)]
        small = small_levels(known[name], known[by], endpoint.pool_below)
        subjects[name] = subjects[name].mask(subjects[name].isin(words)).mask(subjects[name].isin(small), POOLED)
    return subjects


def with_terms(trial: Trial, covariates: Sequence[str], factors: Sequence[str]) -> Where:
    """The records of subjects in whom these variables are known; a factor that says "Missing" is not."""
    known = Where()
    for name in (*covariates, *factors):
        known = known.also(name, "is not null")
        for word in says_missing(trial.adsl[name]) if name in factors else ():
            known = known.also(name, "<>", word)
    return of_subjects(trial.adsl, known)


def complete_where(trial: Trial, data: EndpointData, visit: str | None) -> Where:
    """The records that the model of a visit (of observed values, None: of all) is fitted to, every variable known."""
    endpoint = data.endpoint
    found = recorded_where(trial, data, visit)
    found = found.also(BASE, "is not null") if endpoint.base_in_model else found
    return both(found, with_terms(trial, endpoint.covariates, endpoint.factors))


def recorded_where(trial: Trial, data: EndpointData, visit: str | None) -> Where:
    """The records that `compared_values` has the values of a visit from: its own, or those carried to it."""
    if visit is None or data.endpoint.comparison_data == "observed":
        return data.measured_where(visit)
    return carried_where(trial, data, visit)


def described(
    definition: StudyDefinition, endpoint: Endpoint, own: pd.DataFrame
) -> Iterator[tuple[str, str, Mapping[Any, Any]]]:
    """Group, variable and summary (empty: no values) of what the model is fitted to: baseline, value, change."""
    used = own.dropna(subset=[endpoint.analysed, *covariates_of(endpoint), *endpoint.factors])
    names = [BASE] if endpoint.base_in_model else []
    names += [VALUE, CHANGE] if endpoint.measure == "change" else [VALUE]
    treatment = definition.treatment_variable(endpoint.analysis_set)
    for name in names:
        found = {str(one[treatment]): one for one in describe(used, [treatment], name).to_dict("records")}
        for group in definition.groups:
            yield group.code, name, found.get(group.code, {})


def _counted(trial: Trial, data: EndpointData) -> tuple[pd.DataFrame, str]:
    """The subjects in whom levels of a factor are counted, and the variable of their group.

    A set that the definition names counts by the treatment that the set is shown by: all assigned as planned.
    """
    wanted = data.endpoint.pool_in
    if wanted is None:
        return trial.adsl.loc[data.where.mask(trial.adsl)], data.treatment
    return in_set(trial, wanted).of(trial.adsl), trial.definition.treatment_variable(wanted)


def small_levels(level: pd.Series, group: pd.Series, least: int) -> set[str]:
    """The levels of a factor with fewer than `least` subjects in any group."""
    counts = pd.crosstab(level, group)
    return {*counts.index[(counts < least).any(axis=1)]}
