"""The axis of planned visits: in proportion to time where the labels have room, evenly spaced where not.

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
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.design import Visit


@dataclass(frozen=True)
class VisitAxis:
    """Where each visit stands (by its id), how its label is written, and how high the labels are in inches.

    A label is empty where there is no room for it; numbers under the axis then have none either.
    """

    at: dict[str, float]
    labels: tuple[str, ...]
    rotated: bool
    in_proportion: bool
    height: float
    size: float = SMALL

    @property
    def note(self) -> str:
        """What a reader has to know of the axis; empty when distances are in proportion to time."""
        return "" if self.in_proportion else "Visits are drawn at equal distances."

    def draw(self, axes: Axes, labelled: bool = True) -> None:
        """Sets ticks, labels and limits."""
        places = list(self.at.values())
        axes.set_xticks(places, self.labels if labelled else [""] * len(places))
        if labelled:
            axes.tick_params(axis="x", labelsize=self.size, rotation=90 if self.rotated else 0)
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
