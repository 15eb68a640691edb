"""Worst grade: once a subject and row, with the highest grade of its events."""

import pytest

from tests.analysis.analyse.safety_frames import EVENT, four, frame, printed, trial
from trial_report.analysis.analyse.adverse_events.grading import analyse

pytestmark = pytest.mark.requirement("REQ-304")


def test_a_subject_counts_with_its_worst_grade() -> None:
    events = frame(
        EVENT,
        {"USUBJID": "1", "ATOXGRN": 1},
        {"USUBJID": "1", "AESEQ": 2, "ATOXGRN": 3, "AEDECOD": "Stroke"},
        {"USUBJID": "2", "ATOXGRN": 2},
        {"USUBJID": "2", "AESEQ": 2, "ATOXGRN": None},
        {"USUBJID": "3", "ATOXGRN": None},
    )
    found = analyse(trial(four(), adae=events))
    stem = "ae.grade/SAF/ATOXGRN/-/A"
    grades = ("1", "2", "3", "MISSING", "BELOW", "SEVERE")
    assert [printed(found, f"{stem}/ANY||{g}", "n") for g in grades] == ["0", "1", "1", "1", "1", "1"]
    assert [printed(found, f"{stem}/Nerves|Headache|{g}", "n") for g in grades] == ["1", "1", "0", "1", "2", "0"]
    assert [printed(found, f"{stem}/Nerves||{g}", "n") for g in grades] == ["0", "1", "1", "1", "1", "1"]


def test_without_events_every_grade_is_zero_and_no_missing_grade_is_shown() -> None:
    found = analyse(trial(four()))
    levels = found.loc[(found["group"] == "A") & (found["statistic"] == "n"), ["level", "formatted"]]
    assert levels.to_numpy().tolist() == [[f"ANY||{g}", "0"] for g in ("1", "2", "3", "BELOW", "SEVERE")]


def test_a_grade_that_the_definition_does_not_name_has_its_row() -> None:
    found = analyse(trial(four(), adae=frame(EVENT, {"ATOXGRN": 5})))
    assert printed(found, "ae.grade/SAF/ATOXGRN/-/A/ANY||5", "n", "pct") == "1 33.3"
