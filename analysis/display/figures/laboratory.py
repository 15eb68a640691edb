"""Laboratory and vital signs over time: a small panel a test, patients, medians with quartiles, reference limits.

Not here: one endpoint over visits (`profile`), and liver values against each other (`edish`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import log10

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, NullLocator

from trial_report import declare
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.figures._read import axis_of, keys_of, parameter_records, rows_of, short_ids, wide
from trial_report.analysis.display.figures._series import individual_lines, means
from trial_report.analysis.display.figures._sheet import (
    SMALL,
    Look,
    clipped,
    groups_in,
    height_of,
    key_line,
    legend,
    legend_height,
    looks,
    no_data,
    place,
    sheet,
    wrap,
)
from trial_report.analysis.display.figures._visits import VisitAxis, time_axis, visits_of
from trial_report.analysis.display.output import Figure, Output
from trial_report.analysis.display.style import PORTRAIT_WIDTH, label
from trial_report.analysis.display.tables._grid import set_label
from trial_report.analysis.results.formatting import fmt_number, join_words
from trial_report.schemas.study import TOTAL, StudyDefinition
from trial_report.schemas.study.design import Visit
from trial_report.schemas.study.measures import Parameter

ACROSS, DOWN = 3, 3
WIDE, TALL = 2, 4
"""Panels beside and below each other on a page; where compared groups have many marks, in which 3 would hide them."""
HIGH = {ACROSS: 1.45, WIDE: 1.35}
MOST_MARKS = 18
"""Marks of all groups in a panel that a third of the page's width holds side by side."""
PATIENT = "#9AA5B1"
LIMIT = "#B3541E"
LIMIT_DASH = (0, (4, 2))
SQUASHED = 1 / 3
"""Where medians, quartiles and limits take less of an axis, as single values are far off, it is logarithmic."""
HEADING = 8.5
LINES = 3
MOST_NAMED = 4
"""Size in points, and most lines, of the title of a panel; and most values of a panel that are named."""
SHIFT = 0.02
"""How far the marks of compared groups stand beside each other, as a share of the time shown."""
MOST_GROUPS, MOST_PATIENTS = 4, 60
"""How many compared groups have a line each, and of how many patients there is one: more lines hide one another."""


@dataclass(frozen=True)
class Panel:
    """One test: its heading, records (USUBJID, GROUP, AVISIT, AVAL, ANRLO, ANRHI) and medians (as `means` takes).

    Records with a NAME are marked and named: values that were judged clinically significant.

    Without `lines` the records of patients are not drawn. `heading` is a shorter one for where the title needs more
    than `LINES` lines.
    """

    title: str
    records: pd.DataFrame
    medians: pd.DataFrame
    heading: str = ""
    lines: bool = True


def draw_panels(
    panels: Sequence[Panel], visits: Sequence[Visit], order: Mapping[str, Look], most: int = ACROSS
) -> Drawing:
    """The drawing: up to so many panels across, one set of visits for all."""
    across = min(most, max(len(panels), 1))
    down = -(-max(len(panels), 1) // across)
    limited = any(p.records[["ANRLO", "ANRHI"]].notna().any(axis=None) for p in panels)
    beside = 0.3 if limited else 0.08
    left, gap = 0.45, 0.36 + beside
    width = (PORTRAIT_WIDTH - left - beside - gap * (across - 1)) / across
    ticks = time_axis(visits, width, named=False)
    total = any(TOTAL in set(p.medians["group"]) for p in panels)
    groups = [TOTAL] if total else groups_in(order, [g for p in panels for g in p.medians["group"]])
    handles = [Line2D([], [], color=PATIENT, lw=0.9, label="Each patient")] if any(p.lines for p in panels) else []
    handles += [key_line(f"Median with quartiles, {order[g].name}", order[g]) for g in groups]
    handles += [Line2D([], [], color=LIMIT, lw=1.0, ls=LIMIT_DASH, label="Limit of normal")] if limited else []
    below = legend_height([str(h.get_label()) for h in handles], PORTRAIT_WIDTH - 0.2)
    titles = [headed(p, width + beside - 0.05) for p in panels]
    more = height_of(max((t.count("\n") for t in titles), default=0), HEADING)
    high, foot = HIGH.get(most, HIGH[ACROSS]), ticks.height + 0.14
    pitch = high + 0.42 + more
    height = down * pitch + foot + below + 0.02
    figure = sheet(PORTRAIT_WIDTH, height)
    for n, (panel, title) in enumerate(zip(panels, titles, strict=True)):
        row, column = divmod(n, across)
        start = left + column * (width + gap)
        top = 0.26 + more + row * pitch
        axes = place(figure, start, height - top - high, PORTRAIT_WIDTH - start - width, top)
        axes.set_title(title, fontsize=HEADING, pad=4, linespacing=1.0)
        _panel(axes, panel, ticks, order, groups, labelled=n + across >= len(panels))
    legend(figure, handles, left=0.1, right=0.1)
    return figure


def headed(panel: Panel, width: float) -> str:
    """The title of a panel in up to `LINES` lines of that width, the shorter heading where it needs more."""
    for words in (panel.title, panel.heading or panel.title):
        lines = wrap(label(words, 200), width, HEADING, "semibold")
        if len(lines) <= LINES:
            return "\n".join(lines)
    return "\n".join([*lines[: LINES - 1], clipped(" ".join(lines[LINES - 1 :]), width, HEADING, "semibold")])


def _panel(
    axes: Axes, panel: Panel, ticks: VisitAxis, order: Mapping[str, Look], groups: Sequence[str], labelled: bool
) -> None:
    """One panel; the visits are told under the last of each column only."""
    people = panel.records if panel.lines else panel.records.iloc[:0]
    drawn = individual_lines(axes, people, ticks.at, order, grey=PATIENT) or not panel.medians.empty
    span = max(ticks.at.values(), default=1.0) - min(ticks.at.values(), default=0.0)
    for n, group in enumerate(groups):
        own = panel.medians.loc[panel.medians["group"] == group]
        shift = (n - (len(groups) - 1) / 2) * SHIFT * span
        means(axes, own, ticks.at, order[group], shift=shift, size=3.6, width=1.3)
    if ticks.at:
        ticks.draw(axes, labelled=labelled)
        low, high = axes.get_xlim()
        beside = (len(groups) - 1) / 2 * SHIFT * span
        axes.set_xlim(low - beside, high + beside)
    axes.tick_params(axis="y", labelsize=SMALL, pad=1.5)
    axes.tick_params(axis="x", pad=1.5)
    if not drawn:
        no_data(axes)
        return
    if panel.lines and "NAME" in panel.records:
        _name_values(axes, panel.records, ticks)
    limits = limits_of(panel.records)
    for limit, _ in limits:
        axes.axhline(limit, color=LIMIT, lw=0.9, ls=LIMIT_DASH, zorder=1.5)
    if logarithmic(panel):
        axes.set_yscale("log")
        low, high = axes.get_ylim()
        axes.set_yticks([one for one in _STEPS if low <= one <= high], minor=False)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.yaxis.set_minor_locator(NullLocator())
    else:
        axes.locator_params(axis="y", nbins=5)
    _name_limits(axes, limits)


def _name_values(axes: Axes, records: pd.DataFrame, ticks: VisitAxis) -> None:
    """A ring about each value that was judged clinically significant, and whose it is."""
    own = records.loc[records["NAME"].notna() & records["AVAL"].notna() & records["AVISIT"].isin(list(ticks.at))]
    if own.empty or len(own) > MOST_NAMED:
        return
    across = own["AVISIT"].map(dict(ticks.at)).astype(float)
    axes.plot(across, own["AVAL"], ls="none", marker="o", ms=6, markerfacecolor="none", color=LIMIT, zorder=5)
    low, high = axes.get_xlim()
    for x, y, name in zip(across, own["AVAL"], own["NAME"], strict=True):
        right = x < (low + high) / 2
        axes.annotate(str(name), (x, y), (5 if right else -5, 0), textcoords="offset points", va="center",
                      ha="left" if right else "right", fontsize=SMALL, color=LIMIT, zorder=6)  # fmt: skip


_STEPS = [step * 10.0**power for power in range(-6, 9) for step in (1, 2, 5)]


def logarithmic(panel: Panel) -> bool:
    """Whether a panel's axis is logarithmic: a few values far off would else press all others together (`SQUASHED`)."""
    core = [*(one for one, _ in limits_of(panel.records))]
    core += [one for name in ("mean", "ci_low", "ci_high") for one in panel.medians[name].dropna().astype(float)]
    values = panel.records["AVAL"].dropna().astype(float).tolist() if panel.lines else []
    if not core or not values or min(*core, *values) <= 0:
        return False
    return max(core) - min(core) < SQUASHED * (max(*core, *values) - min(*core, *values))


def limits_of(records: pd.DataFrame) -> list[tuple[float, str]]:
    """The limits of normal that are drawn, lowest first, each with its name.

    Limits that differ between patients (by sex, say) are drawn each; of more than two, which would be a band of lines,
    the lowest and the highest.
    """
    found = []
    for column, name in (("ANRLO", "LLN"), ("ANRHI", "ULN")):
        own = sorted(records[column].dropna().astype(float).unique())
        found += [(float(limit), name) for limit in (own if len(own) <= 2 else (own[0], own[-1]))]
    return sorted(found)


def _name_limits(axes: Axes, limits: Sequence[tuple[float, str]]) -> None:
    """The names of the limits to the right of their lines, moved apart where they would touch."""
    scale = log10 if axes.get_yscale() == "log" else float
    low, high = map(scale, axes.get_ylim())
    figure = axes.get_figure()
    assert isinstance(figure, Drawing)
    tall = axes.get_position().height * figure.get_size_inches()[1]
    step = height_of(1)
    places: list[float] = []
    names: list[str] = []
    for limit, name in limits:
        at = (scale(limit) - low) / (high - low) * tall
        if names and names[-1] == name and at - places[-1] < step:
            continue
        places.append(max(at, places[-1] + step) if places else at)
        names.append(name)
    for at, name in zip(places, names, strict=True):
        axes.text(
            1.0, at / tall, f" {name}", transform=axes.transAxes, ha="left", va="center", fontsize=SMALL, color=LIMIT
        )


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
    across, down = _layout(book.definition)
    pages = [parameters[n : n + across * down] for n in range(0, len(parameters), across * down)]
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


def _compared(definition: StudyDefinition) -> bool:
    """Whether each group has its medians, beside those of the others."""
    return 1 < len(definition.groups) <= MOST_GROUPS and definition.escalation is None


def _layout(definition: StudyDefinition) -> tuple[int, int]:
    """How many panels a page has across and down."""
    planned = sum(visit.day is not None for visit in definition.visits)
    crowded = _compared(definition) and len(definition.groups) * planned > MOST_MARKS
    return (WIDE, TALL) if crowded else (ACROSS, DOWN)


def make(book: Book, analysis: str, parameters: tuple[Parameter, ...]) -> Figure:
    """A page of panels, from ADBDS and the rows of `lab.value` or `vs.value`."""
    population = book.definition.safety_set
    rows = rows_of(book, f"{analysis}.value", population=population)
    rows = rows.loc[rows["paramcd"].isin([p.paramcd for p in parameters]) & rows["avisit"].notna()]
    found = wide(rows, ("n", "median", "q1", "q3")).rename(columns={"median": "mean", "q1": "ci_low", "q3": "ci_high"})
    found = found.loc[found["n"] > 1]  # one patient's extra value is no median of the group
    compared = _compared(book.definition)
    found = found.loc[found["group"] != TOTAL] if compared else found
    records = {p.paramcd: parameter_records(book, p, population) for p in parameters}
    names = short_ids(book)
    records = {
        code: frame.assign(NAME=frame["USUBJID"].map(names).where((frame["CLSIG"] == "Y") & (frame["ABLFL"] != "Y")))
        for code, frame in records.items()
    }
    several = max((frame["USUBJID"].nunique() for frame in records.values()), default=0)
    lines = not compared or several <= MOST_PATIENTS
    seen = {str(v) for frame in records.values() for v in frame["AVISIT"].dropna()} | set(found["avisit"])
    visits = visits_of(book.definition, seen)
    panels = [
        Panel(p.label_unit, records[p.paramcd], found.loc[found["paramcd"] == p.paramcd], axis_of(p), lines)
        for p in parameters
    ]
    order = looks(book.definition)
    across, _ = _layout(book.definition)
    drawing = draw_panels(panels, visits, order, across)
    shown = [axes.get_title(loc="left").replace("\n", " ") for axes in drawing.axes]
    shortened = [p for p, title in zip(parameters, shown, strict=True) if title != label(p.label_unit, 200)]
    said = []
    for parameter in parameters:
        unit = f" {parameter.unit_text}" if parameter.unit else ""
        shown_of = [g.code for g in book.definition.groups] if compared else [book.definition.columns[-1][0]]
        for code in shown_of:
            own = found.loc[(found["paramcd"] == parameter.paramcd) & (found["group"] == code)]
            if len(own):
                first, last = own.iloc[0], own.iloc[-1]
                of = f" ({order[code].name})" if compared else ""
                said.append(f"{parameter.name}{of} {first['median_text']} to {last['median_text']}{unit}")
    used = rows.loc[rows["statistic"].isin(["n", "median", "q1", "q3"])]
    marks = "Marks: median of two or more patients, with bars from the first to the third quartile."
    if compared:
        marks += " Later medians are of those who were still measured."
    notes = [f"Thin lines: one patient each; visits without a value are bridged. {marks}" if lines else marks]
    if any(limits_of(frame) for frame in records.values()):
        notes.append(
            "LLN, ULN: lower and upper limit of normal (reference range); where it differs between patients, "
            "up to two of each, the lowest and the highest."
        )
    if visits:
        axis = time_axis(visits, PORTRAIT_WIDTH / across, named=False)
        notes += [axis.note] if axis.note else []
        notes.append("Numbers of patients at each visit are in the tables of values over time.")
    if lines and any(frame["NAME"].notna().any() for frame in records.values()):
        notes.append(
            f"Rings: values judged clinically significant, with the {book.definition.study.subject}; of more than "
            f"{MOST_NAMED} in a panel none is marked."
        )
    pressed = [p.name for p, panel in zip(parameters, panels, strict=True) if logarithmic(panel)]
    notes += [f"Logarithmic vertical axis: {join_words(pressed)}."] if pressed else []
    notes += [f"{p.name}: {p.label}." for p in shortened]
    return Figure(
        drawing,
        alt=f"A panel a test with {'a line a patient and ' if lines else ''}medians with quartiles at each visit. "
        f"Median at the first and last visit shown: {'; '.join(said)}.",
        notes=tuple(notes),
        keys=keys_of(used),
    )
