from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from trial_report.analysis.derive.declared import with_variables
from trial_report.analysis.derive.exposure import exposure
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-205")

Table = Callable[[str], pd.DataFrame]


def exposed(
    adsl: pd.DataFrame, dm: pd.DataFrame, arm: pd.Series, definition: StudyDefinition, domains: dict[str, pd.DataFrame]
) -> pd.DataFrame:
    """Exposure with the durations that are declared."""
    return with_variables(exposure(adsl, dm, arm, definition, domains), definition, domains)


COLUMNS = ["TRTSDT", "TRTEDT", "TRTDURD", "NADMIN", "DOSEA", "DOSEP", "DOSECOMP"]
ADSL = """
    USUBJID  LSTCTDT:d   DTHDT:d  CUTDT:d     {dm}
    G-1      2020-02-01  .        2021-12-31  {one}
    G-2      2020-02-01  .        2021-12-31  {two}
"""


def given(
    definition: StudyDefinition, table: Table, ex: str, group: str = "LOW", domain: str = "EX", **dm: str
) -> pd.DataFrame:
    """ADSL of G-1 in a group and G-2 in MID, seen last on 1 February; `dm` are variables of G-1, by name."""
    dots = "  ".join("." for _ in dm)
    adsl = table(ADSL.format(dm="  ".join(dm), one="  ".join(dm.values()), two=dots))
    arm = pd.Series([group, "MID"], dtype="str")
    return exposed(adsl, adsl, arm, definition, {domain: table(ex)})


def planning(study: dict[str, Any], compliance: str = "to_last_dose", **group: Any) -> StudyDefinition:
    """The generic study, its first group being changed."""
    first, *others = study["treatment"]["groups"]
    return StudyDefinition.model_validate(
        {**study, "treatment": {"groups": [{**first, **group}, *others]}, "exposure": {"compliance": compliance}}
    )


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


def test_without_ex_and_ec_the_dates_are_those_of_dm_and_doses_are_not_known(
    definition: StudyDefinition, table: Table
) -> None:
    adsl = table("USUBJID  RFXSTDTC  RFXENDTC\nG-1  2020-01-10  .\nG-2  .  .")
    found = exposed(adsl, adsl, pd.Series(["LOW", "MID"], dtype="str"), definition, {})
    assert found["TRTEDT"].dt.day.tolist()[0] == 10
    assert found[["NADMIN", "NPLAN", "DOSEA", "DOSEP", "DOSECOMP"]].isna().all(axis=None)


# ---- dates that are not whole


@pytest.mark.parametrize(
    ("end", "dm", "last", "number"),
    [
        ("2020-01", {}, "01-31", 22),  # the last day that it can mean
        ("2020-02", {}, "02-01", 23),  # but not after the last contact
        ("2020", {}, "02-01", 23),
        ("2020-01", {"RFXENDTC": "2020-01-20"}, "01-20", 11),  # DM knows more
        ("2020-01", {"RFXENDTC": "2020-02-20"}, "01-31", 22),  # what DM says cannot be
        (".", {"RFXENDTC": "2020-01-20"}, "01-20", 11),
        (".", {"RFXENDTC": "2020-01-05"}, "02-01", 23),  # before the start: DM is of no use
        (".", {}, "02-01", 23),  # went on to the last contact
        ("2020-01-15/2020-01-18", {}, "01-18", 9),
        ("2020-03", {}, "03-01", 52),  # it did end in March, whenever the last contact was
    ],
)
def test_an_end_that_is_not_whole(
    definition: StudyDefinition, table: Table, end: str, dm: dict[str, str], last: str, number: int
) -> None:
    ex = f"USUBJID  EXTRT  EXDOSE:f  EXDOSFRQ  EXSTDTC  EXENDTC\nG-1  D  10  QD  2020-01-10  {end}"
    found = given(definition, table, ex, **dm).iloc[0]
    assert found["TRTEDT"].strftime("%m-%d") == last
    assert (found["NADMIN"], found["DOSEA"], found["DOSECOMP"]) == (number, 10 * number, 100)


@pytest.mark.parametrize(
    ("start", "dm", "first", "number"),
    [
        ("2020-01", {"RFXSTDTC": "2020-01-13"}, "01-13", 8),
        ("2020-01", {"RFXSTDTC": "2019-12-13"}, "01-01", 20),  # cannot be: the first day that EX can mean
        ("2020-01", {}, "01-01", 20),
        ("2020", {"RFXSTDTC": "2020-01-13"}, "01-13", 8),
        ("2020-01-10/2020-01-14", {"RFXSTDTC": "2020-01-13"}, "01-13", 8),
        (".", {"RFXSTDTC": "2020-01-13"}, "01-13", 8),
        (".", {"RFXSTDTC": "2020-01", "RFSTDTC": "2020-01-12"}, "01-12", 9),
        (".", {}, "never", 0),
    ],
)
def test_a_start_that_is_not_whole(
    definition: StudyDefinition, table: Table, start: str, dm: dict[str, str], first: str, number: int
) -> None:
    ex = f"USUBJID  EXTRT  EXDOSE:f  EXDOSFRQ  EXSTDTC  EXENDTC\nG-1  D  10  QD  {start}  2020-01-20"
    found = given(definition, table, ex, **dm)
    assert found["TRTSDT"].dt.strftime("%m-%d").fillna("never")[0] == first
    assert found["NADMIN"][0] == number


def test_a_dose_without_any_date_was_given_on_the_day_of_randomisation(
    definition: StudyDefinition, table: Table
) -> None:
    adsl = table(ADSL.format(dm="RFSTDTC", one=".", two="."))
    ex = table("USUBJID  EXTRT  EXDOSE:f  EXSTDTC\nG-1  D  10  .")
    ds = table("USUBJID  DSDECOD  DSSTDTC\nG-1  RANDOMIZED  2020-01-09")
    found = exposed(adsl, adsl, pd.Series(["LOW", "MID"], dtype="str"), definition, {"EX": ex, "DS": ds}).iloc[0]
    assert found["TRTSDT"] == pd.Timestamp("2020-01-09")


def test_the_time_of_first_dose_comes_from_dm_with_its_day(definition: StudyDefinition, table: Table) -> None:
    ex = "USUBJID  EXTRT  EXDOSE:f  EXSTDTC\nG-1  D  10  2020-01"
    found = given(definition, table, ex, RFXSTDTC="2020-01-13T09:30+09:00").iloc[0]
    assert found["TRTSDTM"] == pd.Timestamp("2020-01-13T09:30")
    assert found["TRTSDTU"] == pd.Timestamp("2020-01-13T00:30")


def test_an_open_course_ends_at_death_or_before_the_next_one(definition: StudyDefinition, table: Table) -> None:
    adsl = table("""
        USUBJID  LSTCTDT:d   DTHDT:d     CUTDT:d
        G-1      2020-02-01  .           2021-12-31
        G-2      2020-01-20  2020-01-20  2021-12-31
    """)
    ex = table("""
        USUBJID  EXSEQ:f  EXTRT  EXDOSE:f  EXDOSFRQ  EXSTDTC     EXENDTC
        G-1      1        D      10        QD        2020-01-01  .
        G-1      2        D      5         QD        2020-01-11  2020-01
        G-1      3        D      5         QD        2020-01-21  2020-01-22
        G-2      1        D      20        QD        2020-01-18  .
    """)
    found = exposed(adsl, adsl, pd.Series(["LOW", "MID"], dtype="str"), definition, {"EX": ex})
    assert found["NADMIN"].tolist() == [22, 3]
    assert found["DOSEA"].tolist() == [10 * 10 + 10 * 5 + 2 * 5, 60]
    assert found["TRTEDT"].dt.strftime("%m-%d").tolist() == ["01-22", "01-20"]


# ---- what is counted once, and what is not


def test_courses_that_touch_or_overlap_are_counted_once_a_day(definition: StudyDefinition, table: Table) -> None:
    found = given(definition, table, """
        USUBJID  EXSEQ:f  EXTRT  EXDOSE:f  EXDOSFRQ  EXSTDTC     EXENDTC
        G-1      2        D      5         QD        2020-01-05  2020-01-08
        G-1      1        D      10        QD        2020-01-01  2020-01-05
        G-2      1        D      20        QD        2020-01-01  2020-01-20
        G-2      2        D      20        BID       2020-01-05  2020-01-10
        G-2      3        D      20        QD        2020-01-18  2020-01-25
    """)  # fmt: skip
    assert found["NADMIN"].tolist() == [8, 25]
    assert found["DOSEA"].tolist() == [5 * 10 + 3 * 5, 500], "a day has the dose of the course that was there first"
    assert found["DOSECOMP"].tolist() == [81.25, 100]


def test_sites_tablets_and_time_points_of_one_day(definition: StudyDefinition, table: Table) -> None:
    found = given(definition, table, """
        USUBJID  EXTRT  EXLOC  EXTPT  EXDOSE:f  EXDOSFRQ  EXSTDTC     EXENDTC
        G-1      D      ARM    .      4         QD        2020-01-01  2020-01-03
        G-1      D      LEG    .      6         QD        2020-01-01  2020-01-03
        G-2      D      .      AM     10        BID       2020-01-01  2020-01-03
        G-2      D      .      PM     30        BID       2020-01-01  2020-01-03
    """)  # fmt: skip
    assert found["NADMIN"].tolist() == [3, 6], "two sites are one administration, two times of day are two"
    assert found["DOSEA"].tolist() == [30, 120]
    assert found["DOSECOMP"].tolist() == [100, 100]


@pytest.mark.parametrize(
    ("frequency", "times", "number"),
    [("BID", ("08:00", "20:00"), 2), ("TID", ("08:00", "20:00"), 3), ("BID", ("08:00", "12:00", "20:00"), 3),
     ("BID", ("08:00",), 2), ("QD", ("08:00", "08:10"), 1)],
)  # fmt: skip
def test_records_of_one_day_share_its_frequency(
    definition: StudyDefinition, table: Table, frequency: str, times: tuple[str, ...], number: int
) -> None:
    rows = "\n".join(f"G-1  D  10  {frequency}  2020-01-10T{time}  2020-01-10" for time in times)
    found = given(definition, table, f"USUBJID  EXTRT  EXDOSE:f  EXDOSFRQ  EXSTDTC  EXENDTC\n{rows}").iloc[0]
    assert found["NADMIN"] == number
    assert found["DOSEA"] == 10 * max(number, len(times))


def test_infusions_over_midnight_are_one_each(definition: StudyDefinition, table: Table) -> None:
    found = given(definition, table, """
        USUBJID  EXTRT  EXDOSE:f  EXDOSFRQ    EXSTDTC           EXENDTC
        G-1      D      10        ONCE        2020-01-10T22:00  2020-01-11T02:00
        G-1      D      10        ONCE        2020-01-11T10:00  2020-01-11T14:00
        G-1      D      10        CONTINUOUS  2020-01-11T22:00  2020-01-13T02:00
    """).iloc[0]  # fmt: skip
    assert (found["NADMIN"], found["DOSEA"], found["TRTDURD"]) == (3, 30, 4)


def test_an_interruption_was_planned_and_not_given(definition: StudyDefinition, table: Table) -> None:
    found = given(definition, table, """
        USUBJID  EXTRT  EXDOSE:f  EXDOSFRQ  EXOCCUR  EXSTDTC     EXENDTC
        G-1      D      10        QD        Y        2020-01-01  2020-01-10
        G-1      D      .         QD        N        2020-01-11  2020-01-14
        G-1      D      .         QD        N        .           .
        G-1      D      10        QD        Y        2020-01-15  2020-01-20
    """).iloc[0]  # fmt: skip
    assert (found["NADMIN"], found["NPLAN"], found["DOSEP"]) == (16, 21, 210)


def test_how_often_is_not_known_of_several_days_without_a_number(definition: StudyDefinition, table: Table) -> None:
    found = given(definition, table, """
        USUBJID  EXTRT  EXDOSE:f  EXDOSFRQ  EXSTDTC     EXENDTC
        G-1      D      10        QD        2020-01-01  2020-01-10
        G-1      D      10        PRN       2020-01-11  2020-01-14
        G-2      D      20        PRN       2020-01-01  2020-01-01
        G-2      D      20        .         2020-01-03  2020-01-05
    """)  # fmt: skip
    assert found["NADMIN"].fillna(-1).tolist() == [-1, 2]
    assert found["DOSEA"].fillna(-1).tolist() == found["DOSEP"].fillna(-1).tolist() == [-1, 40]
    assert found["TRTDURD"].tolist() == [14, 5]


# ---- the plan


DAILY = "USUBJID  EXTRT  EXDOSE:f  EXDOSFRQ  EXSTDTC  EXENDTC\n"


def test_titration_is_compared_with_its_plan(study_dict: dict[str, Any], table: Table) -> None:
    plan = [{"days": [1, 7], "dose": 5}, {"days": [8, 14], "dose": 10}, {"days": [15, None], "dose": 20}]
    ex = DAILY + "G-1  D  5  QD  2020-01-01  2020-01-07\nG-1  D  10  QD  2020-01-08  2020-01-20"
    found = given(planning(study_dict, plan=plan), table, ex).iloc[0]
    assert (found["NADMIN"], found["NPLAN"]) == (20, 20)
    assert found["DOSEA"] == 7 * 5 + 13 * 10
    assert found["DOSEP"] == 7 * 5 + 7 * 10 + 6 * 20
    assert found["DOSECOMP"] == pytest.approx(100 * 165 / 225)


def test_days_without_a_record_were_planned_where_there_is_a_plan(study_dict: dict[str, Any], table: Table) -> None:
    ex = DAILY + "G-1  D  10  QD  2020-01-01  2020-01-10\nG-1  D  10  QD  2020-01-15  2020-01-20"
    assert given(planning(study_dict), table, ex).iloc[0]["DOSECOMP"] == 100
    found = given(planning(study_dict, plan=[{"days": [1, None]}]), table, ex).iloc[0]
    assert (found["NADMIN"], found["NPLAN"], found["DOSECOMP"]) == (16, 20, 80)


def test_a_loading_dose_adds_to_the_course_after_it(study_dict: dict[str, Any], table: Table) -> None:
    plan = [{"days": [1, 1], "dose": 100, "frequency": "ONCE"}, {"days": [2, 29], "frequency": "EVERY 2 WEEKS"}]
    ex = DAILY + "G-1  D  100  ONCE  2020-01-01  2020-01-01\nG-1  D  10  ONCE  2020-01-15  2020-01-15"
    found = given(planning(study_dict, plan=plan), table, ex).iloc[0]
    assert (found["NPLAN"], found["DOSEP"], found["DOSECOMP"]) == (2, 110, 100)


def test_cycles_are_counted_by_their_days(study_dict: dict[str, Any], table: Table) -> None:
    plan = [{"days": [1, 84], "cycle": {"length": 28, "days": [1, 8, 15]}}]
    doses = ["2020-01-01", "2020-01-08", "2020-01-29", "2020-02-05"]  # the dose of day 15 was left out
    ex = DAILY + "\n".join(f"G-1  D  10  ONCE  {day}  {day}" for day in doses)
    found = given(planning(study_dict, plan=plan), table, ex).iloc[0]
    assert (found["NADMIN"], found["NPLAN"], found["DOSEP"], found["DOSECOMP"]) == (4, 5, 50, 80)
    to_end = given(planning(study_dict, "to_plan_end", plan=plan), table, ex).iloc[0]
    assert (to_end["NPLAN"], to_end["DOSEP"]) == (9, 90)
    # Days 1 to 14 of 21, twice a day: of the 36 days of treatment 14 of the first cycle and 14 of the second.
    twice = [{"days": [1, 84], "frequency": "BID", "cycle": {"length": 21, "days": list(range(1, 15))}}]
    assert given(planning(study_dict, plan=twice), table, ex).iloc[0]["NPLAN"] == 56


def test_the_plan_is_looked_at_to_its_end_or_to_the_cutoff(study_dict: dict[str, Any], table: Table) -> None:
    definition = planning(study_dict, "to_plan_end", plan=[{"days": [1, 1000]}])
    ex = DAILY + "G-1  D  10  QD  2021-12-22  2021-12-31\nG-2  D  20  QD  2021-12-22  2021-12-31"
    found = given(definition, table, ex)
    assert found["NPLAN"].tolist() == [10, 10], "G-1 is in treatment at the cut-off, G-2 has no plan"
    stopped = given(definition, table, ex.replace("12-31\nG-2", "12-30\nG-2")).iloc[0]
    assert (stopped["NPLAN"], stopped["DOSECOMP"]) == (1000, 0.9)


def test_doses_by_weight_are_compared_by_administrations(study_dict: dict[str, Any], table: Table) -> None:
    ex = DAILY + "G-1  D  312.5  ONCE  2020-01-01  .\nG-1  D  318  ONCE  2020-01-15  ."
    without = given(planning(study_dict, dose=None), table, ex).iloc[0]
    assert pd.isna(without["DOSECOMP"]), "nothing is known of what was planned"
    weekly = planning(study_dict, dose=None, plan=[{"days": [1, None], "frequency": "QW"}])
    found = given(weekly, table, ex).iloc[0]
    assert (found["DOSEA"], found["NADMIN"], found["NPLAN"]) == (630.5, 2, 3)
    assert pd.isna(found["DOSEP"])
    assert found["DOSECOMP"] == pytest.approx(200 / 3)


def test_a_placebo_is_compared_by_administrations(study_dict: dict[str, Any], table: Table) -> None:
    ex = """
        USUBJID  EXTRT  EXDOSE:f  EXOCCUR  EXSTDTC     EXENDTC
        G-1      P      0         Y        2020-01-01  2020-01-01
        G-1      P      0         Y        2020-01-08  2020-01-08
        G-1      P      .         N        2020-01-15  2020-01-15
    """
    found = given(planning(study_dict, dose=0), table, ex).iloc[0]
    assert (found["NADMIN"], found["NPLAN"], found["DOSEA"]) == (2, 3, 0)
    assert found["DOSECOMP"] == pytest.approx(200 / 3)
    named = given(planning(study_dict, dose=None), table, ex.replace("  P  ", "  PLACEBO  ")).iloc[0]
    assert named["DOSECOMP"] == pytest.approx(200 / 3), "a placebo whose group names no dose"


def test_a_crossover_has_a_washout_in_its_plan(study_dict: dict[str, Any], table: Table) -> None:
    definition = planning(study_dict, plan=[{"days": [1, 7]}, {"days": [15, 21], "dose": 20}])
    ex = DAILY + "G-1  A  10  QD  2020-01-01  2020-01-07\nG-1  B  20  QD  2020-01-15  2020-01-21"
    found = given(definition, table, ex).iloc[0]
    assert (found["NADMIN"], found["NPLAN"], found["DOSEP"], found["DOSECOMP"]) == (14, 14, 210, 100)
    assert found["TRTDURD"] == 21


def test_who_was_never_treated_had_no_plan(study_dict: dict[str, Any], table: Table) -> None:
    found = given(planning(study_dict, plan=[{"days": [1, 7]}]), table, DAILY + "G-2  D  20  QD  2020-01-01  .").iloc[0]
    assert found["NADMIN"] == 0
    assert found[["NPLAN", "DOSEP", "DOSECOMP"]].isna().all()


# ---- exposure as collected


def test_exposure_as_collected_stands_for_ex(definition: StudyDefinition, table: Table) -> None:
    found = given(definition, table, """
        USUBJID  ECTRT  ECMOOD     ECOCCUR  ECDOSE:f  ECDOSU  ECDOSFRQ  ECSTDTC     ECENDTC
        G-1      D      SCHEDULED  .        10        mg      QD        2020-01-01  2020-01-31
        G-1      D      PERFORMED  Y        10        mg      QD        2020-01-01  2020-01-10
        G-1      D      PERFORMED  N        .         .       QD        2020-01-11  2020-01-12
        G-2      D      PERFORMED  Y        2         TABLET  QD        2020-01-01  2020-01-10
    """, domain="EC")  # fmt: skip
    assert found["NADMIN"].tolist() == [10, 10]
    assert found["NPLAN"].tolist() == [12, 10]
    assert found["DOSEA"].fillna(-1).tolist() == [100, -1], "tablets are no doses in mg"


def test_a_dose_in_another_unit_leaves_no_total(definition: StudyDefinition, table: Table) -> None:
    found = given(definition, table, """
        USUBJID  ECTRT  ECOCCUR  ECDOSE:f  ECDOSU  ECDOSFRQ  ECSTDTC     ECENDTC
        G-1      D      Y        10        mg      QD        2020-01-01  2020-01-10
        G-1      D      Y        1         TABLET  QD        2020-01-11  2020-01-12
        G-2      D      Y        20        mg      QD        2020-01-01  2020-01-10
        G-2      D      Y        0         mL      QD        2020-01-11  2020-01-12
        G-2      D      Y        .         .       QD        2020-01-13  2020-01-13
    """, domain="EC")  # fmt: skip
    assert found["DOSEA"].fillna(-1).tolist() == [-1, 200]


# ---- several times on one day


@pytest.mark.parametrize(
    ("times", "frequency", "site", "number"),
    [
        (("08:00", "20:00"), ".", "..", 2),
        (("08:00", "08:30", "20:00"), ".", "...", 2),
        (("08:00", "08:20", "08:40"), "ONCE", "...", 1),
        # A session of injections at several sites is one administration, however long it takes.
        (("08:00", "09:30", "11:00"), "ONCE", "ABC", 1),
        # A frequency says how often.
        (("08:00", "20:00"), "QD", "..", 1),
        (("08:00", "20:00"), "BID", "..", 2),
    ],
)
def test_what_is_given_again_hours_later_is_another_administration(
    definition: StudyDefinition, table: Table, times: tuple[str, ...], frequency: str, site: str, number: int
) -> None:
    lines = "\n".join(
        f"G-1  D  10  {frequency}  {place}  2020-01-01T{time}  2020-01-01"
        for time, place in zip(times, site, strict=True)
    )
    found = given(definition, table, f"USUBJID  EXTRT  EXDOSE:f  EXDOSFRQ  EXLOC  EXSTDTC  EXENDTC\n{lines}").iloc[0]
    assert found["NADMIN"] == number
    assert found["DOSEA"] == 10 * len(times)


def test_a_record_without_a_time_says_nothing_of_how_often(definition: StudyDefinition, table: Table) -> None:
    found = given(definition, table, """
        USUBJID  EXTRT  EXDOSE:f  EXSTDTC           EXENDTC
        G-1      D      10        2020-01-01T08:00  2020-01-01
        G-1      D      10        2020-01-01        2020-01-01
    """).iloc[0]  # fmt: skip
    assert found["NADMIN"] == 1
