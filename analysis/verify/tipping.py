"""The tipping point a second time: by how much imputed values must be worse for significance to be lost.

Not here: the imputing (`impute`), and the comparison of groups that is shifted (`missing_compared`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from trial_report.analysis.verify.compare import OR
from trial_report.analysis.verify.exact import NAN, FloatArray
from trial_report.analysis.verify.family import SOLVED
from trial_report.analysis.verify.impute import BATCHES, SPREAD, centre
from trial_report.analysis.verify.road import places
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.measures import Endpoint

NEVER = "no result to lose: p above the level without a shift"
LOST = "the result is lost when the imputed values are shifted by …"
SHOWN = ("estimate", "ci_low", "ci_high", "p")

At = Callable[[FloatArray | float], dict[str, FloatArray]]
"""The pooled results of every run with the imputed values shifted, by one shift for all or one for each run."""


def tipping(
    study: StudyDefinition, e: Endpoint, place: Mapping[str, Any], at: At, spread: float, *, any_imputed: bool
) -> list[dict[str, Any]]:
    """The tipping point at a visit, and at the last one the curve; `spread` is the SD of the baselines.

    The shifts go against the sign of the estimate without one. Where random numbers decide that sign both are right.
    """
    rule, plain = study.missing_data, at(0.0)
    steps = spread * rule.tipping_range_sd * np.arange(rule.tipping_steps + 1) / rule.tipping_steps
    shifts = [sign * steps for sign in directions(plain["estimate"])]
    # Shifts are measured in standard deviations of the baselines: without any there is none to try.
    if spread == 0 or bool(np.isnan(plain["p"]).any()):
        rows = _not_tipped(place, "cannot be estimated")
    elif not any_imputed:
        rows = _not_tipped(place, "no value was imputed")
    else:
        rows, *other = [_tipped(e, place, at, one, study.multiplicity.alpha) for one in shifts]
        for more in other:
            texts = [row["text"] for row in (rows[-1], more[-1])]
            rows[-1] = {**rows[-1], "text": OR.join(dict.fromkeys(texts))}
    if spread > 0 and place["avisit"] == study.last_visit(e.visits):
        rows += _curve(e, place, at, shifts)
    return rows


def directions(estimates: FloatArray) -> list[float]:
    """Where the shifts go, by the estimates of the runs: down from one above 0, else up; both where it is near 0."""
    middle, rounding = float(estimates.mean()), 1e-9 * float(np.abs(estimates).max())
    reach = SPREAD * float(estimates.std(ddof=1)) * math.sqrt(1 + 1 / BATCHES) + rounding
    likely = -1.0 if middle > 0 else 1.0
    return [likely, -likely] if abs(middle) <= max(reach, 1e-12) else [likely]


def decimals(e: Endpoint, statistic: str) -> dict[str, int]:
    """How many decimals a statistic is printed with, where that is laid down."""
    more = {"estimate": 1, "ci_low": 1, "ci_high": 1, "se": 2}
    if statistic in more:
        return {"decimals": places(e.decimals, more[statistic])}
    return {"decimals": 0} if statistic == "n" else {}


def _not_tipped(place: Mapping[str, Any], word: str) -> list[dict[str, Any]]:
    """The rows where there is no tipping point to look for, and why."""
    own = {**place, "level": "tipping"}
    return [{**own, "statistic": "delta", "value": NAN}, {**own, "statistic": "outcome", "text": word}]


def _tipped(e: Endpoint, place: Mapping[str, Any], at: At, shifts: FloatArray, alpha: float) -> list[dict[str, Any]]:
    """The rows of the outcome: the result holds while p is at most alpha and the estimate keeps its sign."""
    own = {**place, "level": "tipping"}
    plain, curve = at(0.0), [at(float(shift)) for shift in shifts]
    same = np.array([np.sign(one["estimate"]) == np.sign(plain["estimate"]) for one in curve])
    return found(e, own, at, shifts, np.array([one["p"] for one in curve]), same, alpha)


def _curve(e: Endpoint, place: Mapping[str, Any], at: At, shifts: Sequence[FloatArray]) -> list[dict[str, Any]]:
    """The rows of every shift that is tried; of the other direction, where there are two, as the `other` values."""
    rows: list[dict[str, Any]] = []
    for number, each in enumerate(zip(*shifts, strict=True), 1):
        step = {**place, "level": f"tipping|{number}"}
        deltas = [abs(shift) if shift == 0 else float(shift) for shift in each]
        rows.append({**step, "statistic": "delta", "value": deltas[0], "other": deltas[-1]})
        pooled = [at(float(shift)) for shift in each]
        for s in SHOWN:
            first, last = centre(pooled[0][s]), centre(pooled[-1][s])
            tolerance = max(first["tolerance"], last["tolerance"])
            own = {**step, "statistic": s, "value": first["value"], "other": last["value"], "tolerance": tolerance}
            rows.append({**own, **decimals(e, s)})
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
    always = f"the result holds over all shifts up to {limit}{said}"
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
