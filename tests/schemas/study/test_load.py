"""A fault in `study.yml` is named by the field's path and the line, and all faults come at once."""

from pathlib import Path

import pytest

from schemas.problems import Problem, StudyProblems
from schemas.study import load_study

pytestmark = pytest.mark.requirement("REQ-201")

SMALL = """\
study:
  id: S1
  title: A trial
  short_title: Trial
  protocol: P1
  protocol_version: "1"
  phase: "2"
  product: product
  indication: indication
  population: patients
  sponsor: sponsor
  design: two arms
  planned_subjects: 10
  gcp_statement: ICH E6
  report_version: "1"
  data_cutoff: 2020-06-30
  synthetic: true
data:
  folder: sdtm
treatment:
  groups:
    - {code: A, label: Arm A, short: A}
    - {code: NO, label: Arm B, short: B}
visits:
  - {id: BL, num: 1, name: BASELINE, label: Baseline, day: 1, window: [1, 1], analysis_window: [1, 1], role: baseline}
  - {id: V2, num: 2, name: VISIT 2, label: Visit 2, day: 8, window: [6, 10], analysis_window: [2, 14]}
analysis_sets:
  - {id: SAF, flag: SAFFL, label: Safety set, definition: All treated., criteria: {treated: true}}
safety_set: SAF
efficacy_set: SAF
adverse_events: {dictionary: MedDRA, grading: CTCAE, related: [RELATED]}
multiplicity: {procedure: none}
"""


def problems_of(folder: Path, text: str | bytes) -> list[Problem]:
    file = folder / "study.yml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(StudyProblems) as caught:
        load_study(folder)
    return list(caught.value.problems)


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_the_small_study_is_valid(tmp_path: Path) -> None:
    (tmp_path / "study.yml").write_text(SMALL, encoding="utf-8")
    study = load_study(tmp_path)
    assert study.columns == (("A", "Arm A"), ("NO", "Arm B"), ("TOTAL", "Total"))
    assert study.study.data_cutoff.isoformat() == "2020-06-30"


@pytest.mark.parametrize(
    ("before", "after", "check", "field", "at"),
    [
        ("  phase:", "  phaze:", "STUDY-004", "study.phaze", "  phaze:"),
        ("planned_subjects: 10", "planned_subjects: ten", "STUDY-006", "study.planned_subjects", "planned_subjects"),
        ("day: 8, window: [6, 10]", "day: 8, window: [9, 10]", "STUDY-006", "visits.1", "  - {id: V2"),
        ("folder: sdtm", "folder: ../other", "STUDY-006", "data.folder", "  folder:"),
        ("folder: sdtm", "folder: /etc", "STUDY-006", "data.folder", "  folder:"),
        ("code: NO", "code: A", "STUDY-006", "treatment", "treatment:"),
        ("procedure: none", "procedure: bonferoni", "STUDY-006", "multiplicity.procedure", "multiplicity:"),
        ("synthetic: true", "synthetic: yes", "STUDY-006", "study.synthetic", "  synthetic:"),
        ("safety_set: SAF", "safety_set: SAX", "STUDY-006", "study.yml", "study:"),
    ],
)
def test_a_fault_is_named_with_its_line(
    tmp_path: Path, before: str, after: str, check: str, field: str, at: str
) -> None:
    text = SMALL.replace(before, after, 1)
    assert text != SMALL
    found = [(p.check, p.variable, p.line) for p in problems_of(tmp_path, text)]
    assert (check, field, line_of(text, at)) in found


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    text = SMALL.replace("  id: S1\n", "").replace("code: A,", "colour: A,").replace("procedure: none", "alpha: 2")
    found = {(p.check, p.variable) for p in problems_of(tmp_path, text)}
    assert found == {
        ("STUDY-005", "study.id"),
        ("STUDY-004", "treatment.groups.0.colour"),
        ("STUDY-005", "treatment.groups.0.code"),
        ("STUDY-005", "multiplicity.procedure"),
        ("STUDY-006", "multiplicity.alpha"),
    }


def test_an_unknown_key_is_met_with_the_nearest_known_one(tmp_path: Path) -> None:
    (problem,) = [p for p in problems_of(tmp_path, SMALL.replace("sponsor:", "sponser:", 1)) if p.check == "STUDY-004"]
    assert problem.expected.startswith("did you mean 'sponsor'?")


@pytest.mark.parametrize(
    ("text", "check", "line"),
    [
        (
            SMALL.replace("safety_set", "safety_set: SAF\nsafety_set"),
            "STUDY-003",
            line_of(SMALL, "safety_set") + 1,
        ),
        (SMALL.replace("  phase:", "  phase: [", 1), "STUDY-003", line_of(SMALL, "  product:")),
        ("", "STUDY-003", 1),
        ("- a list\n", "STUDY-003", 1),
        (SMALL.encode() + "é".encode("latin-1"), "STUDY-002", SMALL.count("\n") + 1),
        (SMALL + 'run: !!python/object/apply:os.system ["true"]\n', "STUDY-003", SMALL.count("\n") + 1),
    ],
)
def test_a_file_that_is_not_a_definition(tmp_path: Path, text: str | bytes, check: str, line: int) -> None:
    (problem,) = problems_of(tmp_path, text)
    assert (problem.check, problem.line) == (check, line)


def test_no_folder_and_no_file(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(StudyProblems, match="STUDY-001"):
            load_study(folder)


def test_every_study_in_the_repository_is_valid() -> None:
    folders = sorted(file.parent for file in Path(__file__).parents[3].glob("data/*/study.yml"))
    assert folders
    for folder in folders:
        assert load_study(folder).study.id
