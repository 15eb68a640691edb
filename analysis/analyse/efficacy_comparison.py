"""Comparison of treatment groups with control: analysis of covariance of change or value, and its trend in dose.

Not here: proportions (`efficacy_proportions`), repeated measures (`repeated`), and the model itself
(`methods.lsmeans`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from trial_report.analysis.analyse.efficacy_compared import (
    DESCRIBED,
    compared_values,
    complete_where,
    covariates_of,
    described,
)
from trial_report.analysis.analyse.efficacy_data import EndpointData
from trial_report.analysis.analyse.inference import over_groups, with_enough
from trial_report.analysis.analyse.multiplicity import Hypothesis
from trial_report.analysis.methods.lsmeans import ancova, dose_slope
from trial_report.analysis.methods.result import TestResult
from trial_report.analysis.results.formatting import fmt_number
from trial_report.analysis.results.rows import Place, Rows
from trial_report.analysis.trial import Trial
from trial_report.schemas.study import TOTAL, StudyDefinition
from trial_report.schemas.study.measures import Endpoint

COMPARISON, DIFFERENCE, TREND = "eff.comparison", "DIFFERENCE", "TREND"
METHOD = "ancova"


def compare(
    rows: Rows, trial: Trial, data: EndpointData, analysis: str = COMPARISON
) -> Iterator[tuple[Hypothesis, Place, float]]:
    """Adds the rows of a comparison and gives each hypothesis with its place and p-value (NaN: none).

    Group without a level: n, estimate (least-squares mean), se, ci_low, ci_high. Levels AVAL and, where they are in
    the analysis, BASE and CHG: mean, sd, median, min, max of the values that the model is fitted to, carried ones
    among them. Levels and rows of differences, of the test of any difference, and of the trend: `add_model`.
    """
    endpoint = data.endpoint
    for group, total in data.totals.items():
        rows.add(data.subject_place(analysis, group), "N", total, method="count")
    compared = compared_values(trial, data)
    for visit in (v for v in data.visits if v in endpoint.visits):
        own = compared.loc[compared["AVISIT"] == visit]
        place = place_at(trial, data, analysis, visit)
        describe_fitted(rows, trial.definition, endpoint, own, place)
        for group, at, p in add_model(rows, trial.definition, endpoint, own, place):
            yield Hypothesis(endpoint.paramcd, visit, group), at, p


def place_at(trial: Trial, data: EndpointData, analysis: str, visit: str) -> Place:
    """Where the rows of a visit's model stand, with the condition that selects what it is fitted to."""
    order = tuple(g.code for g in trial.definition.groups)
    where = complete_where(trial, data, visit)
    return data.place(analysis).at(avisit=visit, where=where.eq(**{data.treatment: order}))


def pairs_of(definition: StudyDefinition, endpoint: Endpoint) -> list[tuple[str, str]]:
    """The pairs that are compared beside those with control, each the later group with the earlier one."""
    codes = [g.code for g in definition.groups]
    others = [code for code in codes if code != control_of(definition, endpoint)]
    if endpoint.pairs == "control":
        return []
    return [(later, earlier) for n, later in enumerate(others) for earlier in others[:n]]


def control_of(definition: StudyDefinition, endpoint: Endpoint) -> str:
    """The group that the others are compared with: the first, unless the definition names one."""
    return endpoint.control or definition.groups[0].code


def add_model(
    rows: Rows, definition: StudyDefinition, endpoint: Endpoint, own: pd.DataFrame, place: Place, level: str = ""
) -> list[tuple[str, Place, float]]:
    """Adds the rows of one model; gives group, place and p-value of every difference from control.

    A group's own rows: n, estimate, se, ci_low, ci_high. Level DIFFERENCE (group minus control), and DIFFERENCE|<code>
    (group minus that other group) where the definition compares all pairs: estimate, se, ci_low, ci_high, df,
    statistic, p. In the total: statistic and p of the F test of any difference; level TREND, where the definition
    asks for it: statistic, df and p of the contrast or slope in dose. `level` stands before those levels.
    """
    treatment = definition.treatment_variable(endpoint.analysis_set)
    order = [g.code for g in definition.groups]
    doses = {g.code: float(g.dose or 0) for g in definition.groups}
    covariates, control = covariates_of(endpoint), control_of(definition, endpoint)
    found = ancova(
        own, endpoint.analysed, treatment, order, covariates, endpoint.factors, control, definition.confidence_level,
        list(doses.values()) if endpoint.dose_trend in (True, "contrast") else None, pairs_of(definition, endpoint),
    )  # fmt: skip
    before = f"{level}|" if level else ""
    means, differences = with_enough(definition, found.means, found.differences, treatment)
    counts = [int(n) for n in means["n"]]
    for mean in means.to_dict("records"):
        at = place.at(group=mean[treatment], level=level or None)
        rows.add(at.at(where=place.where.eq(**{treatment: mean[treatment]})), "n", mean["n"], method=METHOD)
        _add(rows, at, mean, endpoint.decimals, ("estimate", "se", "ci_low", "ci_high"))
    tested = []
    for difference in differences.to_dict("records"):
        with_control = difference["reference"] == control
        name = DIFFERENCE if with_control else f"{DIFFERENCE}|{difference['reference']}"
        at = place.at(group=difference[treatment], level=before + name)
        add_difference(rows, at, difference, endpoint.decimals, METHOD)
        if with_control:
            tested.append((difference[treatment], at, float(difference["p"])))
    at = place.at(group=TOTAL, unit=None, level=level or None)
    add_test(rows, at, over_groups(definition, found.test, counts), METHOD, ("statistic",))
    trend = at.at(level=before + TREND)
    if found.trend:
        add_test(rows, trend, over_groups(definition, found.trend, counts), "dose-trend", ("statistic", "df"))
    if endpoint.dose_trend == "slope":
        slope = dose_slope(own, endpoint.analysed, treatment, doses, covariates, endpoint.factors)
        add_test(rows, trend, over_groups(definition, slope, counts), "dose-slope", ("statistic", "df"))
    return tested


def describe_fitted(
    rows: Rows, definition: StudyDefinition, endpoint: Endpoint, own: pd.DataFrame, place: Place, level: str = ""
) -> None:
    """Adds mean, SD, median and range of what a model is fitted to: BASE, AVAL, CHG, `level` before those levels."""
    before, treatment = f"{level}|" if level else "", definition.treatment_variable(endpoint.analysis_set)
    for group, name, summary in described(definition, endpoint, own):
        at = place.at(group=group, level=before + name, variable=name, where=place.where.eq(**{treatment: group}))
        values = {statistic: summary.get(statistic) for statistic in DESCRIBED}
        why = "not estimable: no values" if not summary else "not estimable: fewer than two values"
        rows.add_all(at, values, decimals=endpoint.decimals, method="descriptive", warning=why)


def add_difference(rows: Rows, place: Place, found: Mapping[Any, Any], decimals: int, method: str) -> None:
    """Rows estimate, se, ci_low, ci_high, df, statistic and p of a difference."""
    why = text_or_none(found["warning"])
    values = {name: float(found[name]) for name in ("estimate", "se", "ci_low", "ci_high")}
    rows.add_all(place, values, decimals=decimals, method=method, warning=why)
    at, whole = place.at(unit=None), float(found["df"]).is_integer()
    for name, digits in (("df", 0 if whole else 1), ("statistic", 2)):
        rows.add(at, name, found[name], method=method, warning=why, formatted=fmt_number(found[name], digits))
    rows.add(at, "p", found["p"], method=method, warning=why)


def add_test(rows: Rows, place: Place, found: TestResult, method: str, names: tuple[str, ...]) -> None:
    """These statistics of a test, and its p."""
    for name in names:
        value = getattr(found, name)
        printed = fmt_number(value, 0 if name == "df" else 2)
        rows.add(place, name, value, formatted=printed, method=method, warning=found.warning)
    rows.add(place, "p", found.p, method=method, warning=found.warning)


def _add(rows: Rows, place: Place, found: Mapping[Any, Any], decimals: int, names: tuple[str, ...]) -> None:
    values = {name: float(found[name]) for name in names}
    rows.add_all(place, values, decimals=decimals, method=METHOD, warning=text_or_none(found["warning"]))


def text_or_none(value: object) -> str | None:
    """A warning of a frame's row, where there is one."""
    return value if isinstance(value, str) else None
