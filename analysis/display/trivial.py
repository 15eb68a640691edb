"""What a display that has nothing to show comes to: a table of zeros is its first row.

Not here: whether a display is there at all, which its declaration says (`trial_report.declare`), and domains that were
not delivered (`domains`).
"""

from __future__ import annotations

import re
from dataclasses import replace

from trial_report.analysis.display.table import Table
from trial_report.analysis.results.formatting import MISSING

_ZERO = re.compile(r"0(?: \(0(?:\.0+)?\))?(?: \[0\])?")
LEFT = "All other counts of this table are 0 as well; their rows are left out."


def collapsed(table: Table) -> Table:
    """The table, or, where it counts and every count is 0, its first row with a note that the others are like it.

    Only rows all of whose numbers are results are looked at: a table that prints anything else stays as it is.
    """
    cells = [cell for row in table.rows for cell in row.cells if cell.keys]
    if len(table.rows) < 3 or not all(cell.text == MISSING or _ZERO.fullmatch(cell.text) for cell in cells):
        return table
    if all(cell.text == MISSING for cell in cells):
        return table
    rest = {cell.text for row in table.rows for cell in row.cells[table.stub :] if not cell.keys}
    if rest - {"", MISSING}:
        return table
    return replace(table, rows=(replace(table.rows[0], group=""),), notes=(*table.notes, LEFT))
