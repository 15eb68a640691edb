"""Compares two results frames, row by row, by key."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pandera.pandas as pa

from schemas.results import COLUMNS, RESULTS

CHANGED, UNPRINTED, ADDED, REMOVED = "changed", "changed below what is printed", "only after", "only before"
KINDS = (CHANGED, UNPRINTED, ADDED, REMOVED)


class NotResults(Exception):
    """A file is not a results.json; the message says why."""


def read_results(path: Path) -> pd.DataFrame:
    """The results frame of a results.json. Raises NotResults for a file that is missing, broken or something else."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(rows, list):
            raise ValueError("not a list of results")
        frame = pd.DataFrame(rows, columns=list(COLUMNS))
        frame = frame.astype({name: "float64" if name == "value" else "str" for name in COLUMNS})
        return RESULTS.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        wrong = ", ".join(dict.fromkeys(error.failure_cases["column"].dropna().astype("str"))) or "a row"
        raise NotResults(f"{path}: rows that are no results ({wrong})") from error
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise NotResults(f"{path}: {_first_line(error)}") from error


def _first_line(error: BaseException) -> str:
    said = f"{type(error).__name__}: {error}"
    return said.splitlines()[0][:200]


def compare_results(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """A row a key whose value, text or print differs, in the order of `after`, then what only `before` has.

    Columns: key, kind (one of `KINDS`), `<column>_before` and `<column>_after` of every other column of a results row,
    difference (after - before) and relative (the difference in percent of before; missing where before is 0).
    """
    both = after.merge(before, on="key", how="outer", suffixes=("_after", "_before"), indicator="_side")
    order = {key: n for n, key in enumerate(dict.fromkeys([*after["key"], *before["key"]]))}
    both = both.sort_values("key", key=lambda keys: keys.map(order), ignore_index=True)
    value = _differs(both, "value")
    text = _differs(both, "text") | _differs(both, "formatted")
    side = both["_side"].astype("str")
    kind = np.select(
        [side == "left_only", side == "right_only", text, value], [ADDED, REMOVED, CHANGED, UNPRINTED], default=""
    )
    both["kind"] = pd.Series(kind, index=both.index, dtype="str")
    both["difference"] = both["value_after"] - both["value_before"]
    both["relative"] = (100 * both["difference"] / both["value_before"].abs()).where(both["value_before"] != 0)
    return both.loc[both["kind"] != ""].drop(columns="_side").reset_index(drop=True)


def _differs(both: pd.DataFrame, name: str) -> pd.Series:
    one, other = both[f"{name}_before"], both[f"{name}_after"]
    return ~((one == other).fillna(False).astype(bool) | (one.isna() & other.isna()))
