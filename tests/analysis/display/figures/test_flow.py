"""The flow diagram: where cohorts stand, and that no text leaves its box."""

from dataclasses import replace

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import Polygon, Rectangle
from matplotlib.text import Text

from tests.analysis.display.figures.conftest import CheckTexts
from tests.analysis.display.figures.drawn import make_visits
from trial_report.analysis.display.figures.design import CONFIRMING, RULES, draw_design
from trial_report.analysis.display.figures.flow import Cohort, Flow, cohort_rows, draw_flow, has_room

pytestmark = pytest.mark.requirement("REQ-213")


def flow(levels: int, cohorts: list[int]) -> Flow:
    groups = tuple((f"G{n}", f"Dose level {n}: {n}.0 × 10⁸ cells") for n in range(1, levels + 1))
    return Flow(
        "Assessed for eligibility (n = 25)",
        ("Excluded (n = 5)", ("A long reason why somebody was not included (n = 3)", "Withdrawal (n = 2)")),
        "Assigned (n = 20)",
        groups,
        tuple(Cohort(f"G{g}", f"Part A, cohort {n}", ("DLT: 0 of 3 evaluable",)) for n, g in enumerate(cohorts, 1)),
        ends={code: ("Treated (n = 3)", ("Completed (n = 2)", "   Lost to follow-up (n = 1)")) for code, _ in groups},
        sets={code: ("Analysed", ("Safety set (n = 3)", "Per-protocol set (n = 2)")) for code, _ in groups},
    )


def test_cohorts_stand_beside_each_other_until_a_level_is_treated_again() -> None:
    assert cohort_rows(["A", "B", "C"]) == [0, 0, 0]
    assert cohort_rows(["A", "B", "C", "C", "C"]) == [0, 0, 0, 1, 2]
    assert cohort_rows(["A", "B", "A", "A"]) == [0, 0, 1, 2]
    assert cohort_rows([]) == []


CASES = [flow(3, [1, 2, 3, 3]), flow(6, [1, 2, 3, 4, 5, 4, 4]), flow(1, []), flow(2, [1, 2, 1, 1])]


@pytest.mark.parametrize("case", CASES, ids=["escalation", "six levels", "one group", "back down"])
def test_no_text_leaves_its_box(case: Flow, check_texts: CheckTexts) -> None:
    figure = draw_flow(case)
    check_texts(figure)
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    axes = figure.axes[0]
    boxes = [p.get_window_extent(renderer) for p in axes.patches if isinstance(p, Rectangle)]
    for text in axes.texts:
        own = text.get_window_extent(renderer)
        inside = [
            b for b in boxes if b.x0 <= own.x0 + 1 and own.x1 <= b.x1 + 1 and b.y0 <= own.y0 + 1 and own.y1 <= b.y1 + 1
        ]
        assert inside, f"{text.get_text()!r} is in no box"


def test_where_boxes_would_break_words_numbers_stand_in_a_grid(check_texts: CheckTexts) -> None:
    many = flow(14, [])
    for one in (many, flow(9, [1, 2, 3, 3])):
        assert not has_room(one, 6.69)
        figure = draw_flow(one)
        check_texts(figure)
        assert figure.get_size_inches()[1] < 8.5
    texts = [t.get_text().strip() for t in draw_flow(many).axes[0].texts]
    assert {"Treated", "Completed", "Lost to follow-up", "Analysed", "Safety set"} <= set(texts)
    assert texts.count("3") == 14 * 2  # treated, and in the safety set
    assert not any("\n" in text for text in texts if text.startswith("Dose level"))


def test_a_reason_that_a_group_has_not_is_zero_in_the_grid() -> None:
    many = flow(14, [])
    ends = {**many.ends, "G2": ("Treated (n = 3)", ("Completed (n = 3)",))}
    texts = [t.get_text().strip() for t in draw_flow(replace(many, ends=ends)).axes[0].texts]
    assert texts.count("0") == 1


def test_boxes_do_not_overlap() -> None:
    axes = draw_flow(CASES[0]).axes[0]
    boxes = [p.get_bbox() for p in axes.patches if isinstance(p, Rectangle)]
    assert len(boxes) == 3 + 3 + 4 + 3 + 3
    assert not any(a.overlaps(b) for n, a in enumerate(boxes) for b in boxes[n + 1 :])


@pytest.mark.parametrize(
    ("levels", "visits", "day"), [(1, 1, None), (4, 6, 28), (7, 24, 21), (14, 3, 28), (0, 0, None)]
)
def test_the_design(check_texts: CheckTexts, levels: int, visits: int, day: int | None) -> None:
    steps = [(f"Dose level {n}: {n}.0 × 10⁸ cells", ("Part A",)) for n in range(1, levels + 1)]
    figure = draw_design(steps, RULES if day else (), make_visits(visits) if visits else [], day)
    check_texts(figure)
    said = [t.get_text() for t in figure.axes[0].texts]
    assert ("DLT window, 28 days" in said) is (day == 28)


def test_arrows_lead_from_dose_to_dose_and_never_between_parallel_groups() -> None:
    steps = [(f"Group {n}", ()) for n in range(14)]

    def arrows(successive: bool) -> int:
        axes = draw_design(steps, (), make_visits(2), None, successive=successive).axes[0]
        return sum(isinstance(p, Polygon) and not isinstance(p, Rectangle) for p in axes.patches)

    assert (arrows(True), arrows(False)) == (13, 0)


def test_the_rules_of_a_design_that_confirms_say_what_follows_below_and_at_the_top() -> None:
    assert CONFIRMING[:2] == RULES[:2]
    assert "3 more at the level below" in CONFIRMING[2]
    assert CONFIRMING[3].startswith("Highest level")
    figure = draw_design([("Level 1", ())], CONFIRMING, [], None)
    assert "\n".join(CONFIRMING) in [text.get_text() for text in figure.findobj(Text)]
