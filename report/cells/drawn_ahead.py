"""Draws figures while the kernel runs the document: from the last to the first, so that two processors share them.

What is drawn here is byte for byte what the kernel would draw. A figure that is not ready when the document shows it
is drawn there, and so is one that cannot be drawn: its error is told with the document's line.

Not here: the writing of a drawing (`drawings`).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from trial_report.report.cells.pieces import Block

DRAWN = "drawn"


@contextmanager
def drawing(build: Path) -> Iterator[None]:
    """Draws the figures of a build in a thread of its own until the work inside is done."""
    stop = Event()
    with ThreadPoolExecutor(1) as pool:
        # The result is not asked for: see above for what becomes of an error.
        pool.submit(_draw, build, stop)
        try:
            yield
        finally:
            stop.set()


def drawn(build: Path, name: str) -> Block | None:
    """The figure of that id as a block, where it has been drawn already."""
    try:
        held = json.loads((build / DRAWN / f"{name}.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Block(held["html"], held["typst"])


def _draw(build: Path, stop: Event) -> None:
    from trial_report.analysis.display.book import open_book
    from trial_report.analysis.display.style import use_fonts
    from trial_report.report.cells.displays import display

    use_fonts()
    book = open_book(build)
    folder = build / DRAWN
    folder.mkdir(exist_ok=True)
    figures = [output for output in book.outputs.values() if output.kind == "figure"]
    for output in reversed(figures):
        if stop.is_set():
            return
        block = display(output, book.made(output.id))
        half = folder / f"{output.id}.half"
        half.write_text(json.dumps({"html": block.html, "typst": block.typst}), encoding="utf-8")
        # The kernel reads whole files only.
        os.replace(half, folder / f"{output.id}.json")
