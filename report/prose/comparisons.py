"""Sentences of endpoints whose groups are compared: what each group had, and its difference from control.

Not here: what is decided on the differences (`decisions`).
"""

from __future__ import annotations

from functools import partial

from trial_report.analysis.analyse.efficacy_comparison import COMPARISON, DIFFERENCE, TREND
from trial_report.analysis.analyse.efficacy_proportions import PROPORTION
from trial_report.analysis.display.answer import Answer
from trial_report.report.cells import kit
from trial_report.report.cells.kit import num
from trial_report.report.prose.columns import group_name, told
from trial_report.report.prose.estimates import (
    at_visit,
    estimate_of,
    found_of,
    limits,
    mean_of,
    p_value,
    visits_told,
)
from trial_report.report.prose.words import (
    Inline,
    lower_first,
    say,
    sentences,
    worded,
)
from trial_report.schemas.study.measures import Endpoint


def compared(endpoint: Endpoint, inside: bool = False, analysis: str = COMPARISON) -> Inline:
    """Each group's adjusted mean and its difference from control: a sentence a tested visit, or the last."""
    if endpoint.kind == "binary":
        return _compared_proportions(endpoint, inside, PROPORTION if analysis == COMPARISON else analysis)
    book = kit.book()
    groups = book.definition.groups
    control = endpoint.control or groups[0].code
    said: list[Inline] = []
    for visit in visits_told(endpoint, inside):
        mean, difference = found_of(endpoint, visit, analysis), found_of(endpoint, visit, analysis, DIFFERENCE)
        means = [g.code for g in groups if mean.at(group=g.code).known("estimate")]
        others = [g.code for g in groups if g.code != control and difference.at(group=g.code).known("estimate")]
        if not others:
            form = "{} a difference from {} could not be estimated."
            said.append(say(form, at_visit(visit, inside), group_name(control)))
            continue
        said.append(
            say(
                "{} the {} was {}; the difference from {} was {}.",
                at_visit(visit, inside),
                f"least-squares mean{' change from baseline' if endpoint.measure == 'change' else ''}",
                told(partial(mean_of, endpoint, mean, "estimate"), means),
                group_name(control),
                told(partial(estimate_of, endpoint, difference), others),
            )
        )
        trend = mean.at(level=TREND)
        if endpoint.dose_trend and trend.known("p"):
            said.append(say("The test of a trend in dose gave p\u00a0{}.", p_value(trend)))
    return sentences(*said)


def _compared_proportions(endpoint: Endpoint, inside: bool, analysis: str) -> Inline:
    """How many of each group, and the difference from control: a sentence a tested visit, or the last."""
    definition = kit.book().definition
    said: list[Inline] = []
    name = "it" if inside else lower_first(endpoint.label)
    for visit in visits_told(endpoint, inside):
        counts = told(partial(counted_of, found_of(endpoint, visit, analysis)), [g.code for g in definition.groups])
        said.append(say("{} {} was recorded in {}.", at_visit(visit, inside), name, counts))
        said.append(difference_of_proportions(endpoint, visit, analysis))
    return sentences(*said)


def counted_of(asked: Answer, code: str, first: bool = False) -> Inline:
    """ "3 of 12 patients" of a proportion in a group, "none of 12"; of nobody with a value "nobody with a value"."""
    at = asked.at(group=code)
    who = f" {kit.book().definition.study.subjects}" if first else ""
    if not at.value("with_value"):
        return say("nobody with a value")
    count = num(at, "n") if at.value("n") else worded(at, "n", "none")
    return say("{} of {}" + who, count, num(at, "with_value"))


def difference_of_proportions(
    endpoint: Endpoint, visit: str, analysis: str = PROPORTION, before: str = "", inside: bool = False
) -> Inline:
    """The difference of each group from control in percentage points, of responders where `before` names them."""
    definition = kit.book().definition
    control = endpoint.control or definition.groups[0].code
    asked = found_of(endpoint, visit, analysis, f"{before}{DIFFERENCE}")
    known = [g.code for g in definition.groups if g.code != control and asked.at(group=g.code).known("estimate")]
    if not known:
        form = "{} difference from {} could not be estimated."
        return say(form, "a" if inside else "A", group_name(control))

    def one(code: str, _: bool) -> Inline:
        at = asked.at(group=code)
        points = say("{} percentage points", num(at, "estimate"))
        if not at.known("ci_low"):
            return points
        return say("{} ({})", points, limits(at))

    return say("{} difference from {} was {}.", "the" if inside else "The", group_name(control), told(one, known))
