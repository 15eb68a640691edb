"""The tipping point a second time: by how much imputed values must be worse for significance to be lost."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analysis.verify.compare import OR
from analysis.verify.exact import NAN, FloatArray
from analysis.verify.family import SOLVED
from analysis.verify.impute import BATCHES, SPREAD, centre
from schemas.study.measures import Endpoint

NEVER = "not significant even without a shift"
LOST = "significance is lost when the imputed values are shifted by …"
SHOWN = ("estimate", "ci_low", "ci_high", "p")

At = Callable[[FloatArray | float], dict[str, FloatArray]]
"""The pooled results of every run with the imputed values shifted, by one shift for all or one for each run."""


def not_tipped(place: Mapping[str, Any], word: str) -> list[dict[str, Any]]:
    """The rows where there is no tipping point to look for, and why."""
    own = {**place, "level": "tipping"}
    return [{**own, "statistic": "delta", "value": NAN}, {**own, "statistic": "outcome", "text": word}]


def tipped(e: Endpoint, place: Mapping[str, Any], at: At, shifts: FloatArray, alpha: float) -> list[dict[str, Any]]:
    """The rows of the outcome: significance holds while p is at most alpha and the estimate keeps its sign."""
    own = {**place, "level": "tipping"}
    plain, curve = at(0.0), [at(float(shift)) for shift in shifts]
    same = np.array([np.sign(one["estimate"]) == np.sign(plain["estimate"]) for one in curve])
    return found(e, own, at, shifts, np.array([one["p"] for one in curve]), same, alpha)


def curve_rows(place: Mapping[str, Any], at: At, shifts: FloatArray, decimals: Any) -> list[dict[str, Any]]:
    """The rows of every shift that is tried; `decimals` gives those of a statistic."""
    rows: list[dict[str, Any]] = []
    for number, shift in enumerate(shifts, 1):
        step, pooled = {**place, "level": f"tipping|{number}"}, at(float(shift))
        rows.append({**step, "statistic": "delta", "value": abs(shift) if shift == 0 else float(shift)})
        rows += [{**step, "statistic": s, **centre(pooled[s]), **decimals(s)} for s in SHOWN]
    return rows


def found(
    e: Endpoint,
    own: Mapping[str, Any],
    at: At,
    shifts: FloatArray,
    p: FloatArray,
    same: NDArray[np.bool_],
    alpha: float,
) -> list[dict[str, Any]]:
    """The outcome and the shift; `p` and `same` (whether the estimate keeps its sign): shifts × runs.

    Where runs of the same size do not agree, or lie so near to alpha that others would not, several outcomes are
    right: a p-value whose normal score may be on either side of alpha's decides nothing.
    """
    said = f" {e.unit}" if e.unit else ""
    limit = f"{'−' if shifts[-1] < 0 else ''}{abs(shifts[-1]) + 1e-12:.{e.decimals + 1}f}"
    always = f"significance holds over all shifts up to {limit}{said}"
    score = np.where(same, stats.norm.isf(p / 2), 0.0)
    spread = SPREAD * score.std(axis=1, ddof=1) * math.sqrt(1 + 1 / BATCHES)
    wanted = float(stats.norm.isf(alpha / 2))
    surely, never = score.mean(axis=1) - spread > wanted, score.mean(axis=1) + spread < wanted
    possible = {NEVER: not surely[0], always: not never.any(), LOST: not never[0] and not surely.all()}
    holds = (p <= alpha) & same
    lost = holds[0] & ~holds.all(axis=0)
    texts = [text for text, is_possible in possible.items() if is_possible]
    outcome = {**own, "statistic": "outcome", "text": OR.join(texts)}
    if not possible[LOST]:
        return [{**own, "statistic": "delta", "value": NAN}, outcome]
    if lost.all() and len(texts) == 1:
        first = np.argmin(holds, axis=0)
        low, high = shifts[np.maximum(first - 1, 0)], shifts[first]
        for _ in range(60):
            middle = (low + high) / 2
            kept = at(middle)["p"] <= alpha
            low, high = np.where(kept, middle, low), np.where(kept, high, middle)
        return [{**own, "statistic": "delta", **centre(high)}, outcome]
    # From the last shift before it may be lost to the first at which it surely is.
    ends = shifts[max(int(np.argmin(surely)) - 1, 0)], shifts[int(np.argmax(never))] if never.any() else shifts[-1]
    middle_, reach = float(sum(ends)) / 2, abs(float(ends[1] - ends[0])) / 2
    tolerance = reach / max(1.0, abs(middle_)) + SOLVED
    return [{**own, "statistic": "delta", "value": middle_, "tolerance": tolerance, "optional": 1}, outcome]
