from collections.abc import Callable

import pandas as pd
import pytest

from trial_report.analysis.derive.advisit import visits
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.design import Visit

pytestmark = pytest.mark.requirement("REQ-208")

Table = Callable[[str], pd.DataFrame]


@pytest.fixture
def adsl(table: Table) -> pd.DataFrame:
    """Complete; discontinued; treated shortly before the cut-off; never treated."""
    return table("""
        STUDYID  USUBJID  REFDT:d     EOSDT:d     EOSSTT          DTHDT:d  CUTDT:d
        GEN      G-1      2020-01-10  2020-03-20  COMPLETED       .        2021-12-31
        GEN      G-2      2020-01-10  2020-02-05  DISCONTINUED    .        2021-12-31
        GEN      G-3      2021-12-01  .           ONGOING         .        2021-12-31
        GEN      G-4      .           2020-01-05  SCREEN FAILURE  .        2021-12-31
    """)


def test_done_missed_and_not_due(definition: StudyDefinition, adsl: pd.DataFrame, table: Table) -> None:
    sv = table("""
        USUBJID  VISITNUM:f  SVOCCUR  SVREASOC  SVSTDTC
        G-1      10          Y        .         2019-12-26
        G-1      20          Y        .         2020-01-10
        G-1      30          N        AWAY      .
        G-1      40          Y        .         2020-03-20
        G-1      40          Y        .         2020-03-18
        G-2      20          Y        .         2020-01-10
        G-2      10          Y        .         2020-01-03
        G-3      30          Y        .         2021-12-30
        G-4      10          Y        .         2020-01-03
    """)
    found = visits(definition, {"SV": sv}, adsl)
    expected = table("""
        USUBJID  AVISIT  DONE  SVDY:i  INWIN  DEVDAYS:i  STATUS                 REASON
        G-1      PRE     Y     -15     N      -1         early                  .
        G-1      DAY1    Y     1       Y      0          in window              .
        G-1      M1      N     .       .      .          missed                 AWAY
        G-1      M2      Y     69      N      4          late                   .
        G-2      PRE     Y     -7      Y      0          in window              .
        G-2      DAY1    Y     1       Y      0          in window              .
        G-2      M1      N     .       .      .          after discontinuation  .
        G-2      M2      N     .       .      .          after discontinuation  .
        G-3      PRE     N     .       .      .          missed                 .
        G-3      DAY1    N     .       .      .          missed                 .
        G-3      M1      Y     30      Y      0          in window              .
        G-3      M2      N     .       .      .          not yet due            .
    """)
    pd.testing.assert_frame_equal(found[list(expected)], expected)


def test_death_ends_visits(definition: StudyDefinition, adsl: pd.DataFrame) -> None:
    died = adsl.iloc[:1].assign(DTHDT=pd.Timestamp("2020-02-20"), EOSSTT="ONGOING")
    found = visits(definition, {"SV": pd.DataFrame({"USUBJID": pd.Series(dtype="str")})}, died)
    assert found["STATUS"].tolist() == ["missed", "missed", "missed", "after discontinuation"]


def test_without_sv_the_visits_are_those_of_findings_and_doses(
    definition: StudyDefinition, adsl: pd.DataFrame, table: Table
) -> None:
    vs = table("""
        USUBJID  VISITNUM:f  VSSTAT    VSDTC
        G-1      10          .         2020-01-03
        G-1      30          .         2020-02-09
        G-1      30          .         2020-02-08
        G-1      40          NOT DONE  2020-03-09
    """)
    ex = table("USUBJID  VISITNUM:f  EXSTDTC\nG-1  20  2020-01-10")
    found = visits(definition, {"VS": vs, "EX": ex}, adsl.iloc[:1])
    assert found["SVDY"].tolist() == [-7, 1, 30, pd.NA]
    assert found["STATUS"].tolist() == ["in window"] * 3 + ["missed"]


def test_where_nothing_tells_of_visits_none_is_said_to_be_missed(
    definition: StudyDefinition, adsl: pd.DataFrame, table: Table
) -> None:
    assert visits(definition, {}, adsl).empty
    assert visits(definition, {"EX": table("USUBJID  EXSTDTC\nG-1  2020-01-10")}, adsl).empty


def test_a_visit_without_a_window_may_be_on_any_day_and_is_never_missed(
    definition: StudyDefinition, adsl: pd.DataFrame, table: Table
) -> None:
    retrieval = Visit(id="RT", num=2.1, name="RETRIEVAL", label="Retrieval")
    more = definition.model_copy(update={"visits": (*definition.visits, retrieval)})
    sv = table("USUBJID  VISITNUM:f  SVSTDTC\nG-1  2.1000000001  2020-03-01")
    found = visits(more, {"SV": sv}, adsl.iloc[:2]).query("AVISIT == 'RT'").set_index("USUBJID")
    assert found["STATUS"].tolist() == ["in window", "no planned day"]
    assert found["DEVDAYS"].fillna(-1).tolist() == [0, -1]
    assert found["INWIN"].fillna("-").tolist() == ["Y", "-"]
