"""Tables of population where some received another treatment than was assigned, and one was never treated."""

import pytest

from tests.analysis.analyse.safety_frames import SUBJECT, definition, frame, trial
from tests.analysis.display.safety_book import book_of, lines
from tests.outputs import outputs_in
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.figures import flow
from trial_report.analysis.display.output import Output
from trial_report.analysis.display.standing import basis_of
from trial_report.analysis.display.tables import population
from trial_report.report.cells.displays import standing

pytestmark = pytest.mark.requirement("REQ-315")

UNTREATED = {"TRT01A": None, "TRTSDT": None, "SAFFL": "N", "EVALFL": "N"}


@pytest.fixture
def book() -> Book:
    """Four to A, one to B; one of those to A was given B, and one of them nothing. Ages 50, 60, 70, 40; 30."""
    adsl = frame(
        SUBJECT,
        {"USUBJID": "1", "AGE": 50},
        {"USUBJID": "2", "AGE": 60},
        {"USUBJID": "3", "AGE": 70, "TRT01A": "B"},
        {"USUBJID": "4", "AGE": 40, **UNTREATED},
        {"USUBJID": "5", "AGE": 30, "TRT01P": "B", "TRT01A": "B"},
    )
    return book_of(trial(adsl, study=definition(efficacy_set="ENR")))


def output(book: Book, name: str) -> Output:
    return next(one for one in outputs_in(population, book) if one.id == name)


def test_members_are_of_the_enrolled_by_what_was_assigned_and_n_by_what_was_received(book: Book) -> None:
    table = output(book, "sets.table").make(book)
    assert lines(table)[:3] == [
        ["Enrolled", "4 (100.0)", "1 (100.0)", "5 (100.0)"],
        ["Safety", "3 (75.0)", "1 (100.0)", "4 (80.0)"],
        ["N by treatment received", "2", "2", "4"],
    ]


@pytest.mark.parametrize(
    ("name", "ages", "said"),
    [
        # Safety: A 50 and 60, B 70 and 30; enrolled: A 50, 60, 70 and 40, B 30.
        ("demographics.table", ["55.0 (7.07)", "50.0 (28.28)"], "Analysis set: Safety, by treatment received, N = 4."),
        (
            "demographics.efficacy",
            ["55.0 (12.91)", "30.0 (–)"],
            "Analysis set: Enrolled, by treatment assigned, N = 5.",
        ),
    ],
)
def test_each_set_has_its_own_groups_and_says_so(book: Book, name: str, ages: list[str], said: str) -> None:
    one = output(book, name)
    assert one.title == f"Demographic characteristics, {'safety' if name == 'demographics.table' else 'enrolled'}"
    table = one.make(book)
    means = next(row for row in lines(table) if row[0] == "Mean (SD)")
    assert means[1:3] == ages
    note = "".join(text for text, _ in standing(one, basis_of(book, one, table)))
    assert note.startswith(said)


def test_the_flow_counts_by_what_was_assigned(book: Book) -> None:
    drawn = flow.make(book)
    assert "All boxes of a group, those of the analysis sets too, count by treatment assigned." in drawn.notes
    assert "sets/SAF/USUBJID/-/A/-/n" in drawn.keys


def test_where_nobody_received_another_treatment_nothing_is_said() -> None:
    plain = book_of(trial(frame(SUBJECT, {"USUBJID": "1"}, {"USUBJID": "2", **UNTREATED})))
    one = output(plain, "sets.table")
    table = one.make(plain)
    assert lines(table)[1][:2] == ["Safety", "1 (50.0)"]
    assert not [row for row in lines(table) if row[0].startswith("N by")]
    assert standing(one, basis_of(plain, one, table))[0][0] == "Analysis set: Enrolled, N = "
