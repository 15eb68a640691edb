"""Data flow: from the domains received to the datasets, the results and the displays, with the rows of each.

Not here: the flow of patients (`flow`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from matplotlib.figure import Figure as Drawing

from trial_report import declare
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.counted import records
from trial_report.analysis.display.figures._boxes import Box, arrow, draw_box
from trial_report.analysis.display.figures._sheet import canvas
from trial_report.analysis.display.output import Figure
from trial_report.analysis.display.style import PORTRAIT_WIDTH
from trial_report.analysis.results.formatting import fmt_number

GAP, EDGE = 0.32, 0.06


def draw_dataflow(steps: Sequence[tuple[str, Sequence[str]]]) -> Drawing:
    """The drawing: a box a step (heading and lines) from left to right, arrows between."""
    width = (PORTRAIT_WIDTH - 2 * EDGE - GAP * (len(steps) - 1)) / max(len(steps), 1)
    boxes = [Box(head, tuple(lines), width, "#F6F8FA") for head, lines in steps]
    height = max((b.height for b in boxes), default=0.3)
    figure, axes = canvas(PORTRAIT_WIDTH, height + 2 * EDGE)
    placed = [draw_box(axes, box, EDGE + n * (width + GAP), height + EDGE, height) for n, box in enumerate(boxes)]
    for one, two in pairwise(placed):
        arrow(axes, [(one.right, one.middle), (two.left, two.middle)])
    return figure


@declare.figure(
    "fig.dataflow",
    after="quality.table",
    number="16.1.9",
    title="Flow of data from the domains to the displays",
    nobody=records,
)
def make(book: Book) -> Figure:
    """The picture, from the facts of the run and the registry."""
    domains, datasets = _counts(book, "domains"), _counts(book, "datasets")
    kinds = Counter(output.kind for output in book.outputs.values())
    analyses = Counter(str(a).split(".")[0] for a in book.results["analysis"])
    results = len(book.results)
    steps = [
        ("SDTM domains (rows)", [_row(n, c) for n, c in domains.items()]),
        ("Analysis datasets (rows)", [_row(n, c) for n, c in datasets.items()]),
        (f"Results ({_thousands(results)} rows)", [_row(n, c) for n, c in sorted(analyses.items())]),
        ("Displays", [f"{_thousands(kinds[k])} {k}s" for k in ("table", "figure", "listing")]),
    ]
    return Figure(
        draw_dataflow(steps),
        alt=f"{_thousands(len(domains))} domains with {_thousands(sum(domains.values()))} rows give "
        f"{_thousands(len(datasets))} analysis datasets with {_thousands(sum(datasets.values()))} rows, "
        f"{_thousands(results)} results, and {_thousands(sum(kinds.values()))} displays.",
        notes=("Results are counted by the first part of the analysis's id.",),
    )


def _counts(book: Book, name: str) -> dict[str, int]:
    """Rows by name, as the run recorded them."""
    found = book.run.get(name)
    return {str(k): int(v) for k, v in found.items()} if isinstance(found, Mapping) else {}


def _row(name: str, count: int) -> str:
    return f"{name}: {_thousands(count)}"


def _thousands(count: int) -> str:
    return fmt_number(count, thousands=True)
