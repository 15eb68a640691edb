"""Laboratory and vital signs over time: a small panel a test, patients, medians with quartiles, reference limits.

Not here: one endpoint over visits (`profile`), and liver values against each other (`edish`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing
from matplotlib.lines import Line2D

from trial_report import declare
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.figures._read import axis_of, keys_of, parameter_records, rows_of, wide
from trial_report.analysis.display.figures._series import individual_lines, means
from trial_report.analysis.display.figures._sheet import (
    SMALL,
    Look,
    clipped,
    groups_in,
    key_line,
    legend,
    legend_height,
    looks,
    no_data,
    place,
    sheet,
)
from trial_report.analysis.display.figures._visits import VisitAxis, visit_axis, visits_of
from trial_report.analysis.display.output import Figure, Output
from trial_report.analysis.display.style import PORTRAIT_WIDTH
from trial_report.analysis.display.tables._grid import set_label
from trial_report.analysis.results.formatting import fmt_number
from trial_report.schemas.study import TOTAL
from trial_report.schemas.study.design import Visit
from trial_report.schemas.study.measures import Parameter

ACROSS, DOWN = 3, 3
PATIENT = "#9AA5B1"
LIMIT = "#B3541E"


@dataclass(frozen=True)
class Panel:
    """One test: its heading, records (USUBJID, GROUP, AVISIT, AVAL, ANRLO, ANRHI) and medians (as `means` takes)."""

    title: str
    records: pd.DataFrame
    medians: pd.DataFrame


def draw_panels(panels: Sequence[Panel], visits: Sequence[Visit], order: Mapping[str, Look]) -> Drawing:
    """The drawing: up to three panels across, one set of visits for all."""
    across = min(ACROSS, max(len(panels), 1))
    down = -(-max(len(panels), 1) // across)
    left, gap = 0.45, 0.42
    width = (PORTRAIT_WIDTH - left - 0.1 - gap * (across - 1)) / across
    ticks = visit_axis(visits, width)
    total = any(TOTAL in set(p.medians["group"]) for p in panels)
    groups = [TOTAL] if total else groups_in(order, [g for p in panels for g in p.medians["group"]])
    handles = [Line2D([], [], color=PATIENT, lw=0.9, label="One patient")]
    handles += [key_line(f"Median with quartiles, {order[g].name}", order[g]) for g in groups]
    limited = any(p.records[["ANRLO", "ANRHI"]].notna().any(axis=None) for p in panels)
    handles += [Line2D([], [], color=LIMIT, lw=1.0, ls=(0, (4, 2)), label="Reference limits")] if limited else []
    below = legend_height([str(h.get_label()) for h in handles], PORTRAIT_WIDTH - 0.2)
    high, foot = 1.45, ticks.height + 0.14
    pitch = high + 0.42
    height = down * pitch + foot + below + 0.02
    figure = sheet(PORTRAIT_WIDTH, height)
    for n, panel in enumerate(panels):
        row, column = divmod(n, across)
        start = left + column * (width + gap)
        top = 0.26 + row * pitch
        axes = place(figure, start, height - top - high, PORTRAIT_WIDTH - start - width, top)
        axes.set_title(clipped(panel.title, width + 0.3, 8.5, "semibold"), fontsize=8.5, pad=4)
        _panel(axes, panel, ticks, order, groups, labelled=n + across >= len(panels))
    legend(figure, handles, left=0.1, right=0.1)
    return figure


def _panel(
    axes: Axes, panel: Panel, ticks: VisitAxis, order: Mapping[str, Look], groups: Sequence[str], labelled: bool
) -> None:
    """One panel; the visits are named under the last of each column only."""
    drawn = individual_lines(axes, panel.records, ticks.at, order, grey=PATIENT)
    span = max(ticks.at.values(), default=1.0) - min(ticks.at.values(), default=0.0)
    for n, group in enumerate(groups):
        own = panel.medians.loc[panel.medians["group"] == group]
        shift = (n - (len(groups) - 1) / 2) * 0.03 * span
        means(axes, own, ticks.at, order[group], shift=shift, size=3.6, width=1.3)
    if ticks.at:
        ticks.draw(axes, labelled=labelled)
    axes.tick_params(axis="y", labelsize=SMALL, pad=1.5)
    axes.tick_params(axis="x", pad=1.5)
    if not drawn:
        no_data(axes)
        return
    limits = pd.concat([panel.records["ANRLO"], panel.records["ANRHI"]]).dropna().unique()
    # a test whose limits differ between patients (by sex, say) has each; more would only be a band of lines
    for limit in np.sort(limits)[:6]:
        axes.axhline(float(limit), color=LIMIT, lw=0.9, ls=(0, (4, 2)), zorder=1.5)
    axes.locator_params(axis="y", nbins=5)


@declare.outputs("fig.lab", after="fig.edish")
def laboratory(book: Book) -> list[Output]:
    """Pages of laboratory tests."""
    return _pages(book, "fig.lab", "14.3.4", "Laboratory values over time", "lab", book.definition.laboratory)


@declare.outputs("fig.vs", after="vs.worst")
def vital_signs(book: Book) -> list[Output]:
    """Pages of vital signs."""
    return _pages(book, "fig.vs", "14.3.4", "Vital signs over time", "vs", book.definition.vital_signs)


def _pages(
    book: Book, name: str, number: str, title: str, analysis: str, parameters: Sequence[Parameter]
) -> list[Output]:
    pages = [parameters[n : n + ACROSS * DOWN] for n in range(0, len(parameters), ACROSS * DOWN)]
    return [
        Output(
            id=name if n == 0 else f"{name}.{n + 1}",
            kind="figure",
            number=number,
            title=title + (f" ({fmt_number(n + 1)} of {fmt_number(len(pages))})" if len(pages) > 1 else ""),
            population=set_label(book.definition, book.definition.safety_set),
            make=partial(make, analysis=analysis, parameters=tuple(page)),
        )
        for n, page in enumerate(pages)
    ]


def make(book: Book, analysis: str, parameters: tuple[Parameter, ...]) -> Figure:
    """A page of panels, from ADBDS and the rows of `lab.value` or `vs.value`."""
    population = book.definition.safety_set
    rows = rows_of(book, f"{analysis}.value", population=population)
    rows = rows.loc[rows["paramcd"].isin([p.paramcd for p in parameters]) & rows["avisit"].notna()]
    found = wide(rows, ("n", "median", "q1", "q3")).rename(columns={"median": "mean", "q1": "ci_low", "q3": "ci_high"})
    found = found.loc[found["n"] > 1]  # one patient's extra value is no median of the group
    records = {p.paramcd: parameter_records(book, p, population) for p in parameters}
    seen = {str(v) for frame in records.values() for v in frame["AVISIT"].dropna()} | set(found["avisit"])
    visits = visits_of(book.definition, seen)
    panels = [Panel(axis_of(p), records[p.paramcd], found.loc[found["paramcd"] == p.paramcd]) for p in parameters]
    drawing = draw_panels(panels, visits, looks(book.definition))
    said = []
    for parameter in parameters:
        own = found.loc[(found["paramcd"] == parameter.paramcd) & (found["group"] == book.definition.columns[-1][0])]
        if len(own):
            first, last = own.iloc[0], own.iloc[-1]
            unit = f" {parameter.unit_text}" if parameter.unit else ""
            said.append(f"{parameter.name} {first['median_text']} to {last['median_text']}{unit}")
    used = rows.loc[rows["statistic"].isin(["n", "median", "q1", "q3"])]
    notes = [
        "Thin lines: one patient each. Marks: median of two or more patients, with bars from the first to "
        "the third quartile."
    ]
    if visits:
        notes.append("Numbers of patients at each visit are in the tables of values over time.")
    return Figure(
        drawing,
        alt=f"A panel a test with a line a patient and medians with quartiles at each visit. Median at the first and "
        f"last visit shown: {'; '.join(said)}.",
        notes=tuple(notes),
        keys=keys_of(used),
    )
