"""Comparison of proportions with control: of binary endpoints, and of responders where changes are compared.

Not here: proportions by visit without a comparison (`efficacy`, `responders`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from trial_report.analysis.analyse.efficacy_compared import model_variables, with_terms
from trial_report.analysis.analyse.efficacy_comparison import DIFFERENCE, control_of, pairs_of
from trial_report.analysis.analyse.efficacy_data import VALUE, EndpointData
from trial_report.analysis.analyse.groups import both
from trial_report.analysis.analyse.inference import too_few
from trial_report.analysis.analyse.multiplicity import Hypothesis
from trial_report.analysis.analyse.responders import FLAG
from trial_report.analysis.methods.proportions import NO_PATIENTS
from trial_report.analysis.methods.result import FloatArray, Interval, TestResult
from trial_report.analysis.methods.risk_difference import mantel_haenszel, newcombe
from trial_report.analysis.methods.stratified import association
from trial_report.analysis.methods.tables import fisher_exact
from trial_report.analysis.results.formatting import fmt_number
from trial_report.analysis.results.rows import Place, Rows
from trial_report.analysis.results.where import Where
from trial_report.analysis.trial import Trial
from trial_report.schemas.study.measures import Endpoint

PROPORTION, RESPONDER = "eff.proportion", "RESPONDER"
PLAIN = ("newcombe", "fisher")
STRATIFIED = ("mantel-haenszel", "cmh-proportions")

Counts = tuple[FloatArray, FloatArray]
"""Of a group, by stratum: how many have a yes, and how many have a value."""


@dataclass(frozen=True)
class Question:
    """What counts as a yes: of whom it is asked and what it means, as conditions; `level` of its rows."""

    variable: str
    yes: Where
    level: str | None

    @property
    def known(self) -> Where:
        """The records in which there is an answer."""
        return Where().also(self.variable, "is not null")


def question_of(endpoint: Endpoint) -> Question | None:
    """What is compared as a proportion of an endpoint whose groups are compared; None: nothing."""
    if endpoint.kind == "binary":
        return Question(VALUE, Where().eq(**{VALUE: 1}), None)
    if endpoint.responder is not None:
        return Question(FLAG, Where().eq(**{FLAG: "Y"}), RESPONDER)
    return None


def method_of(endpoint: Endpoint) -> tuple[str, str]:
    """The methods of the difference and of its test."""
    return STRATIFIED if endpoint.factors else PLAIN


def compare_proportions(
    rows: Rows, trial: Trial, data: EndpointData, analysis: str = PROPORTION
) -> Iterator[tuple[Hypothesis, Place, float]]:
    """Adds the rows of a comparison and gives each hypothesis of a binary endpoint with place and p (NaN: none).

    By group: n (yes), with_value, pct of those, at each tested visit. Level DIFFERENCE (group minus control, and
    DIFFERENCE|<code> minus another group where all pairs are compared): estimate, ci_low, ci_high in percentage
    points, and p. Of responders the levels are RESPONDER and RESPONDER|DIFFERENCE. Values are as observed.
    """
    endpoint = data.endpoint
    question = question_of(endpoint)
    if question is None:
        return
    for group, total in data.totals.items():
        rows.add(data.subject_place(analysis, group), "N", total, method="count")
    answered = question.known.of(data.records.loc[data.records["AVISIT"].isin(endpoint.visits)])
    answered = answered.assign(YES=question.yes.mask(answered))
    answered = answered.merge(model_variables(trial, data), on="USUBJID", how="left", validate="many_to_one")
    control = control_of(trial.definition, endpoint)
    codes = [g.code for g in trial.definition.groups]
    pairs = [(code, control) for code in codes if code != control] + pairs_of(trial.definition, endpoint)
    for visit in (v for v in data.visits if v in endpoint.visits):
        own = answered.loc[answered["AVISIT"] == visit]
        place = data.place(analysis, question.variable).at(avisit=visit, unit="%", level=question.level)
        _add_groups(rows, data, codes, own, question, place)
        strata = _by_stratum(own, data, codes)
        for group, other in pairs:
            name = DIFFERENCE if other == control else f"{DIFFERENCE}|{other}"
            where = both(data.record_where(visit), question.known).eq(**{data.treatment: (group, other)})
            at = place.at(
                group=group,
                level="|".join(filter(None, (question.level, name))),
                where=both(where, with_factors(trial, endpoint)),
            )
            p = _add_difference(rows, trial, endpoint, at, strata[group], strata[other])
            if other == control and question.level is None:
                yield Hypothesis(endpoint.paramcd, visit, group), at, p


def with_factors(trial: Trial, endpoint: Endpoint) -> Where:
    """The records of subjects in whom every factor of an endpoint is known."""
    return with_terms(trial, (), endpoint.factors)


def _add_groups(
    rows: Rows, data: EndpointData, codes: list[str], own: pd.DataFrame, question: Question, place: Place
) -> None:
    """Rows n, with_value and pct of every group."""
    found = own.groupby(data.treatment)["YES"].agg(["sum", "count"])
    for code in codes:
        n, of = (int(found[name].get(code, 0)) for name in ("sum", "count"))
        at = place.at(group=code, where=both(data.record_where(place.avisit, code), question.known))
        rows.add(at.at(where=both(at.where, question.yes), unit=None), "n", n, method="count")
        rows.add(at.at(unit=None), "with_value", of, formatted=fmt_number(of), method="observed-cases")
        why = None if of else NO_PATIENTS
        rows.add(at, "pct", 100 * n / of if of else None, method="count", warning=why)


def _by_stratum(own: pd.DataFrame, data: EndpointData, codes: list[str]) -> dict[str, Counts]:
    """Yes and values of each group in every stratum that anybody is in; one stratum where there are no factors."""
    factors = list(data.endpoint.factors)
    known = own.dropna(subset=factors)
    place = known.groupby(factors, observed=True).ngroup() if factors else pd.Series(0, index=known.index)
    found = known.assign(STRATUM=place).groupby([data.treatment, "STRATUM"])["YES"].agg(["sum", "count"])
    index = pd.MultiIndex.from_product([codes, sorted(place.unique())])
    counts = found.reindex(index, fill_value=0).to_numpy(dtype="float64").reshape(len(codes), -1, 2)
    return {code: (counts[at, :, 0], counts[at, :, 1]) for at, code in enumerate(codes)}


def _add_difference(rows: Rows, trial: Trial, endpoint: Endpoint, at: Place, one: Counts, other: Counts) -> float:
    """The rows of one difference; gives its p."""
    (x1, n1), (x2, n2) = one, other
    level = trial.definition.confidence_level
    why = too_few(trial.definition, int(n1.sum()), int(n2.sum()))
    if why:
        difference, test = Interval(level=level, warning=why), TestResult(warning=why)
    elif endpoint.factors:
        difference = mantel_haenszel(x1, n1, x2, n2, level)
        test = association(np.stack([np.stack([x1, n1 - x1], axis=1), np.stack([x2, n2 - x2], axis=1)], axis=1))
    else:
        estimate, low, high = (float(v[0]) for v in newcombe(x1, n1, x2, n2, level))
        difference = Interval(estimate, low, high, level=level)
        test = fisher_exact([[x1[0], n1[0] - x1[0]], [x2[0], n2[0] - x2[0]]])
    of_difference, of_test = method_of(endpoint)
    values = {name: 100 * getattr(difference, name) for name in ("estimate", "ci_low", "ci_high")}
    rows.add_all(at, values, decimals=0, method=of_difference, warning=difference.warning)
    rows.add(at.at(unit=None), "p", test.p, method=of_test, warning=test.warning)
    return test.p
