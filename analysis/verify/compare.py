"""Compares the results frame with what the second road found: row by row, by key, with stated tolerances.

Not here: running of the second road (`verification`), and comparison of two reports (`evidence.compare`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from trial_report.analysis.verify.attempts import Failure
from trial_report.analysis.verify.road import EXACT

MATCHED, DIFFERS, ONLY_HERE, ONLY_THERE = "matched", "differs", "only here", "only there"
NOT_COMPUTED, FAILED = "not computed", "failed"
STATES = (MATCHED, DIFFERS, ONLY_HERE, ONLY_THERE, NOT_COMPUTED, FAILED)
MISSING = "–"
_NUMERAL = r"^−?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?$"
P_VALUES = ("p", "p_adjusted")
OR = "\x1e"
"""Stands between texts that all agree: which of them it is, random numbers decide."""


def compare(results: pd.DataFrame, found: pd.DataFrame, failures: Sequence[Failure] = ()) -> pd.DataFrame:
    """A row a key of either: analysis, key, state, reason, here (results), there (second road), printed, tolerance.

    `found` as `Road.results` gives it. A row agrees where the values are both missing, or equal within its tolerance
    (relative and absolute; random numbers may decide between it and the `other` value), the texts are the same, and
    what is printed is the value rounded once, half away from zero, to the decimals that the standard asks for. A key
    that stands twice on either side fails. What the second road does not have because a computation failed
    (`failures`) is not computed, which is no disagreement.
    """
    here = results[["key", "analysis", "statistic", "value", "text", "formatted"]]
    there = found.reindex(columns=["key", "analysis", "value", "text", "decimals", "tolerance", "optional", "other"])
    both = here.merge(there, on="key", how="outer", suffixes=("", "_there"), indicator="_side")
    twice = both["key"].duplicated(keep=False)
    values = _values_agree(both)
    texts = _texts_agree(both)
    printed = _printed_right(both)
    side = both["_side"].astype("str")
    reason = np.select(
        [side == "left_only", side == "right_only", twice, ~values, ~texts, ~printed],
        ["not recomputed", "not in the results", "the key stands twice", "value", "text", "printed"],
        default="",
    )
    state = np.select(
        [side == "left_only", side == "right_only", reason != ""], [ONLY_HERE, ONLY_THERE, DIFFERS], default=MATCHED
    )
    absent = both.loc[side == "left_only", "key"]
    why = absent.map(lambda key: next((f"{f.what}: {f.reason}" for f in failures if f.about(key)), None)).dropna()
    states, reasons = (pd.Series(found, index=both.index, dtype="str") for found in (state, reason))
    states.loc[why.index], reasons.loc[why.index] = NOT_COMPUTED, why
    return pd.DataFrame(
        {
            "analysis": both["analysis"].fillna(both["analysis_there"]),
            "key": both["key"],
            "state": states,
            "reason": reasons,
            "here": _shown(both["text"], both["value"]),
            "there": _shown(both["text_there"].str.replace(OR, " or "), both["value_there"]),
            "printed": both["formatted"],
            "tolerance": both["tolerance"].fillna(EXACT),
        }
    )


def _shown(text: pd.Series, value: pd.Series) -> pd.Series:
    """A side's text, else its value in full."""
    return text.fillna(value.map(repr, na_action="ignore").astype("str"))


def _values_agree(both: pd.DataFrame) -> pd.Series:
    one, two = both["value"].to_numpy(float), both["value_there"].to_numpy(float)
    tolerance, other = both["tolerance"].fillna(EXACT).to_numpy(float), both["other"].to_numpy(float)
    with np.errstate(invalid="ignore"):
        near = np.abs(one - two) <= tolerance * np.maximum(1, np.abs(two))
        near |= np.abs(one - other) <= tolerance * np.maximum(1, np.abs(other))
    optional = both["optional"].to_numpy(float) == 1
    return pd.Series(near | (np.isnan(one) & (np.isnan(two) | optional)), index=both.index)


def _texts_agree(both: pd.DataFrame) -> pd.Series:
    """Texts are the same; one that ends in "…" here lays down only how the other begins (numbers, not wording)."""
    one, two = both["text"], both["text_there"]
    same = (one == two) | (one.isna() & two.isna())
    if (several := two.str.contains(f"…|{OR}").fillna(False).astype(bool)).any():
        pairs = zip(one[several], two[several], strict=True)
        agreed = [any(_agrees(str(a), b) for b in str(two).split(OR)) for a, two in pairs]
        same.loc[several] = np.array(agreed, dtype=bool)
    return same.fillna(False).astype(bool)


def _agrees(one: str, two: str) -> bool:
    return one.startswith(two[:-1]) if two.endswith("…") else one == two


def _printed_right(both: pd.DataFrame) -> pd.Series:
    """Whether the printed text is the value of the results, rounded once, half away from zero.

    A value that does not exist is printed as "–", or as its text. A p-value below 0.0001 or above 0.9999 is printed
    as such. A text that is no plain number (a power of ten, say) is left to the tests of formatting.
    """
    text = both["formatted"].astype("str")
    value = both["value"].to_numpy(float)
    missing = np.isnan(value)
    plain = text.str.match(_NUMERAL)
    digits = text.where(plain).str.replace(",", "").str.replace("−", "-")
    number = pd.to_numeric(digits).to_numpy(float)
    decimals = digits.str.extract(r"\.(\d+)$")[0].str.len().fillna(0).to_numpy(float)
    with np.errstate(invalid="ignore"):
        # The distance from value to print in units of the last digit: a half must have gone away from zero.
        beyond = (np.abs(number) - np.abs(value)) * 10.0**decimals
        rounded = (beyond > -0.5 + 1e-9) & (beyond <= 0.5 + 1e-6) & ((number * value >= 0) | (number == 0))
    wanted = both["decimals"].to_numpy(float)
    rounded &= np.isnan(wanted) | (wanted == decimals)
    beyond_print = both["statistic"].isin(P_VALUES) & ((value < 0.0001) | (value > 0.9999))
    extreme = beyond_print & np.where(value < 0.5, text == "<0.0001", text == ">0.9999")
    absent = missing & (both["text"].notna() | (text == MISSING))
    other = ~missing & ~plain & ~both["statistic"].isin(P_VALUES) & (text != MISSING) & both["decimals"].isna()
    return absent | (~missing & plain & rounded & ~beyond_print) | extreme | other


def summary(details: pd.DataFrame) -> pd.DataFrame:
    """A row an analysis: how many rows are in each state, and how many there are."""
    counts = pd.crosstab(details["analysis"], details["state"]).reindex(columns=list(STATES), fill_value=0)
    counts["rows"] = counts.sum(axis=1)
    return counts.rename_axis(index="analysis", columns=None).reset_index()
