"""Escalation diagram: a mark a patient at its dose level in the order of first dose, cohorts and decisions.

Not here: the design that was planned (`design`), and the tables (`tables.escalation`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.figure import Figure as Drawing
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from trial_report import declare
from trial_report.analysis.analyse.escalation import pending
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.counted import of_safety
from trial_report.analysis.display.figures._read import rows_of, treated, wide
from trial_report.analysis.display.figures._sheet import (
    SMALL,
    clipped,
    height_of,
    key_mark,
    legend,
    legend_height,
    place,
    sheet,
    width_of,
    wrap,
)
from trial_report.analysis.display.output import Figure
from trial_report.analysis.display.style import BAD, GOOD, INK, MUTED, PORTRAIT_WIDTH, RULE, label
from trial_report.analysis.display.table import Reads
from trial_report.analysis.display.tables.escalation import is_highest_tested, mtd_sentence
from trial_report.analysis.results.formatting import fmt_number
from trial_report.analysis.results.where import Where
from trial_report.schemas.study.design import Escalation

KINDS = ("no DLT", "DLT", "pending", "not evaluable", "after escalation")
"""How a patient is drawn: evaluable without or with a dose-limiting toxicity, still observed, not evaluable, or not in
a cohort."""

NAMES = {
    "no DLT": "Evaluable, no DLT",
    "DLT": "DLT",
    "pending": "In the DLT window",
    "not evaluable": "Not evaluable for DLT",
    "after escalation": "Treated after the escalation",
}


def draw_escalation(
    patients: pd.DataFrame,
    cohorts: pd.DataFrame,
    levels: Sequence[tuple[str, str]],
    mtd: str | None = None,
    called: str = "MTD",
) -> Drawing:
    """The drawing. `patients`: GROUP, COHORT (missing: none), kind (of KINDS), phase (its label; missing: none),
    in order of first dose.

    `cohorts`: COHORT, group, lines (texts under the cohort's name), a row a cohort. `levels`: codes with labels,
    lowest first. The level `mtd` is marked, `called` so.
    """
    seen = [k for k in KINDS if k in set(patients["kind"])]
    handles = [_key(k) for k in seen]
    names = [clipped(name, 1.75) + (f"\n({called})" if code == mtd else "") for code, name in levels]
    left = max([0.8, *(width_of(n, weight="semibold") + 0.16 for n in names)])
    width = PORTRAIT_WIDTH - left - 0.1
    height = {code: n for n, (code, _) in enumerate(levels)}
    placed = _placed(patients, height)
    span = (float(placed["at"].iloc[-1]) if len(placed) else 0.0) + 1.6
    texts = _cohort_texts(placed, cohorts, width / span)
    tall = max((len(t[3]) for t in texts), default=1)
    step = 0.42 + height_of(tall)
    foot = 0.42 + legend_height([str(h.get_label()) for h in handles], PORTRAIT_WIDTH - 0.2)
    figure = sheet(PORTRAIT_WIDTH, foot + step * len(levels) + 0.1)
    axes = place(figure, left, foot, 0.1, 0.1)
    axes.set(xlim=(-0.8, span - 0.8), ylim=(-0.32, len(levels) - 0.32))
    axes.set_yticks(range(len(levels)), names, fontsize=SMALL)
    axes.grid(visible=False, axis="x")
    axes.set_xlabel("Patients in order of first dose, cohort by cohort")
    axes.set_xticks([])
    for tick, (code, _) in zip(axes.get_yticklabels(), levels, strict=True):
        tick.set_fontweight("semibold" if code == mtd else "normal")
    if patients.empty:
        axes.grid(visible=False)
        axes.text(0.5, 0.5, "No data", transform=axes.transAxes, ha="center", va="center", color=MUTED)
        return figure
    before: tuple[float, float] | None = None
    for first, end, at, lines in texts:
        corner, wide_ = (first - 0.5, at - 0.2), end - first + 1
        axes.add_patch(Rectangle(corner, wide_, 0.4, facecolor="#F1F4F7", edgecolor=RULE, lw=0.8, zorder=1))
        if before is not None:
            axes.plot([before[0], first - 0.5], [before[1], at], color=MUTED, lw=1.0, zorder=0.9)
        before = (end + 0.5, at)
        axes.text(
            (first + end) / 2, at + 0.24, "\n".join(lines), ha="center", va="bottom", fontsize=SMALL, linespacing=1.0
        )
    for kind in seen:
        own = placed.loc[placed["kind"] == kind]
        look = _key(kind)
        axes.plot(
            own["at"], own["level"], ls="none", marker=look.get_marker(), color=look.get_color(), ms=6.5,
            markerfacecolor=look.get_markerfacecolor(), markeredgewidth=1.2, zorder=3,
        )  # fmt: skip
    legend(figure, handles, left=0.1, right=0.1)
    return figure


def _key(kind: str) -> Line2D:
    marker, colour, filled = {
        "no DLT": ("o", GOOD, False),
        "DLT": ("o", BAD, True),
        "pending": ("D", MUTED, False),
        "not evaluable": ("x", INK, True),
        "after escalation": ("s", GOOD, False),
    }[kind]
    return key_mark(NAMES[kind], marker, colour, filled, ms=6)


def _placed(patients: pd.DataFrame, height: Mapping[str, int]) -> pd.DataFrame:
    """The patients, those of a cohort side by side, with `run` (of patients together), `at` and `level` to be drawn at.

    Places are one apart, with a gap where the cohort changes.
    """
    known = patients.loc[patients["GROUP"].isin(list(height))].reset_index(drop=True)
    together = known["COHORT"].astype("Float64").fillna(-1).astype(str) + "|" + known["GROUP"].astype(str)
    run = pd.Series(pd.factorize(together)[0], index=known.index)
    found = known.assign(run=run, level=known["GROUP"].map(dict(height)))
    found = found.sort_values("run", kind="stable", ignore_index=True)
    return found.assign(at=found.index + 0.9 * found["run"])


def _cohort_texts(
    placed: pd.DataFrame, cohorts: pd.DataFrame, inch: float
) -> list[tuple[float, float, int, list[str]]]:
    """First and last place, level and wrapped text of the patients that stand together; `inch` is a place's width."""
    found = placed.groupby("run", sort=True).agg(
        first=("at", "min"),
        end=("at", "max"),
        level=("level", "first"),
        number=("COHORT", "first"),
        size=("at", "size"),
        phase=("phase", "first"),
    )
    said = {float(r["COHORT"]): r["lines"] for r in cohorts.to_dict("records")}
    texts: list[tuple[float, float, int, list[str]]] = []
    for row in found.to_dict("records"):
        lines = said.get(float(row["number"])) if pd.notna(row["number"]) else None
        named = (str(row["phase"]),) if pd.notna(row["phase"]) else ()
        shown = lines if lines is not None else (*named, f"n = {row['size']}")
        room = (row["end"] - row["first"] + 1.8) * inch
        pieces = [piece for line in shown for piece in wrap(line, room)]
        texts.append((row["first"], row["end"], row["level"], pieces))
    return texts


@declare.figure(
    "fig.escalation",
    after="ae.dlt",
    number="14.3.2",
    in_text="12.3.3.1",
    title="Dose escalation: patients by dose level, cohorts and decisions",
    population=of_safety,
    when=lambda book: book.definition.escalation is not None,
)
def make(book: Book) -> Figure:
    """The diagram, from ADSL (a mark a patient) and the rows of `esc.cohort` and `esc.mtd`."""
    definition = book.definition
    escalation = definition.escalation
    assert escalation is not None
    rows = rows_of(book, "esc.cohort")
    steps = wide(rows.loc[rows["level"].notna()], ("treated", "evaluable", "dlts", "decision"))
    cohorts = pd.DataFrame(
        {
            "COHORT": pd.to_numeric(steps["level"]),
            "group": steps["group"],
            "lines": [
                (f"Cohort {number}", f"DLT {dlts}/{evaluable}", str(decision).capitalize())
                for number, dlts, evaluable, decision in zip(
                    steps["level"], steps["dlts_text"], steps["evaluable_text"], steps["decision_text"], strict=True
                )
            ],
        }
    )
    mtd = book.ask("esc.mtd", definition.safety_set, "NDLT").row("mtd")
    drawing = draw_escalation(
        patients_of(book, escalation),
        cohorts,
        [(g.code, label(g.label)) for g in definition.groups],
        mtd["text"] if isinstance(mtd["text"], str) else None,
        "highest dose tested" if is_highest_tested(book, mtd["text"]) else "MTD",
    )
    levels = {g.code: g.label for g in definition.groups}
    said = [
        f"cohort {r['level']} at {levels.get(r['group'], r['group'])}: {r['treated_text']} treated, "
        f"DLT in {r['dlts_text']} of {r['evaluable_text']} evaluable, {r['decision_text']}"
        for r in steps.to_dict("records")
    ]
    found = mtd_sentence(book).text
    return Figure(
        drawing,
        alt=f"Patients as marks at their dose level in the order of first dose. {'; '.join(said)}. {found}",
        notes=(
            f"DLT: dose-limiting toxicity within {fmt_number(escalation.dlt_window_days)} days of the first dose; "
            "a/b: a patients with a DLT of b evaluable.",
            f"Decision by the {escalation.rule} rule after each cohort. {found}",
        ),
        keys=tuple(str(k) for k in rows.index),
        # The results rows are of the escalation alone; its patients and those after it are drawn.
        reads=Reads(("ADSL",)),
    )


def patients_of(book: Book, escalation: Escalation) -> pd.DataFrame:
    """The treated, in order of first dose, with how each is drawn; cohorts are those of the escalation's phase."""
    found = treated(book).sort_values(["TRTSDT", "USUBJID"], kind="stable")
    inside = found["PHASE"] == escalation.phase
    kind = pd.Series("no DLT", index=found.index)
    kind = kind.mask(found["DLTEVFL"] != "Y", "not evaluable").mask(pending(Where()).mask(found), "pending")
    kind = kind.mask(found["NDLT"].fillna(0) > 0, "DLT")
    kind = kind.mask(~inside, "after escalation")
    phases = book.definition.phases
    names = {level.code: level.label for level in phases.levels} if phases else {}
    return pd.DataFrame(
        {
            "GROUP": found["GROUP"],
            "COHORT": found["COHORT"].where(inside),
            "kind": kind,
            "phase": found["PHASE"].map(names),
        }
    )
