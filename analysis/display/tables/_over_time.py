"""Tables of a measurement over time: value and change by visit side by side, and extremes after first dose.

Not here: what is special to a laboratory (`laboratory`), and efficacy by visit (`efficacy`).
"""

from __future__ import annotations

from trial_report.analysis.display.book import Book
from trial_report.analysis.display.sides import side_notes
from trial_report.analysis.display.table import DASH, Cell, Column, Row, Table
from trial_report.analysis.display.tables._grid import MEAN, MEDIAN, RANGE, Grid, labels, last, safety, spanner_text
from trial_report.schemas.study.measures import Parameter

LINES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("n", ("n",), "{}"),
    MEAN,
    MEDIAN,
    RANGE,
)


def by_visit(book: Book, analysis: str, parameter: Parameter) -> Table:
    """Visits as blocks, statistics as rows; value and change from baseline of every group side by side."""
    definition = book.definition
    population, first = safety(definition), definition.baseline_visit
    value, change = (Grid(book, f"{analysis}.{what}", population, parameter.paramcd) for what in ("value", "change"))
    columns = [Column("row", "Visit and statistic")]
    for code, text in labels(definition):
        spanner = spanner_text(book, population, code, text)
        columns.append(Column(f"{code}_value", "Value", "center", spanner=spanner, key=book.size_key(population, code)))
        columns.append(
            Column(f"{code}_change", "Change", "center", spanner=spanner, key=book.size_key(population, code))
        )
    column = last(definition)
    rows: list[Row] = []
    end = definition.end_of_treatment
    for visit in (first, *definition.follow_up_visits, *((end,) if end else ())):
        if not value.ask(column, visit=visit.id).has("n"):
            continue
        for label, statistics, form in LINES:
            cells = [Cell(label, indent=1)]
            for code, _ in labels(definition):
                cells.append(value.ask(code, visit=visit.id).together(*statistics, form=form))
                at = change.ask(code, visit=visit.id)
                cells.append(Cell("") if visit is first else at.together(*statistics, form=form))
            rows.append(Row(tuple(cells), visit.label))
    notes = [*side_notes(book, [parameter]), f"Change: from baseline, the last value before first dose. {DASH}"]
    if end:
        days = f" or on the {end.days} days after it" if end.days else ""
        notes.append(f"{end.label}: the last value after first dose, not later than the day of last dose{days}.")
    return Table.build(columns, rows, notes=notes)


def extremes(book: Book, analysis: str, parameters: tuple[Parameter, ...]) -> Table:
    """The distribution of each subject's lowest and highest value, a block a parameter."""
    definition = book.definition
    population = safety(definition)
    rows: list[Row] = []
    for parameter in parameters:
        grid = Grid(book, f"{analysis}.worst", population, parameter.paramcd)
        for level, name in (("MIN", "Lowest"), ("MAX", "Highest")):
            group = f"{parameter.label_unit}"
            if level == "MIN":
                rows.append(grid.numbers("n", ("n",), "{}", indent=1, level=level, group=group))
            for label, statistics, form in (MEAN, RANGE):
                text = f"{name}: {label[0].lower()}{label[1:]}"
                rows.append(grid.numbers(text, statistics, form, indent=1, level=level, group=group))
    columns = Grid(book, "sets", population, "USUBJID").stub("Parameter and statistic")
    return Table.build(columns, rows, notes=side_notes(book, parameters))
