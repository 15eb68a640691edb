"""Analysis of covariance of imputed data, pooled: against R's emmeans and mice, and one design for all imputations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.references.fixtures import agree, cases, read
from trial_report.analysis.methods.imputation import impute, side_by_side
from trial_report.analysis.methods.imputed_ancova import design_of, pooled_contrast
from trial_report.analysis.methods.lsmeans import ancova
from trial_report.analysis.methods.missing import tipping_point

pytestmark = pytest.mark.requirement("REQ-308")

GROUPS = ["PBO", "LOW", "TOP"]
# What ancova-imputed.csv says of patients 3, 12, 20 and 27 in turn.
DRAWN = [[-4.2, -1.1, -6.3, -5], [-3.1, 0.4, -7.9, -2.2], [-5.6, -2, -4.4, -6.1], [-2.4, -0.7, -9, -4.4],
         [-4.9, 1.2, -6.8, -3.7]]  # fmt: skip


def five() -> tuple[pd.DataFrame, np.ndarray]:
    """The data of the fixture, and its five completed columns: imputations × subjects."""
    data = read("ancova-data")
    values = np.tile(data["chg"].to_numpy(dtype="float64"), (5, 1))
    values[:, data["id"].isin([3, 12, 20, 27]).to_numpy()] = DRAWN
    return data, values


@pytest.mark.parametrize("row", cases("ancova-imputed"))
def test_means_and_differences_are_those_of_emmeans_pooled_by_mice(row: Any) -> None:
    data, values = five()
    design = design_of(data, "group", GROUPS, ["base"], ["site"])
    group, *other = row["quantity"].split(" - ")
    found = pooled_contrast(design, values, group, *other)
    agree([found.estimate, found.se, found.df, found.ci_low, found.ci_high, found.statistic, found.p],
          row[["estimate", "se", "df", "low", "high", "t", "p"]], 1e-9)  # fmt: skip


def test_a_shift_of_one_group_tips_where_r_says() -> None:
    """tipping-point.csv: of the difference B - A, of whom B alone is shifted."""
    wide = read("imputation-data")
    values = np.tile(wide["v2"].to_numpy(dtype="float64"), (3, 1))
    values[:, wide["v2"].isna()] = [[-3, -5.5, -8, -9], [-4, -4.5, -7, -9.5], [-3.5, -5, -9, -10.5]]
    design = design_of(wide, "group", ["A", "B"], ["base"], [])
    shifted = (wide["v2"].isna() & (wide["group"] == "B")).to_numpy()
    found = tipping_point(values, shifted, [0, 4, 8], 0.05, lambda v: pooled_contrast(design, v, "B", "A"))
    expected = read("tipping-point").query("question == 'difference'")
    for name in ("estimate", "se", "p"):
        agree(found.table[name][:2], expected[name][:2], 1e-9)
    agree([found.delta], expected["delta"][2:], 1e-6)


def test_equal_imputations_are_the_model_itself() -> None:
    """Nothing between imputations: estimate and SE of the model, and the degrees of freedom of Barnard and Rubin."""
    data, values = five()
    own = np.tile(values[0], (4, 1))
    plain = ancova(data.assign(chg=values[0]), "chg", "group", GROUPS, ["base"], ["site"], "PBO")
    design = design_of(data, "group", GROUPS, ["base"], ["site"])
    for row in plain.differences.to_dict("records"):
        found = pooled_contrast(design, own, row["group"], "PBO")
        assert (found.estimate, found.se) == (pytest.approx(row["estimate"]), pytest.approx(row["se"]))
        assert found.df == pytest.approx((row["df"] + 1) / (row["df"] + 3) * row["df"])


def test_what_cannot_be_estimated_says_why() -> None:
    frame = pd.DataFrame({"group": ["A", "A", "B"], "base": [1.0, 2.0, 3.0]})
    design = design_of(frame, "group", ["A", "B", "C"], ["base"], [])
    assert (
        pooled_contrast(design, np.zeros((3, 3)), "B", "A").warning == "not estimable: no degrees of freedom are left"
    )
    spread = np.array([[1.0, 2.0, 4.0, 8.0, 5.0]] * 3)
    wider = design_of(pd.DataFrame({"group": list("AABBB")}), "group", ["A", "B", "C"], [], [])
    assert wider.counts == {"A": 2, "B": 3, "C": 0}
    assert pooled_contrast(wider, spread, "C", "A").warning == "not estimable: a group has no values"
    assert pooled_contrast(wider, np.empty((2, 0)), "B").warning == "not estimable: no values"


def test_imputations_of_groups_stand_side_by_side() -> None:
    wide = pd.DataFrame({"V": [1.0, 2.0, 4.0, np.nan, 9.0, 7.0, np.nan, 8.0]}, index=list("abcdefgh"))
    parts = [impute(wide.iloc[:4], ["V"], imputations=3, seed=(7, n)) for n in range(2)]
    assert not np.array_equal(parts[0].at("V")[0], parts[1].at("V")[0])
    both = side_by_side([parts[0], impute(wide.iloc[4:], ["V"], imputations=3, seed=(7, 1))])
    assert list(both.subjects) == list("abcdefgh")
    assert both.missing[:, 0].tolist() == [False, False, False, True, False, False, True, False]
    assert both.kept("V").all()
