"""What was collected and is not reported, by domain and test or qualifier: the third table of section 9.6.

Not here: what the cut-off took out (`cutoff`), and findings of the checks (`quality`).
"""

from __future__ import annotations

import pandas as pd

from trial_report import declare
from trial_report.analysis.analyse.collected import AFTER, ID
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.counted import records
from trial_report.analysis.display.table import Cell, Column, Table
from trial_report.analysis.display.tables.quality import named
from trial_report.schemas.results import split_level

TABLE = "quality.collected"


def _places(book: Book) -> list[tuple[str, str | None]]:
    """Domain and level of each count, in the order of the results."""
    found = book.results.loc[book.results["analysis"] == ID, ["dataset", "level"]].drop_duplicates()
    return [
        (str(domain), None if pd.isna(level) else str(level))
        for domain, level in zip(found["dataset"], found["level"], strict=True)
    ]


@declare.table(
    TABLE,
    after="schedule.table",
    number="9.6",
    title="Collected but not reported, by domain and test",
    nobody=records,
    when=lambda book: bool(_places(book)),
)
def make(book: Book) -> Table:
    """A row a domain and test, or supplemental qualifier: records and subjects."""
    columns = [
        Column("domain", "Domain"),
        Column("test", "Test or qualifier"),
        Column("records", "Records", "right"),
        Column("subjects", book.definition.study.subjects.capitalize(), "right"),
    ]
    rows: list[list[Cell | str]] = [
        [
            named(domain),
            _name(book, domain, level),
            *(book.ask(ID, "ALL", domain, level=level).cell(statistic) for statistic in ("records", "n")),
        ]
        for domain, level in _places(book)
    ]
    notes = ("The study definition names no analysis of these data; listings of whole domains may hold them.",)
    return Table.build(columns, rows, notes=notes)


def _name(book: Book, domain: str, level: str | None) -> str:
    """ "Heart Rate (HR)", with the name that the data have for a test or qualifier."""
    if level is None:
        return "–"
    code, *when = split_level(level)
    frame = book.domains[domain]
    by, name = ("QNAM", "QLABEL") if domain.startswith("SUPP") else (f"{domain}TESTCD", f"{domain}TEST")
    labels = frame.loc[frame[by] == code, name].dropna() if name in frame else pd.Series(dtype="str")
    shown = f"{labels.iloc[0]} ({code})" if len(labels) else code
    return f"{shown}, after baseline" if when == [AFTER] else shown
