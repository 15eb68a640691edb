"""The check that no texts of a drawing touch, leave the sheet, or are too small to be read."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from matplotlib.figure import Figure

from analysis.display.figures._sheet import SMALL, texts_of
from tests.analysis.display.figures.drawn import boxes_of

CheckTexts = Callable[..., None]


@pytest.fixture(name="check_texts")
def _check_texts() -> CheckTexts:
    """Fails where texts touch each other, leave the sheet, or are too small."""

    def check(figure: Figure, slack: float = 1.0) -> None:
        width, height = figure.get_size_inches() * figure.dpi
        boxes = boxes_of(figure)
        for text, (x0, y0, x1, y1) in boxes:
            assert x0 >= -slack, f"{text!r} leaves the sheet at the left"
            assert y0 >= -slack, f"{text!r} leaves the sheet below"
            assert x1 <= width + slack, f"{text!r} leaves the sheet at the right"
            assert y1 <= height + slack, f"{text!r} leaves the sheet above"
        for (one, a), (two, b) in itertools.combinations(boxes, 2):
            across = min(a[2], b[2]) - max(a[0], b[0])
            along = min(a[3], b[3]) - max(a[1], b[1])
            assert across <= slack or along <= slack, f"{one!r} and {two!r} overlap"
        assert min((t.get_fontsize() for t in texts_of(figure)), default=SMALL) >= SMALL

    return check
