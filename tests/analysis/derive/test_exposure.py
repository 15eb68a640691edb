from collections.abc import Callable

import pandas as pd
import pytest

from analysis.derive.exposure import exposure
from schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-205")

Table = Callable[[str], pd.DataFrame]
COLUMNS = ["TRTSDT", "TRTEDT", "TRTDURD", "NADMIN", "DOSEA", "DOSEP", "DOSECOMP"]


def given(definition: StudyDefinition, table: Table, ex: str, group: str = "LOW") -> pd.DataFrame:
    adsl = table(f"USUBJID  TRT01P  LSTCTDT:d\nG-1  {group}  2020-02-01\nG-2  MID  2020-02-01")
    return exposure(adsl, adsl, definition, {"EX": table(ex)})


def test_one_administration_and_none(definition: StudyDefinition, table: Table) -> None:
    found = given(definition, table, "USUBJID  EXTRT  EXDOSE:f  EXSTDTC  EXENDTC\nG-1  D  8  2020-01-10  2020-01-10")
    expected = table("""
        TRTSDT:d    TRTEDT:d    TRTDURD:i  NADMIN:i  DOSEA:f  DOSEP:f  DOSECOMP:f
        2020-01-10  2020-01-10  1          1         8        10       80
        .           .           .          0         .        .        .
    """)
    pd.testing.assert_frame_equal(found[COLUMNS], expected)


def test_records_of_one_day_are_one_administration(definition: StudyDefinition, table: Table) -> None:
    found = given(definition, table, """
        USUBJID  EXTRT  EXDOSE:f  EXSTDTC     EXENDTC
        G-1      D      4         2020-01-10  2020-01-10
        G-1      D      6         2020-01-10  2020-01-10
        G-1      D      10        2020-01-20  2020-01-20
    """).iloc[0]  # fmt: skip
    assert (found["NADMIN"], found["DOSEA"], found["DOSEP"], found["TRTDURD"]) == (2, 20, 20, 11)


def test_what_was_not_given_was_planned(definition: StudyDefinition, table: Table) -> None:
    found = given(definition, table, """
        USUBJID  EXTRT  EXDOSE:f  EXOCCUR  EXSTDTC     EXENDTC
        G-1      D      10        Y        2020-01-10  2020-01-10
        G-1      D      0         Y        2020-01-17  2020-01-17
        G-1      D      .         N        2020-01-24  2020-01-24
    """).iloc[0]  # fmt: skip
    assert (found["NADMIN"], found["DOSEA"], found["DOSEP"]) == (1, 10, 30)
    assert found["TRTEDT"] == pd.Timestamp("2020-01-10")


def test_a_course_holds_an_administration_a_day(definition: StudyDefinition, table: Table) -> None:
    found = given(definition, table, """
        USUBJID  EXTRT  EXDOSE:f  EXDOSFRQ  EXSTDTC     EXENDTC
        G-1      D      10        QD        2020-01-01  2020-01-07
        G-1      D      10        BID       2020-01-08  2020-01-09
        G-2      D      20        QD        2020-01-30  .
    """)  # fmt: skip
    assert found["NADMIN"].tolist() == [11, 3]  # the open course goes on to the last contact
    assert found["DOSEA"].tolist() == [110, 60]
    assert found["TRTEDT"].dt.strftime("%m-%d").tolist() == ["01-09", "02-01"]


@pytest.mark.parametrize(
    ("frequency", "days", "administrations"),
    [("Q12H", 71, 142), ("EVERY 3 WEEKS", 43, 3), ("3 TIMES PER WEEK", 14, 6), ("QM", 31, 2), ("Twice", 1, 2)],
)
def test_every_frequency_of_the_codelist_counts(
    definition: StudyDefinition, table: Table, frequency: str, days: int, administrations: int
) -> None:
    end = pd.Timestamp("2019-11-01") + pd.Timedelta(days=days - 1)
    found = given(
        definition,
        table,
        f"USUBJID  EXTRT  EXDOSE:f  EXDOSFRQ  EXSTDTC  EXENDTC\nG-1  D  10  {frequency}  2019-11-01  {end.date()}",
    ).iloc[0]
    assert (found["NADMIN"], found["DOSEA"]) == (administrations, 10 * administrations)


def test_doses_that_add_up_to_what_was_planned_are_all_of_it(definition: StudyDefinition, table: Table) -> None:
    doses = "\n".join(f"G-1  D  {dose}  2020-01-10" for dose in (*[0.7] * 14, 0.2))
    found = given(definition, table, f"USUBJID  EXTRT  EXDOSE:f  EXSTDTC\n{doses}").iloc[0]
    assert found["DOSEA"] != found["DOSEP"] == 10, "the sum is off in binary"
    assert found["DOSECOMP"] == 100


def test_zero_counts_only_as_placebo(definition: StudyDefinition, table: Table) -> None:
    found = given(definition, table, """
        USUBJID  EXTRT    EXDOSE:f  EXSTDTC     EXENDTC
        G-1      Placebo  0         2020-01-10  2020-01-10
        G-2      D        0         2020-01-10  2020-01-10
    """)  # fmt: skip
    assert found["NADMIN"].tolist() == [1, 0]
    assert found["TRTSDT"].notna().tolist() == [True, False]
    assert found["DOSECOMP"].fillna(-1).tolist() == [0, -1]


def test_the_moment_of_first_dose_needs_the_time_of_all_records_of_that_day(
    definition: StudyDefinition, table: Table
) -> None:
    found = given(definition, table, """
        USUBJID  EXTRT  EXDOSE:f  EXSTDTC           EXENDTC
        G-1      D      5         2020-01-10T09:30  2020-01-10
        G-1      D      5         2020-01-10T08:30  2020-01-10
        G-2      D      5         2020-01-10T08:30  2020-01-10
        G-2      D      5         2020-01-10        2020-01-10
    """)  # fmt: skip
    assert found["TRTSDTM"].dt.strftime("%H:%M").fillna("-").tolist() == ["08:30", "-"]


def test_the_first_of_administrations_with_offsets_is_the_first_in_utc(
    definition: StudyDefinition, table: Table
) -> None:
    found = given(definition, table, """
        USUBJID  EXTRT  EXDOSE:f  EXSTDTC                 EXENDTC
        G-1      D      5         2020-01-10T09:30+09:00  2020-01-10
        G-1      D      5         2020-01-10T08:30Z       2020-01-10
        G-2      D      5         2020-01-10T08:30Z       2020-01-10
        G-2      D      5         2020-01-10T09:30        2020-01-10
    """)  # fmt: skip
    assert found["TRTSDTM"].dt.strftime("%H:%M").fillna("-").tolist() == ["09:30", "-"]
    assert found["TRTSDTU"].dt.strftime("%H:%M").fillna("-").tolist() == ["00:30", "-"]


def test_without_ex_the_dates_are_those_of_dm(definition: StudyDefinition, table: Table) -> None:
    adsl = table("USUBJID  TRT01P  RFXSTDTC  RFXENDTC\nG-1  LOW  2020-01-10  .\nG-2  MID  .  .")
    found = exposure(adsl, adsl, definition, {})
    assert found["NADMIN"].tolist() == [1, 0]
    assert found["TRTEDT"].dt.day.tolist()[0] == 10
    assert found["DOSECOMP"].isna().all()
