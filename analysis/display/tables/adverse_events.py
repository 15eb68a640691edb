"""Tables of adverse events: overview, terms, grades, relationship, rates, time to first event, action taken.

Not here: deaths, serious and dose-limiting events one by one (`serious_events`).
"""

from __future__ import annotations

from trial_report import declare
from trial_report.analysis.analyse.adverse_events.against_control import ID as AGAINST
from trial_report.analysis.analyse.adverse_events.grading import BELOW, SEVERE
from trial_report.analysis.analyse.adverse_events.overview import JUDGED
from trial_report.analysis.analyse.adverse_events.rates import EVENTS, PARAMCD, PER
from trial_report.analysis.analyse.counting import ANY, NOT_CODED
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.counted import of_safety
from trial_report.analysis.display.event_words import emergent_rule
from trial_report.analysis.display.exposed import risk_ends, single_dose
from trial_report.analysis.display.severity import below, graded_with, named, severe, word, worded
from trial_report.analysis.display.table import DASH, Cell, Column, Row, Table
from trial_report.analysis.display.tables._compared import against_control
from trial_report.analysis.display.tables._evaluable import evaluable
from trial_report.analysis.display.tables._grid import (
    Grid,
    events_note,
    inside,
    labels,
    last,
    nested,
    safety,
    sentence,
    spanner_text,
    subjects,
)
from trial_report.analysis.methods.result import percent
from trial_report.analysis.results.formatting import join_words
from trial_report.schemas.results import split_level
from trial_report.schemas.study import StudyDefinition

SECTION = "14.3.1"
NO_EVENTS = "No treatment-emergent adverse event was reported."
SORTED = "Classes, and terms within a class, are sorted by decreasing frequency, then by name."


def _events(book: Book) -> str:
    return events_note(book.definition)


def _coded(book: Book) -> str:
    return f"Dictionary: {book.definition.adverse_events.dictionary}."


def _worst(book: Book, of: str) -> str:
    """What the cells of a table of worst grades hold."""
    definition = book.definition
    people, scale = subjects(definition), word(definition)
    begun = f"n (%); each of the {people} counts once in a {of}, with the worst {scale}."
    return f"{begun} {graded_with(definition)} {_coded(book)}"


ACUTE = (
    "After a single administration events gather in the first days: a rate by time at risk is that of the time "
    "observed and holds for no longer one. The interval takes events as independent."
)


def emergence(definition: StudyDefinition) -> str:
    """When an event counts as treatment-emergent."""
    return f"Treatment-emergent: {emergent_rule(definition)}."


def related_note(definition: StudyDefinition) -> str:
    """Which values count as related."""
    values = ", ".join(inside(v) for v in definition.adverse_events.related)
    missing = definition.adverse_events.missing_relationship_is_related
    return f"Related: recorded as {values}{'; a missing relationship counts as related' if missing else ''}."


@declare.table(
    "ae.overview",
    number=SECTION,
    in_text="12.2.1",
    title="Overview of adverse events",
    population=of_safety,
    notes=lambda book: (_events(book), f"{emergence(book.definition)} {graded_with(book.definition)}"),
    needs=("AE",),
    stays=True,
)
def overview(book: Book) -> Table:
    """Kinds of events: subjects and numbers."""
    definition = book.definition
    people = subjects(definition, capital=True)
    grid = Grid(book, "ae.overview", safety(definition), "USUBJID")
    unmarked = ("UNMARKED", "Meets a criterion of seriousness, recorded as not serious", 1)
    kinds = [
        ("ALL", "Any adverse event", 0),
        ("BEFORE", "Begun before treatment", 1),
        ("EMERGENT", "Any treatment-emergent adverse event (TEAE)", 0),
        ("RELATED", "Related TEAE", 1),
        ("SEVERE", _severe_event(definition, "TEAE"), 1),
        ("RELATED SEVERE", _severe_event(definition, "Related TEAE"), 1),
        ("SERIOUS", "Serious TEAE", 1),
        ("RELATED SERIOUS", "Related serious TEAE", 1),
        *([unmarked] if grid.ask(last(definition), unmarked[0]).has("n") else []),
        ("WITHDRAWN", "TEAE leading to discontinuation of treatment", 1),
        *([("DLT", "Dose-limiting toxicity", 1)] if definition.escalation else []),
        ("FATAL", "TEAE with fatal outcome", 1),
    ]
    known = [kind for kind in kinds if grid.ask(last(definition), kind[0]).has("n")]
    judged = toxicity_of(book)
    tested = Grid(book, AGAINST, grid.population, "USUBJID")
    # Each row with what it is compared by, if by anything.
    pairs: list[tuple[Row, tuple[Grid, str] | None]] = []
    for kind in kinds:
        level, text, depth = kind
        if level == "DLT" and judged is not None:
            row = judged
        elif kind in known:
            row = grid.counts(text, level, indent=depth, events=True)
        else:
            row = Row((Cell(text, indent=depth), *(Cell(_unknown(book, level)) for _ in book.columns)))
        pairs.append((row, (tested, level) if kind in known else None))
        if level == "SERIOUS" and kind in known:
            pairs.append((_limits(book, grid), None))
    deaths = Grid(book, "ae.deaths", safety(definition), "DTHFL")
    pairs.append((deaths.counts("Died, of any cause", ANY), (Grid(book, AGAINST, grid.population, "DTHFL"), ANY)))
    stub = grid.stub(f"{people} with, n (%) [E]")
    columns, rows, notes = against_control(book, stub, [row for row, _ in pairs], [by for _, by in pairs])
    return Table.build(columns, rows, notes=[*_zeros(book, grid, known), *notes])


def _limits(book: Book, grid: Grid) -> Row:
    """The exact limits of the share with a serious event, of which sentences tell."""
    label = f"Exact {percent(book.definition.confidence_level)} CI (%)"
    cells = (grid.ask(code, "SERIOUS").interval_cell("pct_low", "pct_high") for code, _ in book.columns)
    return Row((Cell(label, indent=2), *cells))


def toxicity_of(book: Book) -> Row | None:
    """The row of dose-limiting toxicities, of those evaluable for them: nobody else could have one; None without."""
    chosen = evaluable(book.definition)
    if not book.definition.escalation or not chosen:
        return None
    grid = Grid(book, "ae.dlt", chosen, "DLTEVFL")
    if not grid.ask(last(book.definition), ANY).has("n"):
        return None
    return grid.numbers("Dose-limiting toxicity, of those evaluable", ("n", "N"), "{} of {}", level=ANY, indent=1)


def _unknown(book: Book, kind: str) -> str:
    """Why the number of events of a kind is not known: what decides on it does not apply, or was not recorded."""
    variable, events = JUDGED[kind], book.datasets["ADAE"]
    return "not applicable" if variable in events and events[variable].notna().any() else "not recorded"


def _severe_event(definition: StudyDefinition, event: str) -> str:
    """An event that counts as severe: "Related severe TEAE", or "Related TEAE of grade 3 or higher"."""
    if not worded(definition):
        return f"{event} of grade {definition.adverse_events.severe_from} or higher"
    *before, last_word = event.split(" ")
    said = " ".join([*before, severe(definition), last_word])
    return said[0].upper() + said[1:]


def _by_grade_title(definition: StudyDefinition) -> str:
    by = "worst severity" if worded(definition) else "group of worst grades"
    return f"Treatment-emergent adverse events by preferred term and {by}"


def _zeros(book: Book, grid: Grid, kinds: list[tuple[str, str, int]]) -> list[str]:
    """What did not occur at all, in words."""
    column = last(book.definition)
    said = {"SERIOUS": "serious", "DLT": "dose-limiting", "FATAL": "fatal"}
    shown = [said[level] for level, *_ in kinds if level in said and not grid.ask(column, level).value("n")]
    if not grid.ask(column, "EMERGENT").value("n"):
        return [NO_EVENTS]
    return [f"No {join_words(shown, 'or')} treatment-emergent adverse event was reported."] if shown else []


@declare.table(
    "ae.soc_pt",
    after="fig.ae",
    number=SECTION,
    title="Treatment-emergent adverse events by system organ class and preferred term",
    population=of_safety,
    notes=lambda book: (_events(book), f"{SORTED} {_coded(book)}"),
    needs=("AE",),
)
def by_term(book: Book) -> Table:
    """Class and term."""
    grid = Grid(book, "ae.soc_pt", safety(book.definition), "AEDECOD")
    rows = nested(grid, "Any treatment-emergent adverse event")
    columns = grid.stub("System organ class and preferred term, n (%) [E]")
    against = Grid(book, AGAINST, grid.population, grid.variable)
    columns, rows, compared = against_control(book, columns, rows, [(against, level) for level in grid.levels()])
    return Table.build(columns, rows, notes=[*([] if len(rows) > 1 else [NO_EVENTS]), *compared])


@declare.table(
    "ae.frequent",
    after="ae.soc_pt",
    number=SECTION,
    title=lambda book: (
        "Treatment-emergent adverse events in "
        f"{percent(book.definition.adverse_events.frequent_percent / 100)} or more of {subjects(book.definition)}"
    ),
    population=of_safety,
    notes=lambda book: (_events(book), _coded(book)),
    needs=("AE",),
)
def frequent(book: Book) -> Table:
    """Terms that many have."""
    grid = Grid(book, "ae.frequent", safety(book.definition), "AEDECOD")
    rows = [grid.counts(split_level(level)[0], level, events=True) for level in grid.levels()]
    least = percent(book.definition.adverse_events.frequent_percent / 100)
    return Table.build(
        grid.stub("Preferred term, n (%) [E]"),
        rows,
        empty=f"No term was reported in {least} or more of {subjects(book.definition)}.",
    )


def _grade_rows(grid: Grid, outer: str, label: str) -> list[Row]:
    """A row for each grade that anybody had in this class, which is given as its level."""
    definition = grid.book.definition
    prefix = f"{outer}||"
    rows = []
    for level in grid.levels():
        grade = level.removeprefix(prefix)
        if not level.startswith(prefix) or grade in (BELOW, SEVERE):
            continue
        column = last(definition)
        if outer != ANY and not grid.ask(column, level).value("n"):
            continue
        shown = named(definition, int(grade)) if grade.isdigit() else f"{word(definition).capitalize()} not recorded"
        rows.append(grid.counts(shown, level, indent=1, group=label))
    return rows


def _classes(grid: Grid) -> list[str]:
    """The levels of the classes, ANY first: of "class||grade" what stands before the empty term."""
    return list(dict.fromkeys(level.rpartition("||")[0] for level in grid.levels() if not split_level(level)[1]))


def class_heading(level: str) -> str:
    """What stands over the rows of a class. A class that is called as what has no class is, is told apart from that."""
    if level == ANY:
        return "Any treatment-emergent adverse event"
    text = split_level(level)[0]
    return f"{text} (recorded as this)" if text == NOT_CODED and level != NOT_CODED else text


@declare.table(
    "ae.worst",
    after="ae.frequent",
    number=SECTION,
    title=lambda book: f"Treatment-emergent adverse events by system organ class and worst {word(book.definition)}",
    population=of_safety,
    notes=lambda book: (_worst(book, "class"),),
    needs=("AE",),
)
def worst(book: Book) -> Table:
    """Worst grade over all events (every grade), then by class (the grades that occurred)."""
    grid = Grid(book, "ae.grade", safety(book.definition), "ATOXGRN")
    everything = Grid(book, "ae.soc_pt", grid.population, "AEDECOD")
    rows: list[Row] = []
    for outer in _classes(grid):
        label = class_heading(outer)
        rows.append(everything.counts(f"Any {word(book.definition)}", outer, indent=1, group=label))
        rows += _grade_rows(grid, outer, label)
    return Table.build(
        grid.stub(f"System organ class and worst {word(book.definition)}, n (%)"),
        rows,
        notes=[] if len(_classes(grid)) > 1 else [NO_EVENTS],
    )


@declare.table(
    "ae.grade",
    after="ae.worst",
    number=SECTION,
    title=lambda book: _by_grade_title(book.definition),
    population=of_safety,
    notes=lambda book: (f"{_worst(book, 'row')} {SORTED}",),
    landscape=True,
    needs=("AE",),
)
def by_grade(book: Book) -> Table:
    """Class and term, wide: below and from the severe grade in every group."""
    definition = book.definition
    grid = Grid(book, "ae.grade", safety(definition), "ATOXGRN")
    least = definition.adverse_events.severe_from
    lower = "Grade 1" if least == 2 else f"Grade 1–{least - 1}"
    lower, upper = below(definition).capitalize() or lower, severe(definition).capitalize() or f"Grade ≥{least}"
    columns = [Column("row", "System organ class and preferred term")]
    short = {g.code: g.short for g in definition.groups}
    for code, text in labels(definition):
        spanner = spanner_text(book, grid.population, code, short.get(code, text))
        columns.append(
            Column(f"{code}_below", lower, "center", spanner=spanner, key=book.size_key(grid.population, code))
        )
        columns.append(
            Column(f"{code}_severe", upper, "center", spanner=spanner, key=book.size_key(grid.population, code))
        )
    rows = []
    for path in dict.fromkeys(level.rpartition("|")[0] for level in grid.levels()):
        outer, inner = split_level(path)
        name = inner or ("Any treatment-emergent adverse event" if path == f"{ANY}|" else outer)
        cells = [Cell(name, indent=int(bool(inner)), bold=not inner)]
        for code, _ in labels(definition):
            cells += [grid.ask(code, f"{path}|{part}").count_cell() for part in (BELOW, SEVERE)]
        rows.append(Row(tuple(cells)))
    notes = [] if len(rows) > 1 else [NO_EVENTS]
    return Table.build(columns, rows, notes=notes)


@declare.table(
    "ae.relationship",
    after="ae.grade",
    number=SECTION,
    title="Treatment-emergent adverse events by relationship, and related events by term",
    population=of_safety,
    notes=lambda book: (_events(book), related_note(book.definition), f"{SORTED} {_coded(book)}"),
    needs=("AE",),
)
def by_relationship(book: Book) -> Table:
    """Each relationship as recorded, then the related events by class and term."""
    definition = book.definition
    recorded = Grid(book, "ae.relationship", safety(definition), definition.adverse_events.relationship_variable)
    grid = Grid(book, "ae.relationship", safety(definition), "AEDECOD")
    rows = [
        recorded.counts(sentence(split_level(level)[0]), level, indent=1, events=True, group="Relationship as recorded")
        for level in recorded.levels()
    ]
    terms = nested(grid, "Any related treatment-emergent adverse event")
    rows += [Row(row.cells, "Related events by system organ class and preferred term") for row in terms]
    notes = [] if len(terms) > 1 else ["No related treatment-emergent adverse event was reported."]
    columns = grid.stub("Relationship, n (%) [E]")
    return Table.build(columns, rows, notes=notes)


@declare.table(
    "ae.rate",
    after="fig.swimmer",
    number=SECTION,
    title="Incidence rates of treatment-emergent adverse events by time at risk",
    population=of_safety,
    notes=lambda book: (
        f"Rates per {PER:.0f} patient-years with {percent(book.definition.confidence_level)} exact Poisson intervals. "
        f"Time at risk runs from the day of first dose to {risk_ends(book.definition)}; of a first event it ends with "
        "the event.",
        *([ACUTE] if single_dose(book) else []),
        DASH,
    ),
    landscape=True,
    needs=("AE",),
)
def rates(book: Book) -> Table:
    """Events, patient-years and rate with its interval, wide."""
    definition = book.definition
    grid = Grid(book, "ae.rate", safety(definition), "AEDECOD")
    results = book.results
    chosen = (results["analysis"] == grid.analysis) & (results["statistic"] == "events")
    levels = [str(level) for level in dict.fromkeys(results.loc[chosen, "level"])]
    interval = f"Rate ({percent(definition.confidence_level)} CI)"
    columns = [Column("row", "Event")]
    for code, text in labels(definition):
        spanner = spanner_text(book, grid.population, code, text)
        columns.append(
            Column(f"{code}_n", "E / PY", "center", spanner=spanner, key=book.size_key(grid.population, code))
        )
        columns.append(
            Column(f"{code}_rate", interval, "center", spanner=spanner, key=book.size_key(grid.population, code))
        )
    named = {ANY: "First treatment-emergent adverse event", EVENTS: "All treatment-emergent adverse events"}
    ordered = [one for one in (ANY, EVENTS) if one in levels] + [one for one in levels if one not in named]
    rows = []
    for level in ordered:
        cells = [Cell(named.get(level, split_level(level)[0]), indent=int(level not in named), bold=level in named)]
        for code, _ in labels(definition):
            at = grid.ask(code, level)
            cells.append(at.cell("events", "years", form="{} / {}"))
            cells.append(at.together("rate", "ci_low", "ci_high", form="{} ({} to {})"))
        rows.append(Row(tuple(cells)))
    note = "E: events (of a term: first events); PY: patient-years at risk."
    return Table.build(columns, rows, notes=[note, *([] if len(rows) > 2 else [NO_EVENTS])])


@declare.table(
    "ae.time",
    after="ae.action",
    number=SECTION,
    title="Time to the first treatment-emergent adverse event",
    population=of_safety,
    notes=lambda book: (
        f"Days from the day of first dose (day 1); without an event, censored at {risk_ends(book.definition)}.",
        DASH,
    ),
    needs=("AE",),
)
def times(book: Book) -> Table:
    """Kaplan–Meier median; the days of those who had an event alone would be too short."""
    definition = book.definition
    population = safety(definition)
    grid = Grid(book, "ae.time", population, PARAMCD)
    rows = [
        grid.counts("With an event, n (%)", None),
        grid.numbers("Censored, n", ("censored",), "{}"),
        grid.numbers("Median (days)", ("median",), "{}", group="Kaplan–Meier estimate", indent=1),
        grid.numbers(f"{percent(definition.confidence_level)} CI of the median", ("ci_low", "ci_high"), "{} to {}",
                     group="Kaplan–Meier estimate", indent=1),
    ]  # fmt: skip
    return Table.build(grid.stub("Time to first event"), rows)


@declare.table(
    "ae.action",
    after="ae.relationship",
    number=SECTION,
    title="Treatment-emergent adverse events by action taken, treatment and outcome",
    population=of_safety,
    notes=lambda book: (f"{_events(book)} The same {subjects(book.definition)} may count in several rows.",),
    needs=("AE",),
)
def actions(book: Book) -> Table:
    """Action taken with the treatment, treatment of the event, outcome."""
    definition = book.definition
    headings = {
        "AEACN": "Action taken with study treatment",
        "AECONTRT": "Treatment of the event",
        "AEOUT": "Outcome",
    }
    treated = {"Y": "Treatment given", "N": "No treatment given"}
    rows: list[Row] = []
    for variable, heading in headings.items():
        grid = Grid(book, "ae.action", safety(definition), variable)
        if not grid.levels() and variable in book.datasets["ADAE"] and not book.datasets["ADAE"].empty:
            rows.append(Row((Cell("Not recorded", indent=1), *(Cell() for _ in book.columns)), heading))
        for level in grid.levels():
            value = split_level(level)[0]
            shown = treated.get(value, sentence(value)) if variable == "AECONTRT" else sentence(value)
            rows.append(grid.counts(shown, level, indent=1, events=True, group=heading))
    everything = Grid(book, "ae.soc_pt", safety(definition), "AEDECOD")
    return Table.build(everything.stub("Action, n (%) [E]"), rows)
