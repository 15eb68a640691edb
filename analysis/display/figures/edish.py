"""eDISH plot: the highest transaminase against the highest bilirubin of each patient, with the quadrant of Hy's law.

Source: Watkins PB et al., Drug Safety 2011;34:243–252; FDA guidance on drug-induced liver injury, 2009.

Not here: laboratory values over time (`laboratory`), and the table of Hy's law (`tables.laboratory`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing

from trial_report import declare
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.counted import of_safety
from trial_report.analysis.display.figures._read import not_drawn, rows_of, someone, treated, with_group
from trial_report.analysis.display.figures._sheet import (
    SMALL,
    Look,
    clipped,
    groups_in,
    height_of,
    key_mark,
    legend,
    legend_height,
    looks,
    place,
    sheet,
    width_of,
)
from trial_report.analysis.display.output import Figure
from trial_report.analysis.display.style import INK, MUTED, PORTRAIT_WIDTH
from trial_report.analysis.display.table import Reads
from trial_report.analysis.results.where import Where

ENZYME_LIMIT, BILIRUBIN_LIMIT = 3.0, 2.0
"""Multiples of the upper limit of normal that bound the quadrants."""

QUADRANTS = {
    (False, False): "Normal or near normal",
    (True, False): "Transaminase raised",
    (False, True): "Bilirubin raised",
    (True, True): "Potential Hy's law",
}


def draw_edish(peaks: pd.DataFrame, order: Mapping[str, Look], *, enzyme: str, bilirubin: str) -> Drawing:
    """The drawing. `peaks`: name, GROUP, enzyme, bilirubin (multiples of the upper limit), a row a patient.

    Patients above both limits are named where there is room. Values of 0 or below cannot stand on a logarithmic axis
    and are left out.
    """
    shown = peaks.loc[(peaks["enzyme"] > 0) & (peaks["bilirubin"] > 0)]
    groups = groups_in(order, shown["GROUP"].dropna())
    handles = [key_mark(order[g].name, order[g].marker, order[g].colour, ms=6) for g in groups]
    foot = 0.5 + legend_height([str(h.get_label()) for h in handles], PORTRAIT_WIDTH - 0.2)
    figure = sheet(PORTRAIT_WIDTH, 4.0 + foot)
    axes = place(figure, 0.75, foot, 0.15, 0.24)
    axes.set_xscale("log")
    axes.set_yscale("log")
    right = max([10.0, *(1.4 * shown["enzyme"])])
    top = max([10.0, *(1.4 * shown["bilirubin"])])
    axes.set(xlim=(min([0.1, *(0.8 * shown["enzyme"])]), right), ylim=(min([0.1, *(0.8 * shown["bilirubin"])]), top))
    axes.set_xlabel(f"Highest {enzyme} (multiple of upper limit of normal)")
    axes.set_ylabel(f"Highest {bilirubin} (multiple of upper limit of normal)")
    for axis, limit in ((axes.xaxis, right), (axes.yaxis, top)):
        ticks = [t for t in (0.1, 0.2, 0.5, 1, 2, 3, 5, 10, 20, 50, 100) if t <= limit]
        axis.set_ticks(ticks, [f"{t:g}" for t in ticks])
        axis.set_ticks([], minor=True)
    axes.axvline(ENZYME_LIMIT, color=INK, lw=1.0, ls=(0, (4, 2)), zorder=1)
    axes.axhline(BILIRUBIN_LIMIT, color=INK, lw=1.0, ls=(0, (4, 2)), zorder=1)
    small: dict[str, Any] = {"fontsize": SMALL, "textcoords": "offset points", "annotation_clip": False}
    axes.annotate(f"{ENZYME_LIMIT:g} × ULN", (ENZYME_LIMIT, top), (3, -2), ha="left", va="top", **small)
    axes.annotate(f"{BILIRUBIN_LIMIT:g} × ULN", (right, BILIRUBIN_LIMIT), (-2, 2), ha="right", va="bottom", **small)
    for (high_enzyme, high_bilirubin), words in QUADRANTS.items():
        axes.text(
            0.99 if high_enzyme else 0.01, 1.01 if high_bilirubin else 0.02, words, transform=axes.transAxes,
            ha="right" if high_enzyme else "left", va="bottom",
            fontsize=SMALL, color=MUTED,
        )  # fmt: skip
    if shown.empty:
        axes.text(0.5, 0.5, "No data", transform=axes.transAxes, ha="center", va="center", color=MUTED)
        return figure
    sns.scatterplot(
        data=shown, x="enzyme", y="bilirubin", hue="GROUP", style="GROUP", hue_order=groups, style_order=groups,
        palette={g: order[g].colour for g in groups}, markers={g: order[g].marker for g in groups},
        s=32, alpha=0.85, edgecolor="white", linewidth=0.5, ax=axes, legend=False, zorder=3,
    )  # fmt: skip
    axes.set_xlabel(f"Highest {enzyme} (multiple of upper limit of normal)")
    axes.set_ylabel(f"Highest {bilirubin} (multiple of upper limit of normal)")
    both = shown.loc[(shown["enzyme"] > ENZYME_LIMIT) & (shown["bilirubin"] > BILIRUBIN_LIMIT)]
    _name(axes, both)
    legend(figure, handles, left=0.1, right=0.1)
    return figure


def _name(axes: Axes, patients: pd.DataFrame) -> None:
    """The names of patients beside their marks: to the right, left, above or below, where nothing is in the way."""
    figure = axes.get_figure()
    assert isinstance(figure, Drawing)
    width, height = figure.get_size_inches() * axes.get_position().size
    marks = axes.transAxes.inverted().transform(axes.transData.transform(patients[["enzyme", "bilirubin"]]))
    (limit_x, limit_y) = axes.transAxes.inverted().transform(axes.transData.transform((ENZYME_LIMIT, BILIRUBIN_LIMIT)))
    # where the limits are named
    taken = [
        (limit_x * width, height - 0.16, limit_x * width + width_of("3 × ULN") + 0.08, height),
        (width - width_of("2 × ULN") - 0.06, limit_y * height, width, limit_y * height + 0.16),
    ]
    for name, (x, y) in zip(patients["name"], marks * (width, height), strict=True):
        words = clipped(str(name), 1.2)
        wide, tall = width_of(words), height_of(1)
        for left, bottom in ((x + 0.07, y - tall / 2), (x - 0.07 - wide, y - tall / 2), (x - wide / 2, y + 0.05),
                             (x - wide / 2, y - 0.05 - tall)):  # fmt: skip
            box = (left, bottom, left + wide, bottom + tall)
            inside = box[0] > limit_x * width and box[1] > limit_y * height and box[2] < width and box[3] < height
            if inside and not any(_touch(box, other) for other in taken):
                taken.append(box)
                axes.text(left / width, bottom / height, words, transform=axes.transAxes, va="bottom", fontsize=SMALL)
                break


def _touch(one: tuple[float, float, float, float], two: tuple[float, float, float, float]) -> bool:
    return one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]


def _measured(book: Book) -> bool:
    """Whether anybody had a liver test after the first dose."""
    return bool((rows_of(book, "lab.hy", paramcd="HY", statistic="N")["value"] > 0).any())


def _shown(parts: set[str | None]) -> bool:
    return "bilirubin" in parts and bool(parts & {"alt", "ast"})


@declare.figure(
    "fig.edish",
    after="lab.hy",
    number="14.3.4",
    title="Liver tests: highest transaminase against highest bilirubin (eDISH)",
    population=of_safety,
    when=lambda book: _shown({p.hy for p in book.definition.laboratory}) and _measured(book),
)
def make(book: Book) -> Figure:
    """The plot, from ADBDS; the numbers in words are the rows of `lab.hy`."""
    definition = book.definition
    enzymes = [p for p in definition.laboratory if p.hy in ("alt", "ast")]
    bilirubin = next(p for p in definition.laboratory if p.hy == "bilirubin")
    peaks = peaks_of(book, [p.paramcd for p in enzymes], bilirubin.paramcd)
    names = " or ".join(p.name for p in enzymes)
    drawing = draw_edish(
        peaks.assign(name=peaks["USUBJID"]), looks(definition), enzyme=names, bilirubin=bilirubin.name.lower()
    )
    above = [
        book.ask("lab.hy", definition.safety_set, "HY", level=one) for one in ("TRANSAMINASE", "BILIRUBIN", "BOTH")
    ]
    keys = tuple(one.key("n") for one in above if one.has("n"))
    everybody = treated(book)["USUBJID"].astype(str)
    said = ""
    if len(keys) == 3:
        said = (
            f" Transaminase above {ENZYME_LIMIT:g} times the upper limit: {book.text(keys[0])}; bilirubin above "
            f"{BILIRUBIN_LIMIT:g} times: {book.text(keys[1])}; both (potential Hy's law): {book.text(keys[2])}."
        )
    return Figure(
        drawing,
        alt=f"A mark a patient, {someone(book, len(peaks))}, on logarithmic axes.{said}",
        notes=(
            "Each patient's highest value of each test after the first dose, as a multiple of the upper limit of "
            "normal of its record; the two need not be of the same day. Both axes are logarithmic.",
            f"Dashed lines: {ENZYME_LIMIT:g} times the upper limit of {names}, {BILIRUBIN_LIMIT:g} times that of "
            f"{bilirubin.name.lower()}. ULN: upper limit of normal.",
            *not_drawn(
                book,
                everybody,
                peaks.loc[(peaks["enzyme"] > 0) & (peaks["bilirubin"] > 0), "USUBJID"],
                "values above 0 of both tests after the first dose",
            ),
        ),
        reads=Reads(("ADBDS",), drawn([p.paramcd for p in enzymes], bilirubin.paramcd).sql),
        keys=keys,
    )


def drawn(enzymes: list[str], bilirubin: str) -> Where:
    """The records from which the highest values are taken."""
    return Where().eq(PARAMCD=(*enzymes, bilirubin), POSTFL="Y")


def peaks_of(book: Book, enzymes: list[str], bilirubin: str) -> pd.DataFrame:
    """USUBJID, GROUP and the highest multiples after first dose; who has not both is not there."""
    frame = book.datasets["ADBDS"]
    flag = book.definition.analysis_set(book.definition.safety_set).flag
    own = with_group(book, drawn(enzymes, bilirubin).eq(**{flag: "Y"}).of(frame), book.definition.safety_set)
    own = own.assign(
        times=(own["AVAL"] / own["ANRHI"].where(own["ANRHI"] > 0)).round(9),
        test=np.where(own["PARAMCD"] == bilirubin, "bilirubin", "enzyme"),
    )
    found = own.pivot_table(values="times", index=["USUBJID", "GROUP"], columns="test", aggfunc="max")
    return found.reindex(columns=["enzyme", "bilirubin"]).dropna().reset_index()
