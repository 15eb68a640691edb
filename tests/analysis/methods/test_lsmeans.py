"""Analysis of covariance, against the SAS/STAT documentation."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from trial_report.analysis.methods import comparison
from trial_report.analysis.methods.lsmeans import ancova, dose_slope

pytestmark = pytest.mark.requirement("REQ-307")

# Snedecor & Cochran (1967) p. 422, as in SAS/STAT User's Guide, PROC GLM, "Analysis of Covariance": leprosy bacilli
# before and after treatment with the antibiotics A and D and the control F.
LEPROSY = {
    "A": "11 6 8 0 5 2 14 8 19 11 6 4 10 13 6 1 11 8 3 0",
    "D": "6 0 6 2 7 3 8 1 18 18 8 4 19 14 8 9 5 1 15 9",
    "F": "16 13 13 10 11 18 9 5 21 23 16 12 12 5 12 16 7 1 12 20",
}


@pytest.fixture
def leprosy() -> pd.DataFrame:
    parts = []
    for drug, text in LEPROSY.items():
        numbers = np.array(text.split(), dtype="float64").reshape(-1, 2)
        parts.append(pd.DataFrame({"drug": drug, "before": numbers[:, 0], "after": numbers[:, 1]}))
    return pd.concat(parts, ignore_index=True)


def test_leprosy_least_squares_means(leprosy: pd.DataFrame) -> None:
    # SAS output: LSMEANs 6.7149635, 6.8239348, 10.1611017 with SE 1.2884943, 1.2724690, 1.3159234 on 26 df.
    found = ancova(leprosy, "after", "drug", ["A", "D", "F"], ["before"])
    assert found.means["estimate"].tolist() == pytest.approx([6.7149635, 6.8239348, 10.1611017], abs=5e-8)
    assert found.means["se"].tolist() == pytest.approx([1.2884943, 1.2724690, 1.3159234], abs=5e-8)
    assert found.means["df"].tolist() == [26] * 3
    assert (found.model, found.n, found.warning) == ("drug + before", 30, None)


def test_leprosy_test_of_the_drugs(leprosy: pd.DataFrame) -> None:
    # The F test as the drop in residual sum of squares when drug is left out, by numpy's least squares.
    found = ancova(leprosy, "after", "drug", ["A", "D", "F"], ["before"], reference="F")
    y = leprosy["after"].to_numpy()
    dummies = pd.get_dummies(leprosy["drug"]).to_numpy(dtype="float64")
    base = np.column_stack([np.ones(30), leprosy["before"]])
    full, reduced = (
        float(np.square(y - x @ np.linalg.lstsq(x, y, rcond=None)[0]).sum())
        for x in (np.column_stack([dummies, leprosy["before"]]), base)
    )
    assert found.test.statistic == pytest.approx((reduced - full) / 2 / (full / 26))
    assert found.differences["drug"].tolist() == ["A", "D"]
    assert found.differences.loc[0, "estimate"] == pytest.approx(6.7149635 - 10.1611017, abs=1e-7)


def test_without_covariates_it_is_the_analysis_of_variance(leprosy: pd.DataFrame) -> None:
    found = ancova(leprosy, "after", "drug", ["A", "D", "F"])
    reference = comparison.anova(comparison.split(leprosy, "after", "drug", ["A", "D", "F"]))
    assert (found.test.statistic, found.test.p) == pytest.approx((reference.statistic, reference.p))


def test_factor_levels_weigh_the_same(leprosy: pd.DataFrame) -> None:
    # Two-way additive cell means, unbalanced: the LS mean is the plain average over the factor's fitted cells.
    frame = leprosy.assign(sex=["m", "f", "f"] * 10).iloc[:-4]
    found = ancova(frame, "after", "drug", ["A", "D", "F"], factors=["sex"])
    x = np.column_stack([pd.get_dummies(frame["drug"]), frame["sex"] == "m"]).astype("float64")
    beta = np.linalg.lstsq(x, frame["after"].to_numpy(), rcond=None)[0]
    assert found.means["estimate"].tolist() == pytest.approx((beta[:3] + beta[3] / 2).tolist())


def test_groups_and_terms_that_are_not_there(leprosy: pd.DataFrame) -> None:
    found = ancova(leprosy.assign(one=1.0), "after", "drug", ["A", "D", "Z"], ["one"])
    assert found.means["warning"].tolist() == [None, None, "not estimable: no values"]
    assert found.differences["warning"].tolist() == [None, "not estimable: a group has no values"]
    assert found.warning == "left out of the model, without spread: one"


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_too_few_rows_give_a_reason(leprosy: pd.DataFrame, rows: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = ancova(leprosy.iloc[:rows], "after", "drug", ["A", "D"], ["before"])
    assert math.isnan(found.means.loc[0, "p"])
    assert (found.warning or "").startswith("not estimable")
    with pytest.raises(ValueError, match="not among the groups"):
        ancova(leprosy, "after", "drug", ["A"], reference="Z")


def test_order_of_rows_and_shift_of_the_covariate_do_not_matter(leprosy: pd.DataFrame) -> None:
    one = ancova(leprosy, "after", "drug", ["A", "D", "F"], ["before"])
    moved = leprosy.assign(before=leprosy["before"] * 3 + 100).sample(frac=1, random_state=1)
    two = ancova(moved, "after", "drug", ["A", "D", "F"], ["before"])
    pd.testing.assert_frame_equal(one.means, two.means)


def test_trend_is_the_linear_contrast_of_the_means(leprosy: pd.DataFrame) -> None:
    """Without covariates and in equal groups it is the linear component of textbooks: t² = L² / (s² Σc²/n)."""
    scores = [0.0, 1.0, 3.0]
    found = ancova(leprosy, "after", "drug", ["A", "D", "F"], scores=scores).trend
    groups = [leprosy.loc[leprosy["drug"] == g, "after"].to_numpy(float) for g in "ADF"]
    c = np.array(scores) - np.mean(scores)
    s2 = sum(((g - g.mean()) ** 2).sum() for g in groups) / 27
    t = sum(k * g.mean() for k, g in zip(c, groups, strict=True)) / np.sqrt(s2 * (c**2).sum() / 10)
    assert found is not None
    assert (found.statistic, found.df) == (pytest.approx(t), 27)


def test_trend_with_a_covariate_is_the_contrast_of_another_coding(leprosy: pd.DataFrame) -> None:
    found = ancova(leprosy, "after", "drug", ["A", "D", "F"], ["before"], scores=[0, 54, 81]).trend
    c = np.array([0, 54, 81]) - 45.0
    fit = smf.ols("after ~ C(drug) + before", leprosy).fit()
    other = fit.t_test([[0, c[1], c[2], 0]])
    assert found is not None
    assert found.statistic == pytest.approx(float(other.tvalue.squeeze()))
    assert found.p == pytest.approx(float(other.pvalue))


def test_trend_that_does_not_exist_says_why(leprosy: pd.DataFrame) -> None:
    alone = leprosy[leprosy["drug"] == "A"]
    found = ancova(alone, "after", "drug", ["A", "D"], scores=[1, 2]).trend
    assert found is not None
    assert np.isnan(found.p)
    assert found.warning == "not estimable: the groups with values do not differ in dose"
    assert ancova(leprosy, "after", "drug", ["A", "D", "F"]).trend is None
    equal = ancova(leprosy, "after", "drug", ["A", "D", "F"], scores=[0.1, 0.1, 0.1]).trend
    assert equal is not None
    assert np.isnan(equal.p), "the mean of three times 0.1 is not 0.1 in binary"


def test_slope_in_dose_has_the_dose_in_place_of_the_groups(leprosy: pd.DataFrame) -> None:
    frame = leprosy.assign(sex=["m", "f", "f"] * 10, dose=leprosy["drug"].map({"A": 0, "D": 54, "F": 81}))
    found = dose_slope(frame, "after", "drug", {"A": 0, "D": 54, "F": 81}, ["before"], ["sex"])
    fit = smf.ols("after ~ dose + before + C(sex)", frame).fit()
    assert (found.estimate, found.p) == (pytest.approx(fit.params["dose"]), pytest.approx(fit.pvalues["dose"]))
    assert (found.n, found.df) == (30, 26)


def test_slope_with_two_groups_is_their_difference(leprosy: pd.DataFrame) -> None:
    slope = dose_slope(leprosy, "after", "drug", {"A": 0, "D": 10}, ["before"])
    whole = ancova(leprosy, "after", "drug", ["A", "D"], ["before"])
    assert slope.p == pytest.approx(whole.differences.loc[0, "p"])
    assert slope.estimate == pytest.approx(whole.differences.loc[0, "estimate"] / 10)


def test_slope_that_does_not_exist_says_why(leprosy: pd.DataFrame) -> None:
    alone = dose_slope(leprosy[leprosy["drug"] == "A"], "after", "drug", {"A": 1, "D": 2})
    assert alone.warning == "not estimable: the groups with values do not differ in dose"
    assert dose_slope(leprosy.iloc[:0], "after", "drug", {"A": 1, "D": 2}).warning == "not estimable: no values"
    few = dose_slope(leprosy.iloc[[0, 10]], "after", "drug", {"A": 1, "D": 2})
    assert few.warning == "not estimable: no degrees of freedom are left"
