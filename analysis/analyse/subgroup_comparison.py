"""Subgroups of compared endpoints: the comparison within each level of a characteristic, and the interaction.

Not here: subgroups of endpoints that no groups are compared in (`subgroups`).
"""

from __future__ import annotations

import pandas as pd

from trial_report import declare
from trial_report.analysis.analyse.efficacy import add_totals
from trial_report.analysis.analyse.efficacy_compared import compared_values, covariates_of
from trial_report.analysis.analyse.efficacy_comparison import add_model, add_test, describe_fitted, place_at
from trial_report.analysis.analyse.efficacy_data import EndpointData, endpoint_data, of_subjects
from trial_report.analysis.analyse.groups import both
from trial_report.analysis.analyse.inference import over_groups
from trial_report.analysis.analyse.subgroups import MISSING, levels_of
from trial_report.analysis.methods.lsmeans import interaction
from trial_report.analysis.results.rows import Place, Rows
from trial_report.analysis.results.where import Where
from trial_report.analysis.trial import Trial
from trial_report.schemas.results import split_level
from trial_report.schemas.study import TOTAL
from trial_report.schemas.study.measures import Endpoint

SUBGROUP, INTERACTION = "eff.subgroup_comparison", "INTERACTION"


@declare.analysis(SUBGROUP)
def analyse(trial: Trial) -> pd.DataFrame:
    """Rows of "eff.subgroup_comparison" for every primary endpoint that is compared, at its last tested visit.

    Levels "VARIABLE|value" and those that begin so: as `efficacy_comparison.add_model` and `describe_fitted` have
    them, of the subjects with that value. Level "VARIABLE|INTERACTION", in the total: statistic, df and p of the F
    test of group by subgroup in one model of all. Subjects without a named value are in no subgroup.
    """
    rows = Rows()
    for endpoint in trial.definition.endpoints:
        if trial.definition.subgroups and in_subgroups(endpoint):
            data = endpoint_data(trial, endpoint)
            add_totals(rows, data, SUBGROUP)
            compared = compared_values(trial, data)
            own = compared.loc[compared["AVISIT"] == data.last_visit]
            place = place_at(trial, data, SUBGROUP, data.last_visit)
            for subgroup in trial.definition.subgroups:
                _add(rows, trial, data, own, place, subgroup.variable)
    return rows.frame()


def in_subgroups(endpoint: Endpoint) -> bool:
    """Whether an endpoint's comparison is shown in subgroups."""
    return endpoint.role == "primary" and endpoint.kind == "numeric" and endpoint.comparison != "none"


def _add(rows: Rows, trial: Trial, data: EndpointData, own: pd.DataFrame, place: Place, variable: str) -> None:
    definition, endpoint = trial.definition, data.endpoint
    named = [(level, condition) for level, condition in levels_of(trial, variable) if level != MISSING]
    texts = [split_level(level)[0] for level, _ in named]
    for level, condition in named:
        subjects = of_subjects(trial.adsl, condition)
        part, at = subjects.of(own), place.at(where=both(place.where, subjects))
        describe_fitted(rows, definition, endpoint, part, at, f"{variable}|{level}")
        add_model(rows, definition, endpoint, part, at, f"{variable}|{level}")
    values = own["USUBJID"].map(trial.adsl.set_index("USUBJID")[variable])
    modified = own.assign(SUBGROUP=values.where(values.isin(texts)))
    others = [name for name in endpoint.factors if name != variable]
    codes = [g.code for g in definition.groups]
    found = interaction(modified, endpoint.analysed, data.treatment, codes, "SUBGROUP", covariates_of(endpoint), others)
    known = of_subjects(trial.adsl, Where().eq(**{variable: tuple(texts)}))
    at = place.at(group=TOTAL, unit=None, level=f"{variable}|{INTERACTION}", where=both(place.where, known))
    used = modified.dropna(subset=[endpoint.analysed, "SUBGROUP", *covariates_of(endpoint), *others])
    counts = used[data.treatment].value_counts().reindex(codes, fill_value=0)
    add_test(rows, at, over_groups(definition, found, counts), "interaction", ("statistic", "df"))
