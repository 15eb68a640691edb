"""Missing data of compared endpoints: the comparison by observed cases, LOCF and multiple imputation, and how far it
stands when imputed values are shifted.

Not here: endpoints that no groups are compared in (`missing_data`), and the imputing (`methods.imputation`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from trial_report.analysis.analyse.efficacy_compared import (
    compared_values,
    complete_where,
    covariates_of,
    model_variables,
    with_terms,
)
from trial_report.analysis.analyse.efficacy_comparison import DIFFERENCE, METHOD, control_of, text_or_none
from trial_report.analysis.analyse.efficacy_data import EndpointData
from trial_report.analysis.analyse.groups import both
from trial_report.analysis.analyse.inference import too_few, with_enough
from trial_report.analysis.analyse.missing_rows import LOCF, MI, OBSERVED, TIPPING, add_counts, add_tipping, tipping_of
from trial_report.analysis.methods.imputation import Imputed, Pooled, impute, side_by_side
from trial_report.analysis.methods.imputed_ancova import Design, design_of, pooled_contrast
from trial_report.analysis.methods.lsmeans import ancova
from trial_report.analysis.methods.result import FloatArray
from trial_report.analysis.results.formatting import fmt_number
from trial_report.analysis.results.rows import Place, Rows
from trial_report.analysis.results.where import Where
from trial_report.analysis.trial import Trial
from trial_report.schemas.study import TOTAL, StudyDefinition
from trial_report.schemas.study.measures import Endpoint

BASE = "BASE"
OF_GROUP = ("estimate", "se", "ci_low", "ci_high")


def add_compared(rows: Rows, trial: Trial, data: EndpointData, place: Place) -> None:
    """Adds the rows of one endpoint, at its tested visits.

    Levels observed and, where asked for, locf and mi: n, imputed, estimate (least-squares mean), se, ci_low, ci_high
    by group; "observed|DIFFERENCE" and so on (group minus control): estimate, se, ci_low, ci_high, df, p. Level
    tipping, of every group but control: delta, outcome, and the curve at the last tested visit.
    """
    for visit in tested_visits(data):
        _add_fitted(rows, trial, data, place, visit, OBSERVED)
        if "locf" in data.endpoint.missing:
            _add_fitted(rows, trial, data, place, visit, LOCF)
    if {"mi", "tipping_point"} & set(data.endpoint.missing):
        _add_imputed(rows, trial, data, place)


def tested_visits(data: EndpointData) -> list[str]:
    """The visits at which an endpoint is tested, in order."""
    return [v for v in data.visits if v in data.endpoint.visits]


def _codes(trial: Trial) -> list[str]:
    return [g.code for g in trial.definition.groups]


def _add_fitted(
    rows: Rows, trial: Trial, data: EndpointData, place: Place, visit: str, way: Literal["observed", "locf"]
) -> None:
    """The analysis of covariance of a visit as the comparison has it, of observed or of carried values."""
    definition, treatment, codes = trial.definition, data.treatment, _codes(trial)
    endpoint = data.endpoint.model_copy(update={"comparison_data": way})
    own_data = replace(data, endpoint=endpoint)
    compared = compared_values(trial, own_data)
    own = compared.loc[compared["AVISIT"] == visit]
    found = ancova(
        own, endpoint.analysed, treatment, codes, covariates_of(endpoint), endpoint.factors,
        control_of(definition, endpoint), definition.confidence_level,
    )  # fmt: skip
    means, differences = with_enough(definition, found.means, found.differences, treatment)
    carried = _carried(data, own, visit)
    where = complete_where(trial, own_data, visit)
    for mean in means.to_dict("records"):
        group = mean[treatment]
        at = place.at(level=way, avisit=visit, group=group, where=where.eq(**{treatment: group}))
        add_counts(rows, at, mean["n"], int(carried.get(group, 0)), "observed-cases" if way == OBSERVED else "locf")
        rows.add_all(at, {name: float(mean[name]) for name in OF_GROUP}, decimals=endpoint.decimals, method=METHOD,
                     warning=text_or_none(mean["warning"]))  # fmt: skip
    for one in differences.to_dict("records"):
        at = place.at(level=f"{way}|{DIFFERENCE}", avisit=visit, group=one[treatment], where=where)
        _add_difference(rows, at, endpoint, one, METHOD, text_or_none(one["warning"]))


def _carried(data: EndpointData, own: pd.DataFrame, visit: str) -> pd.Series:
    """How many values of a visit's model were not observed there, by group."""
    endpoint = data.endpoint
    used = own.dropna(subset=[endpoint.analysed, *covariates_of(endpoint), *endpoint.factors])
    there = data.records.loc[(data.records["AVISIT"] == visit) & data.records[endpoint.analysed].notna(), "USUBJID"]
    return used.loc[~used["USUBJID"].isin(there), data.treatment].value_counts()


@dataclass(frozen=True)
class Completed:
    """The imputed data of an endpoint: a row a subject with treatment, BASE, covariates and factors, in order."""

    subjects: pd.DataFrame
    imputed: Imputed
    model: str

    def at(self, visit: str, endpoint: Endpoint, treatment: str, codes: list[str]) -> Fit:
        """What the comparison of a visit is fitted to: subjects with every factor, all values there."""
        known = self.subjects[list(endpoint.factors)].notna().all(axis=1).to_numpy()
        kept, (values, imputed) = self.imputed.kept(visit), self.imputed.at(visit)
        used, inside = known & kept, known[kept]
        design = design_of(self.subjects.loc[used], treatment, codes, covariates_of(endpoint), endpoint.factors)
        of_known = self.subjects.loc[known, treatment].to_numpy()
        place = self.imputed.visits.index(visit)
        gone = self.imputed.missing[known, place]
        filled = gone & np.isfinite(self.imputed.values[:, known, place]).all(axis=0)  # noqa: PD011 - no pandas
        return Fit(
            design=design,
            values=values[:, inside],
            imputed=imputed[inside],
            group=self.subjects.loc[used, treatment].to_numpy(),
            counts={code: int((of_known == code).sum()) for code in codes},
            missing={code: int(gone[of_known == code].sum()) for code in codes},
            filled={code: int(filled[of_known == code].sum()) for code in codes},
            why=self.imputed.warning if not used.any() else None,
        )


@dataclass(frozen=True)
class Fit:
    """One visit: imputations × subjects, which are imputed, each subject's group; by group all subjects, those
    without a value, and those whose value could be imputed.
    """

    design: Design
    values: FloatArray
    imputed: np.ndarray
    group: np.ndarray
    counts: Mapping[str, int]
    missing: Mapping[str, int]
    filled: Mapping[str, int]
    why: str | None

    def too_few(self, definition: StudyDefinition, *codes: str) -> str | None:
        """Why nothing is inferred of these groups: fewer values were observed than the definition asks for."""
        return too_few(definition, *(self.counts[code] - self.missing[code] for code in codes))

    def pooled(
        self, definition: StudyDefinition, group: str, reference: str | None = None, values: FloatArray | None = None
    ) -> Pooled:
        """A mean, or a difference from the reference, of all imputations; of these values in place of its own."""
        why = self.why or self.too_few(definition, *(code for code in (group, reference) if code))
        if why:
            return Pooled(warning=why)
        used = self.values if values is None else values
        return pooled_contrast(self.design, used, group, reference, definition.confidence_level)


def completed(trial: Trial, data: EndpointData) -> Completed:
    """Imputes the endpoint's values of all its visits: with the group as a term, or in each group by itself.

    Subjects are those of the set in one of the groups with every covariate known and a baseline, or, where the
    baseline is not in the model, a value at some visit.
    """
    definition, endpoint, treatment = trial.definition, data.endpoint, data.treatment
    plan, codes, numeric = definition.missing_data, _codes(trial), covariates_of(endpoint)
    wide = _wide(trial, data)
    subjects = wide.drop(columns=list(data.follow_up))
    present = [code for code in codes if (wide[treatment] == code).any()]
    if plan.within_groups:
        # Each group has random numbers of its own: with the same ones their imputations would go hand in hand.
        parts = [
            impute(wide.loc[wide[treatment] == code], data.follow_up, numeric, plan.imputations,
                   (plan.seed, codes.index(code)))
            for code in present
        ]  # fmt: skip
        found = side_by_side(parts) if parts else impute(wide, data.follow_up, numeric, plan.imputations, plan.seed)
        model = f"{_words([*numeric, found.others])}, in each group by itself"
        return Completed(subjects.loc[found.subjects], found, model)
    terms = {f"{treatment}={code}": (wide[treatment] == code).astype("float64") for code in present[1:]}
    found = impute(wide.assign(**terms), data.follow_up, [*terms, *numeric], plan.imputations, plan.seed)
    return Completed(subjects, found, _words([treatment, *numeric, found.others]))


def _words(terms: list[str]) -> str:
    return f"Bayesian linear regression of each visit on {', '.join(terms)}"


def _wide(trial: Trial, data: EndpointData) -> pd.DataFrame:
    """A row a subject that can be imputed: what is analysed at each visit, BASE, treatment, covariates, factors."""
    endpoint, treatment = data.endpoint, data.treatment
    after = data.records.loc[data.records["AVISIT"] != data.baseline]
    base = data.records.loc[data.records["AVISIT"] == data.baseline].set_index("USUBJID")[BASE]
    known = trial.adsl.loc[data.where.mask(trial.adsl) & trial.adsl[treatment].isin(_codes(trial))]
    subjects = known[["USUBJID", treatment]].merge(model_variables(trial, data), on="USUBJID").set_index("USUBJID")
    subjects[BASE] = base.reindex(subjects.index).astype("float64")
    values = after.pivot(index="USUBJID", columns="AVISIT", values=endpoint.analysed)  # noqa: PD010 - no averages
    wide = values.reindex(index=subjects.index, columns=list(data.follow_up)).astype("float64")
    usable = subjects[covariates_of(endpoint)].notna().all(axis=1)
    if not endpoint.base_in_model:
        usable &= wide.notna().any(axis=1)
    return pd.concat([wide, subjects], axis=1).loc[usable].sort_index()


def _add_imputed(rows: Rows, trial: Trial, data: EndpointData, place: Place) -> None:
    definition, endpoint = trial.definition, data.endpoint
    control, codes = control_of(definition, endpoint), _codes(trial)
    found = completed(trial, data)
    asked = set(endpoint.missing)
    where = _imputable(trial, data)
    if "mi" in asked:
        rows.add(place.at(level=MI, group=TOTAL, unit=None, where=where.eq(**{data.treatment: tuple(codes)})), "model",
                 text=found.model, method="multiple-imputation", warning=found.imputed.warning)  # fmt: skip
    spread = float(found.subjects[BASE].std(ddof=1)) if len(found.subjects) > 1 else float("nan")
    for visit in tested_visits(data):
        fit = found.at(visit, endpoint, data.treatment, codes)
        if "mi" in asked:
            for code, other in _with_differences(codes, control):
                at = place.at(avisit=visit, group=code, where=where.eq(**{data.treatment: code}))
                _add_pooled(rows, at, endpoint, fit, definition, code, other)
        if "tipping_point" in asked:
            for code in (c for c in codes if c != control):
                mine = fit.imputed & (fit.group == code)

                def shifted(values: FloatArray, fit: Fit = fit, code: str = code) -> Pooled:
                    return fit.pooled(definition, code, control, values)

                tipped = tipping_of(definition, fit.values, mine, spread, shifted)
                at = place.at(level=TIPPING, avisit=visit, group=code, where=where.eq(**{data.treatment: code}))
                add_tipping(rows, at, data, tipped, bool(mine.any()), visit == data.last_visit)


def _with_differences(codes: list[str], control: str) -> Iterator[tuple[str, str | None]]:
    """Every group alone, then every group beside control."""
    yield from ((code, None) for code in codes)
    yield from ((code, control) for code in codes if code != control)


def _imputable(trial: Trial, data: EndpointData) -> Where:
    """The records that say whose data are compared: the baseline, or values after it, of subjects with every term."""
    endpoint = data.endpoint
    of_model = with_terms(trial, endpoint.covariates, endpoint.factors)
    if endpoint.base_in_model:
        return both(data.record_where(data.baseline).also(BASE, "is not null"), of_model)
    return both(data.measured_where(), of_model)


def _add_pooled(
    rows: Rows, at: Place, endpoint: Endpoint, fit: Fit, definition: StudyDefinition, code: str, other: str | None
) -> None:
    """The rows of a group (`other` None), or of its difference from another."""
    method, found = "multiple-imputation", fit.pooled(definition, code, other)
    if other is None:
        at = at.at(level=MI)
        add_counts(rows, at, fit.counts[code], fit.filled[code], method)
        values = {name: getattr(found, name) for name in OF_GROUP}
        rows.add_all(at, values, decimals=endpoint.decimals, method=method, warning=found.warning)
        return
    values = {name: getattr(found, name) for name in (*OF_GROUP, "df", "p")}
    _add_difference(rows, at.at(level=f"{MI}|{DIFFERENCE}"), endpoint, values, method, found.warning)


def _add_difference(
    rows: Rows, at: Place, endpoint: Endpoint, found: Mapping[Any, Any], method: str, why: str | None
) -> None:
    """Rows estimate, se, ci_low, ci_high, df and p of a difference."""
    values = {name: float(found[name]) for name in OF_GROUP}
    rows.add_all(at, values, decimals=endpoint.decimals, method=method, warning=why)
    df = float(found["df"])
    printed = fmt_number(df, 0 if df.is_integer() else 1)
    rows.add(at.at(unit=None), "df", df, formatted=printed, method=method, warning=why)
    rows.add(at.at(unit=None), "p", float(found["p"]), method=method, warning=why)
