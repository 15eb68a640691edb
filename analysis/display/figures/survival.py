"""Kaplan–Meier curves of the time-to-event endpoints, with numbers at risk at the visits.

Not here: the table of the same estimates (`tables.survival`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd
from matplotlib.figure import Figure as Drawing
from matplotlib.lines import Line2D

from trial_report import declare
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.figures._read import interval_text, keys_of, rows_of, wide, with_group
from trial_report.analysis.display.figures._sheet import (
    SMALL,
    Look,
    groups_in,
    key_mark,
    legend,
    legend_height,
    looks,
    no_data,
    numbers_below,
    place,
    sheet,
    width_of,
)
from trial_report.analysis.display.output import Figure, Output
from trial_report.analysis.display.style import INK, PORTRAIT_WIDTH, label
from trial_report.analysis.display.tables._grid import set_label
from trial_report.analysis.display.tables.survival import occurred
from trial_report.analysis.display.time_to_event import start
from trial_report.analysis.methods.survival import kaplan_meier
from trial_report.schemas.study import TOTAL
from trial_report.schemas.study.analysis import Survival

OVER: Mapping[str, Any] = {"lw": 1.7, "alpha": 1.0, "zorder": 3}
UNDER: Mapping[str, Any] = {"lw": 3.0, "alpha": 0.35, "zorder": 2.5}
"""How a curve is drawn, and one below the others."""


def draw_survival(
    curves: Mapping[str, pd.DataFrame],
    at_risk: pd.DataFrame,
    marks: Sequence[tuple[float, str]],
    order: Mapping[str, Look],
    *,
    axis: str,
    start: str = "first dose",
) -> Drawing:
    """The drawing. `curves`: group → time (days since `start`), survival (0 to 1), censored (count), a row a time.

    `at_risk`: group, day (one of `marks`), text. `marks`: day and label of the ticks, in order. With TOTAL alone its
    pointwise interval (ci_low, ci_high) is shaded.
    """
    groups = [*groups_in(order, curves), *([TOTAL] if TOTAL in curves else [])]
    own = [order[g] for g in groups]
    # the total lies under the groups, which would else not be seen where they agree
    drawn = {g: UNDER if g == TOTAL and len(groups) > 1 else OVER for g in groups}
    handles = [Line2D([], [], color=k.colour, ls=k.dash, label=k.name, **drawn[k.code]) for k in own]
    censored = any((c["censored"] > 0).any() for c in curves.values())
    handles += [key_mark("Censored", "|", INK, ms=7)] if censored else []
    names = [order[g].name for g in groups]
    left = max([0.75, *(width_of(n) + 0.2 for n in names)])
    shown = _spaced(marks, PORTRAIT_WIDTH - left - 0.3)
    table = 0.155 * (len(groups) + 1) + 0.06
    foot = 0.44 + table + legend_height([str(h.get_label()) for h in handles], PORTRAIT_WIDTH - 0.2)
    figure = sheet(PORTRAIT_WIDTH, 2.7 + foot)
    axes = place(figure, left, foot, 0.3, 0.12)
    axes.set_ylabel(axis)
    axes.yaxis.set_label_coords(-0.48 / (PORTRAIT_WIDTH - left - 0.3), 0.5)
    axes.set_xlabel(f"Time since {start}", labelpad=1)
    axes.set_xticks([d for d, _ in shown], [n for _, n in shown], fontsize=SMALL)
    ends = [float(c["time"].max()) for c in curves.values() if len(c)]
    span = max([*(d for d, _ in marks), *ends, 1.0])
    axes.set(xlim=(-0.01 * span, 1.01 * span), ylim=(-2, 104))
    if not ends:
        no_data(axes)
        return figure
    for group in groups:
        curve, look = curves[group], order[group]
        percent = 100 * curve["survival"]
        axes.step(curve["time"], percent, where="post", color=look.colour, ls=look.dash, **drawn[group])
        if groups == [TOTAL] and "ci_low" in curve:
            low, high = 100 * curve["ci_low"], 100 * curve["ci_high"]
            axes.fill_between(curve["time"], low, high, step="post", color=INK, alpha=0.12, lw=0)
        gone = curve["censored"] > 0
        axes.plot(curve["time"][gone], percent[gone], ls="none", marker="|", ms=7, color=look.colour, zorder=4)
    said = {(r["group"], r["day"]): r["text"] for r in at_risk.to_dict("records")}
    days = [d for d, _ in shown]
    rows = [(order[g].name, [str(said.get((g, d), "")) for d in days]) for g in groups]
    numbers_below(axes, days, rows, title="Number at risk", first=0.46)
    legend(figure, handles, left=0.1, right=0.1)
    return figure


def _spaced(marks: Sequence[tuple[float, str]], width: float) -> list[tuple[float, str]]:
    """The marks whose labels do not touch those before them, the first and last kept."""
    if len(marks) < 2:
        return list(marks)
    inch = width / max(marks[-1][0] - marks[0][0], 1e-9)
    kept = [marks[0]]
    final = marks[-1]
    for day, name in marks[1:-1]:
        before = (day - kept[-1][0]) * inch - (width_of(kept[-1][1]) + width_of(name)) / 2
        after = (final[0] - day) * inch - (width_of(final[1]) + width_of(name)) / 2
        if before > 0.08 and after > 0.08:
            kept.append((day, name))
    return [*kept, final]


@declare.outputs("fig.km", after="tte")
def outputs(book: Book) -> list[Output]:
    """Curves of every time-to-event endpoint of which there was an event."""
    return [
        Output(
            id=f"fig.km.{s.paramcd.lower()}",
            kind="figure",
            number="14.2",
            title=f"{label(s.label, 90)}: Kaplan–Meier estimate",
            population=set_label(book.definition, s.analysis_set),
            make=partial(make, endpoint=s),
        )
        for s in book.definition.survival
        if occurred(book, s)
    ]


def make(book: Book, endpoint: Survival) -> Figure:
    """The curves of one endpoint: steps from ADTTE by the method of the rows `tte`, numbers at risk from the rows."""
    definition = book.definition
    frame = book.datasets["ADTTE"]
    flag = definition.analysis_set(endpoint.analysis_set).flag
    frame = frame.loc[(frame["PARAMCD"] == endpoint.paramcd) & (frame[flag] == "Y") & frame["AVAL"].notna()]
    frame = with_group(book, frame, endpoint.analysis_set)
    parts = {str(g): own for g, own in frame.groupby("GROUP")} if len(definition.groups) > 1 else {}
    if definition.treatment.total or not parts:
        parts[TOTAL] = frame
    curves = {g: _curve(own, definition.confidence_level) for g, own in parts.items() if len(own)}
    rows = rows_of(book, "tte", population=endpoint.analysis_set, paramcd=endpoint.paramcd)
    risk = wide(rows.loc[rows["avisit"].notna()], ("at_risk", "pct", "pct_low", "pct_high"))
    whole = wide(rows.loc[rows["avisit"].isna() & rows["level"].isna()], ("n", "events", "median", "ci_low", "ci_high"))
    day = {visit: float(target - 1) for visit, target in definition.days_of_visits.items()}
    at_risk = pd.concat(
        [
            pd.DataFrame({"group": whole["group"], "day": 0.0, "text": whole["n_text"]}),
            pd.DataFrame({"group": risk["group"], "day": risk["avisit"].map(day), "text": risk["at_risk_text"]}),
        ]
    )
    marks = [(0.0, "0"), *((at, label(definition.visit(visit).label, 20)) for visit, at in day.items())]
    begun = start(definition, endpoint)
    drawing = draw_survival(curves, at_risk, marks, looks(definition), axis="Free of the event (%)", start=begun)
    names = dict(definition.columns)
    said = "; ".join(
        f"{names.get(r['group'], r['group'])}: {r['events_text']} events in {r['n_text']}, "
        f"median {r['median_text']} days ({interval_text(r)})"
        for r in whole.to_dict("records")
    )
    return Figure(
        drawing,
        alt=f"Kaplan–Meier estimate of {endpoint.label}: percentage free of the event over time since {begun}. {said}.",
        notes=("Number at risk: under observation and free of the event before the day. | marks a censored time.",),
        keys=keys_of(rows),
    )


def _curve(frame: pd.DataFrame, level: float) -> pd.DataFrame:
    """The steps, from the day on which time starts (time 0) on."""
    fit = kaplan_meier(frame["AVAL"], 1 - frame["CNSR"].astype("int64"), level)
    # the day on which time starts is day 1 in ADTTE and 0 on the axis
    return fit.curve.assign(time=(fit.curve["time"] - 1).clip(lower=0))
