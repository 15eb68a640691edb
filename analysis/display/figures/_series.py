"""Values over visits: a thin line a patient, means with their intervals, and the numbers under the axis.

Not here: the axis under the values (`_visits`), and the reading of them (`_read`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from trial_report.analysis.display.figures._sheet import Look
from trial_report.analysis.display.style import INK


def individual_lines(
    axes: Axes,
    frame: pd.DataFrame,
    at: Mapping[str, float],
    order: Mapping[str, Look],
    *,
    value: str = "AVAL",
    grey: str | None = None,
) -> int:
    """Draws a line a subject; returns the number of subjects.

    `frame` has USUBJID, AVISIT, GROUP and `value`. Visits without a value are bridged; a subject with one value
    only is a dot. Lines are thinner and fainter the more there are.
    """
    shown = frame.loc[frame[value].notna() & frame["AVISIT"].isin(list(at)), ["USUBJID", "AVISIT", "GROUP", value]]
    if shown.empty:
        return 0
    shown = shown.assign(x=shown["AVISIT"].map(dict(at)).astype(float)).sort_values(["USUBJID", "x"], kind="stable")
    subject = shown["USUBJID"].to_numpy()
    points = shown[["x", value]].to_numpy(dtype=float)
    first = np.flatnonzero(np.r_[True, subject[1:] != subject[:-1]])
    group = shown["GROUP"].astype(object).to_numpy()[first]
    pieces = np.split(points, first[1:])
    many = len(pieces)
    width = float(np.clip(14 / many, 0.35, 0.9))
    strength = float(np.clip(18 / many, 0.25, 0.85))
    plain = grey or INK
    colours = [plain if grey or g not in order else order[g].colour for g in group]
    dashes = ["-" if grey or g not in order else order[g].dash for g in group]
    lines = LineCollection(pieces, colors=colours, linewidths=width, alpha=strength, linestyles=dashes, zorder=2)
    axes.add_collection(lines)
    lone = [p[0] for p in pieces if len(p) == 1]
    if lone:
        axes.plot(*np.array(lone).T, ls="none", marker=".", ms=3, color=plain, alpha=strength, zorder=2)
    axes.autoscale_view()
    return many


def means(
    axes: Axes,
    frame: pd.DataFrame,
    at: Mapping[str, float],
    look: Look,
    *,
    shift: float = 0.0,
    size: float = 5.0,
    width: float = 1.8,
) -> None:
    """Draws means with intervals.

    `frame` has avisit, mean, ci_low, ci_high, a row a visit; a mean that is missing is left out.
    """
    shown = frame.loc[frame["mean"].notna() & frame["avisit"].isin(list(at))]
    if shown.empty:
        return
    shown = shown.assign(x=shown["avisit"].map(dict(at)).astype(float) + shift).sort_values("x", kind="stable")
    mean = shown["mean"].to_numpy(dtype=float)
    low, high = (shown[c].to_numpy(dtype=float) for c in ("ci_low", "ci_high"))
    # a mean of one patient has no interval: it is drawn without one
    spread = np.nan_to_num(np.vstack([mean - low, high - mean]))
    axes.errorbar(
        shown["x"], mean, yerr=spread, color=look.colour, marker=look.marker, ms=size, lw=width, ls=look.dash,
        elinewidth=1.1, capsize=2.6, capthick=1.1, zorder=4, markeredgecolor="white", markeredgewidth=0.6,
    )  # fmt: skip


def count_rows(
    counts: pd.DataFrame, visits: Sequence[str], order: Mapping[str, Look], groups: Sequence[str]
) -> list[tuple[str, list[str]]]:
    """Rows for the numbers under the axis: `counts` has group, avisit and the printed text."""
    found = counts.set_index(["group", "avisit"])["text"].to_dict() if len(counts) else {}
    return [(order[g].name, [str(found.get((g, v), "0")) for v in visits]) for g in groups]
