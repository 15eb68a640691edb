"""Write a table as Typst: string literals handed to the functions of ``report/look/typst-template.typ``.

Text never stands in Typst's markup, only in literals, so nothing in it can run.

Not here: widths (`table_widths`), and the functions that it calls, which are in `report/look/typst-template.typ`.
"""

from __future__ import annotations

from itertools import groupby

from trial_report.analysis.display.escape import typst_cell
from trial_report.analysis.display.table import Cell, Column, Row, Table
from trial_report.analysis.display.table_widths import LANDSCAPE, PORTRAIT, bound, unbroken, widths

MOST_KEPT = 12
"""Rows of a block inside a group, or without one, that are kept on one page: about a third of a turned page."""
OF_A_PAGE = {False: 38, True: 20}
"""Rows of a named group that are kept on one page, an upright and a turned one: what fits below headings and notes."""

MOST_WHOLE = 600
"""Characters of a cell that may not be broken over pages: in a narrow column about a third of a page."""

LONG = 200
"""Rows from which a listing fills its pages."""


def cell_typst(cell: Cell) -> str:
    """Return a cell as a Typst expression: a bare string literal where that is all there is."""
    options = []
    if cell.marks:
        options.append(f"marks: {typst_cell(', '.join(cell.marks))}")
    if cell.indent:
        options.append(f"indent: {min(cell.indent, 8)}")
    if cell.bold:
        options.append("bold: true")
    text = _padded(cell) if cell.pads else typst_cell(bound(cell.text))
    return f"csr-c({text}, {', '.join(options)})" if options else text


def _padded(cell: Cell) -> str:
    """The text with room in it, on one line."""
    pieces = (f"hide({typst_cell(text)})" if room else typst_cell(text) for text, _, room in cell.padded())
    return f"box({{ {'; '.join(pieces)} }})"


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

    ``notes`` is a Typst expression for the content that is repeated below the table on each page. Rows that belong
    together (`together`) stay on one page: a cell without width or content spans them, and may not be broken.
    """
    total = LANDSCAPE if landscape else PORTRAIT
    fractions = ", ".join(f"{width:.1f}fr" for width in widths(table, total))
    aligns = ", ".join(column.align for column in table.columns)
    groups = together(table, landscape)
    kept = any(len(block) > 1 for _, blocks in groups for block in blocks)
    wide = len(table.columns) + kept
    rows: list[str] = []
    for name, blocks in groups:
        if name:
            rows.append(f"csr-g({wide}, {typst_cell(name)}),")
        for block in blocks:
            for place, row in enumerate(block):
                first = f"csr-k({len(block)}), " if kept and not place else ""
                rows.append(first + ", ".join(map(cell_typst, row.cells)) + ",")
    if not table.rows:
        rows.append(f"csr-e({wide}, {typst_cell(table.empty)}),")
    body = "\n".join(rows)
    head = f"csr-k({2 if any(c.spanner for c in table.columns) else 1}), {_head(table)}" if kept else _head(table)
    columns, aligned = (f"0pt, {fractions}", f"left, {aligns}") if kept else (fractions, aligns)
    whole = "whole: true, " if _rows_fit(table) else ""
    return f"csr-grid(columns: ({columns},), align: ({aligned},), head: ({head},), {whole}notes: {notes}, (\n{body}\n))"


def _rows_fit(table: Table) -> bool:
    """Whether each row stays on one page: none is long, and the table is no listing that fills its pages."""
    return len(table.rows) <= LONG and all(len(cell.text) <= MOST_WHOLE for row in table.rows for cell in row.cells)


def together(table: Table, landscape: bool = False) -> list[tuple[str, list[list[Row]]]]:
    """The groups of a table with their rows in blocks, each of which stays on one page.

    A named group that fits a page is a block, as of a visit. In a longer one, and where rows have no group, a block
    begins at a row whose name is bold (a class of terms); more than `MOST_KEPT` rows are blocks of one. So is every
    row of a long listing, whose blocks would leave gaps on many pages.
    """
    long = table.reads is not None and len(table.rows) > LONG
    found: list[tuple[str, list[list[Row]]]] = []
    for name, group in groupby(table.rows, key=lambda row: row.group):
        rows = list(group)
        if long:
            found.append((name, [[row] for row in rows]))
        elif name and len(rows) <= OF_A_PAGE[landscape]:
            found.append((name, [rows]))
        else:
            found.append((name, [part for block in _blocks(rows, name) for part in _cut(block, MOST_KEPT)]))
    return found


def _blocks(rows: list[Row], name: str) -> list[list[Row]]:
    blocks: list[list[Row]] = []
    bold = False
    for row in rows:
        starts = bool(row.cells) and row.cells[0].bold
        if not blocks or starts or (not name and not bold):
            blocks.append([])
        bold = bold or starts
        blocks[-1].append(row)
    return blocks


def _cut(block: list[Row], most: int) -> list[list[Row]]:
    return [block] if len(block) <= most else [[row] for row in block]
