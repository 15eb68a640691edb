"""How figures look: one font, fixed sizes, colours that colour-blind readers can tell apart.

Call :func:`use_fonts` once before drawing. The settings are seaborn's "whitegrid" idea written out, so that
a figure does not depend on which defaults a library has this year; seaborn's functions draw with them.

Not here: sizes and layout of a drawing (`figures._sheet`), and the look of pages (`report/look/csr.css`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from itertools import cycle
from typing import Any

from trial_report.analysis.display.escape import FONT_FOLDER, printable

FONT = "Source Sans 3"

# Okabe and Ito (2008), darkest first and without the yellow, which is too faint on white.
PALETTE: tuple[str, ...] = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#4D4D4D")
MARKERS: tuple[str, ...] = ("o", "s", "^", "D", "v", "P", "X")
INK = "#1F2933"
MUTED = "#6B7785"
RULE = "#D5DAE0"
GOOD, BAD = "#0072B2", "#D55E00"

# In inches, fills a portrait page (17 cm of text).
PORTRAIT_WIDTH = 6.69

RC: dict[str, Any] = {
    "font.family": [FONT, "DejaVu Sans"],
    "font.size": 9.0,
    "axes.titlesize": 9.5,
    "axes.titleweight": "semibold",
    "axes.titlelocation": "left",
    "axes.labelsize": 9.0,
    "axes.labelcolor": INK,
    "axes.edgecolor": MUTED,
    "axes.linewidth": 0.8,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "grid.color": RULE,
    "grid.linewidth": 0.6,
    "text.color": INK,
    "text.parse_math": False,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.size": 3.0,
    "ytick.major.size": 0.0,
    "legend.fontsize": 8.5,
    "legend.frameon": False,
    "lines.linewidth": 1.6,
    "lines.markersize": 5.0,
    "patch.linewidth": 0.8,
    "figure.figsize": (PORTRAIT_WIDTH, 3.6),
    "figure.dpi": 100,
    "figure.facecolor": "white",
    "figure.constrained_layout.use": True,
    "savefig.dpi": 100,
    "savefig.bbox": None,
    "savefig.facecolor": "white",
    "svg.fonttype": "path",
    "svg.hashsalt": "clinical-study-report",
    "svg.id": None,
    "path.simplify": False,
}


def use_fonts() -> None:
    """Register the report's fonts with matplotlib and set every default that a figure depends on.

    Idempotent; chooses the Agg backend, so that nothing is drawn to a screen or displayed twice.
    """
    import matplotlib
    from cycler import cycler
    from matplotlib import font_manager

    known = {entry.fname for entry in font_manager.fontManager.ttflist}
    for path in sorted(FONT_FOLDER.glob("*.ttf")):
        if str(path) not in known:
            font_manager.fontManager.addfont(str(path))
    # The fallback for rare signs has no semibold; matplotlib would say so at every figure.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    matplotlib.use("Agg", force=True)
    matplotlib.rcdefaults()
    settings: Any = matplotlib.rcParams
    settings.update({name: value for name, value in RC.items() if name in settings})
    settings["axes.prop_cycle"] = cycler(color=list(PALETTE))


def colours(names: list[str]) -> dict[str, str]:
    """Return one colour a name, by its place in the list, so that a group keeps its colour in all figures."""
    wheel: Iterator[str] = cycle(PALETTE)
    return {name: next(wheel) for name in names}


def label(text: str, longest: int = 60) -> str:
    """Return a text from data as it may stand in a figure: visible, and cut with "…" where it is too long."""
    shown = printable(text).replace("\n", " ")
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"
