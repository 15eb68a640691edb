"""Forest plot: the mean change of an endpoint in each subgroup, with its interval, number and value beside it.

Not here: subgroups of endpoints whose groups are compared (`forest_compared`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing
from matplotlib.transforms import blended_transform_factory

from trial_report import declare
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.figures._read import analysed as records_of
from trial_report.analysis.display.figures._read import (
    interval_text,
    keys_of,
    members,
    not_drawn,
    percent_level,
    rows_of,
    wide,
)
from trial_report.analysis.display.figures._sheet import SMALL, clipped, no_data, place, sheet, width_of
from trial_report.analysis.display.output import Figure, Output
from trial_report.analysis.display.style import INK, MUTED, PALETTE, PORTRAIT_WIDTH, label
from trial_report.analysis.display.tables._efficacy import analysed, ask, level_label, of_shown
from trial_report.schemas.study.measures import Endpoint


@dataclass(frozen=True)
class Line:
    """A line of the plot: a heading has a name only. `n` and `text` are printed, the numbers drawn (None: missing)."""

    name: str
    n: str = ""
    text: str = ""
    mean: float | None = None
    low: float | None = None
    high: float | None = None
    heading: bool = False
    overall: bool = False


def draw_forest(lines: Sequence[Line], *, axis: str, good: str, interval: str = "95%", what: str = "Mean") -> Drawing:
    """The drawing. `good` is the direction of benefit: decrease, increase or none; `what` heads the numbers."""
    step, head, foot = 0.2, 0.34, 0.62
    names = [clipped(x.name if x.heading or x.overall else "  " + x.name, 2.1) for x in lines]
    name_width = max([1.0, *(width_of(n, weight="semibold") for n in names)])
    text_width = max([1.35, *(width_of(x.text) for x in lines)])
    figure = sheet(PORTRAIT_WIDTH, head + foot + step * max(len(lines), 4))
    axes = place(figure, name_width + 0.55, foot, text_width + 0.25, head)
    axes.set_xlabel(axis)
    axes.set_yticks([])
    axes.grid(visible=False, axis="y")
    axes.spines["left"].set_visible(False)
    drawn = [(-float(n), x) for n, x in enumerate(lines) if x.mean is not None]
    if not drawn:
        no_data(axes)
        return figure
    axes.set_ylim(-max(len(lines), 4) + 0.4, 0.6)
    left, right = limits([x for _, x in drawn])
    room = 0.03 * (right - left)
    axes.set_xlim(left - room, right + room)
    axes.axvline(0, color=INK, lw=0.9, zorder=1)
    whole = [x.mean for _, x in drawn if x.overall and x.mean is not None]
    if len(whole) == 1:
        axes.axvline(whole[0], color=MUTED, lw=0.9, ls=(0, (3, 2)), zorder=1)
    for kind, marker, size, colour in ((False, "s", 5.5, PALETTE[0]), (True, "D", 7.0, INK)):
        own = [(y, x) for y, x in drawn if x.overall is kind]
        if not own:
            continue
        mean = np.array([x.mean for _, x in own], dtype=float)
        low = np.array([np.nan if x.low is None else x.low for _, x in own], dtype=float)
        high = np.array([np.nan if x.high is None else x.high for _, x in own], dtype=float)
        at = np.array([y for y, _ in own])
        spread = np.nan_to_num(np.vstack([mean - np.maximum(low, left), np.minimum(high, right) - mean]))
        for beyond, edge_, arrow in ((low < left, left, "<"), (high > right, right, ">")):
            axes.plot(np.full(beyond.sum(), edge_), at[beyond], ls="none", marker=arrow, ms=5, color=colour, zorder=4)
        limited = ~np.isnan(low)
        axes.errorbar(
            mean[limited], at[limited], xerr=spread[:, limited], ls="none", marker=marker, ms=size, color=colour,
            elinewidth=1.3, capsize=2.5, zorder=3,
        )  # fmt: skip
        # A mean without an interval is the least precise, and must not look like the most precise one.
        axes.plot(mean[~limited], at[~limited], ls="none", marker="o", ms=3.5, mfc="white", mec=colour, zorder=3)
    _columns(axes, lines, names, name_width, f"{what} ({interval} CI)")
    if good != "none":
        words = ("← better", "worse →") if good == "decrease" else ("← worse", "better →")
        edge = blended_transform_factory(axes.transAxes, figure.dpi_scale_trans)
        for x, text, ha in ((0.0, words[0], "left"), (1.0, words[1], "right")):
            axes.text(x, 0.1, text, transform=edge, ha=ha, va="center", fontsize=SMALL, color=MUTED)
    return figure


def limits(lines: Sequence[Line]) -> tuple[float, float]:
    """What the axis has to show: 0, every mean, and intervals up to five times the middle half-width.

    The interval of a subgroup of two patients would else leave no room for those of the others.
    """
    half = sorted((x.high - x.low) / 2 for x in lines if x.low is not None and x.high is not None)
    reach = 5 * half[(len(half) - 1) // 2] if half else 0.0
    known = [(x.mean, x.low, x.high) for x in lines if x.mean is not None]
    lows = [mean if low is None else max(low, mean - reach) for mean, low, _ in known]
    highs = [mean if high is None else min(high, mean + reach) for mean, _, high in known]
    left, right = min([0.0, *lows]), max([0.0, *highs])
    return (left, right) if right > left else (left - 1.0, right + 1.0)


def _columns(axes: Axes, lines: Sequence[Line], names: Sequence[str], name_width: float, title: str) -> None:
    """The texts to the left and right of the plot, in columns; the lines stand on the heights of the axes."""
    figure = axes.get_figure()
    assert isinstance(figure, Drawing)
    level = blended_transform_factory(figure.dpi_scale_trans, axes.transData)
    columns = ((0.08, "left"), (name_width + 0.42, "right"), (PORTRAIT_WIDTH - 0.08, "right"))
    for (x, ha), text in zip(columns, ("Subgroup", "n", title), strict=True):
        axes.text(x, 1.0, text, transform=level, ha=ha, va="center", fontsize=SMALL, fontweight="semibold")
    for n, (line, name) in enumerate(zip(lines, names, strict=True)):
        weight = "semibold" if line.heading or line.overall else "normal"
        for (x, ha), text in zip(columns, (name, line.n, line.text), strict=True):
            if text:
                own = weight if ha == "left" else "normal"
                axes.text(x, -n, text, transform=level, ha=ha, va="center", fontsize=SMALL, fontweight=own)


@declare.outputs("fig.forest", after="eff.subgroup_comparison")
def outputs(book: Book) -> list[Output]:
    """A forest plot for every primary numeric endpoint without a comparison, of a study that defines subgroups."""
    definition = book.definition
    if not definition.subgroups:
        return []
    return [
        Output(
            id=f"fig.forest.{e.paramcd.lower()}",
            kind="figure",
            number="14.2",
            title=f"{label(e.label, 80)}: {analysed(e)} in subgroups",
            **of_shown(book, e, "eff.subgroup", definition.last_visit(e.visits), "ALL"),
            make=partial(make, endpoint=e),
        )
        for e in definition.endpoints
        if e.kind == "numeric" and e.role == "primary" and e.comparison == "none" and _of_all(book, e) >= LEAST
    ]


LEAST = 4
"""Values from which there is something to compare between subgroups."""


def _of_all(book: Book, endpoint: Endpoint) -> float:
    """How many values all subgroups hold together."""
    at = ask(book, "eff.subgroup", endpoint, book.definition.last_visit(endpoint.visits),
             book.definition.columns[-1][0], "ALL")  # fmt: skip
    return (at.value("n") or 0) if at.has("n") else 0


def make(book: Book, endpoint: Endpoint) -> Figure:
    """The forest plot of one endpoint, from the rows of `eff.subgroup`."""
    definition = book.definition
    rows = rows_of(book, "eff.subgroup", population=endpoint.analysis_set, paramcd=endpoint.paramcd)
    found = wide(rows.loc[rows["level"].notna()], ("n", "mean", "ci_low", "ci_high"))
    column = definition.columns[-1][0]
    found = found.loc[found["group"] == column]
    by_level = {str(r["level"]): r for r in found.to_dict("records")}
    labels = {c.variable: c.levels for c in definition.characteristics}
    lines: list[Line] = []
    for subgroup in definition.subgroups:
        own = [name for name in by_level if name.startswith(f"{subgroup.variable}|")]
        if own:
            lines.append(Line(label(subgroup.label, 60), heading=True))
        for name in own:
            lines.append(_line(label(level_label(name, labels[subgroup.variable]), 60), by_level[name]))
    if "ALL" in by_level:
        lines.append(_line("All", by_level["ALL"], overall=True))
    visit = str(found["avisit"].iloc[0]) if len(found) else book.definition.last_visit(endpoint.visits)
    where = definition.visit(visit).label
    drawing = draw_forest(
        lines,
        axis=f"Mean {analysed(endpoint)} at {where}" + (f" ({endpoint.unit_text})" if endpoint.unit else ""),
        good=endpoint.benefit,
        interval=percent_level(book),
    )
    values = records_of(book, endpoint)
    changed = endpoint.measure == "change"
    begun = f"Mean change of {endpoint.label} from baseline" if changed else f"Mean of {endpoint.label}"
    said = "; ".join(f"{x.name} (n = {x.n}) {x.text}" for x in lines if not x.heading)
    used = rows.loc[rows["statistic"].isin(["n", "mean", "ci_low", "ci_high"])]
    return Figure(
        drawing,
        alt=f"{begun} at {where} with {percent_level(book)} confidence interval in each subgroup. {said}.",
        notes=(
            "Subgroups are descriptive: intervals are not adjusted for multiplicity. Dashed line: mean of all. "
            "An arrow head: the interval goes on beyond the axis."
            + (
                f" Hollow mark: fewer than {definition.inference_from} values, too few for an interval."
                if any(x.mean is not None and x.low is None for x in lines)
                else ""
            ),
            *not_drawn(
                book,
                members(book, endpoint),
                values.loc[(values["AVISIT"] == visit) & values[endpoint.analysed].notna(), "USUBJID"],
                f"a {analysed(endpoint)} at {where}",
            ),
        ),
        keys=keys_of(used),
    )


def _line(name: str, row: Mapping[Any, Any], overall: bool = False) -> Line:
    mean, low, high = (None if row[c] != row[c] else float(row[c]) for c in ("mean", "ci_low", "ci_high"))
    text = f"{row['mean_text']} ({interval_text(row)})" if mean is not None else str(row["mean_text"])
    return Line(name, str(row["n_text"]), text, mean, low, high, overall=overall)
