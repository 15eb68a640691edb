"""Vital signs by visit, lowest and highest."""

import pytest

from analysis.analyse.vital_signs import analyse
from tests.analysis.analyse.safety_frames import VALUE, four, frame, printed, trial

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
    from tests.analysis.analyse.safety_frames import definition

    assert analyse(trial(four(), study=definition(vital_signs=[]))).empty
