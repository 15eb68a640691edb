"""What a display that has nothing to show comes to: a table of zeros is a sentence, or its first row.

Not here: whether a display is there at all, which its declaration says (`trial_report.declare`), and domains that were
not delivered (`domains`).
"""

from __future__ import annotations

import re
from dataclasses import replace

from trial_report.analysis.display.table import Cell, Table
from trial_report.analysis.results.formatting import MISSING

_ZERO = re.compile(r"0(?: \(0(?:\.0+)?\))?(?: \[0\])?")
_SAID = re.compile(r"No [^.]* was reported\.")
LEFT = "All other counts of this table are 0 as well; their rows are left out."


def collapsed(table: Table, subjects: str = "subjects") -> Table:
    """The table; where it counts and every count is 0, the sentence of its notes which says that, or its first row.

    The sentence stands in the place of rows, with how many of how many `subjects` that is, by the last column. Only
    rows all of whose numbers are results are looked at: a table that prints anything else stays as it is.
    """
    cells = [cell for row in table.rows for cell in row.cells if cell.keys]
    if not cells or not all(cell.text == MISSING or _ZERO.fullmatch(cell.text) for cell in cells):
        return table
    if all(cell.text == MISSING for cell in cells):
        return table
    rest = {cell.text for row in table.rows for cell in row.cells[table.stub :] if not cell.keys}
    if rest - {"", MISSING}:
        return table
    said = next((note for note in table.notes if _SAID.fullmatch(note)), "")
    count = _count(table, subjects) if said else None
    if count:
        return replace(table, rows=(), notes=(), footnotes=(), said=(count,), empty=f"{said[:-1]}:")
    if len(table.rows) < 3:
        return table
    return replace(table, rows=(replace(table.rows[0], group=""),), notes=(*table.notes, LEFT))


def _count(table: Table, subjects: str) -> Cell | None:
    """ "0 of 20 patients.", each number traced; None where the last column has no N."""
    zero, heading = table.rows[0].cells[-1], table.columns[-1].heading
    size = next(((text, keys[0]) for text, keys in heading.pieces() if keys), None)
    if size is None or zero.text == MISSING or not zero.keys:
        return None
    return Cell.of(("0", zero.keys[0]), " of ", size, f" {subjects}.")
