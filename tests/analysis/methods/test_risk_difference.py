"""Differences of proportions, against Newcombe's published table and R."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trial_report.analysis.methods.risk_difference import NO_STRATUM, NO_WIDTH, mantel_haenszel, newcombe
from trial_report.analysis.methods.stratified import association

pytestmark = pytest.mark.requirement("REQ-307")

# Newcombe RG, Stat Med 1998;17:873–890, table II, method 10: 95% limits to four decimals.
NEWCOMBE = {
    (56, 70, 48, 80): (0.0524, 0.3339),
    (9, 10, 3, 10): (0.1705, 0.8090),
    (6, 7, 2, 7): (0.0582, 0.8062),
    (5, 56, 0, 29): (-0.0381, 0.1926),
    (0, 10, 0, 20): (-0.1611, 0.2775),
    (0, 10, 0, 10): (-0.2775, 0.2775),
    (10, 10, 0, 20): (0.6791, 1.0000),
    (10, 10, 0, 10): (0.6075, 1.0000),
}

# ?UCBAdmissions of R: admitted men and all men, admitted women and all women, by department.
MEN, ALL_MEN = [512, 353, 120, 138, 53, 22], [825, 560, 325, 417, 191, 373]
WOMEN, ALL_WOMEN = [89, 17, 202, 131, 94, 24], [108, 25, 593, 375, 393, 341]


def test_newcombe_prints_table_ii() -> None:
    difference, low, high = newcombe(*np.array(list(NEWCOMBE)).T)
    assert difference == pytest.approx([0.2, 0.6, 4 / 7, 5 / 56, 0, 0, 1, 1])
    assert low == pytest.approx([one for one, _ in NEWCOMBE.values()], abs=5e-5)
    assert high == pytest.approx([two for _, two in NEWCOMBE.values()], abs=5e-5)


@given(st.tuples(st.integers(1, 60), st.integers(1, 60)).flatmap(
    lambda n: st.tuples(st.integers(0, n[0]), st.just(n[0]), st.integers(0, n[1]), st.just(n[1]))))  # fmt: skip
def test_groups_that_change_places_change_the_sign(case: tuple[int, int, int, int]) -> None:
    x1, n1, x2, n2 = case
    (one, low, high), (other, low_too, high_too) = newcombe(x1, n1, x2, n2), newcombe(x2, n2, x1, n1)
    assert (one, low, high) == pytest.approx((-other, -high_too, -low_too), abs=1e-12)
    assert -1 - 1e-12 <= low <= one + 1e-12
    assert one - 1e-12 <= high <= 1 + 1e-12


def test_a_group_without_patients_has_no_difference() -> None:
    assert np.isnan(np.array(newcombe([0, 1], [0, 2], [1, 0], [3, 0]))).all()


@pytest.mark.parametrize(
    ("strata", "level", "expected"),
    [
        # R 4.2.2, metafor 3.8.1: rma.mh(ai, n1i = , ci, n2i = , measure = "RD"), which takes Sato's variance.
        ((MEN, ALL_MEN, WOMEN, ALL_WOMEN), 0.95, (-0.0184251962, -0.0474824353, 0.0106320430)),
        (([16, 12], [27, 28], [5, 7], [25, 26]), 0.95, (0.2737598579, 0.0965028251, 0.4510168907)),
        (([1, 2, 0, 3], [2, 3, 2, 3], [0, 1, 1, 0], [2, 2, 3, 1]), 0.90, (0.2530120482, -0.1467853292, 0.6528094255)),
    ],
)
def test_mantel_haenszel_is_that_of_metafor(strata, level: float, expected: tuple[float, ...]) -> None:
    found = mantel_haenszel(*strata, level=level)
    assert (found.estimate, found.ci_low, found.ci_high) == pytest.approx(expected, abs=1e-9)


def test_the_test_beside_it_is_that_of_r() -> None:
    """R 4.2.2: mantelhaen.test(UCBAdmissions, correct = FALSE): X-squared 1.5246, df 1, p 0.2169 (printed digits)."""
    men, women = np.array([MEN, ALL_MEN]), np.array([WOMEN, ALL_WOMEN])
    tables = np.stack([np.stack([x[0], x[1] - x[0]], axis=1) for x in (men, women)], axis=1)
    found = association(tables)
    assert (round(found.statistic, 4), found.df, round(found.p, 4)) == (1.5246, 1, 0.2169)


def test_one_stratum_is_the_plain_difference_and_an_empty_arm_has_no_weight() -> None:
    one = mantel_haenszel([9], [10], [3], [10])
    assert one.estimate == pytest.approx(0.6)
    more = mantel_haenszel([9, 4, 0], [10, 5, 0], [3, 0, 2], [10, 0, 2])
    assert (more.estimate, more.ci_low, more.ci_high, more.n) == (one.estimate, one.ci_low, one.ci_high, 20)


def test_what_has_no_interval_says_why() -> None:
    nobody = mantel_haenszel([0, 0], [4, 3], [0, 0], [5, 2])
    assert (nobody.estimate, nobody.warning) == (0.0, NO_WIDTH)
    assert np.isnan([nobody.ci_low, nobody.ci_high]).all()
    apart = mantel_haenszel([1, 0], [4, 0], [0, 1], [0, 2])
    assert np.isnan(apart.estimate)
    assert apart.warning == NO_STRATUM
