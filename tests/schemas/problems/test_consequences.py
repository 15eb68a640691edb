"""A problem counts what follows from it, and is accepted with that."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from trial_report.analysis.issues.page import to_html
from trial_report.analysis.issues.since import Issues
from trial_report.analysis.issues.write import to_csv, to_json
from trial_report.schemas.problems import Problem, Problems

pytestmark = pytest.mark.requirement("REQ-402")

ONE = Problem("LB-046", "error", "LB", "unit", file="lb.csv", line=3, subject="S1", variable="LBSTRESU", value="mol")
RECORDS = tuple(replace(ONE, record=f"LBSEQ={number}", line=2 + number) for number in (1, 2, 3))
WHOLE = replace(ONE, subject="", line=1, consequences=RECORDS)


def test_consequences_are_counted_and_listed() -> None:
    problems = Problems([WHOLE])
    assert problems.to_frame()["consequences"].tolist() == [3]
    (found,) = json.loads(to_json(Issues(problems), {}))["problems"]
    assert found["consequences"] == 3
    assert [record["line"] for record in found["records"]] == [3, 4, 5]
    assert "in 3 records" in problems.summary()
    assert ",3," in to_csv(problems.to_frame())
    assert '"consequences":{"0":[3,' in to_html(Issues(problems), "x")


def test_accepting_a_problem_accepts_what_follows() -> None:
    (accepted,) = Problems([WHOLE]).accept({(WHOLE.check, WHOLE.key): "known"})
    assert accepted.accepted == "known"


def test_acceptances_of_each_record_accept_the_problem_that_they_became() -> None:
    each = {(one.check, one.key): "known" for one in RECORDS}
    assert Problems([WHOLE]).accept(each).accepted
    del each[RECORDS[1].check, RECORDS[1].key]
    assert not Problems([WHOLE]).accept(each).accepted
    assert {(one.check, one.key) for one in RECORDS} < Problems([WHOLE]).known()


def test_acceptance_of_what_follows_does_not_accept_a_record_of_its_own() -> None:
    own = replace(ONE, record="LBSEQ=9", consequences=RECORDS)
    assert not Problems([own]).accept({(one.check, one.key): "known" for one in RECORDS}).accepted
