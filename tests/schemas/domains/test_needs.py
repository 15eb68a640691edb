"""Which variables the analyses of a definition need, and what they do not read at all."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.conftest import STUDY
from trial_report.analysis.read.study import expected_domains
from trial_report.schemas.domains.needs import is_read, needed, read_domains
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-403")


def definition(**changes: Any) -> StudyDefinition:
    return StudyDefinition.model_validate({**copy.deepcopy(STUDY), **changes})


def test_a_measurement_needs_its_test_its_date_and_a_result() -> None:
    study = definition()
    domain = study.endpoints[0].domain
    result = {f"{domain}TESTCD", f"{domain}DTC", *study.endpoints[0].where}
    assert set(needed(study, domain, result)) == {f"{domain}STRESN", f"{domain}STRESC"}
    assert needed(study, domain, {*result, f"{domain}STRESC"}) == {}
    assert needed(study, domain, {*result, f"{domain}STRESN"}) == {}
    missing = needed(study, domain, {*result, f"{domain}STRESN"} - {f"{domain}DTC"})
    assert set(missing) == {f"{domain}DTC"}
    assert study.endpoints[0].paramcd in missing[f"{domain}DTC"]


def test_the_variables_that_the_definition_names_are_needed() -> None:
    treatment = {**STUDY["treatment"], "planned": "ARMCD", "actual": "ARM"}
    assert needed(definition(treatment=treatment), "DM", {"USUBJID"}) == {
        "ARMCD": "treatment.planned",
        "ARM": "treatment.actual",
    }


def test_a_study_need_not_grade_its_events_but_must_say_how_it_does() -> None:
    events = {key: value for key, value in STUDY["adverse_events"].items() if key not in ("grade_variable",)}
    study = definition(adverse_events=events)
    there = {"AETERM", "AEDECOD", "AESER", "AESTDTC", "AEREL"}
    assert needed(study, "AE", there) == {}
    assert needed(study, "AE", {*there, "AESEV"}) == {"AETOXGR": "adverse_events.grade_variable"}
    named = definition(adverse_events={**events, "grade_variable": "AESEV"})
    assert needed(named, "AE", there) == {"AESEV": "adverse_events.grade_variable"}


def test_of_a_domain_that_no_analysis_names_only_identity_and_date_are_read() -> None:
    study = definition()
    assert "PE" not in read_domains(study)
    assert {"DM", "AE", "SUPPAE", study.endpoints[0].domain} <= read_domains(study)
    assert is_read(study, "AE", "AEPATT")
    assert [is_read(study, "PE", name) for name in ("USUBJID", "PESEQ", "PEDTC", "PESTRESC", "VISITNUM")] == [
        *(True, True, True, False, False)
    ]
    assert not is_read(study, "PR", "PRSTDTC")


def test_the_assessment_at_which_a_time_to_an_event_ends_is_needed() -> None:
    ended = {**STUDY["survival"][0], "censoring": {"at": "last_assessment", "domain": "RS"}}
    study = definition(survival=[ended])
    assert "RS" not in expected_domains(definition())
    assert "RS" in expected_domains(study)
    assert needed(study, "RS", {"RSSTAT"}) == {"RSDTC": "survival RFS"}
