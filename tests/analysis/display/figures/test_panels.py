"""Laboratory panels, dose and response, eDISH, Kaplan–Meier, operating characteristics, data flow."""

import numpy as np
import pandas as pd
import pytest

from tests.analysis.display.figures.conftest import CheckTexts
from tests.analysis.display.figures.drawn import make_groups, make_means, make_subjects, make_values, make_visits
from trial_report.analysis.display.figures import laboratory
from trial_report.analysis.display.figures.dataflow import draw_dataflow
from trial_report.analysis.display.figures.dose import draw_dose
from trial_report.analysis.display.figures.edish import draw_edish
from trial_report.analysis.display.figures.laboratory import Panel, draw_panels, headed, limits_of, logarithmic
from trial_report.analysis.display.figures.operating import draw_operating
from trial_report.analysis.display.figures.survival import draw_survival

pytestmark = pytest.mark.requirement("REQ-213")


@pytest.mark.parametrize(
    ("count", "groups", "visits", "panels"), [(0, 2, 3, 1), (1, 1, 1, 2), (12, 3, 7, 9), (254, 3, 14, 4)]
)
def test_laboratory_panels(check_texts: CheckTexts, count: int, groups: int, visits: int, panels: int) -> None:
    planned = make_visits(visits)
    values = make_values(make_subjects(count, groups), planned).assign(ANRLO=20.0, ANRHI=60.0)
    one = Panel("Alanine aminotransferase (U/L)", values, make_means(values))
    figure = draw_panels([one] * panels, planned, make_groups(groups))
    check_texts(figure)
    assert len(figure.axes) == panels
    assert any(t.get_text() == "No data" for t in figure.axes[0].texts) is (count == 0)


def test_compared_groups_have_a_line_each_and_no_lines_of_patients_where_these_would_hide_them(
    check_texts: CheckTexts,
) -> None:
    planned = make_visits(3)
    values = make_values(make_subjects(12, 3), planned).assign(ANRLO=20.0, ANRHI=60.0)
    by_group = make_means(values).query("group != 'TOTAL'")
    drawn = [
        draw_panels([Panel("ALT (U/L)", values, by_group, lines=lines)], planned, make_groups(3))
        for lines in (True, False)
    ]
    check_texts(drawn[1])
    keys = [[text.get_text() for text in one.legends[0].get_texts()] for one in drawn]
    assert [words for words in keys[0] if words not in keys[1]] == ["Each patient"]
    assert sum(words.startswith("Median with quartiles") for words in keys[1]) == 3
    within = drawn[1].axes[0]
    low, high = within.get_xlim()
    marks = [x for line in within.lines if line.get_marker() not in ("", "None", None) for x in line.get_xdata()]
    assert low < min(marks) <= max(marks) < high


def limits(*upper: float) -> pd.DataFrame:
    subjects = make_subjects(len(upper), 1)
    return make_values(subjects, make_visits(2)).assign(ANRLO=1.0).merge(
        pd.DataFrame({"USUBJID": subjects["USUBJID"], "ANRHI": upper}), on="USUBJID"
    )  # fmt: skip


def test_limits_of_normal_are_named_at_their_lines(check_texts: CheckTexts) -> None:
    assert limits_of(limits(60.0, 80.0)) == [(1.0, "LLN"), (60.0, "ULN"), (80.0, "ULN")]
    # Of many limits the lowest and the highest: all would be a band.
    assert limits_of(limits(60.0, 70.0, 75.0, 80.0)) == [(1.0, "LLN"), (60.0, "ULN"), (80.0, "ULN")]
    figure = draw_panels([Panel("ALT (U/L)", limits(60.0, 80.0), make_means(limits(60.0, 80.0)))], make_visits(2),
                         make_groups(1))  # fmt: skip
    check_texts(figure)
    assert [t.get_text().strip() for t in figure.axes[0].texts] == ["LLN", "ULN", "ULN"]


def test_a_value_far_off_does_not_press_the_others_together(check_texts: CheckTexts) -> None:
    """One creatine kinase of 9,000: the axis of that panel is logarithmic, that of no other."""
    planned = make_visits(3)
    values = make_values(make_subjects(12, 1), planned).assign(ANRLO=20.0, ANRHI=60.0)
    far = values.assign(AVAL=values["AVAL"].where(values.index != 4, 9000.0))
    panels = [Panel("CK (U/L)", far, make_means(values)), Panel("ALT (U/L)", values, make_means(values))]
    assert [logarithmic(panel) for panel in panels] == [True, False]
    # No logarithm of a limit of 0, and nothing far off is drawn where patients have no lines.
    assert not logarithmic(Panel("CRP", far.assign(ANRLO=0.0), make_means(values)))
    assert not logarithmic(Panel("CK (U/L)", far, make_means(values), lines=False))
    figure = draw_panels(panels, planned, make_groups(1))
    check_texts(figure)
    first = figure.axes[0]
    ticks = [text.get_text() for text in first.get_yticklabels()]
    assert first.get_yscale() == "log"
    assert {"50", "1000"} <= set(ticks)
    names = {text.get_text().strip(): text.get_position()[1] for text in first.texts}
    low, high = np.log10(first.get_ylim())
    assert names["ULN"] == pytest.approx((np.log10(60) - low) / (high - low))


def test_a_long_title_of_a_panel_is_wrapped_then_shortened() -> None:
    long = Panel("Systolic blood pressure, after standing for three minutes (mmHg)", pd.DataFrame(), pd.DataFrame())
    assert headed(long, 1.9).replace("\n", " ") == long.title
    longer = Panel("A very long title of a test " * 6, pd.DataFrame(), pd.DataFrame(), "Test (U)")
    assert headed(longer, 1.9) == "Test (U)"
    assert headed(Panel(longer.title, pd.DataFrame(), pd.DataFrame()), 1.9).endswith("…")


def test_lines_join_the_visits_of_a_patient_and_never_groups() -> None:
    subjects = make_subjects(12, 3).assign(change=np.arange(12.0), AVISIT="V1")
    names = [(f"G{n}", f"Group {n}") for n in (1, 2, 3)]
    figure = draw_dose(subjects, make_means(subjects, "change", total=False), names, make_groups(3), axis="Change")
    joining = [
        line for line in figure.axes[0].lines if line.get_linestyle() != "None" and len(set(line.get_xdata())) > 1
    ]
    assert [set(line.get_ydata()) for line in joining] == [{0}]  # the line of no change


@pytest.mark.parametrize(("count", "groups"), [(0, 3), (1, 1), (20, 3), (254, 6)])
def test_dose_and_response(check_texts: CheckTexts, count: int, groups: int) -> None:
    subjects = make_subjects(count, groups).assign(change=np.sin(np.arange(count)) * 20, AVISIT="V1", CHG=1.0)
    means = make_means(subjects, "change", total=False)
    names = [(f"G{n}", f"Dose level {n}: {n}.0 × 10⁸ cells") for n in range(1, groups + 1)]
    figure = draw_dose(subjects, means, names, make_groups(groups), axis="Change (mm)")
    check_texts(figure)
    if count:
        assert sum(len(c.get_offsets()) for c in figure.axes[0].collections if len(c.get_offsets()) > 1 or count == 1)


def test_a_group_that_nobody_reached_has_its_place() -> None:
    subjects = make_subjects(4, 1).assign(change=1.0, AVISIT="V1")
    names = [("G1", "Low"), ("G2", "High")]
    figure = draw_dose(subjects, make_means(subjects, "change", total=False), names, make_groups(2), axis="Change")
    assert [t.get_text() for t in figure.axes[0].get_xticklabels()] == ["Low", "High"]
    assert "0" in [t.get_text() for t in figure.axes[0].texts]


@pytest.mark.parametrize("count", [0, 1, 30])
def test_edish(check_texts: CheckTexts, count: int) -> None:
    peaks = make_subjects(count, 3).assign(name="S", enzyme=0.5 + np.arange(count) / 9, bilirubin=0.4)
    if count > 1:
        peaks.loc[0, ["enzyme", "bilirubin", "name"]] = [25.0, 12.0, "S-000"]
    figure = draw_edish(peaks, make_groups(3), enzyme="ALT or AST", bilirubin="bilirubin")
    check_texts(figure)
    texts = [t.get_text() for t in figure.axes[0].texts]
    assert ("S-000" in texts) is (count > 1)
    assert ("No data" in texts) is (count == 0)
    if count > 1:
        assert figure.axes[0].get_xlim()[1] > 25


def test_names_in_the_quadrant_of_hys_law_stand_off_its_limits_and_off_each_other(check_texts: CheckTexts) -> None:
    peaks = pd.DataFrame({"name": [f"01-705-118{n}" for n in range(4)], "GROUP": "G1", "enzyme": [3.1, 3.2, 3.2, 9.9],
                          "bilirubin": [2.1, 2.2, 2.15, 9.0]})  # fmt: skip
    figure = draw_edish(peaks, make_groups(1), enzyme="ALT", bilirubin="bilirubin")
    check_texts(figure)
    axes = figure.axes[0]
    named = [t for t in axes.texts if t.get_text().startswith("01-")]
    assert len(named) >= 2
    corner = axes.transAxes.inverted().transform(axes.transData.transform((3.0, 2.0)))
    assert all(t.get_position()[0] > corner[0] and t.get_position()[1] > corner[1] for t in named)


def test_a_peak_of_zero_cannot_stand_on_a_logarithmic_axis() -> None:
    peaks = pd.DataFrame({"name": ["a"], "GROUP": ["G1"], "enzyme": [0.0], "bilirubin": [1.0]})
    figure = draw_edish(peaks, make_groups(1), enzyme="ALT", bilirubin="bilirubin")
    assert "No data" in [t.get_text() for t in figure.axes[0].texts]


CURVE = pd.DataFrame({"time": [0.0, 20.0, 60.0, 90.0], "survival": [1.0, 0.8, 0.5, 0.5], "ci_low": [1.0, 0.4, 0.2, 0.2],
                      "ci_high": [1.0, 0.9, 0.8, 0.8], "censored": [0, 0, 1, 2]})  # fmt: skip
MARKS = [(0.0, "0"), (28.0, "Visit 1"), (56.0, "Visit 2"), (84.0, "Visit 3")]


@pytest.mark.parametrize("groups", [0, 1, 4])
def test_survival(check_texts: CheckTexts, groups: int) -> None:
    curves = {f"G{n}": CURVE for n in range(1, groups + 1)} | ({"TOTAL": CURVE} if groups else {})
    risk = pd.DataFrame([(g, d, "9") for g in curves for d, _ in MARKS], columns=["group", "day", "text"])
    figure = draw_survival(curves, risk, MARKS, make_groups(max(groups, 1)), axis="Free of the event (%)")
    check_texts(figure)
    texts = [t.get_text() for t in figure.axes[0].texts]
    assert texts.count("9") == len(curves) * len(MARKS)
    assert ("No data" in texts) is (groups == 0)


def test_marks_too_close_are_thinned_but_first_and_last_stay(check_texts: CheckTexts) -> None:
    marks = [(0.0, "0"), *((float(d), f"Day {d + 1}") for d in range(1, 90, 2))]
    risk = pd.DataFrame({"group": "TOTAL", "day": [d for d, _ in marks], "text": "12"})
    figure = draw_survival({"TOTAL": CURVE}, risk, marks, make_groups(1), axis="Free of the event (%)")
    check_texts(figure)
    labels = [t.get_text() for t in figure.axes[0].get_xticklabels()]
    assert (labels[0], labels[-1]) == ("0", "Day 90")


@pytest.mark.parametrize(("scenarios", "levels"), [(0, 3), (1, 1), (5, 4), (8, 7)])
def test_operating_characteristics(check_texts: CheckTexts, scenarios: int, levels: int) -> None:
    columns = [f"L{n}" for n in range(levels)]
    index = [str(n + 1) for n in range(scenarios)]
    probability = pd.DataFrame(100.0 / levels, index=index, columns=columns)
    printed = probability.map(lambda v: f"{v:.1f}%").astype(str) if scenarios else probability.astype(str)
    rates = pd.DataFrame("10%", index=index, columns=columns)
    rates[columns[-1]] = ""
    figure = draw_operating(probability, printed, rates, [f"MTD is level {c}" for c in columns])
    check_texts(figure)
    assert len(figure.axes[0].texts) == (scenarios * levels or 1)


def test_dataflow(check_texts: CheckTexts) -> None:
    steps = [(f"Step {n}", [f"PART{k}: {k},000" for k in range(1 + 20 * (n == 0))]) for n in range(4)]
    figure = draw_dataflow(steps)
    check_texts(figure)
    assert draw_dataflow([]).axes


def test_a_value_that_was_judged_significant_is_ringed_and_named(book):
    drawing = laboratory.make(book, "lab", tuple(book.definition.laboratory)).drawing
    said = {axes.get_title(loc="left"): [text.get_text() for text in axes.texts] for axes in drawing.axes}
    named = {title: [one for one in texts if one[:2].isdigit()] for title, texts in said.items()}
    assert {title: ones for title, ones in named.items() if ones} == {
        "Alanine aminotransferase (U/L)": ["02-005"],
        "C-reactive protein (mg/L)": ["01-003"],
        "Hemoglobin A1c (%)": ["02-006"],
        "Hemoglobin (g/L)": ["02-004"],
    }
