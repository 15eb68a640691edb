"""Checks of exposure on small hand-made domains: what is said, of which record, and what is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from trial_report.schemas.checks import exposure
from trial_report.schemas.checks.registry import CHECKS
from trial_report.schemas.domains.tables import Domains, Source
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-205")

Table = Callable[[str], pd.DataFrame]
DM = "USUBJID  ACTARMCD  RFSTDTC  RFXSTDTC  RFXENDTC\nG-1  LOW  2020-01-10  2020-01-10  2020-02-20"


def domains(**frames: pd.DataFrame) -> Domains:
    def source(name: str, frame: pd.DataFrame) -> Source:
        size = len(frame)
        lines, broken = np.arange(2, size + 2), np.zeros(size, bool)
        return Source((f"{name.lower()}.csv",), np.zeros(size, np.int32), lines, tuple(frame.columns), broken)

    return Domains(frames, {name: source(name, frame) for name, frame in frames.items()})


def found(check: str, definition: StudyDefinition, **frames: pd.DataFrame) -> list[tuple[int, str, str]]:
    """Row, variable and what was expected of each finding of a check."""
    function = CHECKS[check].function
    assert function is not None
    said: list[tuple[int, str, str]] = []
    for one in function(domains(**frames), definition):
        rows = np.flatnonzero(np.asarray(one.rows, dtype=bool))
        wanted: Any = one.expected if isinstance(one.expected, str) else one.expected.loc[pd.Index(rows)].tolist()
        said += [
            (int(row), one.variable, wanted if isinstance(wanted, str) else wanted[place])
            for place, row in enumerate(rows)
        ]
    return said


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [
        ("2020-01-10", "2020-02-20", None, None),
        ("2020-01", "2020-02", None, None),  # what EX leaves open DM may know
        ("2020-01-10", None, None, None),  # without an end there is nothing to compare
        ("2020-01-11", "2020-02-20", "2020-01-11", None),
        ("2020-02", "2020-02-20", "2020-02-01 to 2020-02-29", None),
        ("2020-01-10", "2020-03", None, "2020-03-01 to 2020-03-31"),
        ("2020-01-10", "2020-02-19", None, "2020-02-19"),
        ("2020-03-01", None, "2020-03-01", None),
    ],
)
def test_dm_and_ex_agree_where_one_day_is_possible_in_both(
    definition: StudyDefinition, table: Table, start: str, end: str | None, first: str | None, last: str | None
) -> None:
    ex = table(f"USUBJID  EXDOSE:f  EXSTDTC  EXENDTC\nG-1  10  {start}  {end or '.'}")
    assert found("DM-056", definition, DM=table(DM), EX=ex) == ([(0, "RFXSTDTC", first)] if first else [])
    assert found("DM-057", definition, DM=table(DM), EX=ex) == ([(0, "RFXENDTC", last)] if last else [])


def test_an_open_record_after_the_last_dose_of_dm_is_told(definition: StudyDefinition, table: Table) -> None:
    """As where a supply was opened and not used: which of the two is right the data do not say."""
    ex = table("""
        USUBJID  EXDOSE:f  EXSTDTC     EXENDTC
        G-1      10        2020-01-10  2020-02-20
        G-1      10        2020-02-21  .
    """)
    assert found("DM-057", definition, DM=table(DM), EX=ex) == []
    assert found("DM-062", definition, DM=table(DM), EX=ex) == [(1, "EXSTDTC", "a start up to 2020-02-20")]
    assert found("DM-062", definition, DM=table(DM), EX=ex.iloc[:1]) == []


def test_what_was_not_given_is_no_dose_of_dm(definition: StudyDefinition, table: Table) -> None:
    ex = table("""
        USUBJID  EXDOSE:f  EXOCCUR  EXSTDTC     EXENDTC
        G-1      .         N        2020-01-03  2020-01-03
        G-1      10        Y        2020-01-10  2020-02-20
        G-1      0         Y        2020-02-27  2020-02-27
    """)
    assert found("DM-056", definition, DM=table(DM), EX=ex) == []
    assert found("DM-057", definition, DM=table(DM), EX=ex) == []
    nothing = "no date: nothing was given by EX"
    assert found("DM-056", definition, DM=table(DM), EX=ex.iloc[:1]) == [(0, "RFXSTDTC", nothing)]


def test_a_dose_without_any_day_of_treatment_is_an_error(definition: StudyDefinition, table: Table) -> None:
    dm = table("USUBJID  RFSTDTC     RFXSTDTC\nG-1  .  2020-01-10\nG-2  2020-01-10  .\nG-3  .  2020\nG-4  .  .")
    ex = table("USUBJID  EXDOSE:f  EXSTDTC\nG-1  10  .\nG-2  10  .\nG-3  10  .\nG-4  10  .\nG-4  10  2020\nG-5  10  .")
    ds = table("USUBJID  DSDECOD  DSSTDTC\nG-5  RANDOMIZED  2020-01-09")
    assert found("EX-053", definition, DM=dm, EX=ex, DS=ds) == [(2, "EXSTDTC", "a date"), (3, "EXSTDTC", "a date")]
    assert [row for row, *_ in found("EX-056", definition, DM=dm, EX=ex)] == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("term", "known", "countable"),
    [("Q12H", True, True), ("EVERY 9 WEEKS", True, True), ("BIW", False, True), ("PRN", True, False),
     ("CONTINUOUS", True, True), ("ONCE", True, True), (".", True, True)],
)  # fmt: skip
def test_a_frequency_says_how_many_doses_there_are(
    definition: StudyDefinition, table: Table, term: str, known: bool, countable: bool
) -> None:
    ex = table(f"USUBJID  EXDOSE:f  EXDOSFRQ  EXSTDTC  EXENDTC\nG-1  10  {term}  2020-01-10  2020-01-12")
    assert (found("EX-054", definition, EX=ex) == []) is known
    assert (found("EX-058", definition, DM=table(DM), EX=ex) == []) is countable


def test_courses_that_touch_or_overlap_are_told_with_the_earlier_one(definition: StudyDefinition, table: Table) -> None:
    ex = table("""
        USUBJID  EXSEQ:i  EXTRT  EXLOC  EXDOSE:f  EXDOSFRQ  EXSTDTC     EXENDTC
        G-1      1        D      .      10        QD        2020-01-01  2020-02-04
        G-1      2        D      .      10        QD        2020-02-04  2020-03-11
        G-1      3        D      .      10        QD        2020-03-12  2020-03-20
        G-2      1        D      .      10        QD        2020-01-01  2020-03-01
        G-2      2        D      .      10        QD        2020-01-10  2020-01-20
        G-2      3        D      .      10        QD        2020-02-01  2020-03-20
        G-2      4        D      .      10        QD        2020-02-01  2020-03-20
        G-2      5        E      .      10        QD        2020-01-15  2020-01-20
        G-2      6        D      ARM    10        QD        2020-01-15  2020-01-20
        G-3      1        D      .      10        ONCE      2020-01-10  2020-01-11
        G-3      2        D      .      10        ONCE      2020-01-11  2020-01-12
        G-3      3        D      .      0         QD        2020-01-01  2020-01-30
        G-3      4        D      .      10        QD        2020-01-05  2020-01-08
    """)
    said = found("EX-055", definition, DM=table(DM), EX=ex)
    assert said == [
        (1, "EXSTDTC", "not before 2020-02-05: the record with EXSEQ 1 ends the day before"),
        (4, "EXSTDTC", "not before 2020-03-02: the record with EXSEQ 1 ends the day before"),
        (5, "EXSTDTC", "not before 2020-03-02: the record with EXSEQ 1 ends the day before"),
    ]


def test_a_dose_is_one_of_the_plan_or_adds_up_to_one(
    definition: StudyDefinition, study_dict: dict[str, Any], table: Table
) -> None:
    ex = table("""
        USUBJID  EXDOSE:f  EXADJ  EXOCCUR  EXSTDTC
        G-1      10        .      Y        2020-01-10
        G-1      4         .      Y        2020-01-11
        G-1      6         .      Y        2020-01-11
        G-1      5         .      Y        2020-01-12
        G-1      5         RASH   Y        2020-01-13
        G-1      0         .      N        2020-01-14
        G-1      40        .      Y        2020-01-15
    """)
    assert [row for row, *_ in found("EX-050", definition, DM=table(DM), EX=ex)] == [3, 6]
    plan = [{"days": [1, 2], "dose": 40}, {"days": [3, None], "frequency": "QW"}]
    groups = [{**one, "plan": plan} for one in study_dict["treatment"]["groups"][:1]]
    loading = StudyDefinition.model_validate(
        {**study_dict, "treatment": {"groups": [*groups, *study_dict["treatment"]["groups"][1:]]}}
    )
    assert found("EX-050", loading, DM=table(DM), EX=ex) == [(3, "EXDOSE", "40 or 10")]


def test_zero_is_a_dose_of_a_placebo_only(definition: StudyDefinition, table: Table) -> None:
    ex = table("USUBJID  EXTRT  EXDOSE:f\nG-1  Placebo  0\nG-1  D  0\nG-1  D  .")
    assert exposure.administered(domains(DM=table(DM), EX=ex), definition).tolist() == [True, False, True]


def test_a_frequency_that_nobody_else_has(definition: StudyDefinition, table: Table) -> None:
    def said(*often: str) -> list[tuple[int, str, str]]:
        dm = "USUBJID  ACTARMCD\n" + "\n".join(f"G-{n}  LOW" for n in range(12))
        head = "USUBJID  EXTRT  EXDOSE:f  EXDOSFRQ\n"
        ex = head + "\n".join(f"G-{n % 12}  DRUG  1  {one}" for n, one in enumerate(often))
        return found("EX-059", definition, DM=table(dm), EX=table(ex))

    assert said(*["QD"] * 11, "BID") == [(11, "EXDOSFRQ", "QD, as all other records")]
    # Two records, a titration in everybody, and few subjects are no exception to a rule.
    assert said(*["QD"] * 10, "BID", "BID") == said(*["QD", "BID"] * 6) == said(*["QD"] * 8, "BID") == []
