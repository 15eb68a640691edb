"""Sections 11.4.2.8, 11.4.4 and 11.4.5: the primary endpoints in subgroups and by dose, and interactions.

Not here: what was found over all subjects (`efficacy`), and comparison of groups in subgroups, of which tables tell.
"""

from __future__ import annotations

from trial_report.analysis.analyse.subgroups import ALL
from trial_report.analysis.display.answer import Answer
from trial_report.analysis.display.figures.dose import SEQUENTIAL
from trial_report.analysis.display.tables._efficacy import level_label, levels_shown
from trial_report.analysis.results.formatting import join_words
from trial_report.report.cells import kit
from trial_report.report.cells.kit import num
from trial_report.report.cells.pieces import Block
from trial_report.report.prose.columns import group_name, size_columns
from trial_report.report.prose.estimates import found_of, interval, p_value, unit_of
from trial_report.report.prose.words import (
    Inline,
    join,
    led_by,
    lower_first,
    made,
    paragraphs,
    refs,
    say,
    sentences,
)
from trial_report.schemas.study.measures import Endpoint

SUBGROUP, DOSE = "eff.subgroup", "eff.dose"


def subgroups() -> Block:
    """A line a primary endpoint: between which means its subgroups lie; then the tables, and that nothing is tested."""
    shown = made("eff.subgroups", "eff.subgroup_comparison.", "fig.forest.")
    if not shown:
        return paragraphs(say("No subgroup was examined."))
    lines = [said for e in _primary() if (said := _over_subgroups(e)) is not None]
    what = "Differences between groups" if made("eff.subgroup_comparison.") else "Changes"
    lead = say(f"{what} by subgroup are in {{}}; they are descriptive, and no subgroup was tested against another.",
               refs(shown))  # fmt: skip
    if made("eff.subgroup_comparison."):
        lead = say(f"{what} by subgroup are in {{}}; they are descriptive.", refs(shown))
    return led_by(lead, lines) if lines else paragraphs(lead)


def _primary() -> list[Endpoint]:
    return [e for e in kit.book().definition.endpoints if e.role == "primary" and e.kind == "numeric"]


def _over_subgroups(endpoint: Endpoint) -> Inline | None:
    """ "Pain at Visit 5: the mean lay between −31.0 mm (age: below 65 years; n = 5) and …, against −23.9 mm in all"."""
    book = kit.book()
    definition = book.definition
    if endpoint.comparison != "none":
        return None
    visit, column = definition.last_visit(endpoint.visits), size_columns(definition)[0]
    labels = {c.variable: c.levels for c in definition.characteristics}
    found: list[tuple[float, str, Answer]] = []
    for subgroup in definition.subgroups:
        for level in levels_shown(book, SUBGROUP, endpoint, subgroup.variable):
            at = found_of(endpoint, visit, SUBGROUP, level, column)
            if (at.value("n") or 0) >= definition.inference_from and at.known("mean"):
                value = level_label(level, labels[subgroup.variable])
                found.append((at.value("mean") or 0.0, f"{lower_first(subgroup.label)}: {lower_first(value)}", at))
    whole = found_of(endpoint, visit, SUBGROUP, ALL, column)
    if len(found) < 2 or not whole.known("mean"):
        return None
    found.sort(key=lambda one: (one[0], one[1]))
    least, most = found[0], found[-1]
    unit = unit_of(endpoint)
    form = (
        "{} at {}: the mean lay between {}" + unit + " ({}; {}; n\u00a0=\u00a0{}) and {}" + unit
        + " ({}; {}; n\u00a0=\u00a0{}) in subgroups of {} or more, against {}" + unit + " in all."
    )  # fmt: skip
    who = f"{definition.inference_from} {definition.study.subjects}"
    ends = [(num(at, "mean"), words, _limited(at), num(at, "n")) for _, words, at in (least, most)]
    return say(form, endpoint.label, definition.visit(visit).label, *ends[0], *ends[1], who, num(whole, "mean"))


def _limited(at: Answer) -> Inline:
    return interval(at) if at.known("ci_low") else say("no interval")


def dose_response() -> Block:
    """The primary endpoints in each treatment group at the last visit, and what was tested of a relation to dose."""
    definition = kit.book().definition
    shown = made("eff.dose", "fig.dose.")
    if len(definition.groups) == 1:
        return paragraphs(say("The study had one treatment group."))
    if not shown:
        return paragraphs(say("No endpoint is defined whose change could be shown by treatment group."))
    lines = [said for e in _primary() if (said := _by_group(e)) is not None]
    lead = say("Changes by treatment group are in {}; they are descriptive.", refs(shown))
    after = [_relation(), _concentration()]
    return (led_by(lead, lines) if lines else paragraphs(lead)) + paragraphs(sentences(*after))


def _by_group(endpoint: Endpoint) -> Inline | None:
    """ "Pain at Visit 5: −25.0 mm (n = 3) with dose level 1, …"."""
    definition = kit.book().definition
    visit = definition.last_visit(endpoint.visits)
    said = []
    for group in definition.groups:
        at = found_of(endpoint, visit, DOSE, None, group.code)
        if not at.known("mean"):
            continue
        known = say("n\u00a0=\u00a0{}", num(at, "n"))
        if at.known("ci_low"):
            known = say("{}; {}", interval(at), known)
        said.append(say("{}" + unit_of(endpoint) + " ({}) with {}", num(at, "mean"), known, group_name(group.code)))
    if not said:
        return None
    what = "mean change" if endpoint.measure == "change" else "mean"
    return say("{}, {} at {}: {}.", endpoint.label, what, definition.visit(visit).label, join(said))


def _relation() -> Inline:
    """What was tested of a relation of dose and response; and what stands against reading one from these means."""
    definition = kit.book().definition
    tests = []
    for endpoint in definition.endpoints:
        at = found_of(endpoint, definition.last_visit(endpoint.visits), DOSE)
        if endpoint.dose_response == "kruskal_wallis" and at.known("p"):
            tests.append(say("{} p\u00a0{}", endpoint.name, p_value(at)))
    said = [say("Kruskal–Wallis test of any difference between groups: {}.", join(tests))] if tests else []
    trends = [e.name for e in definition.endpoints if e.dose_trend]
    if trends:
        said.append(say("The trend in dose of {} is told with the endpoint in 11.4.1.", join_words(trends)))
    if not said:
        said.append(say("No relation of dose and response was modeled or tested."))
    if definition.escalation is not None:
        said.append(say("{}", SEQUENTIAL))
    return sentences(*said)


def _concentration() -> Inline:
    """Whether concentrations could be set beside the response."""
    if any(name in kit.book().domains for name in ("PC", "PP")):
        return say("Concentrations were delivered, and their relation to the response was not analyzed.")
    return say("No concentrations are in the data, so that none could be related to the response.")


def interactions() -> Inline:
    """That interactions were not analysed, and what in the report bears on them."""
    definition = kit.book().definition
    if not definition.endpoints:
        return say("Not applicable: no endpoint of efficacy is analyzed.")
    medication, shown = made("cm.concomitant.table"), made("eff.subgroups", "eff.subgroup_comparison.")
    disease = [lower_first(s.label) for s in definition.subgroups if _is_disease(s.variable)]
    return sentences(
        say("Not analyzed: no analysis of interactions between drugs, or of drug and disease, was planned."),
        say("Concomitant medication is in {}.", refs(medication)) if medication else None,
        say("Changes by {} are in {}.", join_words(disease), refs(shown))
        if disease and shown
        else None,
    )  # fmt: skip


def _is_disease(variable: str) -> bool:
    return any(c.variable == variable and c.section == "disease" for c in kit.book().definition.characteristics)
