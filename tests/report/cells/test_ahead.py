"""A figure drawn ahead is what the document would draw; what cannot be drawn ahead is left to the document."""

from __future__ import annotations

import time
from pathlib import Path

import pandas as pd
import pytest

from trial_report.analysis.display.book import Book, open_book
from trial_report.analysis.pipeline import write_build
from trial_report.analysis.trial import Trial
from trial_report.report.cells.displays import display
from trial_report.report.cells.drawn_ahead import drawing, drawn

pytestmark = pytest.mark.requirement("REQ-213")


def test_the_last_figure_is_drawn_first_and_the_same(
    book: Book, exemplar: Trial, results: pd.DataFrame, tmp_path: Path
) -> None:
    write_build(exemplar, results, tmp_path)
    last = [output for output in book.outputs.values() if output.kind == "figure"][-1]
    with drawing(tmp_path):
        end = time.monotonic() + 60
        while drawn(tmp_path, last.id) is None and time.monotonic() < end:
            time.sleep(0.05)
    assert drawn(tmp_path, last.id) == display(last, open_book(tmp_path).made(last.id))


def test_what_cannot_be_drawn_is_left_to_the_document(tmp_path: Path) -> None:
    with drawing(tmp_path / "no build"):
        pass
    assert drawn(tmp_path / "no build", "fig.flow") is None
