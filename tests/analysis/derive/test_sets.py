from collections.abc import Callable

import pandas as pd
import pytest

from trial_report.analysis.derive.declared import with_variables
from trial_report.analysis.derive.escalation import with_dlt
from trial_report.analysis.derive.sets import report_unplaced, with_sets
from trial_report.schemas.problems import Problems
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-205")

Table = Callable[[str], pd.DataFrame]


@pytest.fixture
def adsl(table: Table) -> pd.DataFrame:
    """Full course; left early; left early with DLT; second part; assigned only; screened only."""
    return table("""
        USUBJID  TRT01P  PHASE  TRTSDT:d    LSTCTDT:d
        G-1      LOW     PA     2020-01-10  2020-01-30
        G-2      LOW     PA     2020-01-10  2020-01-29
        G-3      MID     PA     2020-01-10  2020-01-12
        G-4      MID     PB     2020-01-10  2020-03-01
        G-5      MID     PB     .           2020-01-05
        G-6      .       .      .           2020-01-05
    """)


@pytest.fixture
def adae(table: Table) -> pd.DataFrame:
    return table("USUBJID  DLTFL\nG-3  Y\nG-3  Y\nG-3  N\nG-1  N")


def test_evaluable_for_dlt(definition: StudyDefinition, adsl: pd.DataFrame, adae: pd.DataFrame) -> None:
    found = with_variables(with_dlt(adsl, adae, definition), definition, {})
    assert found["NDLT"].tolist() == [0, 0, 2, 0, 0, 0]
    assert found["DLTEVFL"].tolist() == ["Y", "N", "Y", "Y", "N", "N"]


def test_without_escalation_nobody_is_judged(
    definition: StudyDefinition, adsl: pd.DataFrame, adae: pd.DataFrame
) -> None:
    without = definition.model_copy(update={"escalation": None})
    found = with_variables(with_dlt(adsl, adae, without), without, {})
    assert found[["NDLT", "DLTEVFL"]].isna().all(axis=None)


def test_membership(definition: StudyDefinition, adsl: pd.DataFrame, adae: pd.DataFrame, table: Table) -> None:
    adbds = table("""
        USUBJID  PARAMCD  CHG:f
        G-1      SCORE    -1
        G-2      SCORE    .
        G-3      CURED    1
        G-4      SCORE    0
    """)
    domains = {
        "DM": table("""
            USUBJID  RECONSNT
            G-6      Y
            G-1      Y
            G-2      Y
            G-3      N
            G-4      Y
        """),
        "DV": table("USUBJID  DVCAT\nG-1  MINOR\nG-2  MAJOR\nG-2  MINOR"),
    }
    found = with_sets(with_variables(with_dlt(adsl, adae, definition), definition, {}), adbds, definition, domains)
    expected = table("""
        USUBJID  ENRLFL  SAFFL  EVAFL  EFFFL  PPRFL
        G-1      Y       Y      Y      Y      Y
        G-2      Y       Y      N      N      N
        G-3      Y       Y      Y      N      N
        G-4      Y       Y      N      Y      Y
        G-5      Y       N      N      N      N
        G-6      N       N      N      N      N
    """)
    pd.testing.assert_frame_equal(found[list(expected)], expected)


def test_a_member_without_a_group_of_the_treatment_of_its_set_is_told(
    definition: StudyDefinition, table: Table
) -> None:
    """G-2 was assigned only, G-3 treated only; each is a member of a set by the treatment that it does not have."""
    adsl = table("""
        USUBJID  TRT01P  TRT01A  ENRLFL  SAFFL  EVAFL  EFFFL  PPRFL  SRCLINE:i
        G-1      LOW     LOW     Y       Y      Y      Y      Y      2
        G-2      LOW     .       Y       N      N      N      Y      3
        G-3      .       LOW     Y       Y      N      N      N      4
    """)
    problems = Problems()
    report_unplaced(adsl, definition, problems)
    assert [(p.check, p.subject, p.variable, p.value, p.line, p.expected) for p in problems] == [
        ("DERIVE-008", "G-2", "ACTARMCD", "PPRFL", 3, "a group: the set PPR is analysed by treatment received"),
        ("DERIVE-008", "G-3", "ARMCD", "ENRLFL", 4, "a group: the set ENR is analysed by treatment assigned"),
    ]
