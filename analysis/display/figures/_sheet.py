"""What all drawings share: a sheet measured in inches, text of known width, legends and numbers outside the data.

Layout is explicit: a constrained layout measures every text twice, and moves the axes when a text changes. Widths
of text come from the font's advances, so that a layout is known before anything is drawn, and is the same everywhere.

Not here: fonts and colours (`display.style`), and the writing as SVG (`report.cells.drawings`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from matplotlib import font_manager
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.transforms import ScaledTranslation, Transform

from trial_report.analysis.display.style import FONT, INK, MARKERS, MUTED, PALETTE, label, use_fonts
from trial_report.schemas.study import TOTAL, StudyDefinition

SMALL = 7.5
"""Smallest text of any figure, in points."""

TEXT = 8.5
LINE = 1.33
"""Distance of lines of text in multiples of its size: the font's own."""

HATCHES = ("", "////", "----", "xxxx", "\\\\\\\\", "++++")  # no dots: each would be a circle in the file
DASHES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1.5, 2)), (0, (3, 1)), (0, (8, 3)))


@dataclass(frozen=True)
class Look:
    """How a treatment group is drawn in every figure: by colour, marker, hatch and dash, each enough by itself."""

    code: str
    name: str
    colour: str
    marker: str
    hatch: str
    dash: Any


def looks(definition: StudyDefinition) -> dict[str, Look]:
    """The look of every group, by code, and of TOTAL."""
    return look_of([(g.code, g.short) for g in definition.groups], definition.treatment.total)


def look_of(groups: Sequence[tuple[str, str]], total: str | None = "Total") -> dict[str, Look]:
    """The looks of groups given as code and name, by their place."""
    found = {
        code: Look(
            code,
            label(name, 40),
            PALETTE[n % len(PALETTE)],
            # beyond the first round a colour comes with another marker, hatch and dash
            MARKERS[(n + n // len(PALETTE)) % len(MARKERS)],
            HATCHES[n % len(HATCHES)],
            DASHES[n % len(DASHES)],
        )
        for n, (code, name) in enumerate(groups)
    }
    found[TOTAL] = Look(TOTAL, label(total or "Total", 40), INK, "o", "", "-")
    return found


class Sheet(Figure):
    """A figure without a layout engine, also after it was saved: saving puts back what it found, and None the default.

    An engine that does nothing would do as well, but with any engine matplotlib draws everything twice.
    """

    def set_layout_engine(self, layout: Any = None, **rest: Any) -> None:
        """As of Figure, but None stands for no layout."""
        super().set_layout_engine(layout or "none", **rest)


def sheet(width: float, height: float) -> Figure:
    """An empty figure of that size in inches, which lays out nothing by itself."""
    use_fonts()
    return Sheet(figsize=(width, height))


def place(figure: Figure, left: float, bottom: float, right: float, top: float, **rest: Any) -> Axes:
    """Axes between these margins, in inches from the sheet's edges."""
    width, height = figure.get_size_inches()
    box = (left / width, bottom / height, (width - left - right) / width, (height - bottom - top) / height)
    return figure.add_axes(box, **rest)


def canvas(width: float, height: float) -> tuple[Figure, Axes]:
    """A figure and axes that fill it, without frame, whose data coordinates are inches from the lower left."""
    figure = sheet(width, height)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(0, height))
    axes.axis("off")
    return figure, axes


# ---- text ---------------------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def _font(weight: str) -> Any:
    use_fonts()
    found = font_manager.get_font(font_manager.findfont(font_manager.FontProperties(family=FONT, weight=weight)))
    found.set_size(100, 72)
    return found


@lru_cache(maxsize=2048)
def _advance(char: str, weight: str) -> float:
    from matplotlib.ft2font import LoadFlags

    font = _font(weight)
    if font.get_char_index(ord(char)) == 0:
        return 0.9  # from the fallback font, which is wider
    return float(font.load_char(ord(char), flags=LoadFlags.NO_HINTING).linearHoriAdvance) / 65536 / 100


def width_of(text: str, size: float = SMALL, weight: str = "regular") -> float:
    """Width of the widest line of a text, in inches."""
    return max(sum(_advance(c, weight) for c in line) for line in text.split("\n")) * size / 72


def height_of(lines: int, size: float = SMALL) -> float:
    """Height of so many lines of text, in inches."""
    return lines * size * LINE / 72


def wrap(text: str, width: float, size: float = SMALL, weight: str = "regular") -> list[str]:
    """The text in lines no wider than `width` inches; a word that is wider is cut."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            for piece in _cut(word, width, size, weight):
                longer = f"{line} {piece}" if line else piece
                if line and width_of(longer, size, weight) > width:
                    lines.append(line)
                    line = piece
                else:
                    line = longer
        lines.append(line)
    return lines


def _cut(word: str, width: float, size: float, weight: str) -> list[str]:
    pieces = [""]
    for char in word:
        if pieces[-1] and width_of(pieces[-1] + char, size, weight) > width:
            pieces.append("")
        pieces[-1] += char
    return pieces


def clipped(text: str, width: float, size: float = SMALL, weight: str = "regular") -> str:
    """The text, ended with "…" where it would be wider than `width` inches."""
    shown = label(text, 200)
    if width_of(shown, size, weight) <= width:
        return shown
    while shown and width_of(shown + "…", size, weight) > width:
        shown = shown[:-1]
    return shown.rstrip() + "…"


# ---- around the data ----------------------------------------------------------------------------------


def no_data(axes: Axes, words: str = "No data") -> None:
    """Says inside the axes that there is nothing to draw."""
    axes.set(yticks=[])
    axes.grid(visible=False)
    axes.text(0.5, 0.5, words, transform=axes.transAxes, ha="center", va="center", color=MUTED, fontsize=TEXT)


def below(axes: Axes, inches: float, left: float = 0.0) -> Transform:
    """Data along x, the bottom of the axes along y, moved down (and to the left) by inches."""
    figure = axes.get_figure()
    assert figure is not None
    return axes.get_xaxis_transform() + ScaledTranslation(-left, -inches, figure.dpi_scale_trans)


def numbers_below(
    axes: Axes,
    at: Sequence[float],
    rows: Sequence[tuple[str, Sequence[str]]],
    *,
    title: str,
    first: float,
    step: float = 0.155,
    size: float = SMALL,
) -> None:
    """A small table under the axes: a row a group (its name, a text a position), under a title.

    `first` is the distance of the title from the axes in inches; `step` that of the rows. The names stand to the
    left of the axes, right-aligned with the numbers of the vertical axis.
    """
    figure = axes.get_figure()
    assert figure is not None
    edge = axes.transAxes + ScaledTranslation(-0.12, 0, figure.dpi_scale_trans)
    head = axes.transAxes + ScaledTranslation(0, -first, figure.dpi_scale_trans)
    axes.text(0, 0, title, transform=head, ha="left", va="center", fontsize=size, fontweight="semibold")
    for n, (name, texts) in enumerate(rows, 1):
        down = first + n * step
        moved = edge + ScaledTranslation(0, -down, figure.dpi_scale_trans)
        axes.text(0, 0, name, transform=moved, ha="right", va="center", fontsize=size)
        level = below(axes, down)
        for x, shown in zip(at, texts, strict=True):
            if shown:
                axes.text(x, 0, shown, transform=level, ha="center", va="center", fontsize=size)


def legend(
    figure: Figure,
    handles: Sequence[Artist],
    *,
    left: float,
    right: float,
    bottom: float = 0.04,
    size: float = SMALL,
    title: str | None = None,
) -> None:
    """A legend along the bottom of the sheet, in as many rows as its texts need (see `legend_height`)."""
    if not handles:
        return
    width, height = figure.get_size_inches()
    texts = [str(h.get_label()) for h in handles]
    figure.legend(
        handles=list(handles),
        loc="lower left",
        bbox_to_anchor=(left / width, bottom / height),
        ncols=_columns(texts, width - left - right, size),
        fontsize=size,
        title=title,
        title_fontproperties={"size": size, "weight": "semibold"},
        alignment="left",
        borderaxespad=0,
        borderpad=0,
        handlelength=1.9,
        handletextpad=0.5,
        columnspacing=1.4,
        labelspacing=0.35,
    )


def legend_height(texts: Sequence[str], width: float, size: float = SMALL, title: bool = False) -> float:
    """Height in inches of the legend of these texts on that width."""
    if not texts:
        return 0.0
    rows = -(-len(texts) // _columns(texts, width, size))
    return (rows + bool(title)) * size * 1.5 / 72 + 0.06


def _columns(texts: Sequence[str], width: float, size: float) -> int:
    one = (1.9 + 0.5 + 1.4) * size / 72
    for columns in range(len(texts), 1, -1):
        # matplotlib fills column by column, the first ones getting what is left over
        rows, more = divmod(len(texts), columns)
        widest, start = 0.0, 0
        for n in range(columns):
            end = start + rows + (n < more)
            widest += max(width_of(t, size) for t in texts[start:end]) + one
            start = end
        if widest <= width:
            return columns
    return 1


def key_line(name: str, look: Look, **rest: Any) -> Line2D:
    """A legend's entry of a group that is drawn as line and marker."""
    return Line2D([], [], color=look.colour, marker=look.marker, ls=look.dash, label=name, **rest)


def key_mark(name: str, marker: str, colour: str, filled: bool = True, **rest: Any) -> Line2D:
    """A legend's entry of a marker."""
    face = colour if filled else "white"
    return Line2D([], [], ls="none", marker=marker, color=colour, markerfacecolor=face, label=name, **rest)


def groups_in(order: Mapping[str, Look], present: Iterable[str]) -> list[str]:
    """The codes of groups that occur, in the definition's order, TOTAL not among them."""
    there = set(present)
    return [code for code in order if code != TOTAL and code in there]
