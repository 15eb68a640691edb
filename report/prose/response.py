"""Sections 11.4.3 to 11.4.6 and 13: who responded, by dose and by patient, and what the publication says.

Not here: values and tests by endpoint (`efficacy`).
"""

from __future__ import annotations

from functools import partial

from trial_report.analysis.analyse.efficacy_proportions import RESPONDER
from trial_report.analysis.display.answer import Answer
from trial_report.report.cells import kit
from trial_report.report.cells.kit import num
from trial_report.report.cells.pieces import Mixed
from trial_report.report.prose.columns import outcome_columns, told
from trial_report.report.prose.comparisons import difference_of_proportions
from trial_report.report.prose.words import (
    Block,
    Inline,
    ask,
    cited,
    join,
    lower_first,
    made,
    ref,
    refs,
    say,
    sentences,
    shown_if,
)


def responders() -> Inline:
    """Responders of each endpoint that defines them, at its last tested visit."""
    book = kit.book()
    said, differences = [], []
    for endpoint in book.definition.endpoints:
        if endpoint.responder is None:
            continue
        visit = book.definition.last_visit(endpoint.visits)
        asked = ask("eff.responder", endpoint.analysis_set, endpoint.paramcd, visit=visit)
        if asked.at(group=outcome_columns(book.definition)[0]).has("n"):
            rule, where = lower_first(endpoint.responder.label), book.definition.visit(visit).label
            said.append(say("{} in {} at {}", rule, told(partial(_responding, asked)), where))
        if endpoint.comparison == "ancova":
            difference = difference_of_proportions(endpoint, visit, before=f"{RESPONDER}|", inside=True)
            where = book.definition.visit(visit).label
            differences.append(say("{} at {}: {}", endpoint.responder.label, where, difference))
    if not said:
        return say("No definition of response was made for this study.")
    drawn = made("fig.waterfall.")
    return sentences(
        say("Responders: {} ({}).", join(said, last="; ", between="; "),
            ref("eff.responders")),
        *differences,
        say("See {}.", ref("eff.proportions")) if differences else None,
        say("{} the change of each {}.", say("{} " + ("shows" if len(drawn) == 1 else "show"), refs(drawn)),
            book.definition.study.subject) if drawn else None,
    )  # fmt: skip


def _responding(asked: Answer, code: str, first: bool) -> Inline:
    at = asked.at(group=code)
    who = f" {kit.book().definition.study.subjects}" if first else ""
    if not at.value("with_value"):
        return say("{} of {}" + who, num(at, "n"), num(at, "with_value"))
    return say("{} of {}" + who + " ({}%)", num(at, "n"), num(at, "with_value"), num(at, "pct"))


def dose_response() -> Inline:
    """Where the endpoints are shown by treatment group."""
    shown = made("eff.dose", "fig.dose.")
    if len(kit.book().definition.groups) == 1:
        return say("The study had one treatment group.")
    if not shown:
        return say("No endpoint is defined whose change could be shown by treatment group.")
    return say("Changes by treatment group are in {}; they are descriptive.", refs(shown))


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
