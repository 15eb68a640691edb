"""An adverse event in a line of a list, with the medicines that were begun for it and not stopped.

Not here: the words that the line is made of (`event_words`), and whole narratives (`narratives`).
"""

from __future__ import annotations

from typing import Any

from trial_report.analysis.display.book import Book
from trial_report.analysis.display.event_words import (
    counted_as,
    is_partial,
    known,
    outcome,
    severity_of,
    term,
    term_inside,
)
from trial_report.analysis.display.tables._grid import inside
from trial_report.analysis.display.therapy import begun_for, lasting
from trial_report.analysis.results.formatting import fmt_number
from trial_report.schemas.study import StudyDefinition


def in_a_line(book: Book, event: dict[str, Any]) -> str:
    """An event in a list: "hypertension of grade 3 (severe), day 57 to day 92 (36 days), not related, resolved".

    A date that is not whole is told as it was collected: the day that the analysis completed it with is nobody's word.
    """
    definition, spelling = book.definition, book.spelling
    said = [term_inside(term(event))]
    said[0] += severity_of(definition, event)
    partial = [is_partial(event.get(name)) for name in ("AESTDTC", "AEENDTC")]
    start = f"day {fmt_number(event['ASTDY'])}" if known(event["ASTDY"]) else "day of start unknown"
    if partial[0]:
        start = f"{spelling.date(str(event['AESTDTC']))} (day not known)"
    if partial[1]:
        start = f"from {start} to {spelling.date(str(event['AEENDTC']))} (day not known)"
    elif known(event["AENDY"]) and known(event.get("ADURN")):
        lasted = f"{fmt_number(event['ADURN'])} {'day' if event['ADURN'] == 1 else 'days'}"
        if partial[0]:
            start += f" to day {fmt_number(event['AENDY'])}"
        else:
            start += f" ({lasted})" if event["ADURN"] == 1 else f" to day {fmt_number(event['AENDY'])} ({lasted})"
    else:
        start = f"from {start} on"
    said.append(start)
    if event.get("AESER") == "Y":
        said.append("serious")
    said.append(_as_recorded(definition, event))
    under = lasting(begun_for(book, event))
    said.append(f"{outcome(event)} {under}".strip())
    return ", ".join(said)


def _as_recorded(definition: StudyDefinition, event: dict[str, Any]) -> str:
    """The relationship in the investigator's word; how it counts in tables is told there."""
    counts = counted_as(event)
    found = event.get(definition.adverse_events.relationship_variable)
    if not known(found):
        return f"relationship to study treatment not recorded, counted as {counts}"
    said = inside(str(found))
    if said in ("y", "n"):
        return f"{counts} to study treatment"
    return f"{said} to study treatment" if said.endswith("related") else f"relationship to study treatment: {said}"
