"""What the cut-off took out of the data, by domain: the second table of section 9.6.

Not here: what no analysis reads (`collected`).
"""

from __future__ import annotations

from trial_report import declare
from trial_report.analysis.analyse.cutoff import ID, STATISTICS
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.counted import records
from trial_report.analysis.display.table import Cell, Column, Table
from trial_report.analysis.display.tables.quality import named
from trial_report.analysis.results.question import Question

TABLE = "cutoff.table"
_HEADINGS = ("Records delivered", "Records taken out", "Ends made ongoing", "Deaths not yet known")


def count_key(level: str, domain: str | None = None) -> str:
    """The results key of a count of a domain, or of all domains."""
    return Question(ID, "ALL", domain, level=level).key("n")


def _domains(book: Book) -> list[str]:
    rows = book.results.loc[(book.results["analysis"] == ID) & (book.results["dataset"] != "RESULTS")]
    return list(dict.fromkeys(rows["dataset"]))


@declare.table(
    TABLE,
    after="quality.collected",
    number="9.6",
    title="Data after the cut-off, by domain",
    nobody=records,
    when=lambda book: bool(_domains(book)),
)
def make(book: Book) -> Table:
    """A row a domain that the cut-off changed, and one for all."""
    columns = [Column("domain", "Domain"), *(Column(s, h, "right") for s, h in zip(STATISTICS, _HEADINGS, strict=True))]
    rows: list[list[Cell | str]] = [
        [named(domain), *(book.cell(count_key(level, domain)) for level in STATISTICS)] for domain in _domains(book)
    ]
    rows.append(["Total", "", *(book.cell(count_key(level)) for level in STATISTICS[1:])])
    day = book.definition.study.data_cutoff.isoformat()
    notes = (
        f"The data were cut at {day} before anything was computed. A record that begins after that day was taken out, "
        "with everything of those who were not yet in the study; what ended after it counts as ongoing, and a course "
        "of treatment as going on at least to that day; a death after it is not yet known.",
        "Ends of DM are those of treatment, of the reference period and of participation, a record once.",
    )
    return Table.build(columns, rows, notes=notes)
