"""Values that the study definition does not place are errors that name the record."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pandas as pd
import pytest

from schemas.checks import check_all
from schemas.domains.tables import Domains, Source
from schemas.study import StudyDefinition
from tests.conftest import STUDY

pytestmark = pytest.mark.requirement("REQ-401")


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
