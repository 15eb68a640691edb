"""What follows from another problem is counted under it, at the record and subject that the two have in common."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from trial_report.schemas.checks.causes import Told
from trial_report.schemas.checks.follows import with_what_follows
from trial_report.schemas.checks.registry import CHECKS, generic_id
from trial_report.schemas.problems import Problem, Severity

pytestmark = pytest.mark.requirement("REQ-402")


def one(check: str, line: int, severity: Severity = "warning", **more: Any) -> Problem:
    given = {"domain": "VS", "file": "vs.csv", "subject": "S-1", "record": f"VSSEQ={line}", **more}
    return Problem(check, severity, message="", line=line, **given)


def told(*problems: Problem, beside: tuple[tuple[str, int] | None, ...] = ()) -> Told:
    check = CHECKS[generic_id(problems[0].check)]
    return Told(check, problems[0].domain, "VSSTRESN", np.arange(len(problems)), list(problems), beside)


def left(found: list[Problem], rest: list[Told]) -> list[tuple[str, int | None, list[tuple[str, int | None]]]]:
    problems = [*found, *(problem for one in rest for problem in one.problems)]
    return [(p.check, p.line, [(c.check, c.line) for c in p.consequences]) for p in problems]


def test_an_odd_value_follows_from_what_it_was_exchanged_with() -> None:
    cause = told(one("VS-066", 5, "error"), beside=(("vs.csv", 9),))
    odd = told(one("PL-002", 5), one("PL-002", 9), one("PL-002", 12))
    assert left(*with_what_follows([], [cause, odd])) == [
        ("VS-066", 5, [("PL-002", 5), ("PL-002", 9)]),
        ("PL-002", 12, []),
    ]


def test_what_is_graver_than_its_cause_is_told_by_itself() -> None:
    early, twice = told(one("VS-067", 3)), told(one("VS-042", 4, "error"))
    assert left(*with_what_follows([], [early, twice])) == [("VS-067", 3, []), ("VS-042", 4, [])]


def test_what_was_settled_before_can_be_cause_and_follow() -> None:
    visit = one("X-010", 3, record="VSSEQ=3")
    before = one("VS-024", 3)
    ((check, line, below),) = left(*with_what_follows([visit, before], [told(one("VS-067", 3))]))
    assert (check, line, sorted(below)) == ("X-010", 3, [("VS-024", 3), ("VS-067", 3)])


def test_a_consequence_of_a_cause_has_consequences_of_its_own() -> None:
    head = one("X-001", 2, "error", domain="DM", file="dm.csv", subject="S-9", record="")
    cause = replace(head, consequences=(one("X-001", 7, "error", subject="S-1"),))
    assert left(*with_what_follows([cause], [told(one("MI-006", 2, domain="DM", file="dm.csv"))])) == [
        ("X-001", 2, [("X-001", 7), ("MI-006", 2)])
    ]
