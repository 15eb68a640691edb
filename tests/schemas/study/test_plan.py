"""What a definition may say of a group's planned doses, and what of it makes no sense."""

from __future__ import annotations

from pathlib import Path

import pytest

from trial_report.schemas.problems import StudyProblems
from trial_report.schemas.study import load_study
from trial_report.schemas.study.design import Group
from trial_report.schemas.study.example import SMALLEST

pytestmark = pytest.mark.requirement("REQ-201")


def group(**fields: object) -> Group:
    return Group.model_validate({"code": "A", "label": "A", "short": "A", **fields})


def test_a_period_takes_the_dose_of_its_group_unless_it_has_one() -> None:
    titrated = group(dose=20, plan=[{"days": [1, 7], "dose": 10}, {"days": [8, None], "frequency": "BID"}])
    assert [titrated.dose_in(period) for period in titrated.plan] == [10, 20]
    assert titrated.doses == (10, 20)
    assert not titrated.counts_administrations


def test_compliance_is_told_by_administrations_of_a_placebo_and_of_a_plan_without_doses() -> None:
    by_weight = group(unit="mg/kg", plan=[{"days": [1, 84], "cycle": {"length": 28, "days": [1, 8, 15]}}])
    assert by_weight.counts_administrations
    assert not by_weight.is_placebo
    for placebo in (group(dose=0), group(plan=[{"days": [1, 7], "dose": 0}])):
        assert placebo.is_placebo
        assert placebo.counts_administrations
    assert not group().counts_administrations
    assert group().doses == ()


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ("[{days: [0, 7]}]", "days must be a first day of treatment from 1 on"),
        ("[{days: [8, 7]}]", "days must be a first day of treatment from 1 on"),
        ("[{days: [1, 7], frequency: PRN}]", "frequency must say how many doses there are"),
        ("[{days: [1, 7], frequency: Q9X}]", "frequency must say how many doses there are"),
        ("[{days: [1, 28], frequency: QW, cycle: {length: 28, days: [1]}}]", "at least one dose a day"),
        ("[{days: [1, 28], frequency: ONCE, cycle: {length: 28, days: [1]}}]", "at least one dose a day"),
        ("[{days: [1, 28], cycle: {length: 28, days: [1, 29]}}]", "different days of the cycle"),
        ("[{days: [1, 28], cycle: {length: 28, days: [1, 1]}}]", "different days of the cycle"),
        ("[{days: [1, 7], dose: 5}, {days: [8, 14]}]", "a dose in all of its periods, or in none"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(tmp_path: Path, plan: str, said: str) -> None:
    found = refused(tmp_path, f"    - {{code: X, label: X, short: X, plan: {plan}}}\n", "")
    assert any(said in problem for problem in found)


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ("[]", "to_plan_end needs a plan of a treatment group"),
        ("[{days: [1, null], dose: 5}]", "to_plan_end needs a plan that ends"),
    ],
)
def test_the_end_of_a_plan_needs_one(tmp_path: Path, plan: str, said: str) -> None:
    groups = f"    - {{code: X, label: X, short: X, plan: {plan}}}\n"
    assert any(said in problem for problem in refused(tmp_path, groups, "exposure: {compliance: to_plan_end}\n"))


def refused(folder: Path, added: str, more: str) -> list[str]:
    """What is said of the smallest study with another group and these further keys."""
    first = "    - {code: PBO"
    (folder / "study.yml").write_text(SMALLEST.replace(first, added + first, 1) + more, encoding="utf-8")
    with pytest.raises(StudyProblems) as caught:
        load_study(folder)
    return [f"{problem.message} {problem.expected} {problem.value}" for problem in caught.value.problems]
