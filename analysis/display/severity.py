"""How severe an adverse event was, as the study says it: in grades ("grade 3 (severe)") or in words ("severe").

Not here: other words for an event (`event_words`), and which event is severe, which is derived (`derive.adae`).
"""

from __future__ import annotations

from collections.abc import Mapping

from trial_report.analysis.analyse.adverse_events.events import grades
from trial_report.analysis.results.formatting import join_words
from trial_report.schemas.study import StudyDefinition

CDISC: Mapping[int, str] = {1: "Mild", 2: "Moderate", 3: "Severe"}
"""The words of CDISC's severity scale (AESEV), where the definition has no words of its own."""


def worded(definition: StudyDefinition) -> bool:
    """Whether events are not graded by numbers, but called mild, moderate, severe."""
    rules = definition.adverse_events
    if rules.grade_labels:
        return not any(code.isdigit() for code in rules.grade_labels)
    return rules.grade_variable.endswith("SEV")


def scale(definition: StudyDefinition) -> dict[int, str]:
    """The words of a scale in words by their place; empty for grades."""
    if not worded(definition):
        return {}
    return grades(definition) if definition.adverse_events.grade_labels else dict(CDISC)


def word(definition: StudyDefinition) -> str:
    """What the scale is called."""
    return "severity" if worded(definition) else "grade"


def named(definition: StudyDefinition, grade: int) -> str:
    """A grade as it stands alone: "Grade 3 (severe)", or "Severe"."""
    if worded(definition):
        return scale(definition).get(grade, f"Grade {grade}")
    text = definition.adverse_events.grade_labels.get(str(grade), "")
    return f"Grade {grade} ({text.lower()})" if text else f"Grade {grade}"


def short(definition: StudyDefinition, grade: int) -> str:
    """A grade where there is little room: "grade 3", or "severe"."""
    return scale(definition).get(grade, f"grade {grade}").lower()


def severe(definition: StudyDefinition) -> str:
    """The words of the scale from which events count as severe on, such as "moderate or severe"; empty for grades."""
    return _words(definition, severe=True)


def below(definition: StudyDefinition) -> str:
    """The words below that; empty for grades."""
    return _words(definition, severe=False)


def graded_with(definition: StudyDefinition) -> str:
    """The sentence about the scale."""
    return f"{'Severity:' if worded(definition) else 'Graded with'} {definition.adverse_events.grading}."


def computed_after(definition: StudyDefinition) -> str:
    """What grades of measurements follow: a scale of words has none for them, only the definition's own limits."""
    own = "by the limits of the study's definition"
    return own if worded(definition) else f"after {definition.adverse_events.grading}"


def _words(definition: StudyDefinition, *, severe: bool) -> str:
    least = definition.adverse_events.severe_from
    return join_words([text.lower() for n, text in scale(definition).items() if (n >= least) is severe], "or")
