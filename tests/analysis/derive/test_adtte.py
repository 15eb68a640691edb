from collections.abc import Callable

import pandas as pd
import pytest

from analysis.derive.adtte import times
from schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-208")

Table = Callable[[str], pd.DataFrame]


@pytest.fixture
def adsl(table: Table) -> pd.DataFrame:
    return table("""
        STUDYID  USUBJID  TRTSDT:d    TRTEDT:d    LSTCTDT:d   DTHDT:d     CUTDT:d
        GEN      G-1      2020-01-10  2020-01-10  2020-03-10  .           2021-12-31
        GEN      G-2      2020-01-10  2020-01-10  2020-03-10  2020-03-10  2021-12-31
        GEN      G-3      2020-01-10  2020-01-12  2021-12-31  .           2021-12-31
        GEN      G-4      .           .           2020-01-03  .           2021-12-31
    """)


@pytest.fixture
def adae(table: Table) -> pd.DataFrame:
    return table("""
        USUBJID  AESEQ:i  AEDECOD  ASTDT:d     TRTEMFL  SRCLINE:i
        G-1      1        Relapse  2020-01-05  N        2
        G-1      2        Cough    2020-01-11  Y        3
        G-1      3        Relapse  2020-02-10  Y        4
        G-3      1        Relapse  2022-01-01  Y        5
        G-4      1        Relapse  2020-01-01  N        6
    """)


def test_first_event_death_or_last_contact(
    definition: StudyDefinition, adsl: pd.DataFrame, adae: pd.DataFrame, table: Table
) -> None:
    found = times(definition, {}, adsl, adae)
    expected = table("""
        USUBJID  PARAMCD  ADT:d       AVAL:f  CNSR:i  EVNTDESC  CNSDTDSC      SRCDOM  SRCSEQ:i  SRCLINE:i
        G-1      RFS      2020-02-10  32      0       Relapse   .             AE      3         4
        G-2      RFS      2020-03-10  61      0       Death     .             DM      .         .
        G-3      RFS      2021-12-31  722     1       .         Data cut-off  .       .         .
        G-1      TTAE     2020-01-11  2       0       Cough     .             AE      2         3
        G-2      TTAE     2020-03-10  61      1       .         Last contact  .       .         .
        G-3      TTAE     2021-12-31  722     1       .         Data cut-off  .       .         .
    """)
    pd.testing.assert_frame_equal(found[list(expected)], expected)


def test_events_of_several_domains_the_first_counts(
    definition: StudyDefinition, adsl: pd.DataFrame, adae: pd.DataFrame, table: Table
) -> None:
    mh = table("""
        USUBJID  MHSEQ:f  MHTERM  MHCAT    MHSTDTC  _LINE:f
        G-1      9        SPREAD  RELAPSE  2020-01  7
        G-3      1        SPREAD  OTHER    2020-03  8
    """)
    found = times(definition, {"MH": mh}, adsl, adae)
    first = found.loc[(found["PARAMCD"] == "RFS") & (found["USUBJID"] == "G-1")].iloc[0]
    # The partial date can be the day of first dose, and so is.
    assert (first["AVAL"], first["EVNTDESC"], first["SRCDOM"], first["SRCLINE"]) == (1, "SPREAD", "MH", 7)


def test_observation_of_emergent_events_ends_with_their_period(
    definition: StudyDefinition, adsl: pd.DataFrame, adae: pd.DataFrame
) -> None:
    rules = definition.adverse_events.model_copy(update={"emergent_days": 30})
    found = times(definition.model_copy(update={"adverse_events": rules}), {}, adsl, adae)
    emergent = found.loc[found["PARAMCD"] == "TTAE"].set_index("USUBJID")
    assert emergent["AVAL"].to_dict() == {"G-1": 2, "G-2": 31, "G-3": 33}


def test_nobody_treated(definition: StudyDefinition, adsl: pd.DataFrame, adae: pd.DataFrame) -> None:
    assert len(times(definition, {}, adsl.iloc[3:], adae.iloc[:0])) == 0
