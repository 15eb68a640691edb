"""Two results frames side by side: what changed, which conclusions, and the rows that made the change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from trial_report.analysis.results.rows import Place, Rows
from trial_report.analysis.results.where import Where
from trial_report.evidence.compare.conclusions import alpha_of, changed_conclusions
from trial_report.evidence.compare.results import compare_results
from trial_report.evidence.compare.subjects import Side, identity, responsible
from trial_report.report.publish.manifest import results_json
from trial_report.schemas.results import NotResults, read_results

pytestmark = pytest.mark.requirement("REQ-507")

Frame = Callable[[str], pd.DataFrame]
CHANGE = Place("eff", "ADBDS", "FAS", Where().eq(PARAMCD="X"), "CHG", "X", "W1")


def _results(
    mean: float, p: float, *, low: float = -3, n: int = 4, mtd: str = "LOW", extra: bool = False
) -> pd.DataFrame:
    rows = Rows()
    rows.add(CHANGE, "mean", mean, decimals=0)
    rows.add(CHANGE, "ci_low", low, decimals=0)
    rows.add(CHANGE, "ci_high", 4, decimals=0)
    rows.add(CHANGE, "p", p)
    rows.add(CHANGE.at(analysis="eff.responder", variable="CRIT1FL"), "n", n)
    rows.add(Place("esc.mtd", "ADSL", "SAF", Where(), "MTD"), "mtd", text=mtd)
    if extra:
        rows.add(CHANGE.at(avisit="W2"), "mean", 1, decimals=0)
    return rows.frame()


def test_the_same_results_have_no_difference() -> None:
    one = _results(-1, 0.01)
    assert compare_results(one, one).empty
    assert changed_conclusions(one, one).empty


def test_changes_by_key_with_their_size() -> None:
    found = compare_results(_results(-2, 0.01, extra=True), _results(-1, 0.010000001)).set_index("key")
    mean, p, gone = "eff/FAS/X/W1/TOTAL/-/mean", "eff/FAS/X/W1/TOTAL/-/p", "eff/FAS/X/W2/TOTAL/-/mean"
    assert found["kind"].to_dict() == {mean: "changed", p: "changed below what is printed", gone: "only before"}
    assert found.loc[mean, ["difference", "relative"]].tolist() == [1.0, 50.0]
    assert found.loc[mean, ["formatted_before", "formatted_after"]].tolist() == ["−2.0", "−1.0"]


def test_order_of_rows_changes_nothing() -> None:
    one = _results(-1, 0.01)
    assert compare_results(one, one.iloc[::-1].reset_index(drop=True)).empty


@pytest.mark.parametrize(
    ("after", "conclusion", "says"),
    [
        (_results(1, 0.01), "direction", ("below 0", "above 0")),
        (_results(-1, 0.06), "significance", ("significant (p ≤ 0.05)", "not significant (p > 0.05)")),
        (_results(-1, 0.01, low=1), "interval", ("holds 0", "above 0")),
        (_results(-1, 0.01, n=5), "responders", ("4", "5")),
        (_results(-1, 0.01, mtd="TOP"), "decision", ("LOW", "TOP")),
    ],
)
def test_each_kind_of_conclusion_is_noticed(after: pd.DataFrame, conclusion: str, says: tuple[str, str]) -> None:
    (found,) = changed_conclusions(_results(-1, 0.01), after).to_dict("records")
    assert found["conclusion"] == conclusion
    assert (found["before"], found["after"]) == says


def test_significance_is_judged_at_the_level_of_the_results() -> None:
    rows = Rows()
    rows.add(Place("eff.family", "ADBDS", "FAS"), "alpha", 0.01)
    assert alpha_of(rows.frame()) == 0.01
    assert alpha_of(_results(1, 1)) == 0.05


def test_the_rows_that_made_the_difference(table: Frame) -> None:
    before = table(
        "USUBJID  PARAMCD  SRCDOM  SRCSEQ:i  SRCLINE:i  CHG:f\nA  X  QS  1  2  1\nB  X  QS  1  3  2\nC  X  QS  1  4  3"
    )
    after = table(
        "USUBJID  PARAMCD  SRCDOM  SRCSEQ:i  SRCLINE:i  CHG:f\nA  X  QS  1  9  1\nB  X  QS  1  3  5\nD  X  QS  1  4  3"
    )
    one, other = _results(-1, 0.01), _results(-2, 0.01)
    changes = compare_results(one, other)
    (found,) = responsible(changes, Side({"ADBDS": before}, one), Side({"ADBDS": after}, other)).to_dict("records")
    assert found == {"key": "eff/FAS/X/W1/TOTAL/-/mean", "rows": 3, "subjects": "B, C, D"}


def test_without_data_nobody_is_named() -> None:
    one, other = _results(-1, 0.01), _results(-2, 0.01)
    assert responsible(compare_results(one, other), Side({}, one), Side({}, other)).empty


def test_rows_with_one_name_are_told_apart(table: Frame) -> None:
    assert identity("ADSL", table("USUBJID\nA\nA")).tolist() == ["A|0", "A|1"]


@pytest.mark.parametrize("text", [None, "", "{}", "[1]", '[{"key": "a"}]'])
def test_what_is_no_results_file_is_refused(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "results.json"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(NotResults):
        read_results(path)


def test_a_results_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    one = _results(-1, 0.01)
    path = tmp_path / "results.json"
    path.write_text(results_json(one), encoding="utf-8")
    pd.testing.assert_frame_equal(read_results(path), one)
