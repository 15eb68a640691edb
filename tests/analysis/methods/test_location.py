"""Descriptive summaries, t tests and standardized effects, against R output and independent computation."""

from __future__ import annotations

import math
import warnings
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from trial_report.analysis.methods import location

pytestmark = pytest.mark.requirement("REQ-307")

# Student's sleep data (R datasets::sleep), extra hours of sleep under two drugs, 10 patients.
DRUG_1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
DRUG_2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]

values = st.lists(st.integers(-1000, 1000), min_size=1, max_size=30)


def pctldef5(data: list[int], share: Fraction) -> float:
    """SAS's wording of PCTLDEF=5, in exact arithmetic: n p = j + g; average x(j), x(j+1) if g = 0, else x(j+1)."""
    x = sorted(data)
    position = len(x) * share
    j = math.floor(position)
    return (x[j - 1] + x[j]) / 2 if position == j else x[j]


def summarised(data: list[float | None] | list[int]) -> Any:
    return next(location.describe(pd.DataFrame({"AVAL": pd.Series(data, dtype="float64")}), []).itertuples())


@settings(deadline=None)
@given(values)
def test_quartiles_follow_the_definition_of_sas(data: list[int]) -> None:
    found = summarised(data)
    assert found.q1 == pctldef5(data, Fraction(1, 4))
    assert found.median == pctldef5(data, Fraction(1, 2))
    assert found.q3 == pctldef5(data, Fraction(3, 4))


def test_summary_of_the_sleep_data() -> None:
    # R: mean(extra) 0.75, sd 1.78901 for drug 1 (tolerance 1e-5).
    found = summarised([*DRUG_1, None])
    assert (found.n, found.missing) == (10, 1)
    assert found.mean == pytest.approx(0.75)
    assert found.sd == pytest.approx(1.789010, abs=1e-6)
    assert (found.min, found.max, found.warning) == (-1.6, 3.7, None)


@pytest.mark.parametrize(
    ("data", "n", "mean", "sd", "warning"),
    [
        ([], 0, math.nan, math.nan, "not estimable: no values"),
        ([None, math.inf], 0, math.nan, math.nan, "not estimable: no values"),
        ([5], 1, 5.0, math.nan, "standard deviation not estimable: fewer than two values"),
        ([0.1, 0.1, 0.1], 3, 0.1, 0.0, None),
    ],
)
def test_summary_where_something_does_not_exist(
    data: list[float | None], n: int, mean: float, sd: float, warning: str | None
) -> None:
    found = summarised(data)
    assert found.n == n
    assert found.mean == pytest.approx(mean, nan_ok=True, abs=0)
    assert found.sd == pytest.approx(sd, nan_ok=True, abs=0)
    assert found.warning == warning


def test_grouped_summary_equals_the_single_one() -> None:
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({"g": rng.integers(0, 40, 500), "h": rng.choice(["x", "y"], 500)})
    frame["AVAL"] = np.where(rng.random(500) < 0.2, np.nan, rng.normal(size=500).round(1))
    wide = location.describe(frame, ["g", "h"])
    assert len(wide) == frame.groupby(["g", "h"]).ngroups
    for row in wide.itertuples():
        part = frame.loc[(frame["g"] == row.g) & (frame["h"] == row.h), "AVAL"]
        alone = summarised(part.tolist())
        for name in location.STATISTICS:
            assert getattr(row, name) == pytest.approx(getattr(alone, name), nan_ok=True, abs=1e-12), name
        assert row.warning == alone.warning


def test_a_missing_key_is_a_group_of_its_own() -> None:
    frame = pd.DataFrame({"g": ["b", "a", "a", None, "b"], "AVAL": [1.0, 2.0, None, 4.0, 5.0]})
    found = location.describe(frame, ["g"])
    expected = pd.DataFrame({"g": ["a", "b", None], "n": [1, 2, 1], "missing": [1, 0, 0], "median": [2.0, 3.0, 4.0]})
    pd.testing.assert_frame_equal(
        found[["g", "n", "missing", "median"]].astype({"g": object}), expected.astype({"g": object})
    )


def test_summary_of_nothing_has_one_row() -> None:
    frame = pd.DataFrame({"AVAL": pd.Series(dtype="float64")})
    assert location.describe(frame, [])["n"].tolist() == [0]
    assert location.describe(frame.assign(g=pd.Series(dtype="object")), ["g"]).empty


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(12)))
def test_grouped_summary_does_not_depend_on_the_order_of_rows(order: list[int]) -> None:
    frame = pd.DataFrame({"g": list("aabbbcccccca"), "AVAL": [3, 1, 2, 2, 9, 4, 4, 1, 7, 8, 0, None]})
    pd.testing.assert_frame_equal(location.describe(frame, ["g"]), location.describe(frame.iloc[order], ["g"]))


def test_paired_t_of_the_sleep_data() -> None:
    # R: with(sleep, t.test(extra[group == 2], extra[group == 1], paired = TRUE)):
    # t = 4.0621, df = 9, p-value = 0.002833, CI 0.7001142 to 2.4598858, mean 1.58.
    found = location.one_sample_t(np.subtract(DRUG_2, DRUG_1))
    assert found.estimate == pytest.approx(1.58)
    assert found.statistic == pytest.approx(4.0621, abs=5e-5)
    assert found.df == 9
    assert found.p == pytest.approx(0.002833, abs=5e-7)
    assert (found.ci_low, found.ci_high) == pytest.approx((0.7001142, 2.4598858), abs=5e-8)
    assert found.se == pytest.approx(1.58 / 4.0621, abs=1e-5)


@pytest.mark.parametrize(
    ("changes", "warning"),
    [
        ([], "not estimable: no values"),
        ([None, None], "not estimable: no values"),
        ([3], "not estimable: fewer than two values"),
        ([0, 0, 0], "not estimable: all values are equal"),
        ([0.3 - 0.1, 0.2, 0.4 - 0.2], "not estimable: all values are equal"),
    ],
)
def test_t_that_does_not_exist_says_why(changes: list[float | None], warning: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = location.one_sample_t(changes)
    assert math.isnan(found.p)
    assert found.warning == warning


def test_one_value_has_a_mean_but_no_interval() -> None:
    found = location.t_interval([4])
    assert (found.estimate, found.warning) == (4.0, "not estimable: fewer than two values")
    assert math.isnan(found.ci_low)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-100, 100), min_size=3, max_size=15), st.integers(-50, 50), st.sampled_from([1, 2, 10]))
def test_t_is_equivariant(data: list[int], shift: int, factor: int) -> None:
    plain = location.one_sample_t(data)
    moved = location.one_sample_t([factor * x + shift for x in data], null=shift)
    flipped = location.one_sample_t([-x for x in data])
    assert moved.p == pytest.approx(plain.p, nan_ok=True)
    assert moved.ci_low == pytest.approx(factor * plain.ci_low + shift, nan_ok=True, abs=1e-9)
    assert (flipped.p, flipped.ci_low) == pytest.approx((plain.p, -plain.ci_high), nan_ok=True)


def test_standardized_effect_of_the_sleep_data() -> None:
    # d_z = t / sqrt(n) from R's t above; limits by an independent search on the noncentral t (scipy.stats.nct).
    # Hedges 1981, equation 6: J(9) by the gamma function itself; the approximation 1 - 3/(4m - 1) is close.
    j = math.gamma(4.5) / (math.sqrt(4.5) * math.gamma(4))
    assert j == pytest.approx(1 - 3 / 35, abs=1e-3)
    changes = np.subtract(DRUG_2, DRUG_1)
    g = location.standardized_effect(changes)
    assert g.estimate == pytest.approx(j * 4.0621 / math.sqrt(10), abs=1e-5)
    t = math.sqrt(10) * g.estimate / j
    for limit, probability in ((g.ci_low, 0.975), (g.ci_high, 0.025)):
        ncp = optimize.brentq(lambda z, q=probability: stats.nct.cdf(t, 9, z) - q, 0.1, 9)
        assert limit == pytest.approx(j * ncp / math.sqrt(10), abs=1e-6)


@pytest.mark.parametrize("changes", [[], [None], [3], [1, 2], [2, 2, 2]])
def test_effect_that_does_not_exist_says_why(changes: list[float | None]) -> None:
    found = location.standardized_effect(changes)
    assert math.isnan(found.estimate)
    assert (found.warning or "").startswith("not estimable: ")


@settings(max_examples=25)
@given(st.lists(st.integers(-50, 50), min_size=3, max_size=12))
def test_standardized_effect_ignores_scale_and_turns_with_the_sign(data: list[int]) -> None:
    plain, scaled, flipped = (location.standardized_effect([f * x for x in data]) for f in (1, 8, -1))
    assert scaled.estimate == pytest.approx(plain.estimate, nan_ok=True)
    assert flipped.ci_low == pytest.approx(-plain.ci_high, nan_ok=True)
