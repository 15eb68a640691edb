"""Table of the reasons for values of endpoints that are missing (14.2).

Not here: what is made of missing values (`efficacy_missing`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from trial_report import declare
from trial_report.analysis.analyse.not_done import LEFT, MISSED, NOT_DONE
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

    @property
    def words(self) -> str:
        """The reason in words: what was recorded in capitals in small letters."""
        begun, colon, rest = self.reason.partition(": ")
        return f"{begun}: {_small(rest)}" if colon and begun in (MISSED, LEFT) else sentence(self.reason)


def _small(text: str) -> str:
    """A recorded reason after a colon: in small letters, but for what holds a digit."""
    words = sentence(text)
    first = words.split(" ", 1)[0]
    return words if any(c.isdigit() for c in first) else words[:1].lower() + words[1:]


def given(book: Book) -> Iterator[Given]:
    """The reasons that there are, by endpoint, visit and text."""
    found = book.results
    rows = found.loc[found["analysis"] == NOT_DONE, ["paramcd", "avisit", "level"]].drop_duplicates()
    for endpoint in book.definition.endpoints:
        own = rows.loc[rows["paramcd"] == endpoint.paramcd]
        order = {v.id: place for place, v in enumerate(book.definition.visits)}
        own = own.sort_values("avisit", key=lambda column: column.map(order), kind="stable")
        for visit, level in zip(own["avisit"], own["level"], strict=True):
            yield Given(endpoint, str(visit), str(level))


def counted_in(book: Book, one: Given) -> list[str]:
    """The subjects whom a reason that is not of the assessment counts, by the filter of its results."""
    found = book.results
    rows = found.loc[(found["analysis"] == NOT_DONE) & (found["paramcd"] == one.endpoint.paramcd)]
    rows = rows.loc[(rows["avisit"] == one.visit) & (rows["level"] == one.level) & (rows["dataset"] == "ADSL")]
    listed = (str(text).rpartition("USUBJID IN ('")[2].partition("')")[0] for text in rows["filter"])
    return sorted({name for text in listed for name in text.split("', '")})


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
        Column("reason", "Reason", width=2.0),
        *(Column(code, label, "center", 0.9) for code, label in labels(definition)),
    ]
    rows = [
        Row(
            (
                Cell(definition.visit(one.visit).label),
                Cell(one.words[:1].upper() + one.words[1:]),
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
    note = f"Cells: {words.subjects} without a value at the visit, by the reason recorded of the assessment; where "
    note += "there is none, by whether the visit was missed or the study left before it (baseline and the visits "
    note += "analyzed)."
    return Table.build(columns, rows, notes=[note], stub=2)
