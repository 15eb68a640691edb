"""Write a table as Typst: string literals handed to the functions of ``report/look/typst-template.typ``.

Text never stands in Typst's markup, only in literals, so nothing in it can run.
"""

from __future__ import annotations

from itertools import groupby

from analysis.display.escape import typst_cell
from analysis.display.table import Cell, Column, Table
from analysis.display.table_widths import LANDSCAPE, PORTRAIT, unbroken, widths


def cell_typst(cell: Cell) -> str:
    """Return a cell as a Typst expression: a bare string literal where that is all there is."""
    options = []
    if cell.marks:
        options.append(f"marks: {typst_cell(', '.join(cell.marks))}")
    if cell.indent:
        options.append(f"indent: {min(cell.indent, 8)}")
    if cell.bold:
        options.append("bold: true")
    text = typst_cell(cell.text)
    return f"csr-c({text}, {', '.join(options)})" if options else text


def _head(table: Table) -> str:
    spans = [(name, list(group)) for name, group in groupby(table.columns, key=lambda c: c.spanner)]
    two = any(name for name, _ in spans)
    first: list[str] = []
    second: list[str] = []
    for name, columns in spans:
        if name:
            first.append(f"csr-s({len(columns)}, {typst_cell(unbroken(name))})")
            second.extend(_label(column) for column in columns)
        else:
            first.extend(f"table.cell(rowspan: 2, {_label(column)})" if two else _label(column) for column in columns)
    return ", ".join(first + second)


def _label(column: Column) -> str:
    return f"csr-h({typst_cell(unbroken(column.label))})"


def to_typst(table: Table, landscape: bool = False, notes: str = "none") -> str:
    """Return the expression ``csr-grid(…)`` of the table.

    ``notes`` is a Typst expression for the content that is repeated below the table on each page.
    """
    total = LANDSCAPE if landscape else PORTRAIT
    fractions = ", ".join(f"{width:.1f}fr" for width in widths(table, total))
    aligns = ", ".join(column.align for column in table.columns)
    rows: list[str] = []
    for name, group in groupby(table.rows, key=lambda row: row.group):
        if name:
            rows.append(f"csr-g({len(table.columns)}, {typst_cell(name)}),")
        rows.extend(", ".join(map(cell_typst, row.cells)) + "," for row in group)
    if not table.rows:
        rows.append(f"csr-e({len(table.columns)}, {typst_cell(table.empty)}),")
    body = "\n".join(rows)
    return (
        f"csr-grid(columns: ({fractions},), align: ({aligns},), head: ({_head(table)},), notes: {notes}, (\n{body}\n))"
    )
