"""A fault in `study.yml` is named by the field's path and the line, and all faults come at once."""

from pathlib import Path

import pytest

from trial_report.schemas.problems import Problem, StudyProblems
from trial_report.schemas.study import load_study
from trial_report.schemas.study.__main__ import page
from trial_report.schemas.study.example import SMALLEST

pytestmark = pytest.mark.requirement("REQ-201")


def problems_of(folder: Path, text: str | bytes) -> list[Problem]:
    file = folder / "study.yml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(StudyProblems) as caught:
        load_study(folder)
    return list(caught.value.problems)


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize(
    ("before", "after", "check", "field", "at"),
    [
        ("  phase:", "  phaze:", "STUDY-004", "study.phaze", "  phaze:"),
        ("planned_subjects: 120", "planned_subjects: ten", "STUDY-006", "study.planned_subjects", "planned_subjects"),
        ("day: 43, window: [40, 46]", "day: 43, window: [44, 46]", "STUDY-006", "visits.2", "  - {id: W6"),
        ("folder: sdtm", "folder: ../other", "STUDY-006", "data.folder", "data:"),
        ("folder: sdtm", "folder: /etc", "STUDY-006", "data.folder", "data:"),
        ("code: A,", "code: PBO,", "STUDY-006", "treatment", "treatment:"),
        ("procedure: none", "procedure: bonferoni", "STUDY-006", "multiplicity.procedure", "multiplicity:"),
        ("synthetic: false", "synthetic: yes", "STUDY-006", "study.synthetic", "  synthetic:"),
        ("safety_set: SAF", "safety_set: SAX", "STUDY-006", "safety_set", "safety_set:"),
    ],
)
def test_a_fault_is_named_with_its_line(
    tmp_path: Path, before: str, after: str, check: str, field: str, at: str
) -> None:
    text = SMALLEST.replace(before, after, 1)
    assert text != SMALLEST
    found = [(p.check, p.variable, p.line) for p in problems_of(tmp_path, text)]
    assert (check, field, line_of(text, at)) in found


MISTAKES = {
    "a number as text": ('"2.0"', "2.0", "study.protocol_version", "text; in quotes where it looks like a number"),
    "another word for true": ("synthetic: false", "synthetic: no", "study.synthetic", "true or false, without quotes"),
    "a date of another kind": ("2024-06-30", "30.06.2024", "study.data_cutoff", "a date such as 2024-06-30"),
    "one instead of a list": ("[W10]", "W10", "endpoints.0.visits", "a list, such as [a, b]"),
    "a quoted number": ("planned_subjects: 120", "planned_subjects: about 120", "study.planned_subjects",
                        "a whole number, without quotes"),
    "a variable in small letters": ("variable: AGE", "variable: age", "characteristics.0.variable",
                                    "the name of a variable: capitals and digits, at most eight"),
    "a code with a blank": ("id: W6", "id: W 6", "visits.2.id",
                            "a code: a letter, then letters, digits and underscores"),
    "a visit that there is not": ("visits: [W10]", "visits: [W12]", "endpoints.SCORE.visits",
                                  "'W12' is not defined (known: BL, SCR, W10, W6)"),
    "no control": ("    control: PBO\n", "", "endpoints.SCORE.comparison",
                   "needs 'control', the group that others are compared with (A, PBO)"),
    "another control": ("control: PBO", "control: PLAC", "endpoints.SCORE.control",
                        "'PLAC' is not defined (known: A, PBO)"),
    "a comparison of another kind": ("comparison: ancova", "comparison: proportions", "endpoints.SCORE.comparison",
                                     "'proportions' is not for a numeric endpoint: 'ancova' is"),
    "windows that overlap": ("[58, 98]", "[50, 98]", "visits.W10.analysis_window",
                             "the analysis windows of W6 and W10 overlap"),
    "a part that is a word": ("data: {folder: sdtm, format: csv, sdtmig: \"3.4\"}", "data: sdtm", "data",
                              "keys with their values, indented below this key"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda name: name)
def test_a_likely_mistake_is_answered_with_place_and_expectation(tmp_path: Path, mistake: str) -> None:
    before, after, field, expected = MISTAKES[mistake]
    text = SMALLEST.replace(before, after, 1)
    assert text != SMALLEST
    (problem,) = problems_of(tmp_path, text)
    assert (problem.variable, problem.expected, problem.remedy) == (field, expected, "correct the value")
    assert problem.line == line_of(SMALLEST, before if before.strip() != "control: PBO" or after else "comparison:")


@pytest.mark.parametrize(
    ("windows", "field", "expected"),
    [
        ("{W6: [2, 60], W10: [58, 98]}", "windows", "the windows of W6 and W10 overlap"),
        ("{W6: [2, 40], W10: [58, 98]}", "windows", "the window of W6, 2 to 40, does not hold its target day 43"),
        ("{BL: [1, 1], W10: [2, 98]}", "windows", "'BL' is no visit after first dose (known: W10, W6)"),
        ("{W8: [2, 60], W10: [61, 98]}", "windows", "'W8' is not defined (known: BL, SCR, W10, W6)"),
        ("{W6: [2, 98]}", "visits", "no value is assigned to 'W10' (visits with values: W6)"),
    ],
)
def test_windows_of_a_parameter_are_checked(tmp_path: Path, windows: str, field: str, expected: str) -> None:
    text = SMALLEST.replace("    role: primary", f"    windows: {windows}\n    role: primary")
    (problem,) = problems_of(tmp_path, text)
    assert (problem.variable, problem.expected) == (f"endpoints.SCORE.{field}", expected)
    assert problem.line == line_of(text, f"    {field}:")


def test_faults_between_parts_come_at_once_each_with_its_line(tmp_path: Path) -> None:
    text = SMALLEST.replace("efficacy_set: ITT", "efficacy_set: FAS").replace("visits: [W10]", "visits: [W9]")
    found = [(p.variable, p.line) for p in problems_of(tmp_path, text)]
    assert found == [
        ("efficacy_set", line_of(text, "efficacy_set:")),
        ("endpoints.SCORE.visits", line_of(text, "    visits: [W9]")),
    ]


def test_the_smallest_example_is_valid_and_no_is_a_text(tmp_path: Path) -> None:
    (tmp_path / "study.yml").write_text(SMALLEST.replace("code: A,", "code: NO,"), encoding="utf-8")
    study = load_study(tmp_path)
    assert study.columns == (("PBO", "Placebo"), ("NO", "Product A 10 mg"), ("TOTAL", "Total"))
    assert study.study.data_cutoff.isoformat() == "2024-06-30"
    assert [e.paramcd for e in study.endpoints] == ["SCORE"]


def test_the_page_of_all_keys_is_up_to_date() -> None:
    assert (Path(__file__).parents[3] / "docs" / "study.md").read_text(encoding="utf-8") == page()


def test_every_key_says_what_it_means() -> None:
    rows = [line for line in page().splitlines() if line.startswith("| `")]
    assert [row for row in rows if row.endswith("|  |") or "PydanticUndefined" in row] == []
    assert len(rows) > 150


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    text = (
        SMALLEST.replace("  id: ABC", "  # ABC")
        .replace("code: A,", "colour: A,")
        .replace("procedure: none", "alpha: 2")
    )
    found = {(p.check, p.variable) for p in problems_of(tmp_path, text)}
    assert found == {
        ("STUDY-005", "study.id"),
        ("STUDY-004", "treatment.groups.1.colour"),
        ("STUDY-005", "treatment.groups.1.code"),
        ("STUDY-005", "multiplicity.procedure"),
        ("STUDY-006", "multiplicity.alpha"),
    }


def test_an_unknown_key_is_met_with_the_nearest_known_one(tmp_path: Path) -> None:
    (problem,) = [
        p for p in problems_of(tmp_path, SMALLEST.replace("sponsor:", "sponser:", 1)) if p.check == "STUDY-004"
    ]
    assert problem.expected.startswith("did you mean 'sponsor'?")


@pytest.mark.parametrize(
    ("text", "check", "line"),
    [
        (
            SMALLEST.replace("safety_set", "safety_set: SAF\nsafety_set"),
            "STUDY-003",
            line_of(SMALLEST, "safety_set") + 1,
        ),
        (SMALLEST.replace("  phase:", "  phase: [", 1), "STUDY-003", line_of(SMALLEST, "  product:")),
        ("", "STUDY-003", 1),
        ("- a list\n", "STUDY-003", 1),
        (SMALLEST.encode() + "é".encode("latin-1"), "STUDY-002", SMALLEST.count("\n") + 1),
        (SMALLEST + 'run: !!python/object/apply:os.system ["true"]\n', "STUDY-003", SMALLEST.count("\n") + 1),
    ],
)
def test_a_file_that_is_not_a_definition(tmp_path: Path, text: str | bytes, check: str, line: int) -> None:
    (problem,) = problems_of(tmp_path, text)
    assert (problem.check, problem.line) == (check, line)


def test_no_folder_and_no_file(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(StudyProblems, match="STUDY-001"):
            load_study(folder)


def test_the_study_in_the_repository_is_valid() -> None:
    assert load_study(Path(__file__).parents[3] / "data" / "admscc-cli").study.id


def test_the_end_of_treatment_is_no_planned_visit(tmp_path: Path) -> None:
    text = SMALLEST.replace("safety_set:", "end_of_treatment: {id: W10, days: 3}\nsafety_set:")
    (problem,) = problems_of(tmp_path, text)
    assert (problem.variable, problem.expected) == ("end_of_treatment.id", "'W10' is a planned visit")


AGE = "  - {variable: AGE, label: Age, kind: continuous, unit: years}\n"
WEIGHT = "  - {variable: WT, label: Weight, kind: continuous, unit: kg, source: finding, domain: VS, testcd: WEIGHT}\n"
HEIGHT = WEIGHT.replace("WT", "HT").replace("kg", "cm").replace("WEIGHT", "HEIGHT")
BMI = "  - {variable: BMI, label: BMI, kind: continuous, source: bmi, weight: WT, height: HT}\n"
SINCE = "  - {variable: DUR, label: Since, kind: continuous, unit: months, source: duration, domain: MH, until: SCR}\n"
SUM = "  - {variable: SUM, label: Sum, kind: continuous, source: sum, domain: QS, testcds: [A, B]}\n"


@pytest.mark.parametrize("text", [WEIGHT + HEIGHT + BMI, SINCE, SUM, SINCE.replace(", until: SCR", "")])
def test_a_characteristic_may_be_computed(tmp_path: Path, text: str) -> None:
    (tmp_path / "study.yml").write_text(SMALLEST.replace(AGE, AGE + text), encoding="utf-8")
    load_study(tmp_path)


@pytest.mark.parametrize(
    ("text", "field", "expected"),
    [
        (HEIGHT + BMI, "characteristics.BMI.weight", "'WT' is no characteristic in kg that stands before this one"),
        (WEIGHT + HEIGHT.replace("cm", "m") + BMI, "characteristics.BMI.height",
         "'HT' is no characteristic in cm that stands before this one"),
        (SINCE.replace("SCR", "SCREEN"), "characteristics.DUR.until",
         "'SCREEN' is not defined (known: BL, SCR, W10, W6)"),
        (SINCE.replace("months", "hours"), "characteristics.1",
         "source 'duration' needs 'unit', one of days, weeks, months, years"),
        (SUM.replace(", testcds: [A, B]", ""), "characteristics.1", "source 'sum' needs 'testcds'"),
        (SUM.replace("continuous", "categorical"), "characteristics.1",
         "source 'sum' gives numbers: kind: continuous"),
    ],
)  # fmt: skip
def test_what_a_computed_characteristic_needs_is_said(tmp_path: Path, text: str, field: str, expected: str) -> None:
    (problem,) = problems_of(tmp_path, SMALLEST.replace(AGE, AGE + text))
    assert (problem.variable, problem.expected) == (field, expected)
