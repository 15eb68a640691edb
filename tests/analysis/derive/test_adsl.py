from collections.abc import Callable

import pandas as pd
import pytest

from trial_report.analysis.derive.adsl import subjects
from trial_report.analysis.derive.durations import follow_up
from trial_report.schemas.problems import Problems
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-205")

Table = Callable[[str], pd.DataFrame]


@pytest.fixture
def domains(table: Table) -> dict[str, pd.DataFrame]:
    """Treated and completed; treated and stopped; treated, nothing said; screen failure; assigned, not treated."""
    dm = table("""
        STUDYID  USUBJID  SITEID  SEX  RFICDTC     ARMCD     ACTARMCD  ARMNRS    PART  RFSTDTC     COHORTN  _LINE:f
        GEN      G-3      S2      F    2020-01-03  MID       MID       .         PA    .           2        4
        GEN      G-1      S1      M    2020-01-01  LOW       LOW       .         PA    .           1        2
        GEN      G-2      S1      M    .           LOW       MID       .         PA    .           1        3
        GEN      G-4      S2      F    2020-01-04  .         .         SCRNFAIL  .     .           .        5
        GEN      G-5      S2      F    2020-01-05  TOP       NOTTRT    .         PB    2020-01-12  .        6
        GEN      G-6      S2      F    2020-01-05  Scrnfail  Scrnfail  .         .     .           .        7
    """)
    ds = table("""
        USUBJID  DSSEQ:f  DSTERM       DSDECOD                    DSCAT               DSSCAT               DSSTDTC
        G-1      1        CONSENT      INFORMED CONSENT OBTAINED  PROTOCOL MILESTONE  .                    2020-01-01
        G-2      1        CONSENT      INFORMED CONSENT OBTAINED  PROTOCOL MILESTONE  .                    2020-01-02
        G-1      3        DONE         COMPLETED                  DISPOSITION EVENT   STUDY PARTICIPATION  2020-05-01
        G-1      2        TOO TOXIC    ADVERSE EVENT              DISPOSITION EVENT   STUDY TREATMENT      2020-04-02
        G-2      2        MOVED        PHYSICIAN DECISION         DISPOSITION EVENT   .                    2020-03-01
        G-4      1        AGE BELOW 6  SCREEN FAILURE             DISPOSITION EVENT   .                    2020-01-09
        G-3      1        LATER        COMPLETED                  DISPOSITION EVENT   .                    2022-02-01
    """)
    ex = table("""
        USUBJID  EXTRT  EXDOSE:f  EXSTDTC     EXENDTC
        G-1      D      10        2020-01-10  2020-01-10
        G-2      D      20        2020-01-11  .
        G-3      D      20        2020-01-12  2020-01-12
    """)
    return {"DM": dm, "DS": ds, "EX": ex}


def derived(definition: StudyDefinition, domains: dict[str, pd.DataFrame]) -> pd.DataFrame:
    problems = Problems()
    adsl = subjects(definition, domains, problems)
    assert not problems
    return adsl.set_index("USUBJID", drop=False)


def test_who_was_assigned_treated_and_ended_how(
    definition: StudyDefinition, domains: dict[str, pd.DataFrame], table: Table
) -> None:
    adsl = derived(definition, domains)
    columns = ["TRT01P", "TRT01A", "TRT01AN", "PHASE", "COHORT", "RFICDT", "EOSDT", "EOSSTT", "DCSREAS", "DCSREASP"]
    expected = table("""
        TRT01P  TRT01A  TRT01AN:i  PHASE  COHORT:i  RFICDT:d    EOSDT:d     EOSSTT          DCSREAS             DCSREASP
        LOW     LOW     1          PA     1         2020-01-01  2020-05-01  COMPLETED       .                   .
        LOW     MID     2          PA     1         2020-01-02  2020-03-01  DISCONTINUED    PHYSICIAN DECISION  MOVED
        MID     MID     2          PA     2         2020-01-03  .           ONGOING         .                   .
        .       .       .          .      .         2020-01-04  2020-01-09  SCREEN FAILURE  .                   .
        TOP     .       .          PB     .         2020-01-05  .           ONGOING         .                   .
        .       .       .          .      .         2020-01-05  .           SCREEN FAILURE  .                   .
    """)
    pd.testing.assert_frame_equal(adsl[columns].reset_index(drop=True), expected)
    assert adsl["USUBJID"].tolist() == ["G-1", "G-2", "G-3", "G-4", "G-5", "G-6"]
    assert adsl["SCRFFL"].tolist() == ["N", "N", "N", "Y", "N", "Y"]
    assert adsl.loc["G-4", "SCRFREAS"] == "AGE BELOW 6"
    assert adsl["SRCLINE"].tolist() == [2, 3, 4, 5, 6, 7]


def test_last_contact_is_the_last_day_on_which_anything_was_recorded(
    definition: StudyDefinition, domains: dict[str, pd.DataFrame], table: Table
) -> None:
    domains["SV"] = table("""
        USUBJID  SVOCCUR  SVSTDTC     SVENDTC
        G-1      Y        2020-04-30  2020-05-03
        G-2      N        2020-04-30  .
        G-3      Y        2022-01-15  2022-01-15
    """)
    domains["AE"] = table("USUBJID  AESTDTC  AEENDTC\nG-2  2020-03-02  2020-04")
    adsl = derived(definition, domains)
    last = adsl["LSTCTDT"].dt.strftime("%Y-%m-%d").to_dict()
    assert last["G-1"] == "2020-05-03"
    assert last["G-2"] == "2020-03-02"
    # What lies after the cut-off of 2021-12-31 does not count.
    assert last["G-3"] == "2020-01-12"
    assert follow_up(adsl, domains, definition).astype("float").fillna(-1).tolist() == [115, 52, 1, -1, -1, -1]


def test_of_a_record_over_the_cut_off_the_day_before_it_counts(
    definition: StudyDefinition, domains: dict[str, pd.DataFrame], table: Table
) -> None:
    domains["AE"] = table("USUBJID  AESTDTC  AEENDTC\nG-2  2021-12-02  2022-04-01\nG-3  2021-12  2022-04-01")
    domains["VS"] = table("USUBJID  VSTESTCD  VSSTAT  VSDTC\nG-1  PULSE  NOT DONE  2021-01-01")
    last = derived(definition, domains)["LSTCTDT"].dt.strftime("%Y-%m-%d").to_dict()
    assert last["G-1"] == "2020-05-01"
    assert last["G-2"] == "2021-12-02"
    assert last["G-3"] == "2020-01-12"


def test_being_lost_is_no_contact(definition: StudyDefinition, domains: dict[str, pd.DataFrame], table: Table) -> None:
    domains["DS"] = table("""
        USUBJID  DSSEQ:f  DSTERM  DSDECOD            DSCAT              DSSTDTC
        G-1      1        LOST    LOST TO FOLLOW-UP  DISPOSITION EVENT  2020-06-01
    """)
    adsl = derived(definition, domains)
    assert adsl.loc["G-1", "LSTCTDT"] == pd.Timestamp("2020-01-10")
    assert adsl.loc["G-1", "EOSDT"] == pd.Timestamp("2020-06-01")


@pytest.mark.parametrize(
    ("recorded", "found", "died"),
    [
        ("2020-06-01", "2020-06-01", "Y"),
        ("2020-06", "2020-06-01", "Y"),
        ("2020-05", "2020-05-01", "Y"),  # not before the last contact
        ("2020", "2020-05-01", "Y"),
        ("2022-01-01", None, "N"),  # after the cut-off
        (None, None, "N"),
    ],
)
def test_death(
    definition: StudyDefinition, domains: dict[str, pd.DataFrame], recorded: str | None, found: str | None, died: str
) -> None:
    dm = domains["DM"]
    domains["DM"] = dm.assign(DTHDTC=pd.Series(recorded, index=dm.index, dtype="str").where(dm["USUBJID"] == "G-1"))
    one = derived(definition, domains).loc["G-1"]
    assert one["DTHFL"] == died
    assert one["DTHDT"] is pd.NaT if found is None else one["DTHDT"] == pd.Timestamp(found)
    assert one["LSTCTDT"] == pd.Timestamp(found or "2020-05-01")


def test_death_is_taken_from_disposition_or_a_fatal_event(
    definition: StudyDefinition, domains: dict[str, pd.DataFrame], table: Table
) -> None:
    domains["DS"] = table("""
        USUBJID  DSSEQ:f  DSTERM  DSDECOD  DSCAT              DSSTDTC
        G-1      1        DEATH   DEATH    DISPOSITION EVENT  2020-06-01
    """)
    domains["AE"] = table("USUBJID  AEOUT  AESTDTC  AEENDTC\nG-2  FATAL  2020-02-01  2020-02-03")
    adsl = derived(definition, domains)
    assert adsl["DTHFL"].tolist() == ["Y", "Y", "N", "N", "N", "N"]
    assert adsl["DTHDT"].dt.month.tolist()[:2] == [6, 2]


def test_what_has_no_group_is_an_error(definition: StudyDefinition, domains: dict[str, pd.DataFrame]) -> None:
    dm = domains["DM"]
    domains["DM"] = dm.assign(
        ARMCD=dm["ARMCD"].replace({"LOW": "SOME"}), ACTARMCD=dm["ACTARMCD"].replace({"LOW": None})
    )
    problems = Problems()
    subjects(definition, domains, problems)
    assert [(p.check, p.subject, p.variable, p.value, p.line) for p in problems.errors] == [
        ("DERIVE-002", "G-1", "ARMCD", "SOME", 2),
        ("DERIVE-003", "G-1", "ACTARMCD", "", 2),
        ("DERIVE-002", "G-2", "ARMCD", "SOME", 3),
    ]


def test_who_was_assigned_and_has_no_day_to_count_from_is_told(
    definition: StudyDefinition, domains: dict[str, pd.DataFrame]
) -> None:
    domains["DM"] = domains["DM"].assign(RFSTDTC=None)
    problems = Problems()
    adsl = subjects(definition, domains, problems).set_index("USUBJID")
    assert [(p.check, p.subject, p.variable, p.line) for p in problems] == [("DERIVE-007", "G-5", "RFSTDTC", 6)]
    assert adsl.loc["G-5", ["REFDT", "EOSSTT"]].isna().all()


def test_nobody(definition: StudyDefinition, domains: dict[str, pd.DataFrame]) -> None:
    adsl = derived(definition, {name: frame.iloc[:0] for name, frame in domains.items()})
    assert len(adsl) == 0


def test_a_value_that_is_no_code_names_a_group(definition: StudyDefinition, domains: dict[str, pd.DataFrame]) -> None:
    first, *others = definition.treatment.groups
    treatment = definition.treatment.model_copy(
        update={"groups": (first.model_copy(update={"value": "5 mg/day"}), *others)}
    )
    dm = domains["DM"].replace({name: {first.code: "5 mg/day"} for name in ("ARMCD", "ACTARMCD")})
    adsl = derived(definition.model_copy(update={"treatment": treatment}), domains | {"DM": dm})
    pd.testing.assert_frame_equal(adsl, derived(definition, domains))


def test_the_reason_is_the_variable_that_the_definition_names_else_the_coded_one(
    definition: StudyDefinition, domains: dict[str, pd.DataFrame]
) -> None:
    named = definition.model_copy(update={"disposition": definition.disposition.model_copy(update={"reason": "DSWHY"})})
    domains["DS"]["DSWHY"] = pd.Series([None, None, None, None, "MOVED TO|SEA", None, None], dtype="str")
    assert derived(named, domains).loc["G-2", "DCSREAS"] == "MOVED TO|SEA"
    domains["DS"]["DSWHY"] = None
    assert derived(named, domains).loc["G-2", "DCSREAS"] == "PHYSICIAN DECISION"
    problems = Problems()
    subjects(named, {**domains, "DS": domains["DS"].drop(columns="DSWHY")}, problems)
    assert [(p.check, p.variable) for p in problems.errors] == [("DERIVE-009", "DSWHY")]


def test_without_disposition_nobody_is_said_to_be_ongoing(
    definition: StudyDefinition, domains: dict[str, pd.DataFrame]
) -> None:
    del domains["DS"]
    adsl = derived(definition, domains)
    assert adsl["EOSSTT"].dropna().unique().tolist() == ["SCREEN FAILURE"]
