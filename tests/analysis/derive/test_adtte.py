from collections.abc import Callable

import pandas as pd
import pytest

from trial_report.analysis.derive.adtte import times
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-208")

AE = {"AE": pd.DataFrame({"USUBJID": pd.Series(dtype="str")})}
"""Adverse events were delivered; which they are, ADAE says."""

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
    found = times(definition, AE, adsl, adae)
    expected = table("""
        USUBJID  PARAMCD  ADT:d       AVAL:f  CNSR:i  EVNTDESC  CNSDTDSC      SRCDOM  SRCSEQ:i  SRCLINE:i
        G-1      RFS      2020-02-10  32      0       Relapse   .             AE      3         4
        G-2      RFS      2020-03-10  61      0       Death     .             DM      .         .
        G-3      RFS      2021-12-31  722     1       .         Data cut-off  .       .         .
        G-1      TTAE     2020-01-11  2       0       Cough     .             AE      2         3
        G-2      TTAE     2020-03-10  61      1       .         Death         .       .         .
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
    found = times(definition, {"MH": mh, **AE}, adsl, adae)
    first = found.loc[(found["PARAMCD"] == "RFS") & (found["USUBJID"] == "G-1")].iloc[0]
    # The partial date can be the day of first dose, and so is.
    assert (first["AVAL"], first["EVNTDESC"], first["SRCDOM"], first["SRCLINE"]) == (1, "SPREAD", "MH", 7)


def test_observation_of_emergent_events_ends_with_their_period(
    definition: StudyDefinition, adsl: pd.DataFrame, adae: pd.DataFrame
) -> None:
    rules = definition.adverse_events.model_copy(update={"emergent_days": 30})
    found = times(definition.model_copy(update={"adverse_events": rules}), AE, adsl, adae)
    emergent = found.loc[found["PARAMCD"] == "TTAE"].set_index("USUBJID")
    assert emergent["AVAL"].to_dict() == {"G-1": 2, "G-2": 31, "G-3": 33}
    assert emergent["CNSDTDSC"].fillna("-").to_dict() == {
        "G-1": "-",
        "G-2": "End of treatment",
        "G-3": "End of treatment",
    }


def test_nobody_treated(definition: StudyDefinition, adsl: pd.DataFrame, adae: pd.DataFrame) -> None:
    assert len(times(definition, AE, adsl.iloc[3:], adae.iloc[:0])) == 0


@pytest.fixture
def assigned(table: Table) -> pd.DataFrame:
    """Treated three days after randomisation; assigned and never treated; treated, died; without randomisation."""
    return table("""
        STUDYID  USUBJID  RANDDT:d    ENRLDT:d    TRTSDT:d    TRTEDT:d    LSTCTDT:d   DTHDT:d     CUTDT:d
        GEN      G-1      2020-01-10  2020-01-05  2020-01-13  2020-02-12  2020-03-10  .           2021-12-31
        GEN      G-2      2020-01-10  2020-01-08  .           .           2020-02-08  .           2021-12-31
        GEN      G-3      2020-01-10  2020-01-09  2020-01-10  2020-03-01  2020-03-20  2020-03-20  2021-12-31
        GEN      G-4      .           2020-01-09  .           .           2020-01-09  .           2021-12-31
    """)


def relapse_free(definition: StudyDefinition, **changes: object) -> StudyDefinition:
    """The generic study with its one survival endpoint changed."""
    one = definition.survival[0].model_dump() | {"event_records": {"AE": {"AEDECOD": "Relapse"}}} | changes
    return definition.model_validate(definition.model_dump() | {"survival": [one]})


NO_EVENTS = "USUBJID  AESEQ:i  AEDECOD  AESTDTC  AEENDTC  ASTDT:d  ASTDTF  TRTEMFL  SRCLINE:i"


@pytest.mark.parametrize(
    ("set_id", "origin", "start", "days"),
    [
        # From randomisation on 10 January to last contact: 22 + 29 + 10 days; 22 + 8 of who was never treated.
        ("ENR", None, "RANDDT", {"G-1": 61, "G-2": 30, "G-3": 71}),
        ("SAF", None, "TRTSDT", {"G-1": 58, "G-3": 71}),
        ("ENR", "enrolment", "ENRLDT", {"G-1": 66, "G-2": 32, "G-3": 72, "G-4": 1}),
    ],
)
def test_time_starts_where_the_definition_says(
    definition: StudyDefinition, assigned: pd.DataFrame, table: Table,
    set_id: str, origin: str | None, start: str, days: dict[str, float],
) -> None:  # fmt: skip
    study = relapse_free(definition, analysis_set=set_id, death_is_event=False, **{"from": origin})
    found = times(study, {}, assigned, table(NO_EVENTS))
    own = found.loc[found["PARAMCD"] == "RFS"].set_index("USUBJID")
    assert own["AVAL"].to_dict() == days
    assert own["STARTDT"].equals(assigned.set_index("USUBJID")[start].dropna().rename("STARTDT"))


@pytest.mark.parametrize(
    ("censoring", "until"),
    [
        ({"at": "last_contact"}, [("03-10", "Last contact"), ("02-08", "Last contact"), ("03-20", "Death")]),
        (
            {"at": "last_assessment", "domain": "QS"},
            [("02-01", "Last assessment"), ("01-10", "Last assessment"), ("01-20", "Last assessment")],
        ),
        (
            {"at": "end_of_treatment", "days": 14},
            [("02-26", "End of treatment"), ("01-10", "End of treatment"), ("03-15", "End of treatment")],
        ),
        (
            {"at": "end_of_treatment", "days": 27},
            [("03-10", "End of treatment"), ("01-10", "End of treatment"), ("03-20", "Death")],
        ),
        (
            {"at": "end_of_treatment", "days": 28},
            [("03-10", "Last contact"), ("01-10", "End of treatment"), ("03-20", "Death")],
        ),
    ],
)
def test_without_an_event_time_ends_where_the_definition_says(
    definition: StudyDefinition, assigned: pd.DataFrame, table: Table,
    censoring: dict[str, object], until: list[tuple[str, str]],
) -> None:  # fmt: skip
    qs = table("""
        USUBJID  QSDTC       QSSTAT
        G-1      2020-01-20  .
        G-1      2020-02-01  .
        G-1      2020-02-20  NOT DONE
        G-1      2020-03     .
        G-2      2020-01-02  .
        G-3      2020-01-20  .
    """)
    study = relapse_free(definition, analysis_set="ENR", death_is_event=False, censoring=censoring)
    found = times(study, {"QS": qs}, assigned, table(NO_EVENTS))
    own = found.loc[found["PARAMCD"] == "RFS"]
    assert list(zip(own["ADT"].dt.strftime("%m-%d"), own["CNSDTDSC"], strict=True)) == until


def test_the_cut_off_may_be_where_time_ends(definition: StudyDefinition, assigned: pd.DataFrame, table: Table) -> None:
    study = relapse_free(definition, analysis_set="ENR", death_is_event=False, censoring={"at": "data_cutoff"})
    own = times(study, {}, assigned, table(NO_EVENTS)).groupby("PARAMCD").get_group("RFS")
    assert own["CNSDTDSC"].tolist() == ["Data cut-off", "Data cut-off", "Death"]
    assert own["ADT"].dt.strftime("%Y-%m-%d").tolist() == ["2021-12-31", "2021-12-31", "2020-03-20"]


def test_events_count_from_the_start_to_the_end_of_treatment(
    definition: StudyDefinition, assigned: pd.DataFrame, table: Table
) -> None:
    adae = table("""
        USUBJID  AESEQ:i  AEDECOD  AESTDTC     AEENDTC  ASTDT:d     ASTDTF  TRTEMFL  SRCLINE:i
        G-1      1        Relapse  2020-01-11  .        2020-01-11  .       N        2
        G-2      1        Relapse  2020-01     .        2020-01-01  D       N        3
        G-3      1        Relapse  2020-03-16  .        2020-03-16  .       Y        4
    """)
    before = relapse_free(definition, analysis_set="ENR")
    found = times(before, {}, assigned, adae).set_index(["PARAMCD", "USUBJID"]).loc["RFS"]
    # The one before first dose counts from randomisation; what began in January can have begun on that day.
    assert found["AVAL"].to_dict() == {"G-1": 2, "G-2": 1, "G-3": 67}
    rule = {"at": "end_of_treatment", "days": 14}
    treated = relapse_free(definition, analysis_set="SAF", censoring=rule, **{"from": "randomisation"})
    found = times(treated, {}, assigned, adae).set_index(["PARAMCD", "USUBJID"]).loc["RFS"]
    # The event of G-3 comes 15 days after the last dose, its death 19; G-2 was never treated.
    assert found[["AVAL", "CNSR"]].to_dict("index") == {
        "G-1": {"AVAL": 2, "CNSR": 0}, "G-2": {"AVAL": 1, "CNSR": 1}, "G-3": {"AVAL": 66, "CNSR": 1},
    }  # fmt: skip


def test_of_events_that_were_not_delivered_there_is_no_time_to_the_first(
    definition: StudyDefinition, adsl: pd.DataFrame, adae: pd.DataFrame
) -> None:
    assert set(times(definition, {}, adsl, adae.iloc[:0])["PARAMCD"]) == {"RFS"}
