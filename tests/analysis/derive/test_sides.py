"""Values of several sides at one moment are one value; what is no such moment stays as it was."""

from collections.abc import Callable

import pandas as pd
import pytest

from trial_report.analysis.derive.adbds import analysis_records
from trial_report.analysis.derive.findings import measurements
from trial_report.schemas.problems import Problems
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-207")

Table = Callable[[str], pd.DataFrame]
SHOWN = ["SRCSEQ", "AVAL", "AVALC", "DTYPE", "AVGSEQ"]


@pytest.fixture
def adsl(table: Table) -> pd.DataFrame:
    return table("""
        USUBJID  REFDT:d     TRTSDTM:d  TRTSDTU:d
        G-1      2020-01-10  .          .
        G-2      2020-01-10  .          .
    """)


def averages(definition: StudyDefinition, adsl: pd.DataFrame, table: Table, text: str, shown: str) -> None:
    """That the pressures of the table, in its order and numbered from 1, become what is shown."""
    vs = table(text)
    vs = vs.assign(VSTESTCD="PRESS", VSSEQ=range(1, len(vs) + 1), VSSTRESC=vs["VSSTRESN"].map("{:g}".format))
    found = measurements(definition, {"VS": vs}, adsl)
    pd.testing.assert_frame_equal(found[SHOWN], table(shown)[SHOWN])


def test_the_last_record_of_a_moment_has_the_mean(
    definition: StudyDefinition, adsl: pd.DataFrame, table: Table
) -> None:
    averages(definition, adsl, table, """
        USUBJID  VSSTRESN:f  VSLAT  VSLOC  VISITNUM:f  VSDTC
        G-1      120         RIGHT  ARM    20          2020-01-10
        G-1      131         LEFT   ARM    20          2020-01-10
        G-1      130         LEFT   ARM    30          2020-02-10
        G-1      130         RIGHT  ARM    30          2020-02-10
        G-2      140         LEFT   ARM    20          2020-01-10
        G-2      150         RIGHT  ARM    30          2020-02-10
    """, """
        SRCSEQ:i  AVAL:f  AVALC  DTYPE    AVGSEQ:i
        1         .       120    AVERAGE  2
        2         125.5   125.5  AVERAGE  2
        3         .       130    AVERAGE  4
        4         130     130    AVERAGE  4
        5         140     140    .        .
        6         150     150    .        .
    """)  # fmt: skip


def test_sides_minutes_apart_are_of_one_moment_where_each_was_measured_once(
    definition: StudyDefinition, adsl: pd.DataFrame, table: Table
) -> None:
    averages(definition, adsl, table, """
        USUBJID  VSSTRESN:f  VSLAT  VISITNUM:f  VSDTC
        G-1      120         RIGHT  20          2020-01-10T09:00
        G-1      130         LEFT   20          2020-01-10T09:05
        G-1      140         RIGHT  30          2020-02-10T09:00
        G-1      150         LEFT   30          2020-02-10T09:05
        G-1      160         RIGHT  30          2020-02-10T18:00
        G-2      100         RIGHT  20          2020-01-10T09:00
        G-2      110         RIGHT  20          2020-01-10T18:00
    """, """
        SRCSEQ:i  AVAL:f  AVALC  DTYPE    AVGSEQ:i
        1         .       120    AVERAGE  2
        2         125     125    AVERAGE  2
        3         .       140    AVERAGE  .
        4         .       150    AVERAGE  .
        5         .       160    AVERAGE  .
        6         100     100    .        .
        7         110     110    .        .
    """)  # fmt: skip


def test_fewer_sides_than_at_the_fullest_moment_have_no_value(
    definition: StudyDefinition, adsl: pd.DataFrame, table: Table
) -> None:
    averages(definition, adsl, table, """
        USUBJID  VSSTRESN:f  VSLAT  VISITNUM:f  VSDTC
        G-1      110         RIGHT  10          2020-01-03
        G-1      120         RIGHT  20          2020-01-10
        G-1      130         LEFT   20          2020-01-10
        G-1      120         .      30          2020-02-10
        G-1      120         LEFT   40          2020-03
        G-2      100         LEFT   20          2020-01-10
    """, """
        SRCSEQ:i  AVAL:f  AVALC  DTYPE    AVGSEQ:i
        5         .       120    AVERAGE  .
        1         .       110    AVERAGE  .
        2         .       120    AVERAGE  3
        3         125     125    AVERAGE  3
        4         .       120    AVERAGE  .
        6         100     100    .        .
    """)  # fmt: skip


def test_a_value_without_a_side_counts_where_no_side_has_one(
    definition: StudyDefinition, adsl: pd.DataFrame, table: Table
) -> None:
    averages(definition, adsl, table, """
        USUBJID  VSSTRESN:f  VSLAT      VISITNUM:f  VSDTC
        G-1      120         Right      20          2020-01-10
        G-1      130         LEFT       20          2020-01-10
        G-1      150         BILATERAL  20          2020-01-10
        G-2      100         LEFT       20          2020-01-10
        G-2      110         .          20          2020-01-10
        G-2      112         .          30          2020-02
        G-2      114         BILATERAL  40          2020-03-10
    """, """
        SRCSEQ:i  AVAL:f  AVALC  DTYPE    AVGSEQ:i
        1         .       120    AVERAGE  2
        2         125     125    AVERAGE  2
        3         .       150    AVERAGE  .
        6         112     112    .        .
        4         100     100    .        .
        5         .       110    AVERAGE  .
        7         114     114    .        .
    """)  # fmt: skip


@pytest.mark.parametrize("variable", ["VSTPTNUM:f", "VSREPNUM:f", "VISITNUM:f"])
def test_sides_of_different_moments_are_values_of_their_own(
    definition: StudyDefinition, adsl: pd.DataFrame, table: Table, variable: str
) -> None:
    vs = table(f"""
        USUBJID  VSTESTCD  VSSEQ:f  VSSTRESN:f  VSLAT  VSDTC       {variable}
        G-1      PRESS     1        120         RIGHT  2020-01-10  1
        G-1      PRESS     2        130         LEFT   2020-01-10  2
    """)
    found = measurements(definition, {"VS": vs}, adsl)
    assert found["AVAL"].tolist() == [120, 130]
    assert found["DTYPE"].isna().all()


@pytest.mark.parametrize("second", ["VSPOS:SUPINE", "VSLOC:LEG", "VSLAT:BILATERAL", "VSLAT:", "where"])
def test_what_differs_otherwise_or_is_chosen_is_not_averaged(
    definition: StudyDefinition, adsl: pd.DataFrame, table: Table, second: str
) -> None:
    vs = table("""
        USUBJID  VSTESTCD  VSSEQ:f  VSSTRESN:f  VSLAT  VSPOS    VSLOC  VSDTC
        G-1      PRESS     1        120         RIGHT  SITTING  ARM    2020-01-09
        G-1      PRESS     2        130         LEFT   SITTING  ARM    2020-01-09
    """)
    pressure = definition.vital_signs[0]
    if second == "where":
        pressure = pressure.model_copy(update={"where": {"VSLAT": ("RIGHT", "LEFT")}})
    else:
        name, _, value = second.partition(":")
        vs.loc[1, name] = value
    problems = Problems()
    found = analysis_records(definition.model_copy(update={"vital_signs": (pressure,)}), {"VS": vs}, adsl, problems)
    assert found["AVAL"].tolist() == [120, 130]
    assert [(problem.check, problem.value) for problem in problems] == [("DERIVE-005", "120 and 130")]


def test_of_repetitions_of_a_side_the_last_counts_and_is_told_at_baseline(
    definition: StudyDefinition, adsl: pd.DataFrame, table: Table
) -> None:
    vs = table("""
        USUBJID  VSTESTCD  VSSEQ:f  VSSTRESN:f  VSLAT  VISITNUM:f  VSDTC       _LINE:i
        G-1      PRESS     1        120         RIGHT  20          2020-01-09  2
        G-1      PRESS     2        130         LEFT   20          2020-01-09  3
        G-1      PRESS     3        124         RIGHT  20          2020-01-09  4
        G-1      PRESS     4        118         RIGHT  30          2020-02-10  5
        G-1      PRESS     5        130         LEFT   30          2020-02-10  6
        G-1      PRESS     6        120         RIGHT  30          2020-02-10  7
        G-2      PRESS     1        120         RIGHT  20          2020-01-09  8
        G-2      PRESS     2        120         RIGHT  20          2020-01-09  9
        G-2      PRESS     3        130         LEFT   20          2020-01-09  10
    """)
    problems = Problems()
    found = analysis_records(definition, {"VS": vs.drop(columns="_LINE")}, adsl, problems)
    assert found["AVAL"].dropna().tolist() == [127, 125, 125]
    assert [(p.check, p.subject, p.record, p.value) for p in problems] == [
        ("DERIVE-005", "G-1", "VSSEQ=1", "125 and 127")
    ]


def test_the_indicator_and_the_grade_are_those_of_the_mean(
    definition: StudyDefinition, adsl: pd.DataFrame, table: Table
) -> None:
    lb = table("""
        USUBJID  LBTESTCD  LBSEQ:f  LBSTRESN:f  LBSTNRLO:f  LBSTNRHI:f  LBNRIND  LBLAT  LBDTC
        G-1      LIVER     1        0.2         0.1         0.3         NORMAL   LEFT   2020-02-08
        G-1      LIVER     2        0.4         0.1         0.3         HIGH     RIGHT  2020-02-08
        G-1      LIVER     3        0.3         0.1         0.3         NORMAL   LEFT   2020-03-08
        G-1      LIVER     4        0.5         0.1         0.3         HIGH     RIGHT  2020-03-08
    """)
    found = analysis_records(definition, {"LB": lb}, adsl, Problems())
    assert found["ANRIND"].fillna("").tolist() == ["", "NORMAL", "", "HIGH"]
    assert found["ATOXGRN"].fillna(-1).tolist() == [-1, 0, -1, 1]


def test_yes_of_one_side_and_no_of_the_other_have_no_mean(
    definition: StudyDefinition, adsl: pd.DataFrame, table: Table
) -> None:
    qs = table("""
        USUBJID  QSTESTCD  QSSEQ:f  QSSTRESC  QSLAT  QSDTC
        G-1      CURE      1        Y         LEFT   2020-03-08
        G-1      CURE      2        Y         RIGHT  2020-03-08
        G-2      CURE      1        Y         LEFT   2020-03-08
        G-2      CURE      2        N         RIGHT  2020-03-08
    """)
    problems = Problems()
    found = analysis_records(definition, {"QS": qs}, adsl, problems)
    assert found["AVALC"].tolist()[:2] == ["Y", "Y"]
    assert [(p.check, p.subject, p.record, p.variable) for p in problems] == [("DERIVE-010", "G-2", "QSSEQ=2", "QSLAT")]
