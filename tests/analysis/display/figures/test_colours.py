"""Figures for colour-blind readers: the palette as they see it, and drawings that tell groups apart by a second cue."""

from itertools import combinations

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from tests.analysis.display.figures.colours import APART, difference, seen, told_apart_by_nothing
from tests.analysis.display.figures.drawn import make_groups, make_means, make_subjects, make_values, make_visits
from trial_report.analysis.display.figures._sheet import key_line, legend
from trial_report.analysis.display.figures.edish import draw_edish
from trial_report.analysis.display.figures.profile import draw_profile
from trial_report.analysis.display.figures.waterfall import draw_waterfall
from trial_report.analysis.display.style import PALETTE

pytestmark = pytest.mark.requirement("REQ-213")


def test_lab_and_simulation_agree_with_published_values() -> None:
    # sRGB red in CIELAB (D65): Lindbloom, brucelindbloom.com; grey stays grey in every kind of vision.
    assert seen("#FF0000", "full colour vision") == pytest.approx([53.24, 80.09, 67.20], abs=0.01)
    assert seen("#808080", "deuteranopia") == pytest.approx(seen("#808080", "full colour vision"), abs=0.2)
    # Red and green of the same lightness meet in deuteranopia, and are far apart to others.
    assert np.linalg.norm(seen("#C80000", "deuteranopia") - seen("#6E6E00", "deuteranopia")) < 25
    assert np.linalg.norm(seen("#C80000", "full colour vision") - seen("#6E6E00", "full colour vision")) > 50


def test_colours_of_the_palette_are_apart_for_every_reader() -> None:
    near = {pair: round(difference(*pair), 1) for pair in combinations(PALETTE, 2) if difference(*pair) < APART}
    assert not near


def test_colours_that_are_not_apart_are_found() -> None:
    figure = Figure()
    legend(figure, [Line2D([], [], color=c, label=c) for c in ("#E00000", "#E01000")], left=0, right=0)
    assert told_apart_by_nothing(figure) == [("#E00000", "#E01000")]
    figure = Figure()
    legend(figure, [key_line(look.name, look) for look in make_groups(14, None).values()][:14], left=0, right=0)
    assert told_apart_by_nothing(figure) == []


@pytest.mark.parametrize("groups", [7, 14])
def test_drawings_of_many_groups(groups: int) -> None:
    subjects, visits, looks = make_subjects(28, groups), make_visits(4), make_groups(groups)
    values = make_values(subjects, visits)
    means = make_means(values, total=False)
    drawings = [
        draw_profile(values, means, None, visits, looks, axis="Value", unit=None),
        draw_waterfall(subjects.assign(change=np.arange(28.0) - 9), looks, axis="Change"),
        draw_edish(subjects.assign(name="S", enzyme=1.0, bilirubin=0.5), looks, enzyme="ALT", bilirubin="bilirubin"),
    ]
    assert [told_apart_by_nothing(one) for one in drawings] == [[], [], []]
