"""Overview of adverse events: subjects count once a row, events as often as they are; nothing is zero, in words."""

import pandas as pd
import pytest

from tests.analysis.analyse.safety_frames import EVENT, SUBJECT, four, frame, printed, trial
from trial_report.analysis.analyse.adverse_events.overview import analyse

pytestmark = pytest.mark.requirement("REQ-304")

EVENTS = frame(
    EVENT,
    {"USUBJID": "1"},
    {"USUBJID": "1", "AESEQ": 2, "ATOXGRN": 3, "AESER": "Y"},
    {"USUBJID": "2", "AREL": "N", "AEACN": "DRUG WITHDRAWN"},
    {"USUBJID": "2", "AESEQ": 2, "TRTEMFL": "N", "PREFL": "Y"},
    {"USUBJID": "3", "ATOXGRN": None, "AEOUT": "FATAL"},
)


def test_each_kind_counts_subjects_and_events() -> None:
    found = analyse(trial(four(), adae=EVENTS))
    stem = "ae.overview/SAF/USUBJID/-/A"
    expected = {
        "ALL": "3 100.0 5", "BEFORE": "1 33.3 1", "EMERGENT": "3 100.0 4", "RELATED": "2 66.7 3", "SEVERE": "1 33.3 1",
        "RELATED SEVERE": "1 33.3 1", "SERIOUS": "1 33.3 1", "RELATED SERIOUS": "1 33.3 1", "WITHDRAWN": "1 33.3 1",
        "DLT": "0 0.0 0", "FATAL": "1 33.3 1",
    }  # fmt: skip
    assert {kind: printed(found, f"{stem}/{kind}", "n", "pct", "events") for kind in expected} == expected


def test_the_filter_is_the_mask() -> None:
    found = analyse(trial(four(), adae=EVENTS)).set_index("key")
    assert found.loc["ae.overview/SAF/USUBJID/-/A/FATAL/n", "filter"] == (
        "SAFFL = 'Y' AND TRTEMFL = 'Y' AND (AEOUT = 'FATAL' OR AESDTH = 'Y') AND TRT01A = 'A'"
    )


def test_no_events_at_all() -> None:
    found = analyse(trial(four()))
    assert printed(found, "ae.overview/SAF/USUBJID/-/A/EMERGENT", "n", "pct", "events") == "0 0.0 0"
    assert printed(found, "ae.overview/SAF/USUBJID/-/B/EMERGENT", "n", "pct", "events") == "0 – 0"
    assert printed(found, "ae.overview/SAF/USUBJID/-/TOTAL/-", "N") == "3"
    assert printed(found, "ae.action/SAF/AEACN/-/TOTAL/DRUG WITHDRAWN", "n") == "0"


def test_actions_and_deaths() -> None:
    adsl = frame(SUBJECT, {"USUBJID": "1", "DTHFL": "Y"}, {"USUBJID": "2"})
    events = frame(EVENT, {"AEACN": None}, {"AESEQ": 2, "AEACN": "DOSE REDUCED"})
    found = analyse(trial(adsl, adae=events))
    assert printed(found, "ae.action/SAF/AEACN/-/A/Not coded", "n", "events") == "1 1"
    assert printed(found, "ae.action/SAF/AEACN/-/A/DRUG WITHDRAWN", "n") == "0"
    assert printed(found, "ae.deaths/SAF/DTHFL/-/TOTAL/ANY", "n", "pct") == "1 50.0"


@pytest.mark.parametrize(
    ("variable", "value", "kinds"),
    [
        ("AEACN", None, {"WITHDRAWN"}),
        ("AEACN", "NOT APPLICABLE", {"WITHDRAWN"}),
        ("AESER", None, {"SERIOUS", "RELATED SERIOUS"}),
        ("ATOXGRN", None, {"SEVERE", "RELATED SEVERE"}),
    ],
)
def test_what_was_recorded_of_no_event_is_not_counted_as_none(
    variable: str, value: str | None, kinds: set[str]
) -> None:
    every = kinds_of(frame(EVENT, {"AEACN": "DOSE REDUCED"}))
    assert every - kinds_of(frame(EVENT, {"AEACN": "DOSE REDUCED", variable: value})) == kinds
    # Of no event at all, none was serious.
    assert kinds_of(frame(EVENT)) == every


def test_what_meets_a_criterion_and_was_not_called_serious_is_counted_where_there_is_any() -> None:
    fatal, hospital = {"AESER": "N", "AEOUT": "FATAL"}, {"AESER": None, "AESHOSP": "Y"}
    light, called = {"AESER": "N"}, {"AESER": "Y", "AEOUT": "FATAL"}
    events = frame(EVENT, *({"AESEQ": n, **one} for n, one in enumerate((fatal, hospital, light, called), 1)))
    adsl = frame(SUBJECT, {"USUBJID": "1"}, {"USUBJID": "2"})
    assert printed(analyse(trial(adsl, adae=events)), "ae.overview/SAF/USUBJID/-/A/UNMARKED", "n", "events") == "1 2"
    assert "UNMARKED" not in kinds_of(frame(EVENT, light, {"AESEQ": 2, **called}))


def kinds_of(events: pd.DataFrame) -> set[str]:
    found = analyse(trial(frame(SUBJECT, {"USUBJID": "1"}, {"USUBJID": "2"}), adae=events))
    return set(found.loc[found["analysis"] == "ae.overview", "level"].dropna())
