"""The run of all checks: fails closed, says one mistake once, and is listed on a page made from the code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.conftest import STUDY
from trial_report.schemas.checks import check_all, registry, run
from trial_report.schemas.checks.__main__ import known_rules, page
from trial_report.schemas.checks.registry import CHECKS, Check, Finding, generic_id
from trial_report.schemas.domains.tables import Domains, Source
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-402")

ROOT = Path(__file__).parents[3]


def domains(
    broken: tuple[int, ...] = (), refused: dict[str, list[bool]] | None = None, **columns: list[Any]
) -> Domains:
    frame = pd.DataFrame(columns)
    size = len(frame)
    source = Source(
        ("ds.csv",),
        np.zeros(size, dtype=np.int32),
        np.arange(2, size + 2),
        tuple(columns),
        np.isin(np.arange(size), broken),
        {name: np.array(rows) for name, rows in (refused or {}).items()},
    )
    return Domains({"DS": frame}, {"DS": source})


def only(monkeypatch: pytest.MonkeyPatch, *checks: Check) -> None:
    monkeypatch.setattr(run, "runnable", lambda: iter(checks))
    monkeypatch.setattr(run, "check_columns", lambda *_: ())
    monkeypatch.setattr(run, "check_values", lambda *_: ())


def finder(id: str, *found: Finding) -> Check:
    return Check(id, "error", "It is wrong.", "Mend it.", ("DS",), lambda *_: iter(found))


DEFINITION = StudyDefinition.model_validate(STUDY)


def test_a_check_that_raises_is_an_error_of_that_check_and_others_still_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Iterator[Finding]:
        yield Finding("DS", [True, False], "DSTERM")
        raise ZeroDivisionError("oh")

    data = domains(USUBJID=["1", "2"], DSTERM=["a", "b"])
    crash = Check("Z-001", "error", "It is wrong.", "Mend it.", (), broken)
    only(monkeypatch, crash, finder("Z-002", Finding("DS", [False, True], "DSTERM")))
    problems = check_all(data, DEFINITION)
    assert [(p.check, p.variable, p.line) for p in problems] == [
        ("CHECK-001", "Z-001", None),
        ("Z-001", "DSTERM", 2),
        ("Z-002", "DSTERM", 3),
    ]
    assert "ZeroDivisionError: oh" in next(iter(problems)).value
    assert len(problems.errors) == 3


def test_a_cell_is_reported_by_the_first_error_it_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    data = domains(USUBJID=["1", "2"], DSTERM=["a", "b"], DSSEQ=[1, 2])
    first = finder("Z-001", Finding("DS", [True, False], "DSTERM"))
    second = finder("Z-002", Finding("DS", [True, True], "DSSEQ", also=("DSTERM",)))
    only(monkeypatch, first, second)
    assert [(p.check, p.line) for p in check_all(data, DEFINITION)] == [("Z-001", 2), ("Z-002", 3)]


def test_a_warning_hides_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    data = domains(USUBJID=["1"], DSTERM=["a"])
    warning = Check("Z-001", "warning", "Odd.", "Look.", (), lambda *_: iter([Finding("DS", [True], "DSTERM")]))
    only(monkeypatch, warning, finder("Z-002", Finding("DS", [True], "DSTERM")))
    assert [p.check for p in check_all(data, DEFINITION)] == ["Z-001", "Z-002"]


def test_broken_lines_and_refused_cells_are_not_judged_again(monkeypatch: pytest.MonkeyPatch) -> None:
    data = domains((0,), {"DSTERM": [False, True, False]}, USUBJID=["1", "2", "3"], DSTERM=["a", "b", "c"])
    only(monkeypatch, finder("Z-001", Finding("DS", [True, True, True], "DSTERM")))
    assert [p.line for p in check_all(data, DEFINITION)] == [4]


def test_what_rests_on_another_record_of_the_subject_only_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    data = domains(USUBJID=["1", "1", "2"], DSTERM=["a", "b", "c"], DSSEQ=[1, 2, 3])
    first = finder("Z-001", Finding("DS", [True, False, False], "DSTERM"))
    only(monkeypatch, first, finder("Z-002", Finding("DS", [False, True, True], "DSSEQ", also=("DS.DSTERM",))))
    assert [(p.check, p.line) for p in check_all(data, DEFINITION)] == [("Z-001", 2), ("Z-002", 4)]


def test_a_check_waits_for_what_it_uses(monkeypatch: pytest.MonkeyPatch) -> None:
    check = Check("Z-001", "error", "m", "r", ("DS.DSSTDTC",), lambda *_: iter([Finding("DS", [True], "DSTERM")]))
    only(monkeypatch, check)
    assert not check_all(domains(USUBJID=["1"], DSTERM=["a"]), DEFINITION)


def test_ids_are_unique_and_each_check_has_its_sentences() -> None:
    with pytest.raises(ValueError, match="FILE-001' is declared already"):
        registry.carried_out("FILE-001", "error", "m", "r")
    for check in CHECKS.values():
        assert check.meaning.endswith(".")
        assert check.remedy.endswith(".")
        assert check.severity in {"error", "warning"}


def test_ids_of_domains_lead_to_the_check_of_every_domain() -> None:
    assert generic_id("LB-008") == "--008"
    assert generic_id("AE-050") == "AE-050"
    assert generic_id("X-001") == "X-001"


def test_the_documentation_lists_the_checks_of_the_code() -> None:
    assert (ROOT / "docs" / "checks.md").read_text(encoding="utf-8") == page()
    assert all(f"`{check.id}`" in page() for check in CHECKS.values())


def test_rules_of_others_belong_to_checks_and_have_their_numbers() -> None:
    rules = known_rules()
    assert set(rules) <= set(CHECKS)
    assert all(
        re.fullmatch(r"CORE-\d{6} \((CG\d{4})?(, )?(FB\d{4})?\)", one) for each in rules.values() for one in each
    )
    assert rules["X-001"] == ["CORE-000201 (CG0029)"]
