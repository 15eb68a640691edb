"""Design of the study: the dose levels with the rule that leads through them, and the visits with their windows.

Not here: what happened by that design (`escalation`, `flow`), and the schedule as a table (`tables.plan`).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing
from matplotlib.patches import Rectangle

from trial_report import declare
from trial_report.analysis.analyse.escalation import design_of
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.counted import plan
from trial_report.analysis.display.figures._boxes import Box, Placed, arrow, draw_box
from trial_report.analysis.display.figures._sheet import SMALL, canvas, height_of, width_of
from trial_report.analysis.display.figures._visits import visit_axis
from trial_report.analysis.display.output import Figure
from trial_report.analysis.display.style import BAD, INK, MUTED, PALETTE, PORTRAIT_WIDTH, label
from trial_report.analysis.results.formatting import fmt_number
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.design import Escalation, Visit

GAP, EDGE = 0.3, 0.06
NARROWEST = 1.0
"""Width of a box, in inches, from which boxes stand in several rows."""

RULES = (
    "No DLT in 3 evaluable patients: the next dose level.",
    "1 DLT in 3: 3 more patients at the same level; 1 DLT in 6: the next level.",
    "2 or more DLTs: no more patients at this level or above.",
)
CONFIRMING = (
    *RULES[:2],
    "2 or more DLTs: no more patients at this level or above; 3 more at the level below if it has only 3.",
    "Highest level without 2 DLTs: 6 patients before it is taken to be tolerated.",
)
"""The rules where six patients are treated at a dose before it is declared."""


def draw_design(
    steps: Sequence[tuple[str, Sequence[str]]],
    rules: Sequence[str],
    visits: Sequence[Visit],
    dlt_day: int | None,
    *,
    successive: bool = True,
) -> Drawing:
    """The drawing. `steps`: heading and lines of the boxes from left to right, `rules` the lines under them.

    Arrows lead from box to box where steps are `successive`, as dose levels are and parallel groups are not.
    `visits` stand under them along time with the protocol's windows as bars; up to `dlt_day` (days since first dose)
    the DLT window is marked.
    """
    across = min(max(len(steps), 1), int((PORTRAIT_WIDTH - 2 * EDGE + GAP) // (NARROWEST + GAP)))
    down = -(-len(steps) // across)
    width = (PORTRAIT_WIDTH - 2 * EDGE - GAP * (across - 1)) / across
    boxes = [Box(head, tuple(lines), width, "#E8EDF2") for head, lines in steps]
    one = max((b.height for b in boxes), default=0.0)
    high = down * one + max(down - 1, 0) * GAP
    said = height_of(len(rules)) + 0.16 if rules else 0.06
    room = PORTRAIT_WIDTH - 0.9
    ticks = visit_axis(visits, room)
    below = ticks.height + 0.36
    figure, axes = canvas(PORTRAIT_WIDTH, EDGE + high + said + 0.55 + below)
    top = figure.get_size_inches()[1] - EDGE
    placed = [
        draw_box(axes, box, EDGE + n % across * (width + GAP), top - n // across * (one + GAP), one)
        for n, box in enumerate(boxes)
    ]
    for before, after in pairwise(placed) if successive else ():
        _lead(axes, before, after)
    if rules:
        axes.text(EDGE, top - high - 0.1, "\n".join(rules), va="top", fontsize=SMALL, linespacing=1.0, color=INK)
    if visits:
        _timeline(axes, visits, below, 0.45, room, dlt_day)
    return figure


def _lead(axes: Axes, before: Placed, after: Placed) -> None:
    """An arrow to the next box: beside it, or at the beginning of the next row."""
    if after.left > before.left:
        arrow(axes, [(before.right, before.middle), (after.left, after.middle)])
        return
    level = (before.bottom + after.top) / 2
    turns = [(before.centre, before.bottom), (before.centre, level), (after.centre, level), (after.centre, after.top)]
    arrow(axes, turns)


def _timeline(axes: Axes, visits: Sequence[Visit], level: float, left: float, room: float, dlt_day: int | None) -> None:
    """Visits along a line at that height, in proportion to time where their labels have room."""
    ticks = visit_axis(visits, room)
    places = list(ticks.at.values())
    span = (places[-1] - places[0]) or 1.0
    inch = room / span

    def across(place: float) -> float:
        return left + (place - places[0]) * inch

    axes.plot([left - 0.2, left + room + 0.25], [level, level], color=MUTED, lw=1.2, zorder=1)
    if ticks.in_proportion:
        for window in (v.window for v in visits if v.window):
            first, last = (d - (d > 0) for d in window)
            start, end = max(across(first), 0.1), min(across(last), PORTRAIT_WIDTH - 0.1)
            corner, wide = (start, level - 0.05), max(end - start, 0.02)
            axes.add_patch(Rectangle(corner, wide, 0.1, color=PALETTE[4], lw=0, zorder=2))
        if dlt_day is not None and places[0] <= dlt_day <= places[-1]:
            axes.plot([across(0), across(dlt_day)], [level + 0.17] * 2, color=BAD, lw=2.2, solid_capstyle="butt")
            words = f"DLT window, {fmt_number(dlt_day)} days"
            at = max((across(0) + across(dlt_day)) / 2, width_of(words) / 2 + 0.06)
            axes.text(at, level + 0.3, words, ha="center", va="center", fontsize=SMALL, color=BAD)
    xs = [across(p) for p in places]
    axes.plot(xs, [level] * len(xs), ls="none", marker="o", ms=4.5, color=INK, zorder=3)
    for x, name in zip(xs, ticks.labels, strict=True):
        if name:
            axes.text(
                x, level - 0.12, name, ha="center", va="top", fontsize=SMALL, linespacing=1.0,
                rotation=90 if ticks.rotated else 0,
            )  # fmt: skip
    words = "Visits (bars: their windows)" if ticks.in_proportion else "Visits (at equal distances)"
    axes.text(PORTRAIT_WIDTH - EDGE, 0.1, words, ha="right", va="center", fontsize=SMALL, color=MUTED)


@declare.figure("fig.design", number="9.1", title="Design of the study", nobody=plan)
def make(book: Book) -> Figure:
    """The diagram, from the study's definition alone."""
    definition = book.definition
    escalation = definition.escalation
    steps: list[tuple[str, Sequence[str]]] = []
    phases = {p.code: p for p in definition.phases.levels} if definition.phases else {}
    for group in definition.groups:
        first = phases[escalation.phase].label if escalation and escalation.phase in phases else ""
        steps.append((label(group.label, 60), (first,) if first else ()))
    if escalation is not None:
        later = [p.label for p in phases.values() if p.role == "expansion"]
        steps += [(label(name, 60), ("at the maximum tolerated dose, or the highest tested",)) for name in later]
    drawing = draw_design(
        steps,
        _rules(definition),
        definition.visits,
        escalation.dlt_window_days if escalation is not None else None,
        successive=escalation is not None,
    )
    names = "; ".join(head for head, _ in steps)
    days = {v.id: "no planned day" if v.day is None else f"day {fmt_number(v.day)}" for v in definition.visits}
    visits = ", ".join(f"{v.label} ({days[v.id]})" for v in definition.visits)
    return Figure(
        drawing,
        alt=f"{label(definition.study.design, 300)}. {'Steps' if escalation else 'Groups'}: {names}. Visits: {visits}.",
        notes=_notes(escalation),
    )


def _rules(definition: StudyDefinition) -> tuple[str, ...]:
    """What follows each outcome of a cohort, a line each; nothing without an escalation."""
    if definition.escalation is None:
        return ()
    return CONFIRMING if design_of(definition, definition.escalation).needs_six else RULES


def _notes(escalation: Escalation | None) -> tuple[str, ...]:
    if escalation is None:
        return ()
    six = " Six patients are treated at a dose before it is declared the maximum." if escalation.confirm_mtd else ""
    return (f"DLT: dose-limiting toxicity. {escalation.rule} rule; patients who are not evaluable are replaced.{six}",)
