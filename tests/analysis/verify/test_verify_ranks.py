"""The second road's rank methods against published numbers and plain enumeration."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy import stats

from trial_report.analysis.verify import ranks

pytestmark = pytest.mark.requirement("REQ-505")


def test_signed_rank_is_the_enumeration_of_signs() -> None:
    changes = np.array([-3.0, 1.0, 1.0, 4.0, 0.0, -2.0, 2.0])
    used, zeros, statistic, p = ranks.signed_rank(changes)
    ranked = stats.rankdata(np.abs(changes[changes != 0]))
    sums = np.array([sum(r for r, s in zip(ranked, signs, strict=True) if s) for signs in product([0, 1], repeat=6)])
    tail = min((sums <= statistic).mean(), (sums >= statistic).mean())
    assert (used, zeros) == (6, 1)
    assert p == pytest.approx(min(1, 2 * tail))


def test_signed_rank_of_hollander_and_wolfe() -> None:
    """Depression scores, table 3.1: T+ = 5 of nine changes, p = 0.039 two-sided."""
    before = np.array([1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30])
    after = np.array([0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29])
    assert ranks.signed_rank(after - before)[2:] == pytest.approx((5, 0.0390625))
    assert ranks.hodges_lehmann(after - before, 0.95)[0] == pytest.approx(-0.46, abs=1e-9)


def test_chances_of_sums_are_those_of_a_whole_enumeration() -> None:
    """The three ranks 1, 2, 3 reach 3 in two ways of eight."""
    assert ranks.sign_chances((1, 2, 3)).tolist() == [1 / 8, 1 / 8, 1 / 8, 2 / 8, 1 / 8, 1 / 8, 1 / 8]


@pytest.mark.parametrize("n", [130, 500])
def test_chances_of_many_ranks_sum_to_one_about_the_middle(n: int) -> None:
    chances = ranks.sign_chances(tuple(range(1, n + 1)))
    assert chances.sum() == pytest.approx(1, abs=1e-12)
    assert chances == pytest.approx(chances[::-1], rel=1e-12)


def test_above_the_limit_the_normal_approximation_is_taken() -> None:
    """scipy's approximation without correction of continuity, on 600 changes with ties."""
    changes = np.round(np.random.default_rng(7).normal(0.05, 1, 600), 1)
    expected = stats.wilcoxon(changes[changes != 0], method="approx", correction=False).pvalue
    assert ranks.signed_rank(changes)[3] == pytest.approx(expected, rel=1e-9)


def test_ties_are_not_broken_by_binary_dust() -> None:
    assert ranks.midranks(np.array([0.1 + 0.2, 0.3, 5.0])).tolist() == [1.5, 1.5, 3]


@pytest.mark.parametrize("rank", [1, 2, 500, 45_150, 45_151, 90_299, 90_300])
def test_narrowing_finds_what_listing_finds(rank: int) -> None:
    x = np.sort(np.round(np.random.default_rng(rank).normal(size=424), 2))
    listed = np.sort(np.add.outer(x, x)[np.triu_indices(424)] / 2)
    assert ranks.walsh(x, min(rank, len(listed))) == pytest.approx(listed[min(rank, len(listed)) - 1], abs=1e-14)


def test_no_value_has_no_estimate() -> None:
    assert np.isnan(ranks.hodges_lehmann(np.array([]), 0.95)).all()
