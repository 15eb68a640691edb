"""Reads the fixtures of this folder: values of a third computation (R, or print), with their source in the head."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

FOLDER = Path(__file__).parent


def read(name: str) -> pd.DataFrame:
    """The fixture of that name; an empty cell is NaN (of a text, an empty text)."""
    return _read(name).copy()


@cache
def _read(name: str) -> pd.DataFrame:
    frame = pd.read_csv(FOLDER / f"{name}.csv", comment="#", keep_default_na=False, na_values=[""])
    texts = frame.select_dtypes(exclude="number").columns
    frame[texts] = frame[texts].where(frame[texts].notna(), "")
    return frame


def cases(name: str, where: str = "") -> list[Any]:
    """A parameter of a test for each row of a fixture, called after its first column; `where` is a pandas query."""
    frame = read(name).query(where) if where else read(name)
    return [
        pytest.param(row, id=f"{row.iloc[0]}" if isinstance(row.iloc[0], str) else f"row {i}")
        for i, row in frame.iterrows()
    ]


def values(text: Any) -> NDArray[np.float64]:
    """The numbers of a cell that holds several, parted by blanks."""
    return np.array([float(one) for one in str(text).split()])


def parted(text: str, sign: str = "|") -> list[NDArray[np.float64]]:
    """The groups (strata, rows) of a cell, parted by a sign."""
    return [values(one) for one in text.split(sign)]


def agree(found: Iterable[float], expected: Iterable[float], tolerance: float) -> None:
    """Both are the same within the tolerance: relative to the expected, absolute below 1; NaN is NaN."""
    a, b = [float(x) for x in found], [float(x) for x in expected]
    assert a == pytest.approx(b, rel=tolerance, abs=tolerance, nan_ok=True)
