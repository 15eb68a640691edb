"""Requirements against tests: what is covered, failed, untested or unasked for, and that none of it can hide."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from trial_report.evidence.qualify.evidence import REQUIREMENTS
from trial_report.evidence.qualify.requirements import (
    BadRequirements,
    Requirement,
    Test,
    matrix,
    read_requirements,
    read_tests,
)

pytestmark = pytest.mark.requirement("REQ-508")

ROOT = Path(__file__).parents[3]
MARK = re.compile(r"mark\.requirement\(([^)]*)\)")
JUNIT = """<?xml version="1.0"?><testsuites><testsuite>
<testcase classname="tests.a.test_b" name="test_one[x-1]" time="0.5"><properties>
<property name="requirement" value="R-1"/></properties></testcase>
<testcase classname="tests.a.test_b" name="test_two"><properties><property name="requirement" value="R-1"/></properties>
<failure message="assert 1 == 2&#10;more">text</failure></testcase>
<testcase classname="tests.a.test_c" name="test_three"><skipped message="no Quarto"/></testcase>
</testsuite></testsuites>"""


def _requirement(name: str, **more: str) -> Requirement:
    return Requirement(name, 1, "It works.", **more)


def _test(outcome: str, *names: str) -> Test:
    return Test("tests/test_a.py", "test_a", outcome, 0.1, names)


def test_a_junit_file_gives_outcomes_and_requirements(tmp_path: Path) -> None:
    path = tmp_path / "tests.xml"
    path.write_text(JUNIT, encoding="utf-8")
    one, two, three = read_tests(path)
    assert (one.file, one.name, one.outcome, one.requirements) == ("tests/a/test_b.py", "test_one", "passed", ("R-1",))
    assert (two.outcome, two.reason) == ("failed", "assert 1 == 2")
    assert (three.outcome, three.requirements, three.reason) == ("skipped", (), "no Quarto")


def test_everything_covered_is_complete() -> None:
    assert matrix([_requirement("R-1")], [_test("passed", "R-1"), _test("skipped", "R-1")]).complete
    shown = _requirement("R-2", shown_by="the installation check")
    assert matrix([_requirement("R-1"), shown], [_test("passed", "R-1")]).complete


@pytest.mark.parametrize(
    ("tests", "state"),
    [
        ([], "NO TEST"),
        ([_test("failed", "R-1"), _test("passed", "R-1")], "FAILED"),
        ([_test("skipped", "R-1")], "ONLY SKIPPED TESTS"),
    ],
)
def test_a_requirement_that_is_not_covered_is_shown(tests: list[Test], state: str) -> None:
    found = matrix([_requirement("R-1")], tests)
    assert found.covered[0].state == state
    assert not found.complete


def test_a_test_without_a_requirement_is_shown() -> None:
    found = matrix([_requirement("R-1")], [_test("passed", "R-1"), _test("passed")])
    assert len(found.without_requirement) == 1
    assert not found.complete


def test_an_id_that_is_no_requirement_is_shown() -> None:
    found = matrix([_requirement("R-1")], [_test("passed", "R-1", "R-9")])
    assert found.unknown == ("R-9",)
    assert not found.complete


@pytest.mark.parametrize(
    "text",
    ["", "requirements: 3", "requirements: []", "{", "requirements: [{id: A}]\nlimits: []",
     "requirements: [{id: A, issue: 1, text: x}, {id: A, issue: 1, text: y}]\nlimits: []"],
)  # fmt: skip
def test_a_list_that_cannot_be_used_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "requirements.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadRequirements, match=r"requirements\.yml"):
        read_requirements(path)


def test_a_missing_junit_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRequirements):
        read_tests(tmp_path / "tests.xml")


def _named(path: Path) -> set[str]:
    marks = MARK.findall(path.read_text(encoding="utf-8"))
    return {name for found in marks for name in re.findall(r'"([^"]+)"', found)}


def test_every_test_file_names_requirements_that_there_are() -> None:
    known = {one.id for one in read_requirements(REQUIREMENTS)[0]}
    files = {path.relative_to(ROOT).as_posix(): _named(path) for path in sorted((ROOT / "tests").rglob("test_*.py"))}
    assert [name for name, named in files.items() if not named] == [], "these name no id of docs/requirements.yml"
    assert {name: named - known for name, named in files.items() if named - known} == {}


def test_every_requirement_has_a_test_or_says_how_it_is_shown() -> None:
    requirements, limits = read_requirements(REQUIREMENTS)
    named = {name for path in (ROOT / "tests").rglob("test_*.py") for name in _named(path)}
    assert [one.id for one in requirements if one.id not in named and not one.shown_by] == []
    assert limits
