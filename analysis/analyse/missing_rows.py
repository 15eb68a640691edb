"""What analyses of missing data share: their levels, counts of imputed values, and the tipping point in rows.

Not here: the analyses themselves (`missing_data`, `missing_compared`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from trial_report.analysis.analyse.efficacy_data import EndpointData
from trial_report.analysis.methods.imputation import Pooled
from trial_report.analysis.methods.missing import TippingPoint, tipping_point
from trial_report.analysis.methods.result import FloatArray
from trial_report.analysis.results.formatting import fmt_number
from trial_report.analysis.results.rows import Place, Rows
from trial_report.schemas.study import StudyDefinition

MISSING = "eff.missing"
NO_SPREAD = "not estimable: the baselines have no spread that shifts could be measured by"
OBSERVED: Literal["observed"] = "observed"
LOCF: Literal["locf"] = "locf"
MI, TIPPING = "mi", "tipping"


def add_counts(rows: Rows, place: Place, n: int, imputed: int, method: str) -> None:
    """Rows n and imputed."""
    rows.add(place, "n", n, method=method)
    rows.add(place, "imputed", imputed, formatted=fmt_number(imputed), method=method)


def tipping_of(
    definition: StudyDefinition,
    values: FloatArray,
    imputed: NDArray[np.bool_],
    spread: float,
    analyse_shifted: Callable[[FloatArray], Pooled],
) -> TippingPoint:
    """Shifts go against the estimate, in steps up to the definition's number of baseline standard deviations."""
    plan, alpha = definition.missing_data, definition.multiplicity.alpha
    if not spread > 0:
        return replace(tipping_point(values, imputed, [], alpha, analyse_shifted), warning=NO_SPREAD)
    against = -1.0 if analyse_shifted(values).estimate > 0 else 1.0
    deltas = against * np.linspace(0.0, plan.tipping_range_sd * spread, plan.tipping_steps + 1)
    return tipping_point(values, imputed, list(deltas), alpha, analyse_shifted)


def add_tipping(rows: Rows, place: Place, data: EndpointData, found: TippingPoint, imputed: bool, curve: bool) -> None:
    """Rows delta and outcome, and with `curve` a level a shift."""
    method, decimals = "tipping-point", data.endpoint.decimals
    delta = None if math.isnan(found.delta) else found.delta
    rows.add(place, "delta", delta, formatted=fmt_number(delta, decimals + 1), method=method, warning=found.warning)
    rows.add(place, "outcome", text=_outcome(found, imputed, decimals, data.endpoint.unit), method=method)
    if not curve:
        return
    for number, step in enumerate(found.table.to_dict("records"), 1):
        at = place.at(level=f"{TIPPING}|{number}")
        rows.add(at, "delta", step["delta"], formatted=fmt_number(step["delta"], decimals + 1), method=method)
        values = {name: step[name] for name in ("estimate", "ci_low", "ci_high")}
        rows.add_all(at, values, decimals=decimals, method=method, warning=found.warning)
        rows.add(at.at(unit=None), "p", step["p"], method=method, warning=found.warning)


def _outcome(found: TippingPoint, imputed: bool, decimals: int, unit: str | None) -> str:
    """The finding in words, its number rounded as every other."""
    said = f" {unit}" if unit else ""
    if found.table.empty or math.isnan(float(found.table["p"].iloc[0])):
        return "cannot be estimated"
    if not imputed:
        return "no value was imputed"
    if not math.isnan(found.delta):
        return (
            f"the result is lost when the imputed values are shifted by {fmt_number(found.delta, decimals + 1)}{said}"
        )
    if found.table["holds"].all():
        last = fmt_number(float(found.table["delta"].iloc[-1]), decimals + 1)
        return f"the result holds over all shifts up to {last}{said}"
    return "no result to lose: p above the level without a shift"
