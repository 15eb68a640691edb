"""Table of the intercurrent events of the estimands (14.2): who had each, by group, and before which visit.

Not here: reasons of missing values (`efficacy_not_done`), and estimands as planned (`plan`).
"""

from __future__ import annotations

from trial_report import declare
from trial_report.analysis.analyse.intercurrent import INTERCURRENT, NO_VISIT
from trial_report.analysis.display.answer import Answer
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.table import Cell, Column, Row, Table
from trial_report.analysis.display.tables._grid import labels, set_label
from trial_report.schemas.study.analysis import IntercurrentEvent

NOT_KNOWN = "not known"


@declare.table(
    INTERCURRENT,
    after="eff.missing",
    number="14.2",
    title="Intercurrent events",
    population=lambda book: set_label(book.definition, book.definition.efficacy_set),
    when=lambda book: bool(book.definition.intercurrent_events),
)
def make(book: Book) -> Table:
    """A row an event with its strategy: subjects of each column; below it the visits before which it first came."""
    definition = book.definition
    rows: list[Row] = []
    for event in definition.intercurrent_events:
        found = [asked(book, event, code) for code, _ in book.columns]
        counts = [at.count_cell() if event.is_known else Cell(NOT_KNOWN) for at in found]
        rows.append(Row((Cell(event.label), Cell(event.strategy), *counts)))
        rows += [
            Row((Cell(words, indent=1), Cell(), *(at.count_cell() for at in own)))
            for words, own in (before_what(book, found) if event.is_known else [])
        ]
    return Table.build(
        [
            Column("event", "Intercurrent event, n (%)", width=2.4),
            Column("strategy", "Strategy", width=1.2),
            *(book.sized(code, label, book.size_key(definition.efficacy_set, code), 0.9)
              for code, label in labels(definition)),
        ],
        rows,
        notes=_notes(book),
    )  # fmt: skip


def asked(book: Book, event: IntercurrentEvent, code: str) -> Answer:
    """What the results say of an event in a column."""
    return book.ask(INTERCURRENT, book.definition.efficacy_set, event.id, group=code)


def before_what(book: Book, found: list[Answer]) -> list[tuple[str, list[Answer]]]:
    """The visits before which anybody's first event came, in words, with the answers of every column."""
    visits = book.definition.follow_up_visits
    parts = [
        (
            f"between {before.label} and {v.label}" if before else f"before {v.label}",
            [at.at(visit=v.id) for at in found],
        )
        for before, v in zip((None, *visits), visits, strict=False)
    ]
    parts.append(("after the last visit", [at.at(level=NO_VISIT) for at in found]))
    return [(words, own) for words, own in parts if any(at.value("n") for at in own)]


def _notes(book: Book) -> list[str]:
    events = book.definition.intercurrent_events
    words = book.definition.study.subjects
    notes = [f"{words.capitalize()} with the event on or after the day of first dose, each by the first of its kind; "
             "percentages are of N. Strategy: as ICH E9(R1) names it."]  # fmt: skip
    if not all(one.is_known for one in events):
        notes.append("Not known: the data that were delivered do not tell of the event.")
    return notes
