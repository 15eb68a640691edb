"""Missing data: what runs of the same size leave open of the tipping point."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from trial_report.analysis.verify.compare import OR
from trial_report.analysis.verify.tipping import LOST, NEVER
from trial_report.analysis.verify.tipping import found as tipped

pytestmark = pytest.mark.requirement("REQ-505")

SHIFTS = np.arange(5.0)
ALWAYS = "the result holds over all shifts up to 4.00 mm"


def found(*p: float, noise: float) -> dict[str, Any]:
    """The rows for 20 runs whose normal scores of p scatter by `noise` about those of `p` at each shift."""
    from scipy import stats

    around = stats.norm.isf(np.array(p) / 2)[:, None] + noise * np.linspace(-1, 1, 20)
    curve = 2 * stats.norm.sf(around)
    endpoint: Any = SimpleNamespace(unit="mm", decimals=1)

    def at(shift: np.ndarray) -> dict[str, np.ndarray]:
        return {"p": np.array([np.interp(s, SHIFTS, curve[:, i]) for i, s in enumerate(shift)])}

    rows = tipped(endpoint, {}, at, SHIFTS, curve, np.full(curve.shape, True), 0.05)
    return {row["statistic"]: row for row in rows}


@pytest.mark.parametrize(
    ("p", "text", "delta"),
    [
        ((0.5, 0.6, 0.7, 0.8, 0.9), NEVER, False),
        ((1e-6, 1e-5, 1e-5, 1e-4, 1e-3), ALWAYS, False),
        ((1e-6, 1e-5, 0.4, 0.6, 0.8), LOST, True),
        ((1e-6, 1e-5, 1e-4, 1e-3, 0.05), f"{ALWAYS}{OR}{LOST}", True),
        ((0.05, 0.3, 0.4, 0.6, 0.8), f"{NEVER}{OR}{LOST}", True),
        ((0.05, 0.05, 0.05, 0.05, 0.05), f"{NEVER}{OR}{ALWAYS}{OR}{LOST}", True),
    ],
)
def test_outcomes_that_runs_leave_open(p: tuple[float, ...], text: str, delta: bool) -> None:
    rows = found(*p, noise=0.01)
    assert rows["outcome"]["text"] == text
    assert np.isnan(rows["delta"]["value"]) != delta
    assert rows["delta"].get("optional", 0) == (OR in text)


def test_a_shift_that_runs_leave_open_lies_between_the_last_sure_and_the_first_lost() -> None:
    rows = found(1e-6, 1e-5, 1e-4, 1e-3, 0.05, noise=0.01)
    low, high = 3.0, 4.0
    reach = rows["delta"]["tolerance"] * max(1.0, rows["delta"]["value"])
    assert rows["delta"]["value"] == (low + high) / 2
    assert reach == pytest.approx((high - low) / 2, abs=1e-6)
