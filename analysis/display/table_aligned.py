"""Counts and percentages that stand below each other: what each cell of a column lacks, as room that nobody sees.

A column of counts is centred, so that "0" would stand below the middle of "16 (80.0) [41]". Each cell is filled up to
the widest of its column, part by part: count below count, percentage below percentage, number of events below number
of events. The digits of the tables' font are all as wide as each other.

Not here: widths of columns (`table_widths`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from trial_report.analysis.display.table import Cell, Row, Table
from trial_report.analysis.results.formatting import MISSING

# "16", "16 (80.0)", "16 [41]", "16 (80.0) [41]".
_COUNT = re.compile(rf"(\d[\d,]*)( \((?:[<>]?\d+(?:\.\d+)?|{MISSING})\))?( \[[\d,]+\])?")
Parts = tuple[str, str, str]


def aligned(table: Table) -> Table:
    """The table, whose cells of counts hold what each of them lacks to be as wide as the widest of its column.

    Looked at are centred columns, in the groups of rows that have a percentage or a number of events: where a group
    holds means and ranges, its counts stay in their middle.
    """
    places = [place for place, column in enumerate(table.columns) if place >= table.stub and column.align == "center"]
    counting: set[int] = set()
    at = 0
    for _, group in groupby(table.rows, key=lambda row: row.group):
        rows = list(group)
        if any(len(_filled(row.cells[place])) > 1 for row in rows for place in places):
            counting.update(range(at, at + len(rows)))
        at += len(rows)
    if not counting:
        return table
    widest = {place: _widest([table.rows[n].cells[place] for n in sorted(counting)]) for place in places}
    rows_ = tuple(_row(row, widest) if n in counting else row for n, row in enumerate(table.rows))
    return replace(table, rows=rows_)


def _parts(cell: Cell) -> Parts | None:
    found = _COUNT.fullmatch(cell.text) if cell.keys else None
    return (found[1], found[2] or "", found[3] or "") if found else None


def _filled(cell: Cell) -> list[str]:
    return [part for part in _parts(cell) or () if part]


def _widest(cells: Sequence[Cell]) -> Parts:
    found = [parts for cell in cells if (parts := _parts(cell))]
    first, second, third = (max((parts[n] for parts in found), key=len, default="") for n in range(3))
    return first, second, third


def _row(row: Row, widest: dict[int, Parts]) -> Row:
    cells = tuple(_cell(cell, widest[place]) if place in widest else cell for place, cell in enumerate(row.cells))
    return replace(row, cells=cells)


def _cell(cell: Cell, widest: Parts) -> Cell:
    parts = _parts(cell)
    if parts is None:
        return cell
    pads: list[tuple[int, str]] = []
    at = 0
    for part, whole in zip(parts, widest, strict=True):
        if len(part) < len(whole):
            # What a percentage lacks stands before its bracket; a part that is not there leaves the room of a whole.
            pads.append((at, whole[len(part) :] if part == "" else _digits(whole, len(whole) - len(part))))
        at += len(part)
    return replace(cell, pads=tuple(pads)) if pads else cell


def _digits(whole: str, count: int) -> str:
    """So much room of a number as that many of its signs take: all of them are digits, or commas of thousands."""
    number = re.sub(r"[^\d,]", "", whole)
    return number[:count]
