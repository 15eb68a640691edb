"""Any `accepted-issues.csv` is read or refused in words: no text in it ends in a traceback or hides a problem."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trial_report.analysis.check.accepted import COLUMNS, accept_known
from trial_report.schemas.problems import Problem, Problems

pytestmark = pytest.mark.requirement("REQ-405")

KNOWN = Problem("AE-050", "error", "AE", "m", subject="1", variable="AESER", value="N")
HEAD = ",".join(COLUMNS) + "\n"
GOOD = f"AE-050,{KNOWN.key},as in the source,KL,2024-03-01\n"


def judged(folder: Path, content: bytes) -> Problems:
    (folder / "accepted-issues.csv").write_bytes(content)
    result = accept_known(folder, Problems([KNOWN]))
    assert [problem.check for problem in result].count("AE-050") == 1
    assert {problem.check for problem in result} <= {"AE-050", "ACC-001", "ACC-002", "ACC-003"}
    return result


def checks(problems: Problems) -> list[str]:
    return [problem.check for problem in problems if problem.check != "AE-050"]


@pytest.mark.parametrize("date", ["20240301", "2024-W09-5", "2024-02-30", "2024-3-1", "01.03.2024", "٢٠٢٤-03-01"])
def test_a_date_that_is_no_day_of_the_calendar_accepts_nothing(tmp_path: Path, date: str) -> None:
    result = judged(tmp_path, (HEAD + GOOD.replace("2024-03-01", date)).encode())
    assert checks(result) == ["ACC-002"]
    assert not result.accepted


@pytest.mark.parametrize("blank", ["   ", "\t", "\u00a0"])
def test_a_reason_of_blanks_is_none(tmp_path: Path, blank: str) -> None:
    result = judged(tmp_path, (HEAD + GOOD.replace("as in the source", blank)).encode())
    assert checks(result) == ["ACC-002"]


def test_a_broken_line_is_said_once_and_the_others_count(tmp_path: Path) -> None:
    result = judged(tmp_path, (HEAD + "AE-050,k\n" + GOOD).encode())
    assert [(problem.check, problem.line) for problem in result if problem.check != "AE-050"] == [("ACC-002", 2)]
    assert result.accepted


def test_a_file_of_column_names_alone_changes_nothing(tmp_path: Path) -> None:
    assert judged(tmp_path, HEAD.encode()) == Problems([KNOWN])
    assert judged(tmp_path, b"\xef\xbb\xbf" + HEAD.replace("\n", "\r\n").encode()) == Problems([KNOWN])


def test_a_link_or_a_folder_is_not_taken_for_the_file(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.csv").write_text(HEAD + GOOD, encoding="utf-8")
    (tmp_path / "accepted-issues.csv").symlink_to(tmp_path / "elsewhere.csv")
    linked = accept_known(tmp_path, Problems([KNOWN]))
    assert checks(linked) == ["ACC-002"]
    assert not linked.accepted
    (tmp_path / "accepted-issues.csv").unlink()
    (tmp_path / "accepted-issues.csv").mkdir()
    assert checks(accept_known(tmp_path, Problems([KNOWN]))) == ["ACC-002"]


CELLS = st.sampled_from(
    ["AE-050", KNOWN.key, "", " ", "2024-03-01", "AE-004", "=1+1", '"', '""', "\u202e", "é", "\x00", "\r"]
)
ROWS = st.lists(st.lists(CELLS | st.text(max_size=6), max_size=7), max_size=6)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    ROWS,
    st.permutations(COLUMNS),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-16", "latin-1"]),
)
def test_no_rows_and_columns_end_in_a_traceback(
    tmp_path: Path, rows: list[list[str]], columns: list[str], delimiter: str, encoding: str
) -> None:
    lines = [delimiter.join(row) for row in [columns, *rows]]
    judged(tmp_path, "\n".join(lines).encode(encoding, "replace"))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=40), st.integers(0, len(HEAD + GOOD)), st.booleans())
def test_no_bytes_end_in_a_traceback(tmp_path: Path, noise: bytes, at: int, alone: bool) -> None:
    whole = (HEAD + GOOD).encode()
    judged(tmp_path, noise if alone else whole[:at] + noise + whole[at:])
