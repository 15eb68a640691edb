"""Results as collected, as standardised text and as number agree, whatever they are written like."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from tests.schemas.checks.measured import told
from trial_report.schemas.checks.collected import loose_number

pytestmark = pytest.mark.requirement("REQ-401")

USUAL = [str(n) for n in range(20, 40)]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("9,5", 9.5),
        ("0,123", 0.123),
        ("1,234", 1234.0),
        ("1 234.5", 1234.5),
        ("12,345.6", 12345.6),
        ("36 U/L", 36.0),
        ("36.6°C", 36.6),
        (" 36", 36.0),
        ("36", None),  # a plain number
        ("5E3", None),
        ("<5", None),
        ("12/80", None),
        ("2+", None),
        ("1:40", None),
        ("2021-01-01", None),
        ("ND", None),
    ],
)
def test_numbers_in_another_writing_are_read(text: str, number: float | None) -> None:
    found = loose_number(pd.Series([text], dtype="str"))[0]
    assert found == number if number is not None else pd.isna(found)


def one_more(check: str, text: str, standard: str | None, number: float | None, **more: Any) -> list[tuple[Any, ...]]:
    """What is said of a result after twenty plain ones."""
    return told(
        check,
        USUBJID=[f"S{n}" for n in range(21)],
        TESTCD="ALT",
        ORRES=[*USUAL, text],
        STRESC=[*USUAL, standard],
        STRESN=[*map(float, USUAL), number],
        **more,
    )


def test_a_standard_result_in_another_writing() -> None:
    assert one_more("--060", "9,5", "9,5", 9.5) == [(20, "9,5", "9.5")]
    assert one_more("--060", "36 U/L", "36 U/L", None) == [(20, "36 U/L", "36")]
    assert one_more("--060", "<5", "<5", None) == one_more("--060", "ND", "ND", None) == []


def test_a_number_without_a_numeric_original() -> None:
    assert one_more("--061", "ND", "36", 36)[0][:2] == (20, "36")
    assert one_more("--061", "<5", "5", 5)[0][:2] == (20, "5")
    assert one_more("--061", ">100", "36", 36)[0][:2] == (20, "36")
    # Half the limit is imputed by the sponsor, nothing found is none, and a comma is told elsewhere.
    for text, number in (("<5", 2.5), ("Negative", 0), ("9,5", 9.5)):
        assert one_more("--061", text, str(number), number) == []


@pytest.mark.parametrize("text", ["9,5", "36 U/L", "see comment", "1/2"])
def test_an_original_that_is_no_number(text: str) -> None:
    assert [row[:2] for row in one_more("--062", text, "9.5", 9.5)] == [(20, text)]


@pytest.mark.parametrize("text", ["ND", "n/a", "?", "not done", "N.A."])
def test_a_word_for_nothing_is_no_result(text: str) -> None:
    assert [row[:2] for row in one_more("--073", text, text, None)] == [(20, text)]
    assert one_more("--062", text, text, None) == []


def test_a_number_becomes_no_word() -> None:
    assert [row[:2] for row in one_more("--063", "36", "ND", None)] == [(20, "ND")]
    assert one_more("--063", "36", "<40", None) == one_more("--063", "36", "36.0", 36) == []


@pytest.mark.parametrize("text", ["<5", "> 1000", "BLQ", "not detected", "TRACE", "below 0.5", "5.5E2"])
def test_results_that_tests_of_numbers_have(text: str) -> None:
    assert one_more("--062", text, text, None) == []


def words(originals: list[str], standards: list[str]) -> list[tuple[Any, ...]]:
    subjects = [f"S{n}" for n in range(len(originals))]
    return told("--063", "QS", USUBJID=subjects, TESTCD="Q1", ORRES=originals, STRESC=standards)


def test_words_become_the_same_words() -> None:
    assert words(["NEG"] * 9 + ["POS"] * 3, ["NEGATIVE"] * 8 + ["POSITIVE"] * 4) == [(8, "POSITIVE", "NEGATIVE")]
    assert words(["N"] * 9 + ["Y"], ["N"] * 10) == [(9, "N", "Y")]


def test_codes_and_writings_of_words_are_right() -> None:
    assert words(["MILD", "SEVERE"] * 6, ["1", "3"] * 6) == []
    assert words(["Negative", "NEGATIVE", "neg"] * 4, ["NEGATIVE"] * 12) == []
    assert words(["A", "B", "C"], ["X", "X", "Y"]) == []
