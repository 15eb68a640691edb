"""Tests of the change from baseline: every endpoint, tested visit and column, with the decision over the family.

Not here: adjusting for the family (`multiplicity`), and tests between groups (`efficacy_comparison`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from trial_report import declare
from trial_report.analysis.analyse.efficacy import add_totals
from trial_report.analysis.analyse.efficacy_comparison import compare
from trial_report.analysis.analyse.efficacy_data import EndpointData, endpoint_data, tested_group
from trial_report.analysis.analyse.efficacy_proportions import compare_proportions, method_of
from trial_report.analysis.analyse.inference import too_few
from trial_report.analysis.analyse.multiplicity import Decision, Hypothesis, add_family, decide, family
from trial_report.analysis.methods.location import one_sample_t, standardized_effect
from trial_report.analysis.methods.ranks import SignedRank, hodges_lehmann, signed_rank
from trial_report.analysis.methods.result import NAN, FloatArray, Interval, TestResult, numbers
from trial_report.analysis.results.formatting import fmt_number
from trial_report.analysis.results.rows import Place, Rows
from trial_report.analysis.trial import Trial
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.measures import Endpoint, TestName

TEST = "eff.test"
METHOD = {"paired_t": "t-paired", "wilcoxon_signed_rank": "signed-rank"}
ESTIMATE_METHOD = {"paired_t": "t-interval", "wilcoxon_signed_rank": "hodges-lehmann"}
HODGES_LEHMANN, EFFECT = "hodges_lehmann", "effect"


@dataclass(frozen=True)
class Deciding:
    """What the test that decides found: estimate with interval, and p; NaN where it does not exist."""

    n: int
    estimate: float
    ci_low: float
    ci_high: float
    p: float
    warning: str | None


@declare.analysis(TEST, "eff.comparison", "eff.family", "eff.proportion")
def analyse(trial: Trial) -> pd.DataFrame:
    """Rows of "eff.test", of endpoints whose change is analysed, and of comparisons with control.

    Where groups are compared, changes within them are tested only if the definition asks for that; comparisons are
    "eff.comparison" (`efficacy_comparison`) and "eff.proportion" (`efficacy_proportions`).
    Level paired_t: n, estimate, se, ci_low, ci_high, statistic, df, p. Level wilcoxon_signed_rank: n, used, zeros,
    statistic, p. Levels hodges_lehmann and effect (Hedges' g of the change): estimate, ci_low, ci_high. Without a
    level, what the definition's `test` decides: estimate, ci_low, ci_high, p, and, of a hypothesis, p_adjusted (where
    there is a procedure) and decision (a text).
    """
    rows = Rows()
    p_values: dict[Hypothesis, float] = {}
    pending: list[tuple[Place, Hypothesis, str]] = []
    for endpoint in trial.definition.endpoints:
        data = endpoint_data(trial, endpoint)
        compared = endpoint.comparison != "none"
        if endpoint.comparison == "ancova":
            for hypothesis, place, p in compare(rows, trial, data):
                p_values[hypothesis] = p
                pending.append((place, hypothesis, "ancova"))
        if compared:
            for hypothesis, place, p in compare_proportions(rows, trial, data):
                p_values[hypothesis] = p
                pending.append((place, hypothesis, method_of(endpoint)[1]))
        if not tested_within(endpoint):
            continue
        add_totals(rows, data, TEST)
        decisive = () if compared else tested_group(trial)
        for visit in (v for v in data.visits if v in endpoint.visits):
            for group in data.totals:
                place, found = _add_cell(rows, trial.definition, data, visit, group)
                if group in decisive:
                    hypothesis = Hypothesis(endpoint.paramcd, visit, group)
                    p_values[hypothesis] = found.p
                    pending.append((place, hypothesis, METHOD[endpoint.test]))
    decisions = decide(trial.definition, p_values)
    for place, hypothesis, method in pending:
        _add_decision(rows, place, decisions, hypothesis, method)
    add_family(rows, trial.definition, family(trial.definition, p_values), decisions)
    return rows.frame()


def tested_within(endpoint: Endpoint) -> bool:
    """Whether an endpoint's changes from baseline are tested within the columns."""
    asked = endpoint.comparison == "none" or endpoint.within_groups
    return endpoint.kind == "numeric" and endpoint.measure == "change" and asked


def _add_cell(
    rows: Rows, definition: StudyDefinition, data: EndpointData, visit: str, group: str
) -> tuple[Place, Deciding]:
    """All tests of one visit and column, and what decides."""
    endpoint = data.endpoint
    changes = data.values(visit, group)
    where = data.measured_where(visit, group)
    place = data.place(TEST).at(where=where, avisit=visit, group=group)
    level = definition.confidence_level
    t, w, hl = _of_mean(definition, changes), _of_ranks(definition, changes), _of_median(definition, changes)
    few = too_few(definition, t.n)
    effect = Interval(n=t.n, level=level, warning=few) if few else standardized_effect(changes, level)
    asked = (endpoint.test, *endpoint.other_tests)
    if "paired_t" in asked:
        at = place.at(level="paired_t")
        rows.add(at, "n", t.n, method="t-paired")
        _add_interval(rows, at, Interval(t.estimate, t.ci_low, t.ci_high, t.n, level, t.warning), data, "t-interval")
        rows.add(at, "se", t.se, decimals=endpoint.decimals, method="t-interval", warning=t.warning)
        for name, value, decimals in (("statistic", t.statistic, 2), ("df", t.df, 0)):
            rows.add(at.at(unit=None), name, value, formatted=fmt_number(value, decimals), method="t-paired",
                     warning=t.warning)  # fmt: skip
        rows.add(at.at(unit=None), "p", t.p, method="t-paired", warning=t.warning)
    if "wilcoxon_signed_rank" in asked:
        at = place.at(level="wilcoxon_signed_rank", unit=None)
        rows.add(at, "n", w.n, method="signed-rank")
        for name, value, decimals in (("used", w.used, 0), ("zeros", w.zeros, 0), ("statistic", w.statistic, 1)):
            rows.add(at, name, value, formatted=fmt_number(value, decimals), method="signed-rank", warning=w.warning)
        rows.add(at, "p", w.p, method="signed-rank", warning=w.warning)
        _add_interval(rows, place.at(level=HODGES_LEHMANN), hl, data, "hodges-lehmann")
    at = place.at(level=EFFECT, unit=None)
    for name, value in (("estimate", effect.estimate), ("ci_low", effect.ci_low), ("ci_high", effect.ci_high)):
        rows.add(at, name, value, formatted=fmt_number(value, 2), method="effect-hedges", warning=effect.warning)
    found = _deciding(endpoint.test, t, w, hl)
    add_deciding(rows, place, endpoint, found)
    return place, found


def deciding(definition: StudyDefinition, test: TestName, values: Iterable[float]) -> Deciding:
    """What the test of that name finds in these changes."""
    changes = numbers(values)
    if test == "paired_t":
        return _deciding(test, _of_mean(definition, changes), None, None)
    return _deciding(test, None, _of_ranks(definition, changes), _of_median(definition, changes))


def _of_mean(definition: StudyDefinition, changes: FloatArray) -> TestResult:
    known = numbers(changes)
    few = too_few(definition, known.size)
    if few:
        return TestResult(n=known.size, level=definition.confidence_level, warning=few)
    return one_sample_t(known, level=definition.confidence_level)


def _of_ranks(definition: StudyDefinition, changes: FloatArray) -> SignedRank:
    found = signed_rank(changes)
    few = too_few(definition, found.n)
    return replace(found, statistic=NAN, p=NAN, warning=few) if few else found


def _of_median(definition: StudyDefinition, changes: FloatArray) -> Interval:
    known = numbers(changes)
    few = too_few(definition, known.size)
    if few:
        return Interval(n=known.size, level=definition.confidence_level, warning=few)
    return hodges_lehmann(known, definition.confidence_level)


def _deciding(test: TestName, t: TestResult | None, w: SignedRank | None, hl: Interval | None) -> Deciding:
    if test == "paired_t" and t is not None:
        return Deciding(t.n, t.estimate, t.ci_low, t.ci_high, t.p, t.warning)
    if w is None or hl is None:
        raise ValueError(f"no result of the test '{test}'")
    return Deciding(w.n, hl.estimate, hl.ci_low, hl.ci_high, w.p, w.warning or hl.warning)


def add_deciding(rows: Rows, place: Place, endpoint: Endpoint, found: Deciding) -> None:
    """Rows estimate, ci_low, ci_high and p of what decides; of a value, whose mean is not tested, no p."""
    limits = {"estimate": found.estimate, "ci_low": found.ci_low, "ci_high": found.ci_high}
    rows.add_all(
        place, limits, decimals=endpoint.decimals, method=ESTIMATE_METHOD[endpoint.test], warning=found.warning
    )
    if endpoint.measure == "value":
        return
    why = found.warning if math.isnan(found.p) else None
    rows.add(place.at(unit=None), "p", found.p, method=METHOD[endpoint.test], warning=why)


def _add_interval(rows: Rows, place: Place, found: Interval, data: EndpointData, method: str) -> None:
    values = {"estimate": found.estimate, "ci_low": found.ci_low, "ci_high": found.ci_high}
    rows.add_all(place, values, decimals=data.endpoint.decimals, method=method, warning=found.warning)


def _add_decision(
    rows: Rows, place: Place, decisions: Mapping[Hypothesis, Decision], hypothesis: Hypothesis, method: str
) -> None:
    found = decisions[hypothesis]
    at = place.at(unit=None)
    if found.adjusts:
        rows.add(at, "p_adjusted", found.adjusted, method=found.method, warning=found.warning)
    rows.add(at, "decision", text=found.text, method=found.method or method, warning=found.warning)
