"""Problems: order, no doubles, message, keys."""

from __future__ import annotations

import pytest

from trial_report.schemas.problems import Problem, Problems, StudyProblems, shown

pytestmark = pytest.mark.requirement("REQ-402")


def problem(line: int, value: str = "x", severity: str = "error", check: str = "AE-008") -> Problem:
    return Problem(
        check,
        severity,
        "AE",
        "A date does not exist.",  # type: ignore[arg-type]
        file="ae.csv",
        line=line,
        subject="S1",
        variable="AESTDTC",
        value=value,
        expected="a date",
        remedy="Correct it.",
        record=f"AESEQ={line}",
    )


def test_order_does_not_depend_on_arrival_and_nothing_is_there_twice() -> None:
    forward = Problems([problem(2), problem(10), problem(3)])
    backward = Problems([problem(3), problem(10), problem(2), problem(2)])
    assert [found.line for found in forward] == [2, 3, 10]
    assert forward == backward


def test_subjects_come_before_events_and_files_in_order() -> None:
    dm = Problem("DM-005", "error", "DM", "m", file="dm.csv", line=99)
    assert next(iter(Problems([problem(2), dm]))) is dm


def test_frame_has_a_row_a_problem_with_types() -> None:
    frame = Problems([problem(2), Problem("FILE-001", "error", "EX", "missing")]).to_frame()
    assert frame["line"].dtype == "Int64"
    assert frame["line"].isna().tolist() == [True, False]
    assert set(frame.columns) >= {"check", "severity", "file", "line", "subject", "variable", "value", "remedy", "key"}


def test_message_counts_and_gives_first_examples() -> None:
    message = str(StudyProblems(Problems(problem(line) for line in range(2, 3002))))
    assert "3,000 errors and 0 warnings" in message
    assert "(3,000 times)" in message
    assert "ae.csv:2, subject S1" in message
    assert "… and 2,995 more" in message
    assert "What to do: Correct it." in message
    assert len(message) < 2000


def test_message_on_data_says_how_to_accept_what_is_right_and_that_on_a_definition_does_not() -> None:
    said = [str(StudyProblems([problem(2)], **what)) for what in ({}, {"what": "The study definition"})]
    assert ["accepted_checks" in message for message in said] == [True, False]


def test_errors_come_before_warnings_in_the_message() -> None:
    text = Problems([problem(2, severity="warning", check="AE-007"), problem(9)]).summary()
    assert text.index("error AE-008") < text.index("warning AE-007")


def test_hostile_text_is_written_out_and_cut() -> None:
    assert shown("a\u202eb\x00\n") == "a\\u202eb\\u0000\\u000a"
    assert shown("x" * 100_000, 10) == "xxxxxxxxxx… (100,000 characters)"


def test_key_does_not_hold_the_line_and_tells_long_values_apart() -> None:
    assert problem(2).key == "AE|S1|AESEQ=2|AESTDTC|x"
    long, other = problem(2, "y" * 500), problem(2, "y" * 499 + "z")
    assert long.key != other.key
    assert len(long.key) < 120


def test_accepted_problems_do_not_stop() -> None:
    problems = Problems([problem(2), problem(3)])
    accepted = problems.accept({("AE-008", problem(2).key): "known (KL, 2024-01-01)"})
    assert [found.line for found in accepted.errors] == [3]
    assert [found.line for found in accepted.accepted] == [2]
    assert accepted.counts == "1 error, 0 warnings, 1 accepted"
