"""Exact intervals of proportions and rates, against published tables and R."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.rates import confint_poisson

from trial_report.analysis.methods import proportions, rates

pytestmark = pytest.mark.requirement("REQ-307")


def test_intervals_of_newcombe() -> None:
    # Newcombe RG, Stat Med 1998;17:857–872, table I: 95% limits to four decimals.
    low, high = proportions.clopper_pearson([81, 15, 0, 1], [263, 148, 20, 29])
    assert low == pytest.approx([0.2527, 0.0578, 0.0, 0.0009], abs=5e-5)
    assert high == pytest.approx([0.3676, 0.1617, 0.1684, 0.1776], abs=5e-5)


def test_all_patients_with_the_event() -> None:
    # Closed form: lower limit (alpha/2)^(1/n).
    assert proportions.clopper_pearson(6, 6) == pytest.approx((0.025 ** (1 / 6), 1.0))


def test_vectorised_limits_equal_scipy_one_by_one() -> None:
    events, n = np.array([[0, 1, 5], [3, 3, 0]]), np.array([[6, 6, 5], [6, 20, 0]])
    low, high = proportions.clopper_pearson(events, n)
    for i in np.ndindex(2, 3):
        if n[i] == 0:
            assert np.isnan([low[i], high[i]]).all()
            continue
        reference = stats.binomtest(int(events[i]), int(n[i])).proportion_ci(method="exact")
        assert (low[i], high[i]) == pytest.approx((reference.low, reference.high), abs=1e-10)


@pytest.mark.parametrize(("events", "n"), [(4, 3), (-1, 3)])
def test_impossible_counts_are_refused(events: int, n: int) -> None:
    with pytest.raises(ValueError, match="events must be between"):
        proportions.clopper_pearson(events, n)


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_events_and_non_events_mirror_each_other(case: tuple[int, int]) -> None:
    events, n = case
    (low, high), mirrored = proportions.clopper_pearson(events, n), proportions.clopper_pearson(n - events, n)
    assert (low, high) == pytest.approx((1 - mirrored[1], 1 - mirrored[0]), abs=1e-9)
    assert low <= events / n <= high


# Garwood 1936 (as in Pearson & Hartley, Biometrika Tables I, table 40): 95% limits of a Poisson mean.
@pytest.mark.parametrize(
    ("count", "low", "high"),
    [(0, 0.0, 3.69), (1, 0.0253, 5.57), (2, 0.242, 7.22), (5, 1.62, 11.67), (10, 4.80, 18.39)],
)
def test_poisson_limits_of_garwood(count: int, low: float, high: float) -> None:
    found = rates.poisson_interval(count)
    assert float(found[0]) == pytest.approx(low, abs=6e-3)
    assert float(found[1]) == pytest.approx(high, abs=6e-3)


def test_poisson_limits_of_statsmodels() -> None:
    counts = np.arange(1, 60)
    low, high = rates.poisson_interval(counts, 0.9)
    reference = np.array([confint_poisson(int(c), 1, method="exact-c", alpha=0.1) for c in counts])
    np.testing.assert_allclose(np.column_stack([low, high]), reference, rtol=1e-9)


def test_incidence_rate_by_hand() -> None:
    # 3 events in 12.5 patient-years: 24 for 100 patient-years; limits are Garwood's for 3 (0.6187, 8.7673) × 8.
    found = rates.incidence_rate(3, 12.5, per=100)
    assert (found.rate, found.ci_low, found.ci_high) == pytest.approx((24, 4.9493, 70.1383), abs=1e-3)


def test_no_exposure_is_a_warning_and_no_event_is_not() -> None:
    found = rates.incidence_rate(0, 0)
    assert math.isnan(found.rate)
    assert found.warning == "not estimable: no exposure time"
    found = rates.incidence_rate(0, 10)
    assert (found.rate, found.ci_low, found.warning) == (0.0, 0.0, None)
    assert found.ci_high == pytest.approx(-math.log(0.025) / 10)
    with pytest.raises(ValueError, match="never negative"):
        rates.incidence_rate(1, -1)
