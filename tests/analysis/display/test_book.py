"""A book gives numbers by key, traced, and says which keys are near when there is none."""

from pathlib import Path

import pandas as pd
import pytest

from trial_report.analysis.display.book import Book, MissingResult, open_book
from trial_report.analysis.pipeline import write_build
from trial_report.analysis.results.rows import Place, Rows
from trial_report.analysis.trial import Trial
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-209")

SEX = Place("demographics", "ADSL", "SAF", variable="SEX", group="LOW")


@pytest.fixture
def small(definition: StudyDefinition) -> Book:
    rows = Rows()
    rows.count(SEX.at(level="F"), 1, 3)
    rows.count(SEX.at(level="M"), 0, 3)
    rows.add(SEX.at(variable="AGE"), "sd", None, warning="one value")
    empty: dict[str, pd.DataFrame] = {}
    return Book(definition, empty, empty, rows.frame().set_index("key"), pd.DataFrame(), Path(), {})


def test_a_cell_traces_each_of_its_numbers(small: Book) -> None:
    stem = "demographics/SAF/SEX/-/LOW/F"
    cell = small.ask("demographics", "SAF", "SEX", group="LOW", level="F").count_cell()
    assert cell.text == "1 (33.3)"
    assert cell.pieces() == (("1", (f"{stem}/n",)), (" (", ()), ("33.3", (f"{stem}/pct",)), (")", ()))


def test_zero_stands_alone(small: Book) -> None:
    assert small.ask("demographics", "SAF", "SEX", group="LOW", level="M").count_cell().text == "0"


def test_what_does_not_exist_is_a_dash(small: Book) -> None:
    assert small.value("demographics/SAF/AGE/-/LOW/-/sd") is None
    assert small.cell("demographics/SAF/AGE/-/LOW/-/sd").text == "–"


def test_a_number_without_a_row_is_an_error_that_names_near_keys(small: Book) -> None:
    with pytest.raises(MissingResult, match=r"no results row .*near to it: demographics/SAF/SEX/-/LOW/F/n"):
        small.cell("demographics/SAF/SEX/-/LOW/F/N")


def test_a_form_needs_a_place_for_each_key(small: Book) -> None:
    with pytest.raises(ValueError, match="not one place for each of 1 keys"):
        small.cell("demographics/SAF/SEX/-/LOW/F/n", form="{} of {}")


def test_a_build_reads_back_as_it_was_written(exemplar: Trial, results: pd.DataFrame, tmp_path: Path) -> None:
    write_build(exemplar, results, tmp_path)
    book = open_book(tmp_path)
    assert book.definition == exemplar.definition
    pd.testing.assert_frame_equal(book.results.reset_index(), results)
    assert set(book.datasets) == set(exemplar.datasets)
    for name, frame in exemplar.datasets.items():
        pd.testing.assert_frame_equal(book.datasets[name], frame.reset_index(drop=True))
    assert book.run["results"] == len(results)
