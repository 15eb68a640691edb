"""A panel lost of a visit is told once, where the others have it, and not where it is known or was not planned."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.schemas.checks.small import problems_of

pytestmark = pytest.mark.requirement("REQ-402")

Files = dict[str, list[dict[str, str]]]


def study(files: Files) -> None:
    """Eight subjects in place of four; blood pressure and a panel of two blood counts at both visits."""
    for name in ("dm", "ds", "ex", "qs"):
        files[name] += [{**row, "USUBJID": f"S-{int(row['USUBJID'][2:]) + 4}"} for row in files[name]]
    visits = [{name: row[name] for name in ("STUDYID", "USUBJID", "VISITNUM", "VISIT", "QSDTC")} for row in files["qs"]]
    shared = [{name: row[name] for name in ("STUDYID", "USUBJID", "VISITNUM", "VISIT")} for row in visits]
    files["sv"] = [
        row | {"DOMAIN": "SV", "SVSTDTC": day, "SVENDTC": day}
        for row, day in zip(shared, (visit["QSDTC"] for visit in visits), strict=True)
    ]
    files["lb"] = [
        row
        | {"DOMAIN": "LB", "LBSEQ": str(n), "LBTESTCD": test, "LBTEST": test, "LBCAT": panel, "LBDTC": visit["QSDTC"]}
        | dict.fromkeys(("LBORRES", "LBSTRESC", "LBSTRESN"), str(10 + n))
        | {"LBORRESU": "g/L", "LBSTRESU": "g/L", "LBSTAT": "", "LBREASND": ""}
        for row, visit in zip(shared, visits, strict=True)
        for n, (test, panel) in enumerate((("ALB", "CHEMISTRY"), ("PROT", "CHEMISTRY"), ("HGB", "HEMATOLOGY")))
    ]


def told(folder: Path, change: Callable[[Files], Any]) -> list[tuple[str, int | None, str, str]]:
    def changed(files: Files) -> None:
        study(files)
        change(files)

    return [(p.file, p.line, p.subject, p.expected) for p in problems_of(folder, changed) if p.check == "MI-005"]


def keep(files: Files, wanted: Callable[[dict[str, str]], bool]) -> None:
    files["lb"] = [row for row in files["lb"] if wanted(row)]


def of(row: dict[str, str], subject: str, visit: str = "", panel: str = "") -> bool:
    return row["USUBJID"] == subject and visit in ("", row["VISITNUM"]) and panel in ("", row["LBCAT"])


def test_nothing_is_missing(tmp_path: Path) -> None:
    assert told(tmp_path, lambda files: None) == []


def test_a_panel_of_a_visit(tmp_path: Path) -> None:
    found = told(tmp_path, lambda files: keep(files, lambda row: not of(row, "S-3", "2", "CHEMISTRY")))
    assert found == [("sv.csv", 7, "S-3", "records of CHEMISTRY in LB at WEEK 4")]


def test_all_that_a_visit_lacks_is_one_problem(tmp_path: Path) -> None:
    found = told(tmp_path, lambda files: keep(files, lambda row: not of(row, "S-3", "2")))
    words = "records of CHEMISTRY in LB and records of HEMATOLOGY in LB at WEEK 4"
    assert found == [("sv.csv", 7, "S-3", words)]


def test_a_panel_of_which_a_subject_has_nothing(tmp_path: Path) -> None:
    found = told(tmp_path, lambda files: keep(files, lambda row: not of(row, "S-3", "", "HEMATOLOGY")))
    assert found == [("dm.csv", 4, "S-3", "records of HEMATOLOGY in LB at any visit")]


def test_a_visit_without_sv_is_told_in_dm(tmp_path: Path) -> None:
    def change(files: Files) -> None:
        keep(files, lambda row: not of(row, "S-3", "2"))
        del files["sv"]

    assert [one[:3] for one in told(tmp_path, change)] == [("dm.csv", 4, "S-3")]


def test_a_visit_that_was_not_held_lacks_nothing(tmp_path: Path) -> None:
    def change(files: Files) -> None:
        keep(files, lambda row: not of(row, "S-3", "2"))
        files["qs"] = [row for row in files["qs"] if (row["USUBJID"], row["VISITNUM"]) != ("S-3", "2")]
        files["sv"] = [row for row in files["sv"] if (row["USUBJID"], row["VISITNUM"]) != ("S-3", "2")]

    assert told(tmp_path, change) == []


def test_not_done_is_known_for_a_test_and_for_all(tmp_path: Path) -> None:
    def change(files: Files) -> None:
        keep(files, lambda row: not of(row, "S-3", "2", "HEMATOLOGY"))
        first = next(row for row in files["lb"] if of(row, "S-3", "2"))
        keep(files, lambda row: row is first or not of(row, "S-3", "2"))
        first |= {"LBTESTCD": "LBALL", "LBTEST": "Laboratory", "LBCAT": "", "LBSTAT": "NOT DONE"}
        first |= dict.fromkeys(("LBORRES", "LBSTRESC", "LBSTRESN", "LBORRESU", "LBSTRESU"), "")

    assert told(tmp_path, change) == []


def test_what_several_lack_was_not_planned_for_all(tmp_path: Path) -> None:
    lacking = {"S-3", "S-4", "S-5"}
    found = told(
        tmp_path, lambda files: keep(files, lambda row: row["USUBJID"] not in lacking or of(row, row["USUBJID"], "1"))
    )
    assert found == []


def test_one_test_of_a_panel_is_no_panel(tmp_path: Path) -> None:
    gone = {"USUBJID": "S-3", "VISITNUM": "2", "LBTESTCD": "ALB"}
    assert told(tmp_path, lambda files: keep(files, lambda row: any(row[k] != v for k, v in gone.items()))) == []
