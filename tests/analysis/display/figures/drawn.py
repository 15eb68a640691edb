"""Small made-up frames for drawings, and where the texts of a drawing stand."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from trial_report.analysis.display.figures._sheet import Look, look_of
from trial_report.schemas.study.design import Visit


def texts_of(figure: Figure) -> list[Text]:
    """All texts of a figure that are shown and say something."""
    return [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip()]


def make_visits(count: int, apart: int = 28) -> list[Visit]:
    """A baseline visit and later ones, so many days apart."""
    days = [1, *(1 + apart * k for k in range(1, count))]
    return [
        Visit(id=f"V{k}", num=k, name=f"VISIT {k}", label="Baseline" if k == 0 else f"Visit {k}", day=day,
              window=(day, day), analysis_window=(day, day), role="follow-up" if k else "baseline")
        for k, day in enumerate(days)
    ]  # fmt: skip


def make_groups(count: int, total: str | None = "Total") -> dict[str, Look]:
    """The looks of groups G1, G2, …"""
    return look_of([(f"G{k}", f"Group {k}") for k in range(1, count + 1)], total)


def make_subjects(count: int, groups: int) -> pd.DataFrame:
    """ADSL of so many treated subjects, dealt to the groups in turn."""
    number = np.arange(count)
    start = pd.Timestamp("2022-01-03") + pd.to_timedelta(number * 9, unit="D")
    return pd.DataFrame(
        {
            "USUBJID": [f"S-{k:03d}" for k in number],
            "SUBJID": [f"{k:03d}" for k in number],
            "GROUP": [f"G{k % groups + 1}" for k in number],
            "TRT01AN": number % groups + 1,
            "TRTSDT": start,
            "TRTEDT": start,
            "FUPDUR": 60 + 10 * (number % 5),
            "EOSSTT": np.array(["COMPLETED", "COMPLETED", "DISCONTINUED", "ONGOING"])[number % 4],
        }
    )


def make_values(subjects: pd.DataFrame, visits: list[Visit]) -> pd.DataFrame:
    """A record a subject and visit, but for every seventh."""
    days = pd.DataFrame({"AVISIT": [v.id for v in visits], "ADY": [v.day for v in visits]})
    frame = subjects.merge(days, how="cross")
    number = np.arange(len(frame))
    wave = 50 + 20 * np.sin(number * 2.3) - 3 * frame["AVISIT"].str[1:].astype(int)
    frame = frame.assign(AVAL=wave, CHG=wave - 50, PCHG=2 * (wave - 50))
    return frame.loc[number % 7 != 6].reset_index(drop=True)


def make_means(values: pd.DataFrame, column: str = "AVAL", total: bool = True) -> pd.DataFrame:
    """Means by group and visit in the form that `series` gives."""
    rows = [values.assign(group=values["GROUP"])]
    rows += [values.assign(group="TOTAL")] if total else []
    found = pd.concat(rows).groupby(["group", "AVISIT"], sort=False)[column].agg(["size", "mean", "std"]).reset_index()
    reach = 2 * found["std"] / np.sqrt(found["size"])
    return found.rename(columns={"AVISIT": "avisit"}).assign(
        ci_low=found["mean"] - reach, ci_high=found["mean"] + reach, text=found["size"].astype(str), n=found["size"]
    )


def boxes_of(figure: Figure) -> tuple[list[str], np.ndarray]:
    """The texts that are drawn, and their boxes: a row each of x0, y0, x1, y1 in pixels."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    unseen = {id(t) for axes in figure.axes for axis in (axes.xaxis, axes.yaxis) for t in _beyond(axis)}
    said: list[str] = []
    boxes: list[tuple[float, float, float, float]] = []
    for text in texts_of(figure):
        if id(text) in unseen:
            continue
        x0, y0, x1, y1 = text.get_window_extent(renderer).extents
        # a label moved to the second row begins with an empty line, on which another may stand
        lines = text.get_text().split("\n")
        y1 -= (y1 - y0) * next(n for n, line in enumerate(lines) if line) / len(lines)
        said.append(text.get_text())
        boxes.append((x0, y0, x1, y1))
    return said, np.array(boxes).reshape(-1, 4)


def _beyond(axis: Axis) -> list[Text]:
    """The labels of ticks outside the limits, which matplotlib makes but does not draw."""
    low, high = sorted(axis.get_view_interval())
    slack = 1e-9 * (high - low)
    ticks = [*axis.get_major_ticks(), *axis.get_minor_ticks()]
    return [label for t in ticks if not low - slack <= t.get_loc() <= high + slack for label in (t.label1, t.label2)]
