"""What may be meant by a number as it is printed: rows of the results, with the tables that print them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from trial_report.analysis.display.book import Book
from trial_report.analysis.trial import Trial
from trial_report.command.main import run
from trial_report.evidence.trace import show
from trial_report.evidence.trace.search import normal, search

pytestmark = pytest.mark.requirement("REQ-504")

ROOT = Path(__file__).parents[3]
STUDY = ROOT / "data" / "admscc-cli"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("-1.5", "−1.5"),
        ("–1.5", "−1.5"),
        ("60.0%", "60.0"),
        (" 12 (60.0) ", "12(60.0)"),
        ("–", "–"),
        ("<0.0001", "<0.0001"),
    ],
)
def test_a_number_as_it_is_typed(typed: str, expected: str) -> None:
    assert normal(typed) == expected


def test_a_key_is_found_alone_with_its_tables(book: Book) -> None:
    key = f"sets/{book.definition.safety_set}/USUBJID/-/TOTAL/-/N"
    (found,) = search(book, key)
    assert found.key == key
    assert any(name.startswith("Table 14.1") for name in found.outputs)


def test_a_part_of_a_key_finds_every_key_that_holds_it(book: Book) -> None:
    found = search(book, f"sets/{book.definition.safety_set}/USUBJID")
    assert len(found) > 2
    assert all(one.key.startswith("sets/") for one in found)


def test_a_printed_number_finds_every_row_that_prints_it(book: Book) -> None:
    key = str(book.results.index[book.results["statistic"] == "mean"][0])
    text = book.text(key)
    found = {one.key for one in search(book, text)}
    assert key in found
    assert {book.text(one) for one in found} >= {text}
    assert search(book, "987654.321") == []


@pytest.mark.heavy
def test_from_the_command_line_down_to_the_line_of_the_file(capsys: pytest.CaptureFixture[str], book: Book) -> None:
    row = book.results.loc[(book.results["dataset"] == "ADBDS") & (book.results["value"] > 0)].iloc[0]
    assert run(["trace", str(row.name), "--study", str(STUDY)]) == 0
    said = capsys.readouterr().out
    assert str(row["filter"]).split(" AND ")[0] in said
    assert ".csv:" in said


def test_a_part_of_a_key_without_a_slash_is_found_where_nothing_is_printed_so(book: Book) -> None:
    assert all(one.key.startswith("eff.by_visit/") for one in search(book, "eff.by_visit"))
    assert search(book, "eff.by_visit")


@pytest.fixture
def analysed(book: Book, exemplar: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gives the command the exemplar as it was analysed, and its displays as they were made, for other tests."""
    monkeypatch.setattr(show, "analyse_study", lambda _, **__: (exemplar, book.results.reset_index()))
    monkeypatch.setattr(show, "book_of", lambda *_: book)


@pytest.mark.usefixtures("analysed")
def test_a_change_shows_the_line_of_its_baseline(capsys: pytest.CaptureFixture[str], book: Book) -> None:
    changes = book.results.loc[(book.results["variable"] == "CHG") & (book.results["statistic"] == "mean")]
    key = str(changes.index[changes["value"].notna()][0])
    assert run(["trace", key, "--study", str(STUDY), "--rows", "1"]) == 0
    said = capsys.readouterr().out
    assert "Baseline" in said
    assert len(set(re.findall(r"[a-z]+\.csv:\d+", said))) == 2
    # The file's heading line, the record, and its baseline.
    assert len(re.findall(r"^ +\d+: ", said, re.MULTILINE)) == 3


@pytest.mark.parametrize(
    ("dataset", "told"), [("DEFINITION", "follows from the study's definition"), ("RESULTS", "other results")]
)
@pytest.mark.usefixtures("analysed")
def test_what_comes_from_no_rows_says_so(
    dataset: str, told: str, capsys: pytest.CaptureFixture[str], book: Book
) -> None:
    key = str(book.results.index[book.results["dataset"] == dataset][0])
    assert run(["trace", key, "--study", str(STUDY)]) == 0
    assert told in capsys.readouterr().out


@pytest.mark.heavy
def test_a_number_that_nothing_prints_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["trace", "-987654.3", "--study", str(STUDY)]) == 1
    assert "no result is printed as -987654.3" in capsys.readouterr().err
