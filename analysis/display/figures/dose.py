"""Dose and response: each patient's change at one visit by treatment group, with the group's mean and interval.

Not here: dose-limiting toxicity by dose (`escalation`, `operating`), and the table (`tables.efficacy_response`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure as Drawing
from matplotlib.lines import Line2D

from trial_report import declare
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.figures._read import (
    analysed,
    interval_text,
    keys_of,
    members,
    not_drawn,
    percent_level,
    rows_of,
    wide,
)
from trial_report.analysis.display.figures._sheet import (
    SMALL,
    Look,
    legend,
    looks,
    no_data,
    numbers_below,
    place,
    sheet,
    wrap,
)
from trial_report.analysis.display.output import Figure, Output
from trial_report.analysis.display.style import INK, MUTED, PORTRAIT_WIDTH, label
from trial_report.analysis.display.tables._efficacy import analysed as analysed_of
from trial_report.analysis.display.tables._efficacy import of_shown
from trial_report.analysis.methods.methods import get
from trial_report.analysis.results.formatting import p_said
from trial_report.schemas.study import TOTAL
from trial_report.schemas.study.measures import Endpoint

SEQUENTIAL = (
    "The groups were treated sequentially and not assigned at random, so that a difference between them is not an "
    "effect of dose alone."
)
"""What stands against reading a relation to dose from the groups of an escalation."""


def draw_dose(
    individual: pd.DataFrame,
    means: pd.DataFrame,
    groups: Sequence[tuple[str, str]],
    order: Mapping[str, Look],
    *,
    axis: str,
    interval: str = "95%",
    zero: bool = True,
) -> Drawing:
    """The drawing. `individual`: GROUP, change, a row a patient. `means`: group, mean, ci_low, ci_high, text (n).

    `groups` are codes with labels, in the order of dose; one that nobody reached has its place.
    """
    codes = [code for code, _ in groups]
    left = 0.85
    room = (PORTRAIT_WIDTH - left - 0.15) / max(len(groups), 1) - 0.08
    names = ["\n".join(wrap(label(name), room)) for _, name in groups]
    lines = max((n.count("\n") + 1 for n in names), default=1)
    ticks = 0.09 + lines * SMALL * 1.33 / 72
    foot = ticks + 0.48 + 0.24
    figure = sheet(PORTRAIT_WIDTH, 2.7 + foot)
    axes = place(figure, left, foot, 0.15, 0.12)
    axes.set_ylabel(axis)
    axes.set_xticks(range(len(codes)), names, fontsize=SMALL)
    axes.set_xlim(-0.5, max(len(codes), 1) - 0.5)
    shown = individual.loc[individual["change"].notna() & individual["GROUP"].isin(codes)]
    if shown.empty:
        no_data(axes)
        return figure
    # places beside the mean are dealt in turn, so that the drawing is the same every time
    turn = shown.sort_values("change", kind="stable").groupby("GROUP").cumcount()
    beside = 0.16 + 0.05 * (turn % 5)
    at = shown["GROUP"].map({c: n for n, c in enumerate(codes)}).astype(float) + beside.reindex(shown.index)
    present = [c for c in codes if c in set(shown["GROUP"])]
    sns.scatterplot(
        x=at, y=shown["change"], hue=shown["GROUP"], style=shown["GROUP"], hue_order=present, style_order=present,
        palette={c: order[c].colour for c in present}, markers={c: order[c].marker for c in present},
        s=22, alpha=0.8, edgecolor="white", linewidth=0.4, legend=False, ax=axes, zorder=3,
    )  # fmt: skip
    axes.set(xlabel="", ylabel=axis)
    found = means.loc[means["group"].isin(codes) & means["mean"].notna()]
    place_of = found["group"].map({c: float(n) for n, c in enumerate(codes)})
    spread = np.vstack([found["mean"] - found["ci_low"], found["ci_high"] - found["mean"]])
    axes.errorbar(
        place_of, found["mean"], yerr=np.nan_to_num(spread.astype(float)), color=INK, marker="D", ms=5.5,
        ls="none", elinewidth=1.4, capsize=4, capthick=1.4, zorder=4,
    )  # fmt: skip
    if zero:
        axes.axhline(0, color=MUTED, lw=0.9, zorder=1)
    axes.grid(visible=False, axis="x")
    counts = dict(zip(means["group"], means["text"], strict=True))
    numbers_below(
        axes, list(range(len(codes))), [("n", [str(counts.get(c, "0")) for c in codes])],
        title="Number of patients", first=ticks + 0.08,
    )  # fmt: skip
    words = f"Mean with {interval} confidence interval"
    handle = Line2D([], [], color=INK, marker="D", ms=5.5, ls="none", label=words)
    patient = Line2D([], [], color=MUTED, marker="o", ms=4.5, ls="none", label="Each patient")
    legend(figure, [patient, handle], left=0.1, right=0.1)
    return figure


def dose_rows(book: Book, endpoint: Endpoint) -> pd.DataFrame:
    """The rows of `eff.dose` at a visit: its last tested one."""
    rows = rows_of(book, "eff.dose", population=endpoint.analysis_set, paramcd=endpoint.paramcd)
    return rows.loc[rows["avisit"].notna()]


def visit_of(book: Book, endpoint: Endpoint) -> str:
    """The visit that is drawn."""
    rows = dose_rows(book, endpoint)
    return str(rows["avisit"].iloc[0]) if len(rows) else book.definition.last_visit(endpoint.visits)


@declare.outputs("fig.dose", after="eff.dose")
def outputs(book: Book) -> list[Output]:
    """A drawing for every primary numeric endpoint of a study with several groups."""
    definition = book.definition
    if len(definition.groups) < 2:
        return []
    return [
        Output(
            id=f"fig.dose.{e.paramcd.lower()}",
            kind="figure",
            number="14.2",
            title=f"{label(e.label, 80)}: {analysed_of(e)} at the last visit, by treatment group",
            **of_shown(book, e, "eff.dose", visit_of(book, e)),
            make=partial(make, endpoint=e),
        )
        for e in definition.endpoints
        if e.kind == "numeric" and e.role == "primary"
    ]


def make(book: Book, endpoint: Endpoint) -> Figure:
    """Dose and response of one endpoint, from its records and the rows of `eff.by_visit`."""
    rows = dose_rows(book, endpoint)
    visit = visit_of(book, endpoint)
    where = book.definition.visit(visit).label
    records = analysed(book, endpoint)
    records = records.loc[records["AVISIT"] == visit]
    used = rows.loc[rows["statistic"].isin(["n", "mean", "ci_low", "ci_high"])]
    means = wide(used, ("n", "mean", "ci_low", "ci_high")).rename(columns={"n_text": "text"})
    groups = [(g.code, g.label if len(book.definition.groups) < 5 else g.short) for g in book.definition.groups]
    words = analysed_of(endpoint)
    changed = endpoint.measure == "change"
    begun = f"Change of {endpoint.label} from baseline" if changed else f"Value of {endpoint.label}"
    drawing = draw_dose(
        pd.DataFrame({"GROUP": records["GROUP"], "change": records[endpoint.analysed]}),
        means,
        groups,
        looks(book.definition),
        axis=f"{words[:1].upper()}{words[1:]} at {where}" + (f" ({endpoint.unit_text})" if endpoint.unit else ""),
        interval=percent_level(book),
        zero=changed,
    )
    drawn = records.loc[records[endpoint.analysed].notna(), "USUBJID"]
    test = rows.loc[(rows["group"] == TOTAL) & (rows["statistic"] == "p")]
    labels = dict(groups)
    said = "; ".join(
        f"{labels[r['group']]}: mean {r['mean_text']} ({interval_text(r)}), n = {r['text']}"
        for r in means.to_dict("records")
    )
    return Figure(
        drawing,
        alt=f"{begun} at {where} by treatment group: "
        f"a mark a patient, and means with {percent_level(book)} confidence intervals. {said}.",
        notes=(
            f"A group with fewer than {book.definition.inference_from} values has no interval.",
            *((SEQUENTIAL,) if book.definition.escalation else ()),
            *not_drawn(book, members(book, endpoint), drawn, f"a {words} at {where}"),
            *(f"{get(r['method']).name} over the groups: {p_said(r['formatted'])}." for r in test.to_dict("records")),
        ),
        keys=keys_of(used, test),
    )
