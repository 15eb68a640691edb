"""Profile of an endpoint over visits: patients' values and their mean; the mean change below where it is analysed.

Not here: the last visit by dose (`dose`) or by patient (`waterfall`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import pandas as pd
from matplotlib.figure import Figure as Drawing
from matplotlib.lines import Line2D

from trial_report import declare
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.figures._read import (
    analysed,
    axis_of,
    interval_text,
    keys_of,
    percent_level,
    rows_of,
    series,
)
from trial_report.analysis.display.figures._series import count_rows, individual_lines, means
from trial_report.analysis.display.figures._sheet import (
    Look,
    groups_in,
    key_line,
    legend,
    legend_height,
    looks,
    no_data,
    numbers_below,
    place,
    sheet,
    width_of,
)
from trial_report.analysis.display.figures._visits import time_axis, visits_of
from trial_report.analysis.display.figures.phases import drawn_phases
from trial_report.analysis.display.output import Figure, Output
from trial_report.analysis.display.style import MUTED, PORTRAIT_WIDTH, label
from trial_report.analysis.display.tables._efficacy import of_endpoint
from trial_report.schemas.study import TOTAL
from trial_report.schemas.study.design import Visit
from trial_report.schemas.study.measures import Endpoint

MANY = 60
"""From so many patients on, their lines are grey: colours would not be told apart."""

TALL, LOW = (2.45, 1.45), (1.6, 0.95)
"""Heights in inches of the panels of values and of change: on a page of their own, and in a document of two pages."""


def draw_profile(
    individual: pd.DataFrame,
    value: pd.DataFrame,
    change: pd.DataFrame | None,
    visits: Sequence[Visit],
    order: Mapping[str, Look],
    *,
    axis: str,
    unit: str | None,
    interval: str = "95%",
    heights: tuple[float, float] = TALL,
) -> Drawing:
    """The drawing, its panels so many inches high.

    `individual`: USUBJID, GROUP, AVISIT, AVAL; `value` and `change`: group, avisit, mean, ci_low, ci_high, text
    (the printed number of patients), a row a group and visit. Means are those of TOTAL where there are any, else
    of each group. Without `change` there is no lower panel.
    """
    present = groups_in(order, [*individual["GROUP"].dropna(), *value["group"]])
    total = TOTAL in set(value["group"])
    counted = [*present, TOTAL] if total else present
    drawn = [TOTAL] if total else present
    names = [order[g].name for g in counted]
    left = max([0.72, *(width_of(n) + 0.2 for n in names)])
    width = PORTRAIT_WIDTH - left - 0.1
    ticks = time_axis(visits, width)
    foot = ticks.height + 0.12
    named = [visit for visit, name in zip(ticks.at, ticks.labels, strict=True) if name]
    rows, changed = count_rows(value, named, order, counted), []
    if change is not None:
        changed = count_rows(change, named, order, counted)
        first = next((n for n, visit in enumerate(named) if visit in set(change["avisit"])), len(named))
        # Nobody has a change at baseline: no number stands there, and none is compared.
        changed = [(name, ["" if n < first else text for n, text in enumerate(texts)]) for name, texts in changed]
        if all(texts[first:] == own[first:] for (_, texts), (_, own) in zip(rows, changed, strict=True)):
            changed = []
    step = 0.155
    block = step * (len(counted) + 1) + 0.04
    table = block * (2 if changed else 1)
    grey = "#8A94A0" if individual["USUBJID"].nunique() > MANY else None
    handles = [Line2D([], [], color=grey, lw=0.8, label="Each patient")] if grey else _patient_keys(order, present)
    handles += [key_line(f"Mean, {order[g].name}", order[g]) for g in drawn]
    below = legend_height([str(h.get_label()) for h in handles], PORTRAIT_WIDTH - 0.2)
    upper, lower = heights[0], 0.34 + heights[1] if change is not None else 0.0
    height = 0.28 + upper + lower + foot + table + below + 0.1
    figure = sheet(PORTRAIT_WIDTH, height)
    top = place(figure, left, height - 0.28 - upper, 0.1, 0.28)
    bottom = top if change is None else place(figure, left, foot + table + below + 0.1, 0.1, 0.28 + upper + 0.34)
    shift = 0.012 * (max(ticks.at.values(), default=1) - min(ticks.at.values(), default=0)) if not total else 0.0
    lines = individual_lines(top, individual, ticks.at, order, grey=grey)
    for axes, frame in ((top, value), *([(bottom, change)] if change is not None else [])):
        for n, group in enumerate(drawn):
            own = frame.loc[frame["group"] == group]
            means(axes, own, ticks.at, order[group], shift=(n - (len(drawn) - 1) / 2) * shift)
        if ticks.at:
            ticks.draw(axes, labelled=axes is bottom)
    if not lines and value["mean"].isna().all():
        no_data(top)
    top.set_title(f"Value: each patient, and mean with {interval} confidence interval", pad=5)
    top.set_ylabel(axis)
    if change is not None:
        if change["mean"].isna().all():
            no_data(bottom)
        bottom.axhline(0, color=MUTED, lw=0.9, zorder=1)
        bottom.set_title(f"Change from baseline: mean with {interval} confidence interval", pad=5)
        bottom.set_ylabel(f"Change ({unit})" if unit else "Change")
    for axes in (top, bottom):
        axes.yaxis.set_label_coords(-0.5 / width, 0.5)
    places = [x for visit, x in ticks.at.items() if visit in set(named)]
    numbers_below(
        bottom, places, rows, title="Number of patients" + (" with a value" if changed else ""), first=foot + 0.07
    )
    if changed:
        numbers_below(bottom, places, changed, title="Number of patients with a change", first=foot + 0.07 + block)
    legend(figure, handles, left=0.1, right=0.1)
    return figure


def _patient_keys(order: Mapping[str, Look], present: Sequence[str]) -> list[Line2D]:
    looks = [order[g] for g in present]
    return [Line2D([], [], color=k.colour, ls=k.dash, lw=1, label=f"Patient, {k.name}") for k in looks]


@declare.outputs("fig.profile")
def outputs(book: Book) -> list[Output]:
    """A profile for every numeric endpoint."""
    return [
        Output(
            id=f"fig.profile.{e.paramcd.lower()}",
            kind="figure",
            number="14.2",
            in_text="11.4.1" if e.role == "primary" and not drawn_phases(book, e) else "",
            title=f"{label(e.label, 90)}: {_shown(e)} over time",
            **of_endpoint(book.definition, e),
            make=partial(make, endpoint=e),
        )
        for e in book.definition.endpoints
        if e.kind == "numeric"
    ]


def _shown(endpoint: Endpoint) -> str:
    return "values and change from baseline" if endpoint.measure == "change" else "values"


def make(book: Book, endpoint: Endpoint, heights: tuple[float, float] = TALL) -> Figure:
    """The profile of one endpoint, from its records and the rows of `eff.by_visit`."""
    individual = analysed(book, endpoint)
    value, change = (_means(book, endpoint, level) for level in ("AVAL", "CHG"))
    changed = endpoint.measure == "change"
    seen = {*value["avisit"]} - (set() if changed else {book.definition.baseline_visit.id})
    visits = visits_of(book.definition, {*seen, *individual["AVISIT"].dropna()})
    value = value.loc[value["avisit"].isin([v.id for v in visits])]
    drawing = draw_profile(
        individual,
        value,
        change if changed else None,
        visits,
        looks(book.definition),
        axis=axis_of(endpoint),
        unit=endpoint.unit_text,
        interval=percent_level(book),
        heights=heights,
    )
    rows = rows_of(book, "eff.by_visit", population=endpoint.analysis_set, paramcd=endpoint.paramcd)
    used = rows.loc[rows["statistic"].isin(["n", "mean", "ci_low", "ci_high"]) & rows["level"].isin(["AVAL", "CHG"])]
    used = used.loc[used["group"].isin(value["group"])]
    return Figure(
        drawing,
        alt=_alt(book, endpoint, value, change),
        notes=tuple(
            note
            for note in (
                "Thin lines: one patient each; visits without a value are bridged.",
                time_axis(visits, PORTRAIT_WIDTH - 1).note,
            )
            if note
        ),
        keys=keys_of(used),
    )


def _means(book: Book, endpoint: Endpoint, level: str) -> pd.DataFrame:
    """The means at each visit; where groups are compared, those of each group alone."""
    found = series(book, "eff.by_visit", endpoint.analysis_set, endpoint.paramcd, level)
    return found if endpoint.comparison == "none" else found.loc[found["group"] != TOTAL]


def _alt(book: Book, endpoint: Endpoint, value: pd.DataFrame, change: pd.DataFrame) -> str:
    interval = f"{percent_level(book)} confidence intervals"
    start = f"{endpoint.label} at each visit: a line a patient, and means with {interval}."
    group = TOTAL if TOTAL in set(value["group"]) else None
    if group is None:
        return start
    said = []
    for row in value.loc[value["group"] == group].to_dict("records")[:1]:
        said.append(f"Mean at {book.definition.visit(row['avisit']).label.lower()} {row['mean_text']}")
    for row in change.loc[change["group"] == group].to_dict("records")[-1:]:
        where = book.definition.visit(row["avisit"]).label.lower()
        said.append(f"mean change at {where} {row['mean_text']} ({interval_text(row)}) in {row['text']} patients")
    unit = f" {endpoint.unit_text}" if endpoint.unit else ""
    return f"{start} {'; '.join(said)}{unit and f', in{unit}'}." if said else start
