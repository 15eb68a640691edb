"""Copies are told where chance alone would not make them, and nowhere else."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.conftest import STUDY
from trial_report.schemas.checks.copies import no_panel_of_another_subject, no_visit_is_another_again
from trial_report.schemas.checks.registry import Finding
from trial_report.schemas.domains.tables import Domains, Source
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-402")

DEFINITION = StudyDefinition.model_validate(STUDY)
SUBJECTS, VISITS = 60, 4


def laboratory(tests: int = 3, decimals: int = 2, seed: int = 1) -> pd.DataFrame:
    """Results of tests of any subject at any visit, by chance; four weeks between visits."""
    numbers = np.random.default_rng(seed)
    rows = [
        (f"S{subject:02}", visit, f"T{test}", "CHEMISTRY", f"2024-{visit:02}-{1 + subject % 28:02}")
        for subject in range(SUBJECTS)
        for visit in range(1, VISITS + 1)
        for test in range(tests)
    ]
    frame = pd.DataFrame(rows, columns=["USUBJID", "VISITNUM", "LBTESTCD", "LBCAT", "LBDTC"])
    frame["LBSTRESN"] = np.round(numbers.lognormal(2, 0.5, len(frame)), decimals)
    return frame


def copied(frame: pd.DataFrame, of: tuple[str, int], to: tuple[str, int]) -> pd.DataFrame:
    """The frame with the results of one subject and visit in the place of another's."""
    rows = [(frame["USUBJID"] == subject) & (frame["VISITNUM"] == visit) for subject, visit in (of, to)]
    changed = frame.copy()
    changed.loc[rows[1], "LBSTRESN"] = frame.loc[rows[0], "LBSTRESN"].to_numpy()
    return changed


def found(check: object, frame: pd.DataFrame) -> list[tuple[str, int, str]]:
    frame = frame.assign(LBSTRESC=frame["LBSTRESN"].astype("str"), VISITNUM=frame["VISITNUM"].astype(float))
    size = len(frame)
    source = Source(
        ("lb.csv",),
        np.zeros(size, dtype=np.int32),
        np.arange(size) + 2,
        tuple(frame.columns),
        np.zeros(size, dtype=bool),
    )
    told = []
    one: Finding
    for one in check(Domains({"LB": frame}, {"LB": source}), DEFINITION):  # type: ignore[operator]
        rows = np.flatnonzero(np.asarray(one.rows))
        expected = one.expected if isinstance(one.expected, pd.Series) else pd.Series(one.expected, index=frame.index)
        told += [(frame["USUBJID"][row], int(frame["VISITNUM"][row]), expected[row]) for row in rows]
    return told


def test_nothing_is_told_of_what_chance_makes() -> None:
    for seed in range(5):
        assert found(no_panel_of_another_subject, laboratory(seed=seed)) == []
        assert found(no_visit_is_another_again, laboratory(seed=seed)) == []


def test_three_rare_values_of_another_subject_are_enough() -> None:
    frame = copied(laboratory(), of=("S03", 2), to=("S40", 3))
    expected = "results of its own, not the 3 of S03 at visit 2"
    assert found(no_panel_of_another_subject, frame) == [("S40", 3, expected)]
    assert found(no_visit_is_another_again, frame) == []


def test_three_common_values_are_not() -> None:
    frame = copied(laboratory(decimals=0), of=("S03", 2), to=("S40", 3))
    assert found(no_panel_of_another_subject, frame) == []


def test_a_panel_within_a_visit_is_told() -> None:
    other = laboratory(seed=2).assign(LBCAT="HEMATOLOGY")
    other["LBTESTCD"] = "H" + other["LBTESTCD"]
    frame = pd.concat([copied(laboratory(), ("S03", 2), ("S40", 3)), other], ignore_index=True)
    assert [one[:2] for one in found(no_panel_of_another_subject, frame)] == [("S40", 3)]


def test_the_same_results_at_two_visits_are_told() -> None:
    frame = copied(laboratory(), of=("S03", 2), to=("S03", 4))
    expected = "results of its own, not the 3 of S03 at visit 2"
    assert found(no_visit_is_another_again, frame) == [("S03", 4, expected)]
    assert found(no_panel_of_another_subject, frame) == []


def test_one_measurement_may_serve_two_visits_of_one_day() -> None:
    frame = copied(laboratory(), of=("S03", 2), to=("S03", 3))
    frame.loc[(frame["USUBJID"] == "S03") & (frame["VISITNUM"] == 3), "LBDTC"] = "2024-02-04"
    assert found(no_visit_is_another_again, frame) == []


@pytest.mark.parametrize("levels", [2, 5, 11])
def test_scores_and_answers_are_equal_by_chance(levels: int) -> None:
    frame = laboratory(tests=20, decimals=0)
    frame["LBSTRESN"] %= levels
    frame = copied(frame, of=("S03", 2), to=("S40", 3))
    assert found(no_panel_of_another_subject, frame) == []
    assert found(no_visit_is_another_again, frame) == []


def test_floor_and_zero_are_equal_without_a_copy() -> None:
    # A long scale on which most have no symptom at all, and the others many different values.
    frame = laboratory(tests=6)
    frame["LBSTRESN"] = frame["LBSTRESN"].where(frame["LBSTRESN"] > 12, 0.0)
    assert found(no_panel_of_another_subject, frame) == []
    assert found(no_visit_is_another_again, frame) == []


def test_what_does_not_change_in_a_subject_is_no_copy() -> None:
    # Weight and the like: each subject has values of its own, which stay.
    frame = laboratory(tests=4)
    frame["LBSTRESN"] = frame.groupby(["USUBJID", "LBTESTCD"])["LBSTRESN"].transform("first")
    assert found(no_visit_is_another_again, frame) == []


def test_a_copy_with_a_test_more_or_less_is_told() -> None:
    frame = copied(laboratory(tests=6), of=("S03", 2), to=("S40", 3))
    less = frame[~((frame["USUBJID"] == "S40") & (frame["VISITNUM"] == 3) & (frame["LBTESTCD"] == "T1"))]
    expected = "results of its own, not the 5 of S03 at visit 2"
    assert found(no_panel_of_another_subject, less.reset_index(drop=True)) == [("S40", 3, expected)]
    more = frame[~((frame["USUBJID"] == "S03") & (frame["VISITNUM"] == 2) & (frame["LBTESTCD"] == "T1"))]
    assert found(no_panel_of_another_subject, more.reset_index(drop=True)) == [("S40", 3, expected)]


def test_a_copy_with_one_value_altered_is_told() -> None:
    frame = copied(laboratory(tests=6), of=("S03", 2), to=("S03", 4))
    row = frame.index[(frame["USUBJID"] == "S03") & (frame["VISITNUM"] == 4)][2]
    frame.loc[row, "LBSTRESN"] += 0.5
    assert found(no_visit_is_another_again, frame) == [("S03", 4, "results of its own, not the 5 of S03 at visit 2")]
    assert found(no_panel_of_another_subject, frame) == []


def test_common_values_with_a_test_less_are_no_copy() -> None:
    frame = copied(laboratory(tests=4, decimals=0), of=("S03", 2), to=("S40", 3))
    less = frame[~((frame["USUBJID"] == "S40") & (frame["VISITNUM"] == 3) & (frame["LBTESTCD"] == "T1"))]
    assert found(no_panel_of_another_subject, less.reset_index(drop=True)) == []


def replicates(seed: int = 1, apart: bool = False, decimals: int = 0) -> pd.DataFrame:
    """Pressures and pulse, three times at every visit, which differ little within a visit.

    With `apart` each test is a category of its own.
    """
    numbers = np.random.default_rng(seed)
    frame = pd.DataFrame(
        [
            (f"S{subject:02}", visit, test, test if apart else "", f"2024-{visit:02}-01", middle)
            for test, middle in (("SYSBP", 130), ("DIABP", 80), ("PULSE", 70))
            for subject in range(30)
            for visit in range(1, VISITS + 1)
            for _ in range(3)
        ],
        columns=["USUBJID", "VISITNUM", "LBTESTCD", "LBCAT", "LBDTC", "middle"],
    )
    moment = frame.groupby(["USUBJID", "VISITNUM", "LBTESTCD"]).ngroup().to_numpy()
    spread = frame["middle"].to_numpy() * 0.1
    own, visit = (numbers.normal(size=n)[codes] for n, codes in ((90, moment // VISITS), (moment.max() + 1, moment)))
    noise = numbers.normal(size=len(frame))
    frame["LBSTRESN"] = np.round(frame["middle"] + spread * (own + 0.5 * visit + 0.15 * noise), decimals)
    return frame.drop(columns="middle")


def test_replicates_are_no_copies_of_each_other() -> None:
    for seed in range(5):
        assert found(no_panel_of_another_subject, replicates(seed)) == []
        assert found(no_visit_is_another_again, replicates(seed)) == []


@pytest.mark.parametrize("apart", [False, True])
def test_copies_among_replicates_are_told(apart: bool) -> None:
    other = copied(replicates(apart=apart, decimals=1), of=("S03", 2), to=("S20", 3))
    # PL-005 tells copies that are whole.
    other.loc[other.index[(other["USUBJID"] == "S20") & (other["VISITNUM"] == 3)][0], "LBSTRESN"] += 1
    assert {one[:2] for one in found(no_panel_of_another_subject, other)} == {("S20", 3)}
    same = copied(replicates(apart=apart), of=("S03", 2), to=("S03", 4))
    assert [one[:2] for one in found(no_visit_is_another_again, same)] == [("S03", 4)]


def course(frame: pd.DataFrame, of: str, to: str) -> pd.DataFrame:
    """The frame with all results of one subject in the place of another's."""
    changed = frame.copy()
    changed.loc[frame["USUBJID"] == to, "LBSTRESN"] = frame["LBSTRESN"][frame["USUBJID"] == of].to_numpy()
    return changed


def test_one_value_a_visit_is_told_as_a_course_also_from_the_other_side() -> None:
    frame = laboratory(tests=1).assign(LBLAT="LEFT", LBLOC="FOOT")
    frame.loc[frame["USUBJID"] >= "S30", ["LBLAT", "LBLOC"]] = ["RIGHT", "TOE"]
    assert found(no_panel_of_another_subject, frame) == []
    expected = "results of its own, not the 4 of S03 at the same visits"
    assert found(no_panel_of_another_subject, course(frame, "S03", "S40")) == [("S40", 1, expected)]


def test_what_stays_in_each_subject_is_no_course() -> None:
    # Of 60 heights in whole centimetres many are the same, at every visit.
    frame = laboratory(tests=1, decimals=0)
    frame["LBSTRESN"] = frame.groupby(["USUBJID", "LBTESTCD"])["LBSTRESN"].transform("first")
    assert found(no_panel_of_another_subject, frame) == []
