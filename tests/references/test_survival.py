"""Both roads against a third: Kaplan–Meier curve, its median and limits, log-rank test."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.references.fixtures import agree, cases, read, values
from trial_report.analysis.methods import survival
from trial_report.analysis.verify import exact
from trial_report.analysis.verify import survival as again

pytestmark = pytest.mark.requirement("REQ-307", "REQ-505")

R = 1e-9  # R and we compute the same closed form in double precision
MEDIANS = read("km-median").set_index("case")


@pytest.mark.parametrize("row", cases("km-median"))
def test_median(row: Any) -> None:
    time, event = values(row["time"]), values(row["event"])
    first = survival.kaplan_meier(time, event)
    curve = exact.kaplan_meier(time, event.astype(bool), 0.95)
    expected = row[["median", "low", "high"]]
    agree([first.n, first.events], row[["n", "events"]], 0)
    agree([first.median.estimate, first.median.ci_low, first.median.ci_high], expected, R)
    agree(exact.median_time(curve), expected, R)


def test_where_the_conventions_for_the_median_part() -> None:
    """Only where the curve is exactly one half: R's quantile takes the middle of that stretch, up to the last time."""
    same = MEDIANS["median"].fillna(-1) == MEDIANS["median_r"].fillna(-1)
    assert set(MEDIANS.index[~same]) == {"two", "flat_then_event", "flat_to_the_end", "flat_of_ten"}
    # ... and R's print, where the stretch has no end, its beginning.
    assert list(MEDIANS.loc["flat_to_the_end", ["median", "median_r", "median_print"]]) == [3, 4.5, 3]


@pytest.mark.parametrize("name", sorted(set(read("km-curve")["case"])))
def test_curve(name: str) -> None:
    time, event = values(MEDIANS.loc[name, "time"]), values(MEDIANS.loc[name, "event"])
    expected = read("km-curve").query(f"case == {name!r}")
    first = survival.kaplan_meier(time, event).curve
    first = first[first["time"] > 0]
    second = exact.kaplan_meier(time, event.astype(bool), 0.95)
    columns = ["time", "survival", "se", "low", "high", "at_risk"]
    for theirs, ours in zip(columns, ["time", "survival", "se", "ci_low", "ci_high", "at_risk"], strict=True):
        agree(first[ours], expected[theirs], R)
        agree(second[theirs], expected[theirs], R)
    agree(first["events"], expected["events"], 0)


def test_curve_as_printed() -> None:
    """6-mercaptopurine: Klein and Moeschberger 2003, Table 4.1A, three decimals."""
    curve = survival.kaplan_meier(*(values(MEDIANS.loc["mercaptopurine", c]) for c in ("time", "event"))).curve
    steps = curve[curve["events"] > 0]
    agree(steps["survival"], [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], 6e-4)
    agree(steps["se"], [0.076, 0.087, 0.096, 0.107, 0.114, 0.128, 0.135], 6e-4)


@pytest.mark.parametrize("row", cases("log-rank"))
def test_log_rank(row: Any) -> None:
    time, event, group = values(row["time"]), values(row["event"]), row["group"].split()
    first = survival.log_rank(time, event, group)
    statistic, df, p = again.log_rank(time, event.astype(bool), np.array(group))
    expected = row[["chi", "p"]]
    agree([first.statistic, first.p], expected, R)
    agree([statistic, p], expected, R)
    if not np.isnan(row["chi"]):
        agree([first.df, df], [row["df"]] * 2, 0)
