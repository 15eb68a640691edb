"""How wide a table's columns are in print, and about how high the table becomes.

Columns are weighed by the text itself, in the advance widths of the font, because measuring every cell of a long
listing inside Typst is what would be slow.

Not here: room within a cell (`table_aligned`), and widths of text in figures (`figures._sheet`).
"""

from __future__ import annotations

import re
from functools import lru_cache
from math import ceil

from trial_report.analysis.display import spelling
from trial_report.analysis.display.escape import FONT_FOLDER
from trial_report.analysis.display.table import Column, Table

# Widths in points: the text area of an A4 page with 2 cm margins, and what a column needs around its text.
PORTRAIT, LANDSCAPE = 482.0, 728.0
FONT_SIZE = 8.5
LINE = 9.7
# A row of one line: its capitals and the room above and below them.
ROW = 11.8
# Rows of up to this height (in points) stay on one page, of which headings and notes take a hundred more: almost half
# of an upright page, and all of a turned one.
KEPT = 250.0
GUTTER = 9.0
INDENT = 8.0
MARK = 6.0
# What names the rows has this much room before numbers get more than they must have, and lines of numbers up to this
# length are not broken.
NAMES, NUMBERS = 120.0, 64.0
_LONGEST_WORD = 20
_LONGEST_NUMBER = 40
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


def unbroken(heading: str) -> str:
    """The heading with blanks that do not break around the sign of "(N = 3)" and in "Week 30"."""
    return spelling.unbroken(heading).replace("(N = ", "(N\u00a0=\u00a0")


_BRACKET = re.compile(r"\(([^(),]{1,9}), ([^(),]{1,9})\)")


@lru_cache(maxsize=65536)
def bound(text: str) -> str:
    """The text of a cell, of which a short pair of numbers in brackets, and "5.0 × 10⁷", are on one line each."""
    if ", " in text and "(" in text:
        text = _BRACKET.sub("(\\1,\u00a0\\2)", text)
    return spelling.unbroken(text) if " × 10" in text else text


@lru_cache(maxsize=65536)
def _needs(text: str, longest: int) -> tuple[float, float]:
    """Return the widths in points of the longest word and of the longest line of a text."""
    short = text[:2000]
    # str.split() would also split where a blank that does not break stands.
    word = max((_width(w[:_LONGEST_WORD]) for w in short.replace("\n", " ").split(" ")), default=0.0)
    line = max((_width(part[:longest]) for part in short.split("\n")), default=0.0)
    return word, line


def _column(table: Table, place: int, column: Column) -> tuple[float, float, float]:
    """Return what a column needs for its longest word, for its cells' lines, and for its heading's lines too."""
    longest = _LONGEST_LINE if column.align == "left" else _LONGEST_NUMBER
    texts = {(c.wide, c.indent) for row in table.rows if not (c := row.cells[place]).pads}
    needs = [(indent * INDENT, *_needs(bound(text), longest)) for text, indent in texts]
    # A cell with room in it stays on one line.
    rooms = {c.wide for row in table.rows if (c := row.cells[place]).pads}
    needs += [(0.0, line, line) for line in map(_width, rooms)]
    around = GUTTER + (MARK if any(row.cells[place].marks for row in table.rows) else 0.0)
    word, line = _needs(unbroken(column.label), longest)
    least = max([word, *(more + one for more, one, _ in needs)])
    cells = max([least, *(more + one for more, _, one in needs)])
    return least + around, cells + around, max(cells, line) + around


def needed(table: Table, names: float = NAMES) -> list[float]:
    """Return the widths in points that the columns must have to be read with ease.

    That is the longest word of each, the line of a number that is not long, and some words of what names a row.
    """
    found = []
    for place, column in enumerate(table.columns):
        least, cells, _ = _column(table, place, column)
        more = NUMBERS if column.align != "left" else names if place < table.stub else 0.0
        found.append(max(least, min(cells, more)))
    return found


def widths(table: Table, total: float) -> list[float]:
    """Return the columns' widths in points, which fill ``total``.

    Longest words come first, then room for what names a row (`needed`), then the lines of numbers, then those of
    headings whose maker breaks their lines, then the lines of text, then those of other headings; of each of these,
    short ones come before long ones. What is left is shared out by width. Widths given for all columns are taken as
    weights instead.
    """
    given = [column.width for column in table.columns]
    if all(weight is not None for weight in given):
        weights = [weight or 0.0 for weight in given]
        return [total * weight / sum(weights) for weight in weights]
    found = [_column(table, place, column) for place, column in enumerate(table.columns)]
    numbers = [column.align != "left" for column in table.columns]
    now = [least for least, _, _ in found]
    if sum(now) >= total:
        return [total * each / sum(now) for each in now]
    wishes = (
        needed(table, min(NAMES, total / 4)),
        [cells if number else each for (_, cells, _), number, each in zip(found, numbers, now, strict=True)],
        [
            heading if "\n" in c.label else each
            for (_, _, heading), c, each in zip(found, table.columns, now, strict=True)
        ],
        [cells for _, cells, _ in found],
        [heading for _, _, heading in found],
    )
    for wish in wishes:
        now = _filled(now, wish, total)
    return [total * each / sum(now) for each in now]


def _filled(now: list[float], wish: list[float], total: float) -> list[float]:
    """The widths up to what is wished for, as far as there is room: what needs little has it before what needs much.

    A date is not broken for half a line more of a long text beside it.
    """
    wider = [max(w, n) for w, n in zip(wish, now, strict=True)]
    if sum(wider) <= total:
        return wider
    low, high = 0.0, max(wider)
    for _ in range(50):
        level = (low + high) / 2
        if sum(max(n, min(w, level)) for n, w in zip(now, wider, strict=True)) <= total:
            low = level
        else:
            high = level
    return [max(n, min(w, low)) for n, w in zip(now, wider, strict=True)]


def height(table: Table, total: float, most: int = 40) -> float:
    """Return about how high the rows become in points; infinite for a table of more than ``most`` rows."""
    if len(table.rows) > most:
        return float("inf")
    if not table.rows:
        return ROW
    wide = widths(table, total)
    lines = [
        max(ceil(_width(cell.text[:2000]) * len(cell.text) / max(len(cell.text[:2000]), 1) / (w - GUTTER + 0.01))
            for cell, w in zip(row.cells, wide, strict=True))
        for row in table.rows
    ]  # fmt: skip
    groups = len({row.group for row in table.rows if row.group})
    return sum(ROW + (max(n, 1) - 1) * LINE for n in lines) + groups * (ROW + 3)
