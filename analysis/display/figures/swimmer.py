"""Swimmer plot: a lane a patient with treatment, visits, adverse events by grade, and how participation stands.

Not here: one patient in detail (`patient`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure as Drawing
from matplotlib.lines import Line2D

from trial_report import declare
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.domains import not_delivered
from trial_report.analysis.display.figures._days import day_axis, since_first
from trial_report.analysis.display.figures._read import short_ids, someone, treated
from trial_report.analysis.display.figures._sheet import (
    SMALL,
    Look,
    clipped,
    groups_in,
    key_mark,
    legend,
    legend_height,
    looks,
    no_data,
    place,
    sheet,
    width_of,
)
from trial_report.analysis.display.output import Figure, Output
from trial_report.analysis.display.severity import short, worded
from trial_report.analysis.display.style import BAD, INK, MUTED, PORTRAIT_WIDTH, label
from trial_report.analysis.display.table import Reads
from trial_report.analysis.display.tables._grid import set_label
from trial_report.analysis.results.formatting import fmt_number
from trial_report.schemas.study import StudyDefinition

A_PAGE = 42
"""Patients on one page."""

GRADES = {
    1: ("o", "#FFFFFF", 4.0),
    2: ("o", "#F0B27A", 4.6),
    3: ("^", "#D55E00", 5.6),
    4: ("D", "#7A2E00", 5.2),
    5: ("X", "#000000", 6.0),
}
"""Marker, fill and size of an adverse event by its grade: darker and more angular the graver."""

NAME = 1.2
"""Most inches for the name of a group beside its lanes."""

UNGRADED = ("o", "#D5DAE0", 4.0)

ENDS = {
    "COMPLETED": ("|", INK, "Completed"),
    "DISCONTINUED": ("x", BAD, "Discontinued"),
    "ONGOING": (">", INK, "Ongoing"),
}


def draw_swimmer(
    lanes: pd.DataFrame,
    visits: pd.DataFrame,
    events: pd.DataFrame,
    order: Mapping[str, Look],
    grade_names: Mapping[int, str],
) -> Drawing:
    """The drawing, its lanes in the order of the rows.

    `lanes`: USUBJID, name, GROUP, end and treated_to (days since first dose), EOSSTT, a row a patient. `visits`:
    USUBJID, day. `events`: USUBJID, day, grade (missing: not graded); a patient who is not in `lanes` is left out.
    """
    lane = {subject: -float(n) for n, subject in enumerate(lanes["USUBJID"])}
    own_visits, own_events = (f.loc[f["USUBJID"].isin(list(lane)) & f["day"].notna()] for f in (visits, events))
    groups = groups_in(order, lanes["GROUP"].dropna())
    seen = {int(g) for g in own_events["grade"].dropna()} & set(GRADES)
    handles = [_dose_key(lanes)] if len(lanes) else []
    handles += [key_mark("Visit", "|", INK, ms=8)] if len(own_visits) else []
    handles += [_event_key(GRADES[g], f"AE {grade_names.get(g, f'grade {g}').lower()}") for g in sorted(seen)]
    handles += [_event_key(UNGRADED, "AE not graded")] if own_events["grade"].isna().any() else []
    ends = [e for e in ENDS if e in set(lanes["EOSSTT"].dropna()) and e != "COMPLETED"]
    handles += [key_mark(ENDS[e][2], ENDS[e][0], ENDS[e][1], ms=6) for e in ends]
    names = [str(n) for n in lanes["name"]]
    left = max([0.6, *(width_of(n) + 0.3 for n in names)])
    foot = 0.56 + legend_height([str(h.get_label()) for h in handles], PORTRAIT_WIDTH - 0.2)
    figure = sheet(PORTRAIT_WIDTH, foot + 0.178 * max(len(lanes), 6) + 0.3)
    beside = max((width_of(clipped(order[g].name, NAME)) for g in groups), default=0.0)
    axes = place(figure, left, foot, 0.15 + beside, 0.1)
    last = max([7.0, *lanes["end"].dropna(), *own_visits["day"], *own_events["day"]])
    first = min([0.0, *own_visits["day"]])
    day_axis(axes, first, last)
    if lanes.empty:
        no_data(axes)
        return figure
    y = lanes["USUBJID"].map(lane).to_numpy()
    colours = [order[g].colour if g in order else MUTED for g in lanes["GROUP"].astype(object)]
    end = lanes["end"].fillna(0).to_numpy(dtype=float)
    until = lanes["treated_to"].fillna(0).to_numpy(dtype=float)
    spans = [[(0.0, at), (to, at)] for at, to in zip(y, end, strict=True)]
    axes.add_collection(LineCollection(spans, colors=colours, linewidths=3.5, alpha=0.5, zorder=2))
    dosed = [[(0.0, at), (to, at)] for at, to in zip(y, until, strict=True) if to > 0]
    axes.add_collection(LineCollection(dosed, colors=INK, linewidths=1.4, zorder=2.4))
    once = until <= 0
    # Above its lane: events of the first days stand on the lane below it and are seen.
    axes.plot(np.zeros(once.sum()), y[once] + 0.36, ls="none", marker="v", ms=5, color=INK, zorder=3.5)
    where = own_visits["USUBJID"].map(lane)
    axes.plot(own_visits["day"], where, ls="none", marker="|", ms=9.5, color=INK, markeredgewidth=0.8, zorder=3)
    _draw_events(axes, own_events, lane)
    for status in ends:
        own = (lanes["EOSSTT"] == status).to_numpy()
        marker, colour, _ = ENDS[status]
        axes.plot(end[own], y[own], ls="none", marker=marker, color=colour, ms=6, markeredgewidth=1.6, zorder=6)
    axes.set_ylim(-len(lanes) + 0.2, 0.8)
    axes.set_yticks(y, names, fontsize=SMALL)
    axes.grid(visible=False, axis="y")
    _name_groups(axes, lanes["GROUP"], order)
    legend(figure, handles, left=0.1, right=0.1)
    return figure


def _name_groups(axes: Axes, group: pd.Series, order: Mapping[str, Look]) -> None:
    """The name of each group to the right of the first of its lanes, and a rule between groups.

    Colours of lanes are pale: they alone would not tell groups apart for every reader.
    """
    begins = np.flatnonzero(group.ne(group.shift()).to_numpy())
    for n in begins:
        if (code := str(group.iloc[n])) in order:
            name = clipped(order[code].name, NAME)
            axes.text(1.0, -float(n), f" {name}", transform=axes.get_yaxis_transform(), va="center", fontsize=SMALL)
        if n:
            axes.axhline(0.5 - float(n), color=MUTED, lw=0.6, zorder=1)


def _draw_events(axes: Axes, events: pd.DataFrame, lane: Mapping[str, float]) -> None:
    """A marker an event on its lane, the graver above the milder; the marks of visits are taller and seen behind it."""
    grade = events["grade"].astype("Float64").fillna(0).astype(int)
    for g in sorted(set(grade)):
        own = events.loc[grade == g]
        marker, fill, size = GRADES.get(int(g), UNGRADED)
        axes.plot(
            own["day"], own["USUBJID"].map(lane), ls="none", marker=marker, ms=size, color=INK,
            markerfacecolor=fill, markeredgewidth=0.7, zorder=4 + 0.1 * g,
        )  # fmt: skip


def _dose_key(lanes: pd.DataFrame) -> Line2D:
    if (lanes["treated_to"].fillna(0) > 0).any():
        return Line2D([], [], color=INK, lw=1.4, label="Treatment")
    return key_mark("Treatment", "v", INK, ms=6.5)


def _event_key(look: tuple[str, str, float], name: str) -> Line2D:
    marker, fill, size = look
    return Line2D([], [], ls="none", marker=marker, color=INK, markerfacecolor=fill, ms=size, label=name)


@declare.outputs("fig.swimmer", after="ae.time")
def outputs(book: Book) -> list[Output]:
    """The swimmer plot, over as many pages as its patients need; none where nobody was treated."""
    count = len(treated(book))
    pages = -(-count // A_PAGE)
    most = -(-count // max(pages, 1))  # no page with the last two alone
    return [
        Output(
            id="fig.swimmer" if page == 0 else f"fig.swimmer.{page + 1}",
            kind="figure",
            number="14.3.1",
            title="Treatment, visits and adverse events of each patient"
            + (f" ({fmt_number(page + 1)} of {fmt_number(pages)})" if pages > 1 else ""),
            population=set_label(book.definition, book.definition.safety_set),
            make=partial(make, page=page, most=most),
        )
        for page in range(pages)
    ]


def make(book: Book, page: int = 0, most: int = A_PAGE) -> Figure:
    """One page of the plot, of so many patients, from ADSL, ADVISIT and ADAE."""
    definition = book.definition
    everyone = treated(book)
    shown = everyone.iloc[page * most : (page + 1) * most]
    names = short_ids(book)
    lanes = pd.DataFrame(
        {
            "USUBJID": shown["USUBJID"],
            "name": shown["USUBJID"].map(names),
            "GROUP": shown["GROUP"],
            "end": shown["FUPDUR"].astype("Float64").astype(float) - 1,
            "treated_to": (shown["TRTEDT"] - shown["TRTSDT"]).dt.days.astype(float),
            "EOSSTT": shown["EOSSTT"],
        }
    )
    visits, events = book.datasets["ADVISIT"], book.datasets["ADAE"]
    baseline = [v.id for v in definition.visits if v.role != "screening"]
    done = visits.loc[(visits["DONE"] == "Y") & visits["AVISIT"].isin(baseline)]
    emergent = events.loc[events["TRTEMFL"] == "Y"]
    drawing = draw_swimmer(
        lanes,
        pd.DataFrame({"USUBJID": done["USUBJID"], "day": since_first(done["SVDY"])}),
        emergent[["USUBJID"]].assign(day=since_first(emergent["ASTDY"]), grade=emergent["ATOXGRN"]),
        looks(definition),
        {g: short(definition, g) for g in GRADES},
    )
    count = len(emergent.loc[emergent["USUBJID"].isin(shown["USUBJID"])])
    ends = "; ".join(
        f"{ENDS[s][2].lower()} {fmt_number(int((shown['EOSSTT'] == s).sum()))}"
        for s in ENDS
        if (shown["EOSSTT"] == s).any()
    )
    whole = book.ask("sets", definition.safety_set)
    return Figure(
        drawing,
        alt=f"A lane a patient over days since first dose, for {someone(book, len(shown))}, sorted by dose group and "
        f"date of first dose, with visits, {fmt_number(count)} treatment-emergent adverse events at their start, and "
        f"how participation ended ({label(ends, 120) or 'not known'}).",
        notes=(
            "A lane ends at the last contact; sorted by treatment group and date of first dose.",
            f"AE: treatment-emergent adverse event at its start, by {_scale(definition)}; where marks meet, "
            "the graver is above.",
            *(
                [
                    f"This page: {fmt_number(page * most + 1)} to {fmt_number(page * most + len(shown))} of "
                    f"{someone(book, len(everyone))}."
                ]
                if len(everyone) > len(shown)
                else []
            ),
            *([] if "AE" in book.domains else [not_delivered(["AE"])]),
        ),
        reads=Reads(("ADSL", "ADVISIT", "ADAE")),
        keys=whole.keys("N") if whole.has("N") else (),
    )


def _scale(definition: StudyDefinition) -> str:
    grading = definition.adverse_events.grading
    return f"severity ({grading})" if worded(definition) else f"{grading} grade"
