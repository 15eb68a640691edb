"""Whom a display counts, as it is printed under it: an analysis set, all who were screened, or nobody, in words.

Each is a function of the book, as the decorators of `trial_report.declare` take it for `population` and `nobody`.

Not here: the number that is printed as N (`standing`), and which treatment a set is shown by (`treatment`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trial_report.analysis.display.tables._grid import enrolled, set_label

if TYPE_CHECKING:
    from trial_report.analysis.display.book import Book


def of_safety(book: Book) -> str:
    """The safety set."""
    return set_label(book.definition, book.definition.safety_set)


def of_enrolled(book: Book) -> str:
    """The set of all who were enrolled."""
    return set_label(book.definition, enrolled(book.definition))


def all_screened(book: Book) -> str:
    """Everybody, who is no analysis set."""
    return f"All screened {book.definition.study.subjects}"


def plan(book: Book) -> str:
    """Nobody: the display shows what was planned."""
    return "As planned"


def design(book: Book) -> str:
    """Nobody: the display is computed from the design."""
    return "Computed from the design"


def records(book: Book) -> str:
    """Nobody: the display counts records."""
    return f"Records of the data are counted, not {book.definition.study.subjects}"


def results(book: Book) -> str:
    """Nobody: the display counts results."""
    return f"Results of the report are counted, not {book.definition.study.subjects}"


def displays(book: Book) -> str:
    """Nobody: the display lists displays."""
    return "Displays of this report"
