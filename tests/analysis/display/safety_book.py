"""A book of the small safety trial, for tests of tables, listings and narratives."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pandas as pd

from trial_report.analysis.analyse import (
    demographics,
    deviations,
    disposition,
    exposure,
    history,
    laboratory,
    medication,
    sets,
    visits,
    vital_signs,
)
from trial_report.analysis.analyse.adverse_events import grading, overview, rates, terms
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.output import Output
from trial_report.analysis.display.table import Table
from trial_report.analysis.results.rows import combine
from trial_report.analysis.trial import Trial

MODULES = (
    sets, disposition, demographics, visits, deviations, exposure, history, medication, overview, terms, grading, rates,
    laboratory, vital_signs,
)  # fmt: skip


def book_of(trial: Trial, *modules: ModuleType) -> Book:
    """The book of a trial, with the results of these analyses; without any named, all of safety and population."""
    results = combine(module.analyse(trial) for module in modules or MODULES)
    return Book(trial.definition, trial.datasets, trial.domains, results.set_index("key"), pd.DataFrame(), Path(), {})


def table_of(book: Book, outputs: list[Output], name: str) -> Table:
    """The table or listing of that id."""
    made = next(o for o in outputs if o.id == name).make(book)
    assert isinstance(made, Table)
    return made


def lines(table: Table) -> list[list[str]]:
    """The texts of the rows, a group's heading as a line of its own before its first row."""
    found: list[list[str]] = []
    group = ""
    for row in table.rows:
        if row.group and row.group != group:
            found.append([row.group])
        group = row.group
        found.append([cell.text for cell in row.cells])
    return found
