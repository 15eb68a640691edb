"""The 3+3 rule cohort by cohort, and its operating characteristics against closed forms and a full enumeration."""

from __future__ import annotations

import itertools
from math import comb
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trial_report.analysis.methods.escalation import Cohort, Counts, Definition, Design, find_mtd, replay
from trial_report.analysis.methods.operating import operating_characteristics

pytestmark = pytest.mark.requirement("REQ-302", "REQ-303")

SIMPLE: Definition = "highest level with at most 1/6 DLT"
SIX: Definition = "highest level with at most 1/6 DLT and 6 patients"
BELOW: Definition = "level below the first with 2 DLTs"


def decisions(definition: Definition, *cohorts: tuple[str, int, int, int]) -> list[str]:
    return [s.decision for s in replay([Cohort(*c) for c in cohorts], Design(("A", "B", "C"), definition)).steps]


@pytest.mark.parametrize(
    ("cohorts", "expected"),
    [
        ([("A", 3, 3, 0)], ["escalate"]),
        ([("A", 3, 3, 1)], ["expand"]),
        ([("A", 3, 3, 1), ("A", 3, 3, 0)], ["expand", "escalate"]),
        ([("A", 3, 3, 0), ("B", 3, 3, 2)], ["escalate", "de-escalate"]),
        ([("A", 3, 3, 0), ("B", 3, 3, 2), ("A", 3, 3, 1)], ["escalate", "de-escalate", "stop"]),
        ([("A", 3, 3, 2)], ["stop"]),
        ([("A", 3, 3, 1), ("A", 3, 3, 1)], ["expand", "stop"]),
        ([("C", 3, 3, 0)], ["expand"]),
        ([("C", 3, 3, 0), ("C", 3, 3, 1)], ["expand", "stop"]),
    ],
)
def test_the_rule_with_six_at_the_mtd(cohorts: list[tuple[str, int, int, int]], expected: list[str]) -> None:
    assert decisions(SIX, *cohorts) == expected


def test_without_six_the_top_level_stops_at_three() -> None:
    assert decisions(SIMPLE, ("A", 3, 3, 0), ("B", 3, 3, 0), ("C", 3, 3, 0)) == ["escalate", "escalate", "stop"]
    assert decisions(SIMPLE, ("A", 3, 3, 0), ("B", 3, 3, 3)) == ["escalate", "stop"]


def test_patients_who_are_not_evaluable_are_replaced() -> None:
    found = replay([Cohort("A", 3, 2, 0), Cohort("A", 1, 1, 0)], Design(("A", "B")))
    first, second = found.steps
    assert (first.decision, first.next_level, first.patients) == ("not enough data", "A", 1)
    assert first.reason == "2 of 3 evaluable, no DLT"
    assert (second.decision, second.total_evaluable) == ("escalate", 3)
    # In an expanded level it is 6 that are needed.
    found = replay([Cohort("A", 3, 3, 1), Cohort("A", 3, 2, 0)], Design(("A", "B")))
    assert (found.steps[1].decision, found.steps[1].patients) == ("not enough data", 1)


def test_two_dlts_decide_even_before_three_are_evaluable() -> None:
    assert decisions(SIX, ("A", 3, 3, 0), ("B", 3, 2, 2)) == ["escalate", "de-escalate"]


def test_no_cohort_and_a_level_that_nobody_reached() -> None:
    found = replay([], Design(("A", "B")))
    assert (found.mtd, found.complete, found.warning) == (None, False, "not determined: no cohort was treated")
    assert found.counts == {"A": Counts(), "B": Counts()}
    found = replay([Cohort("A", 3, 3, 0)], Design(("A", "B")))
    assert found.warning == "not determined: the rule asks to escalate with 3 patients at B"


def test_a_trial_that_did_not_follow_the_rule_shows_it() -> None:
    found = replay([Cohort("A", 3, 3, 1), Cohort("B", 3, 3, 0)], Design(("A", "B")))
    assert [s.followed for s in found.steps] == [False, None]


def test_every_level_too_toxic_leaves_no_mtd() -> None:
    found = replay([Cohort("A", 3, 3, 2)], Design(("A", "B")))
    assert (found.complete, found.mtd) == (True, None)
    assert found.warning == "no MTD: the lowest dose level is too toxic"


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([(3, 0), (3, 0), (6, 0)], ["C", "C", None]),
        ([(3, 0), (3, 0), (6, 1)], ["C", "C", None]),
        ([(3, 0), (6, 1), (3, 2)], ["B", "B", "B"]),
        ([(3, 0), (3, 0), (6, 2)], ["B", None, "B"]),
        ([(3, 0), (6, 2), (0, 0)], ["A", None, "A"]),
        ([(6, 2), (0, 0), (0, 0)], [None, None, None]),
        ([(0, 0), (0, 0), (0, 0)], [None, None, None]),
        ([(3, 1), (0, 0), (0, 0)], [None, None, None]),
        ([(3, 0), (3, 0), (14, 2)], ["C", "C", "B"]),
    ],
)
def test_mtd_by_each_definition(counts: list[tuple[int, int]], expected: list[str | None]) -> None:
    known = dict(zip("ABC", (Counts(*c) for c in counts), strict=True))
    assert [find_mtd(known, "ABC", d) for d in (SIMPLE, SIX, BELOW)] == expected


def test_contradictions_are_refused() -> None:
    with pytest.raises(ValueError, match="DLTs ≤ evaluable ≤ treated"):
        Cohort("A", 3, 2, 3)
    with pytest.raises(ValueError, match="unknown dose level"):
        replay([Cohort("Z", 3, 3, 0)], Design(("A",)))
    with pytest.raises(ValueError, match="unknown MTD definition"):
        Design(("A",), "largest")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="each named once"):
        Design(())


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 3), st.integers(0, 3)), max_size=8))
def test_renaming_the_levels_renames_the_result(history: list[tuple[str, int, int]]) -> None:
    def run(names: str) -> tuple[list[str], str | None]:
        new = dict(zip("ABC", names, strict=True))
        cohorts = [Cohort(new[level], 3, max(n, d), d) for level, n, d in history]
        found = replay(cohorts, Design(tuple(names)))
        back = {v: k for k, v in new.items()} | {None: None}
        return [s.decision for s in found.steps], back[found.mtd]  # type: ignore[index]

    assert run("ABC") == run("XYZ")


def escalates(p: float) -> float:
    """Closed form: no DLT in 3, or one and then none in 3 (Lin & Shih 2001, formula for P0 + Q0)."""
    return (1 - p) ** 3 + 3 * p * (1 - p) ** 2 * (1 - p) ** 3


@pytest.mark.parametrize("rates", [(0.1, 0.2, 0.35), (0.05, 0.05, 0.05), (0.0, 0.5, 1.0)])
def test_characteristics_without_de_escalation_are_the_closed_form(rates: tuple[float, ...]) -> None:
    # MTD = level below the first with 2 DLTs: product of the probabilities to escalate, times that of stopping;
    # patients at a level: reached × (3 + 3 P(one DLT in 3)). Tolerance 1e-12.
    found = operating_characteristics(rates, Design(("A", "B", "C"), BELOW, allow_de_escalation=False))
    up = [escalates(p) for p in rates]
    reached = [1.0, up[0], up[0] * up[1]]
    stopped = [r * (1 - u) for r, u in zip(reached, up, strict=True)]
    patients = [r * (3 + 9 * p * (1 - p) ** 2) for r, p in zip(reached, rates, strict=True)]
    assert found.by_level["p_mtd"].tolist() == pytest.approx([stopped[1], stopped[2], 0.0], abs=1e-12)
    assert found.totals.loc[0, "p_too_toxic"] == pytest.approx(stopped[0], abs=1e-12)
    assert found.totals.loc[0, "p_not_reached"] == pytest.approx(up[0] * up[1] * up[2], abs=1e-12)
    assert found.by_level["expected_patients"].tolist() == pytest.approx(patients, abs=1e-12)
    assert found.totals.loc[0, "expected_patients"] == pytest.approx(sum(patients), abs=1e-12)


def outcome_of(first: tuple[int, ...], second: tuple[int, ...]) -> tuple[int | None, tuple[int, ...], int]:
    """A trial with 6 at the MTD, written without the state machine: MTD, patients a level, DLTs in all.

    `first`, `second`: the DLTs that the first and second three patients of each level would have.
    """
    levels = len(first)
    n, at, toxic = [0] * levels, 0, levels
    while 0 <= at < toxic:
        n[at] = 6 if first[at] == 1 else max(n[at], 3)
        bad = first[at] >= 2 or (first[at] == 1 and second[at] >= 1)
        if bad:
            toxic = at
            at -= 1
            break
        at += 1
    at = min(at, levels - 1)
    while at >= 0:
        n[at] = 6
        if first[at] + second[at] <= 1:
            break
        at -= 1
    dlts = sum((f if m >= 3 else 0) + (s if m == 6 else 0) for f, s, m in zip(first, second, n, strict=True))
    return (at if at >= 0 else None), tuple(n), dlts


def test_characteristics_with_six_equal_a_full_enumeration() -> None:
    rates = (0.1, 0.25, 0.4)
    p_mtd, patients, dlts = np.zeros(3), np.zeros(3), 0.0
    for first in itertools.product(range(4), repeat=3):
        for second in itertools.product(range(4), repeat=3):
            chance = 1.0
            for f, s, p in zip(first, second, rates, strict=True):
                chance *= comb(3, f) * comb(3, s) * p ** (f + s) * (1 - p) ** (6 - f - s)
            mtd, n, seen = outcome_of(first, second)
            if mtd is not None:
                p_mtd[mtd] += chance
            patients += chance * np.array(n)
            dlts += chance * seen
    found = operating_characteristics(rates, Design(("A", "B", "C"), SIX))
    np.testing.assert_allclose(found.by_level["p_mtd"], p_mtd, atol=1e-12)
    np.testing.assert_allclose(found.by_level["expected_patients"], patients, atol=1e-12)
    assert found.totals.loc[0, "expected_dlts"] == pytest.approx(dlts, abs=1e-12)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=4), st.sampled_from(get_args(Definition)), st.booleans())
def test_probabilities_add_up_to_one(rates: list[float], definition: Definition, down: bool) -> None:
    design = Design(tuple("ABCD"[: len(rates)]), definition, down)
    found = operating_characteristics(rates, design)
    ends = found.totals[["p_too_toxic", "p_not_reached", "p_undetermined"]].sum(axis=1)
    assert found.by_level["p_mtd"].sum() + ends.iloc[0] == pytest.approx(1.0)


def test_scenarios_do_not_touch_each_other() -> None:
    design = Design(("A", "B"))
    both = operating_characteristics([[0.1, 0.3], [0.2, 0.2]], design).by_level
    alone = operating_characteristics([0.2, 0.2], design).by_level
    assert both.loc[both["scenario"] == 1, "p_mtd"].tolist() == alone["p_mtd"].tolist()
    with pytest.raises(ValueError, match="as many true rates"):
        operating_characteristics([0.1], design)
    with pytest.raises(ValueError, match="between 0 and 1"):
        operating_characteristics([0.1, 1.2], design)


def test_the_rule_waits_where_it_depends_on_who_is_still_observed():
    """One DLT in two and one to come: with none more it is 1 of 3, expand; with one more 2 of 3, down."""
    design = Design(("A", "B"))
    cohorts = [Cohort("A", 3, 3, 0), Cohort("B", 3, 2, 1, pending=1)]
    found = replay(cohorts, design)
    assert (found.steps[-1].decision, found.steps[-1].patients) == ("pending", 0)
    assert found.steps[-1].reason == "1 DLT in 2, 1 in the DLT window"
    assert [(one.decision, one.next_level, one.patients) for one in found.outlook] == [
        ("expand", "B", 3), ("de-escalate", "A", 3),
    ]  # fmt: skip
    assert found.warning == "not determined: 1 DLT in 2, 1 in the DLT window"


def test_the_rule_does_not_wait_where_it_is_decided_already():
    """Two DLTs in two: too toxic whatever becomes of the third."""
    found = replay([Cohort("A", 3, 3, 0), Cohort("B", 3, 2, 2, pending=1)], Design(("A", "B")))
    assert (found.steps[-1].decision, found.steps[-1].next_level) == ("de-escalate", "A")


def test_who_is_still_observed_is_not_replaced():
    """Two evaluable without a DLT and one to come: escalate or expand, and nobody is asked for meanwhile."""
    found = replay([Cohort("A", 3, 2, 0, pending=1)], Design(("A", "B")))
    assert (found.steps[-1].decision, found.steps[-1].patients) == ("pending", 0)
    assert [one.decision for one in found.outlook] == ["escalate", "expand"]


def test_the_pending_are_among_those_not_evaluable():
    with pytest.raises(ValueError, match="1 cannot be pending"):
        Cohort("A", 3, 3, 0, pending=1)


def test_there_is_no_maximum_while_somebody_of_the_last_level_is_observed():
    """None of five, and one to come, at the highest level: no further cohort, but six have not yet tolerated it."""
    design = Design(("A",), SIX)
    found = replay([Cohort("A", 3, 3, 0), Cohort("A", 3, 2, 0, pending=1)], design)
    assert (found.steps[-1].decision, found.complete, found.mtd) == ("stop", False, None)
    assert replay([Cohort("A", 3, 3, 0), Cohort("A", 3, 3, 0)], design).mtd == "A"
