"""Tables of ordinal endpoints (14.2): shifts from baseline, and how many improved, stayed the same or worsened.

Not here: levels of scores that are analysed as numbers (`efficacy_categories`), and shifts of laboratory values
(`laboratory`).
"""

from __future__ import annotations

from functools import partial

from trial_report import declare
from trial_report.analysis.analyse.categories import OTHER
from trial_report.analysis.analyse.shifts import HIGHER, LOWER, SAME, SHIFT
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.output import Output
from trial_report.analysis.display.sides import side_notes
from trial_report.analysis.display.table import DASH, Cell, Column, Row, Table
from trial_report.analysis.display.tables._efficacy import ask, headed, of_endpoint, visits_of
from trial_report.analysis.methods.result import percent
from trial_report.schemas.results import join_level
from trial_report.schemas.study.measures import Endpoint

WORDS = {
    "decrease": {LOWER: "Improved", SAME: "Same", HIGHER: "Worse"},
    "increase": {HIGHER: "Improved", SAME: "Same", LOWER: "Worse"},
    "none": {LOWER: "Lower", SAME: "Same", HIGHER: "Higher"},
}
"""By the direction that is good, what the ways are called, in the order in which they are told."""


@declare.outputs(SHIFT, after="eff.category")
def outputs(book: Book) -> list[Output]:
    """ "eff.shift.<parameter>" for every ordinal endpoint."""
    return [
        Output(
            id=f"{SHIFT}.{e.paramcd.lower()}",
            kind="table",
            number="14.2",
            title=f"{e.label}: shift from baseline",
            **of_endpoint(book.definition, e, SHIFT),
            make=partial(shifts, endpoint=e),
        )
        for e in book.definition.endpoints
        if e.kind == "ordinal"
    ]


def shifts(book: Book, endpoint: Endpoint) -> Table:
    """A block a visit: who has both values, improved, same, worse with exact intervals; each shift that occurred."""
    definition = book.definition
    columns = [code for code, _ in book.columns]
    level = percent(definition.confidence_level)
    rows: list[Row] = []
    for visit in visits_of(book, SHIFT, endpoint):
        label = definition.visit(visit).label
        at = [ask(book, SHIFT, endpoint, visit, code) for code in columns]
        rows.append(Row((Cell("With baseline and value, n"), *(a.cell("n") for a in at)), label))
        for way, text in WORDS[endpoint.benefit].items():
            own = [a.at(level=way) for a in at]
            rows.append(Row((Cell(f"{text}, n (%)"), *(a.count_cell() for a in own)), label))
            limits = (a.interval_cell("pct_low", "pct_high") for a in own)
            rows.append(Row((Cell(f"Exact {level} CI (%)", indent=1), *limits), label))
        rows.append(Row((Cell("Baseline → visit, n (%)"), *(Cell() for _ in columns)), label))
        for before in (*map(str, endpoint.levels), OTHER):
            for after in (*map(str, endpoint.levels), OTHER):
                own = [a.at(level=join_level(before, after)) for a in at]
                if own[0].has("n") and any(a.value("n") for a in own):
                    words = f"{named(endpoint, before)} → {named(endpoint, after)}"
                    rows.append(Row((Cell(words, indent=1), *(a.count_cell() for a in own)), label))
    return Table.build(
        [Column("shift", "Visit\nShift", width=1.8), *headed(book, SHIFT, endpoint)],
        rows,
        notes=[*side_notes(book, [endpoint]), *_notes(book, endpoint), DASH],
    )


def named(endpoint: Endpoint, level: str) -> str:
    """A level as printed."""
    return "another value" if level == OTHER else endpoint.levels[int(level)]


def _notes(book: Book, endpoint: Endpoint) -> list[str]:
    better = {"decrease": "Improved: a lower level than at baseline. ", "increase": "Improved: a higher level. "}
    return [
        f"{better.get(endpoint.benefit, '')}Percentages are of the {book.definition.study.subjects} with a baseline "
        "and a value at the visit. Shifts that nobody had are not listed; nothing was tested."
    ]
