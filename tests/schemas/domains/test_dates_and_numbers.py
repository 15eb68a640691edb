"""ISO 8601 dates, whole and partial, and numbers without guessing."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trial_report.schemas.domains.iso8601 import (
    bounds,
    instants,
    is_date,
    offsets,
    study_day,
    whole_days,
    wholly_before,
)
from trial_report.schemas.domains.numbers import to_number

pytestmark = pytest.mark.requirement("REQ-403")


def texts(*values: str | None) -> pd.Series:
    return pd.Series(values, dtype="str")


@pytest.mark.parametrize(
    "text",
    ["2024-02-29", "2024-02", "2024", "2003---15", "--12-15", "2024-02-01T10:30", "2024-02-01T10:30:15.5Z"]
    + ["2000-02-29", "2003-12-15T-:15", "2024-01-01T23:59:59+09:00"]
    + ["2024-02-01/2024-02-03", "2003-12-15T10:00/2003-12-15T10:30", "2024-02/2024-02-15"],
)
def test_dates_that_exist(text: str) -> None:
    assert is_date(texts(text)).all()


@pytest.mark.parametrize(
    "text",
    ["2023-02-29", "1900-02-29", "2024-13-01", "2024-00-01", "2024-1-1", "20240101", "01.02.2024", "2024-02-01T25:00"]
    + ["2024-02-01 10:00", "-", "2024-", "", "2024-02--", "12MAY2024", " 2024", "2024-06-31", "２０２４"]
    + ["2024-02-03/2024-02-01", "2024-02-01/", "/2024", "2024-01/2024-02/2024-03", "2024-02-30/2024-03-01"],
)
def test_dates_that_do_not(text: str) -> None:
    assert not is_date(texts(text)).any()


def test_missing_dates_are_not_judged() -> None:
    assert is_date(texts(None, "2024")).tolist() == [True, True]
    assert is_date(texts(None)).tolist() == [True]


def test_bounds_are_the_span_a_text_can_mean() -> None:
    spans = bounds(texts("2024-02-29", "2024-02", "2023", "2024-02-01T10:30", "--02-30", None, "2024-02-30"))
    assert spans["lower"].dt.strftime("%Y-%m-%dT%H:%M:%S").fillna("").tolist() == [
        "2024-02-29T00:00:00",
        "2024-02-01T00:00:00",
        "2023-01-01T00:00:00",
        "2024-02-01T10:30:00",
        "",
        "",
        "",
    ]
    assert spans["upper"].dt.strftime("%Y-%m-%dT%H:%M:%S").fillna("").tolist() == [
        "2024-02-29T23:59:59",
        "2024-02-29T23:59:59",
        "2023-12-31T23:59:59",
        "2024-02-01T10:30:59",
        "",
        "",
        "",
    ]


@given(st.dates(min_value=dt.date(1, 1, 1)))
def test_every_day_of_the_calendar_is_a_date_and_its_own_bounds(day: dt.date) -> None:
    series = texts(day.isoformat())
    assert is_date(series).all()
    assert bounds(series)["lower"].iloc[0] == pd.Timestamp(day).as_unit("s")


def test_study_day_has_no_day_zero() -> None:
    dates = texts("2024-01-01", "2024-01-02", "2023-12-31", "2024-01", "2024-01-05T10:00")
    reference = texts(*["2024-01-01"] * 5)
    days = study_day(whole_days(bounds(dates)), whole_days(bounds(reference)))
    assert days.tolist()[:3] == [1.0, 2.0, -1.0]
    assert days.isna().tolist() == [False, False, False, True, False]


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", 1.0), ("-1.5", -1.5), (".5", 0.5), ("+.5", 0.5), ("5.", 5.0), ("5.e3", 5000.0), ("007", 7.0)],
)
def test_numbers(text: str, value: float) -> None:
    numbers, refused = to_number(texts(text))
    assert numbers.tolist() == [value]
    assert not refused.any()


@pytest.mark.parametrize(
    "text", ["", "nan", "inf", "1,5", " 1", "1 ", "0x1", "1_0", "1e999", "５", "1e", "--1", "<1", "1.2.3"]
)
def test_what_is_not_a_number_is_refused_and_not_lost(text: str) -> None:
    numbers, refused = to_number(texts(text, "2", None))
    assert refused.tolist() == [True, False, False]
    assert numbers.isna().tolist() == [True, False, True]


def test_whole_numbers_are_exact_or_refused() -> None:
    _, refused = to_number(texts("3", "3.0", "3.5", "9007199254740993", "99999999999999999999"), whole=True)
    assert refused.tolist() == [False, False, True, True, True]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_is_read_back(value: float) -> None:
    numbers, refused = to_number(texts(repr(value)))
    assert not refused.any()
    assert numbers.iloc[0] == value


def test_an_interval_means_all_from_its_first_day_to_its_last() -> None:
    spans = bounds(texts("2024-02-01/2024-02-03", "2024-02/2024-03", "2024-03/2024-02"))
    assert spans["lower"].dt.strftime("%Y-%m-%d").fillna("").tolist() == ["2024-02-01", "2024-02-01", ""]
    assert spans["upper"].dt.strftime("%Y-%m-%d").fillna("").tolist() == ["2024-02-03", "2024-03-31", ""]
    assert whole_days(bounds(texts("2024-02-01T08:00/2024-02-01T09:00"))).notna().all()


def test_offsets_are_minutes_ahead_of_utc() -> None:
    found = offsets(texts("2024-01-11T10:00+09:00", "2024-01-11T10:00-05:30", "2024-01-11T10:00Z", "2024-01-11T10:00",
                          "2024-01-11", "2024-01-11T10:00Z/2024-01-11T11:00Z", None))  # fmt: skip
    assert found.tolist()[:3] == [540, -330, 0]
    assert found[3:].isna().all()


def test_an_instant_is_the_moment_in_utc() -> None:
    found = instants(texts("2024-01-11T10:00+09:00", "2024-01-11T01:00Z", "2024-01-10T23:00-02:00", "2024-01-11T10:00"))
    assert (found[:3] == pd.Timestamp("2024-01-11T01:00")).all()
    assert pd.isna(found[3])


@pytest.mark.parametrize(
    ("one", "other", "before"),
    [
        ("2024-01-11T10:00+09:00", "2024-01-11T01:30Z", True),  # 01:00 in UTC
        ("2024-01-11T01:30Z", "2024-01-11T10:00+09:00", False),
        ("2024-01-11T09:00", "2024-01-11T10:00", True),
        ("2024-01-11T09:00Z", "2024-01-11T10:00", False),  # which clock the second was read from is not known
        ("2024-01-10T09:00Z", "2024-01-11T10:00", True),
        ("2024-01-12T00:30+14:00", "2024-01-11T11:00Z", True),  # of the next calendar day, and yet earlier
        ("2024-01", "2024-02-01T10:00Z", True),
    ],
)
def test_what_lies_before_is_told_across_offsets(one: str, other: str, before: bool) -> None:
    assert wholly_before(texts(one), texts(other)).tolist() == [before]
