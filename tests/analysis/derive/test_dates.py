from collections.abc import Callable

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trial_report.analysis.derive.dates import (
    clocks,
    date_of,
    impute_end,
    impute_start,
    moment,
    span,
    study_day,
    whole_date,
)

pytestmark = pytest.mark.requirement("REQ-206")

Table = Callable[[str], pd.DataFrame]


def texts(*values: str | None) -> pd.Series:
    return pd.Series(values, dtype="str")


def dates(*values: str | None) -> pd.Series:
    return pd.Series(pd.to_datetime(list(values)), dtype="datetime64[us]")


def test_span_is_what_a_text_can_mean(table: Table) -> None:
    found = span(texts("2020-02-29", "2020-02", "2020", "2020---15", "2020-03-01T10:30", None, "-----T10:30"))
    expected = table("""
        first:d     last:d
        2020-02-29  2020-02-29
        2020-02-01  2020-02-29
        2020-01-01  2020-12-31
        2020-01-01  2020-12-31
        2020-03-01  2020-03-01
        .           .
        .           .
    """)
    pd.testing.assert_frame_equal(found, expected)


def test_whole_date_and_moment_need_what_they_say() -> None:
    given_ = texts("2020-02-29", "2020-02", "2020-03-01T10:30", "2020-03-01T10:30:05", "2020-03-01T10", None)
    assert whole_date(given_).dt.strftime("%d.%m.").fillna("-").tolist() == ["29.02.", "-", *["01.03."] * 3, "-"]
    assert moment(given_).dt.strftime("%H:%M").fillna("-").tolist() == ["-", "-", "10:30", "10:30", "-", "-"]


@pytest.mark.parametrize(
    ("start", "dose", "end", "date", "flag"),
    [
        ("2020-05-20", "2020-05-10", None, "2020-05-20", None),
        ("2020-05", "2020-05-10", None, "2020-05-10", "D"),  # the month holds the first dose
        ("2020-06", "2020-05-10", None, "2020-06-01", "D"),
        ("2020-04", "2020-05-10", None, "2020-04-01", "D"),
        ("2020", "2020-05-10", None, "2020-05-10", "M"),
        ("2020---15", "2020-05-10", None, "2020-05-10", "M"),
        ("2019", "2020-05-10", None, "2019-01-01", "M"),
        ("2020", None, None, "2020-01-01", "M"),  # never treated
        (None, "2020-05-10", None, "2020-05-10", "Y"),
        (None, None, None, None, None),
        ("2020-05", "2020-05-10", "2020-05-04", "2020-05-01", "D"),  # it ended before first dose
        ("2020-05", "2020-05-10", "2020-05-10", "2020-05-10", "D"),
        ("2020-05", "2020-05-10", "2020-05", "2020-05-10", "D"),  # it can have ended after first dose
        (None, "2020-05-10", "2020-04", None, None),
        (None, "2020-05-10", "2020-05", "2020-05-10", "Y"),
    ],
)
def test_start(start: str | None, dose: str | None, end: str | None, date: str | None, flag: str | None) -> None:
    found = impute_start(texts(start), dates(dose), texts(end))
    pd.testing.assert_frame_equal(found, pd.DataFrame({"date": dates(date), "flag": texts(flag)}))


@pytest.mark.parametrize(
    ("end", "known_until", "date", "flag"),
    [
        ("2020-05-20", "2020-05-10", "2020-05-20", None),  # a whole date is never changed
        ("2020-02", "2020-12-31", "2020-02-29", "D"),
        ("2020-02", "2020-02-10", "2020-02-10", "D"),
        ("2020-02", "2020-01-10", "2020-02-29", "D"),  # the limit lies before the month: nothing to cut at
        ("2020", "2020-06-30", "2020-06-30", "M"),
        ("2020", None, "2020-12-31", "M"),
        (None, "2020-06-30", None, None),
    ],
)
def test_end(end: str | None, known_until: str | None, date: str | None, flag: str | None) -> None:
    found = impute_end(texts(end), dates(known_until))
    pd.testing.assert_frame_equal(found, pd.DataFrame({"date": dates(date), "flag": texts(flag)}))


def test_there_is_no_study_day_0() -> None:
    found = study_day(dates("2020-01-08", "2020-01-09", "2020-01-10", "2020-01-11", None), dates(*["2020-01-10"] * 5))
    assert found.tolist() == [-2, -1, 1, 2, pd.NA]


@given(st.integers(-500, 500).filter(bool))
def test_the_date_of_a_study_day_has_that_study_day(day: int) -> None:
    reference = dates("2020-02-29")
    date = date_of(pd.Series([day], dtype="Int64"), reference)
    assert study_day(date, reference).tolist() == [day]


def test_records_of_a_day_are_ordered_by_one_kind_of_time() -> None:
    clock, utc = (pd.to_datetime(pd.Series(one)) for one in (
        ["2020-01-10T09:30", "2020-01-10T08:30", "2020-01-11T09:30", "2020-01-11T08:30", "2020-01-12T07:00"],
        ["2020-01-10T00:30", "2020-01-10T08:30", "2020-01-11T00:30", None, None],
    ))  # fmt: skip
    found = clocks(clock, utc, [clock.dt.floor("D")])
    expected = [utc[0], utc[1], pd.NaT, pd.NaT, clock[4]]  # all say their offset; one of two does; none does
    pd.testing.assert_series_equal(found, pd.Series(expected, dtype=found.dtype), check_names=False)
    assert clocks(clock, pd.Series(pd.NaT, index=clock.index), []) is clock


def test_an_interval_is_a_partial_date() -> None:
    start = impute_start(texts("2024-02-03/2024-02-09", "2024-02-03T08:00/2024-02-03T09:00"), dates("2024-02-05", None))
    assert start["date"].dt.strftime("%m-%d").tolist() == ["02-05", "02-03"]
    assert start["flag"].fillna("-").tolist() == ["D", "-"]
