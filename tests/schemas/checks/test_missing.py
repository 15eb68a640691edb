"""What is missing is told once, where it was missed, and not where it is known or was never planned."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.schemas.checks.small import problems_of

pytestmark = pytest.mark.requirement("REQ-402")

Files = dict[str, list[dict[str, str]]]


def visits(files: Files) -> None:
    """SV of both visits of all four subjects."""
    files["sv"] = [
        {name: row[name] for name in ("STUDYID", "USUBJID", "VISITNUM", "VISIT")}
        | {"DOMAIN": "SV", "SVSTDTC": row["QSDTC"], "SVENDTC": row["QSDTC"]}
        for row in files["qs"]
    ]


def without(files: Files, *places: int) -> None:
    visits(files)
    files["qs"] = [row for place, row in enumerate(files["qs"]) if place not in places]


def missing(folder: Path, change: Callable[[Files], Any], **keys: Any) -> list[tuple[str, str, int | None, str]]:
    return [
        (p.check, p.file, p.line, p.subject) for p in problems_of(folder, change, **keys) if p.check.startswith("MI-")
    ]


def test_nothing_is_missing(tmp_path: Path) -> None:
    assert missing(tmp_path, visits) == []


def test_endpoint_missing_at_a_visit_that_was_held(tmp_path: Path) -> None:
    assert missing(tmp_path, lambda files: without(files, 3)) == [("MI-001", "sv.csv", 5, "S-2")]


def test_visit_that_was_not_held_misses_nothing(tmp_path: Path) -> None:
    def change(files: Files) -> None:
        without(files, 3)
        del files["sv"][3]

    assert missing(tmp_path, change) == []


def test_a_visit_by_telephone_lacks_nothing(tmp_path: Path) -> None:
    def change(files: Files) -> None:
        without(files, 3)
        for row in files["sv"]:
            row["SVCNTMOD"] = "IN PERSON"
        files["sv"][3]["SVCNTMOD"] = "TELEPHONE CALL"

    assert missing(tmp_path, change) == []


def test_what_was_not_done_is_known(tmp_path: Path) -> None:
    def change(files: Files) -> None:
        visits(files)
        files["qs"][3] |= dict.fromkeys(("QSORRES", "QSSTRESC", "QSSTRESN"), "")
        for row in files["qs"]:
            row |= {"QSSTAT": "", "QSREASND": ""}
        files["qs"][3] |= {"QSSTAT": "NOT DONE", "QSREASND": "refused"}

    assert missing(tmp_path, change) == []


def test_measurement_of_an_unscheduled_visit_in_the_window_serves(tmp_path: Path) -> None:
    def change(files: Files) -> None:
        visits(files)
        files["qs"][3] |= {"VISITNUM": "2.1", "VISIT": "UNSCHEDULED", "QSDTC": "2024-01-30"}

    assert missing(tmp_path, change) == []


def test_subject_without_any_endpoint_is_told_once(tmp_path: Path) -> None:
    assert missing(tmp_path, lambda files: without(files, 2, 3)) == [("MI-002", "dm.csv", 3, "S-2")]


def test_screen_failure_needs_none(tmp_path: Path) -> None:
    def change(files: Files) -> None:
        without(files, 2, 3)
        files["dm"][1] |= dict.fromkeys(("ARMCD", "ARM", "ACTARMCD", "ACTARM", "RFXSTDTC", "RFXENDTC"), "")
        files["dm"][1]["ARMNRS"] = "SCREEN FAILURE"
        del files["ex"][1]

    assert missing(tmp_path, change) == []


def test_visit_at_which_nobody_was_measured_is_told_once(tmp_path: Path) -> None:
    assert missing(tmp_path, lambda files: without(files, 1, 3, 5, 7)) == [("MI-003", "qs.csv", 1, "")]


def test_most_of_a_visit_is_one_problem(tmp_path: Path) -> None:
    assert missing(tmp_path, lambda files: without(files, 1, 3, 5)) == [("MI-001", "qs.csv", 1, "")]


def test_visit_after_the_cutoff_is_not_yet_missed(tmp_path: Path) -> None:
    study = {"data_cutoff": "2024-01-20"}
    assert missing(tmp_path, lambda files: without(files, 1, 3, 5, 7), study=study) == []
