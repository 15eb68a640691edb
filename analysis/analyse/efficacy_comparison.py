"""Comparison of treatment groups with control: analysis of covariance of change or value, and its trend in dose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from analysis.analyse.counting import group_variable
from analysis.analyse.efficacy_data import GROUP, EndpointData, of_subjects
from analysis.analyse.groups import both, in_set
from analysis.analyse.multiplicity import Hypothesis
from analysis.analyse.rows import Place, Rows
from analysis.formatting import fmt_number
from analysis.methods.lsmeans import ancova, dose_slope
from analysis.methods.missing import locf
from analysis.methods.result import TestResult
from analysis.trial import Trial
from analysis.where import Where
from schemas.study import TOTAL
from schemas.study.measures import Endpoint

COMPARISON, DIFFERENCE, TREND = "eff.comparison", "DIFFERENCE", "TREND"
POOLED = "POOLED"
METHOD = "ancova"


def compare(rows: Rows, trial: Trial, data: EndpointData) -> Iterator[tuple[Hypothesis, Place, float]]:
    """Adds the rows of "eff.comparison" and gives each hypothesis with its place and p-value (NaN: none).

    Group without a level: n, estimate (least-squares mean), se, ci_low, ci_high. Level DIFFERENCE
    (group minus control): estimate, se, df, statistic, ci_low, ci_high, p. In the total: statistic and p of the F test
    of any difference; level TREND, where the definition asks for it: statistic, df and p of the contrast or slope in
    dose.
    """
    endpoint, order = data.endpoint, [g.code for g in trial.definition.groups]
    control = endpoint.control or order[0]
    doses = {g.code: float(g.dose or 0) for g in trial.definition.groups}
    scores = list(doses.values()) if endpoint.dose_trend in (True, "contrast") else None
    covariates = [*(["BASE"] if endpoint.base_in_model else []), *endpoint.covariates]
    measure = endpoint.analysed
    for group, total in data.totals.items():
        rows.add(data.subject_place(COMPARISON, group), "N", total, method="count")
    compared = compared_values(trial, data)
    complete = of_subjects(trial.adsl, _with_values(endpoint))
    for visit in (v for v in data.visits if v in endpoint.visits):
        own = compared.loc[compared["AVISIT"] == visit]
        found = ancova(own, measure, GROUP, order, covariates, endpoint.factors, control,
                       trial.definition.confidence_level, scores)  # fmt: skip
        where = _records(data, visit).also(measure, "is not null")
        where = both(where.also("BASE", "is not null") if endpoint.base_in_model else where, complete)
        place = data.place(COMPARISON).at(avisit=visit, where=where.eq(**{GROUP: tuple(order)}))
        for mean in found.means.to_dict("records"):
            at = place.at(group=mean[GROUP])
            rows.add(at.at(where=where.eq(**{GROUP: mean[GROUP]})), "n", mean["n"], method=METHOD)
            _add(rows, at, mean, endpoint.decimals, ("estimate", "se", "ci_low", "ci_high"))
        for difference in found.differences.to_dict("records"):
            at = place.at(group=difference[GROUP], level=DIFFERENCE)
            _add(rows, at, difference, endpoint.decimals, ("estimate", "se", "ci_low", "ci_high"))
            for name in ("df", "statistic"):
                rows.add(at.at(unit=None), name, difference[name], method=METHOD, warning=_text(difference["warning"]),
                         formatted=fmt_number(difference[name], 0 if name == "df" else 2))  # fmt: skip
            rows.add(at.at(unit=None), "p", difference["p"], method=METHOD, warning=_text(difference["warning"]))
            yield Hypothesis(endpoint.paramcd, visit, difference[GROUP]), at, float(difference["p"])
        at = place.at(group=TOTAL, unit=None)
        _add_test(rows, at, found.test, METHOD, ("statistic",))
        if found.trend:
            _add_test(rows, at.at(level=TREND), found.trend, "dose-trend", ("statistic", "df"))
        if endpoint.dose_trend == "slope":
            slope = dose_slope(own, measure, GROUP, doses, covariates, endpoint.factors)
            _add_test(rows, at.at(level=TREND), slope, "dose-slope", ("statistic", "df"))


def compared_values(trial: Trial, data: EndpointData) -> pd.DataFrame:
    """USUBJID, TRT01A, AVISIT, CHG or AVAL, BASE and the model's further variables: observed, or carried forward."""
    endpoint, measure = data.endpoint, data.endpoint.analysed
    after = data.records.loc[data.records["AVISIT"] != data.baseline, ["USUBJID", GROUP, "AVISIT", measure, "BASE"]]
    if endpoint.comparison_data == "locf":
        carried = locf(after.loc[after[measure].notna()], "USUBJID", "AVISIT", data.follow_up, measure)
        after = carried.merge(after[["USUBJID", GROUP, "BASE"]].drop_duplicates("USUBJID"), on="USUBJID")
    names = [*endpoint.covariates, *endpoint.factors]
    subjects = trial.adsl.loc[data.where.mask(trial.adsl), list(dict.fromkeys(["USUBJID", GROUP, *names]))].copy()
    counted, group = _counted(trial, data)
    for name in endpoint.factors:
        small = small_levels(counted[name], counted[group], endpoint.pool_below)
        subjects[name] = subjects[name].mask(subjects[name].isin(small), POOLED)
    return after.merge(subjects.drop(columns=GROUP), on="USUBJID", how="left", validate="many_to_one")


def _counted(trial: Trial, data: EndpointData) -> tuple[pd.DataFrame, str]:
    """The subjects in whom levels of a factor are counted, and the variable of their group.

    A set that the definition names counts by the treatment that the set is shown by: all assigned as planned.
    """
    wanted = data.endpoint.pool_in
    if wanted is None:
        return trial.adsl.loc[data.where.mask(trial.adsl)], GROUP
    return in_set(trial, wanted).of(trial.adsl), group_variable(trial.definition, wanted)


def small_levels(level: pd.Series, group: pd.Series, least: int) -> set[str]:
    """The levels of a factor with fewer than `least` subjects in any group."""
    counts = pd.crosstab(level, group)
    return {*counts.index[(counts < least).any(axis=1)]}


def _records(data: EndpointData, visit: str) -> Where:
    """The records that the values of a visit come from."""
    if data.endpoint.comparison_data == "observed":
        return data.record_where(visit)
    return data.record_where().eq(AVISIT=data.follow_up[: data.follow_up.index(visit) + 1])


def _with_values(endpoint: Endpoint) -> Where:
    found = Where()
    for name in (*endpoint.covariates, *endpoint.factors):
        found = found.also(name, "is not null")
    return found


def _add_test(rows: Rows, place: Place, found: TestResult, method: str, names: tuple[str, ...]) -> None:
    for name in names:
        value = getattr(found, name)
        printed = fmt_number(value, 0 if name == "df" else 2)
        rows.add(place, name, value, formatted=printed, method=method, warning=found.warning)
    rows.add(place, "p", found.p, method=method, warning=found.warning)


def _add(rows: Rows, place: Place, found: Mapping[Any, Any], decimals: int, names: tuple[str, ...]) -> None:
    values = {name: float(found[name]) for name in names}
    rows.add_all(place, values, decimals=decimals, method=METHOD, warning=_text(found["warning"]))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
