"""The check that no texts of a drawing touch, leave the sheet, or are too small to be read."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from matplotlib.figure import Figure

from tests.analysis.display.figures.drawn import boxes_of, texts_of
from trial_report.analysis.display.figures._sheet import SMALL

CheckTexts = Callable[..., None]


@pytest.fixture(name="check_texts")
def _check_texts() -> CheckTexts:
    """Fails where texts touch each other, leave the sheet, or are too small."""

    def check(figure: Figure, slack: float = 1.0) -> None:
        width, height = figure.get_size_inches() * figure.dpi
        texts, boxes = boxes_of(figure)
        x0, y0, x1, y1 = boxes.T
        off = (x0 < -slack) | (y0 < -slack) | (x1 > width + slack) | (y1 > height + slack)
        assert not off.any(), f"{texts[int(np.argmax(off))]!r} leaves the sheet"
        across = np.minimum.outer(x1, x1) - np.maximum.outer(x0, x0)
        along = np.minimum.outer(y1, y1) - np.maximum.outer(y0, y0)
        one, two = np.nonzero(np.triu((across > slack) & (along > slack), 1))
        touching = [(texts[i], texts[j]) for i, j in zip(one, two, strict=True)]
        assert not touching, f"these texts overlap: {touching[:5]}"
        assert min((t.get_fontsize() for t in texts_of(figure)), default=SMALL) >= SMALL

    return check
