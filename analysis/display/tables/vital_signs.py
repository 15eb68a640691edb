"""Tables of vital signs: values and changes by visit, lowest and highest value after first dose.

Not here: laboratory values (`laboratory`), and single values (`listings.safety`).
"""

from __future__ import annotations

from functools import partial

from trial_report import declare
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.counted import of_safety
from trial_report.analysis.display.output import Output
from trial_report.analysis.display.table import DASH, Table
from trial_report.analysis.display.tables._over_time import by_visit, extremes

SECTION = "14.3.4"


@declare.table(
    "vs.worst",
    after="lst.lab.abnormal",
    number=SECTION,
    title="Vital signs: lowest and highest value after first dose",
    population=of_safety,
    notes=("After first dose all values count, scheduled or not.", DASH),
    when=lambda book: bool(book.definition.vital_signs),
)
def worst(book: Book) -> Table:
    """The extremes of each parameter."""
    return extremes(book, analysis="vs", parameters=book.definition.vital_signs)


@declare.outputs("vs.by_visit", after="fig.vs")
def over_time(book: Book) -> list[Output]:
    """A table a parameter."""
    return [
        Output(
            id=f"vs.by_visit.{parameter.paramcd.lower()}",
            kind="table",
            number=SECTION,
            title=f"Vital signs: {parameter.label_unit} by visit",
            population=of_safety(book),
            landscape=True,
            make=partial(by_visit, analysis="vs", parameter=parameter),
        )
        for parameter in book.definition.vital_signs
    ]
