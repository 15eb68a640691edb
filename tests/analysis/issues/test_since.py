"""What is new, known and gone: from one delivery to the next, and from one run over the same data to another."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from trial_report.analysis.issues import UnreadableError
from trial_report.analysis.issues.since import Before, Delivery, Issues, carried, compared, remembered
from trial_report.analysis.issues.write import to_json
from trial_report.schemas.domains.tables import Domains, Source
from trial_report.schemas.problems import Problem, Problems

pytestmark = pytest.mark.requirement("REQ-404")

FIRST, SECOND, THIRD = Delivery("1", "2024-01-31"), Delivery("2", "2024-02-29"), Delivery("3", "2024-03-31")


def problem(value: str, domain: str = "AE", accepted: str = "") -> Problem:
    return Problem("AE-008", "error", domain, "m", line=2, subject="S1", value=value, accepted=accepted)


def domains(*unread: str) -> Domains:
    frame = pd.DataFrame({"USUBJID": ["S1", "S2"], "SITEID": ["701", "702"]})
    source = Source(("dm.csv",), np.zeros(2, np.int32), np.arange(2) + 2, tuple(frame.columns), np.zeros(2, bool))
    return Domains({"DM": frame}, {"DM": source}, unread)


def run(folder: Path, delivery: Delivery, *values: str) -> Issues:
    """A run over a delivery whose problems have these values; what it leaves is what the next one finds."""
    path = folder / "data-issues.json"
    issues = compared(Problems(map(problem, values)), domains(), delivery, remembered(path, delivery))
    path.write_text(to_json(issues, {}), encoding="utf-8")
    return issues


def states(issues: Issues) -> dict[str, str]:
    return {one.value: issues.since(one) for one in issues.problems} | {one.value: "gone" for one in issues.gone}


def test_from_one_delivery_to_the_next(tmp_path: Path) -> None:
    assert states(run(tmp_path, FIRST, "a", "b")) == {"a": "", "b": ""}
    second = run(tmp_path, SECOND, "b", "c")
    assert states(second) == {"b": "known", "c": "new", "a": "gone"}
    assert second.before == FIRST
    assert second.changes == {"new": 1, "known": 1, "gone": 1}
    assert states(run(tmp_path, THIRD, "b", "c")) == {"b": "known", "c": "known"}


def test_a_second_run_over_the_same_data_is_no_delivery(tmp_path: Path) -> None:
    run(tmp_path, FIRST, "a", "b")
    run(tmp_path, SECOND, "b", "c")
    left = (tmp_path / "data-issues.json").read_bytes()
    assert states(run(tmp_path, SECOND, "b", "c")) == {"b": "known", "c": "new", "a": "gone"}
    assert (tmp_path / "data-issues.json").read_bytes() == left
    # A change of the definition changes what is found: it is held against the same delivery before.
    assert states(run(tmp_path, SECOND, "a", "c", "d")) == {"a": "known", "c": "new", "d": "new", "b": "gone"}


def test_an_accepted_problem_is_new_or_known_as_well() -> None:
    issues = compared(Problems([problem("a", accepted="r")]), domains(), SECOND, Before(Problems(), FIRST))
    (found,) = issues.problems
    assert (issues.state(found), issues.since(found)) == ("accepted", "new")
    known = compared(Problems([problem("a", accepted="r")]), domains(), SECOND, Before(Problems([problem("a")]), FIRST))
    assert known.changes == {"new": 0, "known": 1, "gone": 0}


def test_what_was_not_judged_is_not_gone() -> None:
    before = Before(Problems([problem("a"), problem("b", "LB")]), FIRST)
    assert [one.value for one in compared(Problems(), domains("LB"), SECOND, before).gone] == ["a"]


def test_the_site_of_a_subject_that_is_gone_is_remembered() -> None:
    issues = compared(Problems(), domains(), SECOND, Before(Problems([problem("a")]), FIRST, {"S1": "9", "S7": "707"}))
    assert issues.sites == {"S1": "701", "S2": "702", "S7": "707"}


def test_a_file_of_an_older_version_is_an_earlier_delivery(tmp_path: Path) -> None:
    path = tmp_path / "data-issues.json"
    path.write_text(json.dumps({"counts": {}, "problems": [problem("a").as_dict()]}), encoding="utf-8")
    before = remembered(path, SECOND)
    assert before is not None
    assert (before.delivery, list(before.problems)) == (Delivery(), [problem("a")])


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "null", '{"problems": 1}', '{"problems": [1]}', '{"problems": [{"check": 1}]}',
     '{"problems": [], "data": 1}', '{"problems": [{"line": "x"}]}', "\ud800", "[" * 100_000],
)  # fmt: skip
def test_what_is_no_earlier_run_is_refused_in_words(tmp_path: Path, text: str) -> None:
    path = tmp_path / "data-issues.json"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    with pytest.raises(UnreadableError):
        remembered(path, FIRST)


def test_a_run_that_judged_nothing_hands_on_what_it_was_left(tmp_path: Path) -> None:
    path = tmp_path / "data-issues.json"
    run(tmp_path, FIRST, "a")
    for _ in range(2):
        nothing = compared(Problems([problem("x", "STUDY")]), Domains({}, {}), Delivery(), None)
        path.write_text(to_json(nothing, carried(path)), encoding="utf-8")
    assert states(run(tmp_path, SECOND, "a")) == {"a": "known"}
    assert carried(tmp_path / "none.json") == {}
