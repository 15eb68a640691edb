"""Vital signs by visit, lowest and highest."""

import pytest

from tests.analysis.analyse.safety_frames import VALUE, definition, four, frame, printed, trial
from tests.analysis.display.safety_book import book_of, table_of
from tests.outputs import outputs_in
from trial_report.analysis.analyse.vital_signs import analyse
from trial_report.analysis.display.tables import vital_signs

pytestmark = pytest.mark.requirement("REQ-310")


def test_value_change_and_extremes() -> None:
    pulse = {"PARAMCD": "PULSE", "PARCAT1": "VITAL SIGNS"}
    values = frame(
        VALUE,
        {**pulse, "AVISIT": "BL", "ABLFL": "Y", "POSTFL": "N", "AVAL": 70, "CHG": None},
        {**pulse, "AVAL": 80, "CHG": 10},
    )
    found = analyse(trial(four(), adbds=values))
    assert printed(found, "vs.value/SAF/PULSE/BL/A/-", "n", "mean", "sd") == "1 70.0 –"
    assert printed(found, "vs.change/SAF/PULSE/V1/TOTAL/-", "n", "mean") == "1 10.0"
    assert printed(found, "vs.worst/SAF/PULSE/-/A/MAX", "n", "max") == "1 80"


def test_a_study_without_vital_signs_has_no_rows() -> None:
    assert analyse(trial(four(), study=definition(vital_signs=[]))).empty


def test_the_end_of_treatment_is_a_visit_where_asked_for() -> None:
    asked = definition(end_of_treatment={"days": 2, "label": "Last"})
    pulse = {"PARAMCD": "PULSE", "PARCAT1": "VITAL SIGNS"}
    values = frame(VALUE, {**pulse, "AVAL": 80, "CHG": 10}, {**pulse, "AVAL": 90, "CHG": 20, "ANL01FL": "N"})
    one = trial(four(), adbds=values.assign(EOTFL=["N", "Y"]), study=asked)
    found = analyse(one)
    assert printed(found, "vs.value/SAF/PULSE/EOT/A/-", "n", "mean") == "1 90.0"
    assert printed(found, "vs.change/SAF/PULSE/EOT/A/-", "n", "mean") == "1 20.0"
    assert printed(found, "vs.value/SAF/PULSE/V1/A/-", "n", "mean") == "1 80.0"
    book = book_of(one)
    table = table_of(book, outputs_in(vital_signs, book), "vs.by_visit.pulse")
    assert table.rows[-1].group == "Last"
    assert table.notes[-1].startswith("Last: the last value after first dose, not later than the day of last dose or")
