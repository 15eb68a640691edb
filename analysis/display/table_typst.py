"""Write a table as Typst: string literals handed to the functions of ``report/look/typst-template.typ``.

Text never stands in Typst's markup, only in literals, so nothing in it can run. Column widths are weighed here
by the text itself, because measuring every cell of a long listing inside Typst is what would be slow.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby

from analysis.display.escape import FONT_FOLDER, typst_cell
from analysis.display.table import Cell, Column, Table

# Widths in points: the text area of an A4 page with 2 cm margins, and what a column needs around its text.
PORTRAIT, LANDSCAPE = 482.0, 728.0
FONT_SIZE = 8.5
GUTTER = 9.0
INDENT = 8.0
_LONGEST_WORD = 20
_LONGEST_LINE = 70


@lru_cache(maxsize=1)
def _advances() -> dict[str, float]:
    """Advance widths of the ASCII characters in the semibold table font, in points."""
    from matplotlib.ft2font import FT2Font, LoadFlags

    font = FT2Font(str(FONT_FOLDER / "SourceSans3-Semibold.ttf"))
    font.set_size(FONT_SIZE, 72)
    flags = LoadFlags.NO_HINTING
    return {chr(code): font.load_char(code, flags=flags).linearHoriAdvance / 65536 for code in range(32, 127)}


@lru_cache(maxsize=65536)
def _width(text: str) -> float:
    advances = _advances()
    return sum(advances.get(char, FONT_SIZE * 0.6) for char in text)


@lru_cache(maxsize=65536)
def _needs(text: str) -> tuple[float, float]:
    """Return the widths in points of the longest word and of the longest line of a text."""
    short = text[:2000]
    word = max((_width(w[:_LONGEST_WORD]) for w in short.split()), default=0.0)
    line = max((_width(part[:_LONGEST_LINE]) for part in short.split("\n")), default=0.0)
    return word, line


def widths(table: Table, total: float) -> list[float]:
    """Return the columns' widths in points, which fill ``total``: words first, then whole lines, then the rest."""
    least: list[float] = []
    wish: list[float] = []
    for place, column in enumerate(table.columns):
        texts = {(row.cells[place].text, row.cells[place].indent) for row in table.rows}
        needs = [tuple(n + INDENT * indent for n in _needs(text)) for text, indent in texts]
        needs.append(_needs(column.label))
        marks = 6.0 if any(row.cells[place].marks for row in table.rows) else 0.0
        least.append(max(word for word, _ in needs) + GUTTER + marks)
        wish.append(max(line for _, line in needs) + GUTTER + marks)
    given = [column.width for column in table.columns]
    if all(weight is not None for weight in given):
        weights = [weight or 0.0 for weight in given]
        return [total * weight / sum(weights) for weight in weights]
    spare = total - sum(least)
    if spare <= 0:
        return [total * each / sum(least) for each in least]
    more = [w - m for w, m in zip(wish, least, strict=True)]
    if sum(more) > spare:
        return [m + spare * extra / sum(more) for m, extra in zip(least, more, strict=True)]
    return [total * w / sum(wish) for w in wish]


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
            first.append(f"csr-s({len(columns)}, {typst_cell(name)})")
            second.extend(_label(column) for column in columns)
        else:
            first.extend(f"table.cell(rowspan: 2, {_label(column)})" if two else _label(column) for column in columns)
    return ", ".join(first + second)


def _label(column: Column) -> str:
    return f"csr-h({typst_cell(column.label)})"


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
