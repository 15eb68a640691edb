"""Rules of efficacy in the second computation, by values worked out by hand: proportions, few values, carried ones."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.studies._build import Study, study
from trial_report.analysis.verify.compare import MATCHED, compare
from trial_report.analysis.verify.impute import BATCHES
from trial_report.analysis.verify.proportion import newcombe, stratified, wilson
from trial_report.analysis.verify.road import Road
from trial_report.analysis.verify.tipping import directions
from trial_report.analysis.verify.verification import recompute

pytestmark = pytest.mark.requirement("REQ-505")


def found(made: Study, tmp_path: Path) -> dict[str, Any]:
    """Key → value (or text) of all that the second road computes of a study; nothing of it may have failed."""
    second = recompute(made.write(tmp_path / "study"))
    assert second.failures == ()
    rows = second.found
    return {row.key: row.value if pd.isna(row.text) else row.text for row in rows.itertuples()}


def test_a_score_interval_solves_its_equation() -> None:
    """Of 3 in 10 the limits p have (0.3 - p)² = z² p (1 - p) / 10."""
    for limit in wilson(3, 10, 0.95):
        assert (0.3 - limit) ** 2 == pytest.approx(1.959963985**2 * limit * (1 - limit) / 10, rel=1e-8)


def test_newcombe_of_an_empty_group() -> None:
    """Nobody in one group: no difference; the paper's contrast (b), 9 of 10 and 3 of 10, 0.1705 to 0.8090."""
    assert all(math.isnan(value) for value in newcombe(3, 10, 0, 0, 0.95))
    assert newcombe(9, 10, 3, 10, 0.95) == pytest.approx((0.6, 0.1705, 0.8090), abs=5e-5)


def test_difference_over_strata_by_hand() -> None:
    """2 of 4 and 1 of 4, 3 of 4 and 1 of 4: weights 2 and 2, so (0.25 × 2 + 0.5 × 2) / 4 = 0.375.

    Sato: P = 2 × (16 b - 16 a) / 64 = -0.25 and -0.5; Q = (2 × 3 + 1 × 2) / 16 = 0.5 and (3 × 3 + 1 × 1) / 16 = 0.625.
    Variance (0.375 × -0.75 + 1.125) / 16 = 0.052734. The test: (0.5 + 1)² / (16 × 15 / 448 + 16 × 16 / 448).
    """
    difference, low, high, p = stratified([(2, 4, 1, 4), (3, 4, 1, 4), (0, 0, 3, 5)], 0.95)
    assert difference == pytest.approx(0.375)
    assert (high - low) / 2 / 1.959963985 == pytest.approx(math.sqrt((0.375 * -0.75 + 1.125) / 16), rel=1e-8)
    chi = 1.5**2 / (16 * 15 / 448 + 16 * 16 / 448)
    assert p == pytest.approx(math.erfc(math.sqrt(chi / 2)), rel=1e-9)


@pytest.mark.parametrize(
    ("estimates", "expected"),
    [
        (np.full(BATCHES, 3.0), [-1.0]),
        (np.full(BATCHES, -3.0), [1.0]),
        (np.linspace(-0.1, 0.1, BATCHES), [1.0, -1.0]),
        (np.linspace(0.4, 0.5, BATCHES), [-1.0]),
        (np.zeros(BATCHES), [1.0, -1.0]),
    ],
)
def test_shifts_go_against_the_sign(estimates: np.ndarray, expected: list[float]) -> None:
    """An estimate near 0 has the one sign in one run, the other in another."""
    assert sorted(directions(estimates)) == sorted(expected)


def test_either_of_two_values_agrees() -> None:
    """With an `other` value both are right, and what lies between them is not."""
    shared = {"analysis": "a", "statistic": "delta", "text": None}
    here = pd.DataFrame([{**shared, "key": key, "value": v, "formatted": str(v)} for key, v in
                         (("one", 2.0), ("two", 5.0), ("three", 3.0))])  # fmt: skip
    there = pd.DataFrame([{"key": key, "analysis": "a", "value": 2.0, "other": 5.0} for key in ("one", "two", "three")])
    here["text"] = here["text"].astype("str").where(here["text"].notna())
    there["text"] = pd.Series([None] * 3, dtype="str")
    states = compare(here, there).set_index("key")["state"]
    assert states[["one", "two"]].eq(MATCHED).all()
    assert states["three"] != MATCHED


GROUPS = {"PBO": 0, "A": 10}
EIGHT = """
    id  arm  sex  site
    P1  PBO  M    01
    P2  PBO  F    02
    P3  PBO  M    01
    P4  PBO  F    02
    A1  A    M    01
    A2  A    F    02
    A3  A    M    01
    A4  A    M    02
"""


def test_few_values_and_hypotheses(tmp_path: Path) -> None:
    """Three of group A have a value: counted and averaged, and nothing inferred; who is not compared has no hypothesis.

    Fisher of 4 of 4 against 0 of 4, both tails: 2 / 70.
    """
    made = study(
        groups=GROUPS,
        subjects=EIGHT,
        values={
            "SCORE": "id  BL  W4\nP1  50  48\nP2  52  51\nP3  54  53\nP4  55  56\nA1  50  44\nA2  53  45\nA3  51  47\n",
            "WELL": "id  W4\nP1  N\nP2  N\nP3  N\nP4  N\nA1  Y\nA2  1\nA3  YES\nA4  Y\n",
            "CURED": "id  W4\nP1  N\nP2  N\nP3  N\nP4  N\nA1  Y\n",
        },
        endpoints=[
            {"paramcd": "SCORE", "comparison": "ancova", "control": "PBO"},
            {"paramcd": "WELL", "kind": "binary", "comparison": "proportions", "control": "PBO", "benefit": "increase"},
            {"paramcd": "CURED", "kind": "binary", "benefit": "increase"},
        ],
        multiplicity={"procedure": "bonferroni"},
    )
    rows = found(made, tmp_path)
    score, well = "eff.comparison/ITT/SCORE/W4", "eff.proportion/ITT/WELL/W4"
    assert (rows[f"{score}/PBO/-/n"], rows[f"{score}/A/-/n"]) == (4, 3)
    assert not math.isnan(rows[f"{score}/PBO/-/estimate"])
    assert all(math.isnan(rows[f"{score}/A/-/{s}"]) for s in ("estimate", "se", "ci_low", "ci_high"))
    assert all(math.isnan(rows[f"{score}/A/DIFFERENCE/{s}"]) for s in ("estimate", "p", "p_adjusted"))
    assert rows[f"{score}/A/DIFFERENCE/decision"] == "not tested"
    assert rows["eff.by_visit/ITT/SCORE/W4/A/CHG/mean"] == pytest.approx(-6)
    assert math.isnan(rows["eff.by_visit/ITT/SCORE/W4/A/CHG/ci_low"])
    assert rows[f"{well}/A/DIFFERENCE/estimate"] == pytest.approx(100)
    assert rows[f"{well}/A/DIFFERENCE/p"] == pytest.approx(2 / 70)
    # SCORE has no p-value, so of two hypotheses one is adjusted for; CURED is no hypothesis.
    assert rows["eff.family/ITT/CHG/-/TOTAL/-/hypotheses"] == 2
    assert rows[f"{well}/A/DIFFERENCE/p_adjusted"] == pytest.approx(2 / 70)
    assert not [key for key in rows if key.startswith(("eff.test/ITT/SCORE/W4", "eff.proportion/ITT/CURED"))]


def test_a_subgroup_of_nobody(tmp_path: Path) -> None:
    """No woman of the four with a value: no means of women, and those of the men all the same."""
    made = study(
        groups=GROUPS,
        subjects=EIGHT,
        values={"SCORE": "id  BL  W4\nP1  50  48\nP3  52  51\nA1  50  44\nA3  53  45\n"},
        endpoints=[{"paramcd": "SCORE", "comparison": "ancova", "control": "PBO", "factors": ["SITEID"]}],
        characteristics=[
            {"variable": "SEX", "label": "Sex", "kind": "categorical", "levels": {"M": "Men", "F": "Women"}},
        ],
        subgroups=[{"variable": "SEX", "label": "Sex"}],
        inference_from=2,
    )  # fmt: skip
    rows = found(made, tmp_path)
    women = "eff.subgroup_comparison/ITT/SCORE/W4/A/SEX|F"
    assert rows[f"{women}/n"] == 0
    assert math.isnan(rows[f"{women}/estimate"])
    # Changes of men are -2, -1 and -6, -8, their baselines 50, 52 and 50, 53. Within groups the sum of squares is
    # 2 + 4.5, that of products 1 - 3, the slope -4 / 13; the difference is -7 + 1.5 - slope × (51.5 - 51).
    assert rows["eff.subgroup_comparison/ITT/SCORE/W4/A/SEX|M|DIFFERENCE/estimate"] == pytest.approx(-5.5 + 2 / 13)


def test_imputed_within_a_group_of_few(tmp_path: Path) -> None:
    """Of placebo two have a value at week 4, too few to impute the others by; of A three have, and one is imputed."""
    made = study(
        groups=GROUPS,
        subjects=EIGHT,
        values={"SCORE": """
            id  BL  W4
            P1  50  48
            P2  52  51
            P3  54  .
            P4  55  .
            A1  50  44
            A2  53  45
            A3  51  47
            A4  52  .
        """},
        endpoints=[{"paramcd": "SCORE", "comparison": "ancova", "control": "PBO", "missing": ["locf", "mi"]}],
        missing_data={"within_groups": True, "imputations": 5},
        inference_from=2,
    )  # fmt: skip
    rows = found(made, tmp_path)
    place = "eff.missing/ITT/SCORE/W4"
    assert (rows[f"{place}/PBO/mi/imputed"], rows[f"{place}/A/mi/imputed"]) == (0, 1)
    # Nothing later than the baseline: nothing to carry.
    assert (rows[f"{place}/PBO/locf/n"], rows[f"{place}/PBO/locf/imputed"]) == (2, 0)


def test_the_last_observation_whatever_its_visit(tmp_path: Path) -> None:
    """Week 2 is days 2 to 22, week 4 from day 23 on. To week 4 day 20 is carried, though week 2 has the value of
    day 15; what was measured in week 4 is not carried, nor back to week 2; a baseline is not carried.
    """
    values = """
        id  visit  day  value
        P1  BL     1    50
        P1  W2     15   47
        P1  2.01   20   44
        P2  BL     1    52
        P2  W2     15   50
        P2  W4     29   51
        P3  BL     1    54
        A1  BL     1    50
        A1  2.01   23   30
    """
    made = study(
        groups=GROUPS, subjects=EIGHT, visits={"BL": 1, "W2": 15, "W4": 29}, values={"SCORE": values},
        endpoints=[{"paramcd": "SCORE", "comparison": "ancova", "control": "PBO", "missing": ["locf"],
                    "visits": ["W2", "W4"]}],
    )  # fmt: skip
    road = Road(made.write(tmp_path / "study"))
    carried = road.frame("SELECT visit, USUBJID, y, is_carried FROM carried WHERE grp IN ('PBO', 'A')")
    by_id = {(row.visit, row.USUBJID[-2:]): (row.y, row.is_carried) for row in carried.itertuples()}
    assert by_id == {
        ("W2", "P1"): (-3.0, False),
        ("W2", "P2"): (-2.0, False),
        ("W4", "P1"): (-6.0, True),
        ("W4", "P2"): (-1.0, False),
        ("W4", "A1"): (-20.0, False),
    }
