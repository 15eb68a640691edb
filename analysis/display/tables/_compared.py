"""P-values beside counts: events of each group against control, baseline between groups, where the study asks.

Not here: tables whose subject is a comparison (`efficacy_comparison`, `efficacy_proportions`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from trial_report.analysis.analyse.baseline_tests import ID as BASELINE
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.table import DASH, Cell, Column, Row
from trial_report.analysis.display.tables._grid import Grid, subjects
from trial_report.schemas.study.measures import Characteristic

BETWEEN_GROUPS = (
    "p: numbers by analysis of variance, categories by the chi-square test (missing values left out). "
    "Differences at baseline are descriptive."
)

Parts = tuple[list[Column], list[Row], list[str]]


def against_control(
    book: Book, columns: Sequence[Column], rows: Sequence[Row], places: Sequence[tuple[Grid, str] | None]
) -> Parts:
    """A table of events with a p column for every group but control, and a note; as it is where none is asked for.

    `places` says which comparison and level of it each row is; None: nothing is tested there.
    """
    definition = book.definition
    control = definition.adverse_events.compare_with
    if control is None:
        return [*columns], [*rows], []
    short = {group.code: group.short for group in definition.groups}
    against = f"p vs {short.pop(control)}"
    several = len(short) > 1
    added = [
        Column(f"p_{code}", name if several else against, "center", spanner=against if several else None)
        for code, name in short.items()
    ]
    found = [
        [Cell() if place is None else place[0].ask(code, place[1]).cell("p") for code in short] for place in places
    ]
    note = (
        f"p: {subjects(definition)} with at least one event, two-sided, {against.removeprefix('p ')}; "
        "descriptive, not adjusted for the number of tests."
    )
    return [*columns, *added], _wider(rows, found), [note, DASH]


def between_groups(
    book: Book, population: str, columns: Sequence[Column], blocks: Sequence[tuple[Characteristic, list[Row]]]
) -> Parts:
    """A table of characteristics with p in the first row of each block, and a note; without where none is asked for."""
    rows = [row for _, block in blocks for row in block]
    if not tested(book):
        return [*columns], rows, []
    found = [
        [book.ask(BASELINE, population, item.variable).cell("p") if place == 0 else Cell()]
        for item, block in blocks
        for place, _ in enumerate(block)
    ]
    return [*columns, Column("p", "p", "center")], _wider(rows, found), [BETWEEN_GROUPS]


def among_groups(
    book: Book, columns: Sequence[Column], rows: Sequence[Row], keys: Mapping[int, str], note: str
) -> Parts:
    """A table with a column p, over all groups, in the rows whose places have a key; and the note."""
    found = [[book.cell(keys[place]) if place in keys else Cell()] for place, _ in enumerate(rows)]
    return [*columns, Column("p", "p", "center")], _wider(rows, found), [note]


def tested(book: Book) -> bool:
    """Whether the characteristics of the groups are compared."""
    return book.definition.baseline.tests and len(book.definition.groups) > 1


def _wider(rows: Sequence[Row], more: Sequence[Sequence[Cell]]) -> list[Row]:
    return [replace(row, cells=(*row.cells, *cells)) for row, cells in zip(rows, more, strict=True)]
