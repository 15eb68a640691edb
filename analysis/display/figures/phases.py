"""Mean change from baseline by phase and treatment group: a panel a phase, all on one scale, with the numbers below.

Not here: all phases together (`profile`), and the same means in a table (`tables.efficacy_further`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing

from trial_report import declare
from trial_report.analysis.analyse.further import name_of
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.figures._read import interval_text, keys_of, percent_level, rows_of, wide
from trial_report.analysis.display.figures._series import count_rows, means
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
from trial_report.analysis.display.output import Figure, Output
from trial_report.analysis.display.style import MUTED, PORTRAIT_WIDTH, label
from trial_report.analysis.display.tables._efficacy import of_endpoint
from trial_report.schemas.study import TOTAL
from trial_report.schemas.study.design import Visit
from trial_report.schemas.study.measures import Endpoint, FurtherAnalysis

HEIGHT, GAP = 1.55, 0.42
"""Inches of a panel, and of its title with the room above it."""


def drawn_phases(book: Book, endpoint: Endpoint) -> list[FurtherAnalysis]:
    """The further analyses that are of phases alone, in the endpoint's own set, where its mean change is analysed."""
    if endpoint.kind != "numeric" or endpoint.measure != "change" or endpoint.comparison != "none":
        return []
    if endpoint.test != "paired_t":
        return []
    found = [f for f in endpoint.further if f.phases and f.analysis_set in (None, endpoint.analysis_set)]
    return [one for one in found if len(_frame(book, endpoint, one))]


@declare.outputs("fig.phases", after="fig.profile")
def outputs(book: Book) -> list[Output]:
    """A figure for every primary endpoint whose change is analysed by phase."""
    return [
        Output(
            id=f"fig.phases.{e.paramcd.lower()}",
            kind="figure",
            number="14.2",
            in_text="11.4.1",
            title=f"{label(e.label, 90)}: mean change from baseline by phase and treatment group",
            **of_endpoint(book.definition, e),
            make=partial(make, endpoint=e),
        )
        for e in book.definition.endpoints
        if e.role == "primary" and drawn_phases(book, e)
    ]


def make(book: Book, endpoint: Endpoint) -> Figure:
    """The panels of one endpoint, from the rows of its further analyses."""
    phases = drawn_phases(book, endpoint)
    found = {one.label: _frame(book, endpoint, one) for one in phases}
    seen = {visit for frame in found.values() for visit in frame["avisit"]}
    visits = visits_of(book.definition, {book.definition.baseline_visit.id, *seen})
    drawing = draw_phases(
        found,
        visits,
        looks(book.definition),
        baseline=book.definition.baseline_visit.id,
        unit=endpoint.unit_text,
        interval=percent_level(book),
    )
    least = book.definition.inference_from
    used = [_rows(book, endpoint, one) for one in phases]
    notes = [
        f"The {percent_level(book)} confidence interval is drawn for {least} values or more.",
        "The change at baseline is zero.",
        time_axis(visits, PORTRAIT_WIDTH - 1).note,
    ]
    return Figure(
        drawing,
        alt=_alt(book, endpoint, found),
        notes=tuple(note for note in notes if note),
        keys=keys_of(*(rows.loc[rows["statistic"].isin(["n", "mean", "ci_low", "ci_high"])] for rows in used)),
    )


def draw_phases(
    found: Mapping[str, pd.DataFrame],
    visits: Sequence[Visit],
    order: Mapping[str, Look],
    *,
    baseline: str,
    unit: str | None,
    interval: str = "95%",
) -> Drawing:
    """The drawing: of each phase by its label a frame with group, avisit, mean, ci_low, ci_high, text (the number)."""
    shown = {name: _shown(frame, order) for name, frame in found.items()}
    every = list(dict.fromkeys(group for groups in shown.values() for group in groups))
    every = [g for g in order if g in every]
    left = max([0.72, *(width_of(order[g].name) + 0.2 for g in every)])
    width = PORTRAIT_WIDTH - left - 0.1
    ticks = time_axis(visits, width)
    foot = ticks.height + 0.12
    handles = [key_line(f"Mean, {order[g].name}", order[g]) for g in every]
    below = legend_height([str(h.get_label()) for h in handles], PORTRAIT_WIDTH - 0.2)
    tables = {name: 0.155 * (len(groups) + 1) + 0.04 for name, groups in shown.items()}
    height = sum(GAP + HEIGHT + foot + table for table in tables.values()) + below + 0.1
    figure = sheet(PORTRAIT_WIDTH, height)
    step = 0.012 * (max(ticks.at.values(), default=1) - min(ticks.at.values(), default=0))
    top = 0.0
    panels: list[Axes] = []
    for name, frame in found.items():
        rest = height - top - GAP - HEIGHT
        axes = place(figure, left, rest, 0.1, top + GAP, **({"sharey": panels[0]} if panels else {}))
        panels.append(axes)
        groups = shown[name]
        for n, group in enumerate(groups):
            own = frame.loc[frame["group"] == group, ["avisit", "mean", "ci_low", "ci_high"]]
            # Where everybody starts: no estimate, and without an interval.
            start = pd.DataFrame([{"avisit": baseline, "mean": 0.0, "ci_low": float("nan"), "ci_high": float("nan")}])
            at = {**ticks.at}
            means(axes, pd.concat([start, own], ignore_index=True), at, order[group],
                  shift=(n - (len(groups) - 1) / 2) * step)  # fmt: skip
        if frame["mean"].isna().all():
            no_data(axes)
        ticks.draw(axes)
        axes.axhline(0, color=MUTED, lw=0.9, zorder=1)
        axes.set_title(f"{label(name, 60)}: mean with {interval} confidence interval", pad=5)
        axes.set_ylabel(f"Change ({unit})" if unit else "Change")
        axes.yaxis.set_label_coords(-0.5 / width, 0.5)
        named = [
            (v, at) for (v, at), text in zip(ticks.at.items(), ticks.labels, strict=True) if text and v != baseline
        ]
        rows = count_rows(frame, [visit for visit, _ in named], order, groups)
        numbers_below(axes, [at for _, at in named], rows, title="Number of patients with a change", first=foot + 0.07)
        top += GAP + HEIGHT + foot + tables[name]
    legend(figure, handles, left=0.1, right=0.1)
    return figure


def _shown(frame: pd.DataFrame, order: Mapping[str, Look]) -> list[str]:
    """The groups that anybody of a phase was in, and their total where they are several."""
    some = frame.loc[frame["n"] > 0, "group"]
    present = groups_in(order, some)
    return [*present, TOTAL] if len(present) > 1 and TOTAL in set(some) else present


def _rows(book: Book, endpoint: Endpoint, one: FurtherAnalysis) -> pd.DataFrame:
    own = endpoint.as_in(one)
    return rows_of(book, name_of(one), population=own.analysis_set, paramcd=endpoint.paramcd, level=None)


def _frame(book: Book, endpoint: Endpoint, one: FurtherAnalysis) -> pd.DataFrame:
    rows = _rows(book, endpoint, one)
    found = wide(rows.loc[rows["avisit"].notna()], ("n", "mean", "ci_low", "ci_high"))
    return found.rename(columns={"n_text": "text"})


def _alt(book: Book, endpoint: Endpoint, found: Mapping[str, pd.DataFrame]) -> str:
    said = [f"{endpoint.label}: mean change from baseline over visits, a panel a phase and a line a treatment group."]
    order = looks(book.definition)
    for name, frame in found.items():
        for group in _shown(frame, order):
            own = frame.loc[(frame["group"] == group) & frame["mean"].notna()]
            for row in own.to_dict("records")[-1:]:
                limits = f" ({interval_text(row)})" if pd.notna(row["ci_low"]) else ""
                where = book.definition.visit(row["avisit"]).label.lower()
                said.append(f"{name}, {order[group].name}, {where}: {row['mean_text']}{limits}, n = {row['text']}.")
    return " ".join(said)
