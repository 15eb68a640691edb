"""Start and end of a time to an event are said as the definition has them."""

from typing import Any

import pytest

from tests.analysis.analyse.efficacy_frames import STUDY, definition
from trial_report.analysis.display.time_to_event import rule_of

pytestmark = pytest.mark.requirement("REQ-311")

RANDOMISED = {"id": "ITT", "flag": "ITTFL", "label": "ITT", "definition": "D", "criteria": {"enrolled": True}}
CONTACT = "Without the event, censored at the last contact"


@pytest.mark.parametrize(
    ("changes", "start", "end"),
    [
        ({}, "randomisation", f"{CONTACT}."),
        ({"analysis_set": "ALL"}, "first dose", f"{CONTACT}."),
        ({"from": "enrolment", "death_is_event": False}, "enrolment", f"{CONTACT}; at death where that is earlier."),
        (
            {"censoring": {"at": "last_assessment", "domain": "RS"}},
            "randomisation",
            "the last assessment in RS from the start on, or at the start where there is none.",
        ),
        (
            {"censoring": {"at": "end_of_treatment", "days": 30}},
            "randomisation",
            "censored at 30 days after the last dose, or at the last contact where that is earlier (later events do "
            "not count; patients never treated are censored at the start).",
        ),
        ({"censoring": {"at": "data_cutoff"}}, "randomisation", "censored at the data cut-off."),
    ],
)
def test_the_rule_is_said(changes: dict[str, Any], start: str, end: str) -> None:
    endpoint = {"paramcd": "OS", "label": "OS", "analysis_set": "ITT", "event_records": {"AE": {"AEDECOD": "X"}}}
    study = definition(survival=[endpoint | changes], analysis_sets=[*STUDY["analysis_sets"], RANDOMISED])
    said = rule_of(study, study.survival[0])
    assert said.startswith(f"days from {start} (day 1) to the event, both counted. ")
    assert said.endswith(end)
