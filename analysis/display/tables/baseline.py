"""The table of section 11.2: baseline characteristics in at most ten rows, for the text.

Not here: all of them, with all their statistics (`population`).
"""

from __future__ import annotations

from trial_report import declare
from trial_report.analysis.analyse.describing import MISSING
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.table import Row, Table
from trial_report.analysis.display.tables._grid import Grid, sentence, set_label
from trial_report.schemas.results import split_level
from trial_report.schemas.study.measures import Characteristic

MOST = 10
"""Rows of the table."""
ID = "baseline.short"


@declare.table(
    ID,
    number="11.2",
    title="Key baseline characteristics",
    population=lambda book: set_label(book.definition, book.definition.safety_set),
    notes=("Numbers: mean (SD). Categories: n (%), percentage of N; of two categories, one is shown.",),
    when=lambda book: bool(book.definition.characteristics),
)
def short(book: Book) -> Table:
    """A row a number, a category of two, and each category of several, as long as all of it has room."""
    rows: list[Row] = []
    for item in book.definition.characteristics:
        block = _rows(book, item)
        if item.source != "cut" and len(rows) + len(block) <= MOST:
            rows += block
    grid = Grid(book, "demographics", book.definition.safety_set, "USUBJID")
    more = "All characteristics, with all their statistics and what is missing, are in Section 14.1."
    return Table.build(grid.stub("Characteristic"), rows, notes=[more])


def _rows(book: Book, item: Characteristic) -> list[Row]:
    grid = Grid(book, "demographics", book.definition.safety_set, item.variable)
    if item.kind == "continuous":
        return [grid.numbers(item.label_unit, ("mean", "sd"), "{} ({})")]
    levels = [(level, split_level(level)[0]) for level in grid.levels() if level != MISSING]
    levels = [(level, item.levels.get(text, sentence(text))) for level, text in levels]
    return [
        grid.counts(f"{item.label}: {label}", level) for level, label in (levels if len(levels) > 2 else levels[:1])
    ]
