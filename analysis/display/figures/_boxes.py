"""Boxes with text and arrows between them, laid out in inches: the text decides how high a box is.

Not here: axes and curves: those share `_sheet` alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.patches import Polygon, Rectangle

from trial_report.analysis.display.figures._sheet import SMALL, height_of, wrap
from trial_report.analysis.display.style import INK, MUTED, label

PAD = 0.07
"""Between a box and its text, in inches."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A box of a given width whose first line is bold; `lines` are wrapped to fit. `tint` is its ground."""

    head: str
    lines: tuple[str, ...] = ()
    width: float = 2.0
    tint: str = "#FFFFFF"
    edge: str = MUTED
    size: float = SMALL

    def head_lines(self) -> list[str]:
        """The bold lines."""
        return wrap(label(self.head, 200), self.width - 2 * PAD, self.size, "semibold") if self.head else []

    def body_lines(self) -> list[str]:
        """The other lines; one that begins with spaces is indented by them on all its lines."""
        found: list[str] = []
        for line in self.lines:
            shown = label(line, 200)
            indent = shown[: len(shown) - len(shown.lstrip())]
            pieces = wrap(shown.strip(), self.width - 2 * PAD - 0.06 * len(indent), self.size)
            found += [pieces[0] if not indent else indent + pieces[0], *(indent + "  " + p for p in pieces[1:])]
        return found

    @property
    def height(self) -> float:
        """Height in inches."""
        return height_of(len(self.head_lines()) + len(self.body_lines()), self.size) + 2 * PAD


@dataclass(frozen=True)
class Placed:
    """Where a box was drawn, in inches."""

    left: float
    top: float
    width: float
    height: float

    @property
    def centre(self) -> float:
        """Of its width."""
        return self.left + self.width / 2

    @property
    def middle(self) -> float:
        """Of its height."""
        return self.top - self.height / 2

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.top - self.height


def draw_box(axes: Axes, box: Box, left: float, top: float, height: float | None = None) -> Placed:
    """Draws a box, at least as high as its text, with its upper left corner there."""
    tall = max(box.height, height or 0.0)
    axes.add_patch(
        Rectangle((left, top - tall), box.width, tall, facecolor=box.tint, edgecolor=box.edge, lw=0.9, zorder=2)
    )
    head, body = box.head_lines(), box.body_lines()
    at = top - PAD
    for lines, weight in ((head, "semibold"), (body, "normal")):
        if lines:
            axes.text(
                left + PAD, at, "\n".join(lines), ha="left", va="top", fontsize=box.size, fontweight=weight,
                linespacing=1.0, zorder=3,
            )  # fmt: skip
            at -= height_of(len(lines), box.size)
    return Placed(left, top, box.width, tall)


def arrow(axes: Axes, points: Sequence[Point], colour: str = INK, head: bool = True) -> None:
    """Draws a line through the points that ends in a small arrow head; the last piece is along one axis."""
    xs, ys = zip(*points, strict=True)
    axes.plot(xs, ys, color=colour, lw=0.9, zorder=1.5, solid_capstyle="butt")
    if not head:
        return
    (x0, y0), (x1, y1) = points[-2], points[-1]
    long, half = 0.075, 0.034
    if abs(x1 - x0) > abs(y1 - y0):
        back = x1 - long * (1 if x1 > x0 else -1)
        corners = [(x1, y1), (back, y1 + half), (back, y1 - half)]
    else:
        back = y1 - long * (1 if y1 > y0 else -1)
        corners = [(x1, y1), (x1 + half, back), (x1 - half, back)]
    axes.add_patch(Polygon(corners, closed=True, facecolor=colour, edgecolor="none", zorder=1.6))
