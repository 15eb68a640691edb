"""Reads SAS transport files, version 5, into the same raw table as a text file.

Not here: text files (`delimited`), and the writing of transport files (`report.publish`).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat

from trial_report.analysis.read.delimited import RawTable, no_table
from trial_report.analysis.read.structure import MOST_COLUMNS, Flaw

_HEADER = b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!"
_VARIABLES = b"HEADER RECORD*******NAMESTR HEADER RECORD!!!!!!!"
_MEMBER = b"HEADER RECORD*******MEMBER  HEADER RECORD!!!!!!!"


def read_transport(path: Path) -> RawTable:
    """A transport file as a table: text columns as ``str``, numbers as float64, lines being row numbers from 1."""
    data = path.read_bytes()
    if not data:
        return no_table([Flaw("002", None, "0 bytes", "a SAS transport file, version 5")])
    if not data.startswith(_HEADER) or len(data) % 80 or data.count(_MEMBER) != 1:
        found = "another version or format" if not data.startswith(_HEADER) else "an incomplete file or several tables"
        return no_table([Flaw("011", None, found, "a SAS transport file, version 5, with one table")])
    count = _variables(data)
    if count > MOST_COLUMNS:
        return no_table([Flaw("011", None, f"{count} columns", f"at most {MOST_COLUMNS}, of one SDTM domain")])
    flaws: list[Flaw] = []
    try:
        frame = _read(path, None)
    except UnicodeDecodeError:
        flaws.append(Flaw("015", None))
        try:
            frame = _read(path, "WINDOWS-1252")
        except _ERRORS as error:
            return no_table([Flaw("011", None, str(error)[:200], "a SAS transport file, version 5")])
    except _ERRORS as error:
        return no_table([Flaw("011", None, str(error)[:200], "a SAS transport file, version 5")])
    return RawTable(frame, np.arange(1, len(frame) + 1), np.zeros(len(frame), dtype=bool), flaws)


def _variables(data: bytes) -> int:
    """The number of variables that the file's own header says it has; 0 where it does not say it."""
    told = data.partition(_VARIABLES)[2][:10]
    return int(told) if told.isdigit() else 0


_ERRORS = (
    pyreadstat.ReadstatError,
    pyreadstat.PyreadstatError,
    ValueError,
    OverflowError,
    MemoryError,
    KeyError,
    TypeError,
)


def _read(path: Path, encoding: str | None) -> pd.DataFrame:
    frame, _ = pyreadstat.read_xport(str(path), encoding=encoding, disable_datetime_conversion=True)
    # Put together at once: columns that are set one by one cost the square of their number.
    columns = {name: _cleaned(frame[name]) for name in frame.columns}
    return pd.DataFrame(columns, index=pd.RangeIndex(len(frame)), columns=frame.columns)


def _cleaned(values: pd.Series) -> pd.Series:
    if pd.api.types.is_numeric_dtype(values):
        return values.reset_index(drop=True)
    text = values.astype("str").reset_index(drop=True)
    return text.where(text != "")
