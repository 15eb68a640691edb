"""Most frequent adverse events: how many patients of each group had them, and how severe the worst of them was.

Not here: tables of the same events (`tables.adverse_events`), and one patient's (`patient`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.artist import Artist
from matplotlib.figure import Figure as Drawing
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from trial_report import declare
from trial_report.analysis.analyse.adverse_events.events import grades as grades_of
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.counted import of_safety
from trial_report.analysis.display.figures._read import keys_of, rows_of, wide
from trial_report.analysis.display.figures._sheet import (
    SMALL,
    Look,
    clipped,
    key_mark,
    legend,
    legend_height,
    looks,
    no_data,
    place,
    sheet,
    width_of,
)
from trial_report.analysis.display.output import Figure
from trial_report.analysis.display.severity import named, word
from trial_report.analysis.display.severity import scale as scale_of
from trial_report.analysis.display.style import PORTRAIT_WIDTH
from trial_report.analysis.display.tables._grid import sentence
from trial_report.analysis.methods.result import percent
from trial_report.analysis.results.formatting import fmt_number
from trial_report.schemas.results import join_level, split_level
from trial_report.schemas.study import TOTAL

MOST = 28
"""Terms on the page."""

APART = 0.08
"""Marks of a row that are nearer than so many inches stand a little above each other."""

STRIPE = "#F3F5F8"


def apart(marks: pd.DataFrame, near: float) -> pd.Series:
    """How far each mark is lifted off the middle of its row (rows are 1 apart): only those that would cover another.

    `marks`: term, pct; marks of a term that follow one another by less than `near` are spread about the middle.
    """
    found = marks.sort_values(["term", "pct"], kind="stable")
    begins = found["term"].ne(found["term"].shift()) | (found["pct"].diff() >= near)
    cluster = begins.cumsum()
    place, size = found.groupby(cluster).cumcount(), found.groupby(cluster)["pct"].transform("size")
    step = np.minimum(0.36, 0.72 / np.maximum(size - 1, 1))
    return ((size - 1) / 2 - place).mul(step).reindex(marks.index)


def draw_frequent(
    percent: pd.DataFrame,
    grades: pd.DataFrame,
    order: Mapping[str, Look],
    grade_names: Sequence[tuple[str, str]],
    scale: str = "grade",
) -> Drawing:
    """The drawing. `percent`: term, group, pct, in the order of the terms from the top.

    `grades`: term, grade, n (patients by worst grade of the event); `grade_names` are codes with names, mildest first.
    """
    terms = list(dict.fromkeys(percent["term"]))
    names = [clipped(sentence(t), 2.0) for t in terms]
    groups = [c for c in order if c in set(percent["group"])]
    seen = [(c, n) for c, n in grade_names if (grades.loc[grades["grade"] == c, "n"] > 0).any()]
    shades = sns.color_palette("rocket_r", n_colors=max(len(seen), 1) + 1).as_hex()[: len(seen)]
    own_looks = [(order[g], g != TOTAL) for g in groups]
    handles: list[Artist] = [key_mark(k.name, k.marker, k.colour, filled, ms=6) for k, filled in own_looks]
    handles += [
        Patch(facecolor=shade, edgecolor="white", label=name) for (_, name), shade in zip(seen, shades, strict=True)
    ]
    left = max([1.0, *(width_of(n) + 0.16 for n in names)])
    foot = 0.52 + legend_height([str(h.get_label()) for h in handles], PORTRAIT_WIDTH - 0.2)
    height = max(0.2 * len(terms), 1.2)
    figure = sheet(PORTRAIT_WIDTH, height + foot + 0.3)
    dots_wide = (PORTRAIT_WIDTH - left - 0.12 - 0.22) * 0.4
    wide_ = (PORTRAIT_WIDTH - left - 0.12 - 0.22) * 0.6
    dots = place(figure, left, foot, PORTRAIT_WIDTH - left - wide_, 0.3)
    bars = place(figure, left + wide_ + 0.22, foot, 0.12, 0.3)
    dots.set_title("Patients with the event, by group", pad=4, fontsize=8.5)
    bars.set_title(f"By worst {scale}", pad=4, fontsize=8.5)
    dots.set_xlabel("Percentage of patients (%)")
    bars.set_xlabel("Number of patients")
    if not terms:
        no_data(dots)
        no_data(bars)
        return figure
    row = {t: -float(n) for n, t in enumerate(terms)}
    reach = 1.06 * max(percent["pct"].max(), 5)
    shown = percent.loc[percent["group"].isin(groups) & (percent["pct"] > 0)]
    shown = shown.assign(level=shown["term"].map(row).astype(float) + apart(shown, APART * reach / dots_wide))
    for group in groups:
        marks = shown.loc[shown["group"] == group]
        look = order[group]
        dots.plot(
            marks["pct"], marks["level"], ls="none", marker=look.marker, ms=4.6, color=look.colour,
            markerfacecolor="white" if group == TOTAL else look.colour, markeredgewidth=1.1, zorder=3,
        )  # fmt: skip
    start = pd.Series(0.0, index=terms)
    for (code, _), shade in zip(seen, shades, strict=True):
        own = grades.loc[grades["grade"] == code].set_index("term")["n"].reindex(terms).fillna(0.0)
        bars.barh(
            [row[t] for t in terms], own, left=start, height=0.66, color=shade, edgecolor="white",
            linewidth=0.4, zorder=3,
        )  # fmt: skip
        start = start + own
    for axes in (dots, bars):
        axes.set_ylim(-len(terms) + 0.4, 0.6)
        axes.set_yticks(list(row.values()), names if axes is dots else [""] * len(terms), fontsize=SMALL)
        for level in list(row.values())[::2]:
            axes.axhspan(level - 0.5, level + 0.5, color=STRIPE, lw=0, zorder=0)
    dots.set_xlim(left=-0.02 * reach, right=reach)
    bars.set_xlim(0, 1.05 * max(start.max(), 1))
    bars.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    for axes in (dots, bars):
        axes.grid(visible=False, axis="y")
    legend(figure, handles, left=0.1, right=0.1)
    return figure


def _sized(book: Book) -> dict[str, Look]:
    """The looks of the groups, named with their size: a share of few is far to the right with one patient."""
    asked = book.ask("sets", book.definition.safety_set)
    found = {}
    for code, look in looks(book.definition).items():
        at = asked.at(group=code)
        found[code] = replace(look, name=f"{look.name} (N = {at.text('N')})") if at.has("N") else look
    return found


@declare.figure(
    "fig.ae",
    after="ae.overview",
    number="14.3.1",
    in_text="12.2.2",
    title=lambda book: (
        f"Most frequent treatment-emergent adverse events by treatment group and worst {word(book.definition)}"
    ),
    population=of_safety,
    needs=("AE",),
    when=lambda book: bool(rows_of(book, "ae.frequent", statistic="n")["level"].notna().any()),
)
def make(book: Book) -> Figure:
    """The drawing, from the rows of `ae.frequent` and `ae.grade`."""
    definition = book.definition
    rows = rows_of(book, "ae.frequent", population=definition.safety_set)
    found = wide(rows.loc[rows["level"].notna()], ("pct", "n"))
    found["level"] = [split_level(level)[0] for level in found["level"]]
    every = list(dict.fromkeys(found["level"]))
    terms = every[:MOST]
    found = found.loc[found["level"].isin(terms)]
    shares = pd.DataFrame({"term": found["level"], "group": found["group"], "pct": found["pct"]})
    last = definition.columns[-1][0] if definition.treatment.total else None
    graded = rows_of(book, "ae.grade", population=definition.safety_set, statistic="n")
    graded = graded.loc[graded["group"] == TOTAL] if last else graded
    paths = graded["level"].fillna("").map(split_level)
    parts = pd.DataFrame(paths.tolist(), index=graded.index).reindex(columns=range(3))
    numbers = {str(n): named(definition, n) for n in scale_of(definition) or grades_of(definition)}
    own = parts[1].isin(terms) & parts[2].isin([*numbers, "MISSING"])
    grades = pd.DataFrame({"term": parts.loc[own, 1], "grade": parts.loc[own, 2], "n": graded.loc[own, "value"]})
    grades = grades.groupby(["term", "grade"])["n"].sum().reset_index()
    names = [*numbers.items(), ("MISSING", "Not graded")]
    drawing = draw_frequent(shares, grades, _sized(book), names, word(definition))
    shown = found.loc[found["group"] == TOTAL] if last else found
    said = "; ".join(
        f"{sentence(r['level'])} {r['n_text']} ({r['pct_text']}%)" for r in shown.head(10).to_dict("records")
    )
    least = percent(definition.adverse_events.frequent_percent / 100)
    notes = [
        f"Events in at least {least} of all {definition.study.subjects}, most frequent first; "
        "a group without the event has no mark."
    ]
    if len(every) > len(terms):
        notes.append(f"The {fmt_number(len(terms))} most frequent of {fmt_number(len(every))} are drawn.")
    scale = word(definition)
    said_scale = f"{scale.capitalize()}: {definition.adverse_events.grading}"
    notes.append(f"{said_scale}; a patient counts once an event, with its worst {scale}.")
    used = rows.loc[rows["level"].isin([join_level(term) for term in terms]) & rows["statistic"].isin(["n", "pct"])]
    return Figure(
        drawing,
        alt=f"Preferred terms with the percentage of patients of each group, and patients by worst {scale}. {said}.",
        notes=tuple(notes),
        keys=(*keys_of(used), *keys_of(graded.loc[own])),
    )
