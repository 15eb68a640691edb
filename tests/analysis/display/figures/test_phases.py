"""The mean change by phase: a panel a phase on one scale, the groups that were in it, and their numbers below."""

import pandas as pd
import pytest

from tests.analysis.display.figures.conftest import CheckTexts
from tests.analysis.display.figures.drawn import make_groups, make_means, make_subjects, make_values, make_visits
from trial_report.analysis.display.figures.phases import draw_phases
from trial_report.schemas.study import TOTAL

pytestmark = pytest.mark.requirement("REQ-213")


def means(count: int, groups: int, visits: int) -> pd.DataFrame:
    planned = make_visits(visits)
    found = make_means(make_values(make_subjects(count, groups), planned), "CHG", True)
    found = found.loc[found["avisit"] != "V0"]
    return found.assign(n=found["text"].astype(float))


@pytest.fixture(name="first")
def _first() -> pd.DataFrame:
    return means(9, 3, 4)


def drawn(*frames: pd.DataFrame, groups: int = 3, visits: int = 4):
    found = {f"Phase {n}": frame for n, frame in enumerate(frames, 1)}
    return draw_phases(found, make_visits(visits), make_groups(groups, "Total"), baseline="V0", unit="points")


def test_a_phase_shows_the_groups_that_were_in_it_and_no_total_of_one(first: pd.DataFrame) -> None:
    alone = first["group"].iloc[-1] if first["group"].iloc[-1] != TOTAL else first["group"].iloc[0]
    second = first.loc[first["group"].isin([alone, TOTAL])]
    figure = drawn(first, second)
    rows = [[t.get_text() for t in axes.texts] for axes in figure.axes]
    assert rows[0][0] == rows[1][0] == "Number of patients with a change"
    assert "Total" in rows[0]
    assert "Total" not in rows[1]
    assert figure.axes[0].get_ylim() == figure.axes[1].get_ylim()


def test_texts_stay_apart(first: pd.DataFrame, check_texts: CheckTexts) -> None:
    check_texts(drawn(first, first))
    check_texts(drawn(means(30, 6, 12), groups=6, visits=12))
