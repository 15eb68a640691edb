"""Narratives: a case a subject, sentences from the data; none, in words."""

from dataclasses import replace

import pandas as pd
import pytest

from tests.analysis.analyse.safety_frames import EVENT, STUDY, SUBJECT, four, frame, trial
from tests.analysis.display.safety_book import book_of
from trial_report.analysis.analyse import sets
from trial_report.analysis.display.narratives import NOTHING, NOTHING_SERIOUS, narratives, paragraphs, summary
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-314")


def test_without_a_case_there_is_one_sentence() -> None:
    book = book_of(trial(four(), adae=frame(EVENT, {})), sets)
    assert paragraphs(book) == [NOTHING]
    assert summary(book) == NOTHING


def test_a_serious_event_is_told() -> None:
    history = pd.DataFrame({"USUBJID": ["1"], "MHTERM": ["heart"], "MHDECOD": ["ANGINA"]})
    book = book_of(trial(four(), adae=frame(EVENT, {"AESER": "Y", "AESHOSP": "Y", "ATOXGRN": 3}), MH=history), sets)
    (case,) = narratives(book)
    assert case.title == "1 (Low)"
    assert case.paragraphs == (
        "The recorded medical history of this 60-year-old female patient lists angina. The first dose was given on "
        "January 1, 2020 (total dose: 10 mg).",
        "On January 2, 2020 (study day 2), headache (reported as “Head pain”) of grade 3 (severe) began. It was "
        "serious, as it required or prolonged hospitalization. The event was assessed as related to study "
        "treatment. The event was "
        "not treated. The event resolved on January 3, 2020 (study day 3).",
    )
    assert summary(book) == "One narrative follows."


def test_the_dose_and_the_medicines_at_onset_are_told() -> None:
    doses = pd.DataFrame(
        {
            "USUBJID": ["1", "1"], "EXTRT": ["PRODUCTINE"] * 2, "EXDOSE": [5.0, 10.0], "EXDOSU": ["mg", "mg"],
            "EXDOSFRQ": ["QD", "QD"], "EXSTDTC": ["2020-01-01", "2020-01-02"], "EXENDTC": ["2020-01-01", "2020-01-09"],
        }
    )  # fmt: skip
    taken = pd.DataFrame(
        {
            "USUBJID": ["1"] * 5, "CMTRT": ["x", "VITAMIN E", "LATER", "NOT TAKEN", "OVER"],
            "CMDECOD": ["UNCODED", None, None, None, None], "CMOCCUR": ["Y", "Y", "Y", "N", "Y"],
            "CMSTDTC": ["2019", "2020-01", "2020-01-03", "2019", "2019-05"],
            "CMENDTC": [None, "2020-01", None, None, "2020-01-01"],
        }
    )  # fmt: skip
    people = frame(SUBJECT, {"NADMIN": 9})
    book = book_of(trial(people, adae=frame(EVENT, {"AESER": "Y", "AESLIFE": "Y"}), EX=doses, CM=taken), sets)
    told = narratives(book)[0].paragraphs[1]
    assert "(study day 2), on treatment with productine 10 mg once daily, headache" in told
    assert "It was serious, as it was life-threatening." in told
    assert "Concomitant medication at onset: vitamin E and x." in told
    late = frame(EVENT, {"AESER": "Y", "ASTDT": "2020-01-12"})
    told = narratives(book_of(trial(people, adae=late, EX=doses, CM=taken.iloc[:0]), sets))[0].paragraphs[1]
    assert "3 days after the last dose (productine 10 mg once daily), headache" in told
    assert "Concomitant medication at onset: none recorded." in told


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"AESTDTC": "2020-01"}, "The event resolved on January 3, 2020 (study day 3)."),
        ({"AEENDTC": "2020-01"}, "The event resolved in January 2020."),
        ({"AEENDTC": "2020-01", "AENDT": "2020-01-02", "AENDY": 2}, "The event resolved in January 2020."),
        ({"AEENDTC": "2020-01-02", "AENDT": "2020-01-02", "AENDY": 2}, "The event resolved on the same day."),
    ],
)
def test_of_a_date_that_is_not_whole_no_duration_is_told(changed: dict[str, object], told: str) -> None:
    events = frame(EVENT, {"AESER": "Y", "ADURN": 2, **changed})
    (case,) = narratives(book_of(trial(four(), adae=events), sets))
    assert told in case.paragraphs[1]


def test_a_death_without_an_event_has_its_narrative() -> None:
    adsl = frame(SUBJECT, {"DTHFL": "Y", "DTHDT": "2020-01-31"}, {"USUBJID": "2"})
    (case,) = narratives(book_of(trial(adsl), sets))
    assert case.paragraphs[-1] == "The patient died on January 31, 2020 (study day 31)."


def test_what_is_missing_is_said() -> None:
    event = {
        "DLTFL": "Y", "AESTDTC": None, "ASTDY": None, "ATOXGRN": None, "AEREL": None, "AEACN": None, "AEOUT": None,
        "AEENDTC": None, "AECONTRT": None,
    }  # fmt: skip
    (case,) = narratives(book_of(trial(four(), adae=frame(EVENT, event)), sets))
    assert case.paragraphs[1] == (
        "On an unknown date, headache (reported as “Head pain”) began. It was a dose-limiting toxicity. Its "
        "relationship to study treatment was not recorded; it counts as related. The event has no recorded outcome."
    )


WORDS = {k: v for k, v in STUDY.items() if k not in ("escalation", "phases", "analysis_sets")} | {
    "analysis_sets": [{**one, "criteria": {k: v for k, v in one["criteria"].items() if k in ("enrolled", "treated")}}
                      for one in STUDY["analysis_sets"]],
    "adverse_events": {**STUDY["adverse_events"], "grade_variable": "AESEV",
                       "grade_labels": {"MILD": "Mild", "MODERATE": "Moderate", "SEVERE": "Severe"}},
}  # fmt: skip


def test_severity_is_a_word_where_the_scale_has_words() -> None:
    study = StudyDefinition.model_validate(WORDS)
    event = {"AESER": "Y", "ATOXGRN": 3, "AEDECOD": "PARKINSON'S DISEASE", "AETERM": "PARKINSON'S DISEASE"}
    book = book_of(trial(four(), adae=frame(EVENT, event), study=study), sets)
    (case,) = narratives(book)
    assert case.paragraphs[1].startswith("On January 2, 2020 (study day 2), Parkinson's disease (severe) began.")


def test_terms_stand_as_in_the_dictionary() -> None:
    history = pd.DataFrame({"USUBJID": "1", "MHDECOD": ["Alzheimer's disease", "RAYNAUD'S PHENOMENON", "COVID-19"]})
    history["MHTERM"] = history["MHDECOD"]
    book = book_of(trial(four(), adae=frame(EVENT, {"AESER": "Y"}), MH=history), sets)
    (case,) = narratives(book)
    assert "lists Alzheimer's disease, Raynaud's phenomenon and COVID-19." in case.paragraphs[0]


def test_without_escalation_nothing_is_said_of_its_toxicities() -> None:
    study = StudyDefinition.model_validate(WORDS)
    events = frame(EVENT, {"DLTFL": "Y"})
    book = book_of(trial(four(), adae=events, study=study), sets)
    assert paragraphs(book) == [NOTHING_SERIOUS]


def test_a_history_that_was_not_delivered_is_not_none() -> None:
    adsl = frame(SUBJECT, {"DTHFL": "Y", "DTHDT": "2020-01-31"})
    nothing = pd.DataFrame({"USUBJID": [], "MHTERM": []}, dtype="str")
    told = [narratives(book_of(trial(adsl, **more), sets))[0].paragraphs[0] for more in ({}, {"MH": nothing})]
    assert told[0].startswith(
        "The medical history of this 60-year-old female patient was not delivered. The first dose"
    )
    assert told[1].startswith("This 60-year-old female patient had no recorded medical history. The first dose")


def test_events_that_were_not_delivered_are_not_none() -> None:
    book = book_of(trial(four()), sets)
    without = replace(book, domains={name: frame for name, frame in book.domains.items() if name != "AE"})
    assert paragraphs(without) == ["The domain AE (adverse events) was not delivered. There are no narratives."]


def test_an_event_of_special_interest_is_told_however_the_data_write_it() -> None:
    rules = {**WORDS["adverse_events"], "special_interest": ["HEADACHE"]}
    study = StudyDefinition.model_validate(WORDS | {"adverse_events": rules})
    events = frame(EVENT, {}, {"USUBJID": "2", "AEDECOD": "Nausea"})
    (case,) = narratives(book_of(trial(four(), adae=events, study=study), sets))
    assert case.title.startswith("1 ")
    assert "It was of special interest by the protocol." in case.paragraphs[1]


def test_an_event_of_one_day_occurred_on_it() -> None:
    event = {"AESER": "Y", "AENDT": "2020-01-02", "AEENDTC": "2020-01-02", "AENDY": 2}
    (case,) = narratives(book_of(trial(four(), adae=frame(EVENT, event)), sets))
    assert "mild) occurred." in case.paragraphs[1]
    assert case.paragraphs[1].endswith("The event resolved on the same day.")


def test_dates_are_written_as_the_language_has_them() -> None:
    study = StudyDefinition.model_validate({**STUDY, "study": {**STUDY["study"], "language": "en-GB"}})
    event = {"AESER": "Y", "AESTDTC": "2020-01", "ASTDTF": "D"}
    (case,) = narratives(book_of(trial(four(), adae=frame(EVENT, event), study=study), sets))
    assert "given on 1 January 2020" in case.paragraphs[0]
    assert case.paragraphs[1].startswith("In January 2020 (study day 2, imputed), headache")
