"""Write a table as HTML directly: the report's listings, and the pieces of a cell that all tables are made of.

The report's tables are made by great_tables (``table_gt``). A listing is not: great_tables takes half a
millisecond a row, more in a longer table, which thousands of rows cannot afford, and a listing has nothing but rows to
lay out. Text,
traces and marks are the same.
"""

from __future__ import annotations

from itertools import groupby

from analysis.display.escape import html_attribute, html_text
from analysis.display.table import Cell, Column, Table


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
