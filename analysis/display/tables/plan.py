"""Tables of the plan, from the study's definition: objectives and estimands, treatments, endpoints, schedule.

Not here: what was done by the plan (`study_conduct`), and the plan as a figure (`figures.design`).
"""

from __future__ import annotations

from trial_report import declare
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.counted import plan
from trial_report.analysis.display.exposed import fmt_dose, plan_in_words
from trial_report.analysis.display.table import Cell, Column, Footnote, Row, Table
from trial_report.analysis.results.formatting import fmt_number
from trial_report.schemas.codelists.units import printed_unit
from trial_report.schemas.study.definition import StudyDefinition
from trial_report.schemas.study.design import Visit
from trial_report.schemas.study.measures import Parameter

DONE, RECORDED = "X", "as recorded"
MOST_NAMED = 4
"""How many measurements with a window of their own the first column names; of more it names one, and a note all."""


def _whole(book: Book) -> StudyDefinition:
    """The study's own definition, with all that it asks for."""
    return book.planned or book.definition


@declare.table("treatments.table", number="9.4", title="Treatment groups", nobody=plan)
def of_treatments(book: Book) -> Table:
    """The treatment groups of what was delivered."""
    return treatments(book.definition)


@declare.table(
    "objectives.table",
    number="8",
    title="Objectives, endpoints and estimands",
    nobody=plan,
    when=lambda book: bool(_whole(book).objectives),
)
def of_objectives(book: Book) -> Table:
    """The objectives of what was delivered."""
    return objectives(book.definition)


@declare.table(
    "endpoints.table",
    number="9.5",
    title="Endpoints of efficacy",
    nobody=plan,
    when=lambda book: bool(_whole(book).endpoints or _whole(book).survival),
)
def of_endpoints(book: Book) -> Table:
    """The endpoints that were planned."""
    return endpoints(_whole(book))


@declare.table(
    "schedule.table",
    after="endpoints.table",
    number="9.5",
    title="Schedule of assessments and visit windows",
    nobody=plan,
)
def of_schedule(book: Book) -> Table:
    """The schedule that was planned."""
    return schedule(_whole(book))


def objectives(definition: StudyDefinition) -> Table:
    """A row an attribute of the estimand, a group of rows an objective (ICH E9(R1), A.3.3)."""
    rows = [
        _row([name, words], group=f"{o.type.capitalize()} objective: {o.text}")
        for o in definition.objectives
        for name, words in (
            ("Endpoint", o.endpoint),
            ("Treatment", o.treatment),
            ("Population", o.population),
            ("Variable", o.variable),
            ("Intercurrent events and strategies", " ".join(f"{one.rstrip('.')}." for one in o.intercurrent_events)),
            ("Population-level summary", o.summary),
            ("Missing data", o.missing_data),
            ("Estimator", o.estimator),
        )
        if words
    ]
    return Table(_TWO, tuple(rows))


def _row(texts: list[str], group: str) -> Row:
    return Row(tuple(map(Cell, texts)), group)


_TWO = (Column("attribute", "Attribute", width=1.2), Column("text", "Estimand", width=4.2))


def treatments(definition: StudyDefinition) -> Table:
    """A row a treatment group: code in the data, label, dose, unit, route, and what was planned by period."""
    columns = [
        Column("code", "Code"),
        Column("label", "Treatment group", width=3),
        Column("dose", "Dose", "right"),
        Column("unit", "Unit"),
        Column("route", "Route"),
    ]
    rows = [
        [
            group.code,
            group.label,
            fmt_dose(group.dose),
            printed_unit(group.unit) or "–",
            group.route.lower() if group.route else "–",
        ]
        for group in definition.groups
    ]
    if any(group.plan for group in definition.groups):
        columns.append(Column("plan", "Plan", width=3))
        rows = [
            [*row, "; ".join(plan_in_words(group)) or "–"] for row, group in zip(rows, definition.groups, strict=True)
        ]
    return Table.build(columns, rows)


def endpoints(definition: StudyDefinition) -> Table:
    """A row an endpoint: role, where it stands in SDTM, benefit, visits tested, responder."""
    columns = [
        Column("endpoint", "Endpoint", width=2.4),
        Column("code", "Code", width=1.2),
        Column("source", "Source", width=1.3),
        Column("benefit", "Benefit", width=1),
        Column("visits", "Analysed at", width=1.6),
        Column("responder", "Responder", width=2),
    ]
    rows = [
        _row(
            [
                endpoint.label_unit,
                endpoint.paramcd,
                f"{endpoint.domain}.{endpoint.testcd}",
                endpoint.benefit,
                ", ".join(definition.visit(v).label for v in endpoint.visits),
                endpoint.responder.label if endpoint.responder else "–",
            ],
            group=_of_role(endpoint.role),
        )
        for endpoint in definition.endpoints
    ]
    rows += [
        _row(
            [
                f"{one.label} (days)",
                one.paramcd,
                ", ".join([*one.event_records, *(["death"] if one.death_is_event else [])]),
                "–",
                "throughout",
                "–",
            ],
            group=_of_role(one.role),
        )
        for one in definition.survival
    ]
    rows = sorted(rows, key=lambda row: ROLES.index(row.group))
    note = "Code: PARAMCD in the analysis datasets. Source: domain and test code in the data (SDTM)"
    note += "; for a time to event, the domains in which it is recorded." if definition.survival else "."
    return Table(tuple(columns), tuple(rows), notes=(note,))


ROLES = ("Primary endpoints", "Secondary endpoints", "Exploratory endpoints", "Other endpoints")


def _of_role(role: str | None) -> str:
    return f"{(role or 'other').capitalize()} endpoints"


def schedule(definition: StudyDefinition) -> Table:
    """A column a visit; target day and windows, then a row an assessment with X where it is done."""
    columns = [Column("row", "Assessment", width=3)]
    columns += [Column(visit.id, visit.label, "center") for visit in definition.visits]
    rows: list[list[str]] = [
        ["Target day", *(_day(v.day) for v in definition.visits)],
        *_windows(definition),
    ]
    own, named = _own_windows(definition)
    rows += own
    by_number = any(RECORDED in row for row in rows)
    rows += [
        [assessment.label, *(DONE if v.id in assessment.visits else "" for v in definition.visits)]
        for assessment in definition.schedule
    ]
    return Table.build(
        columns,
        rows,
        footnotes=(Footnote(DONE, "done at this visit"),) if definition.schedule else (),
        notes=(
            *named,
            "Day 1 is the day of first dose; there is no day 0.",
            *(("As recorded: a value belongs to the visit under whose number it was recorded.",) if by_number else ()),
        ),
    )


def _windows(definition: StudyDefinition) -> list[list[str]]:
    """The protocol's windows and those of analysis, once where they are the same."""
    allowed = [_days(v.window) for v in definition.visits]
    counting = [_study_window(definition, v) for v in definition.visits]
    # A visit without a window has none of either kind, whatever its values belong to it by.
    each = zip(allowed, counting, definition.visits, strict=True)
    if all(one == other or visit.window is None for one, other, visit in each):
        return [["Window (days)", *counting]]
    return [["Window of the protocol (days)", *allowed], ["Window of analysis (days)", *counting]]


def _study_window(definition: StudyDefinition, visit: Visit) -> str:
    """By which days values belong to a visit; a visit without a window has those recorded under its number."""
    return RECORDED if definition.assign == "recorded" else _days(visit.analysis_window, RECORDED)


def _own_window(definition: StudyDefinition, parameter: Parameter, visit: Visit) -> str:
    """The same of one measurement; a dash where it has no values at the visit."""
    if parameter.is_planned(visit) and definition.assigned_by(parameter) == "recorded":
        return RECORDED
    return RECORDED if parameter.is_by_number(visit) else _days(parameter.window_of(visit))


def _own_windows(definition: StudyDefinition) -> tuple[list[list[str]], list[str]]:
    """A row for measurements that share a rule of their own: windows, visits at which they are planned, or records.

    Beside the rows, a note for each that stands for more measurements than its first column can name.
    """
    sharing: dict[tuple[str, ...], list[str]] = {}
    for parameter in (p for p in definition.parameters if p.windows or p.planned or p.assign):
        windows = tuple(_own_window(definition, parameter, v) for v in definition.visits)
        sharing.setdefault(windows, []).append(parameter.name)
    rows, notes = [], []
    for windows, names in sharing.items():
        said = ", ".join(names)
        if len(names) > MOST_NAMED:
            said = f"{names[0]} and {fmt_number(len(names) - 1)} others"
            notes.append(f"{said}: {', '.join(names)}.")
        rows.append([f"Window of analysis (days): {said}", *windows])
    return rows, notes


def _day(day: int | None) -> str:
    return "–" if day is None else fmt_number(day)


def _days(window: tuple[int, int] | None, none: str = "–") -> str:
    if window is None:
        return none
    low, high = (_day(day) for day in window)
    return low if low == high else f"{low} to {high}"
