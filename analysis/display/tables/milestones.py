"""Table of milestones: up to each named visit who had it, who discontinued before it and why.

Not here: disposition (`population`), and visits in their windows (`study_conduct`).
"""

from __future__ import annotations

from trial_report import declare
from trial_report.analysis.analyse.milestones import COMPLETED, DISCONTINUED, ID, OTHER, TESTS
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.counted import of_enrolled
from trial_report.analysis.display.domains import NO_VISITS, not_delivered
from trial_report.analysis.display.table import Column, Row, Table
from trial_report.analysis.display.tables._compared import among_groups
from trial_report.analysis.display.tables._grid import Grid, enrolled, sentence, subjects
from trial_report.schemas.results import split_level
from trial_report.schemas.study import TOTAL


@declare.table(
    "disposition.milestones",
    after="disposition.table",
    number="14.1",
    title=lambda book: f"Disposition of {subjects(book.definition)} by milestone",
    population=of_enrolled,
    notes=(
        "Completed: had the visit. Discontinued: ended participation, other than by completion, and did not have the "
        "visit. Percentages are of N.",
    ),
    needs=("DS",),
    stays=True,
    when=lambda book: bool(book.definition.disposition.milestones),
)
def milestones(book: Book) -> Table:
    """A block a milestone: completed, discontinued with reasons, neither."""
    definition = book.definition
    grid, tests = (Grid(book, analysis, enrolled(definition), "USUBJID") for analysis in (ID, TESTS))
    rows: list[Row] = []
    keys: dict[int, str] = {}

    def add(label: str, level: str, visit: str, block: str, variable: str = "", tested: bool = True) -> None:
        if tested:
            keys[len(rows)] = tests.ask(TOTAL, level, visit=visit, variable=variable).key("p")
        indent = 2 if variable else 1
        rows.append(grid.counts(label, level, visit=visit, variable=variable, indent=indent, group=block))

    if not (book.results["analysis"] == ID).any():
        return Table.build([Column("visit", "Milestone")], [], empty=f"{not_delivered(['SV'])} {NO_VISITS}")
    for one in definition.disposition.milestones:
        add("Completed", COMPLETED, one.visit, one.label)
        add("Discontinued before", DISCONTINUED, one.visit, one.label, tested=False)
        for level in grid.levels("DCSREAS", one.visit):
            add(sentence(split_level(level)[0]), level, one.visit, one.label, "DCSREAS")
        if any(grid.ask(code, OTHER, visit=one.visit).value("n") for code, _ in book.columns):
            add("Neither", OTHER, one.visit, one.label, tested=False)
    columns = grid.stub("Milestone, n (%)")
    if not definition.disposition.tests:
        return Table.build(columns, rows)
    note = f"p: {subjects(definition)} with against those without, over all groups, two-sided; descriptive."
    columns, rows, notes = among_groups(book, columns, rows, keys, note)
    return Table.build(columns, rows, notes=notes)
