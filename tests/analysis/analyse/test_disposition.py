"""Disposition: screened, failed, and what became of the enrolled, by column and phase."""

import pytest

from tests.analysis.analyse.safety_frames import FAILURE, SUBJECT, definition, four, frame, printed, trial
from trial_report.analysis.analyse.disposition import analyse

pytestmark = pytest.mark.requirement("REQ-301")

STOPPED = {"EOSSTT": "DISCONTINUED", "DCSREAS": "LOST TO FOLLOW-UP"}


def test_who_was_screened_failed_and_enrolled() -> None:
    found = analyse(trial(four()))
    assert printed(found, "disposition/ALL/USUBJID/-/TOTAL/SCREENED", "n") == "4"
    assert printed(found, "disposition/ALL/USUBJID/-/TOTAL/SCREEN FAILURE", "n", "pct") == "1 25.0"
    assert printed(found, "disposition/ALL/SCRFREAS/-/TOTAL/TOO ILL", "n", "pct") == "1 100.0"
    assert printed(found, "disposition/ENR/USUBJID/-/A/-", "N") == "3"
    assert printed(found, "disposition/ENR/USUBJID/-/A/COMPLETED", "n", "pct") == "3 100.0"


def test_reasons_are_counted_in_every_column_and_a_missing_one_is_said() -> None:
    adsl = frame(
        SUBJECT,
        {"USUBJID": "1", **STOPPED},
        {"USUBJID": "2", "EOSSTT": "DISCONTINUED"},
        {"USUBJID": "3", "TRT01P": "B", "TRT01A": "B"},
    )
    found = analyse(trial(adsl))
    assert printed(found, "disposition/ENR/DCSREAS/-/A/LOST TO FOLLOW-UP", "n", "pct") == "1 50.0"
    assert printed(found, "disposition/ENR/DCSREAS/-/A/Reason not recorded", "n", "pct") == "1 50.0"
    assert printed(found, "disposition/ENR/DCSREAS/-/B/LOST TO FOLLOW-UP", "n", "pct") == "0 0.0"


def test_the_rows_of_a_phase_are_there_for_groups_without_subjects_in_it() -> None:
    found = analyse(trial(four()))
    assert printed(found, "disposition.phase/ENR/USUBJID/-/A/TWO", "N") == "1"
    assert printed(found, "disposition.phase/ENR/USUBJID/-/A/TWO|TREATED", "n", "pct") == "1 100.0"
    assert printed(found, "disposition.phase/ENR/USUBJID/-/B/TWO|TREATED", "n", "pct") == "0 –"


def test_sites_are_rows() -> None:
    adsl = frame(SUBJECT, {"USUBJID": "1"}, {"USUBJID": "2", "SITEID": "02"}, {"USUBJID": "3", **FAILURE})
    found = analyse(trial(adsl))
    assert printed(found, "disposition.site/ENR/SITEID/-/TOTAL/02", "n", "pct") == "1 50.0"


def test_with_nobody_the_rows_are_zero() -> None:
    found = analyse(trial(four().iloc[:0]))
    assert printed(found, "disposition/ALL/USUBJID/-/TOTAL/SCREENED", "n", "pct") == "0 –"
    assert printed(found, "disposition/ENR/USUBJID/-/TOTAL/COMPLETED", "n") == "0"


def test_ends_are_compared_over_the_groups_where_asked_for() -> None:
    """3 of 4 completed against 1 of 4: p = 0.4857 (Fisher 1935; Agresti, Categorical Data Analysis, section 3.5)."""
    stopped = {"EOSSTT": "DISCONTINUED", "DCSREAS": "ADVERSE EVENT"}
    adsl = frame(
        SUBJECT,
        *(
            {"USUBJID": str(n), "TRT01P": "A" if n <= 4 else "B", **({} if n in (1, 2, 3, 8) else stopped)}
            for n in range(1, 9)
        ),
    )
    found = analyse(trial(adsl, study=definition(disposition={"tests": True}))).set_index("key")["value"]
    for place in ("USUBJID/-/TOTAL/COMPLETED", "DCSREAS/-/TOTAL/ADVERSE EVENT"):
        assert found[f"disposition.test/ENR/{place}/p"] == pytest.approx(17 / 35, abs=1e-12)
    assert not analyse(trial(adsl))["analysis"].eq("disposition.test").any()
