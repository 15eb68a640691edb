"""Which cells of a PDF's tables name their row, and their tags as headings.

Typst tags the headings of columns; to say that a cell heads its row it needs a feature that its Python package cannot
turn on. A reader who listens to a table needs both.

Not here: the headings of rows in a page, which `analysis.display.table_html` writes.
"""

from __future__ import annotations

import re

from trial_report.report.render.objects import Objects

_ELEMENT = b"<</Type/StructElem/S/T"
_PARENT = re.compile(rb"/P (\d+) 0 R")
_KIDS = re.compile(rb"/K\[([^\]]*)\]")
_REFERENCE = re.compile(rb"(\d+) 0 R")
_TABLE = re.compile(rb"/Headers\[\((U\d+)x")
_EMPTY = b"/K[]"


def row_headings(pdf: bytes) -> frozenset[int]:
    """Return the numbers of the cells with which rows begin, of a PDF as Typst writes it.

    A cell without words names nothing. Before the first row of some that stay on one page stands a cell that nobody
    sees (`csr-k` of the template), which is passed over.
    """
    file = Objects(pdf)
    bodies: set[int] = set()
    rows: list[tuple[int, list[int]]] = []
    for number in file.places:
        held = file.body(number)
        if not held.startswith(_ELEMENT):
            continue
        kind = held[len(_ELEMENT) : held.index(b"/", len(_ELEMENT))]
        if kind == b"Body":
            bodies.add(number)
        elif kind == b"R" and (parent := _PARENT.search(held)) and (kids := _KIDS.search(held)):
            rows.append((int(parent.group(1)), [int(one) for one in _REFERENCE.findall(kids.group(1))]))
    within = [cells for parent, cells in rows if parent in bodies and cells]
    tables = [_table(file.body(cells[0])) for cells in within]
    kept = {
        table for table, cells in zip(tables, within, strict=True)
        if _EMPTY in (first := file.body(cells[0])) and b"/RowSpan" in first
    }  # fmt: skip
    columns: dict[bytes, int] = {}
    for table, cells in zip(tables, within, strict=True):
        columns[table] = max(columns.get(table, 0), len(cells))
    places = [
        int(table in kept and len(cells) == columns[table]) for table, cells in zip(tables, within, strict=True)
    ]  # fmt: skip
    found = [cells[place] for place, cells in zip(places, within, strict=True) if place < len(cells)]
    return frozenset(number for number in found if _names(file.body(number)))


def as_heading(body: bytes) -> bytes:
    """Return a cell as the heading of its row."""
    return body.replace(b"/S/TD/", b"/S/TH/", 1).replace(b"/O/Table/Headers", b"/O/Table/Scope/Row/Headers", 1)


def _table(cell: bytes) -> bytes:
    """The table of a cell, by the headings of columns that it names; none where it names none."""
    found = _TABLE.search(cell)
    return found.group(1) if found else b""


def _names(cell: bytes) -> bool:
    """Whether a cell heads its row: it has words, is of one column, and has the attributes of a cell."""
    return (
        cell.startswith(_ELEMENT + b"D/") and _EMPTY not in cell and b"/ColSpan" not in cell
        and b"/O/Table/Headers" in cell
    )  # fmt: skip
