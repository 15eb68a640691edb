"""The columns of a table that are too many for a page: parts, each with the columns that name its rows.

Not here: how wide a column becomes (`table_widths`), and how a part is written (`table_gt`, `table_typst`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import ceil

from trial_report.analysis.display.table import Column, Table
from trial_report.analysis.display.table_widths import KEPT, LANDSCAPE, PORTRAIT, height, needed

HEADS = 50.0
"""Points that the headings of a part take."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some columns of a table below a line that says which of its parts they are; no line where it has one part."""

    table: Table
    heading: str = ""


def turns(table: Table) -> bool:
    """Whether a table is too wide for an upright page and not for a turned one, and its parts would be long ones."""
    if not PORTRAIT < sum(needed(table)) <= LANDSCAPE:
        return False
    return sum(height(part.table, PORTRAIT) + HEADS for part in parts(table)) > KEPT


def parts(table: Table, landscape: bool = False) -> tuple[Part, ...]:
    """Return a table in as few parts as its columns need, which are then about as wide as each other.

    What stands below one heading stays together, and every part begins with the columns that name the rows. A table
    whose maker said how wide its columns are, or that has nothing but such names, is one part.
    """
    total = LANDSCAPE if landscape else PORTRAIT
    need = needed(table)
    together = _together(table)
    if sum(need) <= total or len(together) < 2 or all(column.width is not None for column in table.columns):
        return (Part(table),)
    names = sum(need[: table.stub])
    wide = [sum(need[place] for place in places) for places in together]
    fewest = max(2, ceil(sum(wide) / max(total - names, 1.0)))
    split = [together]
    for count in range(fewest, len(together) + 1):
        split = _shared(together, count)
        sums = [sum(need[place] for places in run for place in places) for run in split]
        if names + max(sums) <= total:
            break
    return tuple(Part(_some(table, run), _heading(table, run, n, len(split))) for n, run in enumerate(split, 1))


def _together(table: Table) -> list[list[int]]:
    """The columns behind those that name a row, in runs with one heading above them."""
    places = range(table.stub, len(table.columns))
    found: list[list[int]] = []
    for spanner, run in groupby(places, key=lambda place: table.columns[place].spanner):
        one = list(run)
        found += [one] if spanner else [[place] for place in one]
    return found


def _shared(runs: Sequence[list[int]], count: int) -> list[list[list[int]]]:
    """So many parts, the first of which have one run more where they cannot be equal."""
    least, more = divmod(len(runs), count)
    found, at = [], 0
    for part in range(count):
        end = at + least + (part < more)
        found.append(list(runs[at:end]))
        at = end
    return found


def _some(table: Table, run: Sequence[list[int]]) -> Table:
    kept = [*range(table.stub), *(place for places in run for place in places)]
    return replace(
        table,
        columns=tuple(table.columns[place] for place in kept),
        rows=tuple(replace(row, cells=tuple(row.cells[place] for place in kept)) for row in table.rows),
    )


def _heading(table: Table, run: Sequence[list[int]], number: int, count: int) -> str:
    first, last = (_name(table.columns[places[0]]) for places in (run[0], run[-1]))
    said = first if first == last else f"{first} to {last}"
    return f"Part {number} of {count}: {said}" if said else f"Part {number} of {count}"


def _name(column: Column) -> str:
    """What a column is called, without its N."""
    return " ".join((column.spanner or column.label).split("(N = ")[0].split())
