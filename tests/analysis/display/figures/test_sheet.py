"""Text of known width, the legend's rows, and the axis of visits."""

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from tests.analysis.display.figures.drawn import make_visits
from trial_report.analysis.display.figures._sheet import (
    canvas,
    clipped,
    height_of,
    legend_height,
    look_of,
    sheet,
    width_of,
    wrap,
)
from trial_report.analysis.display.figures._visits import time_axis, visit_axis

pytestmark = pytest.mark.requirement("REQ-213")


@pytest.mark.parametrize("text", ["Ag lp (n = 3)", "2.0 × 10⁸ cells", "Wide WWWW\nand a line below"])
def test_measured_text_is_as_wide_and_high_as_drawn_text(text: str) -> None:
    figure, axes = canvas(6, 4)
    drawn = axes.text(1, 1, text, fontsize=7.5, linespacing=1.0)
    box = drawn.get_window_extent(FigureCanvasAgg(figure).get_renderer())
    assert width_of(text, 7.5) == pytest.approx(box.width / figure.dpi, rel=0.05)
    assert height_of(text.count("\n") + 1, 7.5) == pytest.approx(box.height / figure.dpi, rel=0.06)


def test_wrapped_lines_fit_and_keep_every_word() -> None:
    text = "a long line of several words that does not fit"
    lines = wrap(text, 1.0)
    assert " ".join(lines) == text
    assert all(width_of(line) <= 1.0 for line in lines)


def test_a_word_wider_than_the_box_is_cut() -> None:
    lines = wrap("x" * 60, 0.5)
    assert "".join(lines) == "x" * 60
    assert all(width_of(line) <= 0.5 for line in lines)


def test_clipped_text_fits_and_says_that_it_was_cut() -> None:
    assert clipped("short", 2.0) == "short"
    cut = clipped("a text that is much too long for its place", 1.0)
    assert cut.endswith("…")
    assert width_of(cut) <= 1.0


def test_a_hidden_character_is_shown_not_drawn() -> None:
    assert "‹U+202E›" in clipped("a\u202eb", 3.0)


def test_legend_grows_by_rows() -> None:
    assert legend_height([], 6.0) == 0.0
    one = legend_height(["a", "b"], 6.0)
    assert legend_height(["a long entry of the legend"] * 8, 6.0) > 2 * one


def test_every_group_has_a_look_of_its_own() -> None:
    looks = look_of([(f"G{n}", f"Group {n}") for n in range(6)])
    own = [looks[f"G{n}"] for n in range(6)]
    assert len({(k.colour) for k in own}) == len({k.marker for k in own}) == len({k.hatch for k in own}) == 6


def test_groups_beyond_the_palette_have_looks_of_their_own() -> None:
    found = look_of([(f"G{n}", f"Group {n}") for n in range(14)])
    own = [found[f"G{n}"] for n in range(14)]
    for cues in ([(k.colour, k.marker) for k in own], [(k.colour, k.hatch) for k in own],
                 [(k.colour, str(k.dash)) for k in own]):  # fmt: skip
        assert len(set(cues)) == 14


def test_saving_twice_does_not_bring_a_layout_back() -> None:
    figure = sheet(2, 2)
    figure.add_axes((0.1, 0.1, 0.8, 0.8))
    for _ in range(2):
        figure.canvas.print_figure("/dev/null", format="svg")
        assert figure.get_layout_engine() is None


def test_few_visits_stand_in_proportion_to_time() -> None:
    axis = visit_axis(make_visits(4), 5.0)
    assert axis.in_proportion
    assert list(axis.at.values()) == [0.0, 28.0, 56.0, 84.0]
    assert axis.note == ""


def test_visits_too_close_go_to_two_rows_then_to_equal_distances_then_upright() -> None:
    two_rows = visit_axis(make_visits(12), 4.0)
    assert two_rows.in_proportion
    assert any(label.startswith("\n") for label in two_rows.labels)
    upright = visit_axis(make_visits(22, 7), 2.0)
    assert upright.rotated
    assert list(upright.at.values()) == list(range(22))
    assert upright.note == "Visits are drawn at equal distances."


def test_visits_stand_at_their_planned_days_numbered_by_week_where_names_have_no_room() -> None:
    axis = time_axis(make_visits(22, 7), 2.0)
    assert axis.in_proportion
    assert list(axis.at.values()) == [7.0 * n for n in range(22)]
    assert (axis.labels[0], axis.labels[-1], axis.title) == ("0", "21", "Planned week")
    assert "" in axis.labels


def test_a_target_day_may_be_a_day_off_the_week_and_other_days_are_study_days() -> None:
    weeks = [v.model_copy(update={"day": day}) for v, day in zip(make_visits(3), (1, 14, 28), strict=True)]
    assert time_axis(weeks, 2.0, named=False).labels == ("0", "2", "4")
    days = [v.model_copy(update={"day": day}) for v, day in zip(make_visits(3), (-3, 1, 30), strict=True)]
    found = time_axis(days, 2.0, named=False)
    assert (found.labels, found.title) == (("\u22123", "1", "30"), "Planned study day")


def test_a_visit_without_a_planned_day_has_no_place_in_time_and_the_note_says_so() -> None:
    *planned, last = make_visits(4)
    axis = time_axis([*planned, last.model_copy(update={"day": None, "label": "Retrieval"})], 2.0)
    assert list(axis.at) == ["V0", "V1", "V2"]
    assert axis.note == "Retrieval has no planned day and is not drawn."
    none = [v.model_copy(update={"day": None}) for v in make_visits(3)]
    assert time_axis(none, 5.0).note == "Visits are drawn at equal distances."


def test_one_visit_and_none() -> None:
    assert visit_axis(make_visits(1), 3.0).at == {"V0": 0.0}
    assert visit_axis([], 3.0).at == {}
