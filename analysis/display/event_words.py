"""An adverse event in words, as a physician would tell it; and when one is treatment-emergent, said in one way.

Not here: the scale of severity (`severity`), and whole narratives (`narratives`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from trial_report.analysis.display.severity import named, worded
from trial_report.analysis.display.spelling import Spelling, small_first
from trial_report.analysis.display.tables._grid import inside, sentence
from trial_report.analysis.results.formatting import fmt_number
from trial_report.schemas.study import StudyDefinition

if TYPE_CHECKING:
    from trial_report.analysis.display.book import Book

_ACTIONS = {
    "DOSE NOT CHANGED": "Study treatment was not changed",
    "DOSE REDUCED": "The dose of study treatment was reduced",
    "DOSE INCREASED": "The dose of study treatment was increased",
    "DRUG INTERRUPTED": "Study treatment was interrupted",
    "DRUG WITHDRAWN": "Study treatment was discontinued",
    "DOSE RATE REDUCED": "The rate of administration was reduced",
    "NOT APPLICABLE": "No change of study treatment was possible (not applicable)",
    "UNKNOWN": "It is not known what was done with study treatment",
}
_OUTCOMES = {
    "RECOVERED/RESOLVED": "resolved",
    "RECOVERED/RESOLVED WITH SEQUELAE": "resolved with sequelae",
    "RECOVERING/RESOLVING": "was resolving at the last report",
    "NOT RECOVERED/NOT RESOLVED": "had not resolved at the last report",
    "FATAL": "was fatal",
    "UNKNOWN": "had an unknown outcome",
}
"""CDISC's outcomes (OUT) as a verb of the event."""
_ENDED = frozenset({"RECOVERED/RESOLVED", "RECOVERED/RESOLVED WITH SEQUELAE", "FATAL"})


def known(value: object) -> bool:
    """Whether there is a value."""
    return value is not None and not pd.isna(value)  # type: ignore[call-overload]


def term_inside(term: str) -> str:
    """A coded term inside a sentence: small but for names and abbreviations ("Crohn's disease", "COVID-19")."""
    return small_first(sentence(term))


def emergent_rule(definition: StudyDefinition) -> str:
    """When an adverse event is treatment-emergent, as every place of a report says it; without a full stop."""
    days = definition.adverse_events.emergent_days
    until = "" if days is None else f", and no later than {fmt_number(days)} days after the last dose"
    return f"an adverse event that begins, or worsens and is recorded anew, at or after the first dose{until}"


def severity_of(definition: StudyDefinition, event: dict[str, Any]) -> str:
    """What follows the term: " of grade 3 (severe)", or " (severe)"; empty where it is not known."""
    if not known(event["ATOXGRN"]):
        return ""
    said = inside(named(definition, int(event["ATOXGRN"])))
    return f" ({said})" if worded(definition) else f" of {said}"


def relation(definition: StudyDefinition, event: dict[str, Any]) -> str:
    """What was recorded of the relationship, and how it counts where the two are not the same words."""
    counts = "related" if event["AREL"] == "Y" else "not related"
    found = event.get(definition.adverse_events.relationship_variable)
    if not known(found):
        return f"Its relationship to study treatment was not recorded; it counts as {counts}."
    said = inside(str(found))
    if said == counts:
        return f"It was recorded as {said} to study treatment."
    if said in ("y", "n"):
        return f"It was recorded as {counts} to study treatment."
    return f"It was assessed as {counts} to study treatment (recorded: {said})."


def action(event: dict[str, Any]) -> str | None:
    """What was done with study treatment; None where it was not recorded."""
    if not known(event["AEACN"]):
        return None
    recorded = str(event["AEACN"])
    return f"{_ACTIONS.get(recorded, f'Action taken with study treatment: {inside(recorded)}')}."


def outcome(event: dict[str, Any]) -> str:
    """How the event ended, as a verb: "resolved", "was fatal"; or that this was not recorded."""
    if not known(event["AEOUT"]):
        return "has no recorded outcome"
    recorded = str(event["AEOUT"])
    return _OUTCOMES.get(recorded, f"has the outcome “{inside(recorded)}”")


def same_day(event: dict[str, Any]) -> bool:
    """Whether the event ended on the day on which it began, as far as both are known."""
    return bool(known(event.get("ASTDT")) and known(event.get("AENDT")) and event["ASTDT"] == event["AENDT"])


def ended(event: dict[str, Any], spelling: Spelling) -> str:
    """The sentence of the outcome, with the day of the end and how long the event lasted."""
    said = f"It {outcome(event)}"
    if not known(event.get("AEENDTC")):
        return f"{said}."
    begun_partly, partial = is_partial(event.get("AESTDTC")), is_partial(event["AEENDTC"])
    if same_day(event) and str(event["AEOUT"]) in _ENDED and not (begun_partly or partial):
        return f"{said} on the same day."
    when = f"{'in' if partial else 'on'} {spelling.date(str(event['AEENDTC']))}"
    if known(event["AENDY"]) and not partial:
        when += f" (study day {fmt_number(event['AENDY'])})"
    if known(event["AEOUT"]) and str(event["AEOUT"]) not in _ENDED:
        return f"{said}; its end was recorded {when}."
    lasted = ""
    if known(event.get("ADURN")) and str(event["AEOUT"]) != "FATAL" and not (begun_partly or partial):
        lasted = f", after {fmt_number(event['ADURN'])} {'day' if event['ADURN'] == 1 else 'days'}"
    return f"{said} {when}{lasted}."


def in_a_line(book: Book, event: dict[str, Any]) -> str:
    """An event in a list: "hypertension of grade 3 (severe), day 57 to day 92 (36 days), not related, resolved".

    A date that is not whole is told as it was collected: the day that the analysis completed it with is nobody's word.
    """
    definition, spelling = book.definition, book.spelling
    said = [term_inside(str(event["AEDECOD"] if known(event["AEDECOD"]) else event["AETERM"]))]
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
    said.append(outcome(event))
    return ", ".join(said)


def is_partial(collected: object) -> bool:
    """Whether a date was collected without its day."""
    return known(collected) and 0 < len(str(collected)) < len("2021-01-01")


def _as_recorded(definition: StudyDefinition, event: dict[str, Any]) -> str:
    """The relationship in the investigator's word; how it counts in tables is told there."""
    counts = "related to study treatment" if event["AREL"] == "Y" else "not related to study treatment"
    found = event.get(definition.adverse_events.relationship_variable)
    if not known(found):
        return f"relationship to study treatment not recorded, counted as {counts.removesuffix(' to study treatment')}"
    said = inside(str(found))
    if said in ("y", "n"):
        return counts
    return f"{said} to study treatment" if said.endswith("related") else f"relationship to study treatment: {said}"
