"""Sections 11.4.3 to 11.4.6 and 13: who responded, by dose and by patient, and what the publication says.

Not here: values and tests by endpoint (`efficacy`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from trial_report.analysis.analyse.efficacy_proportions import RESPONDER
from trial_report.analysis.analyse.responders import ALL_OF_SET
from trial_report.analysis.display.answer import Answer
from trial_report.analysis.methods.result import percent
from trial_report.analysis.results.formatting import join_words
from trial_report.report.cells import kit
from trial_report.report.cells.kit import num
from trial_report.report.cells.pieces import Mixed
from trial_report.report.prose.columns import in_all, outcome_columns, told
from trial_report.report.prose.comparisons import difference_of_proportions
from trial_report.report.prose.words import (
    Block,
    Inline,
    ask,
    cited,
    join,
    led_by,
    lower_first,
    made,
    paragraphs,
    ref,
    refs,
    say,
    sentences,
    shown_if,
    upper_first,
)
from trial_report.schemas.study.measures import Endpoint


def responders() -> Block:
    """Responders of each endpoint that defines them: a line an endpoint, at its visits, and how the missing count."""
    book = kit.book()
    ruled = [e for e in book.definition.endpoints if e.responder is not None and _visits(e)]
    if not ruled:
        return paragraphs(say("No response was defined for this study."))
    drawn = made("fig.waterfall.")
    compared = [difference for e in ruled if (difference := _difference(e)) is not None]
    lead = say(
        "Responders at the visits at which the endpoint was measured, with exact {} limits ({}):",
        percent(book.definition.confidence_level),
        ref("eff.responders"),
    )
    after = sentences(
        _counting(ruled),
        *compared,
        say("See {}.", ref("eff.proportions")) if compared else None,
        say("{} the change of each {}.", say("{} " + ("shows" if len(drawn) == 1 else "show"), refs(drawn)),
            book.definition.study.subject) if drawn else None,
    )  # fmt: skip
    return led_by(lead, [_responded(e) for e in ruled]) + paragraphs(after)


def _visits(endpoint: Endpoint) -> list[str]:
    """The visits after baseline at which responders were counted; of several groups the tested ones alone."""
    codes = outcome_columns(kit.book().definition)
    wanted = [v.id for v in kit.book().definition.follow_up_visits if len(codes) == 1 or v.id in endpoint.visits]
    return [v for v in wanted if _asked(endpoint, v).at(group=codes[0]).has("n")]


def _asked(endpoint: Endpoint, visit: str, level: str | None = None) -> Answer:
    return ask("eff.responder", endpoint.analysis_set, endpoint.paramcd, visit=visit, level=level)


def _responded(endpoint: Endpoint) -> Inline:
    """ "Reduction by 30% or more: 13 of 19 patients (68.4%; 43.4% to 87.4%) at Visit 5.", and with the missing."""
    definition, rule = kit.book().definition, endpoint.responder
    between = ", " if len(outcome_columns(definition)) == 1 else "; "
    said = [
        say(
            "{} at {}",
            told(partial(_responding, _asked(endpoint, visit), noun=not place)),
            definition.visit(visit).label,
        )
        for place, visit in enumerate(_visits(endpoint))
    ]
    whole = say("{}: {}.", upper_first(rule.label if rule else ""), join(said, between=between))
    return sentences(whole, _with_missing(endpoint))


def _with_missing(endpoint: Endpoint) -> Inline | None:
    """The count at the last tested visit of all in the set, where the missing count as not responding."""
    definition = kit.book().definition
    visit = definition.last_visit(endpoint.visits)
    asked, observed, codes = _asked(endpoint, visit, ALL_OF_SET), _asked(endpoint, visit), outcome_columns(definition)
    if not asked.at(group=codes[0]).has("n") or in_all(asked, "N", codes) == in_all(observed, "with_value", codes):
        return None
    form = "With missing values counted as non-response: {} at {}."
    return say(form, told(partial(_responding, asked, of="N", noun=False)), definition.visit(visit).label)


def _counting(ruled: Sequence[Endpoint]) -> Inline:
    """How who is missing counts."""
    words = kit.book().definition.study
    counted = f"Percentages are of the {words.subjects} in whom the definition can be applied at the visit"
    lacking = f"a {words.subject} without a value there, or without a baseline where one is needed, "
    told_all = [e for e in ruled if e.responder and e.responder.missing_is_non_responder]
    if not told_all:
        return say(f"{counted}; {lacking}is not counted.")
    whose = "" if len(told_all) == len(ruled) else f" of {join_words(lower_first(e.name) for e in told_all)}"
    return say(
        f"{counted}. Non-responder imputation{whose} takes all {words.subjects} of the set as the denominator; "
        f"{lacking}counts as not responding."
    )


def _difference(endpoint: Endpoint) -> Inline | None:
    """The difference of responders from control at the last tested visit, where the groups are compared."""
    definition, rule = kit.book().definition, endpoint.responder
    if endpoint.comparison != "ancova" or rule is None:
        return None
    visit = definition.last_visit(endpoint.visits)
    difference = difference_of_proportions(endpoint, visit, before=f"{RESPONDER}|", inside=True)
    return say("{} at {}: {}", rule.label, definition.visit(visit).label, difference)


def _responding(asked: Answer, code: str, first: bool, of: str = "with_value", noun: bool = True) -> Inline:
    at = asked.at(group=code)
    who = f" {kit.book().definition.study.subjects}" if first and noun else ""
    if not at.value(of):
        return say("{} of {}" + who, num(at, "n"), num(at, of))
    form = "{} of {}" + who + " ({}%; {}% to {}%)"
    return say(form, num(at, "n"), num(at, of), num(at, "pct"), num(at, "pct_low"), num(at, "pct_high"))


def by_patient() -> Inline:
    """Where individual values are shown."""
    definition = kit.book().definition
    listings, profiles = made("lst.efficacy."), made("fig.patient.")
    if not listings and not profiles:
        return say("The study has no endpoint whose values could be listed.")
    return sentences(
        say("Individual values and changes are listed in {}.", refs(listings)) if listings else None,
        say("{} show the course of each {}.", refs(profiles), definition.study.subject) if profiles else None,
    )


def publication() -> Block | Mixed:
    """The published statements beside what this report computed; nothing without a publication."""
    book = kit.book()
    if book.definition.publication is None or "claims.table" not in book.outputs:
        return Block("", "")
    words = say("{} sets each statement of the publication beside what this report computed", ref("claims.table"))
    return cited(words, book.definition.publication.citation, ".") + shown_if("claims.table")
