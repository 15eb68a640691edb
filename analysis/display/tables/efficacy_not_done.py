"""Table of the reasons that were collected for values of endpoints that are missing (14.2).

Not here: what is made of missing values (`efficacy_missing`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from trial_report import declare
from trial_report.analysis.analyse.not_done import NOT_DONE
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.table import Cell, Column, Row, Table
from trial_report.analysis.display.tables._efficacy import ask, named
from trial_report.analysis.display.tables._grid import labels, sentence, set_label
from trial_report.analysis.results.formatting import join_words
from trial_report.schemas.results import split_level
from trial_report.schemas.study.measures import Endpoint


@dataclass(frozen=True)
class Given:
    """A reason that was given for missing values of an endpoint at a visit."""

    endpoint: Endpoint
    visit: str
    level: str

    @property
    def reason(self) -> str:
        """The reason as it was collected."""
        return split_level(self.level)[0]


def given(book: Book) -> Iterator[Given]:
    """The reasons that there are, by endpoint, visit and text."""
    found = book.results
    rows = found.loc[found["analysis"] == NOT_DONE, ["paramcd", "avisit", "level"]].drop_duplicates()
    for endpoint in book.definition.endpoints:
        own = rows.loc[rows["paramcd"] == endpoint.paramcd]
        for visit, level in zip(own["avisit"], own["level"], strict=True):
            yield Given(endpoint, str(visit), str(level))


@declare.table(
    NOT_DONE,
    after="ice",
    number="14.2",
    title="Reasons for missing values of the endpoints",
    population=lambda book: join_words(
        dict.fromkeys(set_label(book.definition, one.endpoint.analysis_set) for one in given(book))
    ),
    when=lambda book: any(given(book)),
)
def make(book: Book) -> Table:
    """A block an endpoint, a row a visit and reason: subjects of each column."""
    definition = book.definition
    columns = [
        Column("visit", "Endpoint\nVisit", width=1.2),
        Column("reason", "Reason collected", width=2.0),
        *(Column(code, label, "center", 0.9) for code, label in labels(definition)),
    ]
    rows = [
        Row(
            (
                Cell(definition.visit(one.visit).label),
                Cell(sentence(one.reason)),
                *(
                    ask(book, NOT_DONE, one.endpoint, one.visit, code, one.level).cell("n")
                    for code, _ in labels(definition)
                ),
            ),
            named(definition, one.endpoint, one.endpoint.label_unit),
        )
        for one in given(book)
    ]
    words = definition.study
    note = f"Cells: {words.subjects} without a value at the visit, by the reason recorded. A {words.subject}"
    note += " without a value and without a reason is not counted."
    return Table.build(columns, rows, notes=[note], stub=2)
