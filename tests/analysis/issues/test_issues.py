"""Accepted issues, comparison of deliveries, and the files that people open."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from trial_report.analysis.check.accepted import accept_known
from trial_report.analysis.issues.compare import compare_issues, compare_records
from trial_report.analysis.issues.page import to_html
from trial_report.analysis.issues.since import Issues
from trial_report.analysis.issues.write import listed, to_csv, to_json, write_all
from trial_report.analysis.results.spreadsheet import neutral
from trial_report.schemas.domains.tables import Domains, Source
from trial_report.schemas.problems import Problem, Problems

pytestmark = pytest.mark.requirement("REQ-404")


def problem(value: str = "x", line: int = 2, check: str = "AE-008") -> Problem:
    return Problem(check, "error", "AE", "m", file="ae.csv", line=line, subject="1", variable="AESTDTC", value=value)


HEAD = "check,key,reason,who,date\n"


def accepted(folder: Path, text: str, *problems: Problem) -> Problems:
    (folder / "accepted-issues.csv").write_text(text, encoding="utf-8")
    return accept_known(folder, Problems(problems))


def test_an_acceptance_takes_its_problem_and_no_other(tmp_path: Path) -> None:
    text = HEAD + f"AE-008,{problem().key},as in the source,KL,2024-03-01\n"
    result = accepted(tmp_path, text, problem(), problem("y"))
    assert [p.accepted for p in result] == ["as in the source (KL, 2024-03-01)", ""]
    assert [p.value for p in result.errors] == ["y"]


def test_an_acceptance_that_matches_nothing_is_a_warning(tmp_path: Path) -> None:
    result = accepted(tmp_path, HEAD + "AE-008,AE|1||AESTDTC|z,r,KL,2024-03-01\n", problem())
    assert [(p.check, p.line) for p in result.warnings] == [("ACC-001", 2)]


@pytest.mark.parametrize("row", ["AE-008,k,,KL,2024-03-01", "AE-008,k,r,,2024-03-01", "AE-008,k,r,KL,soon", "a,b"])
def test_an_incomplete_acceptance_is_an_error(tmp_path: Path, row: str) -> None:
    assert "ACC-002" in {p.check for p in accepted(tmp_path, HEAD + row + "\n").errors}


def test_a_file_without_its_columns_accepts_nothing(tmp_path: Path) -> None:
    result = accepted(tmp_path, "check,key\nAE-008,k\n", problem())
    assert {p.check for p in result.errors} == {"ACC-002", "AE-008"}


def test_unreadable_data_cannot_be_accepted(tmp_path: Path) -> None:
    refused = problem(check="AE-004")
    result = accepted(tmp_path, HEAD + f"AE-004,{refused.key},r,KL,2024-03-01\n", refused)
    assert {p.check for p in result.errors} == {"ACC-003", "AE-004"}


def test_issues_are_the_same_at_another_line() -> None:
    result = compare_issues(Problems([problem(line=2), problem("old")]), Problems([problem(line=9), problem("new")]))
    assert [p.value for p in result.new] == ["new"]
    assert [p.value for p in result.resolved] == ["old"]
    assert [p.line for p in result.persisting] == [9]


def domains(**columns: list[object]) -> Domains:
    frame = pd.DataFrame(columns)
    size = len(frame)
    source = Source(("ae.csv",), np.zeros(size, np.int32), np.arange(size) + 2, tuple(columns), np.zeros(size, bool))
    return Domains({"AE": frame}, {"AE": source})


def test_records_are_matched_by_key_and_not_by_place() -> None:
    old = domains(USUBJID=["1", "1", "2"], AESEQ=[1, 2, 1], AETERM=["a", "b", "c"])
    new = domains(USUBJID=["3", "2", "1"], AESEQ=[1, 1, 1], AETERM=["d", "C", "a"])
    changes = compare_records(old, new)
    assert changes[["change", "subject", "record", "variable", "old", "new"]].to_numpy().tolist() == [
        ["added", "3", "AESEQ=1", "", "", ""],
        ["removed", "1", "AESEQ=2", "", "", ""],
        ["changed", "2", "AESEQ=1", "AETERM", "c", "C"],
    ]
    assert compare_records(old, old).empty


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_cells_that_a_spreadsheet_would_run_are_neutralised(text: str) -> None:
    assert neutral(text) == f"'{text}"
    (row,) = csv.DictReader(io.StringIO(to_csv(Problems([problem(text)]).to_frame()), newline=""))
    assert row["value"] == f"'{text}"


def test_html_shows_text_and_runs_none() -> None:
    found = Problems([problem("<script>alert(1)</script>"), problem("\u202eevil"), problem("--><!--")])
    page = to_html(Issues(found), "<b>t</b>")
    assert "alert(1)" in page
    assert "<script>alert" not in page
    assert "\\u003cscript" in page
    assert "\u202e" not in page
    assert "<b>t</b>" not in page
    assert "-->" not in page


def test_json_holds_counts_and_every_field() -> None:
    data = json.loads(to_json(Issues(Problems([problem("ü\udcff")])), {"records": []}))
    assert data["counts"] == {"errors": 1, "warnings": 0, "accepted": 0}
    assert data["problems"][0]["line"] == 2
    assert data["problems"][0]["state"] == "open"
    assert data["records"] == []


def test_the_table_says_state_and_site() -> None:
    frame = listed(Issues(Problems([problem()]), {"1": "701"}))
    assert frame.loc[0, ["severity", "state", "site", "subject"]].tolist() == ["error", "open", "701", "1"]


def test_files_are_written_whole(tmp_path: Path) -> None:
    paths = write_all(tmp_path / "out", {"a.txt": "x", "b.txt": "y\udcff"})
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.txt", "b.txt"]
    assert paths[0].read_text() == "x"
