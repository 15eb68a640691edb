"""The profile of an endpoint: a line a patient, means, numbers under the axis."""

import pandas as pd
import pytest
from matplotlib.collections import LineCollection

from tests.analysis.display.figures.conftest import CheckTexts
from tests.analysis.display.figures.drawn import make_groups, make_means, make_subjects, make_values, make_visits
from trial_report.analysis.display.figures.patient import beside_line, own_names, printed_at, scale
from trial_report.analysis.display.figures.patient import make as page
from trial_report.analysis.display.figures.profile import draw_profile, make
from trial_report.schemas.study import TOTAL

pytestmark = pytest.mark.requirement("REQ-213")


def profile(count: int, groups: int, visits: int, total: str | None = "Total"):
    planned = make_visits(visits)
    values = make_values(make_subjects(count, groups), planned)
    change = make_means(values, "CHG", total is not None)
    return values, draw_profile(
        values,
        make_means(values, "AVAL", total is not None),
        change.loc[change["avisit"] != "V0"],
        planned,
        make_groups(groups, total),
        axis="Score (points)",
        unit="points",
    )


def test_a_line_for_every_patient() -> None:
    values, figure = profile(9, 3, 4)
    lines = [c for c in figure.axes[0].collections if isinstance(c, LineCollection)]
    assert max(len(c.get_segments()) for c in lines) == values["USUBJID"].nunique()


def test_numbers_of_patients_stand_under_the_axis() -> None:
    values, figure = profile(9, 3, 4)
    texts = [t.get_text() for t in figure.axes[1].texts]
    assert texts[0] == "Number of patients"
    assert texts.count("Total") == 1
    at_start = values.loc[values["AVISIT"] == "V0", "USUBJID"].nunique()
    assert texts[texts.index("Total") + 1] == str(at_start)


@pytest.mark.parametrize(("count", "groups", "visits", "total"), [
    (1, 1, 1, "Total"), (20, 3, 6, "Total"), (12, 6, 22, "Total"), (254, 3, 9, None), (5, 2, 3, None),
])  # fmt: skip
def test_texts_stay_apart(check_texts: CheckTexts, count: int, groups: int, visits: int, total: str | None) -> None:
    check_texts(profile(count, groups, visits, total)[1])


def test_many_patients_are_grey_and_one_entry_of_the_legend() -> None:
    _, figure = profile(80, 2, 3)
    entries = [t.get_text() for t in figure.legends[0].get_texts()]
    assert entries == ["Each patient", "Mean, Total"]


def test_without_data_it_says_so(check_texts: CheckTexts) -> None:
    none = pd.DataFrame(columns=["group", "avisit", "mean", "ci_low", "ci_high", "text"])
    records = pd.DataFrame(columns=["USUBJID", "GROUP", "AVISIT", "AVAL"])
    figure = draw_profile(records, none, none, make_visits(3), make_groups(2), axis="Score", unit=None)
    assert [t.get_text() for axes in figure.axes for t in axes.texts].count("No data") == 2
    check_texts(figure)


def test_a_mean_of_one_patient_is_drawn_without_an_interval() -> None:
    _, figure = profile(1, 1, 3)
    assert all(t.get_text() != "No data" for t in figure.axes[0].texts)


def test_where_groups_are_compared_means_are_those_of_each_group(book):
    endpoint = next(e for e in book.definition.endpoints if e.kind == "numeric")
    plain, compared = (
        make(book, endpoint.model_copy(update={"comparison": comparison})) for comparison in ("none", "ancova")
    )
    groups = [{key.split("/")[4] for key in figure.keys} for figure in (plain, compared)]
    assert groups[0] - groups[1] == {TOTAL}
    texts = [text.get_text() for legend in compared.drawing.legends for text in legend.get_texts()]
    assert [text for text in texts if text.startswith("Mean")] == [
        f"Mean, {group.short}" for group in book.definition.groups
    ]


def test_subjects_that_differ_by_case_alone_have_profiles_of_their_own() -> None:
    assert own_names(["S-1", "S-1-2", "s-1", "S-2"]) == ["s-1", "s-1-2", "s-1-3", "s-2"]


def test_values_of_a_profile_are_printed_beside_the_line_of_first_dose() -> None:
    # The baseline before the screening value that is beside it; both where they are apart.
    assert printed_at([-0.16, 0.0, 0.14, 0.6, 3.5]) == [1, 3, 4]
    assert printed_at([-0.6, 0.0, 3.5]) == [0, 1, 2]
    assert printed_at([-0.16]) == [0]
    assert printed_at([]) == []
    sides = [beside_line(at, 0.15) for at in (-1.0, -0.05, 0.0, 0.1, 1.0)]
    assert sides == ["center", "right", "left", "left", "center"]


def test_a_page_shows_medicines_begun_missed_visits_imputed_days_and_what_is_not_of_the_patient(book):
    def words(subject: str) -> list[str]:
        drawing = page(book, f"ADMSCC-CLI-{subject}").drawing
        legends = [text.get_text() for legend in drawing.legends for text in legend.get_texts()]
        return [text.get_text() for text in (*drawing.axes[0].texts, *drawing.texts)] + legends

    infused, missed = words("01-010"), words("01-005")
    assert {"New medication", "Alprostadil", "Day imputed", "Goes on", "Not applicable"} <= set(infused)
    assert not any("cohort" in text for text in infused), "Phase 2a is no cohort of the escalation"
    assert any(text.endswith("cohort 3, male, 75 years, completed") for text in missed)
    assert "Visit missed" in missed
    assert "Visit missed" not in infused


def test_the_axis_of_a_page_has_study_days_and_no_day_0(book):
    labels = [t.get_text() for t in page(book, "ADMSCC-CLI-01-010").drawing.axes[0].get_xticklabels()]
    assert "1" in labels
    assert "29" in labels
    assert "0" not in labels


def test_a_scale_is_that_of_the_measurement_and_not_of_its_error(book):
    pain, index = book.definition.endpoint("PAINVAS"), book.definition.endpoint("TBI")
    assert scale(pain, 12, 91) == (0, 100)
    assert scale(index, 0.1, 0.3) == (0, 0.3)
    assert scale(index.model_copy(update={"plausible": None}), 0.1, 0.3) == (0.1, 0.3)
