"""Mixed model for repeated measures, against SAS PROC MIXED, closed forms and a factored likelihood."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from trial_report.analysis.methods.mmrm import Mmrm, fit_mmrm
from trial_report.analysis.methods.reml import contrast, fit_reml

pytestmark = pytest.mark.requirement("REQ-307")

# Potthoff & Roy, Biometrika 1964;51:313–326: dental distance (mm) of 11 girls and 16 boys at 8, 10, 12, 14 years.
GIRLS = """21 20 21.5 23  21 21.5 24 25.5  20.5 24 24.5 26  23.5 24.5 25 26.5  21.5 23 22.5 23.5  20 21 21 22.5
21.5 22.5 23 25  23 23 23.5 24  20 21 22 21.5  16.5 19 19 19.5  24.5 25 28 28"""
BOYS = """26 25 29 31  21.5 22.5 23 26.5  23 22.5 24 27.5  25.5 27.5 26.5 27  20 23.5 22.5 26  24.5 25.5 27 28.5
22 22 24.5 26.5  24 21.5 24.5 25.5  23 20.5 31 26  27.5 28 31 31.5  23 23 23.5 25  21.5 23.5 24 28
17 24.5 26 29.5  22.5 25.5 25.5 26  23 24.5 26 30  22 21.5 23.5 25"""
AGES = [8, 10, 12, 14]


@pytest.fixture
def dental() -> pd.DataFrame:
    y = np.array([*GIRLS.split(), *BOYS.split()], dtype="float64")
    return pd.DataFrame(
        {
            "id": np.repeat(np.arange(27), 4),
            "sex": np.repeat(["F"] * 11 + ["M"] * 16, 4),
            "age": np.tile(AGES, 27),
            "y": y,
        }
    )


def fit(frame: pd.DataFrame, **more: object) -> Mmrm:
    return fit_mmrm(frame, "y", "id", "age", AGES, "sex", ["M", "F"], **more)  # type: ignore[arg-type]


def test_growth_curves_by_maximum_likelihood(dental: pd.DataFrame) -> None:
    # SAS/STAT User's Guide, PROC MIXED, "Repeated Measures" (Jennrich & Schluchter 1986, model 2: unstructured, ML):
    # covariances, intercept 15.8423 (0.9356), girls 1.5831 (1.4658), slopes 0.8268 (0.07911), -0.3504 (0.1239).
    # Model 6 (compound symmetry): -2 log L 428.639. Tolerance: the digits printed.
    girl = (dental["sex"] == "F").to_numpy(dtype="float64")
    age = dental["age"].to_numpy(dtype="float64")
    x = np.column_stack([np.ones(108), girl, age, age * girl])
    y, who, when = dental["y"].to_numpy(), dental["id"].to_numpy(), np.tile(np.arange(4), 27)
    found = fit_reml(y, x, who, when, 4, reml=False)
    assert found.converged
    assert found.beta == pytest.approx([15.8423, 1.5831, 0.8268, -0.3504], abs=5e-5)
    assert np.sqrt(np.diag(found.v)) == pytest.approx([0.9356, 1.4658, 0.07911, 0.1239], abs=6e-5)
    lower = found.sigma[np.tril_indices(4)]
    assert lower == pytest.approx(
        [5.1192, 2.4409, 3.9279, 3.6105, 2.7175, 5.9798, 2.5222, 3.0624, 3.8235, 4.6180], abs=1e-4
    )
    assert found.neg2loglik == pytest.approx(419.477, abs=5e-4)
    symmetric = fit_reml(y, x, who, when, 4, "compound symmetry", reml=False)
    assert symmetric.neg2loglik == pytest.approx(428.639, abs=5e-4)


def test_complete_data_are_the_closed_form(dental: pd.DataFrame) -> None:
    # Complete and saturated: means of the cells, pooled covariance of the groups, 27 - 2 df (exact t at each visit).
    found = fit(dental)
    wide = dental.pivot(index=["sex", "id"], columns="age", values="y")  # noqa: PD010 - no aggregation wanted
    pooled = sum((len(g) - 1) * np.cov(g.to_numpy().T) for _, g in wide.groupby(level="sex")) / 25
    np.testing.assert_allclose(found.covariance.to_numpy(), pooled, atol=1e-6)
    boys = found.means[found.means["group"] == "M"]
    assert boys["estimate"].tolist() == pytest.approx(wide.loc["M"].mean().tolist())
    assert boys["se"].tolist() == pytest.approx(np.sqrt(np.diag(pooled) / 16).tolist(), abs=1e-6)
    assert found.means["df"].tolist() == pytest.approx([25] * 8, abs=1e-4)
    for age, row in found.differences.set_index("visit").iterrows():
        t = stats.ttest_ind(wide.loc["F"][age], wide.loc["M"][age])
        assert (row["estimate"] / row["se"], row["p"]) == pytest.approx((t.statistic, t.pvalue), abs=1e-6)


def test_one_group_is_the_one_sample_t_at_each_visit(dental: pd.DataFrame) -> None:
    boys = dental[dental["sex"] == "M"].assign(y=lambda d: d["y"] - 24)
    found = fit_mmrm(boys, "y", "id", "age", AGES)
    for row in found.means.itertuples():
        t = stats.ttest_1samp(boys.loc[boys["age"] == row.visit, "y"], 0)
        assert (row.statistic, row.p) == pytest.approx((t.statistic, t.pvalue), abs=1e-6)
        assert row.df == pytest.approx(15, abs=1e-4)
    assert found.differences.empty


def test_dropout_is_the_factored_likelihood(dental: pd.DataFrame) -> None:
    # Two visits, the later missing for some (Anderson TW, J Am Stat Assoc 1957;52:200–203), ML: mean of the later
    # visit = its mean in completers + slope × (mean of all at the earlier - mean of completers there).
    boys = dental[(dental["sex"] == "M") & dental["age"].isin([8, 14])]
    dropped = boys["id"].isin([12, 15, 19, 21]) & (boys["age"] == 14)
    found = fit_mmrm(boys[~dropped], "y", "id", "age", [8, 14], reml=False)
    wide = boys.pivot(index="id", columns="age", values="y")  # noqa: PD010 - no aggregation wanted
    done = wide.drop([12, 15, 19, 21])
    slope = np.polyfit(done[8], done[14], 1)[0]
    expected = done[14].mean() + slope * (wide[8].mean() - done[8].mean())
    assert found.means["estimate"].tolist() == pytest.approx([wide[8].mean(), expected], abs=1e-6)
    assert found.covariance.loc[8, 8] == pytest.approx(wide[8].var(ddof=0), abs=1e-6)


def test_covariate_by_visit_is_ancova_at_each_visit_when_complete(dental: pd.DataFrame) -> None:
    # With the same regressors at every visit, generalised least squares is least squares at each visit (Zellner).
    base = dental[dental["age"] == 8].set_index("id")["y"]
    frame = dental[dental["age"] > 8].assign(base=lambda d: d["id"].map(base))
    found = fit_mmrm(frame, "y", "id", "age", [10, 12, 14], "sex", ["M", "F"], ["base"])
    for age, row in found.differences.set_index("visit").iterrows():
        at = frame[frame["age"] == age]
        x = np.column_stack([np.ones(27), at["sex"] == "F", at["base"]]).astype("float64")
        beta, squares, *_ = np.linalg.lstsq(x, at["y"].to_numpy(), rcond=None)
        se = math.sqrt(squares[0] / 24 * np.linalg.inv(x.T @ x)[1, 1])
        assert (row["estimate"], row["se"], row["df"]) == pytest.approx((beta[1], se, 24), abs=1e-4)


def test_row_order_and_scale_do_not_matter(dental: pd.DataFrame) -> None:
    frame = dental.sample(frac=0.85, random_state=2)
    plain = fit(frame).means
    moved = fit(frame.sample(frac=1, random_state=3).assign(y=lambda d: 10 * d["y"] - 7)).means
    assert moved["estimate"].tolist() == pytest.approx((10 * plain["estimate"] - 7).tolist(), rel=1e-6)
    assert moved["se"].tolist() == pytest.approx((10 * plain["se"]).tolist(), rel=1e-5)
    assert moved["df"].tolist() == pytest.approx(plain["df"].tolist(), rel=1e-3)


def test_compound_symmetry_replaces_what_cannot_converge(dental: pd.DataFrame) -> None:
    frame = dental[dental["id"].isin([0, 1, 11, 12, 13])]  # 3 df: a covariance of 4 visits is singular
    found = fit(frame)
    assert (found.structure, found.converged) == ("compound symmetry", True)
    assert "compound symmetry was used" in (found.warning or "")
    strict = fit(frame, fallback=False)
    assert (strict.converged, strict.warning) == (False, "not estimable: the model did not converge")
    assert strict.means["estimate"].isna().all()
    assert strict.means["warning"].eq(strict.warning).all()


@pytest.mark.parametrize(
    ("change", "warning"),
    [
        (lambda d: d.iloc[:0], "not estimable: no values"),
        (lambda d: d.assign(y=np.nan), "not estimable: no values"),
        (lambda d: d.iloc[:4], "not estimable: too few values at 8"),
        (lambda d: d.assign(y=5.0), "not estimable: no spread at 8"),
        (lambda d: pd.concat([d, d]), "not estimable: a subject has two values at one visit"),
    ],
)
def test_what_cannot_be_fitted_says_why(dental: pd.DataFrame, change: object, warning: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = fit(change(dental))  # type: ignore[operator]
    assert (found.converged, found.warning) == (False, warning)
    assert len(found.means) == 8
    assert found.means["p"].isna().all()


def test_a_cell_without_values_leaves_the_others(dental: pd.DataFrame) -> None:
    frame = dental[~((dental["sex"] == "F") & (dental["age"] == 14))]
    found = fit(frame)
    row = found.means[(found.means["visit"] == 14) & (found.means["group"] == "F")].iloc[0]
    assert (row["n"], row["warning"]) == (0, "not estimable: no values")
    assert found.means["estimate"].notna().sum() == 7
    assert found.differences["estimate"].notna().tolist() == [True, True, True, False]


def test_contrast_of_a_failed_fit_is_missing(dental: pd.DataFrame) -> None:
    one = np.ones((4, 1))
    failed = fit_reml(np.array([1.0, 2, 3, 4]), one, np.arange(4) // 4, np.arange(4), 4)
    assert not failed.converged
    assert np.isnan(contrast(failed, np.ones(1))).all()


def test_deviance_is_that_of_reference_cell_coding(dental: pd.DataFrame) -> None:
    # The restricted likelihood with 0/1 columns for the factor, fitted to the same design by the core directly.
    frame = dental.assign(site=np.repeat(np.arange(27) % 3, 4))
    found = fit_mmrm(frame, "y", "id", "age", AGES, factors=["site"])
    x = np.column_stack([frame["age"] == a for a in AGES] + [frame["site"] == s for s in (1, 2)]).astype("float64")
    core = fit_reml(frame["y"].to_numpy(), x, frame["id"].to_numpy(), np.tile(np.arange(4), 27), 4)
    assert found.neg2loglik == pytest.approx(core.neg2loglik, abs=1e-6)
