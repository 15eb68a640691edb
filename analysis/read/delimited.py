"""Reads a delimited text file: every value as text, every row with its line, nothing guessed.

Not here: lines and quotes (`structure`), and the type of a column (`typed`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv

from trial_report.analysis.read.padding import Padded
from trial_report.analysis.read.structure import Flaw, Structure, take_apart


@dataclass
class RawTable:
    """A file as it stands: text columns (or floats, from a transport file), the line of each row, and its flaws.

    `frame` is None when the file cannot be used at all. `broken` marks rows whose line was cut or padded, `padded` says
    of columns which values ended in blanks that were left away.
    """

    frame: pd.DataFrame | None
    lines: npt.NDArray[np.int64]
    broken: npt.NDArray[np.bool_]
    flaws: list[Flaw] = field(default_factory=list)
    padded: dict[str, Padded] = field(default_factory=dict)


def no_table(flaws: list[Flaw]) -> RawTable:
    """The table of a file that cannot be used."""
    return RawTable(None, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool), flaws)


def read_delimited(data: bytes) -> RawTable:
    """A text file's bytes as a table of text (missing where a field is empty). Never raises for content."""
    structure = take_apart(data)
    if not structure.readable:
        return no_table(structure.flaws)
    kept, flaws = _columns(structure.header)
    flaws = structure.flaws + flaws
    if not len(structure.lines):
        return RawTable(
            pd.DataFrame({n: pd.Series(dtype="str") for n in kept.values()}), structure.lines, structure.broken, flaws
        )
    try:
        table = _parse(structure)
    except pa.ArrowInvalid as error:
        return no_table([*flaws, Flaw("011", None, str(error)[:200], "a delimited text file")])
    if table.num_rows != len(structure.lines):
        found = f"{table.num_rows} records in {len(structure.lines)} lines"
        return no_table([*flaws, Flaw("011", None, found, "one record a line")])
    columns = dict(zip(kept.values(), table.select(list(kept)).columns, strict=True))
    del table
    return RawTable(_frame(columns, len(structure.lines)), structure.lines, structure.broken, flaws)


def _frame(columns: dict[str, pa.ChunkedArray], rows: int) -> pd.DataFrame:
    """The columns as a frame, each in one piece: taking rows out of thousands of pieces is slow.

    `columns` is emptied on the way, so that no column is there twice for longer than it takes to join its pieces.
    """
    joined = {}
    for name in list(columns):
        joined[name] = pd.array(columns.pop(name).combine_chunks(), dtype="str")
    # Arrow keeps what it no longer needs; the next file is another size.
    pa.default_memory_pool().release_unused()
    return pd.DataFrame(joined, index=pd.RangeIndex(rows), copy=False)


def _columns(header: list[str]) -> tuple[dict[int, str], list[Flaw]]:
    """Position → name of the columns that are used, and what is wrong with the others."""
    kept: dict[int, str] = {}
    flaws = []
    known: set[str] = set()
    for place, name in enumerate(header):
        if not name.strip():
            flaws.append(Flaw("009", 1, f"column {place + 1}", "a variable name"))
        elif name in known:
            flaws.append(Flaw("008", 1, name, "each column once"))
        else:
            kept[place] = name
            known.add(name)
    return kept, flaws


def _parse(structure: Structure) -> pa.Table:
    names = [f"c{place}" for place in range(len(structure.header))]
    return pacsv.read_csv(
        pa.BufferReader(structure.body),
        # A record must fit into a block.
        pacsv.ReadOptions(column_names=names, block_size=max(1 << 20, 2 * structure.longest + 1024)),
        pacsv.ParseOptions(
            delimiter=structure.delimiter, newlines_in_values=structure.multiline, ignore_empty_lines=False
        ),
        pacsv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.large_string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
            check_utf8=False,
        ),
    )
