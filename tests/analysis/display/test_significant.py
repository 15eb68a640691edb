"""Other significant events: which they are, the values they are of, and the medicines that were begun for them."""

import pandas as pd
import pytest

from tests.analysis.analyse.safety_frames import EVENT, STUDY, VALUE, four, frame, trial
from tests.analysis.display.safety_book import book_of
from trial_report.analysis.analyse import sets
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.event_line import in_a_line
from trial_report.analysis.display.narratives import others
from trial_report.analysis.display.significant import significant
from trial_report.analysis.display.therapy import begun_for
from trial_report.schemas.codelists.event_values import measured_by
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-314")

ALT = {
    "AEDECOD": "Alanine aminotransferase increased",
    "AETERM": "ALT up",
    "ASTDT": "2020-01-08",
    "AENDT": "2020-01-20",
}


def with_events(*events: dict[str, object], **domains: pd.DataFrame) -> Book:
    return book_of(trial(four(), adae=frame(EVENT, *events), **domains), sets)


@pytest.mark.parametrize(
    ("event", "found"),
    [
        ({"ATOXGRN": 3}, True),
        ({"ATOXGRN": 2}, False),
        ({"ATOXGRN": None}, False),
        ({"ATOXGRN": 3, "AESER": "Y"}, False),  # serious: it has a narrative of its own
        ({"ATOXGRN": 3, "DLTFL": "Y"}, False),
        ({"ATOXGRN": 3, "TRTEMFL": "N"}, False),
        ({"AEACN": "DOSE REDUCED"}, True),
        ({"AEACN": "DRUG INTERRUPTED"}, True),
        ({"AEACN": "DOSE NOT CHANGED"}, False),
    ],
)
def test_severe_events_and_those_that_changed_treatment_are_significant(event: dict[str, object], found: bool) -> None:
    assert (not significant(with_events(event)).empty) == found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"CLSIG": "Y"}, True),
        ({"CLSIG": "N"}, False),
        ({"CLSIG": "Y", "ADT": "2020-01-01", "POSTFL": "N"}, False),  # before treatment
        ({"CLSIG": "Y", "ADT": "2020-01-02"}, True),  # within the week before the event
        ({"CLSIG": "Y", "ADT": "2020-02-02"}, False),  # after it
        ({"CLSIG": "Y", "PARAMCD": "BILI"}, True),  # read together with transaminases
        ({"CLSIG": "Y", "PARAMCD": "PULSE"}, False),
    ],
)
def test_an_event_of_a_value_that_was_judged_significant_is_significant(value: dict[str, object], found: bool) -> None:
    values = frame(VALUE, value)
    book = book_of(trial(four(), adae=frame(EVENT, ALT), adbds=values), sets)
    assert (not significant(book).empty) == found


def test_a_term_is_found_in_both_spellings_and_only_as_a_whole() -> None:
    assert measured_by("Anaemia") == measured_by("ANEMIA") == ("HGB",)
    assert measured_by("Hyperglycaemia") == ("GLUC", "HBA1C")
    assert measured_by("International normalised ratio increased") == ("INR",)
    assert measured_by("Anaemia of pregnancy") == ()


TAKEN = pd.DataFrame(
    {
        "USUBJID": ["1"] * 4, "CMTRT": ["LOSARTAN", "AMLODIPINE", "OTHER", "IRON"],
        "CMINDC": ["HYPERTENSION"] * 2 + ["PAIN"] * 2,
        "CMSTDTC": ["2014", "2020-01-08", "2020-01-08", "2020-01-10"], "CMENDTC": [None, None, None, "2020-01-12"],
        "CMDOSE": [1.0, 5.0, 1.0, 80.0], "CMDOSU": ["mg"] * 4, "CMDOSFRQ": ["QD"] * 4,
        "CMSTDY": [None, 8.0, 8.0, 10.0], "CMENDY": [None, None, None, 12.0],
        "CMENRTPT": ["ONGOING", "ONGOING", None, None],
    }
)  # fmt: skip
PRESSURE = {"AEDECOD": "Hypertension", "AETERM": "Pressure", "ATOXGRN": 3, "AESTDTC": "2020-01-08",
            "ASTDT": "2020-01-08", "ASTDY": 8, "AEENDTC": "2020-01-20", "AENDT": "2020-01-20", "AENDY": 20,
            "ADURN": 13, "AECONTRT": "Y"}  # fmt: skip


def test_a_medicine_of_the_same_disease_that_was_taken_before_was_not_begun_for_the_event() -> None:
    book = with_events(PRESSURE, CM=TAKEN)
    given = begun_for(book, significant(book).iloc[0].to_dict())
    assert given is not None
    assert [(one.name, one.amount, one.goes_on) for one in given] == [("amlodipine", "5 mg once daily", True)]
    assert begun_for(with_events(PRESSURE), PRESSURE | {"USUBJID": "1"}) is None


def test_an_event_that_ended_on_a_medicine_that_goes_on_says_so() -> None:
    book = with_events(PRESSURE, CM=TAKEN)
    events = significant(book)
    told = others(book, events)[0].paragraphs[1]
    assert "Concomitant medication at onset: losartan and other." in told, told
    assert "Amlodipine 5 mg once daily was begun for it on day 8 and was still taken at the last report. The" in told
    assert told.endswith("after 13 days, while amlodipine was continued.")
    assert in_a_line(book, events.iloc[0].to_dict()).endswith("resolved while amlodipine was continued")
    pain = PRESSURE | {"AEDECOD": "Pain"}
    assert (
        "Iron 80 mg once daily was given for it from day 10 to day 12."
        in others(with_events(pain, CM=TAKEN), significant(with_events(pain, CM=TAKEN)))[0].paragraphs[1]
    )


def test_the_course_of_the_value_is_told_from_baseline_to_the_end_unscheduled_values_too() -> None:
    values = frame(
        VALUE,
        {"ABLFL": "Y", "POSTFL": "N", "ADT": "2020-01-01", "ADY": 1, "AVAL": 12, "AVALC": "12"},
        {"CLSIG": "Y", "AVAL": 112, "AVALC": "112"},
        {"AVISIT": None, "VISIT": "UNSCHEDULED 2.1", "VISITNUM": 2.1, "ADT": "2020-01-15", "ADY": 15, "AVAL": 58,
         "AVALC": "58", "ANL01FL": "N"},
    )  # fmt: skip
    book = book_of(trial(four(), adae=frame(EVENT, ALT), adbds=values), sets)
    told = others(book, significant(book))[0].paragraphs[1]
    assert "Alanine was 12 U/L at baseline, 112 on day 8 and 58 on day 15." in told


def test_of_a_long_course_the_turning_points_are_told() -> None:
    days = range(1, 21)
    rows = [
        {"ABLFL": "Y" if day == 1 else "N", "POSTFL": "N" if day == 1 else "Y", "ADT": f"2020-01-{day:02d}", "ADY": day,
         "AVAL": 100 - abs(day - 12), "AVALC": str(100 - abs(day - 12)), "CLSIG": "Y" if day == 12 else "N"}
        for day in days
    ]  # fmt: skip
    event = ALT | {"ASTDT": "2020-01-15", "AENDT": "2020-01-17"}
    book = book_of(trial(four(), adae=frame(EVENT, event), adbds=frame(VALUE, *rows)), sets)
    told = others(book, significant(book))[0].paragraphs[1]
    assert (
        "Alanine was 89 U/L at baseline, 95 on day 7, 100 on day 12, 95 on day 17, 94 on day 18 and 92 on day 20."
        in told
    )


def test_other_events_of_that_time_and_the_year_of_a_disease_are_told() -> None:
    history = pd.DataFrame(
        {"USUBJID": ["1"] * 2, "MHTERM": ["a", "b"], "MHDECOD": ["GOUT", "ASTHMA"], "MHSTDTC": ["2014-05", None]}
    )
    beside = {"AESEQ": 2, "AEDECOD": "Nausea", "ASTDT": "2020-01-12", "ASTDY": 12, "AENDT": "2020-01-13"}
    after = {"AESEQ": 3, "AEDECOD": "Cough", "ASTDT": "2020-01-21", "ASTDY": 21, "AENDT": "2020-01-23"}
    book = with_events(PRESSURE, beside, after, MH=history)
    background, told = others(book, significant(book))[0].paragraphs
    assert "lists gout (2014) and asthma." in background
    assert "Other adverse events at that time: nausea (from day 12)." in told


def test_the_word_of_the_investigator_is_told() -> None:
    for said, words in (
        ("POSSIBLY RELATED", "The event was assessed as possibly related to study treatment."),
        ("PROBABLE", "Its relationship to study treatment was recorded as “probable” (counted as related)."),
    ):
        book = with_events(PRESSURE | {"AEREL": said})
        assert words in others(book, significant(book))[0].paragraphs[1]


def test_after_several_administrations_it_is_told_that_none_was_left_to_change() -> None:
    people = four()
    people["NADMIN"] = pd.array([3] * len(people), dtype="Int64")
    book = book_of(trial(people, adae=frame(EVENT, PRESSURE)), sets)
    assert "No change of study treatment was possible" in others(book, significant(book))[0].paragraphs[1]
    assert StudyDefinition.model_validate(STUDY)
