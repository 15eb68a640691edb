"""What a study moves to another section has to stand in one that the document shows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from trial_report.analysis.display.book import Book
from trial_report.analysis.display.changed import OutputsError
from trial_report.report.assemble.moved import check_moved
from trial_report.schemas.study.outputs import OutputChange

pytestmark = pytest.mark.requirement("REQ-315")

WORDS = """
show_all("14.1")
show_all( '16.2.1' )
show("eff.dose")
show("disposition.table")
show_all("mh.")
"""


def moved(book: Book, name: str, section: str, *, leave_out: bool = False) -> Book:
    changes = {name: OutputChange(section=section, leave_out=leave_out)}
    return replace(book, definition=book.definition.model_copy(update={"outputs": changes}))


@pytest.mark.parametrize(
    ("name", "section"),
    [
        ("lab.shift", "14.1"),
        ("lab.shift", "14.1.2"),
        ("eff.dose", "9.5"),
        ("mh", "9.5"),
        ("disposition.table", "14.1"),
        ("disposition.table", "9.5"),
    ],
)
def test_what_stands_in_a_section_that_is_shown_or_is_shown_by_name_is_no_fault(
    book: Book, name: str, section: str
) -> None:
    check_moved(moved(book, name, section), WORDS)


@pytest.mark.parametrize(
    ("name", "section"),
    [("lab.shift", "14"), ("lab.shift", "14.10"), ("lab.shift", "9.5"), ("disposition.table", "14.9")],
)
def test_what_would_stand_nowhere_is_told_by_its_place_in_the_definition(book: Book, name: str, section: str) -> None:
    """The text shows the disposition as well: named once, its copy stands there, and the table itself nowhere."""
    told = rf"outputs\.{name}\.section: '{section}': the document does not show {name} there: it shows all of 14\.1, 16"
    with pytest.raises(OutputsError, match=told):
        check_moved(moved(book, name, section), WORDS)


def test_nothing_is_told_of_what_is_left_out_or_of_a_document_that_computes_what_it_shows(book: Book) -> None:
    check_moved(moved(book, "lab.shift", "9.5", leave_out=True), WORDS)
    check_moved(moved(book, "lab.shift", "9.5"), f"{WORDS}\nshow(name)")
