"""The escalation diagram: a mark a patient, texts above the cohorts."""

import pandas as pd
import pytest
from matplotlib.figure import Figure

from tests.analysis.display.figures.conftest import CheckTexts
from trial_report.analysis.display.figures.escalation import draw_escalation

pytestmark = pytest.mark.requirement("REQ-213")


def patients(*cohorts: tuple[str, int | None, list[str]]) -> pd.DataFrame:
    rows = [(group, number, kind) for group, number, kinds in cohorts for kind in kinds]
    frame = pd.DataFrame(rows, columns=["GROUP", "COHORT", "kind"])
    after = pd.Series("Phase 2a", index=frame.index).where(frame["COHORT"].isna())
    return frame.astype({"COHORT": "Int64"}).assign(phase=after)


def said(count: int) -> pd.DataFrame:
    lines = [(f"Cohort {n}", "DLT 0/3", "Not enough data") for n in range(1, count + 1)]
    return pd.DataFrame({"COHORT": range(1, count + 1), "group": "x", "lines": lines})


LEVELS = [("A", "Low"), ("B", "Middle"), ("C", "High")]
COURSE = patients(
    ("A", 1, ["no DLT"] * 3), ("B", 2, ["DLT", "no DLT", "not evaluable"]), ("B", 3, ["no DLT"]),
    ("B", None, ["after escalation"] * 8),
)  # fmt: skip


def marks(figure: Figure) -> int:
    return sum(len(line.get_xdata()) for line in figure.axes[0].lines if line.get_marker() not in ("None", "", None))


def test_every_patient_has_a_mark_at_its_level() -> None:
    figure = draw_escalation(COURSE, said(3), LEVELS)
    assert marks(figure) == len(COURSE)
    dlt = next(line for line in figure.axes[0].lines if line.get_marker() == "o" and len(line.get_xdata()) == 1)
    assert list(dlt.get_ydata()) == [1]


def test_patients_of_a_cohort_stand_together_though_doses_interleave() -> None:
    mixed = COURSE.iloc[[0, 3, 1, 4, 2, 5]]
    figure = draw_escalation(mixed, said(2), LEVELS)
    assert len([t for t in figure.axes[0].texts if "Cohort" in t.get_text()]) == 2


def test_the_mtd_is_marked() -> None:
    figure = draw_escalation(COURSE, said(3), LEVELS, "B")
    assert "Middle\n(MTD)" in [t.get_text() for t in figure.axes[0].get_yticklabels()]
    untoxic = draw_escalation(COURSE, said(3), LEVELS, "C", "highest dose tested")
    assert "High\n(highest dose tested)" in [t.get_text() for t in untoxic.axes[0].get_yticklabels()]


@pytest.mark.parametrize("rows", [0, 1, 7, 15])
def test_texts_stay_apart(check_texts: CheckTexts, rows: int) -> None:
    figure = draw_escalation(COURSE.iloc[:rows], said(3), LEVELS, "A")
    check_texts(figure)
    assert ("No data" in [t.get_text() for t in figure.axes[0].texts]) is (rows == 0)
