"""Tables of deaths, serious adverse events and dose-limiting toxicities; right, and in words, when there are none.

Not here: counts of such events (`adverse_events`), and narratives (`display.narratives`).
"""

from __future__ import annotations

from trial_report import declare
from trial_report.analysis.analyse.adverse_events.against_control import OF_SERIOUS
from trial_report.analysis.analyse.adverse_events.events import CRITERIA
from trial_report.analysis.analyse.counting import ANY
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.counted import of_safety
from trial_report.analysis.display.table import DASH, Cell, Row, Table
from trial_report.analysis.display.tables._compared import against_control
from trial_report.analysis.display.tables._evaluable import NO_POOLED, evaluable, several_doses
from trial_report.analysis.display.tables._grid import Grid, events_note, last, nested, safety, set_label, subjects
from trial_report.analysis.methods.result import percent
from trial_report.analysis.results.formatting import MISSING
from trial_report.schemas.study import TOTAL

SECTION = "14.3.2"
NO_DEATH, NO_SERIOUS, NO_DLT = (
    "No death was reported.",
    "No serious treatment-emergent adverse event was reported.",
    "No dose-limiting toxicity was reported.",
)


@declare.table(
    "ae.deaths",
    number=SECTION,
    title="Deaths and fatal adverse events",
    population=of_safety,
    notes=lambda book: (events_note(book.definition),),
)
def deaths(book: Book) -> Table:
    """Deaths of any cause, and fatal events."""
    population = safety(book.definition)
    grid = Grid(book, "ae.deaths", population, "DTHFL")
    fatal = Grid(book, "ae.overview", population, "USUBJID")
    rows = [
        grid.counts("Died, of any cause", ANY),
        *(
            [fatal.counts("Treatment-emergent adverse event with fatal outcome", "FATAL", events=True)]
            if "AE" in book.domains
            else []
        ),
    ]
    none = grid.ask(last(book.definition), ANY).value("n") == 0
    return Table.build(grid.stub("Deaths, n (%)"), rows, notes=[NO_DEATH] if none else [])


@declare.table(
    "ae.serious",
    after="ae.deaths",
    number=SECTION,
    title="Serious treatment-emergent adverse events by criterion and by term",
    population=of_safety,
    notes=lambda book: (
        events_note(book.definition),
        f"Dictionary: {book.definition.adverse_events.dictionary}.",
    ),
    needs=("AE",),
)
def serious(book: Book) -> Table:
    """Any serious event, each criterion, then class and term."""
    population = safety(book.definition)
    grid = Grid(book, "ae.serious", population, "AEDECOD")
    terms = nested(grid, "Any serious treatment-emergent adverse event")
    rows = list(terms[:1])
    collected = set(book.results.loc[book.results["analysis"] == grid.analysis, "variable"])
    for variable, label in CRITERIA.items():
        if variable in collected:
            rows.append(
                Grid(book, grid.analysis, population, variable).counts(
                    label, "Y", indent=1, events=True, group="Criterion"
                )
            )
    criteria = len(rows) - 1
    rows += [Row(row.cells, "System organ class and preferred term") for row in terms[1:]]
    against = Grid(book, OF_SERIOUS, population, grid.variable)
    first, *others = [(against, level) for level in grid.levels()]
    places = [first, *[None] * criteria, *others]
    columns, rows, notes = against_control(book, grid.stub("Serious events, n (%) [E]"), rows, places)
    return Table.build(columns, rows, notes=[*([NO_SERIOUS] if len(terms) == 1 else []), *notes])


@declare.table(
    "ae.dlt",
    after="lst.sae",
    number=SECTION,
    title="Dose-limiting toxicities by term",
    population=lambda book: set_label(book.definition, evaluable(book.definition) or ""),
    notes=lambda book: (book.definition.escalation.dlt_definition, events_note(book.definition), DASH),
    needs=("AE",),
    when=lambda book: bool(book.definition.escalation and evaluable(book.definition)),
)
def dose_limiting(book: Book) -> Table:
    """The proportion with a DLT and its exact interval, then class and term."""
    definition = book.definition
    population = evaluable(definition)
    rate = Grid(book, "ae.dlt", population, "DLTEVFL")
    grid = Grid(book, "ae.dlt", population, "AEDECOD")
    level = percent(definition.confidence_level)
    people = subjects(definition, capital=True)
    limits = rate.numbers(f"{level} CI of the percentage", ("pct_low", "pct_high"), "{} to {}", level=ANY, indent=1)
    pooled = book.columns[-1][0] == TOTAL and several_doses(book)
    if pooled:
        limits = Row((*limits.cells[:-1], Cell(MISSING)), limits.group)
    rows = [rate.counts(f"{people} with a dose-limiting toxicity, n (%)", ANY), limits]
    said = [NO_POOLED] if pooled else []
    terms = nested(grid, "Any dose-limiting toxicity")
    if len(terms) == 1:
        return Table.build(rate.stub("Dose-limiting toxicity", ANY), rows, notes=[NO_DLT, *said])
    rows += [Row(row.cells, "System organ class and preferred term, n (%) [E]") for row in terms]
    return Table.build(rate.stub("Dose-limiting toxicity", ANY), rows, notes=said)
