"""Rounding half away from zero, once, and the printed form of every kind of number."""

import math
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trial_report.analysis.results.formatting import (
    MINUS,
    fmt_days,
    fmt_interval,
    fmt_number,
    fmt_p,
    in_words,
    join_words,
    p_said,
)

pytestmark = pytest.mark.requirement("REQ-210")


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (0.5, 0, "1"),
        (1.5, 0, "2"),
        (2.5, 0, "3"),  # half away from zero, not to even
        (-2.5, 0, f"{MINUS}3"),
        (2.675, 2, "2.68"),  # the float is 2.67499999999999982236431605997495353221893310546875
        (1.005, 2, "1.01"),
        (0.1 + 0.2, 1, "0.3"),
        (1.1 * 2.5, 2, "2.75"),
        (1.15 + 1.2, 1, "2.4"),  # 2.3499999999999996 in binary; 2.35 as reckoned by hand
        (-0.04, 1, "0.0"),
        (0.0, 2, "0.00"),
        (-0.0, 0, "0"),
        (12345.678, 1, "12345.7"),
        (1e22, 0, "10000000000000000000000"),
        (None, 1, "–"),
        (math.nan, 1, "–"),
        (math.inf, 1, "–"),
    ],
)
def test_number(value: float | None, decimals: int, expected: str) -> None:
    assert fmt_number(value, decimals) == expected


def test_thousands_are_separated_only_when_asked() -> None:
    assert fmt_number(50_000_000) == "50000000"
    assert fmt_number(50_000_000, thousands=True) == "50,000,000"


@given(st.decimals(min_value=-10_000, max_value=10_000, places=4), st.integers(0, 3))
def test_number_rounds_a_decimal_as_it_is_written(value: Decimal, decimals: int) -> None:
    exact = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    assert fmt_number(float(value), decimals).replace(MINUS, "-") == f"{exact + 0:f}".replace("-0.", "-0.")


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(0, 4))
def test_number_is_odd(value: float, decimals: int) -> None:
    positive, negative = fmt_number(abs(value), decimals), fmt_number(-abs(value), decimals)
    assert negative in (positive, MINUS + positive)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.04999, "0.0500"),
        (0.00005, "<0.0001"),
        (0.0001, "0.0001"),
        (0.99995, ">0.9999"),
        (1.0, ">0.9999"),
        (None, "–"),
    ],
)
def test_p_value(value: float | None, expected: str) -> None:
    assert fmt_p(value) == expected


def test_interval_of_limits_that_do_not_exist() -> None:
    assert fmt_interval("1.0", "2.0") == "1.0 to 2.0"
    assert fmt_interval("–", "–") == "–"
    assert fmt_interval("–", "2.0") == "– to 2.0"


def test_words() -> None:
    assert in_words(0) == "zero"
    assert in_words(10) == "10"
    assert join_words(["a"]) == "a"
    assert join_words(["a", "b"]) == "a and b"
    assert join_words(["a", "b", "c"]) == "a, b and c"


@pytest.mark.parametrize(("value", "expected"), [(45.0, "45"), (45.5, "45.5"), (float("nan"), "–"), (None, "–")])
def test_days(value: float | None, expected: str) -> None:
    assert fmt_days(value) == expected


@pytest.mark.parametrize(
    ("printed", "expected"),
    [("0.0123", "p = 0.0123"), ("<0.0001", "p <0.0001"), (">0.9999", "p >0.9999"), ("–", "p –")],
)
def test_p_value_in_a_sentence(printed: str, expected: str) -> None:
    assert p_said(printed) == expected
