"""Forest plot of a compared endpoint: each group's difference from control in each subgroup, and in all.

Not here: the drawing of a forest, and endpoints whose groups are not compared (`forest`).
"""

from __future__ import annotations

from functools import partial

from trial_report import declare
from trial_report.analysis.analyse.efficacy_comparison import COMPARISON, DIFFERENCE, control_of
from trial_report.analysis.analyse.subgroup_comparison import INTERACTION, SUBGROUP, in_subgroups
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.figures._read import percent_level
from trial_report.analysis.display.figures.forest import LEAST, Line, draw_forest
from trial_report.analysis.display.output import Figure, Output
from trial_report.analysis.display.style import label
from trial_report.analysis.display.tables._efficacy import analysed, ask, level_label, levels_shown, of_shown
from trial_report.analysis.results.formatting import MISSING, fmt_interval, p_said
from trial_report.schemas.study import TOTAL
from trial_report.schemas.study.measures import Endpoint


@declare.outputs("fig.forest.compared", after="fig.forest")
def outputs(book: Book) -> list[Output]:
    """A forest plot for every primary endpoint that is compared, of a study that defines subgroups."""
    definition = book.definition
    if not definition.subgroups:
        return []
    return [
        Output(
            id=f"fig.forest.{e.paramcd.lower()}",
            kind="figure",
            number="14.2",
            title=f"{label(e.label, 80)}: difference from control in subgroups",
            **of_shown(book, e, COMPARISON, definition.last_visit(e.visits)),
            make=partial(make, endpoint=e),
        )
        for e in definition.endpoints
        if in_subgroups(e) and _compared(book, e) >= LEAST
    ]


def _compared(book: Book, endpoint: Endpoint) -> float:
    """How many values are compared over all."""
    visit = book.definition.last_visit(endpoint.visits)
    own = [ask(book, COMPARISON, endpoint, visit, group.code) for group in book.definition.groups]
    return sum(at.value("n") or 0 for at in own if at.has("n"))


def make(book: Book, endpoint: Endpoint) -> Figure:
    """The forest plot of one endpoint, from the rows of `eff.subgroup_comparison` and `eff.comparison`."""
    definition = book.definition
    visit = definition.last_visit(endpoint.visits)
    levels = {c.variable: c.levels for c in definition.characteristics}
    lines: list[Line] = []
    keys: list[str] = []
    for one in definition.subgroups:
        lines.append(Line(label(one.label, 60), heading=True))
        for level in levels_shown(book, SUBGROUP, endpoint, one.variable):
            _add(book, endpoint, lines, keys, SUBGROUP, label(level_label(level, levels[one.variable]), 40), level)
        test = ask(book, SUBGROUP, endpoint, visit, TOTAL, f"{one.variable}|{INTERACTION}")
        keys.append(test.key("p"))
        lines.append(Line("Interaction", text="" if test.text("p") == MISSING else p_said(test.text("p"))))
    _add(book, endpoint, lines, keys, COMPARISON, "All", "")
    where = definition.visit(visit).label
    control = next(g.short for g in definition.groups if g.code == control_of(definition, endpoint))
    unit = f" ({endpoint.unit_text})" if endpoint.unit else ""
    drawing = draw_forest(
        lines,
        axis=f"Difference from {control} in the {analysed(endpoint)} at {where}{unit}",
        good=endpoint.benefit,
        interval=percent_level(book),
        what="Difference",
    )
    said = "; ".join(f"{x.name} {f'(n = {x.n}) ' if x.n else ''}{x.text}" for x in lines if not x.heading)
    return Figure(
        drawing,
        alt=f"Difference from {control} in the {analysed(endpoint)} of {endpoint.label} at {where} with "
        f"{percent_level(book)} confidence interval in each subgroup. {said}.",
        notes=(
            "Subgroups are descriptive: intervals are not adjusted for multiplicity. Interaction: treatment by "
            "subgroup. An arrow head: the interval goes on beyond the axis.",
        ),
        keys=tuple(keys),
    )


def _add(
    book: Book, endpoint: Endpoint, lines: list[Line], keys: list[str], analysis: str, name: str, level: str
) -> None:
    """A line for every group beside control, in one subgroup (`level`) or in all; the keys that it shows."""
    definition = book.definition
    control, visit = control_of(definition, endpoint), definition.last_visit(endpoint.visits)
    for group in (g for g in definition.groups if g.code != control):
        own = ask(book, analysis, endpoint, visit, group.code, level or None)
        at = ask(book, analysis, endpoint, visit, group.code, f"{level}|{DIFFERENCE}" if level else DIFFERENCE)
        shown = [own.key("n"), *at.keys("estimate", "ci_low", "ci_high")]
        mean, low, high = (at.value(name) for name in ("estimate", "ci_low", "ci_high"))
        text = at.text("estimate")
        if mean is not None and low is not None:
            text = f"{text} ({fmt_interval(at.text('ci_low'), at.text('ci_high'))})"
        several = len(definition.groups) > 2
        said = f"{name}, {group.short}" if several else name
        lines.append(Line(said, own.text("n"), text, mean, low, high, overall=not level))
        keys += shown
