"""What a function that makes a display may return, brought to the one form of a table or figure that is written.

A table is ours (`table.Table`), a pandas frame, or a great_tables GT; a figure is ours (`output.Figure`), a matplotlib
figure, axes, or what seaborn returns. How a GT is read stands in `laid_gt`, for these and for those of cells alike.

Not here: what cells of a document return (`report.cells.shown`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from trial_report.analysis.display.laid import Laid, Spot, plain
from trial_report.analysis.display.laid_gt import LayoutError, gt_laid
from trial_report.analysis.display.output import Figure
from trial_report.analysis.display.style import PORTRAIT_WIDTH
from trial_report.analysis.display.table import Cell, Column, Footnote, Row, Table
from trial_report.analysis.results.formatting import MISSING

if TYPE_CHECKING:
    from great_tables import GT
    from matplotlib.figure import Figure as Drawing

TALLEST = 8.8
"""Inches that a figure may be high to stand on a page with its caption."""


class NotShown(TypeError):
    """What was returned is nothing that can be shown; the message says what is."""


def as_table(given: Any) -> Table:
    """The table that a function returned. Raises NotShown for anything that is none."""
    if isinstance(given, Table):
        return given
    if isinstance(given, pd.DataFrame):
        return of_frame(given)
    if type(given).__module__.partition(".")[0] == "great_tables":
        return of_gt(given)
    raise NotShown(f"gives {type(given).__name__}: a table is a Table, a pandas frame or a great_tables GT")


def of_frame(frame: pd.DataFrame) -> Table:
    """A pandas frame as a table: a row a row, its index, where it has a name, as the first columns.

    A cell is a text, a number as Python writes it, or a `Cell` (`book.cell(key)`), whose numbers are traced. Column
    names of two levels are a heading over headings. Missing values are dashes.
    """
    named = [name for name in frame.index.names if name is not None]
    whole = frame.reset_index() if named else frame.reset_index(drop=True)
    columns, cells = [], []
    for place, name in enumerate(whole.columns):
        over, label = _labels(name)
        values = whole.iloc[:, place]
        numbers = pd.api.types.is_numeric_dtype(values.dtype) or any(isinstance(v, Cell) for v in values)
        columns.append(Column(f"c{place}", label, "right" if numbers else "left", spanner=over or None))
        cells.append([value if isinstance(value, Cell) else Cell(_text(value)) for value in values])
    return Table.build(columns, list(zip(*cells, strict=True)), stub=max(1, len(named)))


def _labels(name: Any) -> tuple[str, str]:
    if isinstance(name, tuple):
        parts = [str(part) for part in name if str(part)]
        if len(parts) > 2:
            raise NotShown("gives column names of more than two levels, which a table of the report does not have")
        return (parts[0], parts[1]) if len(parts) == 2 else ("", parts[0] if parts else "")
    return "", str(name)


def _text(value: Any) -> str:
    if value is None or (np.ndim(value) == 0 and pd.isna(value)):
        return MISSING
    return str(value).replace("-", "−", 1) if isinstance(value, int | float) and value < 0 else str(value)


def of_gt(made: GT) -> Table:
    """A great_tables GT as a table: how it looks, as `laid_gt` reads it, and its words for all that reads tables.

    Raises NotShown for what the formats cannot both show, which names it.
    """
    try:
        laid = gt_laid(made)
    except LayoutError as error:
        raise NotShown(f"gives a GT that cannot be shown: {error}") from error
    lines = [line for line in laid.body if not line.group]
    shown = _headings(laid)
    columns = [
        Column(f"c{place}", label, lines[0].spots[place].align if lines else "left", spanner=over or None)
        for place, (over, label) in enumerate(shown)
    ]
    marks = {mark for mark, _ in laid.footnotes}
    rows, group = [], ""
    for line in laid.body:
        if line.group:
            group = line.spots[0].text
        else:
            rows.append(Row(tuple(_cell(spot, marks) for spot in line.spots), group))
    stub = sum(1 for _ in takewhile(lambda spot: spot.names, lines[0].spots)) if lines else 1
    return Table(
        tuple(columns), tuple(rows), tuple(plain(runs) for runs in laid.below),
        tuple(Footnote(mark, plain(runs)) for mark, runs in laid.footnotes), stub=max(1, stub), looks=laid,
    )  # fmt: skip


def _cell(spot: Spot, marks: Collection[str]) -> Cell:
    """The words of a cell; a raised mark of a footnote is none of them."""
    last = spot.runs[-1] if spot.runs else None
    raised = tuple(last.text.split(",")) if last and last.place == "sup" else ()
    if not raised or not set(raised) <= set(marks):
        return Cell(spot.text, indent=spot.indent)
    return Cell(plain(spot.runs[:-1]), marks=raised, indent=spot.indent)


def _headings(laid: Laid) -> list[tuple[str, str]]:
    """The nearest heading above that of each column, and its own."""
    grid: list[list[str]] = [[""] * laid.columns for _ in laid.head]
    taken: set[tuple[int, int]] = set()
    for down, row in enumerate(laid.head):
        across = 0
        for spot in row:
            while (down, across) in taken:
                across += 1
            for column in range(across, min(across + spot.wide, laid.columns)):
                taken |= {(down + step, column) for step in range(spot.high)}
                # A heading over several rows is the column's own, and stands in the lowest.
                grid[min(down + spot.high, len(grid)) - 1][column] = spot.text
            across += spot.wide
    if not grid:
        return [("", "")] * laid.columns
    return list(zip(grid[-2] if len(grid) > 1 else [""] * laid.columns, grid[-1], strict=True))


def as_figure(given: Any, alt: str, keys: Sequence[str] = ()) -> Figure:
    """The figure that a function returned, with what says it to a reader who does not see it.

    One that is wider than the page is made smaller; pyplot lets go of it. Raises NotShown for anything that is none,
    and where nothing says what a drawing shows.
    """
    if isinstance(given, Figure):
        return given
    drawing = drawing_of(given)
    if drawing is None:
        raise NotShown(f"gives {type(given).__name__}: a figure is a matplotlib figure or axes, or one of seaborn")
    if not alt.strip():
        raise NotShown("gives a drawing without words: say what it shows with alt=…")
    width, height = drawing.get_size_inches()
    share = min(1.0, PORTRAIT_WIDTH / width, TALLEST / height)
    if share < 1:
        drawing.set_size_inches(width * share, height * share)
    from matplotlib._pylab_helpers import Gcf

    Gcf.destroy_fig(drawing)
    return Figure(drawing, alt, keys=tuple(keys))


def drawing_of(shown: object) -> Drawing | None:
    """Return the matplotlib figure that an object is or stands in (axes, artists, seaborn's grids), or None."""
    if isinstance(shown, str | bytes | dict) or not _drawn(shown):
        return None
    from matplotlib.figure import Figure as Drawing

    if isinstance(shown, Drawing):
        return shown
    held = getattr(shown, "figure", None)
    if held is not None and not callable(held):
        return drawing_of(held)
    several = getattr(shown, "flat", shown)
    found = [drawing_of(one) for one in several] if isinstance(several, Iterable) else []
    return found[0] if found and all(one is found[0] for one in found) else None


def _drawn(shown: object) -> bool:
    if isinstance(shown, list | tuple) or type(shown).__module__ == "numpy":
        parts = list(getattr(shown, "flat", shown))  # type: ignore[call-overload]
        return 0 < len(parts) <= 10_000 and all(_drawn(one) for one in parts)
    return any(one.__module__.split(".")[0] in ("matplotlib", "seaborn") for one in type(shown).__mro__)
