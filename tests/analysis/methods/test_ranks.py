"""Signed-rank test and Hodges–Lehmann estimate, against Hollander & Wolfe, R and enumeration of all signs."""

from __future__ import annotations

import itertools
import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from trial_report.analysis.methods import ranks

pytestmark = pytest.mark.requirement("REQ-307")

# Hollander & Wolfe (1973), p. 29: Hamilton depression scale factor IV before and after tranquilizer, 9 patients.
BEFORE = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30]
AFTER = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]
CHANGE = np.subtract(AFTER, BEFORE)

small = st.lists(st.integers(-4, 4), min_size=1, max_size=9)


def by_enumeration(changes: list[int]) -> tuple[float, float]:
    """Rank sum and two-sided p over all 2^n signs of the ranks seen, without any convolution."""
    d = [x for x in changes if x != 0]
    kept = list(zip(d, stats.rankdata(np.abs(d)), strict=True))
    seen = sum(r for x, r in kept if x > 0)
    sums = [
        sum(r for (_, r), plus in zip(kept, signs, strict=True) if plus)
        for signs in itertools.product((True, False), repeat=len(kept))
    ]
    low, high = (sum(s <= seen for s in sums) / len(sums), sum(s >= seen for s in sums) / len(sums))
    return seen, min(1.0, 2 * min(low, high))


def test_depression_data() -> None:
    # R: wilcox.test(x, y, paired = TRUE, alternative = "greater"): V = 40, p-value = 0.01953 (one-sided, exact).
    found = ranks.signed_rank(-CHANGE)
    assert found.statistic == 40
    assert found.p == pytest.approx(2 * 0.01953125, abs=1e-12)
    assert (found.exact, found.n, found.used, found.zeros, found.warning) == (True, 9, 9, 0, None)


def test_depression_estimate() -> None:
    # Hollander & Wolfe, examples 3.2 and 3.3: estimate -0.46, limits -0.786 and -0.010 (attained level 96.1%);
    # R: wilcox.test(y - x, conf.int = TRUE) gives the same.
    found = ranks.hodges_lehmann(CHANGE)
    assert (found.estimate, found.ci_low, found.ci_high) == pytest.approx((-0.46, -0.786, -0.010), abs=1e-9)


@settings(max_examples=60)
@given(small)
def test_signed_rank_equals_enumeration_of_all_signs(changes: list[int]) -> None:
    found = ranks.signed_rank(changes)
    if not any(changes):
        assert found.warning == "not estimable: all changes are zero"
        return
    statistic, p = by_enumeration(changes)
    assert found.statistic == pytest.approx(statistic)
    assert found.p == pytest.approx(p, abs=1e-12)


def test_without_ties_it_is_the_exact_test_of_scipy() -> None:
    d = np.random.default_rng(3).normal(0.4, 1, 35)
    assert ranks.signed_rank(d).p == pytest.approx(stats.wilcoxon(d, method="exact").pvalue, rel=1e-10)


def test_zeros_are_dropped_before_ranking() -> None:
    # By hand: |d| = 1, 2, 3 have ranks 1, 2, 3, all positive: p = 2/8.
    found = ranks.signed_rank([0, 1, 2, 3])
    assert (found.statistic, found.p, found.zeros) == (6, 0.25, 1)


def test_differences_that_differ_by_dust_are_tied() -> None:
    assert ranks.signed_rank([0.3 - 0.1, -0.2]).p == 1.0
    assert ranks.signed_rank([0.1 + 0.2 - 0.3, 1.0]).zeros == 1


def test_large_samples_use_the_normal_approximation() -> None:
    d = np.random.default_rng(4).normal(0.1, 1, 600).round(1)
    found = ranks.signed_rank(d)
    reference = stats.wilcoxon(d, zero_method="wilcox", correction=False, method="asymptotic")
    assert not found.exact
    assert found.p == pytest.approx(reference.pvalue, rel=1e-9)


@pytest.mark.parametrize(
    ("changes", "warning"),
    [
        ([], "not estimable: no values"),
        ([None], "not estimable: no values"),
        ([0, 0], "not estimable: all changes are zero"),
    ],
)
def test_signed_rank_that_does_not_exist_says_why(changes: list[float | None], warning: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = ranks.signed_rank(changes)
    assert math.isnan(found.p)
    assert found.warning == warning


@given(small, st.integers(2, 9))
def test_signed_rank_ignores_order_scale_and_sign(changes: list[int], factor: int) -> None:
    p = ranks.signed_rank(changes).p
    for other in (changes[::-1], [factor * x for x in changes], [-x for x in changes]):
        assert ranks.signed_rank(other).p == pytest.approx(p, nan_ok=True, abs=1e-12)


def by_test_inversion(data: list[int], level: float) -> tuple[float, float] | None:
    """Walsh averages that the signed-rank distribution without ties (enumerated) does not put in a tail."""
    n = len(data)
    sums = [sum(s) for s in itertools.product(*[(0, r) for r in range(1, n + 1)])]
    walsh = sorted((data[i] + data[j]) / 2 for i in range(n) for j in range(i, n))
    inside = [k for k in range(1, len(walsh) + 1) if sum(s < k for s in sums) / len(sums) <= (1 - level) / 2]
    return (walsh[max(inside) - 1], walsh[-max(inside)]) if inside else None


@settings(max_examples=25)
@given(st.lists(st.integers(-20, 20), min_size=1, max_size=9), st.sampled_from([0.8, 0.9, 0.95]))
def test_interval_equals_enumeration(data: list[int], level: float) -> None:
    found, reference = ranks.hodges_lehmann(data, level), by_test_inversion(data, level)
    if reference is None:
        assert math.isnan(found.ci_low)
        assert found.warning is not None
        assert "needs at least" in found.warning
    else:
        assert (found.ci_low, found.ci_high) == reference


@pytest.mark.parametrize(
    ("data", "estimate", "low"),
    [([], math.nan, math.nan), ([2], 2, math.nan), ([1, 3], 2, math.nan), ([0] * 8, 0, 0)],
)
def test_estimate_of_few_or_equal_values(data: list[int], estimate: float, low: float) -> None:
    found = ranks.hodges_lehmann(data)
    assert found.estimate == pytest.approx(estimate, nan_ok=True)
    assert found.ci_low == pytest.approx(low, nan_ok=True)
    assert (found.warning is None) == (not math.isnan(low))


def test_fewest_values_for_a_95_percent_interval_are_six() -> None:
    assert "at least 6 values" in (ranks.hodges_lehmann([1, 2, 3, 4, 5]).warning or "")
    assert ranks.hodges_lehmann([1, 2, 3, 4, 5, 6]).ci_low == 1


@given(st.lists(st.integers(-50, 50), min_size=6, max_size=12), st.integers(-30, 30))
def test_estimate_moves_with_the_data(data: list[int], shift: int) -> None:
    plain, moved = ranks.hodges_lehmann(data), ranks.hodges_lehmann([x + shift for x in data])
    flipped = ranks.hodges_lehmann([-x for x in data])
    assert (moved.estimate, moved.ci_low) == (plain.estimate + shift, plain.ci_low + shift)
    assert (flipped.estimate, flipped.ci_high) == (-plain.estimate, -plain.ci_low)
