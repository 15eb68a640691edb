"""Kaplan–Meier and log-rank, against the published analysis of the Freireich data."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trial_report.analysis.methods import survival

pytestmark = pytest.mark.requirement("REQ-307")

# Freireich et al., Blood 1963;21:699–716: weeks of remission in acute leukaemia, 6-mercaptopurine and placebo.
MP = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
MP_EVENT = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


def test_6mp_curve_as_published() -> None:
    # Kleinbaum & Klein, Survival Analysis, 3rd ed., table 2.2 (survival to four digits); Greenwood SE by R survfit.
    fit = survival.kaplan_meier(MP, MP_EVENT)
    events = fit.curve[fit.curve["events"] > 0]
    assert events["time"].tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert events["at_risk"].tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert events["survival"].tolist() == pytest.approx(
        [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482], abs=5.1e-5
    )
    assert events["se"].tolist() == pytest.approx([0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346], abs=5.1e-5)


def test_log_log_limits_by_the_formula() -> None:
    # S^exp(±z se / (S |log S|)) at 6 weeks, S = 6/7, se = sqrt(S (1 - S) / 21).
    fit = survival.kaplan_meier(MP, MP_EVENT)
    row = fit.curve[fit.curve["time"] == 6].iloc[0]
    s = 6 / 7
    reach = 1.959963985 * math.sqrt(s * (1 - s) / 21) / (s * abs(math.log(s)))
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((s ** math.exp(reach), s ** math.exp(-reach)))


def test_log_log_limits_as_published() -> None:
    # R survfit(conf.type = "log-log") and Stata sts list (same scale) of the Freireich data, four digits.
    fit = survival.kaplan_meier(MP, MP_EVENT)
    events = fit.curve[fit.curve["events"] > 0]
    assert events["ci_low"].tolist() == pytest.approx(
        [0.6197, 0.5631, 0.5032, 0.4316, 0.3675, 0.2678, 0.1881], abs=5.1e-5
    )
    assert events["ci_high"].tolist() == pytest.approx(
        [0.9516, 0.9228, 0.8894, 0.8491, 0.8049, 0.7468, 0.6801], abs=5.1e-5
    )


def test_there_are_no_limits_before_the_first_event_and_where_nobody_is_left() -> None:
    """log(-log S) is infinite at S = 1 and S = 0: the estimate stands, its interval does not exist, and says why."""
    fit = survival.kaplan_meier([2, 3, 5, 8], [0, 1, 1, 1])
    assert fit.curve["survival"].tolist() == pytest.approx([1, 1, 2 / 3, 1 / 3, 0])
    exists = [False, False, True, True, False]
    assert (fit.curve[["ci_low", "ci_high"]].notna().to_numpy() == np.array([exists, exists]).T).all()
    found = survival.survival_at(fit, [0, 2.9, 3, 8, 9])
    assert found["survival"].tolist() == pytest.approx([1, 1, 2 / 3, 0, 0])
    assert found["ci_low"].isna().tolist() == [True, True, False, True, True]
    assert found["ci_high"].isna().tolist() == [True, True, False, True, True]
    assert found["warning"].tolist() == [
        survival.NONE_YET, survival.NONE_YET, None, survival.NONE_LEFT, survival.NONE_LEFT,
    ]  # fmt: skip


def test_without_any_event_no_time_has_limits() -> None:
    fit = survival.kaplan_meier([4, 7], [0, 0])
    assert fit.curve["survival"].tolist() == [1, 1, 1]
    assert fit.curve[["ci_low", "ci_high"]].isna().all(axis=None)
    assert survival.survival_at(fit, [7])["warning"].tolist() == [survival.NONE_YET]


def test_medians_as_published() -> None:
    # SAS LIFETEST and R survfit(conf.type = "log-log"): 23 (13, not reached) and 8 (4, 11) weeks.
    median = survival.kaplan_meier(MP, MP_EVENT).median
    assert (median.estimate, median.ci_low) == (23, 13)
    assert math.isnan(median.ci_high)
    assert median.warning == "upper limit not estimable"
    median = survival.kaplan_meier(PLACEBO, [1] * 21).median
    assert (median.estimate, median.ci_low, median.ci_high, median.warning) == (8, 4, 11, None)


def test_log_rank_as_published() -> None:
    # Kleinbaum & Klein: log-rank statistic 16.793, 1 df.
    found = survival.log_rank(MP + PLACEBO, MP_EVENT + [1] * 21, ["6-MP"] * 21 + ["placebo"] * 21)
    assert found.statistic == pytest.approx(16.793, abs=5e-4)
    assert found.df == 1
    assert found.p == pytest.approx(4.17e-5, abs=1e-7)


def test_numbers_at_risk_and_survival_at_given_times() -> None:
    fit = survival.kaplan_meier(MP, MP_EVENT)
    assert survival.numbers_at_risk(fit, [0, 6, 7, 12, 35, 36]) == [21, 21, 17, 12, 1, 0]
    found = survival.survival_at(fit, [0, 5, 6, 40])
    assert found["survival"].tolist() == pytest.approx([1, 1, 6 / 7, math.nan], nan_ok=True)
    assert found["warning"].tolist() == [survival.NONE_YET, survival.NONE_YET, None, survival.BEYOND]


def test_median_on_a_flat_stretch_is_its_beginning() -> None:
    # S is exactly 1/2 from 2 to 5: inf{t: S(t) <= 1/2}, Klein and Moeschberger 2003, section 4.5.
    assert survival.kaplan_meier([1, 2, 5, 6], [1, 1, 1, 1]).median.estimate == 2


@pytest.mark.parametrize(
    ("time", "event", "warning", "median_warning"),
    [
        ([], [], "not estimable: no patients", "not estimable: no patients"),
        ([None], [1], "not estimable: no patients", "not estimable: no patients"),
        ([3, 4], [0, 0], "not estimable: no events", "not estimable: no events"),
        ([3, 4, 5], [1, 0, 0], None, "median not reached; upper limit not estimable"),
        ([3], [1], None, "lower limit not estimable; upper limit not estimable"),
        ([0, 0], [1, 1], None, "lower limit not estimable; upper limit not estimable"),
    ],
)
def test_what_does_not_exist(
    time: list[float | None], event: list[int], warning: str | None, median_warning: str | None
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit = survival.kaplan_meier(time, event)
        survival.survival_at(fit, [0, 1, 10])
        survival.numbers_at_risk(fit, [0, 10])
        survival.log_rank(time, event, ["a"] * len(time))
    assert fit.warning == warning
    assert fit.median.warning == median_warning


def test_without_censoring_it_is_the_empirical_survival() -> None:
    time = np.random.default_rng(8).integers(1, 10, 40)
    curve = survival.kaplan_meier(time, np.ones(40)).curve
    assert curve["survival"].tolist() == pytest.approx([(time > t).mean() for t in curve["time"]])


def test_log_rank_where_it_has_nothing_to_compare() -> None:
    assert survival.log_rank([1, 2], [1, 1], ["a", "a"]).warning == "not estimable: fewer than two groups"
    assert survival.log_rank([1, 2], [0, 0], ["a", "b"]).warning == "not estimable: no events"


def test_impossible_values_are_refused() -> None:
    with pytest.raises(ValueError, match="never negative"):
        survival.kaplan_meier([-1], [1])
    with pytest.raises(ValueError, match="0 or 1"):
        survival.kaplan_meier([1], [2])


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=12),
    st.randoms(use_true_random=False),
    st.sampled_from([2, 7]),
)
def test_order_of_rows_and_unit_of_time_do_not_matter(rows: list[tuple[int, bool]], rng: object, factor: int) -> None:
    shuffled = list(rows)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    one = survival.kaplan_meier(*zip(*rows, strict=True))
    two = survival.kaplan_meier([factor * t for t, _ in shuffled], [d for _, d in shuffled])
    assert two.curve["survival"].tolist() == pytest.approx(one.curve["survival"].tolist())
    assert two.median.estimate == pytest.approx(factor * one.median.estimate, nan_ok=True)


def test_log_rank_leaves_out_who_was_gone_before_the_first_event() -> None:
    """R's survdiff gives a group that expects no event no degree of freedom; two such groups cannot be compared."""
    with_gone = survival.log_rank([1, 3, 4, 5, 6], [0, 1, 1, 0, 1], ["gone", "a", "b", "a", "b"])
    without = survival.log_rank([3, 4, 5, 6], [1, 1, 0, 1], ["a", "b", "a", "b"])
    assert (with_gone.statistic, with_gone.df, with_gone.p) == (without.statistic, 1, without.p)
    for time, event in (([0, 1], [0, 1]), ([2, 2], [1, 1])):
        found = survival.log_rank(time, event, ["a", "b"])
        assert math.isnan(found.p)
        assert found.warning == "not estimable: the groups were never at risk together"
