"""The cut of the data at the cut-off, 2021-12-31 in the generic study: what is dropped, ended, unknown, and counted."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from trial_report.analysis.analyse.cutoff import analyse
from trial_report.analysis.derive import derive
from trial_report.analysis.derive.cutoff import at_cutoff
from trial_report.analysis.trial import Trial
from trial_report.schemas.domains.tables import Domains, Source
from trial_report.schemas.problems import Problems
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-205")

Table = Callable[[str], pd.DataFrame]


def test_nothing_after_the_cutoff_leaves_the_domains_as_they_are(definition: StudyDefinition, table: Table) -> None:
    domains = {"DM": table("USUBJID  RFICDTC\nG-1  2021-01-01"), "AE": table("USUBJID  AESTDTC\nG-1  2021-12-31T23:59")}
    cut, counts = at_cutoff(definition, domains)
    assert cut is domains
    assert counts.empty


def test_a_record_is_dropped_when_it_begins_wholly_after_the_cutoff(definition: StudyDefinition, table: Table) -> None:
    domains = {
        "DM": table("USUBJID  RFICDTC\nG-1  2021-01-01"),
        "AE": table("""
            USUBJID  AESEQ:i  AESTDTC                AEDTC
            G-1      1        2021-12-31             .
            G-1      2        2022-01-01             .
            G-1      3        2021-12                .
            G-1      4        2021                   .
            G-1      5        2022-01                .
            G-1      6        .                      .
            G-1      7        .                      2022-01-05
            G-1      8        2021-12-30/2022-01-03  .
        """),
        "LB": table("USUBJID  LBDTC\nG-1  2021-12-31T10:00\nG-1  2022-01-01T00:00\nG-1  ."),
        "SV": table("USUBJID  SVSTDTC\nG-1  2021-12-31\nG-1  2022-01-09"),
        "DS": table("USUBJID  DSSTDTC  DSDTC\nG-1  2021-06-01  2022-02-01\nG-1  .  2022-02-01"),
        "TS": table("TSPARMCD  TSDTC\nSENDTC  2022-06-30"),
        "CO": table("USUBJID  CODTC\nG-1  2022-06-30"),
    }
    cut, counts = at_cutoff(definition, domains)
    assert cut["AE"]["AESEQ"].tolist() == [1, 3, 4, 6, 8]
    assert [len(cut[name]) for name in ("LB", "SV", "DS", "TS", "CO")] == [2, 1, 1, 1, 1]
    assert counts["DROPPED"].to_dict() == {"AE": 3, "LB": 1, "SV": 1, "DS": 1}
    assert counts.loc["AE", "RECORDS"] == 8
    assert len(domains["AE"]) == 8, "the domains as delivered are left alone"


def test_an_end_after_the_cutoff_is_ongoing_and_a_course_of_treatment_goes_on_to_it(
    definition: StudyDefinition, table: Table
) -> None:
    domains = {
        "DM": table("USUBJID  RFICDTC\nG-1  2021-01-01"),
        "CM": table("""
            USUBJID  CMSTDTC     CMENDTC     CMENDY:i  CMENRTPT
            G-1      2021-12-01  2022-01-05  30        ONGOING
            G-1      2021-12-01  2021-12     .         .
        """),
        "EX": table("USUBJID  EXSTDTC  EXENDTC\nG-1  2021-12-01  2022-03\nG-1  2021-12-01  2021-12-31"),
    }
    cut, counts = at_cutoff(definition, domains)
    assert cut["CM"]["CMENDTC"].fillna("-").tolist() == ["-", "2021-12"]
    assert cut["CM"]["CMENDY"].isna().all()
    assert cut["CM"]["CMENRTPT"][0] == "ONGOING"
    assert cut["EX"]["EXENDTC"].tolist() == ["2021-12-31", "2021-12-31"]
    assert counts["ENDS"].to_dict() == {"CM": 1, "EX": 1}


def test_who_was_not_yet_in_the_study_is_dropped_from_every_domain(definition: StudyDefinition, table: Table) -> None:
    domains = {
        "DM": table("""
            USUBJID  RFICDTC     DMDTC       RFSTDTC
            G-1      2021-12-31  2022-01-04  2022-01-20
            G-2      2022-01-04  2022-01-04  2022-01-20
            G-3      .           .           .
        """),
        "MH": table("USUBJID  MHSTDTC\nG-1  2010\nG-2  2010\nG-3  2010"),
    }
    cut, counts = at_cutoff(definition, domains)
    assert cut["DM"]["USUBJID"].tolist() == cut["MH"]["USUBJID"].tolist() == ["G-1", "G-3"]
    assert counts["DROPPED"].to_dict() == {"DM": 1, "MH": 1}


def test_a_death_after_the_cutoff_is_not_known(definition: StudyDefinition, table: Table) -> None:
    domains = {
        "DM": table("""
            USUBJID  RFICDTC     RFSTDTC     DTHDTC      DTHFL
            G-1      2021-01-01  2021-01-02  2022-01-10  Y
            G-2      2021-01-01  2021-01-02  2021-12-31  Y
            G-3      2021-01-01  2021-01-02  .           Y
        """),
        "AE": table("""
            USUBJID  AESEQ:i  AESTDTC     AEENDTC     AEOUT               AESDTH  AETOXGR
            G-1      1        2021-12-20  2022-01-10  FATAL               Y       5
            G-2      1        2021-12-20  2021-12-31  FATAL               Y       5
            G-3      1        2021-12-20  .           FATAL               Y       5
            G-3      2        2021-12-20  2022-01-02  RECOVERED/RESOLVED  N       3
            G-3      3        2021-12-20  2022-01-02  UNKNOWN             N       3
        """),
        "DS": table(
            "USUBJID  DSDECOD  DSSTDTC\nG-1  DEATH  2022-01-10\nG-2  DEATH  2021-12-31\nG-3  DEATH  2022-02-01"
        ),
        "DD": table("USUBJID  DDDTC\nG-1  2022-01-10"),
    }
    cut, counts = at_cutoff(definition, domains)
    assert cut["DM"]["DTHFL"].fillna("-").tolist() == ["-", "Y", "-"]
    assert cut["DM"]["DTHDTC"].fillna("-").tolist() == ["-", "2021-12-31", "-"]
    ongoing = "NOT RECOVERED/NOT RESOLVED"
    assert cut["AE"]["AEOUT"].tolist() == [ongoing, "FATAL", ongoing, ongoing, "UNKNOWN"]
    assert cut["AE"]["AESDTH"].fillna("-").tolist() == ["-", "Y", "-", "N", "N"]
    assert cut["AE"]["AETOXGR"].fillna("-").tolist() == ["-", "5", "-", "3", "3"]
    assert cut["DS"]["USUBJID"].tolist() == ["G-2"]
    assert cut["DD"].empty
    assert counts["DEATHS"].to_dict() == {"DM": 2, "AE": 2, "DS": 0, "DD": 0}
    assert counts.loc["AE", "ENDS"] == 3


def test_reference_dates_and_arms_are_those_of_the_cutoff(definition: StudyDefinition, table: Table) -> None:
    domains = {
        "DM": table("""
            USUBJID  RFICDTC     RFSTDTC     RFXSTDTC    RFXENDTC    RFENDTC     RFPENDTC    ARMCD  ACTARMCD
            G-1      2021-01-01  2021-02-01  2021-02-01  2022-03-01  2022-03-01  2022-04-01  LOW    LOW
            G-2      2021-12-20  2022-01-02  2022-01-02  2022-03-01  .           .           LOW    LOW
            G-3      2021-12-20  2021-12-30  .           .           .           .           LOW    .
            G-4      2021-12-20  2022-01-02  2022-01-02  2022-03-01  .           .           MID    MID
        """),
        "DS": table("USUBJID  DSDECOD  DSSTDTC\nG-3  RANDOMIZED  2022-01-03\nG-4  RANDOMIZED  2021-12-30"),
    }
    cut, counts = at_cutoff(definition, domains)
    dm = cut["DM"].fillna("-")
    assert dm["RFXENDTC"].tolist() == ["2021-12-31", "-", "-", "-"]
    assert dm["RFXSTDTC"].tolist() == ["2021-02-01", "-", "-", "-"]
    assert dm["RFSTDTC"].tolist() == ["2021-02-01", "-", "2021-12-30", "-"]
    assert dm["RFENDTC"].tolist() == dm["RFPENDTC"].tolist() == ["-"] * 4
    assert dm["ARMCD"].tolist() == ["LOW", "-", "-", "MID"], "who was randomised later has no arm yet"
    assert counts.loc["DM", "ENDS"] == 3


def test_supplemental_qualifiers_go_with_their_record(definition: StudyDefinition, table: Table) -> None:
    domains = {
        "DM": table("USUBJID  RFICDTC\nG-1  2021-01-01\nG-2  2022-01-05"),
        "AE": table(
            "USUBJID  AESEQ:i  AEGRPID  AESTDTC\nG-1  1  A  2021-06-01\nG-1  2  A  2022-06-01\nG-1  3  B  2022-06-01"
        ),
        "SUPPAE": table("""
            USUBJID  IDVAR    IDVARVAL
            G-1      AESEQ    1
            G-1      AESEQ    2.0
            G-1      AEGRPID  A
            G-1      AEGRPID  B
        """),
        "SUPPDM": table("USUBJID  IDVAR  IDVARVAL\nG-1  .  .\nG-2  .  ."),
    }
    cut, counts = at_cutoff(definition, domains)
    assert cut["SUPPAE"]["IDVARVAL"].tolist() == ["1", "A"]
    assert cut["SUPPDM"]["USUBJID"].tolist() == ["G-1"]
    assert set(counts.index) == {"DM", "AE"}


def test_rows_keep_the_place_where_they_came_from(definition: StudyDefinition, table: Table) -> None:
    frame = table("USUBJID  AESTDTC\nG-1  2022-01-05\nG-1  2021-06-01")
    source = Source(("ae.csv",), np.zeros(2, np.int32), np.array([2, 3]), ("USUBJID", "AESTDTC"), np.zeros(2, bool))
    cut, _ = at_cutoff(definition, Domains({"AE": frame}, {"AE": source}))
    assert isinstance(cut, Domains)
    assert cut.places("AE", np.array([0])) == [("ae.csv", 3)]
    assert cut["AE"].index.tolist() == [0]


def test_the_trial_stands_at_the_cutoff_and_says_what_was_cut(definition: StudyDefinition, table: Table) -> None:
    dm = table("STUDYID  USUBJID  RFICDTC  RFSTDTC  ARMCD  ACTARMCD\nGEN  G-1  2021-11-01  2021-12-01  LOW  LOW")
    ex = table("USUBJID  EXTRT  EXDOSE:f  EXDOSFRQ  EXSTDTC  EXENDTC\nG-1  D  10  QD  2021-12-01  2022-02-01")
    ae = table("USUBJID  AESEQ:i  AEDECOD  AESTDTC\nG-1  1  Cough  2022-01-05")
    trial = derive(definition, {"DM": dm, "EX": ex, "AE": ae}, Problems())
    assert trial.adsl[["TRTDURD", "NADMIN", "DOSEA"]].iloc[0].tolist() == [31, 31, 310]
    assert trial.adae.empty
    assert len(trial.domains["AE"]) == 0
    assert trial.delivered["AE"] == 1
    rows = analyse(trial).set_index("key")["value"]
    assert rows["cutoff/ALL/AE/-/TOTAL/DROPPED/n"] == 1
    assert rows["cutoff/ALL/EX/-/TOTAL/ENDS/n"] == 1
    assert rows[[f"cutoff/ALL/-/-/TOTAL/{level}/n" for level in ("DROPPED", "ENDS", "DEATHS")]].tolist() == [1, 1, 0]
    assert "cutoff/ALL/DM/-/TOTAL/RECORDS/n" not in rows


def test_a_trial_without_anything_after_the_cutoff_counts_nothing(exemplar: Trial) -> None:
    assert analyse(exemplar)["value"].tolist() == [0, 0, 0]
