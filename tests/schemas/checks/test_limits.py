"""Results of one moment that cannot be true together, and reference limits that nobody else has."""

from __future__ import annotations

from typing import Any

import pytest

from tests.schemas.checks.measured import told

pytestmark = pytest.mark.requirement("REQ-401")


def pressures(sys: list[float], dia: list[float], **more: Any) -> list[tuple[Any, ...]]:
    """What is said of one subject's pressures, first all systolic, then all diastolic, a day each."""
    days = [f"2024-01-{n + 1:02}" for n in range(len(sys))]
    rows = 2 * len(sys)
    return told(
        "--066",
        "VS",
        USUBJID=["S"] * rows,
        TESTCD=["SYSBP"] * len(sys) + ["DIABP"] * len(dia),
        STRESN=[*sys, *dia],
        STRESC=[f"{n:g}" for n in (*sys, *dia)],
        STRESU="mmHg",
        **{"DTC": [*days, *days], "POS": "SITTING", **more},
    )


def test_diastolic_above_systolic_stands_at_the_odd_one() -> None:
    usual = [120.0, 124, 118, 122], [80.0, 82, 78, 80]
    assert pressures(*usual) == []
    assert [row[:2] for row in pressures([120, 124, 62, 122], usual[1])] == [(2, "62")]
    assert [row[:2] for row in pressures(usual[0], [80, 130, 78, 80])] == [(5, "130")]


def test_pressures_of_other_moments_positions_and_repeats_are_not_compared() -> None:
    assert pressures([100.0], [110.0], DTC=["2024-01-01", "2024-01-02"]) == []
    assert pressures([100.0], [110.0], POS=["SITTING", "STANDING"]) == []
    assert pressures([100.0, 150], [90.0, 120], DTC="2024-01-01") == []
    assert len(pressures([100.0, 150], [90.0, 151], DTC="2024-01-01")) == 1


def test_a_healed_wound_has_no_area() -> None:
    wound: dict[str, Any] = {"USUBJID": ["S"] * 4, "OBJ": "ULCER", "LOC": ["TOE", "TOE", "HEEL", "HEEL"]}
    wound |= {"TESTCD": ["AREA", "HEALED"] * 2, "DTC": "2024-01-01", "STRESU": ["cm2", None] * 2}
    found = told("--066", "FA", STRESC=["0.4", "Y", "0", "Y"], STRESN=[0.4, None, 0, None], **wound)
    assert [row[:2] for row in found] == [(0, "0.4")]
    assert told("--066", "FA", STRESC=["0.4", "N", "0", "Y"], STRESN=[0.4, None, 0, None], **wound) == []


def test_a_part_is_within_its_whole_but_for_what_assays_differ() -> None:
    blood: dict[str, Any] = {
        "USUBJID": ["S", "S"],
        "TESTCD": ["BILDIR", "BILI"],
        "DTC": "2024-01-01",
        "STRESU": "umol/L",
    }
    assert len(told("PL-022", STRESC=["12", "9"], STRESN=[12, 9], **blood)) == 1
    assert told("PL-022", STRESC=["9.2", "9"], STRESN=[9.2, 9], **blood) == []
    assert told("PL-022", STRESC=["12", "9"], STRESN=[12, 9], **{**blood, "STRESU": ["umol/L", "mg/dL"]}) == []


def ranges(lows: list[float], highs: list[float], **more: Any) -> list[tuple[Any, ...]]:
    """What is said of the limits of eight subjects with three records each, the last subject's given."""
    subjects = [f"S{n // 3}" for n in range(24)]
    usual = 24 - len(lows)
    return told(
        "PL-023",
        USUBJID=subjects,
        TESTCD="ALT",
        STRESN=20.0,
        STRESU="U/L",
        STNRLO=[5.0] * usual + lows,
        STNRHI=[40.0] * usual + highs,
        **more,
    )


def test_limits_that_nobody_else_has() -> None:
    assert ranges([5, 5, 5], [40, 35, 40]) == [(22, "35", "5 to 40")]
    assert ranges([5, 7, 5], [40, 40, 40]) == [(22, "7", "5 to 40")]


def test_limits_of_sex_age_and_a_new_method_are_right() -> None:
    assert ranges([4, 4, 4], [32, 32, 32]) == []  # a woman among men
    assert ranges([4, 4, 5], [32, 32, 40]) == []  # a birthday: others have the new range
    assert ranges([4, 6, 4], [32, 35, 38]) == []  # a laboratory that changes


def test_limits_as_collected_are_the_standard_ones_in_one_unit() -> None:
    columns: dict[str, Any] = {"USUBJID": ["S1", "S2"], "TESTCD": "ALT", "ORRESU": "U/L", "STNRLO": 5.0, "STNRHI": 40.0}
    found = told("--068", ORNRLO=["5", "5.0"], ORNRHI=["45", "40"], STRESU="U/L", **columns)
    assert [row[:2] for row in found] == [(0, "40")]
    assert told("--068", ORNRLO="0.1", ORNRHI="0.7", STRESU="ukat/L", **columns) == []


def indicators(said: list[str | None], numbers: list[float]) -> list[tuple[Any, ...]]:
    subjects = [f"S{n}" for n in range(len(said))]
    return told("PL-024", USUBJID=subjects, TESTCD="ALT", STRESN=numbers, STNRLO=5.0, STNRHI=40.0, NRIND=said)


def test_an_indicator_that_is_missing() -> None:
    assert indicators(["NORMAL"] * 60 + [None], [20.0] * 61) == [(60, "", "NORMAL")]
    assert indicators([None] * 60 + ["HIGH"] * 3, [20.0] * 60 + [50.0] * 3) == []
