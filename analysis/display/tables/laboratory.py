"""Tables of the laboratory: values by visit, shifts by reference range and by grade, worst values, Hy's law.

Not here: abnormal values one by one (`listings.safety`), and vital signs (`vital_signs`).
"""

from __future__ import annotations

from functools import partial

from trial_report import declare
from trial_report.analysis.analyse.laboratory import GRADES, MISSING, RANGES, TRANSAMINASE, WORST
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.counted import of_safety
from trial_report.analysis.display.output import Output
from trial_report.analysis.display.severity import computed_after
from trial_report.analysis.display.table import DASH, Row, Table
from trial_report.analysis.display.tables._compared import among_groups
from trial_report.analysis.display.tables._grid import Grid, last, safety, subjects
from trial_report.analysis.display.tables._over_time import by_visit, extremes
from trial_report.analysis.results.question import Question
from trial_report.schemas.study import StudyDefinition

SECTION = "14.3.4"
TESTED = (
    "p: the worst position over all groups, by the Cochran–Mantel–Haenszel test stratified by the position at "
    "baseline; descriptive."
)
WORDS = {"LOW": "Low", "NORMAL": "Normal", "HIGH": "High", "LOW AND HIGH": "Low and high", MISSING: "Missing"}


AFTER = "After first dose all values count, scheduled or not."


def _tested(book: Book) -> bool:
    return bool(book.definition.laboratory)


def _of_tested(book: Book, what: str) -> str:
    return f"n (%), percentage of the {subjects(book.definition)} with a {what} after first dose (N'). {AFTER} "


@declare.table(
    "lab.worst",
    after="lab.grade",
    number=SECTION,
    title="Laboratory: lowest and highest value after first dose",
    population=of_safety,
    notes=(AFTER, DASH),
    when=_tested,
)
def worst(book: Book) -> Table:
    """The extremes of each parameter."""
    return extremes(book, analysis="lab", parameters=book.definition.laboratory)


@declare.outputs("lab.by_visit", after="fig.lab")
def over_time(book: Book) -> list[Output]:
    """A table a parameter."""
    return [
        Output(
            id=f"lab.by_visit.{parameter.paramcd.lower()}",
            kind="table",
            number=SECTION,
            title=f"Laboratory: {parameter.label_unit} by visit",
            population=of_safety(book),
            landscape=True,
            make=partial(by_visit, analysis="lab", parameter=parameter),
        )
        for parameter in book.definition.laboratory
    ]


def _graded(definition: StudyDefinition) -> list[str]:
    return [p.paramcd for p in definition.laboratory if p.ctcae != "none"]


@declare.table(
    "lab.shift",
    number=SECTION,
    title="Laboratory: shift from baseline to the worst value by reference range",
    population=of_safety,
    notes=lambda book: (f"{_of_tested(book, 'value')}Low and high: values on both sides of the reference range.",),
    when=_tested,
)
def shift_by_range(book: Book) -> Table:
    """A row for each change of position that occurred, and for staying normal."""
    return _shift(book, "lab.shift", [p.paramcd for p in book.definition.laboratory], (*RANGES, MISSING), WORST)


@declare.table(
    "lab.grade",
    after="lab.shift",
    number=SECTION,
    title="Laboratory: shift from baseline to the worst grade",
    population=of_safety,
    notes=lambda book: (
        f"{_of_tested(book, 'grade')}Grades are computed from the values, {computed_after(book.definition)}; "
        "grade 0: none.",
    ),
    when=lambda book: _tested(book) and bool(_graded(book.definition)),
)
def shift_by_grade(book: Book) -> Table:
    """A row for each change of grade that occurred, and for staying without."""
    return _shift(book, "lab.grade", _graded(book.definition), (*GRADES, MISSING), GRADES)


def _shift(book: Book, analysis: str, parameters: list[str], before: tuple[str, ...], after: tuple[str, ...]) -> Table:
    definition = book.definition
    population = safety(definition)
    always = f"{'NORMAL' if before[0] == 'LOW' else '0'}"
    rows: list[Row] = []
    first: dict[str, int] = {}
    for paramcd in parameters:
        grid = Grid(book, analysis, population, paramcd)
        parameter = definition.parameter(paramcd)
        first[paramcd] = len(rows)
        rows.append(grid.numbers("N'", ("N",), "{}", indent=1, group=parameter.label))
        for base in before:
            for worst in after:
                level = f"{base}|{worst}"
                occurred = any(grid.ask(code, level).value("n") for code, _ in book.columns)
                if occurred or base == worst == always:
                    rows.append(grid.counts(_words(base, worst), level, indent=1, group=parameter.label))
    if not parameters:
        return Table.build(Grid(book, "sets", population, "USUBJID").stub("Shift"), [])
    columns = Grid(book, analysis, population, parameters[0]).stub("Parameter; baseline → worst, n (%)")
    notes = ["Changes that nobody had are not listed."]
    keys = {place: Question(f"{analysis}.test", population, paramcd).key("p") for paramcd, place in first.items()}
    if any(book.has(key) for key in keys.values()):
        columns, rows, tested = among_groups(book, columns, rows, keys, TESTED)
        notes += [*tested, DASH]
    return Table.build(columns, rows, notes=notes)


def _words(base: str, worst: str) -> str:
    one, two = (WORDS.get(level, f"Grade {level}") for level in (base, worst))
    return f"{one} → {two[0].lower() + two[1:]}"


@declare.table(
    "lab.hy",
    after="lab.worst",
    number=SECTION,
    title="Laboratory: transaminases and bilirubin above multiples of the upper limit of normal",
    population=of_safety,
    notes=lambda book: (
        f"{_of_tested(book, 'value')}Both need not be above at the same visit. ULN: upper limit of normal.",
    ),
    when=lambda book: any(p.hy not in (None, "alp") for p in book.definition.laboratory),
)
def hy(book: Book) -> Table:
    """Multiples of the upper limit by test, and Hy's law."""
    definition = book.definition
    population = safety(definition)
    rows: list[Row] = []
    for parameter in (p for p in definition.laboratory if p.hy):
        grid = Grid(book, "lab.hy", population, parameter.paramcd)
        levels = grid.levels()
        if not levels:
            continue
        rows.append(grid.numbers("N'", ("N",), "{}", indent=1, group=parameter.label))
        rows += [grid.counts(f"Above {level} × ULN", level, indent=1, group=parameter.label) for level in levels]
    law = Grid(book, "lab.hy", population, "HY")
    group = "Hy's law"
    least = next(iter(TRANSAMINASE))
    rows.append(law.numbers("N'", ("N",), "{}", indent=1, group=group))
    for level, label in (
        ("TRANSAMINASE", f"Transaminase above {least} × ULN"),
        ("BILIRUBIN", "Bilirubin above 2 × ULN"),
        ("BOTH", "Both"),
    ):
        rows.append(law.counts(label, level, indent=1, group=group))
    none = law.ask(last(definition), "BOTH").value("n") == 0
    columns = law.stub("Test, n (%)")
    people = subjects(definition)
    note = [f"None of the {people} had both a transaminase above {least} × ULN and bilirubin above 2 × ULN."]
    return Table.build(columns, rows, notes=note if none else [])
