"""What compliance is relative to, in words, for each kind of plan; a plan and a dose as they are printed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.analysis.analyse.safety_frames import SUBJECT, frame, trial
from tests.analysis.display.safety_book import book_of
from trial_report.analysis.analyse import sets
from trial_report.analysis.display.exposed import (
    compliance_label,
    compliance_reference,
    exposure_rules,
    fmt_dose,
    plan_in_words,
    risk_ends,
)
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-311")

CYCLES = [{"days": [1, 28], "cycle": {"length": 28, "days": [15, 1, 8]}}]


def planned(study: dict[str, Any], *groups: dict[str, Any], **parts: Any) -> StudyDefinition:
    """The generic study with these groups, which are named A, B, …"""
    named = [{"code": code, "label": code, "short": code, **one} for code, one in zip("ABC", groups, strict=False)]
    adverse = {**study["adverse_events"], **parts.pop("adverse_events", {})}
    return StudyDefinition.model_validate({**study, "treatment": {"groups": named}, "adverse_events": adverse, **parts})


RECORDED = "recorded, given or not; days without a record do not count"
BY_PLAN = "planned by the plan"
TO_END = "as a whole; of patients in treatment at the data cut-off, up to that day"
UNDEFINED = "calculated only where all doses are 0 (placebo), as neither a dose nor a plan is defined"


@pytest.mark.parametrize(
    ("group", "compliance", "said"),
    [
        ({"dose": 10}, "to_last_dose",
         f"the dose given in percent of the planned dose of every administration that is {RECORDED}"),
        ({"dose": 0}, "to_last_dose", f"administrations in percent of those {RECORDED}"),
        ({"dose": 10, "plan": [{"days": [1, None]}]}, "to_last_dose",
         f"the dose given in percent of the dose {BY_PLAN} up to the last day of treatment"),
        ({"plan": CYCLES}, "to_last_dose",
         f"administrations in percent of those {BY_PLAN} up to the last day of treatment"),
        ({"dose": 10, "plan": CYCLES}, "to_plan_end",
         f"the dose given in percent of the dose {BY_PLAN} {TO_END}"),
        ({}, "to_last_dose", f"{UNDEFINED}: administrations in percent of those {RECORDED}"),
    ],
)  # fmt: skip
def test_compliance_says_what_it_is_relative_to(
    study_dict: dict[str, Any], group: dict[str, Any], compliance: str, said: str
) -> None:
    definition = planned(study_dict, group, exposure={"compliance": compliance})
    assert compliance_reference(definition) == [f"Compliance: {said}."]


def test_groups_of_several_kinds_are_named(study_dict: dict[str, Any]) -> None:
    said = compliance_reference(planned(study_dict, {"dose": 10}, {"dose": 0}, {"dose": 20}))
    assert [one.partition(":")[0] for one in said] == ["Compliance (A and C)", "Compliance (B)"]


def test_the_row_of_compliance_says_whether_doses_or_administrations_are_compared(study_dict: dict[str, Any]) -> None:
    assert compliance_label(planned(study_dict, {"dose": 10}, {"dose": 0})) == "Dose given (% of planned dose)"
    assert (
        compliance_label(planned(study_dict, {"plan": CYCLES}, {"dose": 0})) == "Administrations (% of those planned)"
    )


def test_a_plan_is_told_by_period(study_dict: dict[str, Any]) -> None:
    plan = [{"days": [1, 1], "dose": 100}, {"days": [2, 28], "frequency": "BID"}, {"days": [29, None], "dose": 0.5},
            *CYCLES]  # fmt: skip
    group = planned(study_dict, {"dose": 10, "unit": "umol", "plan": plan}).groups[0]
    assert plan_in_words(group) == [
        "Day 1: 100 µmol QD",
        "Days 2 to 28: 10 µmol BID",
        "Days 29 on: 0.5 µmol QD",
        "Days 1 to 28: 10 µmol QD on days 1, 8 and 15 of each cycle of 28 days",
    ]


@pytest.mark.parametrize(
    ("dose", "text"), [(10, "10"), (0.5, "0.5"), (1500, "1,500"), (0.125, "0.125"), (None, "–"), (0, "0")]
)
def test_a_dose_keeps_its_decimals(dose: float | None, text: str) -> None:
    assert fmt_dose(dose) == text


def test_of_one_dose_nothing_is_said_of_courses_and_of_a_last_one() -> None:
    adsl = frame(SUBJECT, {}, {"USUBJID": "2"})
    once, more = (book_of(trial(adsl.assign(NADMIN=n)), sets) for n in (1, 2))
    assert not any(words in " ".join(exposure_rules(once)) for words in ("course", "last dose in DM", "added"))
    assert "Compliance: the dose given in percent of the planned dose." in exposure_rules(once)
    assert "the date of last dose in DM" in " ".join(exposure_rules(more))


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (None, "the last contact"),
        (0, "the day of the last dose, or the last contact if that is earlier"),
        (30, "30 days after the last dose, or the last contact if that is earlier"),
    ],
)
def test_the_end_of_the_time_at_risk(study_dict: dict[str, Any], days: int | None, text: str) -> None:
    assert risk_ends(planned(study_dict, {"dose": 1}, adverse_events={"emergent_days": days})) == text
