"""Write a table as HTML directly: the report's listings, and the pieces of a cell that all tables are made of.

The report's tables are made by great_tables (``table_gt``). A listing is not: great_tables takes half a
millisecond a row, more in a longer table, which thousands of rows cannot afford, and a listing has nothing but rows to
lay out. Text, traces and marks are the same.

Not here: tables of the report as wholes (`table_gt`), and number, title and notes around them
(`report.cells.displays`).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from trial_report.analysis.display.escape import html_attribute, html_key, html_text
from trial_report.analysis.display.packed import FIRST, pack, packable
from trial_report.analysis.display.table import Cell, Column, Row, Table

# Texts of up to this length stay on one line where a whole column has no longer ones: dates, identifiers, codes.
SHORT = 24


def number(text: str, keys: tuple[str, ...]) -> str:
    """Return a traced number as HTML; several keys stand in the attribute one a line."""
    return f'<span class="n" data-k="{html_key(chr(10).join(keys))}">{html_text(text)}</span>'


def cell_html(cell: Cell) -> str:
    """Return a cell's content: escaped text, traced numbers, raised marks."""
    inner = "".join(
        _room(text) if room else number(text, keys) if keys else html_text(text) for text, keys, room in cell.padded()
    )
    if cell.pads:
        inner = f'<span class="w">{inner}</span>'
    if cell.bold:
        inner = f"<strong>{inner}</strong>"
    if cell.marks:
        inner += f'<sup class="m">{html_text(", ".join(cell.marks))}</sup>'
    return inner


def _room(text: str) -> str:
    """As much room as a text takes: the style sheet sets it invisibly, and it is no text of the page."""
    return f'<i class="room" data-room="{html_attribute(text)}"></i>'


def group_html(name: str) -> str:
    """Return the content of a group's heading: in an element that stays in sight while the table scrolls sideways."""
    return f'<span class="group">{html_text(name)}</span>' if name else ""


def _names(column: Column) -> list[str]:
    return [column.align[0]] if column.align != "left" else []


def _attribute(names: list[str]) -> str:
    return f' class="{" ".join(names)}"' if names else ""


def _cell(names: list[str], stub: bool, cell: Cell) -> str:
    # An empty heading names nothing, and is none.
    name = 'th scope="row"' if stub and cell.text else "td"
    more = [f"i{min(cell.indent, 4)}"] if cell.indent else []
    return f"<{name}{_attribute(names + more)}>{cell_html(cell)}</{name[:2]}>"


def _columns(table: Table) -> list[tuple[list[str], bool]]:
    """Return each column's classes, and whether it names the row."""
    short = [all(len(row.cells[n].text) <= SHORT for row in table.rows) for n in range(len(table.columns))]
    return [
        (_names(column) + (["w"] if short[place] else []), place < table.stub)
        for place, column in enumerate(table.columns)
    ]


def _head(table: Table) -> str:
    spans = [(name, list(group)) for name, group in groupby(table.columns, key=lambda c: c.spanner)]
    two = any(name for name, _ in spans)
    first: list[str] = []
    second: list[str] = []
    for name, columns in spans:
        if name:
            first.append(f'<th class="s" scope="colgroup" colspan="{len(columns)}">{cell_html(columns[0].over)}</th>')
            second.extend(f'<th scope="col"{_attribute(_names(c))}>{cell_html(c.heading)}</th>' for c in columns)
        else:
            rows = ' rowspan="2"' if two else ""
            first.extend(f'<th scope="col"{rows}{_attribute(_names(c))}>{cell_html(c.heading)}</th>' for c in columns)
    lower = f"<tr>{''.join(second)}</tr>" if two else ""
    return f"<thead><tr>{''.join(first)}</tr>{lower}</thead>"


def to_html(table: Table) -> str:
    """Return the ``<table>`` element: heading rows, a ``<tbody>`` a group, numbers traced; no notes, no caption.

    Of a very long listing the first rows stand in the element, and the others packed behind it (see ``packed``).
    The column of the subjects is named by an attribute, for the script that gathers all rows of one.
    """
    packed = packable(table.rows)
    shown, rest = (table.rows[:FIRST], table.rows[FIRST:]) if packed else (table.rows, ())
    subject = next((f' data-subject="{n}"' for n, column in enumerate(table.columns) if column.id == "USUBJID"), "")
    inner = _head(table) + _bodies(table, shown)
    made = f'<table class="csr"{subject} data-quarto-disable-processing="true">{inner}</table>'
    if not rest:
        return made
    told = (
        f"These are the first {len(shown):,} of {len(table.rows):,} rows. A script of this page draws the others; "
        "without scripts they are to be read in the PDF."
    )
    return (
        f'{made}<noscript><p class="rest">{told}</p></noscript>'
        f'<script type="application/gzip" class="rows" data-rows="{len(rest)}">{pack(rest, shown[-1].group)}</script>'
    )


def _bodies(table: Table, shown: Sequence[Row]) -> str:
    width = len(table.columns)
    columns = _columns(table)
    bodies = []
    for name, rows in groupby(shown, key=lambda row: row.group):
        lines = [
            f"<tr>{''.join(_cell(*column, cell) for column, cell in zip(columns, row.cells, strict=True))}</tr>"
            for row in rows
        ]
        head = f'<tr class="g"><th colspan="{width}" scope="rowgroup">{group_html(name)}</th></tr>' if name else ""
        bodies.append(f"<tbody>{head}{''.join(lines)}</tbody>")
    if not table.rows:
        bodies.append(f'<tbody><tr><td class="e" colspan="{width}">{html_text(table.empty)}</td></tr></tbody>')
    return "".join(bodies)
