"""Imputation, Rubin's rules, last observation carried forward and the tipping point."""

from __future__ import annotations

import math
import warnings
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from trial_report.analysis.methods import imputation, missing

pytestmark = pytest.mark.requirement("REQ-307", "REQ-308")

VISITS = ["v1", "v2", "v3"]


@pytest.fixture
def wide() -> pd.DataFrame:
    rng = np.random.default_rng(11)
    base = rng.normal(50, 8, 40)
    steps = np.cumsum(rng.normal(-5, 3, (40, 3)), axis=1)
    frame = pd.DataFrame(0.5 * (base - 50)[:, None] + steps, columns=VISITS).assign(base=base)
    frame.loc[[3, 9, 17, 30], "v3"] = np.nan
    frame.loc[9, "v2"] = np.nan
    return frame


def test_rubin_by_exact_fractions() -> None:
    # Rubin 1987 (3.1.2–3.1.5) and Barnard & Rubin 1999, formula for the adjusted df, with m = 3, worked in fractions:
    # mean 2, within 1/2, between 1, total 11/6; df = 1 / (1/old + 1/observed).
    found = imputation.rubin([1, 2, 3], [0.5, 0.5, 0.5], df_complete=20)
    share = Fraction(4, 3) / Fraction(11, 6)
    old, observed = 2 / share**2, Fraction(21, 23) * 20 * (1 - share)
    df = 1 / (1 / old + 1 / observed)
    assert (found.estimate, found.within, found.between) == (2, 0.5, 1)
    assert found.total == pytest.approx(11 / 6)
    assert found.df == pytest.approx(float(df))
    assert found.p == pytest.approx(2 * stats.t.sf(2 / math.sqrt(11 / 6), float(df)))


def test_rubin_of_equal_estimates_is_the_complete_analysis() -> None:
    found = imputation.rubin([2, 2, 2], [0.25] * 3, df_complete=12)
    assert (found.se, found.fmi) == (0.5, 0)
    assert found.df == pytest.approx(13 / 15 * 12)


@pytest.mark.parametrize(
    ("estimates", "variances", "warning"),
    [
        ([], [], "not estimable: fewer than two imputations"),
        ([1], [1], "not estimable: fewer than two imputations"),
        ([1, math.nan], [1, 1], "not estimable: an imputation has no estimate"),
        ([1, 1], [0, 0], "not estimable: all values are equal"),
    ],
)
def test_rubin_that_does_not_exist(estimates: list[float], variances: list[float], warning: str) -> None:
    found = imputation.rubin(estimates, variances)
    assert math.isnan(found.p)
    assert found.warning == warning


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(0.1, 4)), min_size=2, max_size=8), st.floats(-9, 9))
def test_rubin_moves_with_the_estimates(parts: list[tuple[float, float]], shift: float) -> None:
    q, u = zip(*parts, strict=True)
    plain, moved = imputation.rubin(q, u, 30), imputation.rubin([x + shift for x in q], u, 30)
    assert moved.estimate == pytest.approx(plain.estimate + shift, abs=1e-9)
    assert (moved.se, moved.df) == pytest.approx((plain.se, plain.df), rel=1e-6)


def test_imputation_keeps_what_was_observed_and_repeats_with_its_seed(wide: pd.DataFrame) -> None:
    one, two = (imputation.impute(wide, VISITS, ["base"], 5, seed=1) for _ in range(2))
    other = imputation.impute(wide, VISITS, ["base"], 5, seed=2)
    np.testing.assert_array_equal(one.values, two.values)
    assert not np.array_equal(one.values, other.values)
    seen = wide[VISITS].notna().to_numpy()
    kept = np.broadcast_to(wide[VISITS].to_numpy()[seen], (5, int(seen.sum())))
    np.testing.assert_array_equal(one.values[:, seen], kept)  # noqa: PD011
    assert np.isfinite(one.values).all()


def test_imputed_values_centre_on_the_regression(wide: pd.DataFrame) -> None:
    # One visit missing: the mean over imputations tends to the least-squares prediction, their SD to the SE of
    # prediction (times the posterior's sqrt(df / (df - 2))). 2000 draws: tolerance 4 standard errors of the mean.
    frame = wide.drop(index=9)
    found = imputation.impute(frame, VISITS, ["base"], 2000, seed=3)
    assert found.model == "Bayesian linear regression of each visit on base, earlier visits"
    done = frame.dropna()
    x = np.column_stack([np.ones(len(done)), done[["base", "v1", "v2"]]])
    beta, squares, *_ = np.linalg.lstsq(x, done["v3"].to_numpy(), rcond=None)
    df = len(done) - 4
    at = np.array([1.0, *frame.loc[17, ["base", "v1", "v2"]]])
    spread = math.sqrt(squares[0] / df * (1 + at @ np.linalg.inv(x.T @ x) @ at) * df / (df - 2))
    kept, _ = found.at("v3")
    draws = kept[:, frame.index.get_loc(17)]
    assert draws.mean() == pytest.approx(at @ beta, abs=4 * spread / math.sqrt(2000))
    assert draws.std() == pytest.approx(spread, rel=0.08)


def test_gaps_in_the_middle_use_chained_equations(wide: pd.DataFrame) -> None:
    wide.loc[5, "v1"] = np.nan
    found = imputation.impute(wide, VISITS, ["base"], 3)
    assert "chained equations" in found.model
    assert np.isfinite(found.values).all()


def test_complete_data_pool_to_the_plain_t(wide: pd.DataFrame) -> None:
    done = wide.dropna()
    values, flags = imputation.impute(done, VISITS, ["base"], 4).at("v3")
    found = imputation.pool_mean(values)
    t = stats.ttest_1samp(done["v3"], 0)
    assert not flags.any()
    assert found.statistic == pytest.approx(t.statistic)


@pytest.mark.parametrize("rows", [0, 1, 2, 5])
def test_few_subjects_do_not_fail(wide: pd.DataFrame, rows: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = imputation.impute(wide.iloc[:rows], VISITS, ["base"], 3)
        pooled = imputation.pool_mean(found.at("v3")[0])
    assert math.isnan(pooled.p) == (rows < 2)
    if rows < 3:
        assert "fewer than three values" in (found.warning or "")


def test_subjects_without_baseline_are_left_out(wide: pd.DataFrame) -> None:
    wide.loc[0, "base"] = np.nan
    found = imputation.impute(wide, VISITS, ["base"], 2)
    assert found.warning == "1 subjects without base left out"
    assert found.at("v3")[0].shape == (2, 39)


def test_tipping_point_in_closed_form() -> None:
    # Identical imputations of one value among n: the shift at which t = mean / SE is the critical value, found by
    # an independent search on the t test itself (df as Barnard & Rubin's for no variance between: (n/(n+2)) (n-1)).
    rng = np.random.default_rng(6)
    row = rng.normal(-4, 3, 12)
    values = np.tile(row, (3, 1))
    flags = np.arange(12) < 4
    found = missing.tipping_point(values, flags, np.arange(0, 40, 5.0))
    at = row + found.delta * flags
    t = at.mean() / stats.sem(at)
    assert 2 * stats.t.sf(abs(t), 12 / 14 * 11) == pytest.approx(0.05, abs=1e-6)
    assert found.table["holds"].tolist()[0]
    assert found.warning is None
    assert found.outcome.startswith("the result is lost at a shift of")


def test_tipping_point_that_is_not_there() -> None:
    rng = np.random.default_rng(6)
    values = np.tile(rng.normal(-9, 2, 20), (3, 1))
    flags = np.arange(20) < 1
    found = missing.tipping_point(values, flags, [0, 1, 2])
    assert math.isnan(found.delta)
    assert found.outcome == "the result holds over all shifts up to 2"
    assert "nothing to shift" in missing.tipping_point(values, np.zeros(20, bool), [0]).outcome
    noise = np.tile([-3.0, 3, -2, 2], (3, 1))
    assert "not significant even" in missing.tipping_point(noise, [True, False, False, False], [0, 1]).outcome
    empty = missing.tipping_point(np.empty((3, 0)), [], [0, 1])
    assert empty.warning == "not estimable: no values"


def test_a_visit_that_cannot_be_imputed_has_no_imputations(wide: pd.DataFrame) -> None:
    few = wide.assign(v3=wide["v3"].where(np.arange(len(wide)) < 2))
    found = imputation.impute(few, VISITS, ["base"], 3)
    assert found.at("v3")[0].shape == (3, 0)
    assert found.warning == "not imputed, fewer than three values: v3"
