"""The family of hypotheses: who belongs to it, and what is decided."""

import math

import pytest

from tests.analysis.analyse.efficacy_frames import definition
from trial_report.analysis.analyse.multiplicity import Hypothesis, decide, family

pytestmark = pytest.mark.requirement("REQ-306")

ONE, TWO = Hypothesis("SCORE", "V1"), Hypothesis("SCORE", "V2")
OTHER = Hypothesis("OTHER", "V1")


def plan(procedure, order=(), **more):
    return definition(
        {}, {"paramcd": "OTHER", "role": "secondary"}, multiplicity={"procedure": procedure, "order": order, **more}
    )


def test_without_an_order_the_primary_endpoints_visits_are_the_family():
    assert family(plan("holm"), {ONE: 0.1, TWO: 0.2, OTHER: 0.3}) == [ONE, TWO]


def test_the_order_is_the_definitions():
    study = plan("fixed_sequence", [("SCORE", "V2"), ("OTHER", "V1"), ("SCORE", "V1")])
    assert family(study, {ONE: 0.1, TWO: 0.2, OTHER: 0.3}) == [TWO, OTHER, ONE]


def test_several_groups_follow_one_another():
    known = {Hypothesis("SCORE", "V1", "A"): 0.1, Hypothesis("SCORE", "V1", "B"): 0.2}
    assert family(plan("holm", [("SCORE", "V1")]), known) == list(known)


def test_holm():
    """Holm of 0.01 and 0.04: 0.02 and 0.04."""
    found = decide(plan("holm"), {ONE: 0.01, TWO: 0.04, OTHER: 0.001})
    assert [found[h].adjusted for h in (ONE, TWO, OTHER)] == [pytest.approx(0.02), pytest.approx(0.04), None]
    assert [found[h].text for h in (ONE, TWO, OTHER)] == ["significant", "significant", "descriptive"]


def test_bonferroni_and_hochberg():
    """Bonferroni doubles 0.03; Hochberg lets both pass when the larger is at most alpha."""
    assert decide(plan("bonferroni"), {ONE: 0.03, TWO: 0.04})[ONE].text == "not significant"
    assert [d.text for d in decide(plan("hochberg"), {ONE: 0.03, TWO: 0.04}).values()] == ["significant"] * 2


def test_behind_a_failure_of_the_sequence_nothing_is_tested():
    found = decide(plan("fixed_sequence"), {ONE: 0.2, TWO: 0.001})
    assert [found[h].text for h in (ONE, TWO)] == ["not significant", "not tested"]
    assert found[TWO].adjusted == 0.2


def test_a_missing_p_value_is_not_tested():
    found = decide(plan("holm"), {ONE: math.nan, TWO: 0.04})
    assert (found[ONE].text, found[ONE].adjusted) == ("not tested", None)
    assert (found[TWO].text, found[TWO].adjusted) == ("significant", pytest.approx(0.04))


def test_a_hypothesis_that_nothing_tests_stops_the_sequence():
    found = decide(plan("fixed_sequence", [("OTHER", "V1"), ("SCORE", "V1")]), {ONE: 0.001})
    assert found[OTHER].text == "not tested"
    assert found[ONE].text == "not tested"


def test_no_p_values_at_all():
    assert decide(plan("holm"), {})[ONE].text == "not tested"


def test_a_procedure_that_nobody_laid_down_rejects_and_calls_nothing_significant():
    found = decide(plan("holm", prespecified=False), {ONE: 0.01, TWO: 0.2})
    assert [found[h].text for h in (ONE, TWO)] == ["rejected", "not rejected"]
    assert plan("holm", prespecified=False).multiplicity.name == "exploratory Holm procedure"
