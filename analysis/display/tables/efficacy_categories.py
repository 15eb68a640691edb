"""Tables of ordinal endpoints (14.2): how many subjects have each level at the tested visits, and the tests.

Not here: yes and no (`efficacy`), and shifts of laboratory values (`laboratory`).
"""

from __future__ import annotations

from functools import partial

from trial_report import declare
from trial_report.analysis.analyse.categories import ASSOCIATION, CATEGORY, OTHER, SCORES
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.output import Output
from trial_report.analysis.display.table import DASH, Cell, Column, Row, Table
from trial_report.analysis.display.tables._efficacy import ask, headed, of_endpoint, visits_of
from trial_report.analysis.display.tables.efficacy_comparison import DATA
from trial_report.analysis.results.formatting import join_words
from trial_report.schemas.study import TOTAL
from trial_report.schemas.study.measures import Endpoint


@declare.outputs("eff.category", after="eff.mmrm")
def outputs(book: Book) -> list[Output]:
    """ "eff.category.<parameter>" for every endpoint that names the levels of its score."""
    return [
        Output(
            id=f"eff.category.{e.paramcd.lower()}",
            kind="table",
            number="14.2",
            title=f"{e.label_unit}: levels by visit, {DATA[e.comparison_data]}",
            **of_endpoint(book.definition, e),
            make=partial(levels, endpoint=e),
        )
        for e in book.definition.endpoints
        if e.levels and e.kind == "numeric"
    ]


def levels(book: Book, endpoint: Endpoint) -> Table:
    """A block a visit, a row a level with n (%); below them the p-values over the groups."""
    definition = book.definition
    columns = [code for code, _ in book.columns]
    said = {**{str(value): text for value, text in endpoint.levels.items()}, OTHER: "Another value"}
    rows: list[Row] = []
    for visit in visits_of(book, CATEGORY, endpoint):
        label = definition.visit(visit).label
        at = [ask(book, CATEGORY, endpoint, visit, code) for code in columns]
        rows.append(Row((Cell("With a value, n"), *(a.cell("n") for a in at)), label))
        for level, text in said.items():
            own = [ask(book, CATEGORY, endpoint, visit, code, level) for code in columns]
            if own[0].has("n"):
                words = f"{level}: {text}" if level != OTHER else text
                rows.append(Row((Cell(words, indent=1), *(a.count_cell() for a in own)), label))
        for level, text in ((SCORES, "Mean scores differ: p"), (ASSOCIATION, "Any association: p")):
            test = ask(book, CATEGORY, endpoint, visit, TOTAL, level)
            if test.has("p"):
                rows.append(Row((Cell(text), *(Cell() for _ in columns[1:]), test.cell("p")), label))
    return Table.build(
        [Column("level", "Visit\nLevel", width=1.6), *headed(book, CATEGORY, endpoint)],
        rows,
        notes=[*_notes(book, endpoint), DASH],
    )


def _notes(book: Book, endpoint: Endpoint) -> list[str]:
    definition = book.definition
    notes = [f"Percentages are of the {definition.study.subjects} with a value ({DATA[endpoint.comparison_data]})."]
    if len(definition.groups) > 1:
        names = {c.variable: c.label.lower() for c in definition.characteristics} | {"SITEID": "site"}
        within = join_words(names.get(f, f) for f in endpoint.factors)
        adjusted = f", adjusted for {within}" if within else ""
        notes.append(f"p: Cochran–Mantel–Haenszel tests over the treatment groups{adjusted}; descriptive.")
    return notes
