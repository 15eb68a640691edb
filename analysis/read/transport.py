"""Reads SAS transport files, version 5, into the same raw table as a text file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat

from analysis.read.delimited import RawTable, no_table
from analysis.read.structure import Flaw

_HEADER = b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!"
_MEMBER = b"HEADER RECORD*******MEMBER  HEADER RECORD!!!!!!!"


def read_transport(path: Path) -> RawTable:
    """A transport file as a table: text columns as ``str``, numbers as float64, lines being row numbers from 1."""
    data = path.read_bytes()
    if not data:
        return no_table([Flaw("002", None, "0 bytes", "a SAS transport file, version 5")])
    if not data.startswith(_HEADER) or len(data) % 80 or data.count(_MEMBER) != 1:
        found = "another version or format" if not data.startswith(_HEADER) else "an incomplete file or several tables"
        return no_table([Flaw("011", None, found, "a SAS transport file, version 5, with one table")])
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
    for name in frame.columns:
        if not pd.api.types.is_numeric_dtype(frame[name]):
            frame[name] = frame[name].astype("str")
            frame[name] = frame[name].where(frame[name] != "")
    return frame.reset_index(drop=True)
