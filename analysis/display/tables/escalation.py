"""Tables of the dose escalation (14.3.2): cohorts, DLT rates by level, operating characteristics.

Not here: dose-limiting toxicities one by one (`serious_events`), and the diagram (`figures.escalation`).
"""

from __future__ import annotations

from trial_report import declare
from trial_report.analysis.display.answer import Answer
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.counted import design
from trial_report.analysis.display.table import DASH, Cell, Column, Row, Table
from trial_report.analysis.display.tables._evaluable import NO_POOLED, several_doses
from trial_report.analysis.display.tables._grid import set_label
from trial_report.analysis.methods.result import percent
from trial_report.analysis.results.formatting import MISSING
from trial_report.analysis.results.question import Question
from trial_report.schemas.study import TOTAL, StudyDefinition
from trial_report.schemas.study.design import Escalation

COHORTS, LEVELS, MTD, OPERATING = "esc.cohort", "esc.level", "esc.mtd", "esc.oc"


def _escalates(book: Book) -> bool:
    return book.definition.escalation is not None


def _population(book: Book) -> str:
    return escalated(book.definition)[0]


def _size(book: Book) -> tuple[str, ...]:
    return escalated(book.definition)[1]


def escalated(definition: StudyDefinition) -> tuple[str, tuple[str, ...]]:
    """The treated of the phase of dose escalation, as printed, and the results row of their number."""
    phases, escalation = definition.phases, definition.escalation
    wanted = escalation.phase if escalation else None
    phase = next((p.label for p in phases.levels if p.code == wanted), "") if phases else ""
    label = set_label(definition, definition.safety_set)
    return f"{label}, {phase}".rstrip(", "), (_level(definition).key("N"),)


@declare.table(
    "esc.cohorts",
    after="fig.escalation",
    number="14.3.2",
    in_text="12.3.3.1",
    title="Dose escalation by cohort",
    population=_population,
    size=_size,
    when=_escalates,
)
def cohorts(book: Book) -> Table:
    """A row a cohort in order of treatment: level, treated, evaluable, DLTs, DLTs at the level so far, decision."""
    escalation = _escalation(book)
    labels = {g.code: g.short for g in book.definition.groups}
    rows = [
        Row(
            (
                Cell(str(one.question.level)),
                Cell(labels[str(one.question.group)]),
                one.cell("first_dose"),
                *(one.cell(name) for name in ("treated", "evaluable", "dlts")),
                one.cell("total_dlts", "total_evaluable", form="{} of {}"),
                Cell.of((one.text("decision"), one.key("decision")), f" ({one.text('reason')})"),
                one.cell("next_level"),
            )
        )
        for one in in_order_of_treatment(book)
    ]
    return Table.build(
        [
            Column("cohort", "Cohort", "center"),
            Column("level", "Dose level"),
            Column("start", "First dose", "center"),
            Column("treated", "Treated", "right"),
            Column("evaluable", "Evaluable\nfor DLT", "right"),
            Column("dlts", "With\nDLT", "right"),
            Column("total", "DLTs at\nthis level", "center"),
            Column("decision", "Decision by the rule"),
            Column("next", "Next level"),
        ],
        rows,
        notes=[
            f"DLT: dose-limiting toxicity within {escalation.dlt_window_days} days of first dose, as defined in "
            f"Section 9.1; {MISSING}: none.",
        ],
        said=[mtd_sentence(book)],
        stub=2,
        empty="No cohort has been treated.",
    )


def in_order_of_treatment(book: Book) -> list[Answer]:
    """What is known of each cohort, in order of treatment."""
    results, asked = book.results, Question(COHORTS, book.definition.safety_set, "COHORT")
    found = results.loc[(results["analysis"] == COHORTS) & (results["statistic"] == "order")]
    found = found.sort_values("value", kind="stable")
    return [
        book.answer(asked.at(group=group, level=level))
        for group, level in zip(found["group"], found["level"], strict=True)
    ]


def mtd_sentence(book: Book) -> Cell:
    """What was found of the MTD, traced to its results row."""
    found = book.ask(MTD, book.definition.safety_set, "NDLT")
    if found.text("mtd") == MISSING:
        return Cell.of(f"Maximum tolerated dose: {why_no_mtd(book)}.")
    named = (found.text("mtd"), found.key("mtd"))
    if is_highest_tested(book, found.row("mtd")["text"]):
        return Cell.of("Maximum tolerated dose: not reached; highest dose tested: ", named, ".")
    return Cell.of("Maximum tolerated dose: ", named, ".")


def is_highest_tested(book: Book, code: object) -> bool:
    """Whether no higher dose level than this one has evaluable subjects: then none was found too toxic."""
    evaluable = {g.code: book.answer(_level(book.definition, g.code)) for g in book.definition.groups}
    tested = [code for code, at in evaluable.items() if at.has("evaluable") and at.value("evaluable")]
    return bool(tested) and tested[-1] == code


def why_no_mtd(book: Book) -> str:
    """Why there is no maximum tolerated dose (yet), a dose level that is named being called by its label."""
    why = str(book.ask(MTD, book.definition.safety_set, "NDLT").row("mtd")["warning"])
    named = next((g for g in book.definition.groups if why.endswith(f" at {g.code}")), None)
    return why if named is None else why.removesuffix(named.code) + named.label


@declare.table(
    "esc.levels",
    after="esc.cohorts",
    number="14.3.2",
    title="Dose-limiting toxicity by dose level",
    population=_population,
    size=_size,
    when=_escalates,
)
def levels(book: Book) -> Table:
    """A row a dose level and one for all: treated, evaluable, with DLT, rate with exact interval."""
    at = {code: book.answer(_level(book.definition, code)) for code, _ in _levels(book)}
    pooled = several_doses(book)
    rows = [
        Row(
            (
                Cell(label, bold=code == TOTAL),
                at[code].cell("N"),
                at[code].cell("evaluable"),
                at[code].cell("n"),
                at[code].cell("pct"),
                Cell(MISSING) if pooled and code == TOTAL else at[code].interval_cell("pct_low", "pct_high"),
            )
        )
        for code, label in _levels(book)
    ]
    return Table.build(
        [
            Column("level", "Dose level", width=2.2),
            Column("treated", "Treated", "right"),
            Column("evaluable", "Evaluable\nfor DLT", "right"),
            Column("dlts", "With DLT", "right"),
            Column("rate", "DLT rate\n(%)", "right"),
            Column("ci", f"Exact {percent(book.definition.confidence_level)} CI\n(%)", "center", 1.4),
        ],
        rows,
        notes=[definition_sentence(book), *([NO_POOLED] if pooled else []), DASH],
        said=[mtd_sentence(book)],
    )


def definition_sentence(book: Book) -> str:
    """The definition of the MTD that the study uses, in words."""
    return f"Definition: {book.ask(MTD, book.definition.safety_set, 'NDLT').text('definition')}."


@declare.table(
    "esc.oc",
    after="esc.levels",
    number="14.3.2",
    title="Exact operating characteristics of the dose escalation",
    nobody=design,
    when=lambda book: bool(book.definition.escalation and book.definition.escalation.true_rates),
)
def operating(book: Book) -> Table:
    """A block a scenario: each level with its true rate, chance to be the MTD and expected numbers; other ends."""
    scenarios = range(1, len(_escalation(book).true_rates) + 1)
    ends = [
        (name, label)
        for name, label in ENDS.items()
        if name == "p_too_toxic" or any(_oc(book, TOTAL, number).value(name) for number in scenarios)
    ]
    rows: list[Row] = []
    for number in scenarios:
        group, whole = f"Scenario {number}", _oc(book, TOTAL, number)
        for one in book.definition.groups:
            at = _oc(book, one.code, number)
            cells = [at.cell(name) for name in ("true_rate", "p_mtd", "expected_patients")]
            rows.append(Row((Cell(one.label, indent=1), *cells, Cell()), group))
        rows += [
            Row((Cell(f"No MTD: {label}", indent=1), Cell(), whole.cell(name), Cell(), Cell()), group)
            for name, label in ends
        ]
        expected = (whole.cell(name) for name in ("expected_patients", "expected_dlts"))
        rows.append(Row((Cell("All levels", indent=1), Cell(), Cell(), *expected), group))
    return Table.build(
        [
            Column("level", "Scenario and dose level", width=2.4),
            Column("rate", "True DLT rate (%)", "right", 1.0),
            Column("mtd", "Probability of\nbeing the MTD (%)", "right", 1.2),
            Column("n", f"Expected {book.definition.study.subjects}", "right", 1.1),
            Column("dlt", "Expected DLTs", "right", 1.0),
        ],
        rows,
        notes=[definition_sentence(book), SETTLED],
    )


SETTLED = (
    "MTD: the dose level on which the escalation settles, the highest one among them; where no level was too toxic, a "
    "study reports that the MTD was not reached."
)
"""What an MTD is in operating characteristics, where nobody yet knows whether a level will be too toxic."""


ENDS = {"p_too_toxic": "lowest level too toxic", "p_not_reached": "not reached", "p_undetermined": "other"}


def _oc(book: Book, group: str, number: int) -> Answer:
    return book.ask(OPERATING, None, "true_rates", group=group, level=str(number))


def _level(definition: StudyDefinition, code: str = TOTAL) -> Question:
    return Question(LEVELS, definition.safety_set, "NDLT", group=code)


def _levels(book: Book) -> list[tuple[str, str]]:
    return [*((g.code, g.label) for g in book.definition.groups), (TOTAL, book.definition.treatment.total or "All")]


def _escalation(book: Book) -> Escalation:
    found = book.definition.escalation
    if found is None:
        raise ValueError("the study has no dose escalation")
    return found
