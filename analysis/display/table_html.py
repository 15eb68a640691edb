"""Write a table as HTML: directly for the report, or as a great_tables GT for notebooks.

The report is written directly because great_tables takes about a millisecond a row and 0.6 s to import, which
a listing of thousands of rows cannot afford; both have the same text, escaped once, and the same traces.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from analysis.display.escape import html_attribute, html_text
from analysis.display.table import Cell, Column, Table

if TYPE_CHECKING:
    from great_tables import GT


def number(text: str, keys: tuple[str, ...]) -> str:
    """Return a traced number as HTML; several keys stand in the attribute one a line."""
    return f'<span class="n" data-k="{html_attribute(chr(10).join(keys))}">{html_text(text)}</span>'


def cell_html(cell: Cell) -> str:
    """Return a cell's content: escaped text, traced numbers, raised marks."""
    inner = "".join(number(text, keys) if keys else html_text(text) for text, keys in cell.pieces())
    if cell.bold:
        inner = f"<strong>{inner}</strong>"
    if cell.marks:
        inner += f'<sup class="m">{html_text(", ".join(cell.marks))}</sup>'
    return inner


def _class(column: Column, cell: Cell | None = None) -> str:
    names = [column.align[0]] if column.align != "left" else []
    if cell is not None and cell.indent:
        names.append(f"i{min(cell.indent, 4)}")
    return f' class="{" ".join(names)}"' if names else ""


def _cell(column: Column, cell: Cell, stub: bool) -> str:
    name = 'th scope="row"' if stub else "td"
    return f"<{name}{_class(column, cell)}>{cell_html(cell)}</{name[:2]}>"


def _head(table: Table) -> str:
    spans = [(name, list(group)) for name, group in groupby(table.columns, key=lambda c: c.spanner)]
    two = any(name for name, _ in spans)
    first: list[str] = []
    second: list[str] = []
    for name, columns in spans:
        if name:
            first.append(f'<th class="s" scope="colgroup" colspan="{len(columns)}">{html_text(name)}</th>')
            second.extend(f'<th scope="col"{_class(c)}>{html_text(c.label)}</th>' for c in columns)
        else:
            rows = ' rowspan="2"' if two else ""
            first.extend(f'<th scope="col"{rows}{_class(c)}>{html_text(c.label)}</th>' for c in columns)
    lower = f"<tr>{''.join(second)}</tr>" if two else ""
    return f"<thead><tr>{''.join(first)}</tr>{lower}</thead>"


def to_html(table: Table) -> str:
    """Return the ``<table>`` element: heading rows, a ``<tbody>`` a group, numbers traced; no notes, no caption."""
    width = len(table.columns)
    bodies = []
    for name, rows in groupby(table.rows, key=lambda row: row.group):
        lines = [
            "<tr>" + "".join(
                _cell(column, cell, place < table.stub)
                for place, (column, cell) in enumerate(zip(table.columns, row.cells, strict=True))
            ) + "</tr>"
            for row in rows
        ]  # fmt: skip
        head = f'<tr class="g"><th colspan="{width}" scope="rowgroup">{html_text(name)}</th></tr>' if name else ""
        bodies.append(f"<tbody>{head}{''.join(lines)}</tbody>")
    if not table.rows:
        bodies.append(f'<tbody><tr><td class="e" colspan="{width}">{html_text(table.empty)}</td></tr></tbody>')
    return f'<table class="csr" data-quarto-disable-processing="true">{_head(table)}{"".join(bodies)}</table>'


def _as_it_is(cell: str) -> str:
    return cell


def to_gt(table: Table) -> GT:
    """Return a great_tables GT whose cells are the same escaped HTML, with spanners, groups and notes.

    Nothing is left for great_tables to format, escape or round. Columns are matched by their ids.
    """
    import pandas as pd
    from great_tables import GT, html

    ids = [column.id for column in table.columns]
    frame = pd.DataFrame([[cell_html(cell) for cell in row.cells] for row in table.rows], columns=ids, dtype="object")
    groups = [row.group for row in table.rows]
    if any(groups):
        frame["__group__"] = [html_text(name) for name in groups]
    made = GT(frame, groupname_col="__group__" if any(groups) else None, id="csr")
    # The cells are HTML that was escaped here already; great_tables would escape them a second time.
    made = made.fmt(fns=_as_it_is, columns=ids)
    made = made.cols_label({column.id: html(html_text(column.label)) for column in table.columns})
    for column in table.columns:
        made = made.cols_align(align=column.align, columns=column.id)
    spans = [(name, [c.id for c in group]) for name, group in groupby(table.columns, key=lambda c: c.spanner)]
    for place, (name, columns) in enumerate(spans):
        if name:
            made = made.tab_spanner(label=html(html_text(name)), columns=columns, id=f"spanner-{place}")
    for note in table.notes:
        made = made.tab_source_note(html(html_text(note)))
    for foot in table.footnotes:
        made = made.tab_source_note(html(f"<sup>{html_text(foot.mark)}</sup> {html_text(foot.text)}"))
    return made
