"""Missing data: the tipping point of a multiply imputed result.

Not here: imputation (`imputation`), and carrying forward (`analyse.carried`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from trial_report.analysis.methods.imputation import Pooled, pool_mean
from trial_report.analysis.methods.result import NAN, FloatArray


@dataclass(frozen=True)
class TippingPoint:
    """`delta` is the shift of the imputed values at which p first crosses alpha; NaN where it does not in the range.

    `table`: delta, estimate, se, ci_low, ci_high, p, holds. `holds` is: p at most alpha, on the side of the null on
    which the estimate without shift lies. `outcome` says the finding in words.
    """

    delta: float
    table: pd.DataFrame
    alpha: float
    outcome: str
    warning: str | None = None


def tipping_point(
    values: FloatArray,
    imputed: ArrayLike,
    deltas: Sequence[float],
    alpha: float = 0.05,
    analyse: Callable[[FloatArray], Pooled] = pool_mean,
    null: float = 0.0,
) -> TippingPoint:
    """Shift the imputed values by each of `deltas` and see when the result is lost (delta adjustment).

    `values` is imputations × subjects at one visit (see `Imputed.at`), `imputed` says which subjects' values are
    imputed; every delta is added to those only. `deltas` start at the mildest (usually 0) and go in the direction of
    harm; `analyse` gives the pooled result (by default the mean against 0: give another for another question, whose
    `estimate` is compared with `null`). Between the last delta that holds and the first that does not, the crossing
    is found by bisection. Source: Ratitch B et al., Pharm Stat 2013;12:337–347. By hand.
    """
    flags = np.asarray(imputed, dtype=bool)
    shift = flags.astype("float64")
    results = [analyse(values + delta * shift) for delta in deltas]
    side = np.sign(results[0].estimate - null) if results else NAN
    holds = [_holds(result, side, alpha, null) for result in results]
    table = pd.DataFrame(
        {
            "delta": pd.Series([float(d) for d in deltas], dtype="float64"),
            "estimate": pd.Series([r.estimate for r in results], dtype="float64"),
            "se": pd.Series([r.se for r in results], dtype="float64"),
            "ci_low": pd.Series([r.ci_low for r in results], dtype="float64"),
            "ci_high": pd.Series([r.ci_high for r in results], dtype="float64"),
            "p": pd.Series([r.p for r in results], dtype="float64"),
            "holds": pd.Series(holds, dtype="bool"),
        }
    )
    if not results or np.isnan(results[0].p):
        why = results[0].warning if results else "not estimable: no shifts were given"
        return TippingPoint(NAN, table, alpha, "the result cannot be estimated", why or "not estimable")
    if not flags.any():
        text = "no value was imputed, so there is nothing to shift"
        return TippingPoint(NAN, table, alpha, text, f"not estimable: {text}")
    if not holds[0]:
        text = "the result is not significant even without a shift"
        return TippingPoint(NAN, table, alpha, text, f"not estimable: {text}")
    if all(holds):
        text = f"the result holds over all shifts up to {float(deltas[-1]):g}"
        return TippingPoint(NAN, table, alpha, text, f"no tipping point in the range: {text}")
    lost = holds.index(False)
    near, far = float(deltas[lost - 1]), float(deltas[lost])
    for _ in range(60):
        middle = (near + far) / 2
        if _holds(analyse(values + middle * shift), side, alpha, null):
            near = middle
        else:
            far = middle
        if abs(far - near) <= 1e-9 * max(1.0, abs(far)):
            break
    return TippingPoint(far, table, alpha, f"the result is lost at a shift of {far:.4g}")


def _holds(result: Pooled, side: float, alpha: float, null: float) -> bool:
    return bool(result.p <= alpha and np.sign(result.estimate - null) == side)
