"""The most frequent adverse events, the forest plot, and the patient's profile."""

import pandas as pd
import pytest

from tests.analysis.display.figures.conftest import CheckTexts
from tests.analysis.display.figures.drawn import make_groups
from trial_report.analysis.display.figures.adverse import apart, draw_frequent
from trial_report.analysis.display.figures.forest import Line, draw_forest, limits
from trial_report.analysis.display.figures.patient import MOST_EVENTS, Measured, Patient, draw_patient

pytestmark = pytest.mark.requirement("REQ-213")

GRADES = [("1", "Grade 1 (mild)"), ("2", "Grade 2 (moderate)"), ("3", "Grade 3 (severe)")]


@pytest.mark.parametrize(("terms", "groups"), [(0, 2), (1, 1), (12, 3), (28, 6)])
def test_frequent_events(check_texts: CheckTexts, terms: int, groups: int) -> None:
    names = [f"A rather long preferred term of an adverse event {n}" for n in range(terms)]
    codes = [*(f"G{n}" for n in range(1, groups + 1)), "TOTAL"]
    percent = pd.DataFrame(
        [(t, g, 5.0 + n) for n, t in enumerate(names) for g in codes], columns=["term", "group", "pct"]
    )
    grades = pd.DataFrame([(t, c, 1.0) for t in names for c, _ in GRADES], columns=["term", "grade", "n"])
    figure = draw_frequent(percent, grades, make_groups(groups), GRADES)
    check_texts(figure)
    if terms:
        bars = [p for p in figure.axes[1].patches if p.get_height() == pytest.approx(0.66)]
        assert len(bars) == terms * len(GRADES)
        assert max(p.get_x() + p.get_width() for p in bars) == 3.0
    else:
        assert [a.texts[0].get_text() for a in figure.axes] == ["No data", "No data"]


def test_terms_in_capitals_are_drawn_as_tables_print_them() -> None:
    percent = pd.DataFrame({"term": ["SINUS BRADYCARDIA", "COVID-19"], "group": ["G1", "G1"], "pct": [10.0, 20.0]})
    grades = pd.DataFrame({"term": ["COVID-19"], "grade": ["1"], "n": [1.0]})
    figure = draw_frequent(percent, grades, make_groups(2), GRADES)
    assert [one.get_text() for one in figure.axes[0].get_yticklabels()] == ["Sinus bradycardia", "COVID-19"]


def test_a_group_without_the_event_has_no_mark() -> None:
    percent = pd.DataFrame({"term": ["a", "a"], "group": ["G1", "G2"], "pct": [0.0, 20.0]})
    grades = pd.DataFrame({"term": ["a"], "grade": ["1"], "n": [1.0]})
    figure = draw_frequent(percent, grades, make_groups(2), GRADES)
    assert [len(line.get_xdata()) for line in figure.axes[0].lines] == [0, 1]


def test_marks_stand_on_their_row_and_only_those_that_would_cover_another_leave_its_middle() -> None:
    marks = pd.DataFrame({"term": ["a", "a", "a", "b"], "pct": [10.0, 40.0, 10.5, 40.0]})
    assert apart(marks, 1.0).tolist() == pytest.approx([0.18, 0.0, -0.18, 0.0])
    many = pd.DataFrame({"term": "a", "pct": [5.0] * 9})
    assert apart(many, 1.0).abs().max() <= 0.36  # never in the next row


def test_limits_of_the_forest_are_not_those_of_the_widest_interval() -> None:
    lines = [Line("a", mean=-10.0, low=-12.0, high=-8.0), Line("b", mean=-9.0, low=-11.0, high=-7.0)]
    assert limits(lines) == (-12.0, 0.0)
    wild = Line("c", mean=-10.0, low=-400.0, high=380.0)
    assert limits([*lines, wild]) == (-20.0, 0.0)
    assert limits([Line("one", mean=0.0)]) == (-1.0, 1.0)


def test_forest(check_texts: CheckTexts) -> None:
    lines = [
        Line("Sex", heading=True),
        Line("Female", "3", "−10.0 (−12.0 to −8.0)", -10.0, -12.0, -8.0),
        Line("Male", "1", "−3.0 (–)", -3.0),
        Line("Nobody", "0", "–"),
        Line("All", "4", "−8.0 (−400.0 to 380.0)", -8.0, -400.0, 380.0, overall=True),
    ]
    figure = draw_forest(lines, axis="Mean change (mm)", good="decrease")
    check_texts(figure)
    texts = [t.get_text() for t in figure.axes[0].texts]
    assert "← better" in texts
    assert "All" in texts
    arrows = {line.get_marker() for line in figure.axes[0].lines if len(line.get_xdata())}
    assert {"<", ">"} <= arrows


def test_forest_without_lines(check_texts: CheckTexts) -> None:
    figure = draw_forest([], axis="Mean change", good="none")
    assert figure.axes[0].texts[0].get_text() == "No data"
    check_texts(figure)


def patient(events: int, endpoints: int = 2, days: int = 4) -> Patient:
    at = [28.0 * n for n in range(days)]
    measured = Measured("Walking distance without pain (m)", at, [50.0 + d for d in at], ["50"] * days, 10.0, 250.0)
    return Patient(
        "S-001", "Low dose, female, 60 years, discontinued", 84.0, 0.0, "DISCONTINUED",
        [(d, "V") for d in at], [measured] * endpoints,
        pd.DataFrame({
            "name": [f"Event {n}" for n in range(events)], "start": [float(n) for n in range(events)],
            "end": [None if n % 2 else n + 5.0 for n in range(events)], "grade": [n % 4 or None for n in range(events)],
            "imputed": [n % 5 == 0 for n in range(events)],
        }).astype({"start": float, "end": float, "grade": "Int64", "imputed": bool}),
    )  # fmt: skip


@pytest.mark.parametrize(("events", "endpoints", "days"), [(0, 2, 4), (1, 0, 1), (5, 5, 1), (30, 6, 8), (45, 2, 0)])
def test_a_patients_page(check_texts: CheckTexts, events: int, endpoints: int, days: int) -> None:
    figure = draw_patient(patient(events, endpoints, days))
    check_texts(figure)
    texts = [t.get_text() for t in figure.axes[0].texts]
    assert ("No adverse event" in texts) is (events == 0)
    assert ("… 15 more" in texts) is (events == 45)
    assert texts.count("No data") == (endpoints if not days else 0)
    assert len(figure.axes[0].patches) == min(events, MOST_EVENTS)
