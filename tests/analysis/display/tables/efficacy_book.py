"""A book of a small trial, for tests of the tables of efficacy."""

from functools import cache
from pathlib import Path

import pandas as pd

from tests.analysis.analyse.efficacy_frames import definition, measurements, subjects, trial
from trial_report.analysis.analyse import (
    claims,
    efficacy,
    efficacy_dose,
    efficacy_tests,
    escalation,
    missing_data,
    responders,
    sets,
    subgroups,
    survival,
)
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.table import Table
from trial_report.analysis.results.rows import combine
from trial_report.analysis.trial import Trial

ANALYSES = (
    efficacy, efficacy_dose, efficacy_tests, escalation, missing_data, responders, sets, subgroups, survival,
)  # fmt: skip
ADSL = subjects({str(i): "A" if i < 4 else "B" for i in range(8)}, SEX=["F", "M"] * 4)
SERIES = {str(i): [20 + i, 17 + i - i % 3, 12 + i % 4] for i in range(7)} | {"7": [27, 20, None]}


def book_of(made: Trial) -> Book:
    """The book of a trial with all results of efficacy and escalation."""
    results = combine(module.analyse(made) for module in ANALYSES)
    results = combine([results, claims.compare(made, results)])
    return Book(made.definition, made.datasets, {}, results.set_index("key"), pd.DataFrame(), Path(), {})


def small_book(*endpoints, series=SERIES, adtte=None, **changes) -> Book:
    """The book of eight subjects in two groups."""
    return book_of(trial(definition(*endpoints, **changes), ADSL, measurements(ADSL, series), adtte))


@cache
def plain_book() -> Book:
    """The book of the small study as it is."""
    return small_book()


@cache
def full_book() -> Book:
    """The book with every analysis of missing data, and subgroups."""
    ways = {"missing": ["locf", "mi", "tipping_point", "mmrm"]}
    return small_book(ways, subgroups=[{"variable": "SEX", "label": "Sex"}])


def texts(table: Table) -> list[list[str]]:
    """What is printed in each row, its group first."""
    return [[row.group, *(cell.text for cell in row.cells)] for row in table.rows]


def labels(table: Table) -> list[str]:
    """The headings, line feeds as spaces."""
    return [column.label.replace("\n", " ") for column in table.columns]
