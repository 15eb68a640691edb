"""Waterfall of an endpoint: each patient's change at one visit as a bar, from the worst to the best.

Not here: the changes by dose (`dose`) and over visits (`profile`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.figure import Figure as Drawing
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from trial_report import declare
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.figures._read import analysed, described, members, not_drawn, short_ids, someone
from trial_report.analysis.display.figures._sheet import (
    SMALL,
    Look,
    groups_in,
    legend,
    legend_height,
    looks,
    no_data,
    place,
    sheet,
    width_of,
)
from trial_report.analysis.display.output import Figure, Output
from trial_report.analysis.display.style import INK, PORTRAIT_WIDTH, label
from trial_report.analysis.display.table import Reads
from trial_report.analysis.display.tables._efficacy import of_shown
from trial_report.analysis.results.formatting import fmt_number
from trial_report.schemas.study.measures import Endpoint

NAMED = 40
"""Up to so many bars have their patient's number under them."""


def draw_waterfall(
    changes: pd.DataFrame,
    order: Mapping[str, Look],
    *,
    axis: str,
    rising_is_good: bool = False,
    threshold: tuple[float, str, str] | None = None,
) -> Drawing:
    """The drawing. `changes`: SUBJID (as printed), GROUP, change, a row a patient.

    `threshold`: the responder's value, its name in the legend, and what stands at its line.
    """
    worst_first = changes.dropna(subset=["change"]).sort_values(
        ["change", "SUBJID"], ascending=[rising_is_good, True], kind="stable"
    )
    value = worst_first["change"].to_numpy(dtype=float)
    group = worst_first["GROUP"].to_numpy(dtype=object)
    present = groups_in(order, group)
    handles: list[Patch | Line2D] = [
        Patch(facecolor=order[g].colour, hatch=order[g].hatch, edgecolor="white", label=order[g].name) for g in present
    ]
    if threshold:
        handles.append(Line2D([], [], color=INK, lw=1.1, ls=(0, (4, 2)), label=threshold[1]))
    names = [str(s) for s in worst_first["SUBJID"]] if len(value) <= NAMED else []
    upright = bool(names) and max(map(width_of, names)) + 0.05 > (PORTRAIT_WIDTH - 1.3) / max(len(names), 1)
    ticks = 0.0 if not names else max(map(width_of, names)) if upright else SMALL / 72
    foot = 0.36 + ticks + legend_height([str(h.get_label()) for h in handles], PORTRAIT_WIDTH - 0.2)
    figure = sheet(PORTRAIT_WIDTH, 2.75 + foot)
    beside = 0.1 + (width_of(threshold[2]) if threshold else 0.0)
    axes = place(figure, 0.75, foot + 0.08, beside, 0.12)
    axes.set_ylabel(axis)
    axes.grid(visible=False, axis="x")
    axes.set_xlabel("Patient" if names else "Patients, one bar each")
    axes.set_xticks([])
    if not len(value):
        no_data(axes)
        return figure
    at = np.arange(len(value))
    for g in present:
        own = group == g
        axes.bar(
            at[own], value[own], width=0.82, color=order[g].colour, hatch=order[g].hatch,
            edgecolor="white" if len(value) <= NAMED else order[g].colour, linewidth=0.4,
        )  # fmt: skip
        still = own & (value == 0)
        axes.plot(at[still], value[still], ls="none", marker=order[g].marker, ms=3.5, color=order[g].colour)
    axes.axhline(0, color=INK, lw=0.9)
    if threshold:
        axes.axhline(threshold[0], color=INK, lw=1.1, ls=(0, (4, 2)), zorder=3)
        axes.text(
            1.0, threshold[0], f" {threshold[2]}", transform=axes.get_yaxis_transform(), ha="left", va="center",
            fontsize=SMALL,
        )  # fmt: skip
    spare = max(0.0, 8 - len(value)) / 2  # few bars are not drawn as wide as the page
    axes.set_xlim(-0.8 - spare, len(value) - 0.2 + spare)
    axes.margins(y=0.06)
    if names:
        axes.set_xticks(at, names, fontsize=SMALL, rotation=90 if upright else 0)
        axes.tick_params(axis="x", length=0)
    legend(figure, handles, left=0.1, right=0.1)
    return figure


@declare.outputs("fig.waterfall", after="eff.proportions")
def outputs(book: Book) -> list[Output]:
    """A waterfall for every endpoint whose definition names a visit for it."""
    return [
        Output(
            id=f"fig.waterfall.{e.paramcd.lower()}",
            kind="figure",
            number="14.2",
            title=f"{label(e.label, 80)}: change of each patient at {book.definition.visit(e.waterfall).label}",
            **of_shown(book, e, "eff.by_visit", e.waterfall, *measured(e)),
            make=partial(make, endpoint=e),
        )
        for e in book.definition.endpoints
        if e.waterfall and e.kind == "numeric"
    ]


def measured(endpoint: Endpoint) -> tuple[str, str]:
    """What is drawn of an endpoint, variable and words: percent change where the responder's rule is in percent."""
    percent = endpoint.responder is not None and endpoint.responder.measure == "percent_change"
    return ("PCHG", "percent change from baseline") if percent else ("CHG", "change from baseline")


def make(book: Book, endpoint: Endpoint) -> Figure:
    """The waterfall of one endpoint, from its records."""
    rule = endpoint.responder
    measure, words = measured(endpoint)
    percent = measure == "PCHG"
    records = analysed(book, endpoint)
    records = records.loc[(records["AVISIT"] == endpoint.waterfall) & records["CHG"].notna()]
    names = short_ids(book)
    changes = pd.DataFrame(
        {"SUBJID": records["USUBJID"].map(names), "GROUP": records["GROUP"], "change": records[measure]}
    )
    unit = "%" if percent else endpoint.unit_text
    threshold = None
    if rule is not None and rule.measure in ("change", "percent_change"):
        limit = fmt_number(rule.threshold, 0 if percent else endpoint.decimals) + ("%" if percent else "")
        threshold = (rule.threshold, f"Responder: {label(rule.label, 60)} ({limit})", limit)
    drawing = draw_waterfall(
        changes,
        looks(book.definition),
        axis=words.capitalize() + (f" ({unit})" if unit else ""),
        rising_is_good=endpoint.benefit == "increase",
        threshold=threshold,
    )
    visit = str(endpoint.waterfall)
    found = described(book, endpoint, visit, measure)
    left_out = int(records[measure].isna().sum())
    drawn = records.loc[records[measure].notna(), "USUBJID"]
    where = book.definition.visit(visit).label
    notes = [
        "Bars stand in order from the least to the most favourable change.",
        *not_drawn(book, members(book, endpoint), drawn, f"a {words} at {where}"),
    ]
    if left_out:
        notes.append("A baseline of 0 has no percent change.")
    alt = (
        f"A bar a patient: {'percent ' if percent else ''}change of {endpoint.label} from baseline at "
        f"{where}, sorted, by dose group; "
        f"{someone(book, len(changes) - left_out)} are drawn"
    )
    if found:
        mean, low, high = (found.text(name) for name in ("mean", "min", "max"))
        alt += f"; mean {mean}{unit or ''}, range {low} to {high}"
    return Figure(
        drawing,
        alt=alt + ".",
        reads=Reads(("ADBDS",), str(found.row("n")["filter"]) if found else ""),
        notes=tuple(notes),
        keys=found.keys("mean", "min", "max") if found else (),
    )
