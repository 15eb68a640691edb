"""An answer gives the numbers of one question, and the cells that tables make of them."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from trial_report.analysis.display.answer import Answer
from trial_report.analysis.display.book import Book, MissingResult
from trial_report.analysis.results.rows import Place, Rows
from trial_report.declare import Analysis, Declarations
from trial_report.declare.own import OwnCode, Sources
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-209")

CHANGE = Place("eff.test", "ADBDS", "EFF", variable="CHG", paramcd="SCORE", avisit="W4", group="LOW")


@pytest.fixture
def change(definition: StudyDefinition) -> Answer:
    rows = Rows()
    numbers = {"n": 4, "pct": 40.0, "events": 6, "estimate": 1.5, "ci_low": 0.5, "ci_high": 2.5}
    rows.add_all(CHANGE, numbers, decimals=0)
    rows.add_all(CHANGE.at(group="HIGH"), {**numbers, "n": 0, "ci_low": None, "ci_high": None}, decimals=0)
    rows.add_all(CHANGE.at(level="NONE"), dict.fromkeys(numbers), decimals=0)
    empty: dict[str, pd.DataFrame] = {}
    book = Book(definition, empty, empty, rows.frame().set_index("key"), pd.DataFrame(), Path(), {})
    return book.ask("eff.test", "EFF", "SCORE", "W4", group="LOW")


def test_it_gives_a_statistic_raw_and_as_printed_with_its_key(change: Answer) -> None:
    assert (change.value("estimate"), change.text("estimate")) == (1.5, "1.5")
    assert change.keys("n", "pct") == ("eff.test/EFF/SCORE/W4/LOW/-/n", "eff.test/EFF/SCORE/W4/LOW/-/pct")
    assert change.row("n")["dataset"] == "ADBDS"


def test_it_goes_on_to_another_group_or_level(change: Answer) -> None:
    assert change.at(group="HIGH").value("n") == 0
    assert change.at(group="HIGH").at(group="LOW") == change


def test_known_is_a_row_whose_value_exists(change: Answer) -> None:
    nobody = change.at(level="NONE")
    assert [nobody.has("n"), nobody.known("n"), change.known("n")] == [True, False, True]
    assert [change.has("median"), change.known("median")] == [False, False]


def test_what_has_no_row_is_an_error(change: Answer) -> None:
    with pytest.raises(MissingResult, match=r"near to it: eff\.test/EFF/SCORE/W4/LOW/-/"):
        change.text("median")


def test_an_analysis_that_there_is_not_is_an_error_that_names_the_nearest(change: Answer) -> None:
    with pytest.raises(MissingResult, match=r"there is no analysis 'eff\.tset'; near to it: eff\.test"):
        change.at(analysis="eff.tset")


def test_an_analysis_without_results_in_this_study_has_none(change: Answer) -> None:
    assert not change.at(analysis="eff.missing").has("n")
    assert not change.at(analysis="eff.further.OTHER").has("n")


def test_an_analysis_of_the_study_itself_may_be_asked_for_before_it_has_results(change: Answer) -> None:
    declared = Declarations(analyses=[Analysis(function=print, ids=("fatigue",))])
    book = replace(change.book, own=OwnCode(Sources({}), declared))
    assert not book.ask("fatigue", "EFF").has("n")
    with pytest.raises(MissingResult, match="near to it: fatigue"):
        book.ask("fatige", "EFF")


def test_cells_leave_out_what_does_not_exist(change: Answer) -> None:
    zero, nobody = change.at(group="HIGH"), change.at(level="NONE")
    assert [one.count_cell().text for one in (change, zero, nobody)] == ["4 (40.0)", "0", "–"]
    assert [one.events_cell().text for one in (change, zero)] == ["4 (40.0) [6]", "0"]
    assert [one.interval_cell().text for one in (change, zero)] == ["0.5 to 2.5", "–"]
    assert [one.estimate_cell().text for one in (change, zero, nobody)] == ["1.5 (0.5 to 2.5)", "1.5 (–)", "–"]
    assert [one.together("estimate", "n", form="{} of {}").text for one in (change, nobody)] == ["1.5 of 4", "–"]
    assert change.interval_cell().keys == change.keys("ci_low", "ci_high")
