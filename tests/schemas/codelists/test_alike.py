"""Texts that look alike or almost say the same."""

from __future__ import annotations

import pytest

from trial_report.schemas.codelists.alike import drawn, folded, is_near, loosened, most_like, nearest, told_apart

pytestmark = pytest.mark.requirement("REQ-401")

MICRO, MU = "\u00b5mol/L", "\u03bcmol/L"


def test_two_signs_that_look_alike_are_told_by_code_point() -> None:
    assert told_apart(MICRO, MU) == "with U+03BC (greek small letter mu), not U+00B5 (micro sign)"
    assert (
        told_apart("\u0410LT", "ALT") == "with U+0041 (latin capital letter a), not U+0410 (cyrillic capital letter a)"
    )
    assert told_apart("a  b", "a b") == "3 characters where there are 4"
    assert told_apart("ALT", "ALT") == ""
    assert told_apart("Alt", "ALT") == ""


def test_what_is_drawn_the_same_is_the_same_when_drawn() -> None:
    assert drawn(MICRO) == drawn(MU)
    assert drawn("no\u00a0break") == drawn("no break ") == "no break"
    assert drawn("zero\u200bwidth") == "zerowidth"
    assert folded("HEART\u2013ATTACK") == folded("Heart-attack")
    assert loosened("Follow-up 1") == "followup1"


@pytest.mark.parametrize(
    ("one", "other"),
    [("MAJOR", "Major"), ("MAJOR", "MAJOR "), ("FOLLOW-UP", "FOLLOW UP"), ("RELATED", "RELATD"), ("ULCER", "ULCERS")],
)
def test_a_slip_of_the_pen_is_near(one: str, other: str) -> None:
    assert is_near(one, other)
    assert is_near(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Y", "N"),
        ("W4", "W8"),
        ("VISIT 1", "VISIT 2"),
        ("GRADE 1", "GRADE 12"),
        ("LEFT", "RIGHT"),
        ("A", "A"),
        ("-", "+"),
    ],
)
def test_another_value_is_not(one: str, other: str) -> None:
    assert not is_near(one, other)


def test_the_nearest_of_several() -> None:
    assert nearest("Possible", ["PROBABLE", "POSSIBLE"]) == "POSSIBLE"
    assert nearest("Definite", ["PROBABLE", "POSSIBLE"]) == ""


def test_the_most_like_text_is_one_that_is_like_it_at_all() -> None:
    assert most_like("PROBBABEL", ["POSSIBLE", "PROBABLE"]) == "PROBABLE"
    assert most_like("DEFINITE", ["POSSIBLE", "PROBABLE"]) == ""
    assert most_like("01-701-1015", ["01-701-1023"]) == "01-701-1023"
    assert most_like("01-701-1015", ["01-701-1023"], least=0.85) == ""
