"""What a first definition proposes from data, and that it is one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import yaml

from trial_report.analysis.begin import propose, write
from trial_report.analysis.begin.left import left_out
from trial_report.analysis.begin.look import attended, code, last_day, undated
from trial_report.analysis.begin.tests import categorical, decimals, measured
from trial_report.analysis.check import check_study
from trial_report.analysis.derive import derive
from trial_report.command.main import run
from trial_report.schemas.study import load_study

pytestmark = pytest.mark.requirement("REQ-221")

ROOT = Path(__file__).parents[3]
EXEMPLAR = ROOT / "data" / "admscc-cli"
Table = Callable[[str], pd.DataFrame]


@pytest.fixture
def frames(table: Table) -> dict[str, pd.DataFrame]:
    """Two arms, one of them with a value that is no code; a screen failure; visits; a test at two positions."""
    dm = table("""
        STUDYID  USUBJID  AGE:f  SEX  RACE   ARMCD      ARM            ACTARMCD   ITT
        T        T-1      30     F    WHITE  10 MG/DAY  Active 10 mg   10 MG/DAY  Y
        T        T-2      40     M    WHITE  P          Placebo        P          Y
        T        T-3      50     F    ASIAN  Scrnfail   Screen failure  Scrnfail   .
    """)
    ex = table("""
        USUBJID  EXDOSE:f  EXDOSU  EXROUTE  EXSTDTC
        T-1      5         mg      ORAL     2020-01-11
        T-1      10        mg      ORAL     2020-01-20
        T-2      0         mg      ORAL     2020-01-21
    """)
    sv = table("""
        USUBJID  VISITNUM:f  VISIT      SVSTDTC
        T-1      1           SCREENING  2020-01-01
        T-1      2           BASELINE   2020-01-11
        T-1      3           WEEK 2     2020-01-24
        T-1      3.1         UNPLANNED  2020-01-26
        T-1      4           WEEK 4     2020-02-07
        T-1      9           LAST       2020-02-07
        T-2      1           SCREENING  2020-01-11
        T-2      2           BASELINE   2020-01-21
        T-2      3           WEEK 2     2020-02-03
        T-2      4           WEEK 4     2020-02-17
        T-2      9           LAST       2020-08-17
        T-3      1           SCREENING  2020-01-12
    """)
    vs = table("""
        USUBJID  VISITNUM:f  VSTESTCD  VSTEST  VSPOS    VSSTRESN:f  VSSTRESU  VSDTC
        T-1      3           PULSE     Pulse   SITTING  61          beats     2020-01-24
        T-1      3           PULSE     Pulse   SUPINE   60.5        beats     2020-01-24
        T-2      3           PULSE     Pulse   SITTING  63          beats     2020-02-03
        T-2      3           PULSE     Pulse   SUPINE   62          beats     2020-02-03
        T-2      1           HEIGHT    Height  .        181         cm        2020-01-11
    """)
    return {"DM": dm, "EX": ex, "SV": sv, "VS": vs, "AE": table("""
        USUBJID  AESEV   AEREL
        T-1      MILD    NOT RELATED
        T-1      SEVERE  PROBABLE
        T-2      MILD    UNLIKELY
    """)}  # fmt: skip


def test_groups_are_the_arms_by_dose_without_screen_failures(frames: dict[str, pd.DataFrame]) -> None:
    assert propose.treatment(frames)["groups"] == [
        {"code": "P", "label": "Placebo", "short": "Placebo", "dose": 0, "unit": "mg", "route": "ORAL"},
        {"code": "X10_MG_DAY", "value": "10 MG/DAY", "label": "Active 10 mg", "short": "Active 10 mg",
         "unit": "mg", "route": "ORAL", propose.DOSES: "5, 10"},
    ]  # fmt: skip


def test_a_dose_is_that_of_those_treated_in_the_arm(frames: dict[str, pd.DataFrame]) -> None:
    """Nobody planned for placebo who got the drug, nor the other way round, changes the dose of the arm."""
    frames["DM"].loc[1, "ACTARMCD"] = "10 MG/DAY"
    frames["EX"] = frames["EX"].assign(EXDOSE=[10.0, 10.0, 10.0])
    doses = {group["code"]: group.get("dose") for group in propose.treatment(frames)["groups"]}
    assert doses == {"X10_MG_DAY": 10, "P": None}


def test_several_doses_are_said_beside_the_group_and_none_is_proposed(frames: dict[str, pd.DataFrame]) -> None:
    line = next(one for one in write.written(frames, "sdtm", "csv", "3.4").split("\n") if "X10_MG_DAY" in one)
    assert line.endswith("# doses in the data: 5, 10; write 'dose', or the 'plan' of doses")
    assert "dose:" not in line


def test_visits_reach_half_way_to_their_neighbours(frames: dict[str, pd.DataFrame]) -> None:
    seen = [(one["id"], one["num"], one.get("day"), one.get("analysis_window"), one.get("role"))
            for one in propose.visits(frames)]  # fmt: skip
    assert seen == [
        ("SCR", 1, -10, [-10, -5], "screening"),
        ("BL", 2, 1, [-4, 1], "baseline"),
        ("W2", 3, 14, [2, 21], None),
        ("W4", 4, 28, [22, 28], None),
        ("LAST", 9, None, None, None),
    ]
    known = attended(frames)
    assert 9 not in set(known["VISITNUM"]), "a visit without a usual day has no day"
    assert undated(frames, known)["VISIT"].tolist() == ["LAST"]


def test_without_visits_there_is_a_baseline(frames: dict[str, pd.DataFrame]) -> None:
    assert [one["role"] for one in propose.visits({"DM": frames["DM"], "EX": frames["EX"]})] == ["baseline"]


def test_a_test_in_two_positions_is_two_parameters(frames: dict[str, pd.DataFrame]) -> None:
    start = pd.Series(pd.to_datetime(["2020-01-11", "2020-01-21"]), index=["T-1", "T-2"])
    found = {(one.testcd, one.where): one for one in measured(frames, "VS", start)}
    sitting, supine = found["PULSE", (("VSPOS", "SITTING"),)], found["PULSE", (("VSPOS", "SUPINE"),)]
    assert (sitting.unit, sitting.decimals, sitting.later, sitting.visits) == ("beats", 0, 2, (3.0,))
    assert supine.decimals == 1
    assert found["HEIGHT", ()].later == 0
    proposed = propose.vital_signs(frames, propose.visits(frames))
    assert [(one["paramcd"], one["label"], one["where"]) for one in proposed] == [
        ("PULSE1", "Pulse, sitting", {"VSPOS": "SITTING"}),
        ("PULSE2", "Pulse, supine", {"VSPOS": "SUPINE"}),
    ]


def test_windows_reach_half_way_to_the_next_visit_at_which_a_test_is_done(frames: dict[str, pd.DataFrame]) -> None:
    """The pulse was measured at week 2 of two, so week 2 reaches to its own last day and week 4 has none."""
    pulse = propose.vital_signs(frames, propose.visits(frames))[0]
    assert (pulse["planned"], pulse["windows"]) == (["W2"], {"W2": [2, 21]})


@pytest.mark.parametrize(
    ("original", "unit", "standard", "standard_unit", "expected"),
    [
        (["61", "60.5"], "kg", [61.0, 60.5], "kg", 1),  # as collected
        (["14.2", "13.9"], "g/dL", [8.813, 8.627], "mmol/L", 2),  # three significant digits
        (["0.6", "0.7"], "mg/dL", [10.26, 11.97], "umol/L", 0),  # one
        (["1.23456"], "mg/L", [1.23456], "mg/L", 3),  # never more than three
        (["<0.5", "ND"], "mg/L", [0.25, None], "mg/L", 0),  # no plain number
    ],
)
def test_decimals_are_those_that_the_original_results_bear(
    original: list[str], unit: str, standard: list[float], standard_unit: str, expected: int
) -> None:
    rows = pd.DataFrame({"LBORRES": original, "LBORRESU": unit, "LBSTRESN": standard, "LBSTRESU": standard_unit})
    assert decimals(rows, "LB") == expected


def test_categories_are_no_numbers(table: Table, frames: dict[str, pd.DataFrame]) -> None:
    """Codes of cells without unit or limits, and words with a code, are not proposed; a haematocrit is."""
    frames["LB"] = table("""
        USUBJID  VISITNUM:f  LBTESTCD  LBTEST       LBORRES  LBSTRESN:f  LBORNRLO  LBDTC
        T-1      3           ANISO     Anisocytes   1        1           .         2020-01-24
        T-2      3           ANISO     Anisocytes   2        2           .         2020-02-03
        T-1      3           COLOR     Color        YELLOW   3           .         2020-01-24
        T-1      3           HCT       Hematocrit   42       42          34        2020-01-24
        T-1      3           KETONES   Ketones      TRACE    .           .         2020-01-24
    """)
    visits = propose.visits(frames)
    assert [one["paramcd"] for one in propose.laboratory(frames, visits)] == ["HCT"]
    assert categorical(frames, "LB") == ["ANISO", "COLOR", "KETONES"]
    said = left_out(frames, visits)
    assert "tests: results of LB that are words, or codes of words: ANISO, COLOR, KETONES" in said
    assert any(one.startswith("windows: LAST has no planned or usual day") for one in said)
    assert "visits: 1 unscheduled visit number with decimals, which need no definition" in said


def test_events_are_graded_and_related_as_the_data_say(frames: dict[str, pd.DataFrame]) -> None:
    assert propose.adverse_events(frames) == {
        "dictionary": "To be written: name and version",
        "grading": "mild to severe",
        "grade_variable": "AESEV",
        "grade_labels": {"MILD": "Mild", "SEVERE": "Severe"},
        "related": ["PROBABLE"],
        "unrelated": ["NOT RELATED", "UNLIKELY"],
    }


def test_flags_are_offered_as_sets(frames: dict[str, pd.DataFrame]) -> None:
    assert [(one["id"], one["flag"], one["criteria"]) for one in propose.flagged_sets(frames)] == [
        ("ITT2", "ITTFL", {"flags": {"ITT": "Y"}})
    ]


def test_the_cutoff_is_the_last_day_in_the_data(frames: dict[str, pd.DataFrame]) -> None:
    assert last_day(frames) == pd.Timestamp("2020-08-17")


@pytest.mark.parametrize(
    ("words", "taken", "expected"),
    [
        ("10 mg", (), "X10_MG"),
        ("a-b", ("A_B",), "A_B2"),
        ("", (), "X"),
        ("Long name of an arm, very", (), "LONG_NAME_OF_AN_ARM"),
    ],
)
def test_a_code_is_made_of_any_words(words: str, taken: tuple[str, ...], expected: str) -> None:
    assert code(words, taken) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("AE FOLLOW-UP", "AE follow-up"),
        ("AMBUL ECG REMOVAL", "Ambul ECG removal"),
        ("WEEK 2", "Week 2"),
        ("Cycle 1 Day 15", "Cycle 1 Day 15"),
        ("weight", "Weight"),
    ],
)
def test_a_label_keeps_its_abbreviations(words: str, expected: str) -> None:
    assert propose.as_label(words) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"TITLE": "A short title"}, "A short title"),
        ({"TITLE": "A long title " * 9, "TRT": "Xanomeline", "INDIC": "Alzheimer"}, "Xanomeline in Alzheimer"),
        ({"TITLE": "A long title " * 9}, "A long title A long title A long title A long title A long …"),
    ],
)
def test_a_long_title_is_shortened_to_what_was_studied(given: dict[str, str], expected: str) -> None:
    summary = pd.DataFrame({"TSPARMCD": list(given), "TSVAL": list(given.values())})
    subjects = pd.DataFrame({"STUDYID": ["S"], "USUBJID": ["S-1"]})
    assert propose.study({"TS": summary, "DM": subjects})["short_title"] == expected


def test_words_of_data_end_no_comment_and_no_line(frames: dict[str, pd.DataFrame]) -> None:
    frames["AE"].loc[0, "AEREL"] = "NOT\nmultiplicity: {procedure: holm}\x85x"
    frames["DM"]["ARM"] = frames["DM"]["ARM"] + "\n- {code: Z}"
    made = yaml.safe_load(write.written(frames, "sdtm", "csv", "3.4"))
    assert made["multiplicity"] == {"procedure": "none"}
    assert [group["code"] for group in made["treatment"]["groups"]] == ["P", "X10_MG_DAY"]


@pytest.mark.heavy
def test_the_exemplars_data_give_a_definition_that_they_fit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(EXEMPLAR / "sdtm", tmp_path / "sdtm")
    assert run(["begin", "--study", str(tmp_path)]) == 0
    assert "texts to be written" in capsys.readouterr().out
    definition, domains, problems = check_study(tmp_path)
    assert not problems.errors, str(problems)
    trial = derive(definition, domains, problems)
    mine, exemplar = (load_study(folder) for folder in (tmp_path, EXEMPLAR))
    assert [(g.code, g.dose) for g in mine.groups] == [(g.code, g.dose) for g in exemplar.groups]
    assert [(v.num, v.role) for v in mine.visits] == [(v.num, v.role) for v in exemplar.visits]
    assert {one.testcd for one in mine.laboratory} == {one.testcd for one in exemplar.laboratory}
    assert trial.datasets["ADSL"]["SAFFL"].eq("Y").sum() == 20


def test_files_that_are_not_read_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(EXEMPLAR / "sdtm", tmp_path / "sdtm")
    (tmp_path / "sdtm" / "pe.sas7bdat").write_text("{}", encoding="utf-8")
    assert run(["begin", "--study", str(tmp_path)]) == 0
    said = "files: pe.sas7bdat is not read: not a domain as csv"
    assert said in capsys.readouterr().out
    assert f"# - {said}" in (tmp_path / "study.yml").read_text(encoding="utf-8")


def test_a_definition_that_is_there_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "study.yml").write_text("mine", encoding="utf-8")
    assert run(["begin", "--study", str(tmp_path)]) == 1
    assert "is there already" in capsys.readouterr().err
    assert (tmp_path / "study.yml").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("name", [None, "ae.csv"])
def test_without_subjects_nothing_is_written(
    tmp_path: Path, name: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    if name:
        (tmp_path / "sdtm").mkdir()
        shutil.copy(EXEMPLAR / "sdtm" / name, tmp_path / "sdtm" / name)
    assert run(["begin", "--study", str(tmp_path)]) == 1
    assert ("no dm.csv" if name else "there is no folder") in capsys.readouterr().err
    assert not (tmp_path / "study.yml").exists()
