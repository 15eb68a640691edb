"""What a function that makes a display may return, brought to the one form of a table or figure that is written.

A table is ours (`table.Table`), a pandas frame, or a great_tables GT; a figure is ours (`output.Figure`), a matplotlib
figure, axes, or what seaborn returns. Texts stay texts: of a GT its formatted cells are taken, and none of its markup.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from trial_report.analysis.display.output import Figure
from trial_report.analysis.display.style import PORTRAIT_WIDTH
from trial_report.analysis.display.table import Cell, Column, Row, Table
from trial_report.analysis.results.formatting import MISSING

if TYPE_CHECKING:
    from great_tables import GT
    from matplotlib.figure import Figure as Drawing

TALLEST = 8.8
"""Inches that a figure may be high to stand on a page with its caption."""
_TAG = re.compile(r"<[^>]*>")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


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


def of_gt(table: GT) -> Table:
    """A great_tables GT as a table: its formatted cells, column labels, one level of spanners, groups, notes.

    Title and subtitle are those of the declaration. Colours and fonts are the report's. Marks of footnotes become
    notes below the table.
    """
    built = table._build_data(context="html")
    kinds: dict[str, list[Any]] = {}
    for one in built._boxhead:
        kinds.setdefault(str(one.type.name), []).append(one)
    shown = [*kinds.get("stub", []), *kinds.get("default", [])]
    if any(one.spanner_level > 0 for one in built._spanners):
        raise NotShown("gives a GT with spanners over spanners, which a table of the report does not have")
    over = {name: _plain(one.spanner_label) for one in built._spanners for name in one.vars}
    columns = [
        Column(
            str(one.var), "" if one.type.name == "stub" else _plain(one.column_label), _align(one.column_align),
            spanner=over.get(one.var),
        )
        for one in shown
    ]  # fmt: skip
    body = built._body.body
    heads = kinds.get("row_group", [])
    data: Any = table._tbl_data
    groups = [str(value) for value in data[heads[0].var]] if heads else [""] * len(body)
    order = [row for group in built._stub.group_rows for row in group.indices] if heads else list(range(len(body)))
    lists = [[_plain(value) for value in body[one.var]] for one in shown]
    rows = [Row(tuple(Cell(values[at]) for values in lists), groups[at]) for at in order]
    notes = [_plain(note) for note in built._source_notes]
    notes += [_plain(text) for one in built._footnotes for text in one.footnotes or []]
    return Table.build(columns, rows, notes=list(dict.fromkeys(notes)), stub=max(1, len(kinds.get("stub", []))))


def _plain(value: Any) -> str:
    """A text of a GT without its markup; what was escaped in it, as it was written."""
    if value is None or (np.ndim(value) == 0 and pd.isna(value)):
        return MISSING
    text = getattr(value, "text", value)
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", str(text))))


def _align(given: Any) -> Any:
    return given if given in ("left", "center", "right") else "left"


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
