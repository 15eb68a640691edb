"""A grid of numbers in a frame, a column a group: what a diagram has in place of boxes that would be too narrow.

Not here: boxes and arrows (`_boxes`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from trial_report.analysis.display.figures._boxes import PAD
from trial_report.analysis.display.figures._sheet import SMALL, clipped, height_of, width_of, wrap
from trial_report.analysis.display.style import MUTED, RULE, label

STEP = 0.165
"""Height of a line in inches."""

NAMES = 2.1
"""Most inches for the names of lines, and for those of groups that stand upright."""


@dataclass(frozen=True)
class Entry:
    """A line: its name, the text of each group by code (none: a heading), and how deep it is indented."""

    name: str
    cells: Mapping[str, str]
    depth: int = 0


@dataclass(frozen=True)
class Matrix:
    """A grid that wide (inches) of these lines, its columns groups as code and label."""

    groups: Sequence[tuple[str, str]]
    entries: Sequence[Entry]
    width: float

    @property
    def names(self) -> list[str]:
        """The names of the lines as they are drawn."""
        return [clipped("  " * e.depth + e.name, NAMES, SMALL, "semibold" if not e.depth else "regular")
                for e in self.entries]  # fmt: skip

    @property
    def column(self) -> float:
        """Width of a column."""
        beside = max((width_of(n, SMALL, "semibold") for n in self.names), default=0.0)
        return (self.width - beside - 3 * PAD) / max(len(self.groups), 1)

    @property
    def upright(self) -> bool:
        """Whether the labels of groups stand upright: a word would be wider than a column."""
        words = [word for _, name in self.groups for word in label(name, 80).split(" ")]
        return any(width_of(word, SMALL, "semibold") > self.column - 0.06 for word in words)

    @property
    def heads(self) -> list[str]:
        """The labels of groups as they are drawn."""
        if self.upright:
            return [clipped(name, NAMES, SMALL, "semibold") for _, name in self.groups]
        return ["\n".join(wrap(label(name, 80), self.column - 0.06, SMALL, "semibold")) for _, name in self.groups]

    @property
    def head(self) -> float:
        """Height of the labels of groups."""
        if self.upright:
            return max((width_of(name, SMALL, "semibold") for name in self.heads), default=0.0) + 2 * PAD
        return height_of(max((name.count("\n") + 1 for name in self.heads), default=1)) + 2 * PAD

    @property
    def height(self) -> float:
        """Height of the whole."""
        return self.head + STEP * len(self.entries) + PAD

    def draw(self, axes: Axes, left: float, top: float) -> None:
        """Draws it with its upper left corner there."""
        right, bottom = left + self.width, top - self.height
        axes.add_patch(
            Rectangle((left, bottom), self.width, self.height, facecolor="white", edgecolor=MUTED, lw=0.9, zorder=2)
        )
        axes.plot([left, right], [top - self.head] * 2, color=MUTED, lw=0.9, zorder=3)
        at = {code: right - PAD - self.column * (len(self.groups) - n - 0.5) for n, (code, _) in enumerate(self.groups)}
        for x, name in zip(at.values(), self.heads, strict=True):
            axes.text(
                x, top - self.head + PAD, name, ha="center", va="bottom", fontsize=SMALL, fontweight="semibold",
                rotation=90 if self.upright else 0, linespacing=1.0, zorder=3,
            )  # fmt: skip
        axes.text(left + PAD, top - self.head + PAD, "n", va="bottom", fontsize=SMALL, zorder=3)
        y = top - self.head - STEP / 2 - PAD / 2
        for n, (entry, name) in enumerate(zip(self.entries, self.names, strict=True)):
            if n and not entry.depth:
                axes.plot([left, right], [y + STEP / 2] * 2, color=RULE, lw=0.7, zorder=3)
            weight = "normal" if entry.depth else "semibold"
            axes.text(left + PAD, y, name, va="center", fontsize=SMALL, fontweight=weight, zorder=3)
            for code, text in entry.cells.items():
                axes.text(at[code], y, text, ha="center", va="center", fontsize=SMALL, zorder=3)
            y -= STEP
