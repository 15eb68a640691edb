"""How an estimate of an endpoint is said: value and unit, interval, p-value, visit.

Not here: the sentences that hold them (`efficacy`, `comparisons`).
"""

from __future__ import annotations

from trial_report.analysis.display.answer import Answer
from trial_report.report.cells import kit
from trial_report.report.cells.kit import num
from trial_report.report.prose.columns import in_all, size_columns
from trial_report.report.prose.words import Inline, ask, level_text, say
from trial_report.schemas.study import TOTAL
from trial_report.schemas.study.measures import Endpoint

UNTESTED = ("not tested", "descriptive")
"""Verdicts on which, beside a procedure, no p-value is quoted: it would be read as a test."""


def found_of(
    endpoint: Endpoint, visit: str, analysis: str = "eff.test", level: str | None = None, group: str = TOTAL
) -> Answer:
    """What the results say of an endpoint at a visit, in its own analysis set."""
    return ask(analysis, endpoint.analysis_set, endpoint.paramcd, visit=visit, level=level, group=group)


def unit_of(endpoint: Endpoint) -> str:
    """The unit behind a number; nothing of a ratio."""
    return f"\u00a0{endpoint.unit_text}" if endpoint.unit and endpoint.unit != "ratio" else ""


def visits_told(endpoint: Endpoint, inside: bool) -> tuple[str, ...]:
    """The tested visits; in the synopsis the last alone."""
    return (kit.book().definition.last_visit(endpoint.visits),) if inside else endpoint.visits


def what_of(endpoint: Endpoint) -> str:
    """What the estimate of an endpoint is called, which its first test decides."""
    return "mean change" if endpoint.test == "paired_t" else "Hodges–Lehmann estimate of the change"


def at_visit(visit: str, inside: bool = False) -> str:
    """ "At Visit 4," as a sentence begins; inside another with a small letter."""
    return f"{'at' if inside else 'At'} {kit.book().definition.visit(visit).label},"


def mean_of(endpoint: Endpoint, asked: Answer, statistic: str, code: str, _: bool) -> Inline:
    """A statistic of a column with its unit."""
    return num(asked.at(group=code), statistic) + unit_of(endpoint)


def estimate_of(endpoint: Endpoint, asked: Answer, code: str, _: bool) -> Inline:
    """An estimate of a column with its unit, interval and p-value."""
    at = asked.at(group=code)
    return say("{}" + unit_of(endpoint) + " ({})", num(at, "estimate"), limits(at))


def interval(at: Answer) -> Inline:
    """ "95% CI −3.1 to −1.0" of an estimate."""
    return say("{} {} to {}", level_text(), num(at, "ci_low"), num(at, "ci_high"))


def limits(at: Answer) -> Inline:
    """ "95% CI −3.1 to −1.0; p = 0.0123" of an estimate; p of what a procedure tested alone.

    Of a procedure that nobody laid down beforehand the p-value is called exploratory.
    """
    plan = kit.book().definition.multiplicity
    untested = at.has("decision") and at.row("decision")["text"] in UNTESTED
    if untested and plan.procedure != "none":
        return interval(at)
    if plan.prespecified:
        return say("{}; p\u00a0{}", interval(at), p_value(at))
    if plan.procedure == "none" or not at.has("decision"):
        return interval(at)
    return say("{}; exploratory p\u00a0{}", interval(at), p_value(at))


def p_value(at: Answer) -> Inline:
    """A p-value with its sign of relation, on one line: "= 0.0123" or "<0.0001"."""
    return num(at, "p") if at.text("p")[:1] in "<>" else say("=\u00a0{}", num(at, "p"))


def value_of(endpoint: Endpoint, visit: str, group: str = TOTAL) -> Answer:
    """What the results say of an endpoint's value at a visit."""
    return found_of(endpoint, visit, "eff.by_visit", "AVAL", group)


def without_baseline(endpoint: Endpoint) -> bool:
    """Whether nobody has a value before the first dose, as of a score that is itself a change."""
    definition = kit.book().definition
    return in_all(value_of(endpoint, definition.baseline_visit.id), "n", size_columns(definition)) == 0
