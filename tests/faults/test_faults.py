"""Every named fault is found by the check that is meant to find it, at its place, and by no other."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from tests.faults.mutate import apply
from trial_report.analysis.read.study import assemble
from trial_report.schemas.checks import check_all
from trial_report.schemas.checks.registry import CHECKS, generic_id
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.problems import Problems

pytestmark = pytest.mark.requirement("REQ-401")

HERE = Path(__file__).parent
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The safe loader in C, where PyYAML has it: eight times as quick."""
ROOT = HERE.parents[1]


def planted(names: str) -> list[dict[str, Any]]:
    """What the files of this name hold, one file after the other."""
    return [one for path in sorted(HERE.glob(names)) for one in yaml.load(path.read_text(encoding="utf-8"), LOADER)]


FAULTS, HARMLESS = planted("faults*.yml"), planted("harmless*.yml")


def changed(fault: dict[str, Any], folder: Path) -> Any:
    path = folder / fault["file"]
    return apply(fault, path.read_bytes() if path.exists() else b"")


def test_there_are_many_faults_each_with_a_name_of_its_own() -> None:
    names = [fault["name"] for fault in FAULTS]
    assert len(names) >= 150
    assert len(set(names)) == len(names)
    assert {generic_id(fault["expect"]) for fault in FAULTS} <= set(CHECKS)


#: Checks that no change of one text file of the exemplar can make fail, and the test that makes them fail.
_ELSEWHERE = {
    "FILE-015": ("analysis/read/test_study.py", "a transport file that is not UTF-8"),
    "FILE-016": ("analysis/read/test_study.py", "no data folder at all"),
    "--017": ("analysis/read/test_study.py", "a transport file with numbers for text"),
    "ACC-001": ("analysis/issues/test_issues.py", "accepted-issues.csv"),
    "ACC-002": ("analysis/issues/test_issues.py", "accepted-issues.csv"),
    "ACC-003": ("analysis/issues/test_issues.py", "accepted-issues.csv"),
    "EX-053": ("schemas/checks/test_exposure.py", "dates that DM and DS know"),
    "EX-055": ("schemas/checks/test_exposure.py", "a study of single doses"),
    "EX-058": ("schemas/checks/test_exposure.py", "a study of single doses"),
    "PL-007": ("studies/sides_once.py", "a study of several sides"),
    "X-031": ("schemas/checks/test_ends.py", "nobody died"),
    "X-032": ("schemas/checks/test_ends.py", "nobody died"),
    "--070": ("schemas/checks/test_ends.py", "nobody died"),
    "X-038": ("schemas/checks/test_ends.py", "a study whose cohorts say it first"),
    "X-039": ("schemas/checks/test_ends.py", "a study without flags of sets"),
    "X-040": ("schemas/checks/test_ends.py", "a study without flags of emergence"),
    "--042": ("schemas/checks/test_baseline.py", "told under the flag that is too early or too late"),
    "X-044": ("schemas/checks/test_vocabulary.py", "a slip that several records have"),
    "X-050": ("schemas/checks/test_years.py", "values that belong to visits by number"),
    "CHECK-001": ("schemas/checks/test_run.py", "a fault of the code, not of data"),
}


def test_every_check_has_a_fault_that_it_finds() -> None:
    page = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE))
    derived = {id for id in listed if id.startswith("DERIVE-")}
    found = {generic_id(fault["expect"]) for fault in FAULTS}
    assert found | set(_ELSEWHERE) == listed - derived
    assert not found & set(_ELSEWHERE)
    for id, (file, _) in _ELSEWHERE.items():
        assert id in (ROOT / "tests" / file).read_text(encoding="utf-8")
    files = [*(ROOT / "tests" / "analysis" / "derive").glob("*.py"), ROOT / "tests" / "schemas" / "test_datasets.py"]
    tests = "".join(path.read_text(encoding="utf-8") for path in files)
    assert {id for id in derived if id not in tests} == set()


def test_exemplar_has_no_errors(exemplar: Any, unchanged: Domains) -> None:
    assert check_all(unchanged, exemplar.definition).errors == []


def sampled(faults: list[dict[str, Any]], every: int) -> list[Any]:
    """All of them as parameters; but for one in `every`, they are left to the session that has the time."""
    return [
        pytest.param(fault, id=fault["name"], marks=[pytest.mark.heavy] if place % every else [])
        for place, fault in enumerate(faults)
    ]


@pytest.mark.parametrize("fault", sampled(FAULTS, 80))
def test_fault_is_found_by_its_check_alone(fault: dict[str, Any], exemplar: Any, judge: Any) -> None:
    change = changed(fault, exemplar.folder)
    _, problems = judge(change, fault["file"])
    expected, severity = fault["expect"], "warning" if fault.get("warning") else "error"
    also = fault.get("also_in", [])

    found = [problem for problem in problems if problem.check == expected and problem.severity == severity]
    file = fault.get("in", change.name)
    line = {"header": 1, "none": None}.get(fault.get("at"), change.line and change.line + fault.get("below", 0))
    places = [p for p in found if p.file == file and (fault.get("at") == "any" or p.line == line)]
    assert places, f"{expected} is not at {file}:{line}, but: {problems.summary()}"
    if "variable" in fault:
        assert fault["variable"] in {problem.variable for problem in places}
    others = {problem.check for problem in problems.errors} - {expected, *also, *fault.get("may", [])}
    assert not others, problems.summary()
    assert len(problems) == 1 or not fault.get("once"), problems.summary()
    for check in also:
        assert check in {problem.check for problem in problems}, f"{check} did not find it"


@pytest.fixture(scope="module")
def unchanged(exemplar: Any) -> Domains:
    return assemble(exemplar.files, exemplar.definition, Problems())


def same(one: Domains, other: Domains) -> None:
    assert set(one) == set(other)
    for name, frame in one.items():
        again = other[name]
        assert set(frame.columns) == set(again.columns)
        columns = sorted(frame.columns)
        ordered = [part[columns].sort_values(columns, ignore_index=True) for part in (frame, again)]
        pd.testing.assert_frame_equal(*ordered)


@pytest.mark.parametrize("fault", sampled(HARMLESS, 16))
def test_form_changes_nothing(fault: dict[str, Any], exemplar: Any, judge: Any, unchanged: Domains) -> None:
    domains, problems = judge(changed(fault, exemplar.folder), fault["file"], fault.get("without", ""))
    assert list(problems) == []
    if not fault.get("differs"):
        same(unchanged, domains)
