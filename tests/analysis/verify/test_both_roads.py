"""Both computations of a statistic agree on small samples of any kind: empty, single, tied, without spread."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trial_report.analysis.methods import (
    comparison,
    escalation,
    location,
    multiplicity,
    ranks,
    rates,
    stratified,
    survival,
    tables,
)
from trial_report.analysis.methods.proportions import clopper_pearson
from trial_report.analysis.verify import categories, efficacy, exact, family, incidence
from trial_report.analysis.verify import escalation as again
from trial_report.analysis.verify import ranks as ranked
from trial_report.analysis.verify import survival as followed

pytestmark = pytest.mark.requirement("REQ-505", "REQ-307")

tenths = st.integers(-12, 12).map(lambda n: n / 10)
samples = st.lists(tenths, max_size=9)
groups = st.lists(st.lists(tenths, max_size=5), min_size=1, max_size=4)
times = st.lists(st.tuples(st.integers(0, 6), st.booleans(), st.sampled_from("abc")), max_size=12)
small = settings(max_examples=60, deadline=None)


def same(one: Sequence[float], two: Sequence[float], tolerance: float = 1e-7) -> None:
    assert [float(x) for x in one] == pytest.approx([float(x) for x in two], rel=tolerance, abs=tolerance, nan_ok=True)


@pytest.fixture(autouse=True)
def _no_warnings() -> None:
    warnings.simplefilter("error")


@small
@given(samples)
def test_of_one_sample(values: list[float]) -> None:
    x = np.array(values, float)
    t, again_t = location.one_sample_t(x), efficacy.t_test(x, 0.95)
    names = ("n", "estimate", "se", "ci_low", "ci_high", "statistic", "df", "p")
    same([getattr(t, name) for name in names], [again_t[name] for name in names])
    w, hl, g = ranks.signed_rank(x), ranks.hodges_lehmann(x), location.standardized_effect(x)
    used, zeros, statistic, p = ranked.signed_rank(x)
    same((w.used, w.zeros, w.statistic, w.p), (used, zeros, statistic, p))
    same((hl.estimate, hl.ci_low, hl.ci_high), ranked.hodges_lehmann(x, 0.95))
    if not abs(g.estimate) > 5:  # beyond, SciPy's inverse of the noncentral t loses more than the sixth digit
        same((g.estimate, g.ci_low, g.ci_high), exact.effect_size(x, 0.95), 1e-5)


@small
@given(groups)
def test_of_several_groups(data: list[list[float]]) -> None:
    found = comparison.kruskal_wallis(data)
    other = efficacy.kruskal([np.array(x) for x in data if x])
    same((found.statistic, found.df, found.p), (other["statistic"], other["df"], other["p"]))
    frame = pd.DataFrame([(i, v) for i, x in enumerate(data) for v in x], columns=["grp", "v"])
    anova = comparison.anova(data)
    if len(frame):
        same((anova.statistic, anova.p), incidence._f_test(frame))


@small
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=2, max_size=2))
def test_of_two_proportions(table: list[tuple[int, int]]) -> None:
    (a, b), (c, d) = table
    same([tables.fisher_exact(table).p], [incidence.fisher(a, a + b, c, c + d)])
    same(clopper_pearson(a, a + b), exact.clopper_pearson(a, a + b, 0.95))
    same(rates.poisson_interval(a + b), exact.poisson_limits(a + b, 0.95))


tables_of_levels = st.lists(
    st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), min_size=3, max_size=3), min_size=1, max_size=3
)


@small
@given(tables_of_levels)
def test_of_levels_in_strata(strata: list[list[list[int]]]) -> None:
    cells = np.argwhere(np.array(strata) >= 0)
    people = pd.DataFrame(cells, columns=["S", "grp", "AVAL"]).loc[lambda f: f.index.repeat(np.ravel(strata))]
    study: Any = SimpleNamespace(study=SimpleNamespace(groups=[SimpleNamespace(code=code) for code in range(3)]))
    levels = (people["AVAL"].to_numpy()[:, None] == np.arange(3)).astype(float)
    scored, associated = stratified.mean_scores_differ(strata, range(3)), stratified.association(strata)
    for found, y in ((scored, people[["AVAL"]].to_numpy(float)), (associated, levels)):
        other = categories.test_of(study, ["S"], people, y)
        same((found.statistic, found.df, found.p), (other["statistic"], other["df"], other["p"]))


@small
@given(times)
def test_of_times_to_event(rows: list[tuple[int, bool, str]]) -> None:
    time, event = np.array([t for t, _, _ in rows], float), np.array([e for _, e, _ in rows], bool)
    fit = survival.kaplan_meier(time, event)
    curve = exact.kaplan_meier(time, event, 0.95)
    found = survival.survival_at(fit, list(curve["time"]))
    for name, other in (("survival", "survival"), ("ci_low", "low"), ("ci_high", "high"), ("at_risk", "at_risk")):
        same(found[name], curve[other])
    median = exact.median_time(curve) if event.any() else (math.nan,) * 3
    same((fit.median.estimate, fit.median.ci_low, fit.median.ci_high), median)
    test, group = survival.log_rank(time, event, [g for _, _, g in rows]), np.array([g for _, _, g in rows])
    same((test.statistic, test.df, test.p), followed.log_rank(time, event, group))


@small
@given(st.lists(st.one_of(st.floats(0, 1), st.none()), max_size=6), st.sampled_from(["holm", "hochberg", "bonferroni"]))
def test_of_a_family(p_values: list[float | None], procedure: multiplicity.Procedure) -> None:
    found = multiplicity.adjust(p_values, procedure).adjusted
    other = family.adjusted([math.nan if p is None else p for p in p_values], procedure)
    same([math.nan if p is None else p for p in found], other)


@small
@given(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 4)), min_size=1, max_size=7), st.booleans())
def test_of_an_escalation_with_cohorts_of_any_size(cohorts: list[tuple[int, int]], six: bool) -> None:
    levels = ("A", "B", "C")
    design = escalation.Design(levels, again.NAMES[again.SIXTH_OF_SIX if six else again.SIXTH])
    known: list[escalation.Cohort] = []
    counts, at = tuple((0, 0) for _ in levels), 0
    for n, dlts in cohorts:
        known.append(escalation.Cohort(levels[at], n, n, min(n, dlts)))
        step = escalation.replay(known, design).steps[-1]
        before = counts[at][0]
        counts = tuple((c[0] + n, c[1] + min(n, dlts)) if i == at else c for i, c in enumerate(counts))
        asked = again.ask(counts, at, six, levels, before)
        other = None if asked.level is None else levels[asked.level]
        assert (step.decision, step.next_level, step.patients) == (asked.decision, other, asked.patients)
        if step.next_level is None:
            break
        at = levels.index(step.next_level)
