"""Tables of the plan say what the definition says."""

from typing import Any

import pytest

from trial_report.analysis.display.tables.plan import endpoints, schedule, treatments
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-315")


def texts(table: Any) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_treatments(definition: StudyDefinition) -> None:
    assert texts(treatments(definition)) == [
        ["LOW", "Low dose", "10", "mg", "oral"],
        ["MID", "Middle dose", "20", "mg", "oral"],
        ["TOP", "Top dose", "40", "mg", "oral"],
    ]


def test_endpoints_stand_under_their_role(definition: StudyDefinition) -> None:
    table = endpoints(definition)
    assert [row.group for row in table.rows] == ["Primary endpoints", "Secondary endpoints", "Other endpoints"]
    assert texts(table)[0] == ["Score (points)", "SCORE", "QS.TOTAL", "decrease", "Month 1, Month 2", "Halved"]


def test_schedule_marks_the_visits_of_each_assessment(study_dict: dict[str, Any]) -> None:
    marked = {**study_dict, "schedule": [{"label": "Score", "visits": ["DAY1", "M2"]}]}
    table = schedule(StudyDefinition.model_validate(marked))
    assert [column.label for column in table.columns] == ["Assessment", "Pre", "Day 1", "Month 1", "Month 2"]
    assert texts(table) == [
        ["Target day", "−7", "1", "30", "60"],
        ["Window of the protocol (days)", "−14 to −1", "1", "27 to 33", "55 to 65"],
        ["Window of analysis (days)", "−20 to −1", "1", "2 to 44", "45 to 80"],
        ["Score", "", "X", "", "X"],
    ]


@pytest.mark.parametrize("count", [4, 6])
def test_many_measurements_with_one_window_of_their_own_are_named_in_a_note(
    study_dict: dict[str, Any], count: int
) -> None:
    test = {"domain": "LB", "unit": "U/L", "decimals": 0, "category": "Chemistry", "windows": {"M1": [20, 40]}}
    tests = [{**test, "paramcd": f"T{n}", "testcd": f"T{n}", "label": f"Test {n}"} for n in range(count)]
    table = schedule(StudyDefinition.model_validate({**study_dict, "laboratory": tests}))
    own = next(row for row in texts(table) if row[0].startswith("Window of analysis (days): "))
    every = ", ".join(f"Test {n}" for n in range(count))
    said = every if count == 4 else "Test 0 and 5 others"
    assert own == [f"Window of analysis (days): {said}", "−20 to −1", "1", "20 to 40", "–"]
    assert (f"{said}: {every}." in table.notes) is (count > 4)
