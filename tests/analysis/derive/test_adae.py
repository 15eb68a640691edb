from collections.abc import Callable

import pandas as pd
import pytest

from trial_report.analysis.derive.adae import events, grade, related
from trial_report.schemas.problems import Problems
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-206")

Table = Callable[[str], pd.DataFrame]


@pytest.fixture
def adsl(table: Table) -> pd.DataFrame:
    """Treated on 10 January with the time known; treated; never treated."""
    return table("""
        USUBJID  TRTSDT:d    TRTSDTM:d         TRTSDTU:d  TRTEDT:d    EOSDT:d     DTHDT:d  CUTDT:d
        G-1      2020-01-10  2020-01-10T09:00  .          2020-01-10  2020-03-20  .        2021-12-31
        G-2      2020-01-10  .                 .          2020-01-12  .           .        2021-12-31
        G-3      .           .                 .          .           .           .        2021-12-31
    """)


def derived(definition: StudyDefinition, adsl: pd.DataFrame, ae: pd.DataFrame) -> pd.DataFrame:
    return events(definition, {"AE": ae}, adsl, Problems())


def test_dates_emergence_and_dlt(definition: StudyDefinition, adsl: pd.DataFrame, table: Table) -> None:
    ae = table("""
        USUBJID  AESEQ:f  AEDECOD  AEREL     AETOXGR  AEDLTFL  AESTDTC           AEENDTC     _LINE:f
        G-1      1        Before   POSSIBLE  1        .        2020-01-09        2020-01-11  2
        G-1      2        Earlier  POSSIBLE  1        .        2020-01-10T08:00  2020-01-10  3
        G-1      3        Later    NONE      3        Y        2020-01-10T10:00  2020-01-12  4
        G-1      4        Partial  PROBABLE  2        .        2020-01           2020-03     5
        G-1      5        Ended    .         2        .        2020-01           2020-01-05  6
        G-2      1        Same     .         1        .        2020-01-10        .           7
        G-2      2        Nothing  NONE      .        N        .                 .           8
        G-2      3        Unknown  NONE      1        .        .                 2019-12     9
        G-3      1        Never    NONE      1        .        2020-02           .           10
    """)
    found = derived(definition, adsl, ae)
    when = table("""
        AEDECOD  ASTDT:d     ASTDTF  AENDT:d     AENDTF  ASTDY:i  AENDY:i  ADURN:i
        Ended    2020-01-01  D       2020-01-05  .       -9       -5       5
        Before   2020-01-09  .       2020-01-11  .       -1       2        3
        Earlier  2020-01-10  .       2020-01-10  .       1        1        1
        Later    2020-01-10  .       2020-01-12  .       1        3        3
        Partial  2020-01-10  D       2020-03-20  D       1        71       71
        Same     2020-01-10  .       .           .       1        .        .
        Nothing  2020-01-10  Y       .           .       1        .        .
        Unknown  .           .       2019-12-31  D       .        -10      .
        Never    2020-02-01  D       .           .       .        .        .
    """)
    pd.testing.assert_frame_equal(found[list(when)], when)
    what = table("""
        AEDECOD  TRTEMFL  PREFL  AREL  ATOXGRN:i  DLTFL  AOCCFL  SRCLINE:i
        Ended    N        Y      Y     2          N      N       6
        Before   N        Y      Y     1          N      N       2
        Earlier  N        Y      Y     1          N      N       3
        Later    Y        N      N     3          Y      Y       4
        Partial  Y        N      Y     2          N      N       5
        Same     Y        N      Y     1          N      Y       7
        Nothing  Y        N      N     .          N      N       8
        Unknown  N        Y      N     1          N      N       9
        Never    N        .      N     1          N      N       10
    """)
    pd.testing.assert_frame_equal(found[list(what)], what)


@pytest.mark.parametrize(
    ("onset", "emergent"),
    [
        ("2020-01-10T01:30Z", "Y"),  # half an hour after the dose
        ("2020-01-10T09:30+09:00", "N"),  # half an hour before it
        ("2020-01-09T16:30-09:00", "Y"),  # of the calendar day before, and yet half an hour after it
        ("2020-01-11T00:30+14:00", "Y"),
        ("2020-01-11T14:30+14:00", "Y"),
        ("2020-01-11T00:30+23:59", "N"),  # of the calendar day after, and yet before it
        ("2020-01-10T09:30", "Y"),  # of a clock that does not say where it was: no time to compare
        ("2020-01-09", "N"),
    ],
)
def test_clocks_of_two_places_are_compared_by_the_instant(
    definition: StudyDefinition, adsl: pd.DataFrame, table: Table, onset: str, emergent: str
) -> None:
    first = adsl.assign(TRTSDTM=pd.Timestamp("2020-01-10T10:00"), TRTSDTU=pd.Timestamp("2020-01-10T01:00"))
    found = derived(definition, first, table(f"USUBJID  AESEQ:f  AESTDTC  AEENDTC\nG-1  1  {onset}  ."))
    assert found["TRTEMFL"].tolist() == [emergent]
    assert found["PREFL"].tolist() == ["N" if emergent == "Y" else "Y"]


def test_a_partial_end_cut_at_the_end_of_participation_is_not_before_the_start(
    definition: StudyDefinition, adsl: pd.DataFrame, table: Table
) -> None:
    ae = table("USUBJID  AESEQ:f  AESTDTC  AEENDTC\nG-1  1  2020-03-25  2020-03")
    found = derived(definition, adsl, ae)
    assert found["AENDT"].tolist() == [pd.Timestamp("2020-03-25")]
    assert found["ADURN"].tolist() == [1]


def test_emergence_ends_some_days_after_the_last_dose(
    definition: StudyDefinition, adsl: pd.DataFrame, table: Table
) -> None:
    rules = definition.adverse_events.model_copy(update={"emergent_days": 5})
    ae = table("USUBJID  AESEQ:f  AESTDTC\nG-2  1  2020-01-17\nG-2  2  2020-01-18")
    found = derived(definition.model_copy(update={"adverse_events": rules}), adsl, ae)
    assert found["TRTEMFL"].tolist() == ["Y", "N"]
    assert found["PREFL"].tolist() == ["N", "N"]


@pytest.mark.parametrize(("start", "counted"), [("2020-01-30", "Y"), ("2020-01-31", "N"), ("2020-01-09", "N")])
def test_a_dlt_begins_in_the_window(
    definition: StudyDefinition, adsl: pd.DataFrame, table: Table, start: str, counted: str
) -> None:
    ae = table(f"USUBJID  AESEQ:f  AESTDTC  AEDLTFL  _LINE:f\nG-2  7  {start}  Y  3")
    problems = Problems()
    found = events(definition, {"AE": ae}, adsl, problems)
    assert found["DLTFL"].tolist() == [counted]
    warned = [(p.check, p.severity, p.record, p.line) for p in problems]
    assert warned == ([] if counted == "Y" else [("DERIVE-004", "warning", "AESEQ=7", 3)])


def test_without_escalation_there_is_no_dlt(definition: StudyDefinition, adsl: pd.DataFrame, table: Table) -> None:
    ae = table("USUBJID  AESEQ:f  AESTDTC  AEDLTFL\nG-2  7  2020-01-11  Y")
    found = derived(definition.model_copy(update={"escalation": None}), adsl, ae)
    assert found["DLTFL"].tolist() == ["N"]


def test_a_missing_relationship_counts_as_the_definition_says(definition: StudyDefinition, table: Table) -> None:
    ae = table("AEREL\nPOSSIBLE\nNONE\n.")
    rules = definition.adverse_events.model_copy(update={"missing_relationship_is_related": False})
    assert related(ae, definition).tolist() == ["Y", "N", "Y"]
    assert related(ae, definition.model_copy(update={"adverse_events": rules})).tolist() == ["Y", "N", "N"]


@pytest.mark.parametrize(
    ("values", "labels", "expected"),
    [
        (["1", "5", None], {}, [1, 5, pd.NA]),
        (["MILD", "SEVERE", "FATAL"], {}, [1, 3, 5]),
        (["LITTLE", "MUCH", "OTHER"], {"LITTLE": "little", "MUCH": "much"}, [1, 2, pd.NA]),
    ],
)
def test_grade_as_a_number(
    definition: StudyDefinition, values: list[str | None], labels: dict[str, str], expected: list[object]
) -> None:
    rules = definition.adverse_events.model_copy(update={"grade_labels": labels})
    ae = pd.DataFrame({"AETOXGR": pd.Series(values, dtype="str")})
    assert grade(ae, definition.model_copy(update={"adverse_events": rules})).tolist() == expected


def test_no_events(definition: StudyDefinition, adsl: pd.DataFrame) -> None:
    found = events(definition, {}, adsl, Problems())
    assert len(found) == 0
    assert {"TRTEMFL", "AEDECOD", "ASTDT"} <= set(found)
