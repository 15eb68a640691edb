from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from trial_report.analysis.derive import derive
from trial_report.analysis.trial import Trial
from trial_report.schemas.datasets import MODELS, columns
from trial_report.schemas.problems import Problems, StudyProblems
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-204")

Table = Callable[[str], pd.DataFrame]


def delivered(table: Table) -> dict[str, pd.DataFrame]:
    """Two treated at the lowest level, one screen failure; nobody at the higher levels."""
    return {
        "DM": table("""
            STUDYID  USUBJID  SUBJID  AGE:f  SEX  ARMCD  ACTARMCD  ARMNRS          PART  COHORTN  RECONSNT
            GEN      G-1      1       30     M    LOW    LOW       .               PA    1        Y
            GEN      G-2      2       70     F    LOW    LOW       .               PA    1        N
            GEN      G-3      3       50     F    .      .         SCREEN FAILURE  .     .        .
        """),
        "DS": table("""
            USUBJID  DSSEQ:f  DSTERM  DSDECOD         DSCAT              DSSTDTC
            G-1      1        DONE    COMPLETED       DISPOSITION EVENT  2020-03-10
            G-3      1        SICK    SCREEN FAILURE  DISPOSITION EVENT  2020-01-05
        """),
        "EX": table("""
            USUBJID  EXTRT  EXDOSE:f  EXSTDTC     EXENDTC
            G-1      D      10        2020-01-10  2020-01-10
            G-2      D      10        2020-02-10  2020-02-10
        """),
        "AE": table("""
            STUDYID  USUBJID  AESEQ:f  AETERM  AEDECOD  AEBODSYS  AETOXGR  AEREL     AEDLTFL  AESTDTC     AEEXTRA
            GEN      G-1      1        Cough   Cough    Lung      3        POSSIBLE  Y        2020-01-12  x
        """),
        "QS": table("""
            STUDYID  USUBJID  QSTESTCD  QSSEQ:f  QSSTRESN:f  VISITNUM:f  QSDTC
            GEN      G-1      TOTAL     1        10          20          2020-01-10
            GEN      G-1      TOTAL     2        5           30          2020-02-08
            GEN      G-2      TOTAL     1        9           20          2020-02-10
            GEN      G-3      TOTAL     1        9           10          2020-01-03
        """),
    }


@pytest.fixture
def domains(table: Table) -> dict[str, pd.DataFrame]:
    """What was delivered, for a test to change."""
    return delivered(table)


@pytest.fixture(scope="module")
def trial(definition: StudyDefinition, table: Table) -> Trial:
    """The trial of what was delivered. It is shared: no test may change it."""
    return derive(definition, delivered(table), Problems())


def test_datasets_carry_sets_treatment_and_their_columns_first(trial: Trial) -> None:
    flags = ["ENRLFL", "SAFFL", "EVAFL", "EFFFL", "PPRFL"]
    for name, frame in trial.datasets.items():
        assert list(frame)[: len(columns(name))] == list(columns(name))
        assert set(flags) <= set(frame)
    assert trial.adsl["EFFFL"].tolist() == ["Y", "N", "N"]
    assert trial.adae["AEEXTRA"].tolist() == ["x"]
    assert trial.adbds["TRT01A"].fillna("-").tolist() == ["LOW", "LOW", "LOW", "-"]
    assert trial.adsl["NDLT"].tolist() == [1, 0, 0]


def test_in_set_and_flag(trial: Trial) -> None:
    assert trial.flag("EFF") == "EFFFL"
    assert trial.in_set("SAF")["USUBJID"].tolist() == ["G-1", "G-2"]
    assert trial.in_set("EFF", "ADBDS")["AVAL"].tolist() == [10, 5]
    with pytest.raises(KeyError):
        trial.in_set("NONE")


def test_the_domains_are_not_changed(definition: StudyDefinition, domains: dict[str, pd.DataFrame]) -> None:
    before = {name: frame.copy() for name, frame in domains.items()}
    derive(definition, domains, Problems())
    for name, frame in domains.items():
        pd.testing.assert_frame_equal(frame, before[name])


def test_the_order_of_rows_and_subjects_does_not_matter(
    definition: StudyDefinition, domains: dict[str, pd.DataFrame], trial: Trial
) -> None:
    turned = {name: frame.iloc[::-1].reset_index(drop=True) for name, frame in domains.items()}
    again = derive(definition, turned, Problems())
    for name, frame in trial.datasets.items():
        pd.testing.assert_frame_equal(again.datasets[name], frame)


def test_all_values_missing(definition: StudyDefinition, domains: dict[str, pd.DataFrame]) -> None:
    domains["QS"]["QSSTRESN"] = float("nan")
    trial = derive(definition, domains, Problems())
    assert trial.adbds[["AVAL", "BASE", "CHG"]].isna().all(axis=None)
    assert set(trial.adsl["EFFFL"]) == {"N"}


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_few_subjects(definition: StudyDefinition, domains: dict[str, pd.DataFrame], rows: int) -> None:
    kept = set(domains["DM"]["USUBJID"].iloc[:rows])
    few = {name: f.loc[f["USUBJID"].isin(kept)].reset_index(drop=True) for name, f in domains.items()}
    trial = derive(definition, few, Problems())
    assert len(trial.adsl) == rows
    assert len(trial.advisit) == rows * len(definition.visits)


def test_only_the_domains_that_every_study_has(definition: StudyDefinition, domains: dict[str, pd.DataFrame]) -> None:
    trial = derive(definition, {name: domains[name] for name in ("DM", "DS", "EX", "AE")}, Problems())
    assert len(trial.adbds) == 0
    assert trial.adsl["SAFFL"].tolist() == ["Y", "Y", "N"]


def test_an_error_found_on_the_way_stops_with_everything_found(
    definition: StudyDefinition, domains: dict[str, pd.DataFrame]
) -> None:
    domains["DM"]["ARMCD"] = "OTHER"
    domains["DM"]["ACTARMCD"] = "OTHER"
    problems = Problems()
    with pytest.raises(StudyProblems, match="treatment code"):
        derive(definition, domains, problems)
    assert {p.check for p in problems.errors} == {"DERIVE-002", "DERIVE-003"}


def test_the_exemplar_derives_and_agrees_with_its_models(exemplar: Trial) -> None:
    assert list(exemplar.datasets) == list(MODELS)
    assert not exemplar.problems.errors
    assert len(exemplar.adsl) == len(exemplar.domains["DM"])
    assert len(exemplar.adae) == len(exemplar.domains["AE"])
    treated = exemplar.in_set(exemplar.definition.safety_set)["USUBJID"]
    assert sorted(treated) == sorted(exemplar.domains["EX"]["USUBJID"].unique())
    assert set(exemplar.adtte["USUBJID"]) == set(treated)


def test_baselines_of_the_exemplar_are_those_that_its_sdtm_flags(exemplar: Trial) -> None:
    """--LOBXFL is the last observation before exposure, as whoever made the SDTM saw it."""
    for name, found in exemplar.adbds.groupby("SRCDOM"):
        source = exemplar.domains[str(name)]
        flagged = source.loc[source[f"{name}LOBXFL"] == "Y", ["USUBJID", f"{name}SEQ"]]
        ours = found.loc[found["ABLFL"] == "Y", ["USUBJID", "SRCSEQ"]]
        both = ours.merge(flagged, left_on=["USUBJID", "SRCSEQ"], right_on=["USUBJID", f"{name}SEQ"])
        assert len(both) == len(ours)


def test_study_days_of_the_exemplar_are_those_of_its_sdtm(exemplar: Trial) -> None:
    for name, found in exemplar.adbds.groupby("SRCDOM"):
        source = exemplar.domains[str(name)][["USUBJID", f"{name}SEQ", f"{name}DY"]]
        both = found.merge(source, left_on=["USUBJID", "SRCSEQ"], right_on=["USUBJID", f"{name}SEQ"])
        known = both["ADY"].notna() | both[f"{name}DY"].notna()
        assert (both.loc[known, "ADY"] == both.loc[known, f"{name}DY"]).all()


def test_who_was_randomised_and_never_treated_has_baseline_visits_and_a_time(
    study_dict: dict[str, Any], domains: dict[str, pd.DataFrame], table: Table
) -> None:
    """G-4 was randomised on 10 January: a score of that day and of 8 February, when it withdrew (day 30)."""
    domains["DM"] = pd.concat([domains["DM"], table("""
            STUDYID  USUBJID  SUBJID  AGE:f  SEX  ARMCD  ACTARMCD  ARMNRS                 PART  COHORTN  RECONSNT
            GEN      G-4      4       60     M    MID    .         ASSIGNED, NOT TREATED  PA    .        Y
        """)])  # fmt: skip
    domains["DS"] = pd.concat([domains["DS"], table("""
            USUBJID  DSSEQ:f  DSTERM      DSDECOD                DSCAT               DSSTDTC
            G-4      1        RANDOMISED  RANDOMIZED             PROTOCOL MILESTONE  2020-01-10
            G-4      2        WITHDREW    WITHDRAWAL BY SUBJECT  DISPOSITION EVENT   2020-02-08
        """)])  # fmt: skip
    domains["QS"] = pd.concat([domains["QS"], table("""
            STUDYID  USUBJID  QSTESTCD  QSSEQ:f  QSSTRESN:f  VISITNUM:f  QSDTC
            GEN      G-4      TOTAL     1        8           20          2020-01-10
            GEN      G-4      TOTAL     2        2           30          2020-02-08
        """)])  # fmt: skip
    changes = {
        "survival": [
            {**study_dict["survival"][0], "analysis_set": "ENR", "event_records": {"DS": {"DSDECOD": "RELAPSE"}}}
        ],
        "endpoints": [{**one, "analysis_set": "ENR"} for one in study_dict["endpoints"]],
    }
    study = StudyDefinition.model_validate(study_dict | changes)
    problems = Problems()
    trial = derive(study, domains, problems)
    assert not problems
    own = trial.adsl.set_index("USUBJID").loc["G-4"]
    assert (own["TRT01P"], own["EOSSTT"], own["ENRLFL"], own["SAFFL"]) == ("MID", "DISCONTINUED", "Y", "N")
    assert own[["TRT01A", "TRTSDT"]].isna().all()
    scores = trial.adbds.loc[(trial.adbds["USUBJID"] == "G-4") & (trial.adbds["PARAMCD"] == "SCORE")]
    expected = table("""
        AVISIT  ADY:i  AVAL:f  BASE:f  CHG:f  ABLFL  POSTFL  ANL01FL  TRT01P
        DAY1    1      8       8       .      Y      N       Y        MID
        M1      30     2       8       -6     N      Y       Y        MID
    """)
    pd.testing.assert_frame_equal(scores[list(expected)].reset_index(drop=True), expected)
    visits = trial.advisit.loc[trial.advisit["USUBJID"] == "G-4", ["AVISIT", "STATUS", "SVDY"]]
    assert visits["STATUS"].tolist() == ["missed", "in window", "in window", "after discontinuation"]
    times = trial.adtte.loc[trial.adtte["USUBJID"] == "G-4", ["PARAMCD", "AVAL", "CNSDTDSC"]]
    assert times.to_numpy().tolist() == [["RFS", 30.0, "Last contact"]]
