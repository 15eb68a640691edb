"""Which treatment a set is shown by, where time to an event starts, the order of visits, and levels asked for."""

from pathlib import Path

import pytest

from trial_report.schemas.problems import StudyProblems
from trial_report.schemas.study import StudyDefinition, load_study
from trial_report.schemas.study.example import SMALLEST

pytestmark = pytest.mark.requirement("REQ-201")

SETS = """\
  - {id: TRT, flag: TRTFL, label: T, definition: D, criteria: {enrolled: true, treated: true}}
  - {id: FLG, flag: FLGFL, label: F, definition: D, criteria: {flags: {EFFFL: "Y"}}}
  - {id: FAS, flag: FASFL, label: F, definition: D, criteria: {treated: true}, treatment: planned}
  - {id: REC, flag: RECFL, label: R, definition: D, criteria: {enrolled: true}, treatment: actual}
safety_set: SAF
"""
SURVIVAL = """
survival:
  - {paramcd: OS, label: Overall survival, analysis_set: ITT, event_records: {}}
  - {paramcd: PFS, label: Progression-free, analysis_set: SAF, event_records: {}}
  - {paramcd: ENR, label: From enrolment, analysis_set: SAF, event_records: {}, from: enrolment}
"""


def load(folder: Path, text: str) -> StudyDefinition:
    (folder / "study.yml").write_text(text, encoding="utf-8")
    return load_study(folder)


@pytest.fixture
def study(tmp_path: Path) -> StudyDefinition:
    return load(tmp_path, SMALLEST.replace("safety_set: SAF\n", SETS) + SURVIVAL)


@pytest.mark.parametrize(
    ("code", "variable"),
    [
        ("ITT", "TRT01P"),
        ("SAF", "TRT01A"),
        ("TRT", "TRT01A"),
        ("FLG", "TRT01P"),
        ("FAS", "TRT01P"),
        ("REC", "TRT01A"),
    ],
)
def test_a_set_is_by_the_treatment_assigned_unless_it_asks_for_treatment(
    study: StudyDefinition, code: str, variable: str
) -> None:
    assert study.treatment_variable(code) == variable


def test_the_safety_set_is_by_the_treatment_received_whatever_its_criteria(tmp_path: Path) -> None:
    flagged = SMALLEST.replace("criteria: {treated: true}", 'criteria: {flags: {SAFFL: "Y"}}')
    assert load(tmp_path, flagged).treatment_variable("SAF") == "TRT01A"


def test_time_to_an_event_starts_as_its_set_is_analysed(study: StudyDefinition) -> None:
    assert [study.origin(one) for one in study.survival] == ["randomisation", "first_dose", "enrolment"]


def test_a_definition_that_is_written_out_can_be_read_again(study: StudyDefinition) -> None:
    assert StudyDefinition.model_validate_json(study.model_dump_json()) == study


@pytest.mark.parametrize(
    ("censoring", "expected"),
    [
        ("{at: last_assessment}", "'domain' goes with at: last_assessment, which needs it"),
        ("{domain: RS}", "'domain' goes with at: last_assessment, which needs it"),
        ("{at: data_cutoff, days: 30}", "'days' goes with at: end_of_treatment"),
    ],
)
def test_a_key_of_censoring_that_has_no_effect_is_a_fault(tmp_path: Path, censoring: str, expected: str) -> None:
    text = SMALLEST + SURVIVAL.replace("{}}", f"{{}}, censoring: {censoring}}}", 1)
    with pytest.raises(StudyProblems) as caught:
        load(tmp_path, text)
    assert [(p.variable, p.expected) for p in caught.value.problems] == [("survival.0.censoring", expected)]


def test_a_misspelt_key_is_met_with_the_key_as_it_is_written(tmp_path: Path) -> None:
    text = SMALLEST + SURVIVAL.replace("from:", "form:")
    with pytest.raises(StudyProblems) as caught:
        load(tmp_path, text)
    [found] = caught.value.problems
    assert found.expected.startswith("did you mean 'from'? known keys: paramcd, label, ")


def test_the_order_in_which_visits_are_listed_does_not_matter(study: StudyDefinition) -> None:
    assert study.in_order(["W10", "BL", "W6", "BL"]) == ("BL", "W6", "W10")
    assert study.last_visit(["W10", "W6"]) == study.last_visit(["W6", "W10"]) == "W10"
    with pytest.raises(KeyError):
        study.last_visit([])


def test_lists_of_visits_stand_in_the_order_of_visits_however_they_are_written(tmp_path: Path) -> None:
    def written(visits: str) -> StudyDefinition:
        more = f"    further: [{{id: F, label: Further, visits: {visits}}}]\n    planned: {visits}\n"
        text = SMALLEST.replace("    visits: [W10]\n", f"    visits: {visits}\n{more}", 1)
        return load(tmp_path, text + f"\nschedule:\n  - {{label: Score, visits: {visits}}}\n")

    backwards = written("[W10, W6, W10]")
    assert backwards == written("[W6, W10]")
    assert backwards.endpoints[0].visits == backwards.endpoints[0].further[0].visits == ("W6", "W10")


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("criteria: {treated: true}", "criteria: {flags: {SEX: Male}}", "analysis_sets.SAF.criteria.flags"),
        ("control: PBO", "control: PBO\n    only_with_baseline: {SEX: [M, W]}", "endpoints.SCORE.only_with_baseline"),
    ],
)
def test_a_condition_on_a_characteristic_asks_for_one_of_its_levels(
    old: str, new: str, place: str, tmp_path: Path
) -> None:
    with pytest.raises(StudyProblems) as refused:
        load(tmp_path, SMALLEST.replace(old, new))
    (problem,) = refused.value.problems
    assert problem.variable == place
    assert "is no level of SEX (levels: F, M)" in problem.expected


def test_a_volume_of_the_four_has_title_and_sections_by_its_name(tmp_path: Path) -> None:
    found = load(tmp_path, SMALLEST + "volumes: [{id: listings}, {id: profiles, title: Each patient}]\n").volumes
    assert found is not None
    assert [(one.called, one.holds) for one in found] == [
        ("Patient data listings", ("16.2",)),
        ("Each patient", ("16.2.9",)),
    ]


@pytest.mark.parametrize(
    ("volumes", "said"),
    [
        ("[{id: genetics}]", "needs title and sections"),
        ("[{id: listings}, {id: listings}]", "stands there twice"),
        ("[{id: listings}, {id: mine, title: Mine, sections: ['16.2']}]", "stands there twice"),
        ("[{id: Listings}]", "volumes"),
    ],
)
def test_a_volume_that_is_none_is_refused(tmp_path: Path, volumes: str, said: str) -> None:
    with pytest.raises(StudyProblems, match=said):
        load(tmp_path, SMALLEST + f"volumes: {volumes}\n")
