"""Visits: percentages are of those expected; who had left is not expected."""

import pytest

from tests.analysis.analyse.safety_frames import VISIT, four, frame, printed, trial
from trial_report.analysis.analyse.visits import analyse

pytestmark = pytest.mark.requirement("REQ-301")


def test_visits_are_counted_by_status() -> None:
    visits = frame(
        VISIT,
        {"USUBJID": "1"},
        {"USUBJID": "2", "STATUS": "late", "INWIN": "N", "DEVDAYS": 3},
        {"USUBJID": "3", "STATUS": "missed", "DONE": "N"},
        {"USUBJID": "1", "AVISIT": "V2", "AVISITN": 3},
        {"USUBJID": "3", "AVISIT": "V2", "AVISITN": 3, "STATUS": "after discontinuation", "DONE": "N"},
    )
    found = analyse(trial(four(), advisit=visits))
    v1, v2 = "visits/SAF/STATUS/V1/A", "visits/SAF/STATUS/V2/A"
    assert printed(found, f"{v1}/expected", "n") == "3"
    assert printed(found, f"{v1}/done", "n", "pct") == "2 66.7"
    assert printed(found, f"{v1}/late", "n", "pct") == "1 33.3"
    assert printed(found, f"{v1}/missed", "n", "pct") == "1 33.3"
    assert printed(found, f"{v2}/expected", "n") == "1"
    assert printed(found, f"{v2}/after discontinuation", "n") == "1"
    assert printed(found, "visits/SAF/STATUS/ALL/TOTAL/done", "n", "pct") == "3 75.0"
    assert printed(found, "visits/SAF/STATUS/V1/B/done", "n", "pct") == "0 –"


def test_without_records_every_planned_visit_has_its_rows() -> None:
    found = analyse(trial(four()))
    assert printed(found, "visits/SAF/STATUS/BL/TOTAL/expected", "n") == "0"
    assert printed(found, "visits/SAF/STATUS/V2/A/done", "n", "pct") == "0 –"
