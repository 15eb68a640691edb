"""Tables of time to event (14.2): numbers at risk, survival at the visits' days, median."""

from __future__ import annotations

from collections.abc import Mapping

from trial_report import declare
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.output import Output
from trial_report.analysis.display.table import DASH, Cell, Column, Row, Table
from trial_report.analysis.display.tables._efficacy import interval
from trial_report.analysis.display.tables._grid import labels, set_label
from trial_report.analysis.display.time_to_event import STARTS, rule_of
from trial_report.analysis.methods.result import percent
from trial_report.analysis.results.formatting import MISSING, p_said
from trial_report.schemas.study import TOTAL
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
    stems = {code: f"{ANALYSIS}/{endpoint.analysis_set}/{endpoint.paramcd}" for code, _ in book.columns}
    plain = [f"{head}/-/{code}/-" for code, head in stems.items()]
    level = percent(definition.confidence_level)
    rows = [
        Row((Cell(f"{definition.study.subjects.capitalize()}, n"), *(book.cell(f"{at}/n") for at in plain))),
        Row((Cell("Events, n"), *(book.cell(f"{at}/events") for at in plain))),
        Row((Cell("Censored, n"), *(book.cell(f"{at}/censored") for at in plain))),
        Row((Cell("Median (days)"), *(book.cell(f"{at}/median") for at in plain))),
        Row((Cell(f"{level} CI", indent=1), *(interval(book, at) for at in plain))),
    ]
    for visit, day in definition.days_of_visits.items():
        group = f"{definition.visit(visit).label} (day {day})"
        at_visit = [f"{head}/{visit}/{code}/-" for code, head in stems.items()]
        limits = [interval(book, at, "pct_low", "pct_high") for at in at_visit]
        rows += [
            Row((Cell("At risk, n"), *(book.cell(f"{at}/at_risk") for at in at_visit)), group),
            Row((Cell("Free of the event (%)"), *(book.cell(f"{at}/pct") for at in at_visit)), group),
            Row((Cell(f"{level} CI", indent=1), *limits), group),
        ]
    columns = [book.sized(code, label, f"{at}/N") for (code, label), at in zip(labels(definition), plain, strict=True)]
    return Table.build(
        [Column("statistic", "Statistic", width=1.6), *columns],
        rows,
        notes=[*_notes(book, endpoint), *_without_interval(book, stems), DASH],
    )


def _notes(book: Book, endpoint: Survival) -> list[str]:
    """What the event is, and the log-rank test where it exists."""
    records = "; ".join(
        f"a record in {domain} with {' and '.join(f'{name} {_values(value)}' for name, value in condition.items())}"
        for domain, condition in endpoint.event_records.items()
    )
    said = [f"Event: {records}{', or death' if endpoint.death_is_event else ''}." if records else "Event: death."]
    said += [f"Time: {rule_of(book.definition, endpoint)}", *_without_start(book, endpoint)]
    key = f"{ANALYSIS}/{endpoint.analysis_set}/{endpoint.paramcd}/-/{TOTAL}/LOGRANK/p"
    if book.has(key):
        p = book.text(key)
        said.append(f"Log-rank test over the groups: {p_said(p)}."
                    if p != MISSING else f"Log-rank test over the groups: {book.row(key)['warning']}.")  # fmt: skip
    return said


def _without_start(book: Book, endpoint: Survival) -> list[str]:
    """That some of the set have no time, where that is so."""
    stem = f"{ANALYSIS}/{endpoint.analysis_set}/{endpoint.paramcd}/-"
    if all(book.value(f"{stem}/{code}/-/n") == book.value(f"{stem}/{code}/-/N") for code, _ in book.columns):
        return []
    origin = STARTS[book.definition.origin(endpoint)]
    return [f"Who has no day of {origin} has no time to the event, and counts in N alone."]


def _without_interval(book: Book, stems: Mapping[str, str]) -> list[str]:
    """Why an interval does not exist where the estimate does, each reason once."""
    at = [f"{head}/{v.id}/{code}/-" for v in book.definition.follow_up_visits for code, head in stems.items()]
    lacking = [one for one in at if book.value(f"{one}/pct") is not None and book.value(f"{one}/pct_low") is None]
    reasons = dict.fromkeys(str(book.row(f"{one}/pct_low")["warning"]) for one in lacking)
    return [f"{reason[:1].upper()}{reason[1:]}." for reason in reasons]


def _values(value: object) -> str:
    return " or ".join(str(v) for v in value) if isinstance(value, tuple) else str(value)
