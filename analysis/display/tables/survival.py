"""Tables of time to event (14.2): numbers at risk, survival at the visits' days, median.

Not here: the time to the first adverse event (`adverse_events`), and the curves (`figures.survival`).
"""

from __future__ import annotations

from trial_report import declare
from trial_report.analysis.display.answer import Answer
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.output import Output
from trial_report.analysis.display.table import DASH, Cell, Column, Row, Table
from trial_report.analysis.display.tables._grid import labels, set_label
from trial_report.analysis.display.time_to_event import STARTS, rule_of
from trial_report.analysis.methods.result import percent
from trial_report.analysis.results.formatting import MISSING, p_said
from trial_report.schemas.study.analysis import Survival

ANALYSIS = "tte"


@declare.outputs("tte", after="fig.dose")
def outputs(book: Book) -> list[Output]:
    """A table a survival endpoint: "tte.<parameter>"."""
    return [_output(book, one) for one in book.definition.survival]


def _output(book: Book, endpoint: Survival) -> Output:
    return Output(
        id=f"tte.{endpoint.paramcd.lower()}",
        kind="table",
        number="14.2",
        title=f"{endpoint.label}: Kaplan–Meier estimates",
        population=set_label(book.definition, endpoint.analysis_set),
        make=lambda b: survival(b, endpoint),
    )


def survival(book: Book, endpoint: Survival) -> Table:
    """Subjects, events, censored, median; then for each visit the number at risk and survival with interval."""
    definition = book.definition
    plain = _by_group(book, endpoint)
    level = percent(definition.confidence_level)
    rows = [
        Row((Cell(f"{definition.study.subjects.capitalize()}, n"), *(at.cell("n") for at in plain))),
        Row((Cell("Events, n"), *(at.cell("events") for at in plain))),
        Row((Cell("Censored, n"), *(at.cell("censored") for at in plain))),
        Row((Cell("Median (days)"), *(at.cell("median") for at in plain))),
        Row((Cell(f"{level} CI", indent=1), *(at.interval_cell() for at in plain))),
    ]
    for visit, day in definition.days_of_visits.items():
        group = f"{definition.visit(visit).label} (day {day})"
        at_visit = [at.at(visit=visit) for at in plain]
        limits = [at.interval_cell("pct_low", "pct_high") for at in at_visit]
        rows += [
            Row((Cell("At risk, n"), *(at.cell("at_risk") for at in at_visit)), group),
            Row((Cell("Free of the event (%)"), *(at.cell("pct") for at in at_visit)), group),
            Row((Cell(f"{level} CI", indent=1), *limits), group),
        ]
    columns = [
        book.sized(code, label, at.key("N")) for (code, label), at in zip(labels(definition), plain, strict=True)
    ]
    if not occurred(book, endpoint):
        cells = (at.cell("pct", "pct_low", "pct_high", form="{} ({} to {})") for at in plain)
        exact = Row((Cell(f"With the event, % (exact {level} CI)"), *cells))
        note = "No event occurred: no curve is drawn, and no groups are compared."
        return Table.build(
            [Column("statistic", "Statistic", width=1.6), *columns],
            [*rows[:3], exact],
            notes=[*_notes(book, endpoint), note],
        )
    return Table.build(
        [Column("statistic", "Statistic", width=1.6), *columns],
        rows,
        notes=[*_notes(book, endpoint), *_without_interval(book, endpoint), DASH],
    )


def occurred(book: Book, endpoint: Survival) -> bool:
    """Whether anybody had the event, in any column."""
    at = _by_group(book, endpoint)
    return any((one.value("events") or 0) > 0 for one in at if one.has("events"))


def _asked(book: Book, endpoint: Survival) -> Answer:
    return book.ask(ANALYSIS, endpoint.analysis_set, endpoint.paramcd)


def _by_group(book: Book, endpoint: Survival) -> list[Answer]:
    return [_asked(book, endpoint).at(group=code) for code, _ in book.columns]


def _notes(book: Book, endpoint: Survival) -> list[str]:
    """What the event is, and the log-rank test where it exists."""
    records = "; ".join(
        f"a record in {domain} with {' and '.join(f'{name} {_values(value)}' for name, value in condition.items())}"
        for domain, condition in endpoint.event_records.items()
    )
    said = [f"Event: {records}{', or death' if endpoint.death_is_event else ''}." if records else "Event: death."]
    said += [f"Time: {rule_of(book.definition, endpoint)}", *_without_start(book, endpoint)]
    test = _asked(book, endpoint).at(level="LOGRANK")
    if test.has("p") and occurred(book, endpoint):
        p = test.text("p")
        said.append(f"Log-rank test over the groups: {p_said(p)}."
                    if p != MISSING else f"Log-rank test over the groups: {test.row('p')['warning']}.")  # fmt: skip
    return said


def _without_start(book: Book, endpoint: Survival) -> list[str]:
    """That some of the set have no time, where that is so."""
    if all(at.value("n") == at.value("N") for at in _by_group(book, endpoint)):
        return []
    origin = STARTS[book.definition.origin(endpoint)]
    return [f"Who has no day of {origin} has no time to the event, and counts in N alone."]


def _without_interval(book: Book, endpoint: Survival) -> list[str]:
    """Why an interval does not exist where the estimate does, each reason once."""
    plain, visits = _by_group(book, endpoint), book.definition.follow_up_visits
    lacking = [
        one
        for one in (at.at(visit=v.id) for v in visits for at in plain)
        if one.value("pct") is not None and one.value("pct_low") is None
    ]
    reasons = dict.fromkeys(str(one.row("pct_low")["warning"]) for one in lacking)
    return [f"{reason[:1].upper()}{reason[1:]}." for reason in reasons]


def _values(value: object) -> str:
    return " or ".join(str(v) for v in value) if isinstance(value, tuple) else str(value)
