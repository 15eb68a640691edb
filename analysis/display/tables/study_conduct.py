"""Tables of how the study was done: visits, deviations, exposure, medical history, medication.

Not here: disposition, sets and characteristics (`population`), and the plan (`plan`).
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from trial_report import declare
from trial_report.analysis.analyse.exposure import COMPLIANCE, DOSES
from trial_report.analysis.analyse.medication import CONCOMITANT, PRIOR
from trial_report.analysis.analyse.visits import ALL_VISITS
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.counted import of_safety
from trial_report.analysis.display.domains import NO_VISITS, not_delivered
from trial_report.analysis.display.exposed import compliance_label, compliance_reference, single_dose
from trial_report.analysis.display.output import Output
from trial_report.analysis.display.table import DASH, Cell, Column, Row, Table
from trial_report.analysis.display.tables._grid import Grid, enrolled, events_note, nested, safety, set_label, subjects
from trial_report.analysis.results.formatting import fmt_number, join_words
from trial_report.schemas.codelists.units import printed_unit

VISIT_ROWS = {
    "done": "Performed",
    "in window": "Within the window",
    "early": "Before the window",
    "late": "After the window",
    "missed": "Missed",
}
COMPLIANCE_ROWS = {
    "FULL": "Full planned dose",
    "LESS": "Less than planned",
    "MORE": "More than planned",
    "UNKNOWN": "Not known",
}
TERMS = {  # title, first row, what is said of none, heading
    "deviations": ("Protocol deviations", "Any protocol deviation", "No protocol deviation was recorded.",
                   "Class and deviation"),
    "mh": ("Medical history by system organ class and preferred term", "Any condition",
           "No medical history was recorded.", "System organ class and preferred term"),
    PRIOR: ("Prior medication by class and medicine", "Any prior medication",
            "No prior medication was recorded.", "Class and medicine"),
    CONCOMITANT: ("Concomitant medication by class and medicine", "Any concomitant medication",
                  "No concomitant medication was recorded.", "Class and medicine"),
}  # fmt: skip
DOMAIN_OF = {"deviations": "DV", "mh": "MH", PRIOR: "CM", CONCOMITANT: "CM"}
TAKEN = {
    PRIOR: ("Prior: begun before the day of first dose, as far as is known; taken on, it counts as concomitant too.",),
    CONCOMITANT: ("Concomitant: taken on or after the day of first dose, or without a known end; begun before, it "
                  "counts as prior too.",),
}  # fmt: skip


@declare.outputs("deviations", after="disposition.milestones")
def of_deviations(book: Book) -> list[Output]:
    """ "deviations.table"."""
    return [replace(_terms(book, "deviations"), in_text="10.2")]


@declare.outputs("mh", after="disease")
def of_history(book: Book) -> list[Output]:
    """ "mh.table"."""
    return [_terms(book, "mh")]


@declare.outputs("cm", after="mh")
def of_medication(book: Book) -> list[Output]:
    """ "cm.prior.table" and "cm.concomitant.table"."""
    return [_terms(book, PRIOR), _terms(book, CONCOMITANT)]


def _terms(book: Book, analysis: str) -> Output:
    definition = book.definition
    population = enrolled(definition) if analysis == "deviations" else safety(definition)
    people = subjects(definition)
    counted = f"Cells: n (%); n = {people} with at least one record, % = percentage of N."
    if analysis == "deviations":
        counted = events_note(definition).replace("event", "deviation")
    return Output(
        id=f"{analysis}.table",
        kind="table",
        number="14.1",
        title=TERMS[analysis][0],
        population=set_label(definition, population),
        notes=(counted, *TAKEN.get(analysis, ()), "Sorted by decreasing frequency."),
        needs=(DOMAIN_OF[analysis],),
        stays=analysis != PRIOR,
        make=partial(terms, analysis=analysis, population=population),
    )  # fmt: skip


def _windows(book: Book) -> list[str]:
    spans = [
        f"{v.label} day {fmt_number(v.window[0])} to {fmt_number(v.window[1])}"
        for v in book.definition.visits
        if v.window and v.window[0] != v.window[1]
    ]
    undated = [v.label for v in book.definition.visits if v.window is None]
    said = [f"Windows: {'; '.join(spans)}."] if spans else []
    if undated:
        said.append(f"Without a planned day, expected only where it took place: {join_words(undated)}.")
    return said


@declare.table(
    "visits.table",
    after="deviations",
    number="14.1",
    title="Visits expected, performed and within their window",
    population=of_safety,
    notes=lambda book: (
        "Visits are expected until the end of participation or the data cut-off; percentages are of the visits "
        "expected.",
        *_windows(book),
    ),
)
def visits(book: Book) -> Table:
    """Expected and done by planned visit."""
    definition = book.definition
    grid = Grid(book, "visits", safety(definition), "STATUS")
    results = book.results
    there = set(results.loc[results["analysis"] == "visits", "avisit"].dropna())
    if not there:
        return Table.build([Column("visit", "Visit")], [], empty=f"{not_delivered(['SV'])} {NO_VISITS}")
    blocks = [(v.id, v.label) for v in definition.visits if v.id in there] + [(ALL_VISITS, "All visits")]
    rows: list[Row] = []
    for visit, label in blocks:
        rows.append(_plain(grid, "Expected", "expected", visit, label))
        rows += [
            grid.counts(text, level, visit=visit, indent=1 if level == "done" or level == "missed" else 2, group=label)
            for level, text in VISIT_ROWS.items()
        ]
        left = "after discontinuation"
        if any(grid.ask(code, left, visit=visit).value("n") for code, _ in book.columns):
            rows.append(_plain(grid, "Not expected: left the study", left, visit, label))
    return Table.build(grid.stub("Visit, n (%)"), rows)


def _plain(grid: Grid, label: str, level: str, visit: str, group: str) -> Row:
    cells = [grid.ask(code, level, visit=visit).cell("n") for code, _ in grid.book.columns]
    return Row((Cell(label, indent=1), *cells), group)


def terms(book: Book, analysis: str, population: str) -> Table:
    """Class and term of deviations, history or medication."""
    results = book.results
    variable = str(results.loc[results["analysis"] == analysis, "variable"].iloc[0])
    grid = Grid(book, analysis, population, variable)
    _, first, nothing, heading = TERMS[analysis]
    counted = analysis == "deviations"
    # Names of medicines and their classes are printed as the dictionary has them, in capitals with its acronyms.
    rows = nested(grid, first, events=counted, readable=analysis not in TAKEN)
    notes = [] if len(rows) > 1 else [nothing]
    return Table.build(grid.stub(f"{heading}, n (%){' [E]' if counted else ''}"), rows, notes=notes)


@declare.outputs("exposure", after="cm")
def of_exposure(book: Book) -> list[Output]:
    """A table of exposure for each set that shows it."""
    first, *others = book.definition.exposure_sets
    named = {"exposure.table": first} | {f"exposure.table.{one.lower()}": one for one in others}
    return [
        Output(
            id=name,
            kind="table",
            number="14.1",
            title="Exposure to study treatment and compliance",
            population=set_label(book.definition, population),
            notes=(
                *(
                    compliance_reference(book.definition, single=single_dose(book))
                    if book.definition.plans_doses
                    else ()
                ),
                "Follow-up runs from the day of first dose (day 1) to the last contact.",
                DASH,
            ),
            make=partial(exposure, population=population),
        )
        for name, population in named.items()
    ]


def exposure(book: Book, population: str) -> Table:
    """Dose given, share of the planned dose, administrations, follow-up; of doses that were not delivered nothing."""

    def of(variable: str) -> Grid:
        return Grid(book, "exposure", population, variable)

    unit = printed_unit(next((g.unit for g in book.definition.groups if g.unit), None))

    def described(variable: str, label: str) -> list[Row]:
        """The summary of a variable, where the study knows it."""
        known = of(variable).ask(book.columns[0][0]).has("mean")
        return of(variable).summary(label) if known else []

    rows = described("DOSEA", f"Total dose given ({unit})" if unit else "Total dose given")
    rows += described("DOSEDAY", f"Average daily dose ({unit})" if unit else "Average daily dose")
    compared = described("DOSECOMP", compliance_label(book.definition))
    for level in COMPLIANCE if compared else ():
        if level in ("FULL", "LESS") or any(of("DOSECOMP").ask(c, level).value("n") for c, _ in book.columns):
            compared.append(of("DOSECOMP").counts(COMPLIANCE_ROWS[level], level, indent=1, group="Compliance, n (%)"))
    administered = of("NADMIN")
    rows += compared + described("NADMIN", "Number of administrations")
    rows += [
        administered.counts(n, n, indent=1, group="Number of administrations, n (%)") for n in administered.levels()
    ]
    rows += of("FUPDUR").summary("Follow-up (days)")
    rows.append(
        of("FUPDUR").numbers("Sum (patient-years)", ("sum",), "{}", indent=1, level="YEARS", group="Follow-up (days)")
    )
    notes = () if any(name in book.domains for name in DOSES) else (not_delivered(["EX"]),)
    return Table.build(of("USUBJID").stub("Exposure"), rows, notes=notes)
