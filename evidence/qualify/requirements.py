"""Requirements, the tests that cover each, and what neither covers the other: read from YAML and JUnit files.

Not here: the requirements themselves (`docs/requirements.yml`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import yaml

from trial_report.runtime.told import ToldError

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"


class BadRequirements(ToldError):
    """The list of requirements cannot be used; the message says why."""


@dataclass(frozen=True)
class Requirement:
    """A promise with its id, the issue that it comes from, and how it is shown where no test can (else empty)."""

    id: str
    issue: int
    text: str
    shown_by: str = ""


@dataclass(frozen=True)
class Test:
    """A test that ran: its file and name (parameters away), outcome, seconds, and the requirements it names."""

    __test__ = False  # nothing that pytest should collect

    file: str
    name: str
    outcome: str
    seconds: float
    requirements: tuple[str, ...]
    reason: str = ""


def read_requirements(path: Path) -> tuple[list[Requirement], list[str]]:
    """Return the requirements and the known limits of a YAML file. Raises BadRequirements."""
    try:
        held = yaml.safe_load(path.read_text(encoding="utf-8"))
        found = [Requirement(**one) for one in held["requirements"]]
        limits = [str(one) for one in held["limits"]]
    except (OSError, ValueError, TypeError, KeyError, yaml.YAMLError) as error:
        raise BadRequirements(f"{path.name}: {error}") from error
    ids = [one.id for one in found]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice or not all(isinstance(one.text, str) and one.text for one in found):
        raise BadRequirements(f"{path.name}: an id stands twice, or a requirement has no text: {', '.join(twice)}")
    return found, limits


def read_tests(path: Path) -> list[Test]:
    """Return the tests of a JUnit file that pytest wrote, in its order. Raises BadRequirements."""
    try:
        root = ElementTree.parse(path).getroot()
    except (OSError, ElementTree.ParseError) as error:
        raise BadRequirements(f"{path.name}: {error}") from error
    return [_test(case) for case in root.iter("testcase")]


def _test(case: ElementTree.Element) -> Test:
    held: Mapping[str, Any] = case.attrib
    failed = next((part for part in case if part.tag in ("failure", "error")), None)
    skipped = next((part for part in case if part.tag == "skipped"), None)
    outcome = FAILED if failed is not None else SKIPPED if skipped is not None else PASSED
    told = failed if failed is not None else skipped
    named = [part.get("value", "") for part in case.iter("property") if part.get("name") == "requirement"]
    return Test(
        file=str(held.get("classname", "")).replace(".", "/") + ".py",
        name=str(held.get("name", "")).partition("[")[0],
        outcome=outcome,
        seconds=float(held.get("time", 0) or 0),
        requirements=tuple(dict.fromkeys(named)),
        reason=(told.get("message") or "").split("\n")[0][:200] if told is not None else "",
    )


@dataclass(frozen=True)
class Coverage:
    """A requirement with the tests that name it."""

    requirement: Requirement
    tests: tuple[Test, ...]

    @property
    def state(self) -> str:
        """What the tests say: passed, failed, no test, or how it is shown instead."""
        if any(test.outcome == FAILED for test in self.tests):
            return "FAILED"
        if any(test.outcome == PASSED for test in self.tests):
            return PASSED
        if self.requirement.shown_by:
            return f"by {self.requirement.shown_by}"
        return "ONLY SKIPPED TESTS" if self.tests else "NO TEST"


@dataclass(frozen=True)
class Matrix:
    """Requirements against tests, with what is left over on either side."""

    covered: tuple[Coverage, ...]
    without_requirement: tuple[Test, ...]
    unknown: tuple[str, ...]
    tests: tuple[Test, ...]

    @property
    def complete(self) -> bool:
        """Whether every requirement is covered, no test failed, and every test names a requirement that there is."""
        good = all(one.state == PASSED or one.state.startswith("by ") for one in self.covered)
        failed = any(test.outcome == FAILED for test in self.tests)
        return good and not failed and not self.unknown and not self.without_requirement and bool(self.tests)


def matrix(requirements: Sequence[Requirement], tests: Sequence[Test]) -> Matrix:
    """Set requirements against tests."""
    known = {one.id for one in requirements}
    named = {name for test in tests for name in test.requirements}
    covered = tuple(Coverage(one, tuple(test for test in tests if one.id in test.requirements)) for one in requirements)
    return Matrix(
        covered,
        tuple(test for test in tests if not test.requirements),
        tuple(sorted(named - known)),
        tuple(tests),
    )
