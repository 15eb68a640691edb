"""The swimmer plot: a lane a patient, events by grade, pages."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from tests.analysis.display.figures.conftest import CheckTexts
from tests.analysis.display.figures.drawn import make_groups, make_subjects, make_values, make_visits
from trial_report.analysis.display.figures.swimmer import draw_swimmer

pytestmark = pytest.mark.requirement("REQ-213")


def swimmer(count: int, groups: int, treated_to: float = 0.0) -> Figure:
    lanes = make_subjects(count, groups)
    lanes = lanes.assign(name=lanes["USUBJID"], end=lanes["FUPDUR"] - 1.0, treated_to=treated_to)
    visits = make_values(lanes, make_visits(3)).rename(columns={"ADY": "day"})
    events = visits.iloc[::2].assign(grade=lambda f: pd.array(np.arange(len(f)) % 5 + 1, dtype="Int64"))
    return draw_swimmer(lanes, visits, events, make_groups(groups), {n: f"grade {n}" for n in range(1, 6)})


@pytest.mark.parametrize(("count", "groups"), [(0, 2), (1, 1), (12, 6), (42, 3)])
def test_texts_stay_apart(check_texts: CheckTexts, count: int, groups: int) -> None:
    figure = swimmer(count, groups)
    check_texts(figure)
    lanes = [len(c.get_segments()) for c in figure.axes[0].collections if isinstance(c, LineCollection)]
    assert lanes[:1] == ([count] if count else [])


def test_events_stand_on_the_lane_of_their_patient() -> None:
    figure = swimmer(4, 1)
    marks = [line for line in figure.axes[0].lines if line.get_zorder() > 4 and line.get_zorder() < 5]
    assert marks
    assert {float(y) for line in marks for y in line.get_ydata()} <= {0.0, -1.0, -2.0, -3.0}


def test_groups_are_named_beside_their_lanes() -> None:
    lanes = make_subjects(4, 1).assign(name="1", end=20.0, treated_to=0.0, GROUP=["G1", "G1", "G2", "G3"])
    none = pd.DataFrame(
        {"USUBJID": pd.Series(dtype="str"), "day": pd.Series(dtype=float), "grade": pd.Series(dtype=float)}
    )
    figure = draw_swimmer(lanes, none, none, make_groups(3), {})
    said = {t.get_text().strip(): t.get_position()[1] for t in figure.axes[0].texts}
    assert said == {"Group 1": 0.0, "Group 2": -2.0, "Group 3": -3.0}


def test_a_longer_treatment_is_a_line_not_a_mark() -> None:
    entries = [t.get_text() for t in swimmer(4, 1, treated_to=30.0).legends[0].get_texts()]
    assert "Treatment" in entries
    drawn = [c for c in swimmer(4, 1, treated_to=30.0).axes[0].collections if isinstance(c, LineCollection)]
    assert len(drawn[1].get_segments()) == 4


def test_an_event_without_a_day_or_a_lane_is_left_out() -> None:
    lanes = make_subjects(1, 1).assign(name="1", end=20.0, treated_to=0.0)
    events = pd.DataFrame({"USUBJID": ["S-000", "other"], "day": [np.nan, 3.0], "grade": [1, 1]})
    none = pd.DataFrame({"USUBJID": pd.Series(dtype="str"), "day": pd.Series(dtype=float)})
    figure = draw_swimmer(lanes, none, events, make_groups(1), {1: "grade 1"})
    assert not any("AE" in t.get_text() for t in figure.legends[0].get_texts())
