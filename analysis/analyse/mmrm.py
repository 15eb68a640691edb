"""The mixed model for repeated measures of an endpoint: least-squares means at the tested visits.

Not here: the model that compares groups (`repeated`), and the fitting (`methods.mmrm`).
"""

from __future__ import annotations

from trial_report.analysis.analyse.efficacy_data import EndpointData, tested_group
from trial_report.analysis.analyse.inference import without
from trial_report.analysis.methods.mmrm import Mmrm, fit_mmrm
from trial_report.analysis.results.formatting import fmt_number
from trial_report.analysis.results.rows import Place, Rows
from trial_report.analysis.results.where import Where
from trial_report.analysis.trial import Trial
from trial_report.schemas.study import TOTAL

METHOD, LEVEL = "mmrm", "mmrm"


def add_mmrm(rows: Rows, trial: Trial, data: EndpointData, place: Place) -> None:
    """Adds, at each tested visit, n, estimate, se, df, ci_low, ci_high and p of the model's mean (level mmrm),
    and without a visit the texts model and structure with the number of values used.

    The model has visit and, where it is a covariate, baseline by visit; a study whose columns have no total adds the
    group and its interaction with the visit. A mean value has no p. Visits are all that have values, so that untested
    ones inform the missing values.
    """
    groups = tested_group(trial)
    by_group = groups != (TOTAL,)
    after = data.records.loc[data.records["AVISIT"] != data.baseline]
    found = fit_mmrm(
        after,
        data.endpoint.analysed,
        "USUBJID",
        "AVISIT",
        data.follow_up,
        data.treatment if by_group else None,
        groups if by_group else (),
        ["BASE"] if data.endpoint.base_in_model else [],
        level=trial.definition.confidence_level,
    )
    where = modelled(data)
    add_fit(rows, place.at(where=where, level=LEVEL, unit=None), found)
    few = found.means["n"].to_numpy() < trial.definition.inference_from
    for mean in without(trial.definition, found.means, few).to_dict("records"):
        if mean["visit"] not in data.endpoint.visits:
            continue
        group = mean["group"] if by_group else TOTAL
        at = place.at(where=where, level=LEVEL, avisit=mean["visit"], group=group)
        why = mean["warning"] if isinstance(mean["warning"], str) else None
        rows.add(at.at(where=modelled(data, mean["visit"], group)), "n", mean["n"], method=METHOD)
        values = {name: float(mean[name]) for name in ("estimate", "se", "ci_low", "ci_high")}
        rows.add_all(at, values, decimals=data.endpoint.decimals, method=METHOD, warning=why)
        df = float(mean["df"])
        rows.add(at.at(unit=None), "df", df, formatted=fmt_number(df, 1), method=METHOD, warning=why)
        if data.endpoint.measure == "change":
            rows.add(at.at(unit=None), "p", float(mean["p"]), method=METHOD, warning=why)


def modelled(data: EndpointData, visit: str | None = None, group: str = TOTAL) -> Where:
    """The rows that the model is fitted to."""
    found = data.measured_where(visit, group)
    return found.also("BASE", "is not null") if data.endpoint.base_in_model else found


def add_fit(rows: Rows, place: Place, found: Mmrm) -> None:
    """The texts model and structure, and the number of values used."""
    rows.add(place, "model", text=found.model, method=METHOD, warning=found.warning)
    rows.add(place, "structure", text=found.structure, method=METHOD, warning=found.warning)
    rows.add(place, "values", found.n_values, formatted=fmt_number(found.n_values), method=METHOD)
