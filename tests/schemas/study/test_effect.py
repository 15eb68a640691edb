"""A key that would change nothing is a fault or a warning with its place, and says what to do; none is ignored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.analysis.analyse.efficacy_frames import STUDY, definition
from trial_report.schemas.study import load_study
from trial_report.schemas.study.effect import USES, idle_settings, said
from trial_report.schemas.study.example import SMALLEST
from trial_report.schemas.study.load import settings_without_effect
from trial_report.schemas.study.measures import Characteristic

pytestmark = pytest.mark.requirement("REQ-201")

COMPARED = {"comparison": "ancova", "control": "A"}
BINARY: dict[str, Any] = {"kind": "binary", "responder": None}
RATED = {**BINARY, "comparison": "proportions", "control": "A"}
LAB = {"paramcd": "ALT", "label": "ALT", "domain": "LB", "testcd": "ALT", "category": "C"}
ONE = {"treatment": {"groups": STUDY["treatment"]["groups"][:1]}}
AGE = {"variable": "AGE", "label": "Age", "kind": "continuous"}
EVERY = [*STUDY["characteristics"], AGE]


def faults(endpoint: dict[str, Any], **changes: Any) -> str:
    with pytest.raises(ValueError, match="no effect") as caught:
        definition(endpoint, **changes)
    return str(caught.value)


@pytest.mark.parametrize(
    ("endpoint", "key"),
    [
        ({"control": "A"}, "control"),
        ({"pairs": "all"}, "pairs"),
        ({**COMPARED, "pairs": "all"}, "pairs"),
        ({"within_groups": True}, "within_groups"),
        ({**COMPARED, "measure": "value", "within_groups": True}, "within_groups"),
        ({"covariates": ["AGE"]}, "covariates"),
        ({**RATED, "covariates": ["AGE"]}, "covariates"),
        ({"dose_trend": True}, "dose_trend"),
        ({**RATED, "dose_trend": "slope"}, "dose_trend"),
        ({"factors": ["SEX"]}, "factors"),
        ({"comparison_data": "locf"}, "comparison_data"),
        ({**RATED, "comparison_data": "locf"}, "comparison_data"),
        ({**BINARY, "missing": ["locf"]}, "missing"),
        ({**BINARY, "waterfall": "V2"}, "waterfall"),
        ({**RATED, "dose_response": "kruskal_wallis"}, "dose_response"),
    ],
)
def test_an_endpoint_has_no_idle_key(endpoint: dict[str, Any], key: str) -> None:
    found = faults(endpoint, characteristics=EVERY)
    assert f"endpoints.SCORE.{key}: no effect: " in found
    assert found.count("no effect") == 1


@pytest.mark.parametrize(
    "endpoint",
    [
        {**COMPARED, "covariates": ["AGE"], "factors": ["SEX"], "pool_below": 2, "comparison_data": "locf"},
        {**COMPARED, "within_groups": True, "test": "wilcoxon_signed_rank", "other_tests": ["paired_t"]},
        {**COMPARED, "dose_trend": True, "dose_response": "kruskal_wallis", "missing": ["tipping_point"]},
        {**RATED, "factors": ["SEX"], "pool_below": 2, "measure": "value"},
        {"measure": "value", "test": "wilcoxon_signed_rank", "missing": ["locf"]},
        {"measure": "value", "baseline_covariate": True, "missing": ["mi"]},
        {"levels": {1: "One", 2: "Two"}, "factors": ["SEX"], "comparison_data": "locf"},
        {"test": "paired_t", "baseline_covariate": None, "pairs": "control", "dose_response": "kruskal_wallis"},
    ],
)
def test_a_key_with_an_effect_is_none(endpoint: dict[str, Any]) -> None:
    assert definition(endpoint, characteristics=EVERY).endpoint("SCORE").paramcd == "SCORE"


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"multiplicity": {"procedure": "holm"}, "endpoints": []}, "multiplicity.procedure"),
        ({"missing_data": {"within_groups": True}}, "missing_data.within_groups"),
        ({**ONE, "baseline": {"tests": True}}, "baseline.tests"),
        ({**ONE, "disposition": {"tests": True}}, "disposition.tests"),
        ({"shifts": {"tests": True}}, "shifts.tests"),
        ({**ONE, "adverse_events": {**STUDY["adverse_events"], "compare_with": "A"}}, "adverse_events.compare_with"),
        ({"end_of_treatment": {"days": 1}}, "end_of_treatment"),
        ({"subgroups": [{"variable": "SEX", "label": "Sex"}], "endpoints": []}, "subgroups"),
        ({"laboratory": [{**LAB, "ctcae_limits_low": [1.0]}]}, "laboratory.ALT.ctcae_limits_low"),
        ({"laboratory": [{**LAB, "ctcae": "low", "ctcae_multiples_high": [3.0]}]}, "ALT.ctcae_multiples_high"),
        ({"characteristics": [{**AGE, "levels": {"1": "One"}}]}, "characteristics.AGE.levels"),
        ({"characteristics": [{**AGE, "breaks": [65]}]}, "characteristics.AGE.breaks"),
        ({"characteristics": [{**AGE, "until": "V1"}]}, "characteristics.AGE.until"),
    ],
)
def test_a_study_has_no_idle_key(changes: dict[str, Any], place: str) -> None:
    with pytest.raises(ValueError, match="no effect") as caught:
        definition(**changes)
    assert f"{place}: no effect: " in str(caught.value)


@pytest.mark.parametrize(
    ("endpoint", "changes", "place"),
    [
        ({**COMPARED, "other_tests": ["wilcoxon_signed_rank"]}, {}, "endpoints.SCORE.other_tests"),
        ({**COMPARED, "test": "wilcoxon_signed_rank"}, {}, "endpoints.SCORE.test"),
        ({"measure": "value", "test": "wilcoxon_signed_rank"}, {}, "endpoints.SCORE.test"),
        ({**BINARY, "test": "wilcoxon_signed_rank"}, {}, "endpoints.SCORE.test"),
        ({**COMPARED, "pool_below": 3}, {}, "endpoints.SCORE.pool_below"),
        ({"baseline_covariate": False}, {}, "endpoints.SCORE.baseline_covariate"),
        ({**RATED, "baseline_covariate": True}, {}, "endpoints.SCORE.baseline_covariate"),
        ({}, {"multiplicity": {"procedure": "none", "order": [["SCORE", "V1"]]}}, "multiplicity.order"),
        ({}, {"multiplicity": {"procedure": "none", "alpha": 0.1}}, "multiplicity.alpha"),
        ({}, {"missing_data": {"imputations": 9}}, "missing_data.imputations"),
        ({}, {"endpoints": [], "inference_from": 3}, "inference_from"),
        ({"missing": ["mi"]}, {"missing_data": {"tipping_steps": 9}}, "missing_data.tipping_steps"),
    ],
)
def test_a_setting_of_what_is_not_done_is_told(endpoint: dict[str, Any], changes: dict[str, Any], place: str) -> None:
    (told,) = idle_settings(definition(*([] if "endpoints" in changes else [endpoint]), **changes))
    assert told.startswith(f"{place}: no effect: ")


def test_settings_that_are_used_are_not_told() -> None:
    asked = {"missing": ["mi", "tipping_point"], "test": "wilcoxon_signed_rank", "other_tests": ["paired_t"]}
    plan = {"imputations": 9, "seed": 2, "tipping_steps": 3, "tipping_range_sd": 1.0}
    family = {"procedure": "none", "alpha": 0.1}
    assert not list(idle_settings(definition(asked, missing_data=plan, multiplicity=family)))


def test_a_setting_that_is_told_has_its_line(tmp_path: Path) -> None:
    text = SMALLEST.replace("    control: PBO", "    control: PBO\n    test: wilcoxon_signed_rank")
    (tmp_path / "study.yml").write_text(text, encoding="utf-8")
    (found,) = settings_without_effect(tmp_path, load_study(tmp_path))
    line = text[: text.index("    test:")].count("\n") + 1
    assert (found.check, found.severity, found.variable, found.line) == (
        "STUDY-008", "warning", "endpoints.SCORE.test", line,
    )  # fmt: skip
    assert "'within_groups: true'" in found.expected


@pytest.mark.parametrize(
    ("hypothesis", "expected"),
    [
        (["SCORE", "BL"], "SCORE at BL is not tested (its visits are V1, V2)"),
        (["OTHER", "V1"], "OTHER at V1 is not tested (no groups are compared"),
    ],
)
def test_a_hypothesis_that_nothing_tests_is_told(hypothesis: list[str], expected: str) -> None:
    plan = {"procedure": "holm", "order": [["SCORE", "V1"], hypothesis]}
    (told,) = idle_settings(definition({}, {**BINARY, "paramcd": "OTHER"}, multiplicity=plan))
    assert told.startswith(f"multiplicity.order: {expected}")


def test_a_hypothesis_stands_in_the_family_once() -> None:
    with pytest.raises(ValueError, match="SCORE at V1 stands there twice"):
        definition({}, multiplicity={"procedure": "holm", "order": [["SCORE", "V1"], ["SCORE", "V1"]]})


def test_visits_of_an_endpoint_come_after_first_dose() -> None:
    for key in ("visits", "waterfall"):
        with pytest.raises(ValueError, match=f"SCORE.{key}: 'BL' is no visit after first dose"):
            definition({key: ["BL"] if key == "visits" else "BL"})


def test_every_source_says_what_it_reads() -> None:
    assert set(USES) <= set(Characteristic.model_fields)
    assert not said(Characteristic(variable="AGE", label="Age", kind="continuous", where={}), "where")
