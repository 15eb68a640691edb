"""Tables of vital signs: values and changes by visit, lowest and highest value after first dose."""

from __future__ import annotations

from functools import partial

from trial_report.analysis.display.book import Book
from trial_report.analysis.display.output import Output
from trial_report.analysis.display.table import DASH
from trial_report.analysis.display.tables._grid import safety, set_label
from trial_report.analysis.display.tables._over_time import by_visit, extremes

SECTION = "14.3.4"


def outputs(book: Book) -> list[Output]:
    """A table a parameter, and one of the extremes."""
    definition = book.definition
    if not definition.vital_signs:
        return []
    population = set_label(definition, safety(definition))
    found = [
        Output(
            id="vs.worst",
            kind="table",
            number=SECTION,
            title="Vital signs: lowest and highest value after first dose",
            population=population,
            notes=("After first dose all values count, scheduled or not.", DASH),
            make=partial(extremes, analysis="vs", parameters=definition.vital_signs),
        )
    ]
    found += [
        Output(
            id=f"vs.by_visit.{parameter.paramcd.lower()}",
            kind="table",
            number=SECTION,
            title=f"Vital signs: {parameter.label_unit} by visit",
            population=population,
            landscape=True,
            make=partial(by_visit, analysis="vs", parameter=parameter),
        )
        for parameter in definition.vital_signs
    ]
    return found
