"""Operating characteristics of the escalation: how probable it is that each level becomes the MTD, by scenario.

Not here: the cohorts as they were treated (`escalation`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure as Drawing

from trial_report import declare
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.counted import design
from trial_report.analysis.display.figures._read import keys_of, rows_of, wide
from trial_report.analysis.display.figures._sheet import SMALL, TEXT, no_data, place, sheet, wrap
from trial_report.analysis.display.output import Figure
from trial_report.analysis.display.style import INK, PORTRAIT_WIDTH, label
from trial_report.schemas.study import TOTAL

ENDS = {
    "p_too_toxic": "None: lowest level too toxic",
    "p_not_reached": "None: MTD not reached",
    "p_undetermined": "None: not determined",
}


def draw_operating(
    probability: pd.DataFrame, printed: pd.DataFrame, true_rates: pd.DataFrame, names: Sequence[str]
) -> Drawing:
    """The drawing. `probability` (percent) has a row a scenario and a column an outcome, `printed` the same as text.

    `true_rates` has the printed true DLT rate of the columns that are dose levels, empty in the others. `names` are
    those of the columns.
    """
    rows, columns = probability.shape
    cell = (PORTRAIT_WIDTH - 1.0) / max(columns, 1)
    heads = ["\n".join(wrap(label(n), cell - 0.08)) for n in names]
    head = 0.1 + max((h.count("\n") + 1 for h in heads), default=1) * SMALL * 1.33 / 72
    figure = sheet(PORTRAIT_WIDTH, head + 0.42 * max(rows, 2) + 0.12)
    axes = place(figure, 0.92, 0.08, 0.08, head)
    if not rows:
        axes.set_xticks([])
        no_data(axes)
        return figure
    words = printed.where(true_rates == "", printed + "\n(rate " + true_rates + ")")
    sns.heatmap(
        probability.astype(float), ax=axes, vmin=0, vmax=100, cmap="Blues", cbar=False, annot=words.to_numpy(), fmt="",
        linewidths=1.2, linecolor="white", annot_kws={"fontsize": SMALL, "linespacing": 1.0},
    )  # fmt: skip
    # seaborn chooses white text by luminance: the palest of it would be hard to read
    values = probability.to_numpy(dtype=float).ravel()
    for text, value in zip(axes.texts, values, strict=True):
        text.set_color("white" if value > 65 else INK)
    axes.set(xlabel="", ylabel="")
    axes.xaxis.tick_top()
    axes.set_xticks(np.arange(columns) + 0.5, heads, fontsize=SMALL, rotation=0)
    axes.set_yticks(np.arange(rows) + 0.5, [f"Scenario {n}" for n in probability.index], fontsize=TEXT, rotation=0)
    axes.tick_params(length=0)
    return figure


@declare.figure(
    "fig.oc",
    after="esc.oc",
    number="14.3.2",
    title="Operating characteristics of the dose escalation: probability of each maximum tolerated dose",
    nobody=design,
    # One scenario is a row, which the table has.
    when=lambda book: bool(book.definition.escalation and len(book.definition.escalation.true_rates) > 1),
)
def make(book: Book) -> Figure:
    """The drawing, from the rows of `esc.oc`."""
    rows = rows_of(book, "esc.oc")
    levels = wide(rows.loc[rows["group"] != TOTAL], ("p_mtd", "true_rate"))
    ends = wide(rows.loc[rows["group"] == TOTAL], tuple(ENDS))
    codes = [g.code for g in book.definition.groups]
    shown = [e for e in ENDS if (ends[e] > 0).any()]
    other = ends.set_index("level")
    by_level = levels.set_index(["level", "group"])
    order = list(dict.fromkeys(levels["level"]))
    numbers, texts, rates = (
        by_level[v].unstack("group").reindex(index=order, columns=codes)  # noqa: PD010
        for v in ("p_mtd", "p_mtd_text", "true_rate_text")
    )
    probability = numbers.join(other[shown])
    printed = texts.join(other[[f"{e}_text" for e in shown]].set_axis(shown, axis=1)) + "%"
    rates = (rates + "%").reindex(columns=[*codes, *shown], fill_value="")
    names = [f"MTD is {g.short}" for g in book.definition.groups] + [ENDS[e] for e in shown]
    drawing = draw_operating(probability, printed, rates, names)
    said = "; ".join(
        f"scenario {scenario}: " + ", ".join(f"{name} {text}" for name, text in zip(names, row, strict=True))
        for scenario, row in zip(printed.index, printed.to_numpy(), strict=True)
    )
    used = rows.loc[rows["statistic"].isin(["p_mtd", "true_rate", *ENDS])]
    return Figure(
        drawing,
        alt=f"Probability that each dose level becomes the maximum tolerated dose, by true rates of toxicity. {said}.",
        notes=(
            "Each row adds to 100%. Rate: true probability of a dose-limiting toxicity at the level in that scenario.",
            "MTD: maximum tolerated dose, here the dose level on which the escalation settles, be it the highest.",
        ),
        keys=keys_of(used),
    )
