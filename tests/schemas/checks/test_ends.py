"""Checks of dispositions, flags, assignments and names of treatments: the mistakes, and what trials legitimately do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from tests.schemas.checks.test_exposure import found
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-205")

Table = Callable[[str], pd.DataFrame]
DM = (
    "USUBJID  ACTARMCD  RFXSTDTC  RFXENDTC  RFICDTC  RFPENDTC\nG-1  LOW  2020-01-10  2020-02-20  2020-01-02  2020-03-20"
)


def rows(said: list[tuple[int, str, str]]) -> list[int]:
    return [row for row, *_ in said]


@pytest.fixture
def dm(table: Table) -> pd.DataFrame:
    return table(DM)


@pytest.fixture
def ex(table: Table) -> pd.DataFrame:
    return table("USUBJID  EXTRT  EXDOSE:f  EXSTDTC  EXENDTC\nG-1  D  10  2020-01-10  2020-02-20")


def test_a_disposition_is_in_its_category(definition: StudyDefinition, table: Table) -> None:
    ds = table("""
        USUBJID  DSDECOD                   DSCAT
        G-1      INFORMED CONSENT OBTAINED  PROTOCOL MILESTONE
        G-1      RANDOMIZED                 DISPOSITION EVENT
        G-1      COMPLETED                  PROTOCOL MILESTONE
        G-2      COMPLETED                  DISPOSITION EVENT
        G-2      DEATH                      OTHER EVENT
        G-3      COMPLETED                  .
    """)
    assert found("X-022", definition, DS=ds) == [
        (1, "DSCAT", "PROTOCOL MILESTONE"),
        (2, "DSCAT", "DISPOSITION EVENT"),
        (5, "DSCAT", "DISPOSITION EVENT"),
    ]


def test_a_part_of_the_study_ends_once(definition: StudyDefinition, table: Table) -> None:
    ds = table("""
        USUBJID  DSDECOD                DSCAT              DSSCAT     EPOCH
        G-1      COMPLETED              DISPOSITION EVENT  TREATMENT  TREATMENT
        G-1      COMPLETED              DISPOSITION EVENT  STUDY      FOLLOW-UP
        G-1      WITHDRAWAL BY SUBJECT  DISPOSITION EVENT  STUDY      FOLLOW-UP
        G-2      SCREEN FAILURE         DISPOSITION EVENT  STUDY      SCREENING
        G-2      COMPLETED              DISPOSITION EVENT  STUDY      FOLLOW-UP
        G-2      DEATH                  DISPOSITION EVENT  STUDY      FOLLOW-UP
        G-3      COMPLETED              DISPOSITION EVENT  STUDY      RUN-IN
        G-3      ADVERSE EVENT          DISPOSITION EVENT  STUDY      TREATMENT
        G-4      ADVERSE EVENT          DISPOSITION EVENT  STUDY      TREATMENT
        G-4      PHYSICIAN DECISION     DISPOSITION EVENT  STUDY      TREATMENT
    """)
    assert rows(found("X-023", definition, DS=ds)) == [2]


def test_who_failed_screening_may_come_again(definition: StudyDefinition, table: Table, ex: pd.DataFrame) -> None:
    dm = table("USUBJID  ARMNRS\nG-1  .\nG-2  SCREEN FAILURE")
    ds = table("""
        USUBJID  DSDECOD         DSCAT              EPOCH
        G-1      SCREEN FAILURE  DISPOSITION EVENT  SCREENING
        G-1      COMPLETED       DISPOSITION EVENT  FOLLOW-UP
        G-2      COMPLETED       DISPOSITION EVENT  SCREENING
        G-2      COMPLETED       DISPOSITION EVENT  TREATMENT
    """)
    assert rows(found("X-024", definition, DM=dm, DS=ds, EX=ex)) == [3]
    assert rows(found("X-024", definition, DM=dm, DS=ds.drop(index=1).reset_index(drop=True), EX=ex)) == [0, 2]


def test_the_study_does_not_end_before_treatment(
    definition: StudyDefinition, table: Table, dm: pd.DataFrame, ex: pd.DataFrame
) -> None:
    def said(decod: str, scat: str, when: str) -> list[int]:
        ds = table(f"USUBJID  DSDECOD  DSCAT  DSSCAT  DSSTDTC\nG-1  {decod}  DISPOSITION EVENT  {scat}  {when}")
        return rows(found("X-027", definition, DM=dm, DS=ds, EX=ex))

    assert said("COMPLETED", "STUDY PARTICIPATION", "2020-02-01") == [0]
    assert said("WITHDRAWAL BY SUBJECT", ".", "2020-02-01") == [0]
    assert said("COMPLETED", ".", "2020-02-01") == []  # a run-in, or another part of it
    assert said("COMPLETED", "STUDY PARTICIPATION", "2020-02-20") == []
    assert said("WITHDRAWAL BY SUBJECT", ".", "2020") == []


def test_treatment_before_randomisation_may_be_the_design(definition: StudyDefinition, table: Table) -> None:
    people = [f"G-{n}" for n in range(1, 7)]
    dm = table("USUBJID  RFXSTDTC\n" + "\n".join(f"{one}  2020-01-10" for one in people))
    late = ["2020-01-12", *["2020-01-09"] * 5]
    for days, said in ((late, [0]), (["2020-01-12"] * 6, [])):
        lines = (f"{one}  RANDOMIZED  {day}" for one, day in zip(people, days, strict=True))
        ds = table("USUBJID  DSDECOD  DSSTDTC\n" + "\n".join(lines))
        assert rows(found("X-028", definition, DM=dm, DS=ds)) == said


def test_a_visit_after_participation_is_told_from_the_third_day(
    definition: StudyDefinition, table: Table, dm: pd.DataFrame
) -> None:
    sv = table("USUBJID  SVSTDTC\nG-1  2020-03-20\nG-1  2020-03-22\nG-1  2020-03-23\nG-1  2020-04")
    assert rows(found("X-030", definition, DM=dm, SV=sv)) == [2, 3]
    # What ends treatment is not the end of participation, and the later of DM and DS counts.
    ds = table("USUBJID  DSDECOD  DSCAT  DSSCAT  DSSTDTC\nG-1  COMPLETED  DISPOSITION EVENT  STUDY  2020-05-01")
    assert rows(found("X-030", definition, DM=dm, SV=sv, DS=ds)) == []


def test_nothing_is_decided_or_ends_after_death(definition: StudyDefinition, table: Table) -> None:
    dm = table("USUBJID  DTHDTC\nG-1  2020-03-01\nG-2  2020-03")
    ds = table("""
        USUBJID  DSDECOD                      DSSTDTC
        G-1      COMPLETED                    2020-03-05
        G-1      STUDY TERMINATED BY SPONSOR  2020-06-05
        G-1      DEATH                        2020-03-02
        G-2      COMPLETED                    2020-03-05
    """)
    assert rows(found("X-031", definition, DM=dm, DS=ds)) == [0]
    cm = table(
        "USUBJID  CMSTDTC  CMENDTC\nG-1  2019  2020-03-02\nG-1  2020-04  2020-05\nG-1  2019  2020-03\nG-1  2019  ."
    )
    assert rows(found("--070", definition, DM=dm, CM=cm)) == [0]


def test_a_fatal_event_ends_with_death(definition: StudyDefinition, table: Table) -> None:
    dm = table("USUBJID  DTHDTC\nG-1  2020-03-01")
    ae = table("""
        USUBJID  AEOUT               AESTDTC     AEENDTC
        G-1      FATAL               2020-02-01  2020-02-28
        G-1      FATAL               2020-02-01  2020-03-01
        G-1      FATAL               2020-02-01  2020-03
        G-1      FATAL               2020-02-01  .
        G-1      RECOVERED/RESOLVED  2020-02-01  2020-02-28
    """)
    assert found("X-032", definition, DM=dm, AE=ae) == [(0, "AEENDTC", "2020-03-01")]


def test_what_is_ongoing_has_no_end_by_then(definition: StudyDefinition, table: Table) -> None:
    cm = table("""
        USUBJID  CMENDTC     CMENRTPT  CMENTPT
        G-1      2020-03-01  ONGOING   2020-04-01
        G-1      2020-05-01  ONGOING   2020-04-01
        G-1      .           ONGOING   2020-04-01
        G-1      2020-03-01  BEFORE    2020-04-01
        G-1      2020-03-01  ONGOING   .
    """)
    assert rows(found("--071", definition, CM=cm)) == [0, 4]


def test_toxicities_are_severe_related_and_of_the_escalation(definition: StudyDefinition, table: Table) -> None:
    dm = table("USUBJID  PART  RFXSTDTC\nG-1  PA  2020-01-10\nG-2  PB  2020-01-10")
    related = definition.adverse_events.related[0]
    name = definition.adverse_events.relationship_variable
    ae = table(f"""
        USUBJID  AESTDTC     AETOXGR  {name}       AEDLTFL
        G-1      2020-01-12  1        {related}    Y
        G-1      2020-01-12  3        NOT RELATED  Y
        G-1      2020-01-12  3        {related}    Y
        G-1      2020-01-12  3        {related}    N
        G-1      2020-03-12  3        {related}    N
        G-1      2020-01-12  2        {related}    .
        G-2      2020-01-12  3        {related}    Y
        G-2      2020-01-12  3        {related}    .
    """)
    assert rows(found("X-033", definition, DM=dm, AE=ae)) == [0, 1]
    assert rows(found("X-034", definition, DM=dm, AE=ae)) == [6]
    assert rows(found("X-035", definition, DM=dm, AE=ae)) == [3, 5]


def _escalation(table: Table, cohorts: str) -> dict[str, pd.DataFrame]:
    days = ["01-10", "01-12", "01-14", "02-10", "02-12", "02-14", "03-10", "03-12", "03-14"]
    dm = "USUBJID  ACTARMCD  PART  COHORTN  RFXSTDTC\n"
    dm += "\n".join(
        f"G-{n}  LOW  PA  {cohort}  2020-{day}" for n, (day, cohort) in enumerate(zip(days, cohorts, strict=True))
    )
    ex = "USUBJID  EXSTDTC\n" + "\n".join(f"G-{n}  2020-{day}" for n, day in enumerate(days))
    return {"DM": table(dm), "EX": table(ex)}


@pytest.mark.parametrize(
    ("cohorts", "wrong"),
    [
        ("111222333", []),
        ("111122333", []),
        ("311222333", [0]),
        ("111222331", [8]),
        ("111232333", [4]),
        ("321321321", []),
    ],
)
def test_cohorts_are_treated_one_after_another(
    definition: StudyDefinition, table: Table, cohorts: str, wrong: list[int]
) -> None:
    assert rows(found("X-037", definition, **_escalation(table, cohorts))) == wrong


def test_a_cohort_is_of_one_phase(definition: StudyDefinition, table: Table) -> None:
    dm = table("USUBJID  PART  COHORTN\nG-1  PA  1\nG-2  PA  1\nG-3  PB  1\nG-4  PA  2\nG-5  PB  2")
    assert found("X-036", definition, DM=dm) == [(2, "PART", "PA, as the others of cohort 1")]


def test_a_treatment_is_of_the_arm(definition: StudyDefinition, table: Table) -> None:
    def said(*names: str, check: str = "X-041") -> list[int]:
        dm = "USUBJID  ACTARMCD\n" + "\n".join(f"G-{n}  {'LOW' if n < 5 else 'MID'}" for n in range(10))
        ex = "USUBJID  EXTRT\n" + "\n".join(f"G-{n}  {one}" for n, name in enumerate(names) for one in name.split("+"))
        return rows(found(check, definition, DM=table(dm), EX=table(ex)))

    assert said(*["DRUG"] * 5, *["PLACEBO"] * 5) == []
    assert said(*["BLINDED"] * 10) == []
    foreign = ("DRUG", "DRUG", "ASPIRIN", "DRUG", "DRUG", *["PLACEBO"] * 5)
    assert said(*foreign) == []
    assert said(*foreign, check="X-051") == [2]
    # What another arm has, a kit of it once, and the treatment under a name with its strength are not foreign.
    for other in ("PLACEBO", "DRUG+PLACEBO", "DRUG-5MG"):
        given = ("DRUG", "DRUG", other, "DRUG", "DRUG", *["PLACEBO"] * 5)
        assert said(*given) == [2 + other.count("+")]
        assert said(*given, check="X-051") == []
    assert said("DRUG", "DRUG+RESCUE", "DRUG", "DRUG", "DRUG", *["PLACEBO"] * 5) == []
    assert said(*["DRUG+PLACEBO"] * 10) == []  # crossover
    assert said("PRODUCT", "PRODUCT", "PRODCUT", "PRODUCT", "PRODUCT", *["PLACEBO"] * 5) == [2]


def test_a_flag_of_the_safety_set_goes_with_treatment(
    definition: StudyDefinition, study_dict: dict[str, Any], table: Table
) -> None:
    sets = [
        one | ({"criteria": {"flags": {"SAFETY": "Y"}}} if one["id"] == "SAF" else {})
        for one in study_dict["analysis_sets"]
    ]
    flagged = StudyDefinition.model_validate({**study_dict, "analysis_sets": sets})
    lines = [f"G-{n}  Y  ." for n in range(6)] + ["G-6  .  .", "G-7  Y  .", "G-8  Y  SCREEN FAILURE"]
    dm = table("USUBJID  SAFETY  ARMNRS\n" + "\n".join(lines))
    ex = table("USUBJID  EXSTDTC\n" + "\n".join(f"G-{n}  2020-01-01" for n in range(7)))
    assert sorted(rows(found("X-039", flagged, DM=dm, EX=ex))) == [6, 7, 8]
    assert found("X-039", definition, DM=dm, EX=ex) == []


def test_a_phase_is_that_of_its_time(definition: StudyDefinition, table: Table) -> None:
    """X-038: one subject treated amid those of the other phase; where phases overlap nothing is said."""
    ex = table("USUBJID  EXSTDTC\n" + "\n".join(f"G-{n}  2020-{n + 1:02}-01" for n in range(12)))
    for phases, said in (("PA " * 6 + "PB " * 6, []), ("PB " + "PA " * 5 + "PB " * 6, [0]), ("PA PB " * 6, [])):
        lines = "\n".join(f"G-{n}  {phase}" for n, phase in enumerate(phases.split()))
        assert rows(found("X-038", definition, DM=table("USUBJID  PART\n" + lines), EX=ex)) == said


def test_an_emergent_event_begins_after_first_dose(definition: StudyDefinition, table: Table, dm: pd.DataFrame) -> None:
    ae = table("""
        USUBJID  AESTDTC     AETRTEM
        G-1      2020-01-09  Y
        G-1      2020-01-10  Y
        G-1      2020-01     Y
        G-1      2020-01-09  .
    """)
    assert found("X-040", definition, DM=dm, AE=ae) == [(0, "AETRTEM", "no Y: it began before first dose")]
