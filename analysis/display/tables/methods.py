"""The methods in use (16.1.9): each with its sentence, software and source, from the results that ran."""

from __future__ import annotations

from analysis.analyse.methods_used import methods_used
from analysis.display.book import Book
from analysis.display.output import Output
from analysis.display.table import Basis, Cell, Column, Row, Table
from analysis.formatting import fmt_number


def outputs(book: Book) -> list[Output]:
    """ "methods.table"."""
    return [
        Output(id="methods.table", kind="table", number="16.1.9", title="Statistical methods, software and sources",
               population="", landscape=True, make=methods)
    ]  # fmt: skip


def methods(book: Book) -> Table:
    """A row a method: name, sentence, software with version, source, how many results it gave."""
    counts = book.results["method"].value_counts()
    rows = [
        Row((Cell(m.name), Cell(m.sentence), Cell(m.software), Cell(m.source), Cell(fmt_number(int(counts[m.id])))))
        for m in methods_used(book.results, book.definition)
    ]
    return Table.build(
        [
            Column("name", "Method", width=1.3),
            Column("sentence", "What is done", width=3.2),
            Column("software", "Software", width=1.5),
            Column("source", "Source", width=1.8),
            Column("results", "Results", "right", 0.6),
        ],
        rows,
        notes=["Results: how many numbers of this report the method gave."],
        basis=Basis(),
    )
