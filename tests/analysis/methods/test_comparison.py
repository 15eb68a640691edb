"""Comparisons of groups, against the examples of R's help pages and Hollander & Wolfe."""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Callable
from fractions import Fraction
from math import comb
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from trial_report.analysis.methods import comparison, tables

pytestmark = pytest.mark.requirement("REQ-307")

CONTROL = [4.17, 5.58, 5.18, 6.11, 4.50, 4.61, 5.17, 4.53, 5.33, 5.14]
TREATED_1 = [4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32, 4.69]
TREATED_2 = [6.31, 5.12, 5.54, 5.50, 5.37, 5.29, 4.92, 6.15, 5.80, 5.26]


def test_anova_of_plant_growth() -> None:
    # R: anova(lm(weight ~ group, PlantGrowth)): F = 4.8461 on 2 and 27 df, p = 0.01591.
    found = comparison.anova([CONTROL, TREATED_1, TREATED_2])
    assert (found.df_num, found.df) == (2, 27)
    assert (found.statistic, found.p) == pytest.approx((4.8461, 0.01591), abs=5e-5)


def test_kruskal_wallis_of_hollander_and_wolfe() -> None:
    # H&W (1973) p. 116, R help of kruskal.test: chi-squared = 0.77143, df = 2, p-value = 0.68.
    found = comparison.kruskal_wallis([[2.9, 3.0, 2.5, 2.6, 3.2], [3.8, 2.7, 4.0, 2.4], [2.8, 3.4, 3.7, 2.2, 2.0]])
    assert (found.statistic, found.p) == pytest.approx((0.77143, 0.68), abs=5e-5)


DUST = [0.1 + 0.2, 0.7 + 0.1, 1.1], [0.3, 0.8, 0.2]
"""0.1 + 0.2 is not 0.3 and 0.7 + 0.1 not 0.8 in binary: ranked as they are, nothing would tie."""
PLAIN = [3, 8, 11], [3, 8, 2]


def test_kruskal_wallis_ties_what_differs_by_dust_only() -> None:
    assert len(set(DUST[0] + DUST[1])) == 6
    found, plain = comparison.kruskal_wallis(DUST), comparison.kruskal_wallis(PLAIN)
    # By hand: midranks 2.5, 4.5, 6 and 2.5, 4.5, 1; H = 12/42 (13²/3 + 8²/3) - 21 = 25/21 over 1 - 12/210.
    assert found.statistic == pytest.approx(25 / 21 / (1 - 12 / 210))
    assert (found.statistic, found.p) == pytest.approx((plain.statistic, plain.p))


def test_fisher_tea_tasting_and_convictions() -> None:
    # R help of fisher.test: TeaTasting one-sided 0.2429 (two-sided, symmetric: 0.4857); Convictions p = 0.0005367.
    assert tables.fisher_exact([[3, 1], [1, 3]]).p == pytest.approx(0.4857, abs=5e-5)
    assert tables.fisher_exact([[2, 15], [10, 3]]).p == pytest.approx(0.0005367, abs=5e-8)
    assert tables.fisher_exact([[3, 1], [1, 3]]).estimate == 9.0


def enumerated(table: list[list[int]]) -> float:
    """Freeman–Halton by visiting every 2 × c table with the margins, in exact fractions."""
    top, columns = sum(table[0]), [sum(c) for c in zip(*table, strict=True)]

    def chance(row: tuple[int, ...]) -> Fraction:
        ways = math.prod(comb(c, x) for c, x in zip(columns, row, strict=True))
        return Fraction(ways, comb(sum(columns), top))

    rows = [r for r in itertools.product(*(range(c + 1) for c in columns)) if sum(r) == top]
    seen = chance(tuple(table[0]))
    return float(sum(c for c in map(chance, rows) if c <= seen))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=4))
def test_fisher_of_wider_tables_is_the_enumeration(columns: list[tuple[int, int]]) -> None:
    table = [list(row) for row in zip(*columns, strict=True)]
    found = tables.fisher_exact(table)
    if found.warning is None:
        # SciPy adds chances made of logarithms: good to about eight digits.
        assert found.p == pytest.approx(enumerated(table), abs=1e-7)
        assert tables.fisher_exact(np.transpose(table)).p == pytest.approx(found.p)


def test_fisher_that_would_take_too_long_says_so() -> None:
    found = tables.fisher_exact(np.arange(50, 75).reshape(5, 5))
    assert math.isnan(found.p)
    assert found.warning == "not computed: the table is too large to enumerate"


def test_chi_square_of_agresti() -> None:
    # R help of chisq.test, Agresti (2007) p. 39: X-squared = 30.07, df = 2, p-value = 2.954e-07.
    found = tables.chi_square([[762, 327, 468], [484, 239, 477]])
    assert (found.statistic, found.df) == pytest.approx((30.070, 2), abs=5e-4)
    assert found.p == pytest.approx(2.954e-07, rel=1e-3)
    assert found.warning is None
    assert "below 5" in (tables.chi_square([[1, 2], [3, 4]]).warning or "")


AWKWARD: list[Any] = [([], []), ([1], []), ([None], [math.nan]), ([1], [2]), ([3, 3], [3, 3]), ([0, 0], [1, 1])]


@pytest.mark.parametrize("pair", AWKWARD)
@pytest.mark.parametrize("test", [comparison.anova, comparison.kruskal_wallis])
def test_awkward_groups_give_a_value_or_a_reason(test: Callable[..., Any], pair: tuple[list[Any], list[Any]]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = test(pair)
    assert math.isnan(found.p) == (found.warning is not None)


@pytest.mark.parametrize("table", [[[0, 0], [0, 0]], [[0, 0], [3, 4]], [[3, 0], [4, 0]], [[1, 0], [0, 0]]])
def test_empty_margins_give_a_reason(table: list[list[int]]) -> None:
    for test in (tables.fisher_exact, tables.chi_square):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = test(table)
        assert math.isnan(found.p)
        assert found.warning == tables.DEGENERATE
    with pytest.raises(ValueError, match="whole counts"):
        tables.fisher_exact([[1.5, 1], [1, 1]])


groups = st.lists(st.lists(st.integers(-3, 3), max_size=6), min_size=1, max_size=4)


@settings(max_examples=60, deadline=None)
@given(groups)
def test_small_groups_equal_scipy_or_give_a_reason(data: list[list[int]]) -> None:
    known = [x for x in data if x]
    for test, reference in ((comparison.anova, stats.f_oneway), (comparison.kruskal_wallis, stats.kruskal)):
        found = test(data)
        assert math.isfinite(found.p) == (found.warning is None)
        if found.warning is None and (expected := reference(*known)).statistic >= 0:
            assert (found.statistic, found.p) == pytest.approx(tuple(expected))


def test_equal_means_have_a_p_value_of_one() -> None:
    # In binary the squares between these groups sum to a little less than nothing, and SciPy's p is missing.
    found = comparison.anova([[0.0, 0.0, 0.0, -0.1, -0.1], [0.0, 0.0, -0.3, -0.1, 0.2]])
    assert (found.statistic, found.p) == (0.0, 1.0)


def test_split_keeps_groups_without_rows() -> None:
    frame = pd.DataFrame({"g": ["a", "b", "a"], "v": [1, 2, None]})
    assert [x.tolist() for x in comparison.split(frame, "v", "g", ["b", "a", "c"])] == [[2.0], [1.0], []]
