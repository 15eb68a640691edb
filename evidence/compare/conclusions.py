"""The conclusions that two results frames do not share: direction, significance, decisions, responders.

Not here: results that differ without a conclusion that does (`results`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

ALPHA = 0.05
"""The level where the results do not hold one (a row of the statistic "alpha")."""

COLUMNS = ("conclusion", "key", "before", "after")
_P_VALUES = ("p", "p_adjusted")
_CENTRES = ("estimate", "mean")
_CHANGES = ("CHG", "PCHG")


def alpha_of(results: pd.DataFrame) -> float:
    """The level of significance that the results were judged at."""
    held = results.loc[results["statistic"] == "alpha", "value"].dropna()
    return float(held.iloc[0]) if len(held) else ALPHA


def conclusions(results: pd.DataFrame) -> pd.DataFrame:
    """Every conclusion that can be read from a results frame: columns conclusion, key, says.

    - significance: a p-value is at most the level, or above it;
    - direction: the mean or estimate of a change from baseline is below, at or above zero;
    - interval: its confidence interval is below zero, holds zero, or is above;
    - decision: a result that is a text (the decision after a cohort, the MTD, the outcome of a test);
    - responders: a number of responders.
    """
    change = results["variable"].isin(_CHANGES) & results["value"].notna()
    parts = [
        _significance(results.loc[results["statistic"].isin(_P_VALUES) & results["value"].notna()], alpha_of(results)),
        _direction(results.loc[change & results["statistic"].isin(_CENTRES)]),
        _interval(results.loc[change & results["statistic"].isin(["ci_low", "ci_high"])]),
        _told("decision", results.loc[results["text"].notna()]),
        _told("responders", results.loc[results["analysis"].str.contains("respon") & (results["statistic"] == "n")]),
    ]
    return pd.concat(parts, ignore_index=True)


def changed_conclusions(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """The conclusions that both frames have, or one of them, and that are not the same: columns `COLUMNS`."""
    one, other = conclusions(before), conclusions(after)
    both = one.merge(other, on=["conclusion", "key"], how="outer", suffixes=("_before", "_after"), sort=False)
    both = both.rename(columns={"says_before": "before", "says_after": "after"})
    different = both.loc[both["before"].fillna("") != both["after"].fillna("")]
    kinds = ["decision", "significance", "direction", "interval", "responders"]
    order = different["conclusion"].map({kind: n for n, kind in enumerate(kinds)})
    return different.loc[order.sort_values(kind="stable").index, list(COLUMNS)].reset_index(drop=True)


def _frame(kind: str, key: pd.Series, says: object) -> pd.DataFrame:
    said = pd.Series(says, index=key.index, dtype="str")
    return pd.DataFrame({"conclusion": pd.Series(kind, index=key.index, dtype="str"), "key": key, "says": said})


def _significance(rows: pd.DataFrame, alpha: float) -> pd.DataFrame:
    says = np.where(rows["value"] <= alpha, f"significant (p ≤ {alpha:g})", f"not significant (p > {alpha:g})")
    return _frame("significance", rows["key"], says)


def _sign(values: pd.Series) -> np.ndarray:
    return np.select([values < 0, values > 0], ["below 0", "above 0"], default="0")


def _direction(rows: pd.DataFrame) -> pd.DataFrame:
    return _frame("direction", rows["key"], _sign(rows["value"]))


def _interval(rows: pd.DataFrame) -> pd.DataFrame:
    found = rows.loc[rows["value"].notna()]
    found = found.assign(stem=found["key"].str.replace("/[^/]*$", "", regex=True)).set_index("stem").sort_index()
    low, high = (found.loc[found["statistic"] == name] for name in ("ci_low", "ci_high"))
    limits = low[["key", "value"]].join(high["value"].rename("high"), how="inner")
    says = np.select([limits["high"] < 0, limits["value"] > 0], ["below 0", "above 0"], default="holds 0")
    return _frame("interval", limits["key"], says)


def _told(kind: str, rows: pd.DataFrame) -> pd.DataFrame:
    return _frame(kind, rows["key"], rows["formatted"].to_numpy())
