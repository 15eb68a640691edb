"""The sentences of patients and safety, to be read in one sitting: of none, one, some and all of four patients."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pandas as pd
import pytest

from tests.analysis.analyse.safety_frames import EVENT, STUDY, SUBJECT, VALUE, VISIT, frame, trial
from tests.analysis.display.safety_book import book_of
from tests.report.prose.telling import plain
from trial_report.analysis.analyse import (
    deviations,
    disposition,
    exposure,
    history,
    laboratory,
    medication,
    sets,
    vital_signs,
)
from trial_report.analysis.analyse.adverse_events import overview as overview_of_events
from trial_report.analysis.analyse.adverse_events import terms
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.event_line import in_a_line
from trial_report.report import prose
from trial_report.report.cells import kit
from trial_report.report.prose.words import name_of, people_first, reported, share, subjects
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-315", "REQ-311")

NONE, ONE, SOME, ALL = (), ("1",), ("1", "2", "3"), ("1", "2", "3", "4")
FOUR = (NONE, ONE, SOME, ALL)
EXCLUDED = "(0 of 4 patients; 95% CI 0.0% to 60.2%)"
"""R: binom.test(0, 4)$conf.int 0.0000000 0.6023646."""


def four_patients(**changes: object) -> pd.DataFrame:
    """Four treated patients; `changes` are of the first."""
    return frame(SUBJECT, dict(changes), *({"USUBJID": one} for one in ALL[1:]))


def opened(monkeypatch: pytest.MonkeyPatch, book: Book) -> Book:
    """The sentences are said of this book."""
    monkeypatch.setattr(kit, "book", lambda: book)
    monkeypatch.setattr(prose.measured, "made", lambda *names: list(names))
    told_by = (prose.safety, prose.serious, prose.one_by_one, prose.escalated, prose.exposed)
    for module in (prose.words, prose.measured, prose.patients, *told_by):
        monkeypatch.setattr(module, "ref", lambda name: kit.text(f"[{name}]"), raising=False)
        monkeypatch.setattr(module, "refs", lambda names: kit.text(f"[{', '.join(names)}]"), raising=False)
    return book


@cache
def with_events(who: tuple[str, ...], **event: object) -> Book:
    """Four patients, of whom these had the event."""
    rows = [{"USUBJID": one, **event} for one in who]
    events = frame(EVENT, *rows) if rows else frame(EVENT, {}).iloc[:0]
    return book_of(trial(four_patients(), adae=events), sets, overview_of_events, terms)


def said(monkeypatch: pytest.MonkeyPatch, sentence: Callable[[], object], **event: object) -> list[str]:
    """What the sentence is where none, one, some and all had the event."""
    found = []
    for who in FOUR:
        opened(monkeypatch, with_events(who, **event))
        found.append(plain(sentence()))  # type: ignore[arg-type]
    return found


def overview(kind: str) -> object:
    return kit.book().ask("ae.overview", "SAF", "USUBJID", None, "TOTAL", kind)


def test_counts_in_the_middle_of_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    assert said(monkeypatch, lambda: subjects(overview("EMERGENT"))) == [  # type: ignore[arg-type]
        "no patient",
        "1 patient (25.0%)",
        "3 patients (75.0%)",
        "all 4 patients",
    ]
    assert said(monkeypatch, lambda: share(overview("EMERGENT"))) == [  # type: ignore[arg-type]
        "none",
        "1 (25.0%)",
        "3 (75.0%)",
        "all 4",
    ]


def test_counts_at_the_beginning_of_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    assert said(monkeypatch, lambda: people_first(overview("EMERGENT"))) == [  # type: ignore[arg-type]
        "No patient",
        "One patient (25.0%)",
        "Three patients (75.0%)",
        "All 4 patients",
    ]


def test_something_was_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def sentence() -> object:
        return reported(overview("EMERGENT"), "event", "events")  # type: ignore[arg-type]

    assert said(monkeypatch, sentence) == [
        "No event was reported",
        "An event was reported in 1 patient (25.0%)",
        "Events were reported in 3 patients (75.0%)",
        "Events were reported in all 4 patients",
    ]


def test_adverse_events_in_short(monkeypatch: pytest.MonkeyPatch) -> None:
    none = f"No serious adverse event was reported {EXCLUDED}."
    light = "No event of grade 3 or higher was reported."
    assert said(monkeypatch, prose.adverse_events_in_short) == [
        f"No treatment-emergent adverse event was reported. {none}",
        f"A treatment-emergent adverse event was reported in 1 patient (25.0%), with 1 event in all. {none} "
        f"An event related to study treatment was reported in 1 patient (25.0%). {light}",
        f"Treatment-emergent adverse events were reported in 3 patients (75.0%), with 3 events in all. {none} "
        f"Events related to study treatment were reported in 3 patients (75.0%). {light}",
        f"Treatment-emergent adverse events were reported in all 4 patients, with 4 events in all. {none} "
        f"Events related to study treatment were reported in all 4 patients. {light}",
    ]


def test_the_summary_of_adverse_events(monkeypatch: pytest.MonkeyPatch) -> None:
    found = said(monkeypatch, prose.adverse_events, AESER="Y", AEACN="DRUG WITHDRAWN", ATOXGRN=3)
    assert found[0] == (
        f"No treatment-emergent adverse event was reported. No serious adverse event was reported {EXCLUDED}."
    )
    assert found[1].endswith(
        "A serious adverse event was reported in 1 patient (25.0%). An event related to study treatment was reported "
        "in 1 patient (25.0%). An event of grade 3 or higher was reported in 1 patient (25.0%). An event led to "
        "discontinuation of study treatment in 1 patient (25.0%)."
    )
    assert found[3].endswith(
        "Serious adverse events were reported in all 4 patients. Events related to study treatment were reported in "
        "all 4 patients. Events of grade 3 or higher were reported in all 4 patients. An event led to discontinuation "
        "of study treatment in all 4 patients."
    )


def test_what_was_not_called_serious_though_it_was_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    events = frame(EVENT, {"AESER": "N", "AEOUT": "FATAL"}, {"USUBJID": "2", "AESEQ": 2, "AESER": "N"})
    opened(monkeypatch, book_of(trial(four_patients(), adae=events), sets, overview_of_events))
    assert (
        "No serious adverse event was reported. One event in one patient, fatal, meets a criterion of seriousness and "
        "was recorded as not serious; it is not counted here (Section 9.6)."
    ) in plain(prose.adverse_events_in_short())


def test_what_nobody_recorded_is_not_told_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    events = frame(EVENT, {"AESER": None, "AEACN": None})
    opened(monkeypatch, book_of(trial(four_patients(), adae=events), sets, overview_of_events))
    told = plain(prose.adverse_events())
    assert "Whether an event was serious was not recorded." in told
    assert told.endswith("What was done with study treatment because of an event was not recorded.")


def test_the_most_common_events(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = "All events by system organ class and preferred term are in [ae.soc_pt]."
    assert said(monkeypatch, prose.frequent_events) == [
        "There was no treatment-emergent adverse event to be shown ([ae.soc_pt]).",
        f"No single event was reported in 50% of patients or more. {shown}",
        f"The most common event was headache (nerves) in 3 patients (75.0%) ([fig.ae]). {shown}",
        f"The most common event was headache (nerves) in all 4 patients ([fig.ae]). {shown}",
    ]


def test_the_most_common_related_events(monkeypatch: pytest.MonkeyPatch) -> None:
    none, one, some, all_four = said(monkeypatch, prose.event_analysis)
    assert none.startswith("Events by worst grade are in")
    assert one.startswith("Events by worst grade are in"), "a term of one patient is none of the most common"
    lead = "Of the events related to study treatment, the most common was headache in"
    assert some.startswith(f"{lead} 3 patients (75.0%). Events by")
    assert all_four.startswith(f"{lead} all 4 patients. Events by")
    assert said(monkeypatch, prose.event_analysis, AREL="N", AEREL="NOT RELATED")[3].startswith("Events by worst grade")


def test_events_that_are_symptoms_of_the_disease(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = {**STUDY["adverse_events"], "disease_terms": ["Headache"]}
    study = StudyDefinition.model_validate({**STUDY, "adverse_events": rules})
    events = frame(EVENT, {"AEDECOD": "HEADACHE", "AETERM": "HEADACHE"})
    opened(monkeypatch, book_of(trial(four_patients(), adae=events, study=study), sets, overview_of_events, terms))
    assert "Headache, reported in 1 patient (25.0%), is also a symptom of the disease under study." in plain(
        prose.frequent_events()
    )


def test_severe_events_are_told_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    none, one, *_ = said(monkeypatch, prose.severe_events, ATOXGRN=3, AESER="Y", ADURN=2)
    assert none == ""
    assert one == (
        "The event of grade 3 or higher was headache (patient 1, serious); it is described in Section 12.3.2."
    )


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"AEREL": "POSSIBLY RELATED"}, "day 2 to day 3 (2 days), possibly related to study treatment, resolved."),
        ({"AEREL": "POSSIBLE"}, "day 2 to day 3 (2 days), relationship to study treatment: possible, resolved."),
        (
            {"AEREL": None},
            "day 2 to day 3 (2 days), relationship to study treatment not recorded, counted as related, resolved.",
        ),
        (
            {"AEENDTC": "2020-01"},
            "from day 2 to January 2020 (day not known), related to study treatment, resolved.",
        ),
        ({"AESTDTC": "2020"}, "2020 (day not known) to day 3, related to study treatment, resolved."),
    ],
)
def test_an_event_is_told_as_it_was_recorded(
    monkeypatch: pytest.MonkeyPatch, changed: dict[str, object], told: str
) -> None:
    """The investigator's word for the relationship, and of a date no more than was collected."""
    book = opened(monkeypatch, with_events(ONE, ATOXGRN=3, ADURN=2, **changed))
    assert in_a_line(book, book.datasets["ADAE"].iloc[0].to_dict()) == f"headache of grade 3 (severe), {told[:-1]}"


def test_deaths(monkeypatch: pytest.MonkeyPatch) -> None:
    opened(monkeypatch, with_events(NONE))
    assert plain(prose.deaths()) == "No patient died ([ae.deaths])."
    assert plain(prose.serious_events()) == f"No serious adverse event was reported {EXCLUDED}. See [ae.serious]."
    opened(
        monkeypatch,
        book_of(
            trial(four_patients(DTHFL="Y", DTHDT="2020-02-01"), adae=frame(EVENT, {}).iloc[:0]),
            sets,
            overview_of_events,
        ),
    )
    assert plain(prose.deaths()) == "One patient (25.0%) died ([ae.deaths])."


def test_values_that_matter_are_told_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    high = {"AVAL": 80, "AVALC": "80", "ANRIND": "HIGH", "CLSIG": "Y"}
    later = {"ADT": "2020-02-01", "ADY": 32, "AVALC": "15", "AVISIT": None}
    taken = pd.DataFrame({"USUBJID": ["1"], "CMTRT": ["ASPIRIN"], "CMSTDTC": ["2019"]})
    event = {"ASTDT": "2020-01-10", "ASTDY": 10, "AENDT": None, "AENDY": None, "AEOUT": None}
    lead = (
        "One value after the first dose, of one patient, was judged clinically significant:\nPatient 1 (Low): on day 8 "
    )
    value = "(Visit 1), alanine was 80 U/L, above the reference range (5 to 40 U/L, 2.0 times the upper limit). "
    value += "Alanine was 80 U/L on day 8 and 15 on day 32. Concomitant medication on that day: aspirin. "
    cases: dict[str, tuple[list[dict[str, object]], list[dict[str, object]]]] = {
        "No value after the first dose was judged clinically significant.": ([{}], []),
        f"{lead}{value}No adverse event was recorded for that day or the week after.": ([high, later], []),
        f"{lead}{value}Adverse event on that day or begun in the week after: headache of grade 1 (mild), from day 10 "
        "on, related to study treatment, has no recorded outcome.": ([high, later], [event]),
    }  # fmt: skip
    for words, (rows, found) in cases.items():
        events = frame(EVENT, *found) if found else frame(EVENT, {}).iloc[:0]
        opened(monkeypatch, book_of(trial(four_patients(), adbds=frame(VALUE, *rows), adae=events, CM=taken), sets))
        assert plain(prose.significant_values()) == words


def test_laboratory_values_that_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mean change at the last visit of half of all, what changed most, and shifts out of range and to grade 3."""
    rows = [
        {"USUBJID": one, "AVISIT": visit, "AVISITN": n, "AVAL": after, "CHG": after - 10, "ABLFL": "N", **more}
        for one, by_visit in {"1": (30, 60), "2": (20, 22), "3": (12, 10)}.items()
        for n, (visit, after) in enumerate(zip(("V1", "V2"), by_visit, strict=True), 2)
        for more in [{"ANRIND": "HIGH", "ATOXGRN": 3} if after > 40 else {}]
    ]
    before = [
        {"USUBJID": one, "AVISIT": "BL", "AVISITN": 1, "AVAL": value, "CHG": None, "ABLFL": "Y", "POSTFL": "N"}
        for one, value in (("1", 9), ("2", 10), ("3", 11))
    ]
    opened(monkeypatch, book_of(trial(four_patients(), adbds=frame(VALUE, *before, *rows)), sets, laboratory))
    over_time, changes = plain(prose.laboratory_over_time()), plain(prose.laboratory_changes())
    assert over_time.startswith(
        "At Visit 2, the mean change from baseline was 20.7 U/L (SD 26.10) for alanine. Values and changes"
    )
    assert changes.startswith(
        "Of the patients with a normal value at baseline, values above the reference range occurred for alanine in "
        "1 of 3 patients. Of the patients with a normal value at baseline, none had one below the reference range. "
        "Of grade 3 or higher after the first dose, and of a lower one at baseline, was alanine (grade 0 to grade "
        "3) in 1 patient (33.3%)."
    )


def test_a_fever_between_visits_is_no_contradiction_and_a_low_value_that_is_not_graded_no_finding(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = {**STUDY, "vital_signs": [{"paramcd": "TEMP", "label": "Body temperature", "domain": "VS", "testcd": "TEMP",
                                      "unit": "C", "decimals": 1}]}  # fmt: skip
    study = StudyDefinition.model_validate(made)
    fever = {"AEDECOD": "Pyrexia", "ASTDT": "2020-01-02", "AENDT": "2020-01-04"}
    values = [{"PARAMCD": "TEMP", "PARCAT1": "VITAL SIGNS", "AVAL": 37.1}, {"AVAL": 3, "ANRIND": "LOW"}]
    for end, between in (("2020-01-04", True), ("2020-01-09", False)):
        events = frame(EVENT, {**fever, "AENDT": end}, {**fever, "USUBJID": "2", "AENDT": end, "AEDECOD": "Nausea"})
        one = trial(four_patients(), adae=events, adbds=frame(VALUE, *values), study=study)
        opened(monkeypatch, book_of(one, sets, vital_signs, laboratory))
        words = "No visit fell into the event of pyrexia of patient 1, so that no body temperature of that time was"
        assert (words in plain(prose.vital_signs())) == between
        assert ("(patient 1 on day 8, in the event of pyrexia)" in plain(prose.vital_signs())) != between
    assert (
        "none had one below the reference range that is graded. Low values of alanine, which are not graded"
        in plain(prose.laboratory_changes())
    )


def test_a_label_in_title_case_is_small_inside_a_sentence() -> None:
    for label, words in {
        "Creatine Kinase": "creatine kinase", "Hemoglobin A1C": "hemoglobin A1C",
        "Hemoglobin A1c": "hemoglobin A1c", "ALT": "ALT",
        "Pulse Rate, after standing": "pulse rate, after standing", "C-reactive protein": "C-reactive protein",
    }.items():  # fmt: skip
        parameter = StudyDefinition.model_validate(STUDY).laboratory[0].model_copy(update={"label": label})
        assert name_of(parameter) == words


def test_vital_signs_and_what_was_not_recorded_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    pulse = {"PARAMCD": "PULSE", "PARCAT1": "VITAL SIGNS", "ANRIND": None, "CLSIG": None}
    rows = [{**pulse, "USUBJID": one, "AVAL": value, "CHG": 2} for one, value in (("1", 60), ("2", 90))]
    before = [{**row, "AVISIT": "BL", "ABLFL": "Y", "POSTFL": "N", "CHG": None} for row in rows]
    opened(monkeypatch, book_of(trial(four_patients(), adbds=frame(VALUE, *before, *rows)), sets, vital_signs))
    told = plain(prose.vital_signs())
    assert told.startswith("At Visit 1, the mean change from baseline was 2.0 (SD 0.00) for pulse.")
    form = "The lowest and the highest single value at a visit after the first dose were: {}."
    assert form.format("pulse 60 (patient 1 on day 8) and 90 (patient 2 on day 8)") in told
    assert "Of vital signs, neither limits of normal nor clinical significance were recorded." in told
    assert told.endswith("No electrocardiograms or findings of physical examination were available for this report.")


def test_disposition(monkeypatch: pytest.MonkeyPatch) -> None:
    left = {"EOSSTT": "DISCONTINUED", "DCSREAS": "WITHDRAWAL BY SUBJECT"}
    for who, words in zip(
        FOUR,
        (
            "all 4 were treated, all 4 completed the study and none discontinued.",
            "all 4 were treated, 3 (75.0%) completed the study and 1 (25.0%) discontinued. The reason for "
            "discontinuation was withdrawal by subject.",
            "all 4 were treated, 1 (25.0%) completed the study and 3 (75.0%) discontinued. The reason for "
            "discontinuation was withdrawal by subject.",
            "all 4 were treated, none completed the study and all 4 discontinued. The reason for discontinuation was "
            "withdrawal by subject.",
        ),
        strict=True,
    ):
        people = frame(SUBJECT, *({"USUBJID": one, **(left if one in who else {})} for one in ALL))
        opened(monkeypatch, book_of(trial(people), sets, disposition))
        assert plain(prose.disposition_in_short()) == (
            f"Of 4 patients screened, none failed screening and 4 were enrolled (Low, n = 4; High, n = 0). "
            f"Of those enrolled, {words}"
        )


def test_who_is_counted_with_another_group_than_assigned(monkeypatch: pytest.MonkeyPatch) -> None:
    told_of = []
    for actual in ("A", "B"):
        opened(monkeypatch, book_of(trial(four_patients(TRT01P="A", TRT01A=actual)), sets))
        told_of.append(plain(prose.sets_in_numbers()))
    assert "than assigned" not in told_of[0]
    assert (
        "In the safety, analyzed by the treatment received, one patient was counted with another group than assigned: "
        "one assigned to low with high."
    ) in told_of[1]


def test_the_events_of_who_was_treated_otherwise_than_assigned(monkeypatch: pytest.MonkeyPatch) -> None:
    people = frame(SUBJECT, {"TRT01A": "B"}, {"USUBJID": "2", "TRT01A": "B"}, {"USUBJID": "3"})
    events = frame(EVENT, {"AESER": "Y"}, {"AESEQ": 2}, {"USUBJID": "3", "AESEQ": 3})
    opened(monkeypatch, book_of(trial(people, adae=events), sets, overview_of_events))
    assert (
        "Safety is shown by the treatment received; two patients (1 and 2) received another than was assigned, and of "
        "these one had a treatment-emergent event, one of them a serious one."
    ) in plain(prose.adverse_events())
    opened(monkeypatch, with_events(ONE))
    assert "than was assigned" not in plain(prose.adverse_events())


def test_history_and_medication(monkeypatch: pytest.MonkeyPatch) -> None:
    past = pd.DataFrame({"USUBJID": ["1", "2", "1"], "MHTERM": ["x", "y", "z"],
                         "MHBODSYS": ["Heart", "Heart", None], "MHDECOD": ["ANGINA", "ANGINA", None]})  # fmt: skip
    taken = pd.DataFrame({"USUBJID": ["1", "2"], "CMTRT": ["a", "b"], "CMDECOD": ["VITAMIN E", "ASA"],
                          "CMCLAS": ["HMG COA REDUCTASE INHIBITORS"] * 2, "CMSTDTC": ["2019", "2020-02"]})  # fmt: skip
    opened(monkeypatch, book_of(trial(four_patients(), MH=past, CM=taken), sets, history, medication))
    assert plain(prose.history_and_medication()) == (
        "Medical history was recorded for 2 patients (50.0%) ([mh.table]). The most common term was angina in 2 "
        "patients (50.0%). Medication that began before the first dose was recorded for 1 patient (25.0%) "
        "([cm.prior.table]). The most common class was HMG COA reductase inhibitors in 1 patient (25.0%). Concomitant "
        "medication was recorded for 2 patients (50.0%) ([cm.concomitant.table]). The most common class was HMG COA "
        "reductase inhibitors in 2 patients (50.0%)."
    )
    opened(monkeypatch, book_of(trial(four_patients()), sets))
    assert plain(prose.history_and_medication()) == (
        "The domain MH (medical history) was not delivered. The domain CM (concomitant medication) was not delivered."
    )


def test_case_report_forms_are_asked_for_where_somebody_died_or_was_seriously_ill(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cases = {"AESER": "Y", "AEOUT": "FATAL", "AEACN": "DRUG WITHDRAWN"}
    for name, value in cases.items():
        opened(monkeypatch, with_events(ONE, **{name: value}))
        assert plain(prose.case_reports()) == "Not provided."
    opened(monkeypatch, with_events(ONE))
    assert plain(prose.case_reports()).startswith("Not applicable: no patient died, had a serious adverse event")
    opened(monkeypatch, with_events(ONE, AESER=None))
    assert plain(prose.case_reports()) == "Not provided.", "nobody recorded whether it was serious"


def test_exposure(monkeypatch: pytest.MonkeyPatch) -> None:
    for times, words in (
        (1, "Each patient was given a single dose."),
        (2, "The median duration of treatment, from first to last dose, was 1.0 days (range 1 to 1)."),
    ):
        people = four_patients().assign(NADMIN=times)
        monkeypatch.setattr(prose.exposed, "made", lambda *_: [])
        opened(monkeypatch, book_of(trial(people, EX=people[["USUBJID"]]), sets, exposure))
        assert words in plain(prose.exposure())


def test_visits_outside_their_window_are_told_as_the_deviations_that_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """On the day of a visit: in the category of the visit, in another, and not at all."""
    days = ["2020-01-08", "2020-01-09", "2020-01-10"]
    rows = [{"USUBJID": one, "SVDT": day, "STATUS": "late"} for one, day in zip("123", days, strict=True)]
    for count, words in (
        (
            3,
            "Each of the three visits outside the window is among the deviations, as visit late (two) and entry (one).",
        ),
        (1, "Of the three visits outside the window, one is among the deviations, as visit late (one)."),
        (0, "No deviation is recorded on the day of the three visits outside the window."),
    ):
        kinds = ["VISIT LATE", "ENTRY", "VISIT LATE"][:count]
        recorded = pd.DataFrame({"USUBJID": list("123")[:count], "DVSTDTC": days[:count], "DVDECOD": kinds,
                                 "DVTERM": kinds, "DVCAT": ["MINOR"] * count})  # fmt: skip
        other = pd.DataFrame(
            {"USUBJID": ["4"], "DVSTDTC": ["2020-01"], "DVDECOD": ["DOSE"], "DVTERM": ["x"], "DVCAT": ["MINOR"]}
        )
        told_of = pd.concat([recorded, other], ignore_index=True).astype("str")
        one = trial(four_patients(), advisit=frame(VISIT, *rows), DV=told_of)
        opened(monkeypatch, book_of(one, sets, deviations))
        assert words in plain(prose.deviations())


def test_compliance(monkeypatch: pytest.MonkeyPatch) -> None:
    for share_given, words in (
        (100, "The full planned dose was given to all 4 patients"),
        (
            94,
            "The full planned dose was given to 3 patients (75.0%); 1 patient (25.0%) received less, 94% of it",
        ),
    ):
        opened(monkeypatch, book_of(trial(four_patients(DOSECOMP=share_given)), sets, exposure))
        assert plain(prose.compliance()).startswith(words)
