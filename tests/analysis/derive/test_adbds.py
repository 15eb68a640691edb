from collections.abc import Callable

import pandas as pd
import pytest

from trial_report.analysis.derive.adbds import analysis_records, responds
from trial_report.schemas.problems import Problems
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.design import EndOfTreatment
from trial_report.schemas.study.measures import Responder

pytestmark = pytest.mark.requirement("REQ-207")

Table = Callable[[str], pd.DataFrame]


@pytest.fixture
def adsl(table: Table) -> pd.DataFrame:
    return table("""
        USUBJID  REFDT:d     TRTSDTM:d         TRTSDTU:d
        G-1      2020-01-10  2020-01-10T09:00  .
        G-2      2020-01-10  .                 .
        G-3      .           .                 .
    """)


def derived(definition: StudyDefinition, adsl: pd.DataFrame, **domains: pd.DataFrame) -> pd.DataFrame:
    problems = Problems()
    found = analysis_records(definition, domains, adsl, problems)
    assert not problems
    return found


def baselines(found: pd.DataFrame) -> list[float]:
    return found.loc[found["ABLFL"] == "Y", "AVAL"].tolist()


def test_baseline_change_and_response(definition: StudyDefinition, adsl: pd.DataFrame, table: Table) -> None:
    qs = table("""
        USUBJID  QSTESTCD  QSSEQ:f  QSSTRESN:f  VISITNUM:f  QSDTC
        G-1      TOTAL     1        12          10          2020-01-03
        G-1      TOTAL     2        10          20          2020-01-10
        G-1      TOTAL     3        6           30          2020-02-08
        G-1      TOTAL     4        5           40          2020-03-09
        G-1      TOTAL     5        .           40          2020-03-10
        G-2      TOTAL     1        0           20          2020-01-10
        G-2      TOTAL     2        4           30          2020-02-08
    """)
    found = derived(definition, adsl, QS=qs)
    columns = ["AVISIT", "AVAL", "BASE", "CHG", "PCHG", "ABLFL", "POSTFL", "ANL01FL", "CRIT1FL"]
    expected = table("""
        AVISIT  AVAL:f  BASE:f  CHG:f  PCHG:f  ABLFL  POSTFL  ANL01FL  CRIT1FL
        PRE     12      10      .      .       N      N       Y        .
        DAY1    10      10      .      .       Y      N       Y        .
        M1      6       10      -4     -40     N      Y       Y        N
        M2      5       10      -5     -50     N      Y       Y        Y
        M2      .       10      .      .       N      Y       N        .
        DAY1    0       0       .      .       Y      N       Y        .
        M1      4       0       4      .       N      Y       Y        .
    """)
    pd.testing.assert_frame_equal(found[columns], expected)


def test_without_a_value_before_dose_there_is_no_baseline(
    definition: StudyDefinition, adsl: pd.DataFrame, table: Table
) -> None:
    qs = table("""
        USUBJID  QSTESTCD  QSSEQ:f  QSSTRESN:f  VISITNUM:f  QSDTC
        G-1      TOTAL     2        .           20          2020-01-10
        G-1      TOTAL     3        6           30          2020-02-08
    """)
    found = derived(definition, adsl, QS=qs)
    assert baselines(found) == []
    assert found[["BASE", "CHG", "PCHG"]].isna().all(axis=None)
    assert found["ANL01FL"].tolist() == ["N", "Y"]


def test_without_a_value_after_dose_there_is_no_change(
    definition: StudyDefinition, adsl: pd.DataFrame, table: Table
) -> None:
    qs = table("USUBJID  QSTESTCD  QSSEQ:f  QSSTRESN:f  VISITNUM:f  QSDTC\nG-1  TOTAL  1  7  10  2020-01-03")
    found = derived(definition, adsl, QS=qs)
    assert baselines(found) == [7]
    assert found["AVISIT"].tolist() == ["DAY1"]
    assert found["CHG"].isna().all()


@pytest.mark.parametrize(
    ("subject", "visit", "time", "same_day", "baseline"),
    [
        ("G-1", "20", "T08:30", True, True),
        ("G-1", "20", "T09:30", True, False),  # both times are known: after the dose
        ("G-1", "30", "T08:30", False, True),  # both times are known: before the dose
        ("G-1", "20", "", True, True),
        ("G-2", "20", "T09:30", True, True),  # the time of the dose is not known
        ("G-2", "10", "", True, True),
        ("G-2", ".", "", True, True),
        ("G-2", "20.1", "", True, False),  # not a visit at which the dose comes last
        ("G-2", "20", "", False, False),
        ("G-3", "20", "", True, False),  # never treated
    ],
)
def test_a_value_of_the_day_of_first_dose(
    definition: StudyDefinition, adsl: pd.DataFrame, table: Table,
    subject: str, visit: str, time: str, same_day: bool, baseline: bool,
) -> None:  # fmt: skip
    rule = definition.baseline.model_copy(update={"same_day": same_day})
    qs = table(f"""
        USUBJID    QSTESTCD  QSSEQ:f  QSSTRESN:f  VISITNUM:f  QSDTC
        {subject}  TOTAL     1        7           {visit}     2020-01-10{time}
    """)
    found = derived(definition.model_copy(update={"baseline": rule}), adsl, QS=qs)
    assert baselines(found) == ([7] if baseline else [])
    assert found["POSTFL"].tolist() == ["N" if baseline or subject == "G-3" else "Y"]


TWO = """
    USUBJID  QSTESTCD  QSSEQ:f  QSSTRESN:f  VISITNUM:f  QSTPTNUM:f  QSDTC       _LINE:f
    G-2      TOTAL     1        {first}     {visit}     {time}      2020-01-10  2
    G-2      TOTAL     2        8           20          2           2020-01-10  3
"""


@pytest.mark.parametrize(
    ("first", "visit", "time", "baseline"),
    [("7", "10", "2", 8), ("7", "20", "1", 8), ("7", "20", "3", 7), ("8", "20", "2", 8)],
)
def test_of_two_before_dose_the_last_is_baseline(
    definition: StudyDefinition, adsl: pd.DataFrame, table: Table, first: str, visit: str, time: str, baseline: float
) -> None:
    found = derived(definition, adsl, QS=table(TWO.format(first=first, visit=visit, time=time)))
    assert baselines(found) == [baseline]


def test_clocks_of_two_places_are_compared_by_the_instant(
    definition: StudyDefinition, adsl: pd.DataFrame, table: Table
) -> None:
    dosed = adsl.assign(TRTSDTM=pd.Timestamp("2020-01-10T10:00"), TRTSDTU=pd.Timestamp("2020-01-10T01:00"))
    qs = table("""
        USUBJID  QSTESTCD  QSSEQ:f  QSSTRESN:f  VISITNUM:f  QSDTC
        G-1      TOTAL     1        12          20          2020-01-10T09:30+09:00
        G-1      TOTAL     2        10          20          2020-01-10T00:45Z
        G-1      TOTAL     3        6           20          2020-01-10T01:15Z
    """)
    found = derived(definition, dosed, QS=qs)
    assert found["AVAL"].tolist() == [12, 10, 6], "00:30, 00:45 and 01:15 in UTC"
    assert found["POSTFL"].tolist() == ["N", "N", "Y"]
    assert baselines(found) == [10]


def test_two_baselines_are_an_error(definition: StudyDefinition, adsl: pd.DataFrame, table: Table) -> None:
    problems = Problems()
    found = analysis_records(definition, {"QS": table(TWO.format(first="7", visit="20", time="2"))}, adsl, problems)
    assert len(baselines(found)) == 1
    [problem] = problems.errors
    assert (problem.check, problem.domain, problem.line, problem.subject) == ("DERIVE-005", "QS", 2, "G-2")
    assert problem.value == "7 and 8"


def test_range_and_grade_with_their_baseline(definition: StudyDefinition, adsl: pd.DataFrame, table: Table) -> None:
    lb = table("""
        USUBJID  LBTESTCD  LBSEQ:f  LBSTRESN:f  LBSTNRLO:f  LBSTNRHI:f  LBNRIND  LBDTC
        G-1      LIVER     1        30          10          40          .        2020-01-09
        G-1      LIVER     2        130         10          40          HIGH     2020-02-08
        G-1      LIVER     3        .           10          40          .        2020-03-08
    """)
    found = derived(definition, adsl, LB=lb)
    expected = table("""
        ANRIND  BNRIND  ATOXGRN:i  ATOXDIR  BTOXGRN:i
        NORMAL  NORMAL  0          .        0
        HIGH    NORMAL  2          HIGH     0
        .       NORMAL  .          .        0
    """)
    pd.testing.assert_frame_equal(found[list(expected)], expected)


@pytest.mark.parametrize(
    ("measure", "operator", "threshold", "expected"),
    [
        ("value", "==", 1, ["N", "Y", "-", "Y"]),
        ("change", "<", -1, ["-", "Y", "-", "N"]),
        ("percent_change", ">=", -50, ["-", "Y", "-", "-"]),
    ],
)
def test_responder_rule(table: Table, measure: str, operator: str, threshold: float, expected: list[str]) -> None:
    rows = table("AVAL:f  CHG:f  PCHG:f\n3  .  .\n1  -3  -50\n.  .  .\n1  0  .")
    rule = Responder.model_validate({"label": "Yes", "measure": measure, "operator": operator, "threshold": threshold})
    assert responds(rows, rule).fillna("-").tolist() == expected


def test_exactly_the_threshold_in_decimals_counts_as_such(table: Table) -> None:
    rows = table("AVAL:f  CHG:f  PCHG:f\n0.49  -0.21  .").assign(PCHG=100 * (0.49 - 0.7) / 0.7)
    rule = Responder.model_validate({"label": "Yes", "measure": "percent_change", "operator": "<=", "threshold": -30})
    assert responds(rows, rule).tolist() == ["Y"]


def test_the_order_of_rows_does_not_matter(definition: StudyDefinition, adsl: pd.DataFrame, table: Table) -> None:
    qs = table("""
        USUBJID  QSTESTCD  QSSEQ:f  QSSTRESN:f  VISITNUM:f  QSDTC
        G-1      TOTAL     1        12          10          2020-01-03
        G-1      TOTAL     2        10          20          2020-01-10
        G-1      TOTAL     3        6           30          2020-02-08
        G-2      TOTAL     1        9           20          2020-01-10
        G-2      TOTAL     2        4           30          2020-02-08
        G-2      CURE      3        .           30          2020-02-08
    """)
    found = derived(definition, adsl, QS=qs)
    again = derived(definition, adsl.iloc[::-1].reset_index(drop=True), QS=qs.iloc[::-1].reset_index(drop=True))
    pd.testing.assert_frame_equal(again, found)


def test_the_last_value_on_treatment_is_flagged_where_asked_for(
    definition: StudyDefinition, adsl: pd.DataFrame, table: Table
) -> None:
    qs = table("""
        USUBJID  QSTESTCD  QSSEQ:f  QSSTRESN:f  VISITNUM:f  QSDTC
        G-1      TOTAL     1        12          10          2020-01-03
        G-1      TOTAL     2        11          30          2020-02-01
        G-1      TOTAL     3        .           30          2020-02-02
        G-1      TOTAL     4        9           30          2020-02-04
        G-2      TOTAL     1        8           30          2020-02-01
        G-3      TOTAL     1        8           30          2020-02-01
    """)
    treated = adsl.assign(TRTEDT=pd.to_datetime(["2020-02-02", "2020-01-10", None]))
    for days, flags in ((0, "NYNNNN"), (2, "NNNYNN"), (22, "NNNYYN")):
        asked = definition.model_copy(update={"end_of_treatment": EndOfTreatment(days=days)})
        assert "".join(derived(asked, treated, QS=qs)["EOTFL"]) == flags
    assert derived(definition, adsl, QS=qs)["EOTFL"].isna().all()


def test_percent_change_is_of_the_absolute_baseline(
    definition: StudyDefinition, adsl: pd.DataFrame, table: Table
) -> None:
    """A rise from -20 to -10 is one of 50%, and no responder to a fall (admiral, derive_var_pchg)."""
    qs = table("""
        USUBJID  QSTESTCD  QSSEQ:f  QSSTRESN:f  VISITNUM:f  QSDTC
        G-1      TOTAL     1        -20         20          2020-01-10
        G-1      TOTAL     2        -10         30          2020-02-08
        G-1      TOTAL     3        -30         40          2020-03-09
    """)
    found = derived(definition, adsl, QS=qs)
    assert found["PCHG"].tolist()[1:] == [50.0, -50.0]
    assert found["CRIT1FL"].fillna("-").tolist() == ["-", "N", "Y"]  # a fall by half or more
    assert found["ASEQ"].tolist() == [1, 2, 3]
