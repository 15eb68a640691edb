"""Laboratory: by visit, shifts by range and grade, extremes, Hy's law."""

import dataclasses

import pandas as pd
import pytest

from tests.analysis.analyse.safety_frames import STUDY, VALUE, four, frame, printed, trial
from trial_report.analysis.analyse.laboratory import analyse, position
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-310")

BASE = {"AVISIT": "BL", "AVISITN": 1, "ABLFL": "Y", "POSTFL": "N", "AVAL": 10, "CHG": None, "ADY": 1}
BILI = {"PARAMCD": "BILI", "ANRHI": 20, "ATOXGRN": None, "BTOXGRN": None}


def test_value_and_change_by_visit() -> None:
    values = frame(
        VALUE,
        {"USUBJID": "1", **BASE},
        {"USUBJID": "2", **BASE, "AVAL": 20},
        {"USUBJID": "1", "AVAL": 14, "CHG": 4},
        {"USUBJID": "2", "AVAL": 18, "CHG": -2},
        {"USUBJID": "2", "AVAL": 99, "CHG": 79, "ANL01FL": "N", "REASNOT": "repeat"},
    )
    found = analyse(trial(four(), adbds=values))
    assert printed(found, "lab.value/SAF/ALT/BL/A/-", "n", "mean", "sd") == "2 15.0 7.07"
    assert printed(found, "lab.value/SAF/ALT/V1/A/-", "n", "mean", "min", "max") == "2 16.0 14 18"
    assert printed(found, "lab.change/SAF/ALT/V1/A/-", "n", "mean", "sd") == "2 1.0 4.24"
    assert printed(found, "lab.change/SAF/ALT/V1/B/-", "n", "mean") == "0 –"
    assert not found["key"].str.contains("/V2/").any()  # nobody was measured there


def test_shift_to_the_worst_value_at_any_visit() -> None:
    values = frame(
        VALUE,
        {"USUBJID": "1", "ANRIND": "HIGH"},
        {"USUBJID": "1", "AVISIT": "V2", "ANRIND": "LOW"},
        {"USUBJID": "2", "ANRIND": "NORMAL"},
        {"USUBJID": "2", "AVISIT": None, "ANL01FL": "N", "ANRIND": "HIGH HIGH", "BNRIND": "NORMAL"},
        {"USUBJID": "3", "ANRIND": "NORMAL", "BNRIND": None},
    )
    found = analyse(trial(four(), adbds=values))
    stem = "lab.shift/SAF/ALT/-/A"
    assert printed(found, f"{stem}/-", "N") == "3"
    assert printed(found, f"{stem}/NORMAL|LOW AND HIGH", "n", "pct") == "1 33.3"
    assert printed(found, f"{stem}/NORMAL|HIGH", "n") == "1"
    assert printed(found, f"{stem}/MISSING|NORMAL", "n") == "1"
    assert printed(found, "lab.shift/SAF/ALT/-/B/NORMAL|HIGH", "n", "pct") == "0 –"


def test_shift_by_grade_takes_the_highest() -> None:
    values = frame(
        VALUE,
        {"USUBJID": "1", "ATOXGRN": 1},
        {"USUBJID": "1", "AVISIT": "V2", "ATOXGRN": 3},
        {"USUBJID": "2", "ATOXGRN": 0, "BTOXGRN": None},
    )
    found = analyse(trial(four(), adbds=values))
    assert printed(found, "lab.grade/SAF/ALT/-/TOTAL/0|3", "n", "pct") == "1 50.0"
    assert printed(found, "lab.grade/SAF/ALT/-/TOTAL/MISSING|0", "n", "pct") == "1 50.0"


def test_lowest_and_highest_value_of_a_subject() -> None:
    values = frame(VALUE, {"AVAL": 20}, {"AVISIT": "V2", "AVAL": 8}, {"USUBJID": "2", "AVAL": 12})
    found = analyse(trial(four(), adbds=values))
    assert printed(found, "lab.worst/SAF/ALT/-/A/MIN", "n", "mean", "min", "max") == "2 10.0 8 12"
    assert printed(found, "lab.worst/SAF/ALT/-/A/MAX", "n", "mean", "min", "max") == "2 16.0 12 20"


def test_multiples_of_the_upper_limit_and_hys_law() -> None:
    values = frame(
        VALUE,
        {"USUBJID": "1", "AVAL": 121},  # 40 is the limit: above three times
        {"USUBJID": "1", **BILI, "AVAL": 41},  # 20 is the limit: above twice
        {"USUBJID": "2", "AVAL": 120},  # not above
        {"USUBJID": "3", **BILI, "AVAL": 41},
    )
    found = analyse(trial(four(), adbds=values))
    assert printed(found, "lab.hy/SAF/ALT/-/A/3", "n", "pct") == "1 50.0"
    assert printed(found, "lab.hy/SAF/HY/-/A/-", "N") == "3"
    assert printed(found, "lab.hy/SAF/HY/-/A/BILIRUBIN", "n") == "2"
    assert printed(found, "lab.hy/SAF/HY/-/A/BOTH", "n", "pct") == "1 33.3"


def test_who_has_alkaline_phosphatase_alone_is_not_examined_for_hys_law() -> None:
    laboratory = [*STUDY["laboratory"], {**STUDY["laboratory"][1], "paramcd": "ALP", "testcd": "ALP", "hy": "alp"}]
    study = StudyDefinition.model_validate({**STUDY, "laboratory": laboratory})
    values = frame(VALUE, {"USUBJID": "1", "AVAL": 121}, {"USUBJID": "2", "PARAMCD": "ALP", "AVAL": 90})
    found = analyse(dataclasses.replace(trial(four(), adbds=values), definition=study))
    assert printed(found, "lab.hy/SAF/HY/-/A/-", "N") == "1"
    assert not found["key"].str.startswith("lab.hy/SAF/ALP/").any()


def test_without_values_there_are_rows_with_dashes() -> None:
    found = analyse(trial(four()))
    assert printed(found, "lab.value/SAF/ALT/BL/TOTAL/-", "n", "mean") == "0 –"
    assert printed(found, "lab.shift/SAF/ALT/-/TOTAL/NORMAL|HIGH", "n", "pct") == "0 –"
    assert printed(found, "lab.hy/SAF/HY/-/TOTAL/BOTH", "n", "pct") == "0 –"


@pytest.mark.parametrize(
    ("recorded", "expected"),
    [("LOW LOW", "LOW"), ("HIGH", "HIGH"), ("NORMAL", "NORMAL"), ("ABNORMAL", None), (None, None)],
)
def test_position_to_the_range(recorded: str | None, expected: str | None) -> None:
    found = position(pd.Series([recorded], dtype="str")).iloc[0]
    assert (None if pd.isna(found) else found) == expected
