"""The axis of planned visits: at their planned days, named or numbered by week; evenly spaced where they have none.

Not here: an axis of days (`_days`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from matplotlib.axes import Axes

from trial_report.analysis.display.figures._sheet import SMALL, height_of, width_of
from trial_report.analysis.display.style import label
from trial_report.analysis.results.formatting import join_words
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.design import Visit


@dataclass(frozen=True)
class VisitAxis:
    """Where each visit stands (by its id), how its label is written, and how high the labels are in inches.

    A label is empty where there is no room for it; numbers under the axis then have none either. `title` says what the
    labels are where they are numbers; `left_out` are the visits that have no place in time.
    """

    at: dict[str, float]
    labels: tuple[str, ...]
    rotated: bool
    in_proportion: bool
    height: float
    size: float = SMALL
    title: str = ""
    left_out: tuple[str, ...] = ()

    @property
    def note(self) -> str:
        """What a reader has to know of the axis; empty when all visits are shown in proportion to time."""
        if not self.in_proportion:
            return "Visits are drawn at equal distances."
        if not self.left_out:
            return ""
        have = "has no planned day and is" if len(self.left_out) == 1 else "have no planned day and are"
        return f"{join_words(self.left_out)} {have} not drawn."

    def draw(self, axes: Axes, labelled: bool = True) -> None:
        """Sets ticks, labels and limits."""
        places = list(self.at.values())
        axes.set_xticks(places, self.labels if labelled else [""] * len(places))
        if labelled:
            axes.tick_params(axis="x", labelsize=self.size, rotation=90 if self.rotated else 0)
            axes.set_xlabel(self.title, fontsize=self.size, labelpad=1)
        span = (places[-1] - places[0]) or 1.0
        axes.set_xlim(places[0] - 0.045 * span, places[-1] + 0.045 * span)
        axes.grid(visible=False, axis="x")


def visit_axis(visits: Sequence[Visit], width: float, size: float = SMALL) -> VisitAxis:
    """The axis of these visits on that many inches.

    In proportion to the target days, where every visit has one, with labels in one or two rows; else evenly spaced;
    else evenly spaced with labels along the vertical.
    """
    names = [label(v.label, 24) for v in visits]
    ids = [v.id for v in visits]
    if not visits:
        return VisitAxis({}, (), False, True, height_of(1, size))
    days = [float(v.day - (v.day > 0)) for v in visits if v.day is not None]  # there is no day 0
    widths = [width_of(n, size) + 0.07 for n in names]
    inner = width / 1.09
    gaps = [b - a for a, b in pairwise(days)] if len(days) == len(visits) else []
    # numbers under the axis need room as well, so visits may not be closer than two digits and a space
    if gaps and min(gaps) / (days[-1] - days[0]) * inner >= 0.2:
        rows = _two_rows([(d - days[0]) / (days[-1] - days[0]) * inner for d in days], widths)
        if rows is not None:
            shown = tuple(f"\n{n}" if row else n for n, row in zip(names, rows, strict=True))
            return VisitAxis(dict(zip(ids, days, strict=True)), shown, False, True, height_of(1 + max(rows), size))
    even = dict(zip(ids, map(float, range(len(ids))), strict=True))
    step = inner / max(len(ids) - 1, 1)
    if all(a / 2 + b / 2 <= step for a, b in pairwise(widths)):
        return VisitAxis(even, tuple(names), False, len(ids) == 1, height_of(1, size))
    every = max(1, ceil(height_of(1, size) / step))  # upright labels need the height of a line each
    shown = tuple(n if place % every == 0 else "" for place, n in enumerate(names))
    return VisitAxis(even, shown, True, False, max(widths))


WEEKS_FROM = 21
"""Days from the first visit to the last from which time is told in weeks."""


def time_axis(visits: Sequence[Visit], width: float, *, named: bool = True, size: float = SMALL) -> VisitAxis:
    """The axis of these visits at their planned days: named where that has room, else numbered by week or study day.

    `named` False: numbered in any case, for small panels. Visits without a planned day are left out, unless they are
    as many as the others or two share a day: then as `visit_axis`.
    """
    dated = sorted((v for v in visits if v.day is not None), key=lambda v: v.day or 0)
    days = [float(v.day - (v.day > 0)) for v in dated if v.day is not None]
    if len(days) < 2 or len(set(days)) < len(days) or 2 * len(days) <= len(visits):
        return visit_axis(visits, width, size)
    left_out = tuple(label(v.label, 24) for v in visits if v.day is None)
    at = {v.id: day for v, day in zip(dated, days, strict=True)}
    inch = width / 1.09 / (days[-1] - days[0])
    places = [(day - days[0]) * inch for day in days]
    names = [label(v.label, 24) for v in dated]
    rows = _two_rows(places, [width_of(n, size) + 0.07 for n in names]) if named else None
    if rows is not None and min(b - a for a, b in pairwise(places)) >= 0.2:
        shown = tuple(f"\n{n}" if row else n for n, row in zip(names, rows, strict=True))
        return VisitAxis(at, shown, False, True, height_of(1 + max(rows), size), size, left_out=left_out)
    numbers, unit = _numbered(days)
    widths = [max(width_of(n, size) + 0.06, 0.2 if named else 0.0) for n in numbers]
    kept = _apart(places, widths, days.index(0.0) if 0.0 in days else 0)
    shown = tuple(n if k in kept else "" for k, n in enumerate(numbers))
    return VisitAxis(at, shown, False, True, height_of(2, size) + 0.03, size, f"Planned {unit}", left_out)


def _numbered(days: Sequence[float]) -> tuple[list[str], str]:
    """The days since first dose as weeks, where each is a whole week but for a day; else as study days."""
    weeks = [round(day / 7) for day in days]
    if days[-1] - days[0] >= WEEKS_FROM and all(abs(7 * w - d) <= 1 for w, d in zip(weeks, days, strict=True)):
        return [_signed(w) for w in weeks], "week"
    return [_signed(int(d) + (d >= 0)) for d in days], "study day"


def _signed(number: int) -> str:
    return str(number).replace("-", "\u2212")


def _apart(places: Sequence[float], widths: Sequence[float], first: int) -> set[int]:
    """Which labels are kept so that none touch: `first` and the last before the others, which come from the left."""
    kept: list[int] = []
    for n in (first, len(places) - 1, *range(len(places))):
        if all(abs(places[n] - places[k]) >= (widths[n] + widths[k]) / 2 for k in kept):
            kept.append(n)
    return set(kept)


def visits_of(definition: StudyDefinition, present: set[str]) -> list[Visit]:
    """The visits that occur in data, in the definition's order."""
    return [v for v in definition.visits if v.id in present]


def _two_rows(at: Sequence[float], widths: Sequence[float]) -> list[int] | None:
    """The row (0 or 1) of each label so that none touch, or None where two rows are not enough."""
    ends = [float("-inf"), float("-inf")]
    rows: list[int] = []
    for x, w in zip(at, widths, strict=True):
        free = next((row for row in (0, 1) if x - w / 2 >= ends[row]), None)
        if free is None:
            return None
        ends[free] = x + w / 2
        rows.append(free)
    return rows
