"""Who had all that completers had, and is said to have left, is told; not what a study records by custom."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from tests.schemas.checks.test_exposure import found
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-205")

Table = Callable[[str], pd.DataFrame]
SUBJECTS = [f"G-{n}" for n in range(1, 7)]
START, LAST = "2020-01-10", "2020-03-09"


@pytest.fixture
def dm(table: Table) -> pd.DataFrame:
    rows = "\n".join(f"{one}  LOW  {START}  {START}" for one in SUBJECTS)
    return table(f"USUBJID  ACTARMCD  RFXSTDTC  RFXENDTC\n{rows}")


@pytest.fixture
def ex(table: Table) -> pd.DataFrame:
    rows = "\n".join(f"{one}  D  10  {START}  {START}" for one in SUBJECTS)
    return table(f"USUBJID  EXTRT  EXDOSE:f  EXSTDTC  EXENDTC\n{rows}")


def ends(table: Table, part: str, *left: str, when: str = LAST) -> pd.DataFrame:
    """DS of a part of the study, which the subjects `left` did not complete."""
    rows = "\n".join(
        f"{one}  {'PHYSICIAN DECISION' if one in left else 'COMPLETED'}  DISPOSITION EVENT  {part}  {when}"
        for one in SUBJECTS
    )
    return table(f"USUBJID  DSDECOD  DSCAT  DSSCAT  DSSTDTC\n{rows}")


def visits(table: Table, day: str = LAST) -> pd.DataFrame:
    rows = "\n".join(f"{one}  40  {day if one == 'G-2' else LAST}" for one in SUBJECTS)
    return table(f"USUBJID  VISITNUM:f  SVSTDTC\n{rows}")


def test_left_with_the_last_visit(
    definition: StudyDefinition, table: Table, dm: pd.DataFrame, ex: pd.DataFrame
) -> None:
    ds = ends(table, "STUDY PARTICIPATION", "G-2")
    said = found("X-048", definition, DM=dm, EX=ex, DS=ds, SV=visits(table))
    assert said == [(1, "DSDECOD", f"COMPLETED: the subject had MONTH 2 on {LAST}")]


def test_an_early_end_may_be_entered_under_the_last_visit(
    definition: StudyDefinition, table: Table, dm: pd.DataFrame, ex: pd.DataFrame
) -> None:
    ds = ends(table, "STUDY PARTICIPATION", "G-2")
    assert found("X-048", definition, DM=dm, EX=ex, DS=ds, SV=visits(table, "2020-02-01")) == []
    # So may the ends of several.
    ds = ends(table, "STUDY PARTICIPATION", "G-2", "G-3")
    assert found("X-048", definition, DM=dm, EX=ex, DS=ds, SV=visits(table)) == []


def test_the_only_dose_was_given(definition: StudyDefinition, table: Table, dm: pd.DataFrame, ex: pd.DataFrame) -> None:
    ds = ends(table, "STUDY TREATMENT", "G-2", when=START)
    said = found("X-047", definition, DM=dm, EX=ex, DS=ds)
    assert said == [(1, "DSDECOD", "COMPLETED, as others of the dose")]


def test_part_of_a_dose_or_one_of_many_doses(
    definition: StudyDefinition, table: Table, dm: pd.DataFrame, ex: pd.DataFrame
) -> None:
    ds = ends(table, "STUDY TREATMENT", "G-2", when=START)
    part = ex.assign(EXDOSE=ex["EXDOSE"].where(ex["USUBJID"] != "G-2", 4.0))
    assert found("X-047", definition, DM=dm, EX=part, DS=ds) == []
    daily = ex.assign(EXENDTC="2020-02-20")
    assert found("X-047", definition, DM=dm, EX=daily, DS=ds) == []


def test_an_end_that_is_not_told(definition: StudyDefinition, table: Table, dm: pd.DataFrame) -> None:
    dm, ds = dm.assign(RFPENDTC=LAST), ends(table, "STUDY PARTICIPATION")
    expected = [(1, "RFPENDTC", "a disposition event in DS that ends the participation")]
    assert found("MI-006", definition, DM=dm, DS=ds[ds["USUBJID"] != "G-2"].reset_index(drop=True)) == expected
    assert found("MI-006", definition, DM=dm, DS=ds) == []
    # Several who go on.
    assert found("MI-006", definition, DM=dm, DS=ds[~ds["USUBJID"].isin(["G-2", "G-3"])].reset_index(drop=True)) == []
