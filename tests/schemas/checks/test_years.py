"""Checks of mistyped dates, of epochs, and of results without a day, on small hand-made domains."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from tests.schemas.checks.test_exposure import found
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-205")

Table = Callable[[str], pd.DataFrame]
SV = "USUBJID  VISITNUM:f  SVSTDTC  SVENDTC\nG-1  20  2020-01-10  2020-01-10\nG-1  30  2020-02-08  2020-02-09"


def rows(said: list[tuple[int, str, str]]) -> list[int]:
    return [row for row, *_ in said]


def _vs(table: Table, *dates: str) -> pd.DataFrame:
    return table("USUBJID  VISITNUM:f  VSDTC\n" + "\n".join(f"G-1  30  {date}" for date in dates))


def test_a_measurement_has_the_year_of_its_visit(definition: StudyDefinition, table: Table) -> None:
    vs = _vs(table, "2020-02-08", "2019-02-08", "2002-02-08T10:00", "2020-08-02", "2020-02-09", "2020-02", "2019-02-10")
    said = found("DT-001", definition, SV=table(SV), VS=vs)
    assert said == [(row, "VSDTC", "probably 2020-02-08, the day of its visit") for row in (1, 2, 3)]
    assert found("DT-002", definition, SV=table(SV), VS=vs) == []


def test_a_visit_has_the_year_of_its_measurements(definition: StudyDefinition, table: Table) -> None:
    sv = table(SV.replace("2020-02-08  2020-02-09", "2002-02-08  2002-02-08"))
    said = found("DT-002", definition, SV=sv, VS=_vs(table, "2020-02-08", "2020-02-08", "2020-02-08"))
    assert said == [(1, "SVSTDTC", "probably 2020-02-08, the day of its measurements")]


def test_a_year_is_of_the_study(definition: StudyDefinition, table: Table) -> None:
    dm = table("USUBJID  RFICDTC  RFSTDTC  RFENDTC\nG-1  2019-12-20  2020-01-10  2020-06-30")
    ae = table("""
        USUBJID  AESTDTC
        G-1      2020-02-08
        G-1      2010-02-08
        G-1      2202-02-08
        G-1      2010-09-08
        G-1      2010-02
        G-1      2019-11-08
    """)
    said = found("DT-004", definition, DM=dm, AE=ae)
    assert said == [(row, "AESTDTC", "probably 2020-02-08") for row in (1, 2)]
    mh = table("USUBJID  MHSTDTC\nG-1  2010-02-08")
    assert found("DT-004", definition, DM=dm, MH=mh) == []


@pytest.mark.parametrize(
    ("born", "age", "wrong"),
    [
        ("1970-03-05", 49, False), ("1970-03-05", 50, False), ("1970-03-05", 51, True), ("1970", 49, False),
        ("1970", 50, False), ("1970", 48, True), ("1960-03-05", 49, True), (".", 49, False),
    ],
)  # fmt: skip
def test_age_is_that_of_birth(definition: StudyDefinition, table: Table, born: str, age: int, wrong: bool) -> None:
    """Consent before the birthday and first dose after it: either may be the day at which age is taken."""
    dm = f"USUBJID  AGE:f  AGEU  BRTHDTC  RFICDTC  RFSTDTC\nG-1  {age}  YEARS  {born}  2020-03-01  2020-03-10"
    assert bool(found("DT-005", definition, DM=table(dm))) is wrong


def test_an_epoch_is_the_period_of_the_date(definition: StudyDefinition, table: Table) -> None:
    dm = table("USUBJID  RFXSTDTC  RFXENDTC\nG-1  2020-01-10  2020-03-10")
    mh = "USUBJID  AESTDTC  EPOCH\n"
    good = ["2020-01-01  SCREENING", "2020-01-10  SCREENING", "2020-01-10  TREATMENT", "2020-05-10  TREATMENT"]
    good += ["2020-03-10  FOLLOW-UP", "2020-01  SCREENING", "2020-01-20  PERIOD 1", "2020-01-05  RUN-IN TREATMENT"]
    bad = ["2020-02-01  SCREENING"]
    for lines, wrong in ((good, []), ([*good, *bad], [8]), ([*good, "2020-01-05  TREATMENT"], [8])):
        assert (
            rows(found("DT-003", definition, DM=dm, AE=table(mh + "\n".join(f"G-1  {one}" for one in lines)))) == wrong
        )


def test_an_epoch_is_that_of_the_element(definition: StudyDefinition, table: Table) -> None:
    dm = table("USUBJID  RFXSTDTC  RFXENDTC\nG-1  2020-01-10  2020-03-10")
    se = table("""
        USUBJID  EPOCH      SESTDTC     SEENDTC
        G-1      SCREENING  2020-01-01  2020-01-12
        G-1      TREATMENT  2020-01-12  2020-03-10
        G-1      FOLLOW-UP  2020-03-10  2020-04-10
    """)
    ae = table("""
        USUBJID  AESTDTC     EPOCH
        G-1      2019-12-01  SCREENING
        G-1      2020-01-11  SCREENING
        G-1      2020-02-01  SCREENING
        G-1      2020-05-01  FOLLOW-UP
    """)
    assert rows(found("DT-003", definition, DM=dm, SE=se, AE=ae)) == [2]


def test_a_result_has_a_day_and_a_visit(definition: StudyDefinition, table: Table) -> None:
    one = definition.parameters[0]
    where = "".join(f"  {name}" for name in one.where)
    values = "".join(f"  {value}" for value in one.where.values())
    d = one.domain
    head = f"USUBJID  {d}TESTCD  {d}STRESC  {d}DTC  VISITNUM:f  VISIT{where}\n"
    lines = [f"G-1  {one.testcd}  5  2020-01-10  20  DAY 1{values}"] * 30
    lines += [f"G-1  {one.testcd}  5  .  20  DAY 1{values}", f"G-1  {one.testcd}  5  2020-01  20  DAY 1{values}"]
    lines += [f"G-1  {one.testcd}  .  .  20  DAY 1{values}", f"G-1  {one.testcd}  5  2020-01-10  .  DAY 1{values}"]
    dm = table("USUBJID\nG-1")
    frames = {"DM": dm, d: table(head + "\n".join(lines))}
    assert rows(found("X-020", definition, **frames)) == [30]
    # At a visit of the study it leaves the analysis.
    assert rows(found("X-049", definition, **frames)) == [31]
    assert found("X-046", definition, **frames) == []
    assert rows(found("X-045", definition, **frames)) == [33]
    assert found("X-050", definition, **frames) == []
    by_number = definition.model_copy(update={"assign": "recorded"})
    assert found("X-045", by_number, **frames) == []
    assert rows(found("X-050", by_number, **frames)) == [33]
    frames[d]["VISITNUM"] = 999.0
    assert rows(found("X-046", definition, **frames)) == [31]
    assert found("X-049", definition, **frames) == []


def test_words_are_those_by_which_analyses_find_a_record(definition: StudyDefinition, table: Table) -> None:
    ds = table("""
        USUBJID  DSDECOD            DSSCAT
        G-1      COMPLETED          STUDY TREATMENT
        G-2      Completed          STUDY PARTICIPATION
        G-3      COMPELTED          STUDY  TREATMENT
        G-4      LOST TO FOLLOW UP  TREATMENT
        G-5      RECOVERY           .
    """)
    ds["DSSCAT"] = ["STUDY TREATMENT", "STUDY PARTICIPATION", "STUDY  TREATMENT", "TREATMENT", None]
    assert found("X-021", definition, DS=ds) == [
        (1, "DSDECOD", "COMPLETED"),
        (2, "DSDECOD", "COMPLETED"),
        (3, "DSDECOD", "LOST TO FOLLOW-UP"),
        (2, "DSSCAT", "STUDY TREATMENT"),
    ]


def test_day_and_month_of_an_event_are_told_by_its_neighbours(definition: StudyDefinition, table: Table) -> None:
    dm = table("USUBJID  RFICDTC  RFPENDTC\nG-1  2020-01-02  2020-12-20")
    days = [f"2020-{month:02d}-15" for month in range(1, 13)]

    def said(*dates: str) -> list[tuple[int, str, str]]:
        lines = "\n".join(f"G-1  {n}  {date}" for n, date in enumerate(dates, 1))
        return found("DT-006", definition, DM=dm, AE=table(f"USUBJID  AESEQ:f  AESTDTC\n{lines}"))

    assert said(*days) == []
    # 4 March as 3 April is out of turn; 4 April as 4 April is not, nor what fits nowhere.
    assert said(*days[:2], "2020-04-03", "2020-03-20", *days[4:]) == [(2, "AESTDTC", "probably 2020-03-04")]
    assert said(*days[:2], "2020-11-02", *days[3:]) == []
    # Before consent, where the other date is after it.
    assert said("2019-12-31", *days[1:]) == []  # no other date
    dm["RFICDTC"] = "2020-03-01"
    assert said("2020-01-04", *days[3:]) == [(0, "AESTDTC", "probably 2020-04-01")]


def test_records_without_an_order_have_no_turn(definition: StudyDefinition, table: Table) -> None:
    dm = table("USUBJID  RFICDTC  RFPENDTC\nG-1  2020-01-02  2020-12-20")
    days = ["2020-05-15", "2020-02-15", "2020-09-15", "2020-03-15", "2020-04-03", "2020-03-20"] * 3
    lines = "\n".join(f"G-1  {n}  {date}" for n, date in enumerate(days, 1))
    assert found("DT-006", definition, DM=dm, AE=table(f"USUBJID  AESEQ:f  AESTDTC\n{lines}")) == []


def test_an_end_before_its_start_names_the_date_that_may_be_meant(definition: StudyDefinition, table: Table) -> None:
    ae = table("""
        USUBJID  AESTDTC     AEENDTC
        G-1      2020-03-10  2020-08-04
        G-1      2020-10-03  2020-03-15
        G-1      2020-03-15  2020-04-03
        G-1      2020-05-15  2020-05-13
    """)
    ae.loc[2, "AEENDTC"] = "2020-03-04"
    assert [said for *_, said in found("--023", definition, AE=ae)] == [
        "not before AESTDTC 2020-10-03; AESTDTC may be 2020-03-10, with day and month exchanged",
        "not before AESTDTC 2020-03-15; AEENDTC may be 2020-04-03, with day and month exchanged",
        "not before AESTDTC 2020-05-15",
    ]
