"""The rows of a very long listing in a page: compressed text, from which a script draws what is looked at.

A browser takes seconds for a table of hundreds of thousands of cells, and milliseconds for the same text as data. What
is packed follows the rows that stand in the page as such; a reader without a script is told so, and the words of the
page that are compared with those of the PDF (``report.proof``) are read from here too.

Not here: how rows of a page are written that stand in it (`table_html`), and the script that draws
(`report/look/tables.js`).
"""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from collections.abc import Sequence
from itertools import accumulate, chain, groupby

import pyarrow as pa

from trial_report.analysis.display.escape import visible
from trial_report.analysis.display.table import Row

MANY = 2000
"""Rows from which a listing is packed: up to there a browser lays all of them out in a fraction of a second."""
FIRST = 60
"""Rows that stand in the page also then."""
_LEVEL = 9


class Unpacked(Exception):
    """Packed rows cannot be read."""


def packable(rows: Sequence[Row]) -> bool:
    """Say whether rows are so many that they are packed; only plain text can be, without traces, marks or indents."""
    return len(rows) > MANY and not any(c.keys or c.marks or c.indent or c.bold for row in rows for c in row.cells)


def pack(rows: Sequence[Row], before: str = "") -> str:
    """Return rows as base64 of gzip of JSON: runs of groups ``[[name, rows], …]``, and the texts of each column.

    ``before`` is the group of the row before: a first run of the same name goes on, and has "" for its name. The same
    rows give the same bytes: pyarrow brings its compression along, and the mark of the system is left out.
    """
    runs = [[visible(name), len(list(run))] for name, run in groupby(rows, key=lambda row: row.group)]
    if runs and rows[0].group == before:
        runs[0][0] = ""
    columns = [[visible(cell.text) for cell in cells] for cells in zip(*(row.cells for row in rows), strict=True)]
    return gzipped(json.dumps({"runs": runs, "columns": columns}, ensure_ascii=False, separators=(",", ":")))


def gzipped(text: str) -> str:
    """Return text as base64 of gzip, which a page unpacks by itself; the same text gives the same bytes."""
    small = pa.Codec("gzip", compression_level=_LEVEL).compress(text.encode(), asbytes=True)
    return base64.b64encode(small[:9] + b"\xff" + small[10:]).decode("ascii")


def unpack(text: str) -> list[str]:
    """Return the texts of packed rows in the order of reading: a group's name before its rows, row by row.

    Raises Unpacked where it is no such text.
    """
    try:
        held = json.loads(gzip.decompress(base64.b64decode(text, validate=True)))
        rows = list(zip(*held["columns"], strict=True))
        starts = list(accumulate((count for _, count in held["runs"]), initial=0))
        if starts[-1] != len(rows):
            raise ValueError(f"{len(rows)} rows in groups of {starts[-1]}")
        return [
            word
            for (name, count), start in zip(held["runs"], starts, strict=False)
            for word in (name, *chain.from_iterable(rows[start : start + count]))
        ]
    except (OSError, EOFError, KeyError, TypeError, ValueError, zlib.error) as error:
        raise Unpacked(f"the packed rows of a listing cannot be read: {error}") from error
