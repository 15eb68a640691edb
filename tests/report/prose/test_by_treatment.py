"""Section 9.7 says by which treatment each set is analysed, and where time starts."""

import pandas as pd
import pytest

from tests.analysis.analyse.safety_frames import SUBJECT, definition, frame, trial
from tests.analysis.display.safety_book import book_of
from tests.report.prose.test_sentences import plain
from trial_report.analysis.analyse import sets
from trial_report.report import prose
from trial_report.report.cells import kit

pytestmark = pytest.mark.requirement("REQ-311")

UNTREATED = {"USUBJID": "2", "TRT01A": None, "TRTSDT": None, "SAFFL": "N", "EVALFL": "N"}
SURVIVAL = [{"paramcd": "OS", "label": "Overall survival", "analysis_set": "ENR", "event_records": {}}]


def opened(monkeypatch: pytest.MonkeyPatch, people: pd.DataFrame) -> None:
    book = book_of(trial(people, study=definition(survival=SURVIVAL)), sets)
    monkeypatch.setattr(kit, "book", lambda: book)


def test_each_set_is_said_with_its_treatment(monkeypatch: pytest.MonkeyPatch) -> None:
    opened(monkeypatch, frame(SUBJECT, {}, UNTREATED))
    said = plain(prose.analysis_sets()).split("\n")
    assert [line.rsplit(" by ", 1)[1] for line in said] == [
        "treatment assigned.",
        "treatment received.",
        "treatment received.",
    ]


def test_start_and_end_of_a_time_are_said_and_what_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    opened(monkeypatch, frame(SUBJECT, {}))
    said = plain(prose.derivations())
    assert "Overall survival (analyzed by treatment assigned): days from randomization (day 1)" in said
    assert "Day of randomization: the protocol milestone RANDOMIZED of DS" in said
    assert "Last contact: the last whole date, up to the data cut-off, of consent" in said
    assert "never treated: the day of randomisation" not in said


def test_what_stands_for_the_first_dose_is_said_where_there_was_none(monkeypatch: pytest.MonkeyPatch) -> None:
    opened(monkeypatch, frame(SUBJECT, {}, UNTREATED))
    assert "never treated: the day of randomization stands for that of first dose" in plain(prose.derivations())
