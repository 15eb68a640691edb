"""Tables of the laboratory: values by visit, shifts by reference range and by grade, worst values, Hy's law."""

from __future__ import annotations

from functools import partial

from trial_report.analysis.analyse.laboratory import GRADES, MISSING, RANGES, TRANSAMINASE, WORST
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.output import Output
from trial_report.analysis.display.severity import computed_after
from trial_report.analysis.display.table import DASH, Row, Table
from trial_report.analysis.display.tables._compared import among_groups
from trial_report.analysis.display.tables._grid import Grid, last, safety, set_label, subjects
from trial_report.analysis.display.tables._over_time import by_visit, extremes
from trial_report.analysis.results.rows import make_key
from trial_report.schemas.study import TOTAL, StudyDefinition

SECTION = "14.3.4"
TESTED = (
    "p: the worst position over all groups, by the Cochran–Mantel–Haenszel test stratified by the position at "
    "baseline; descriptive."
)
WORDS = {"LOW": "Low", "NORMAL": "Normal", "HIGH": "High", "LOW AND HIGH": "Low and high", MISSING: "Missing"}


def outputs(book: Book) -> list[Output]:
    """The tables of laboratory of section 14.3.4."""
    definition = book.definition
    if not definition.laboratory:
        return []
    population = set_label(definition, safety(definition))
    people = subjects(definition)

    def table(name: str, title: str, make: object, notes: tuple[str, ...], *, landscape: bool = False) -> Output:
        return Output(
            id=name, kind="table", number=SECTION, title=title, population=population, notes=notes,
            landscape=landscape, make=make,  # type: ignore[arg-type]
        )  # fmt: skip

    after = "After first dose all values count, scheduled or not."
    found = [
        table("lab.shift", "Laboratory: shift from baseline to the worst value by reference range",
              shift_by_range, (f"n (%), percentage of the {people} with a value after first dose (N'). {after} "
                               "Low and high: values on both sides of the reference range.",)),
    ]  # fmt: skip
    if _graded(definition):
        found.append(
            table("lab.grade", "Laboratory: shift from baseline to the worst grade", shift_by_grade,
                  (f"n (%), percentage of the {people} with a grade after first dose (N'). {after} Grades are computed "
                   f"from the values, {computed_after(definition)}; grade 0: none.",)),
        )  # fmt: skip
    found.append(table("lab.worst", "Laboratory: lowest and highest value after first dose",
                       partial(extremes, analysis="lab", parameters=definition.laboratory), (after, DASH)))  # fmt: skip
    if any(p.hy not in (None, "alp") for p in definition.laboratory):
        found.append(
            table("lab.hy", "Laboratory: transaminases and bilirubin above multiples of the upper limit of normal",
                  hy, (f"n (%), percentage of the {people} with a value after first dose (N'). {after} "
                       "Both need not be above at the same visit. ULN: upper limit of normal.",)),
        )  # fmt: skip
    for parameter in definition.laboratory:
        found.append(
            table(f"lab.by_visit.{parameter.paramcd.lower()}", f"Laboratory: {parameter.label_unit} by visit",
                  partial(by_visit, analysis="lab", parameter=parameter), (), landscape=True),
        )  # fmt: skip
    return found


def _graded(definition: StudyDefinition) -> list[str]:
    return [p.paramcd for p in definition.laboratory if p.ctcae != "none"]


def shift_by_range(book: Book) -> Table:
    """A row for each change of position that occurred, and for staying normal."""
    return _shift(book, "lab.shift", [p.paramcd for p in book.definition.laboratory], (*RANGES, MISSING), WORST)


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
                occurred = any(book.value(f"{grid.stem(code, level)}/n") for code, _ in book.columns)
                if occurred or base == worst == always:
                    rows.append(grid.counts(_words(base, worst), level, indent=1, group=parameter.label))
    if not parameters:
        return Table.build(Grid(book, "sets", population, "USUBJID").stub("Shift"), [])
    columns = Grid(book, analysis, population, parameters[0]).stub("Parameter; baseline → worst, n (%)")
    notes = ["Changes that nobody had are not listed."]
    keys = {
        place: make_key(f"{analysis}.test", population, paramcd, None, TOTAL, None, "p")
        for paramcd, place in first.items()
    }
    if any(book.has(key) for key in keys.values()):
        columns, rows, tested = among_groups(book, columns, rows, keys, TESTED)
        notes += [*tested, DASH]
    return Table.build(columns, rows, notes=notes)


def _words(base: str, worst: str) -> str:
    one, two = (WORDS.get(level, f"Grade {level}") for level in (base, worst))
    return f"{one} → {two[0].lower() + two[1:]}"


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
    none = book.value(f"{law.stem(last(definition), 'BOTH')}/n") == 0
    columns = law.stub("Test, n (%)")
    people = subjects(definition)
    note = [f"None of the {people} had both a transaminase above {least} × ULN and bilirubin above 2 × ULN."]
    return Table.build(columns, rows, notes=note if none else [])
