"""What tables print, as a frame: each number with its results row, the table, and the row and column that it stands in.

Figures are not in it: their numbers are the results rows that they are drawn from. Listings show records as they are.

Not here: the files that hold the frame (`report.publish.exports`), and search for a printed number
(`evidence.trace.search`).
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from trial_report.analysis.display.book import Book
from trial_report.analysis.display.output import Output
from trial_report.analysis.display.table import Cell, Table

COLUMNS = {
    "display": "id of the table in documents, such as ae.overview",
    "name": "its kind and number, such as Table 14.3.1.1",
    "title": "its title",
    "line": "the row, counted from 1",
    "row": "what the row is called: the heading over it, and the text of the columns that name it",
    "column": "what the column is called: the heading over it, and its own",
    "printed": "the text that is traced to the result: a number, or all of a cell whose numbers stand together",
    "key": "the results row",
}
"""The columns, and what they hold."""


def printed_numbers(book: Book) -> pd.DataFrame:
    """A row a number that a table prints, and a key where a text stands on several; in reading order, see `COLUMNS`."""
    rows = [
        row for name, output in book.outputs.items() if output.kind == "table" for row in _of(output, book.made(name))
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"line": "int64"})


def _of(output: Output, made: object) -> Iterator[tuple[str, str, str, int, str, str, str, str]]:
    if not isinstance(made, Table):
        return
    headings = [_words(column.over, column.heading) for column in made.columns]
    for line, row in enumerate(made.rows, 1):
        called = _words(Cell(row.group), *row.cells[: made.stub])
        for heading, cell in zip(headings, row.cells, strict=True):
            for text, keys in cell.pieces():
                for key in keys:
                    yield output.id, output.name, output.title, line, called, heading, text, key


def _words(*cells: Cell) -> str:
    """Texts one after another, each on one line; none that is empty."""
    return ", ".join(words for cell in cells if (words := " ".join(cell.text.split())))
