"""Toxicity grades as recorded, beside the result and its limits."""

from __future__ import annotations

import pytest

from tests.schemas.checks.measured import told

pytestmark = pytest.mark.requirement("REQ-401")


def grades(test: str, values: list[float | None], recorded: list[str | None]) -> list[tuple[int, str, str]]:
    """What is said of grades of LIVER (5 to 40, upward at 1, 3, 5, 20 times) or CELLS (4 to 10, downward at 4 to 1)."""
    low, high = {"LIVER": (5, 40), "CELLS": (4, 10)}[test]
    texts = [None if value is None else f"{value:g}" for value in values]
    return told(
        "PL-025", USUBJID=["S"] * len(values), TESTCD=test, STRESN=values, STRESC=texts, STNRLO=low, STNRHI=high,
        TOXGR=recorded, DTC=[f"2024-01-{n + 1:02}" for n in range(len(values))],
    )  # fmt: skip


def test_a_grade_that_the_result_does_not_bear_is_told() -> None:
    # 3 times the limit is grade 1 still; 201 of 40 is above 5 times, grade 3.
    found = grades("LIVER", [30.0, 120, 201, 201, 130], ["1", "1", "1", "3", "0"])
    assert [row[:2] for row in found] == [(0, "1"), (2, "1"), (4, "0")]
    assert [row[2][:1] for row in found] == ["0", "3", "2"]


def test_a_grade_beside_it_and_what_is_not_graded_are_left_alone() -> None:
    assert grades("LIVER", [121.0, 45, 3, 30, None], ["1", "0", "1", None, "2"]) == []
    assert grades("CELLS", [3.5, 2.5, 1.5, 11], ["1", "2", "3", "1"]) == []


def test_low_values_are_graded_downward() -> None:
    assert [row[:2] for row in grades("CELLS", [1.5, 5], ["1", "1"])] == [(0, "1"), (1, "1")]
