"""Study days along an axis: ticks at whole weeks, the day of first dose being day 1 and no day 0.

Not here: an axis of planned visits (`_visits`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from trial_report.analysis.display.figures._sheet import SMALL
from trial_report.analysis.results.formatting import fmt_number

STEPS = (1, 2, 7, 14, 28, 56, 84, 168, 364, 728)


def day_axis(axes: Axes, first: float, last: float, most: int = 12) -> None:
    """Limits from `first` to `last` (days since first dose, 0 its day) and at most `most` ticks, in whole weeks.

    Ticks bear study days, as listings do: the day of first dose is day 1, and there is no day 0.
    """
    step = next((s for s in STEPS if (last - first) / s <= most), STEPS[-1])
    low = int(np.floor(first / step)) * step if first < 0 else 0
    ticks = [d for d in range(low, int(last) + 1, step) if d >= first]
    axes.set_xticks(ticks, [fmt_number(d + 1 if d >= 0 else d) for d in ticks])
    room = 0.015 * max(last - first, 1)
    axes.set_xlim(first - room, last + room)
    axes.tick_params(axis="x", labelsize=SMALL)
    axes.set_xlabel("Study day (day 1: first dose)")


def since_first(day: pd.Series) -> pd.Series:
    """Study days (no day 0) as days since the first dose, which is 0."""
    number = day.to_numpy(dtype=float, na_value=np.nan)
    return pd.Series(np.where(number < 0, number, number - 1), index=day.index)
