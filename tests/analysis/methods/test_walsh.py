"""Tests of the order statistics of Walsh averages."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trial_report.analysis.methods.walsh import LISTED_UP_TO, walsh_averages, walsh_order_statistics

pytestmark = pytest.mark.requirement("REQ-307")


def test_averages_of_a_sample_are_all_pairs_with_themselves() -> None:
    assert walsh_averages(np.array([4.0, 1.0, 2.0])).tolist() == [1, 1.5, 2, 2.5, 3, 4]


def test_order_statistics_of_a_small_sample_are_those_of_the_list() -> None:
    assert walsh_order_statistics(np.array([4.0, 1.0, 2.0]), [6, 1, 3]) == [4, 1, 2]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["normal", "whole", "tenths", "heavy tails", "narrow"]))
def test_counting_finds_what_listing_finds(seed: int, kind: str) -> None:
    rng = np.random.default_rng(seed)
    n = LISTED_UP_TO + int(rng.integers(1, 60))
    x = {
        "normal": lambda: rng.normal(size=n),
        "whole": lambda: rng.integers(-4, 5, n).astype(float),
        "tenths": lambda: np.round(rng.normal(size=n), 1),
        "heavy tails": lambda: rng.standard_cauchy(n),
        "narrow": lambda: 5 + 1e-9 * rng.normal(size=n),
    }[kind]()
    listed = walsh_averages(x)
    ranks = [1, 2, *(int(r) for r in rng.integers(1, listed.size + 1, 5)), listed.size]
    found = walsh_order_statistics(x, ranks)
    # Sums of tenths that are equal on paper differ by floating-point dust: 1e-15 of the largest value.
    assert found == pytest.approx(listed[np.array(ranks) - 1].tolist(), rel=0, abs=4e-15 * np.abs(x).max())


def test_a_large_sample_is_never_listed() -> None:
    """Symmetric about 7 by construction, so the middle averages are 7; the list would hold 2 × 10^10 numbers."""
    half = np.arange(1.0, 100_001.0)
    x = np.concatenate([7 - half, [7.0], 7 + half])
    total = x.size * (x.size + 1) // 2
    assert walsh_order_statistics(x, [(total + 1) // 2, 1, total]) == [7, -99_993, 100_007]


def test_a_sample_of_one_value_many_times_has_one_average() -> None:
    assert walsh_order_statistics(np.full(1000, 0.1), [1, 250_000, 500_500]) == [0.1, 0.1, 0.1]


@pytest.mark.parametrize("rank", [0, 7])
def test_a_rank_that_does_not_exist_is_refused(rank: int) -> None:
    with pytest.raises(ValueError, match="ranks go from 1 to 6"):
        walsh_order_statistics(np.array([1.0, 2.0, 3.0]), [rank])
