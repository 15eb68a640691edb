"""The waterfall: bars in order, the responder's line, what is left out."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from tests.analysis.display.figures.conftest import CheckTexts
from tests.analysis.display.figures.drawn import make_groups, make_subjects
from trial_report.analysis.display.figures.waterfall import draw_waterfall

pytestmark = pytest.mark.requirement("REQ-213")


def waterfall(count: int, groups: int, **rest: object) -> Figure:
    changes = make_subjects(count, groups).assign(change=60 * np.sin(np.arange(count) * 1.7) - 20)
    return draw_waterfall(changes, make_groups(groups), axis="Percent change (%)", **rest)  # type: ignore[arg-type]


def heights(figure: Figure) -> list[float]:
    bars = [p for p in figure.axes[0].patches if p.get_width() == pytest.approx(0.82)]
    return [p.get_height() for p in sorted(bars, key=lambda p: p.get_x())]


def test_bars_fall_from_the_worst_to_the_best() -> None:
    falling = heights(waterfall(15, 3))
    assert falling == sorted(falling, reverse=True)
    rising = heights(waterfall(15, 3, rising_is_good=True))
    assert rising == sorted(rising)


def test_a_missing_change_has_no_bar_and_a_zero_has_a_mark() -> None:
    changes = pd.DataFrame({"SUBJID": ["1", "2", "3"], "GROUP": ["G1"] * 3, "change": [5.0, np.nan, 0.0]})
    figure = draw_waterfall(changes, make_groups(1), axis="Change")
    assert heights(figure) == [5.0, 0.0]
    assert [len(line.get_xdata()) for line in figure.axes[0].lines if line.get_marker() == "o"] == [1]


def test_the_threshold_is_drawn_and_named() -> None:
    figure = waterfall(5, 1, threshold=(-30.0, "Responder (−30%)", "−30%"))
    assert any(list(line.get_ydata()) == [-30.0, -30.0] for line in figure.axes[0].lines)
    assert "Responder (−30%)" in [t.get_text() for t in figure.legends[0].get_texts()]
    assert "−30%" in [t.get_text().strip() for t in figure.axes[0].texts]


@pytest.mark.parametrize(("count", "groups"), [(0, 2), (1, 1), (20, 3), (45, 6), (254, 3)])
def test_texts_stay_apart(check_texts: CheckTexts, count: int, groups: int) -> None:
    check_texts(waterfall(count, groups, threshold=(-30.0, "Responder (−30%)", "−30%")))


def test_many_bars_have_no_names() -> None:
    assert [t.get_text() for t in waterfall(254, 3).axes[0].get_xticklabels()] == []
    assert len(waterfall(20, 3).axes[0].get_xticklabels()) == 20
