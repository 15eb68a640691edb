"""Rates: events over patient-years with the exact Poisson interval; time to the first event."""

import pytest

from tests.analysis.analyse.safety_frames import EVENT, SUBJECT, TIME, frame, printed, trial
from trial_report.analysis.analyse.adverse_events.rates import analyse

pytestmark = pytest.mark.requirement("REQ-305")

ADSL = frame(SUBJECT, {"USUBJID": "1", "FUPDUR": 400, "RISKDUR": 366}, {"USUBJID": "2", "FUPDUR": 400, "RISKDUR": 366})
EVENTS = frame(
    EVENT,
    {"USUBJID": "1", "ASTDY": 10},
    {"USUBJID": "1", "AESEQ": 2, "ASTDY": 20},
    {"USUBJID": "1", "AESEQ": 3, "ASTDY": 5, "AEDECOD": "Cough"},
)


def test_time_at_risk_ends_with_the_first_event() -> None:
    found = analyse(trial(ADSL, adae=EVENTS)).set_index("key")
    stem = "ae.rate/SAF/AEDECOD/-/A"
    value = found["value"]
    assert value[f"{stem}/ANY/years"] == pytest.approx((5 + 366) / 365.25)
    assert value[f"{stem}/Headache/years"] == pytest.approx((10 + 366) / 365.25)
    assert value[f"{stem}/Headache/events"] == 1
    assert value[f"{stem}/EVENTS/events"] == 3
    assert value[f"{stem}/EVENTS/rate"] == pytest.approx(100 * 3 / (732 / 365.25))


def test_the_interval_is_the_exact_poisson_one() -> None:
    found = analyse(trial(ADSL, adae=EVENTS)).set_index("key")["value"]
    years = 732 / 365.25
    # Three events: 0.6187 to 8.7673 (Garwood 1936; R 4.3, poisson.test(3)).
    assert found["ae.rate/SAF/AEDECOD/-/A/EVENTS/ci_low"] == pytest.approx(61.8672 / years, rel=1e-5)
    assert found["ae.rate/SAF/AEDECOD/-/A/EVENTS/ci_high"] == pytest.approx(876.7273 / years, rel=1e-5)


def test_without_events_the_rate_is_zero_and_without_subjects_it_does_not_exist() -> None:
    found = analyse(trial(ADSL))
    assert printed(found, "ae.rate/SAF/AEDECOD/-/A/ANY", "events", "rate", "ci_low") == "0 0.0 0.0"
    assert (
        printed(found, "ae.rate/SAF/AEDECOD/-/B/ANY", "events", "years", "rate", "ci_low", "ci_high") == "0 0.0 – – –"
    )


def test_an_event_without_a_study_day_leaves_the_whole_follow_up_at_risk() -> None:
    found = analyse(trial(ADSL, adae=frame(EVENT, {"ASTDY": None}))).set_index("key")["value"]
    assert found["ae.rate/SAF/AEDECOD/-/A/ANY/years"] == pytest.approx(732 / 365.25)


def test_time_to_the_first_event() -> None:
    times = frame(TIME, {"USUBJID": "1", "AVAL": 5}, {"USUBJID": "2", "AVAL": 366, "CNSR": 1})
    found = analyse(trial(ADSL, adae=EVENTS, adtte=times))
    stem = "ae.time/SAF/TTAE/-/A"
    assert printed(found, f"{stem}/-", "N", "n", "pct", "censored") == "2 1 50.0 1"
    assert printed(found, f"{stem}/EVENT", "n", "mean", "sd") == "1 5.0 –"
    assert printed(found, "ae.time/SAF/TTAE/-/B/-", "n", "pct", "median") == "0 – –"
