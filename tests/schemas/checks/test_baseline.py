"""The baseline is the last value before first dose, once a subject and test; repeats of one moment are no second."""

from __future__ import annotations

from typing import Any

import pytest

from tests.schemas.checks.measured import told

pytestmark = pytest.mark.requirement("REQ-401")


def flags(
    check: str, rows: list[tuple[str, str | None, str | None]], dosed: str = "2024-02-01", **more: Any
) -> list[int]:
    """Rows that are told of a subject's results: date, result, flag."""
    dates, results, flagged = (list(column) for column in zip(*rows, strict=True))
    dm = {"USUBJID": ["S"], "RFXSTDTC": dosed}
    found = told(check, dm=dm, USUBJID=["S"] * len(rows), TESTCD="K", DTC=dates, STRESC=results, LOBXFL=flagged, **more)
    return [line for line, _, _ in found]


EARLY = [("2024-01-10", "4", "Y"), ("2024-01-20", "5", None), ("2024-03-01", "6", None)]


def test_a_flag_on_an_earlier_record() -> None:
    assert flags("--067", EARLY) == [0]
    assert flags("--067", [("2024-01-10", "4", None), ("2024-01-20", "5", "Y"), ("2024-03-01", "6", None)]) == []


def test_what_is_no_later_value() -> None:
    # The later record has no result, was not done, is computed, of another time point, of a day that may be after.
    assert flags("--067", [EARLY[0], ("2024-01-20", None, None)]) == []
    assert flags("--067", EARLY, STAT=[None, "NOT DONE", None]) == []
    assert flags("--067", EARLY, DRVFL=[None, "Y", None]) == []
    assert flags("--067", EARLY, TPT=["PRE", "POST", "PRE"]) == []
    assert flags("--067", EARLY, NAM=["CENTRAL", "LOCAL", "CENTRAL"]) == []
    assert flags("--067", [EARLY[0], ("2024-02-01", "5", None)]) == []
    assert flags("--067", [EARLY[0], ("2024-02-01T09:00", "5", None)], dosed="2024-02-01T08:00") == []
    assert flags("--067", [EARLY[0], ("2024-02-01T07:00", "5", None)], dosed="2024-02-01T08:00") == [0]
    assert flags("--067", [EARLY[0], ("2024-01", "5", None)]) == []


def test_the_day_of_first_dose_is_before_it_where_the_test_is_planned_so() -> None:
    rows = [(f"S{n}", day) for n in range(4) for day in ("2024-01-10", "2024-02-01")]
    flagged = [None, "Y"] * 3 + ["Y", None]
    dm = {"USUBJID": [f"S{n}" for n in range(4)], "RFXSTDTC": "2024-02-01"}
    subjects, dates = (list(column) for column in zip(*rows, strict=True))
    found = told("--067", dm=dm, USUBJID=subjects, TESTCD="K", DTC=dates, STRESC="5", LOBXFL=flagged)
    assert [line for line, _, _ in found] == [6]


TWICE = [("2024-01-20", "4", "Y"), ("2024-01-20", "5", "Y")]


def test_two_baselines_and_what_only_looks_like_them() -> None:
    assert flags("--042", TWICE) == [1]
    assert flags("--042", TWICE, REPNUM=[1, 2]) == []
    assert flags("--042", TWICE, DRVFL=[None, "Y"]) == []
    assert flags("--042", [TWICE[0], ("2024-01-21", "5", "Y")], REPNUM=[1, 2]) == [1]
    assert flags("--042", TWICE, POS=["SITTING", "STANDING"]) == []


def test_a_baseline_after_dosing_by_its_time_point() -> None:
    day = [("2024-02-01", "4", "Y")]
    assert flags("--043", day, TPT=["2H POST-DOSE"]) == [0]
    assert flags("--043", day, TPT=["PRE-DOSE"]) == flags("--043", [("2024-01-31", "4", "Y")], TPT=["POST-DOSE"]) == []


def test_a_sponsors_baseline_without_a_result() -> None:
    found = told("--045", USUBJID=["S"], TESTCD="K", DTC="2024-01-01", STRESC=None, STAT="NOT DONE", BLFL="Y")
    assert [line for line, _, _ in found] == [0]
