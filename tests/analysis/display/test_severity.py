"""Severity is said as the study records it: in grades, or in the words of its scale."""

import pytest

from tests.analysis.analyse.safety_frames import EVENT, STUDY, definition, four, frame, trial
from tests.analysis.display.safety_book import book_of, lines, table_of
from tests.outputs import outputs_in
from trial_report.analysis.analyse import sets
from trial_report.analysis.analyse.adverse_events import grading, overview, terms
from trial_report.analysis.display.listings import safety
from trial_report.analysis.display.severity import below, graded_with, named, severe, short, word, worded
from trial_report.analysis.display.tables import adverse_events
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-314")


def scale(**changes: object) -> StudyDefinition:
    words = {"MILD": "Mild", "MODERATE": "Moderate", "SEVERE": "Severe"}
    rules = {**STUDY["adverse_events"], "grade_variable": "AESEV", "grade_labels": words, **changes}
    return definition(adverse_events=rules)


def test_words_of_a_scale_of_words() -> None:
    study = scale()
    assert worded(study)
    assert (word(study), named(study, 3), short(study, 3)) == ("severity", "Severe", "severe")
    assert (below(study), severe(study)) == ("mild or moderate", "severe")
    assert severe(scale(severe_from=2)) == "moderate or severe"
    assert graded_with(study) == "Severity: G."


def test_severity_without_labels_has_the_words_of_its_code_list() -> None:
    assert named(scale(grade_labels={}), 2) == "Moderate"


def test_grades_stay_grades() -> None:
    study = definition()
    assert not worded(study)
    assert (word(study), named(study, 3), short(study, 3)) == ("grade", "Grade 3 (severe)", "grade 3")
    assert named(study, 5) == "Grade 5"
    assert (below(study), severe(study)) == ("", "")
    assert graded_with(study) == "Graded with G."


def test_tables_and_listings_of_a_scale_of_words_name_no_grade() -> None:
    events = frame(EVENT, {"ATOXGRN": 3}, {"USUBJID": "2", "ATOXGRN": 1}, {"USUBJID": "3", "ATOXGRN": None})
    book = book_of(trial(four(), adae=events, study=scale()), sets, overview, terms, grading)
    outputs = outputs_in(adverse_events, book)
    found = [line[0] for line in lines(table_of(book, outputs, "ae.overview"))]
    assert "Severe TEAE" in found
    assert "Related severe TEAE" in found
    worst = [line[0] for line in lines(table_of(book, outputs, "ae.worst"))]
    assert worst[1:6] == ["Any severity", "Mild", "Moderate", "Severe", "Severity not recorded"]
    wide = table_of(book, outputs, "ae.grade")
    assert [column.label for column in wide.columns[1:3]] == ["Mild or moderate", "Severe"]
    listing = table_of(book, outputs_in(safety, book), "lst.ae")
    assert "Severity" in [column.label for column in listing.columns]
    assert [row.cells[3].text for row in listing.rows] == ["Severe", "Mild", "–"]
    said = [o.title for o in outputs if o.id.startswith("ae.")]
    assert not any("grade" in text.lower() for text in [*found, *worst, *said, *wide.notes, *listing.notes])


def test_without_escalation_no_listing_names_its_toxicities() -> None:
    parts = {k: v for k, v in STUDY.items() if k not in ("escalation", "phases")}
    parts["analysis_sets"] = STUDY["analysis_sets"][:2]
    book = book_of(trial(four(), study=StudyDefinition.model_validate(parts), adae=frame(EVENT, {})), sets)
    outputs = outputs_in(safety, book)
    assert next(o for o in outputs if o.id == "lst.sae").title == "Fatal and serious adverse events"
    serious, every = (table_of(book, outputs, name) for name in ("lst.sae", "lst.ae"))
    assert serious.empty == "No fatal or serious adverse event was reported."
    assert not any("DLT" in note for table in (serious, every) for note in table.notes)
    assert "DLTFL" not in serious.reads.filter
