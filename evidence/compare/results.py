"""Compares two results frames, row by row, by key.

Not here: what the differences mean (`conclusions`), and comparison with the second computation
(`analysis.verify.compare`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

CHANGED, UNPRINTED, ADDED, REMOVED = "changed", "changed below what is printed", "only after", "only before"
KINDS = (CHANGED, UNPRINTED, ADDED, REMOVED)


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
