"""A time to event in words: where it starts, and where it ends without the event.

Not here: times and censoring of subjects (`derive.adtte`), and the estimates (`methods.survival`).
"""

from __future__ import annotations

from trial_report.analysis.results.formatting import fmt_number
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.analysis import Origin, Survival

STARTS: dict[Origin, str] = {
    "randomisation": "randomisation",
    "first_dose": "first dose",
    "enrolment": "enrolment",
}
"""The start of time as it stands after "from"."""

START_RULES: dict[Origin, str] = {
    "randomisation": "the protocol milestone RANDOMIZED of DS; where none is recorded RFSTDTC, or else the first dose",
    "enrolment": "the protocol milestone ENROLLED or ENTERED INTO TRIAL of DS; where none is recorded consent, "
    "or else randomisation",
}
"""The day that a start is, where a record of its own may be missing."""

LAST_CONTACT = (
    "Last contact: the last whole date, up to the data cut-off, of consent, demographics (DMDTC, RFSTDTC, RFXSTDTC, "
    "RFXENDTC), visits, administrations, findings, adverse events (start and end) and disposition, but for the day on "
    "which a loss to follow-up was recorded; for those who died, the day of death."
)


def start(definition: StudyDefinition, survival: Survival) -> str:
    """Where the time of an endpoint starts: "randomisation", "first dose" or "enrolment"."""
    return STARTS[definition.origin(survival)]


def censoring(definition: StudyDefinition, survival: Survival) -> str:
    """The end of the time of who had not the event, after "censored at"."""
    rule, who = survival.censoring, definition.study.subjects
    match rule.at:
        case "last_contact":
            said = "the last contact"
        case "last_assessment":
            said = f"the last assessment in {rule.domain} from the start on, or at the start where there is none"
        case "end_of_treatment":
            days = f"{fmt_number(rule.days)} days after the last dose" if rule.days else "the last dose"
            said = f"{days}, or at the last contact where that is earlier (later events do not count; {who} never "
            said += "treated are censored at the start)"
        case "data_cutoff":
            said = "the data cut-off"
    return said if survival.death_is_event else f"{said}; at death where that is earlier"


def rule_of(definition: StudyDefinition, survival: Survival) -> str:
    """Start, unit and censoring of an endpoint, after a colon."""
    begun = start(definition, survival)
    return (
        f"days from {begun} (day 1) to the event, both counted. "
        f"Without the event, censored at {censoring(definition, survival)}."
    )
