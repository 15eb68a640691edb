"""Repeated measures of compared endpoints: least-squares means and differences of the mixed model at tested visits.

Not here: the mixed model as an analysis of missing data (`mmrm`), and one visit alone (`efficacy_comparison`).
"""

from __future__ import annotations

import pandas as pd

from trial_report import declare
from trial_report.analysis.analyse.efficacy import add_totals
from trial_report.analysis.analyse.efficacy_compared import compared_values, complete_where, covariates_of
from trial_report.analysis.analyse.efficacy_comparison import (
    DIFFERENCE,
    add_difference,
    control_of,
    pairs_of,
    text_or_none,
)
from trial_report.analysis.analyse.efficacy_data import EndpointData, select
from trial_report.analysis.analyse.inference import with_enough
from trial_report.analysis.analyse.mmrm import METHOD, add_fit
from trial_report.analysis.methods.mmrm import fit_mmrm
from trial_report.analysis.results.formatting import fmt_number
from trial_report.analysis.results.rows import Rows
from trial_report.analysis.trial import Trial
from trial_report.schemas.study.measures import Endpoint

REPEATED = "eff.mmrm"


@declare.analysis(REPEATED)
def analyse(trial: Trial) -> pd.DataFrame:
    """Rows of "eff.mmrm" for every compared endpoint whose missing data are examined by the mixed model.

    At each tested visit, by group: n, estimate, se, df, ci_low, ci_high; level DIFFERENCE, and DIFFERENCE|<code> of
    further pairs: as `efficacy_comparison.add_difference` has them. Without a visit the texts model and structure, and
    the number of values used. Fitted to observed values of all visits; its terms: group, visit, their interaction,
    baseline and covariates by visit, factors.
    """
    rows = Rows()
    for endpoint in trial.definition.endpoints:
        if is_repeated(endpoint):
            data = select(trial, as_repeated(endpoint))
            add_totals(rows, data, REPEATED)
            _add(rows, trial, data)
    return rows.frame()


def is_repeated(endpoint: Endpoint) -> bool:
    """Whether the groups of an endpoint are compared by the mixed model as well."""
    return endpoint.comparison != "none" and endpoint.kind == "numeric" and "mmrm" in endpoint.missing


def as_repeated(endpoint: Endpoint) -> Endpoint:
    """The endpoint as the mixed model takes it: observed values, and no trend."""
    return endpoint.model_copy(update={"comparison_data": "observed", "dose_trend": False})


def _add(rows: Rows, trial: Trial, data: EndpointData) -> None:
    definition, endpoint = trial.definition, data.endpoint
    codes, control = tuple(g.code for g in definition.groups), control_of(definition, endpoint)
    found = fit_mmrm(
        compared_values(trial, data), endpoint.analysed, "USUBJID", "AVISIT", data.follow_up, data.treatment, codes,
        covariates_of(endpoint), endpoint.factors, reference=control, level=definition.confidence_level,
        further=pairs_of(definition, endpoint),
    )  # fmt: skip
    whole = data.place(REPEATED).at(where=complete_where(trial, data, None).eq(**{data.treatment: codes}))
    add_fit(rows, whole.at(unit=None), found)
    means, differences = with_enough(definition, found.means, found.differences, "group", ["visit"])
    for mean in means.to_dict("records"):
        if mean["visit"] not in endpoint.visits:
            continue
        own = complete_where(trial, data, mean["visit"]).eq(**{data.treatment: mean["group"]})
        at = whole.at(avisit=mean["visit"], group=mean["group"])
        why = text_or_none(mean["warning"])
        rows.add(at.at(where=own), "n", mean["n"], method=METHOD)
        values = {name: float(mean[name]) for name in ("estimate", "se", "ci_low", "ci_high")}
        rows.add_all(at, values, decimals=endpoint.decimals, method=METHOD, warning=why)
        df = float(mean["df"])
        rows.add(at.at(unit=None), "df", df, formatted=fmt_number(df, 1), method=METHOD, warning=why)
    for difference in differences.to_dict("records"):
        if difference["visit"] in endpoint.visits:
            other = difference["reference"]
            level = DIFFERENCE if other == control else f"{DIFFERENCE}|{other}"
            at = whole.at(avisit=difference["visit"], group=difference["group"], level=level)
            add_difference(rows, at, difference, endpoint.decimals, METHOD)
