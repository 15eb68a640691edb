"""Values that are ten times too large, or in another unit, are told by place; true extremes are not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.schemas.checks.measured import told
from trial_report.schemas.codelists.conversion import conversions

pytestmark = pytest.mark.requirement("REQ-401")


def series(middle: float, spread: float, change: dict[int, float], **more: Any) -> list[tuple[Any, ...]]:
    """What is said of 15 subjects with five values each, drawn about middles of their own, after some were changed."""
    draw = np.random.default_rng(1)
    own = middle * np.exp(spread * draw.normal(size=15))
    values = np.round(np.repeat(own, 5) * np.exp(0.3 * spread * draw.normal(size=75)), 2)
    for place, value in change.items():
        values[place] = value
    subjects = [f"S{n}" for n in np.repeat(np.arange(15), 5)]
    found = told("PL-020", USUBJID=subjects, STRESN=list(values), **more)
    return [(line, expected.partition("; ")[2]) for line, _, expected in found]


@pytest.mark.parametrize(
    ("test", "unit", "middle", "spread", "value", "words"),
    [
        ("CREAT", "umol/L", 80, 0.15, 800, "800 is 10 times too large"),
        ("HGB", "g/L", 140, 0.08, 14, "14 may be in g/dL"),
        ("SODIUM", "mmol/L", 140, 0.02, 1.4, "1.4 is 100 times too small"),
        ("GLUC", "mmol/L", 5, 0.1, 92, "92 may be in mg/dL"),
        ("WEIGHT", "kg", 75, 0.04, 165, "165 may be in LB"),
        ("TEMP", "C", 36.7, 0.005, 98.1, "98.1 may be in F"),
        ("HEIGHT", "cm", 170, 0.05, 1.7, "1.7 may be in m"),
    ],
)
def test_a_single_odd_value_is_told(
    test: str, unit: str, middle: float, spread: float, value: float, words: str
) -> None:
    assert series(middle, spread, {12: value}, TESTCD=test, STRESU=unit) == [(12, words)]


def test_a_subject_in_another_unit_is_told_once() -> None:
    found = series(170, 0.05, {n: 67 + n / 100 for n in range(10, 15)}, TESTCD="HEIGHT", STRESU="cm")
    assert [line for line, _ in found] == [10]  # the others are counted under it
    assert "may be in in" in found[0][1]


def test_true_extremes_are_not_told() -> None:
    liver = {"TESTCD": "ALT", "STRESU": "U/L"}
    assert series(25, 0.3, {11: 300, 12: 1000, 13: 260}, **liver) == []
    assert series(25, 0.3, {12: 250}, **liver) == []
    assert series(80, 0.15, {12: 330}, TESTCD="CREAT", STRESU="umol/L") == []
    assert series(36.7, 0.005, {12: 40.6}, TESTCD="TEMP", STRESU="C") == []
    # A test that jumps in many subjects has no wrong jump; a score without a unit no wrong magnitude.
    assert series(50, 0.2, dict.fromkeys(range(2, 75, 15), 500), TESTCD="X", STRESU="mg/L") == []
    assert series(50, 0.1, {12: 5}, TESTCD="X", STRESU=None) == []


@pytest.mark.parametrize(
    ("value", "unit", "to", "test", "expected"),
    [
        (90, "mg/dL", "mmol/L", "GLUC", 4.996),
        (1.0, "mg/dL", "umol/L", "CREAT", 88.40),
        (1.0, "mg/dL", "umol/L", "BILI", 17.10),
        (98.6, "F", "C", "", 37.0),
        (154, "LB", "kg", "", 69.85),
        (1.0, "ukat/L", "U/L", "ALT", 60.0),
    ],
)
def test_conversions_are_those_of_print(value: float, unit: str, to: str, test: str, expected: float) -> None:
    """Factors 0.0555, 88.4 and 17.1, as tables of SI units print them for glucose, creatinine and bilirubin."""
    (way,) = conversions(unit, to, test)
    assert value * way.factor + way.offset == pytest.approx(expected, rel=5e-4)


def converted(text: str, unit: str | None, number: float, **more: Any) -> list[tuple[Any, ...]]:
    plain = [f"{n}.5" for n in range(4, 24)]
    return told(
        more.pop("check", "--065"),
        USUBJID=[f"S{n}" for n in range(21)],
        TESTCD=more.pop("test", "GLUC"),
        ORRES=[*plain, text],
        ORRESU=["mmol/L"] * 20 + [unit],
        STRESC=[*plain, f"{number:g}"],
        STRESN=[*map(float, plain), number],
        STRESU="mmol/L",
    )


def test_a_known_unit_has_its_factor() -> None:
    assert converted("90", "mg/dL", 90) == [(20, "90", "about 4.996")]
    assert converted("90", "mg/dL", 5) == converted("90", "mg/dL", 4.99) == []
    assert converted("90", "drops", 90) == []  # a unit that nobody knows
    # Urea as the whole or its nitrogen.
    assert converted("30", "mg/dL", 5, test="UREA") == converted("14", "mg/dL", 5, test="UREA") == []


def test_a_unit_that_is_missing_or_changes_nothing() -> None:
    assert [row[:2] for row in converted("9", None, 9, check="--064")] == [(20, "")]
    assert [row[:2] for row in converted("9", "drops", 9, check="--064")] == [(20, "drops")]
    assert converted("9", "drops", 3, check="--064") == []
    assert converted("9", "MMOL/L", 9, check="--064") == []


def decimals(texts: list[str]) -> list[tuple[Any, ...]]:
    return told("PL-021", USUBJID=[f"S{n}" for n in range(len(texts))], TESTCD="K", ORRES=texts)


def test_decimals_are_those_of_the_test() -> None:
    tenths = [f"{n / 10:.1f}" for n in range(30, 70)]
    dropped = [text.removesuffix(".0") for text in tenths]
    assert decimals([*tenths, "4.1234"]) == [(40, "4.1234", "1 decimals, as the others")]
    assert decimals([*dropped, "4.1234"]) == [(40, "4.1234", "1 decimals, as the others")]
    assert decimals([*tenths, "4"]) == [(40, "4", "1 decimals, as the others")]
    # Zeros that an export drops, converted values of any length, and two laboratories are no fault.
    assert decimals([*dropped, "4"]) == decimals([str(round(n / 7, n % 6)) for n in range(60)]) == []
    assert decimals([*tenths, *[f"{n / 100:.2f}" for n in range(300, 340)]]) == []


def of_sites(middle: float, spread: float, change: dict[str, float], test: str, unit: str) -> list[tuple[str, str]]:
    """What is said of three sites with five subjects each, after all values of some were multiplied."""
    draw = np.random.default_rng(2)
    sites = np.repeat(["1", "2", "3"], 5)
    values = np.repeat(middle * np.exp(spread * draw.normal(size=15)), 3) * np.exp(0.05 * draw.normal(size=45))
    values *= np.array([change.get(site, 1.0) for site in np.repeat(sites, 3)])
    subjects = [f"S{n}" for n in range(15)]
    dm = {"USUBJID": subjects, "SITEID": list(sites)}
    data = {"USUBJID": list(np.repeat(subjects, 3)), "STRESN": list(values.round(2)), "TESTCD": test, "STRESU": unit}
    return [(line, expected.partition("; ")[2]) for check in ("PL-026", "PL-020")
            for line, _, expected in told(check, dm=dm, **data)]  # fmt: skip


def test_a_site_in_another_unit_is_told_once() -> None:
    ((line, words),) = of_sites(75, 0.15, {"2": 2.2046}, "WEIGHT", "kg")
    assert line == 15
    assert words.endswith("may be in LB, as all 15 values of WEIGHT, of site 2")
    ((_, words),) = of_sites(140, 0.08, {"3": 0.1}, "HGB", "g/L")
    assert "may be in g/dL" in words


def test_sites_that_differ_otherwise_are_not_told() -> None:
    assert of_sites(75, 0.15, {}, "WEIGHT", "kg") == []
    # Heavier people, a test that varies as much as the units differ, and no agreement of the others.
    assert of_sites(75, 0.15, {"2": 1.6}, "WEIGHT", "kg") == []
    assert of_sites(5, 1.2, {"2": 2.2046}, "CRP", "mg/L") == []
    assert of_sites(75, 0.15, {"2": 2.2046, "3": 0.3}, "WEIGHT", "kg") == []
