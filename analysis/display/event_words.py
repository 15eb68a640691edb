"""An adverse event in words, as a physician would tell it; and when one is treatment-emergent, said in one way.

Not here: the scale of severity (`severity`), an event in a line of a list (`event_line`), whole narratives
(`narratives`).
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from trial_report.analysis.display.severity import named, worded
from trial_report.analysis.display.spelling import Spelling, small_first
from trial_report.analysis.display.tables._grid import inside, sentence
from trial_report.analysis.results.formatting import fmt_number
from trial_report.schemas.study import StudyDefinition

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


def term(event: dict[str, Any]) -> str:
    """The preferred term of an event as it was coded; where it was not, what was reported."""
    return str(event["AEDECOD"] if known(event["AEDECOD"]) else event["AETERM"])


def counted_as(event: dict[str, Any]) -> str:
    """How the relationship of an event counts in tables: "related" or "not related"."""
    return "related" if event["AREL"] == "Y" else "not related"


def relation(definition: StudyDefinition, event: dict[str, Any]) -> str:
    """The relationship in the investigator's own word; how it counts in tables where that word does not say it."""
    counts = counted_as(event)
    found = event.get(definition.adverse_events.relationship_variable)
    if not known(found):
        return f"Its relationship to study treatment was not recorded; it counts as {counts}."
    said = inside(str(found))
    if said in ("y", "n"):
        return f"The event was recorded as {counts} to study treatment."
    if said.endswith("related"):
        return f"The event was assessed as {said} to study treatment."
    return f"Its relationship to study treatment was recorded as “{said}” (counted as {counts})."


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


def ended(event: dict[str, Any], spelling: Spelling, under: str = "") -> str:
    """The sentence of the outcome, with the day of the end and how long the event lasted.

    `under`: what is added of an event that did not go on without treatment, as "while amlodipine was continued".
    """
    return f"{_ended(event, spelling)[:-1]}{', ' if under else ''}{under}."


def _ended(event: dict[str, Any], spelling: Spelling) -> str:
    said = f"The event {outcome(event)}"
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


def is_partial(collected: object) -> bool:
    """Whether a date was collected without its day."""
    return known(collected) and 0 < len(str(collected)) < len("2021-01-01")
