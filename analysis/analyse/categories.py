"""Scores with levels: how many subjects have each level of the score at the tested visits, and whether groups differ.

Not here: ordinal endpoints, whose shifts are counted (`shifts`), binary ones (`efficacy`, `efficacy_proportions`), and
the stratified test itself (`methods.stratified`).
"""

from __future__ import annotations

from collections import Counter

import pandas as pd

from trial_report import declare
from trial_report.analysis.analyse.efficacy import add_totals, with_total
from trial_report.analysis.analyse.efficacy_compared import compared_values, complete_where
from trial_report.analysis.analyse.efficacy_comparison import add_test
from trial_report.analysis.analyse.efficacy_data import VALUE, EndpointData, select
from trial_report.analysis.analyse.groups import both
from trial_report.analysis.analyse.inference import over_groups
from trial_report.analysis.methods.stratified import association, mean_scores_differ
from trial_report.analysis.results.rows import Rows
from trial_report.analysis.results.where import Where
from trial_report.analysis.trial import Trial
from trial_report.schemas.study import TOTAL
from trial_report.schemas.study.measures import Endpoint

CATEGORY, OTHER, SCORES, ASSOCIATION = "eff.category", "OTHER", "MEAN SCORES", "ASSOCIATION"


@declare.analysis("eff.category")
def analyse(trial: Trial) -> pd.DataFrame:
    """Rows of "eff.category" for every endpoint with levels, at its tested visits.

    By column: n, the subjects with a value; level "<value>": n and pct of those; level OTHER where a value is none of
    the levels. In the total, with several groups, the tests of Cochran, Mantel and Haenszel over the named levels,
    stratified by the endpoint's factors: level MEAN SCORES (row mean scores differ) and ASSOCIATION (general
    association): statistic, df, p. The values are observed or carried forward, as in the endpoint's comparison.
    """
    rows = Rows()
    for endpoint in trial.definition.endpoints:
        if endpoint.levels and endpoint.kind == "numeric":
            data = select(trial, as_scores(endpoint))
            add_totals(rows, data, CATEGORY)
            _add(rows, trial, data)
    return rows.frame()


def as_scores(endpoint: Endpoint) -> Endpoint:
    """The endpoint with its values analysed, whatever its models hold."""
    changes = {"measure": "value", "baseline_covariate": False, "covariates": ()}
    return endpoint.model_copy(update=changes)


def _add(rows: Rows, trial: Trial, data: EndpointData) -> None:
    endpoint = data.endpoint
    values = compared_values(trial, data).dropna(subset=[VALUE, *endpoint.factors])
    values = values.assign(LEVEL=[level_of(endpoint, value) for value in values[VALUE]])
    method = "locf" if endpoint.comparison_data == "locf" else "observed-cases"
    for visit in (v for v in data.visits if v in endpoint.visits):
        own = values.loc[values["AVISIT"] == visit]
        known = with_total(own, data)
        sizes = {str(code): int(n) for code, n in known[data.treatment].value_counts().items()}
        pairs = zip(known[data.treatment], known["LEVEL"], strict=True)
        counts = Counter((str(code), str(level)) for code, level in pairs)
        base = complete_where(trial, data, visit)
        shown = [*map(str, endpoint.levels), *([OTHER] if (own["LEVEL"] == OTHER).any() else [])]
        for group in data.totals:
            place = data.place(CATEGORY).at(
                avisit=visit, group=group, unit=None, where=both(base, data.selections[group])
            )
            total = sizes.get(group, 0)
            rows.add(place, "n", total, method=method)
            for level in shown:
                where = both(place.where, _meant(endpoint, level))
                rows.count(place.at(level=level, where=where), counts[group, level], total)
        if len(trial.definition.groups) > 1:
            _add_tests(rows, trial, data, own.loc[own["LEVEL"] != OTHER], visit)


def _meant(endpoint: Endpoint, level: str) -> Where:
    """The values that a level stands for."""
    if level != OTHER:
        return Where().eq(**{VALUE: int(level)})
    found = Where()
    for known in endpoint.levels:
        found = found.also(VALUE, "<>", known)
    return found


def level_of(endpoint: Endpoint, value: float) -> str:
    """The level of a value, as keys have it."""
    return str(int(value)) if float(value).is_integer() and int(value) in endpoint.levels else OTHER


def _add_tests(rows: Rows, trial: Trial, data: EndpointData, own: pd.DataFrame, visit: str) -> None:
    codes, levels = [g.code for g in trial.definition.groups], list(data.endpoint.levels)
    factors = list(data.endpoint.factors)
    strata = [own] if not factors else [part for _, part in own.groupby(factors)]
    tables = [
        pd.crosstab(part[data.treatment], part[VALUE]).reindex(index=codes, columns=levels, fill_value=0).to_numpy()
        for part in strata or [own]
    ]
    where = complete_where(trial, data, visit).eq(**{VALUE: tuple(levels)})
    place = data.place(CATEGORY).at(avisit=visit, group=TOTAL, unit=None, where=where)
    counts = own[data.treatment].value_counts().reindex(codes, fill_value=0)
    scores = over_groups(trial.definition, mean_scores_differ(tables, levels), counts)
    general = over_groups(trial.definition, association(tables), counts)
    add_test(rows, place.at(level=SCORES), scores, "cmh-mean-scores", ("statistic", "df"))
    add_test(rows, place.at(level=ASSOCIATION), general, "cmh-association", ("statistic", "df"))
