"""Adjusted p-values, against the closed testing principle enumerated here and against rules worked by hand."""

from __future__ import annotations

import itertools
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from trial_report.analysis.methods.multiplicity import Procedure, adjust

pytestmark = pytest.mark.requirement("REQ-307")

probabilities = st.lists(st.floats(0, 1), min_size=1, max_size=6)


@settings(max_examples=25, deadline=None)
@given(probabilities)
def test_holm_is_the_closure_of_bonferroni(p: list[float]) -> None:
    """The largest Bonferroni p over all intersections that contain the hypothesis (Marcus, Peritz & Gabriel 1976)."""
    parts = [c for k in range(1, len(p) + 1) for c in itertools.combinations(range(len(p)), k)]
    local = {part: min(1.0, len(part) * min(p[i] for i in part)) for part in parts}
    closed = [max(local[part] for part in parts if i in part) for i in range(len(p))]
    assert adjust(p, "holm").adjusted == pytest.approx(closed, abs=1e-12)


def test_holm_is_that_of_statsmodels() -> None:
    p = [0.2, 0.011, 0.011, 0.9, 0.04, 0.0]
    assert adjust(p, "holm").adjusted == pytest.approx(multipletests(p, method="holm")[1].tolist(), abs=1e-15)


@given(probabilities)
def test_hochberg_is_the_step_up_of_its_definition(p: list[float]) -> None:
    ranked = sorted(p)
    m = len(p)
    by_rank = [min(1.0, min((m - j) * ranked[j] for j in range(i, m))) for i in range(m)]
    assert sorted(x or 0.0 for x in adjust(p, "hochberg").adjusted) == pytest.approx(by_rank, abs=1e-12)


def test_the_five_p_values_by_hand() -> None:
    # p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), m) in R: Holm 5p, 4p, 3p with running maximum; Hochberg all 0.05.
    p = [0.01, 0.02, 0.03, 0.04, 0.05]
    assert adjust(p, "bonferroni").adjusted == pytest.approx((0.05, 0.10, 0.15, 0.20, 0.25))
    assert adjust(p, "holm").adjusted == pytest.approx((0.05, 0.08, 0.09, 0.09, 0.09))
    assert adjust(p, "hochberg").adjusted == pytest.approx((0.05,) * 5)
    assert adjust(p, "none").adjusted == tuple(p)


def test_fixed_sequence_stops_at_the_first_not_rejected() -> None:
    found = adjust([0.01, 0.2, 0.001], "fixed-sequence")
    assert found.adjusted == (0.01, 0.2, 0.2)
    assert found.rejected == (True, False, False)


def test_missing_stays_missing_and_leaves_the_family() -> None:
    found = adjust([0.01, None, 0.04], "holm")
    assert found.adjusted == pytest.approx((0.02, None, 0.04))
    assert found.rejected == (True, None, True)
    assert (found.tested, found.warnings) == (2, (None, "no p-value", None))


def test_missing_blocks_a_fixed_sequence() -> None:
    found = adjust([0.01, float("nan"), 0.001], "fixed-sequence")
    assert found.adjusted == (0.01, None, 1.0)
    assert found.rejected == (True, None, False)
    assert "earlier hypothesis" in (found.warnings[2] or "")


@pytest.mark.parametrize("procedure", get_args(Procedure))
def test_empty_and_all_missing_families(procedure: Procedure) -> None:
    assert adjust([], procedure).adjusted == ()
    found = adjust([None, None], procedure)
    assert found.adjusted == (None, None)
    assert found.warning == "not estimable: no p-values"


def test_what_is_no_p_value_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        adjust([1.2], "holm")
    with pytest.raises(ValueError, match="unknown procedure"):
        adjust([0.1], "sidak")  # type: ignore[arg-type]


@given(probabilities, st.randoms(use_true_random=False), st.sampled_from(["bonferroni", "holm", "hochberg"]))
def test_relabelling_the_hypotheses_relabels_the_result(p: list[float], rng: object, procedure: Procedure) -> None:
    order = list(range(len(p)))
    rng.shuffle(order)  # type: ignore[attr-defined]
    plain, shuffled = adjust(p, procedure).adjusted, adjust([p[i] for i in order], procedure).adjusted
    assert shuffled == pytest.approx([plain[i] for i in order])
    assert all((a or 0) >= b - 1e-15 for a, b in zip(plain, p, strict=True))
