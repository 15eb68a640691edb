"""The methods in use (16.1.9): each with its software and source, from the results that ran.

Not here: what was done with each endpoint (`display.endpoint_methods`).
"""

from __future__ import annotations

from trial_report import declare
from trial_report.analysis.analyse.methods_used import methods_used
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.counted import results
from trial_report.analysis.display.table import Cell, Column, Row, Table
from trial_report.analysis.results.formatting import fmt_number


@declare.table(
    "methods.table",
    number="16.1.9",
    title="Statistical methods, software and sources",
    nobody=results,
)
def methods(book: Book) -> Table:
    """A row a method: name, software with version, source, how many results it gave."""
    counts = book.results["method"].value_counts()
    rows = [
        Row((Cell(m.name), Cell(m.software), Cell(m.source), Cell(fmt_number(int(counts[m.id]), thousands=True))))
        for m in methods_used(book.results, book.definition)
    ]
    return Table.build(
        [
            Column("name", "Method", width=1.6),
            Column("software", "Software", width=1.9),
            Column("source", "Source", width=2.4),
            Column("results", "Results", "right", 0.6),
        ],
        rows,
        notes=["Results: numbers of this report that the method gave. Section 9.7 says what each method does."],
    )
