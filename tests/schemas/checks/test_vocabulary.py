"""Values that the study definition does not place are errors that name the record."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.conftest import STUDY
from tests.schemas.checks.small import Rows, problems_of
from trial_report.schemas.checks import check_all
from trial_report.schemas.checks.vocabulary import slips_of
from trial_report.schemas.domains.tables import Domains, Source
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-401")


ENDPOINT = {
    "paramcd": "SCORE",
    "label": "Score",
    "domain": "QS",
    "testcd": "SCORE",
    "decimals": 0,
    "role": "primary",
    "benefit": "none",
    "analysis_set": "ITT",
    "visits": ["W4"],
}


def definition(**events: Any) -> StudyDefinition:
    base = copy.deepcopy(STUDY)
    base["adverse_events"] = {"dictionary": "D", "grading": "G", "related": ["RELATED", "POSSIBLE"], **events}
    return StudyDefinition.model_validate(base)


def events(**columns: list[Any]) -> Domains:
    size = len(next(iter(columns.values())))
    frame = pd.DataFrame({"USUBJID": [f"S{n}" for n in range(size)], **columns}).astype("str")
    frame = frame.where(frame != "None")
    source = Source(
        ("ae.csv",), np.zeros(size, np.int32), np.arange(2, size + 2), tuple(frame), np.zeros(size, dtype=bool)
    )
    return Domains({"AE": frame}, {"AE": source})


def lines(domains: Domains, study: StudyDefinition, check: str) -> list[tuple[int | None, str]]:
    found = [problem for problem in check_all(domains, study, only={check}) if problem.check == check]
    assert all(problem.stops for problem in found)
    return [(problem.line, problem.value) for problem in found]


def test_the_usual_words_of_no_relation_need_not_be_named() -> None:
    ae = events(AEREL=["RELATED", "Not related", "UNLIKELY", None, "DEFINITE", "Possible"])
    assert lines(ae, definition(), "AE-064") == [(6, "DEFINITE"), (7, "Possible")]


def test_named_words_of_no_relation_take_the_place_of_the_usual() -> None:
    ae = events(AEREL=["RELATED", "NOT RELATED", "CONDITIONAL", None])
    assert lines(ae, definition(unrelated=["CONDITIONAL"]), "AE-064") == [(3, "NOT RELATED")]


def test_a_word_is_related_where_the_definition_says_so() -> None:
    ae = events(AEREL=["UNLIKELY", "NONE"])
    assert lines(ae, definition(related=["RELATED", "UNLIKELY"]), "AE-064") == []


@pytest.mark.parametrize(
    ("grades", "labels", "wrong"),
    [
        (["1", "5", "MILD", None], {}, []),
        (["0", "6", "Mild", "3"], {}, ["0", "6", "Mild"]),
        (["1", "2"], {"1": "Mild"}, ["2"]),
        (["GERING", "SCHWER"], {"GERING": "Mild"}, ["SCHWER"]),
    ],
)
def test_a_grade_is_of_the_scale_or_of_the_definition(
    grades: list[str | None], labels: dict[str, str], wrong: list[str]
) -> None:
    ae = events(AETOXGR=grades)
    assert [value for _, value in lines(ae, definition(grade_labels=labels), "AE-063")] == wrong


def test_seriousness_is_yes_or_no() -> None:
    assert lines(events(AESER=["Y", "N", "U", None]), definition(), "AE-052") == [(4, "U"), (5, "")]


LEVELS: list[tuple[str, dict[str, str], str]] = [
    ("dm", {"SEX": "U"}, "one of M, F"),
    ("qs", {"QSORRES": "7", "QSSTRESC": "7", "QSSTRESN": "7"}, "one of 40, 41, 42, 43, 50"),
]


@pytest.mark.parametrize(("domain", "values", "expected"), LEVELS)
def test_a_value_without_a_level_is_an_error(
    domain: str, values: dict[str, str], expected: str, tmp_path: Path
) -> None:
    def change(files: dict[str, Rows]) -> None:
        files[domain][0].update(values)

    found = problems_of(tmp_path, change, endpoints=[{**ENDPOINT, "levels": {n: str(n) for n in (40, 41, 42, 43, 50)}}])
    assert [(problem.check, problem.line, problem.expected) for problem in found] == [("X-014", 2, expected)]


def test_a_screen_failure_and_what_is_called_missing_need_no_level(tmp_path: Path) -> None:
    def change(files: dict[str, Rows]) -> None:
        files["dm"][0]["RACE"] = "Missing"
        none = dict.fromkeys(("ARMCD", "ARM", "ACTARMCD", "ACTARM", "RFXSTDTC", "RFXENDTC"), "")
        files["dm"][1].update(none, ARMNRS="SCREEN FAILURE", RACE="ASIAN")
        files["ds"] = [row for row in files["ds"] if row["USUBJID"] != "S-2"]
        files["ex"] = [row for row in files["ex"] if row["USUBJID"] != "S-2"]

    races = [{"variable": "RACE", "label": "Race", "kind": "categorical", "levels": {"WHITE": "White"}}]
    assert {p.check for p in problems_of(tmp_path, change, characteristics=races) if p.stops} == set()


def test_a_yes_or_no_is_nothing_else(tmp_path: Path) -> None:
    def change(files: dict[str, Rows]) -> None:
        for row, answer in zip(files["qs"], ["Y", "N", "Yes", "no", "PERHAPS", "1", "0", "Y"], strict=True):
            row.update(QSORRES=answer, QSSTRESC=answer, QSSTRESN=answer if answer.isdigit() else "")

    found = problems_of(tmp_path, change, endpoints=[{**ENDPOINT, "kind": "binary", "comparison": "none"}])
    assert [(p.check, p.value) for p in found if p.stops] == [("X-014", "PERHAPS")]


@pytest.mark.parametrize(
    ("asked", "has", "expected"),
    [
        ("WHITE", ["White", "WHITE"], "WHITE, as ITT: flags has it"),
        ("NO-BREAK", ["NO\u00a0BREAK"], "NO-BREAK, as ITT: flags has it"),
        ("WHITE", ["WHITTE"], "WHITE, as ITT: flags has it"),
        ("WHITE", ["WHITTE", "WHITE"], "WHITE, as ITT: flags has it"),
        ("WHITE", ["WHITTE", "WHITTE", "WHITE"], None),  # as frequent as the word asked for: it may be another one
        ("WHITE", ["ASIAN"], None),
    ],
)
def test_a_value_that_almost_matches_a_condition_is_an_error(
    asked: str, has: list[str], expected: str | None, tmp_path: Path
) -> None:
    def change(files: dict[str, Rows]) -> None:
        for row, race in zip(files["dm"], has + has[-1:] * 4, strict=False):
            row["RACE"] = race

    sets = [
        {"id": "ITT", "flag": "ITTFL", "label": "I", "definition": "D.", "criteria": {"flags": {"RACE": asked}}},
        {"id": "SAF", "flag": "SAFFL", "label": "S", "definition": "D.", "criteria": {"treated": True}},
    ]
    found = [p for p in problems_of(tmp_path, change, analysis_sets=sets) if p.check == "X-015"]
    assert {(p.value, p.expected.split(" (")[0], p.severity) for p in found} == (
        {(has[0], expected, "error")} if expected else set()
    )


def test_a_slip_that_several_records_have_is_a_warning(tmp_path: Path) -> None:
    def change(files: dict[str, Rows]) -> None:
        for row, place in zip(files["qs"], ["KNEES"] * 3 + ["KNEE"] * 3 + ["ILIUM", "ILEUM"], strict=True):
            row["QSCAT"] = place

    endpoints = [{**ENDPOINT, "where": {"QSCAT": ["KNEE", "ILEUM"]}}]
    found = [p for p in problems_of(tmp_path, change, endpoints=endpoints) if p.check in ("X-015", "X-044")]
    assert {(p.check, p.severity, p.value) for p in found} == {
        ("X-044", "warning", "KNEES"),
        ("X-044", "warning", "ILIUM"),
    }


def test_a_term_of_a_codelist_is_no_slip_of_another() -> None:
    places = pd.Series(["ILEUM"] * 5 + ["ILIUM", "ILEUMM"], name="FALOC", dtype="str")
    assert slips_of(places, ("ILEUM",), rare=True) == {"ILEUMM": "ILEUM"}


def test_terms_that_differ_by_their_writing_only_are_told(tmp_path: Path) -> None:
    def change(files: dict[str, Rows]) -> None:
        event = files["ae"][0]
        files["ae"] += [{**event, "AESEQ": str(n), "AESTDTC": f"2024-01-{n:02}", "AEENDTC": ""} for n in (2, 3)]
        files["ae"][2].update(AEDECOD="HEADACHE", AEBODSYS="Nervous  system disorders")
        files["ae"][1].update(AEDECOD="Headach")

    found = problems_of(tmp_path, change)
    told = {(p.check, p.severity, p.line, p.variable, p.expected.split(" (")[0]) for p in found if p.check == "AE-048"}
    assert told == {
        ("AE-048", "warning", 2, "AEDECOD", "HEADACHE"),  # of two that are equally frequent the first in order
        ("AE-048", "warning", 4, "AEBODSYS", "Nervous system disorders"),
    }
