"""Checks of vocabulary: values that the study definition does not place, and what differs from its words by a slip.

A value that a definition does not name would fall somewhere without a word: to the unrelated, to no row, out of a set.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from schemas.alike import nearest
from schemas.checks.registry import Finding, check
from schemas.domains.tables import Domains
from schemas.domains.unique import among, of_each
from schemas.study import StudyDefinition
from schemas.terms import GRADES, SEVERITIES, UNRELATED


def listed(words: Iterable[str], most: int = 12) -> str:
    """Words as a message prints them."""
    some = list(words)
    more = f", … ({len(some)})" if len(some) > most else ""
    return ", ".join(some[:most]) + more


@check(
    "AE-064",
    "error",
    "A relationship is neither among the related nor among the unrelated of the study definition.",
    "Correct the value, or name it in adverse_events.related or adverse_events.unrelated.",
    uses=("AE",),
)
def relationship_is_placed(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    rule = definition.adverse_events
    name = rule.relationship_variable
    if not domains.has("AE", name):
        return
    value = domains["AE"][name]
    unrelated = among(value, rule.unrelated)
    if not rule.unrelated:
        unrelated = of_each(value, lambda found: found.str.strip().str.upper().isin(UNRELATED), False)
    wrong = value.notna() & ~among(value, rule.related) & ~unrelated
    words = (*rule.related, *(rule.unrelated or ("NOT RELATED", "NONE", "UNLIKELY", "N")))
    near = of_each(value[wrong], lambda found: found.map(lambda text: nearest(text, rule.related)).astype("str"), "")
    expected = ("one of " + listed(words) + near.where(near == "", "; near " + near)).astype("str")
    yield Finding("AE", wrong, name, expected=expected)


@check(
    "AE-063",
    "error",
    "A grade or severity is not one that the study definition, or the scale, has.",
    "Correct the grade, or adverse_events.grade_labels in study.yml.",
    uses=("AE",),
)
def grade_is_placed(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    rule = definition.adverse_events
    if domains.has("AE", rule.grade_variable):
        grade = domains["AE"][rule.grade_variable]
        known = tuple(rule.grade_labels) or (*GRADES, *SEVERITIES)
        wrong = grade.notna() & ~among(grade, known)
        yield Finding("AE", wrong, rule.grade_variable, expected=f"one of {listed(known)}")
