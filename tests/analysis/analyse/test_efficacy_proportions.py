"""Proportions compared with control: differences with their limits, tests, strata, responders, and the family."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.analysis.analyse.efficacy_frames import definition, measurements, subjects, trial, values
from trial_report.analysis.analyse import further
from trial_report.analysis.analyse.efficacy_proportions import PROPORTION
from trial_report.analysis.analyse.efficacy_tests import analyse
from trial_report.analysis.trial import Trial

pytestmark = pytest.mark.requirement("REQ-307")

HEALED: dict[str, Any] = {
    "kind": "binary", "benefit": "increase", "responder": None, "comparison": "proportions", "control": "A",
    "visits": ["V1"],
}  # fmt: skip
AT = "eff.proportion/ALL/SCORE/V1"
LIMITS = ("estimate", "ci_low", "ci_high")

# SAS/STAT User's Guide, The FREQ Procedure: migraine, better of all, active then placebo, by sex.
MIGRAINE = {("B", "F"): (16, 27), ("A", "F"): (5, 25), ("B", "M"): (12, 28), ("A", "M"): (7, 26)}


def made(counts: Mapping[tuple[str, str], tuple[int, int]], *endpoints: dict[str, Any], **changes: Any) -> Trial:
    """A trial with so many yes of so many at V1, by group and sex."""
    cells = [(key, n < yes) for key, (yes, of) in counts.items() for n in range(of)]
    names = [f"{n:03}" for n in range(len(cells))]
    adsl = subjects(dict(zip(names, (group for (group, _), _ in cells), strict=True)), SEX=[s for (_, s), _ in cells])
    series = {name: [0, int(yes), None] for name, (_, yes) in zip(names, cells, strict=True)}
    return trial(definition(*(endpoints or [HEALED]), **changes), adsl, measurements(adsl, series))


def test_a_difference_has_newcombes_limits_and_fishers_test():
    """9 of 10 less 3 of 10: Newcombe 1998, table II, method 10: 0.1705 to 0.8090; R: fisher.test, p 0.0197666."""
    found = analyse(made({("B", "F"): (9, 10), ("A", "F"): (3, 10)}))
    assert values(found, f"{AT}/B/-", "n", "with_value", "pct") == [9, 10, 90]
    assert values(found, f"{AT}/A/-", "n", "with_value", "pct") == [3, 10, 30]
    estimate, low, high, p = values(found, f"{AT}/B/DIFFERENCE", *LIMITS, "p")
    assert (estimate, low, high) == (60, pytest.approx(17.05, abs=5e-3), pytest.approx(80.90, abs=5e-3))
    assert p == pytest.approx(0.0197666, abs=1e-6)
    row = found.set_index("key").loc[f"{AT}/B/DIFFERENCE/estimate"]
    assert (row["formatted"], row["unit"], row["method"]) == ("60.0", "%", "newcombe")
    assert "TRT01A IN ('B', 'A')" in row["filter"]


def test_strata_are_adjusted_for():
    """R 4.2.2: metafor's rma.mh(measure = "RD") and mantelhaen.test(correct = FALSE) of the migraine data."""
    found = analyse(made(MIGRAINE, {**HEALED, "factors": ["SEX"]}))
    at = f"{AT}/B/DIFFERENCE"
    assert values(found, at, *LIMITS) == [
        pytest.approx(v, abs=1e-6) for v in (27.3759858, 9.6502825, 45.1016891)
    ]  # fmt: skip
    assert values(found, at, "p") == [pytest.approx(0.003953, abs=1e-6)]
    rows = found.set_index("key")
    assert rows.loc[[f"{at}/estimate", f"{at}/p"], "method"].tolist() == ["mantel-haenszel", "cmh-proportions"]
    assert "SELECT USUBJID FROM ADSL WHERE SEX IS NOT NULL" in rows.loc[f"{at}/p", "filter"]


def test_who_is_in_no_stratum_is_counted_and_not_compared():
    study = made({**MIGRAINE, ("A", "X"): (4, 4)}, {**HEALED, "factors": ["SEX"]})
    study.adsl.loc[study.adsl["SEX"] == "X", "SEX"] = None
    found = analyse(study)
    assert values(found, f"{AT}/A/-", "n", "with_value") == [16, 55]
    assert values(found, f"{AT}/B/DIFFERENCE", "estimate") == [pytest.approx(27.3759858, abs=1e-6)]


def test_small_levels_are_pooled_into_a_stratum():
    """Two levels that are small in a group are one stratum: 4 of 6 less 1 of 6; the other is 0 of 5 less 0 of 5."""
    counts = {("B", "F"): (2, 3), ("A", "F"): (1, 2), ("B", "M"): (2, 3), ("A", "M"): (0, 4), ("A", "U"): (0, 5),
              ("B", "U"): (0, 5)}  # fmt: skip
    found = analyse(made(counts, {**HEALED, "factors": ["SEX"], "pool_below": 5}))
    # Weights 3 of both pooled (6 × 6 / 12) and 2.5 (5 × 5 / 10): (3 × 0.5 + 2.5 × 0) / 5.5.
    assert values(found, f"{AT}/B/DIFFERENCE", "estimate") == [pytest.approx(100 * 1.5 / 5.5, abs=1e-6)]


def test_all_pairs_and_the_family_of_those_with_control():
    three = {"groups": [{"code": c, "label": c, "short": c} for c in "ABC"]}
    counts = {("A", "F"): (1, 5), ("B", "F"): (4, 5), ("C", "F"): (5, 5)}
    study = made(counts, {**HEALED, "pairs": "all"}, treatment=three, multiplicity={"procedure": "holm"})
    found = analyse(study)
    assert values(found, f"{AT}/C/DIFFERENCE|B", "estimate") == [20]
    decided = found.loc[found["statistic"] == "decision", "key"].tolist()
    assert decided == [f"{AT}/{code}/DIFFERENCE/decision" for code in "BC"]
    # R: fisher.test of 4 and 1 of 5 twice gives 0.2063492; of 5 and 1 of 5 it is 0.0476190, doubled by Holm.
    assert values(found, f"{AT}/C/DIFFERENCE", "p_adjusted") == [pytest.approx(0.0952381, abs=1e-6)]
    assert values(found, f"{AT}/B/DIFFERENCE", "p_adjusted") == [pytest.approx(0.2063492, abs=1e-6)]


def test_responders_are_compared_where_changes_are_and_stay_outside_the_family():
    """A fall by half or more: 4 of 5 against 1 of 5."""
    groups = dict(zip("abcdefghij", "AAAAABBBBB", strict=True))
    adsl = subjects(groups, SEX=["F"] * 10)
    after = [9, 8, 9, 7, 4, 4, 3, 5, 4, 9]
    series = {name: [10 + n % 3, value, None] for n, (name, value) in enumerate(zip(groups, after, strict=True))}
    study = definition({"comparison": "ancova", "control": "A", "visits": ["V1"]}, multiplicity={"procedure": "holm"})
    found = analyse(trial(study, adsl, measurements(adsl, series)))
    assert values(found, f"{AT}/B/RESPONDER", "n", "with_value", "pct") == [4, 5, 80]
    assert values(found, f"{AT}/B/RESPONDER|DIFFERENCE", "estimate", "p") == [60, pytest.approx(0.2063492, abs=1e-6)]
    decided = found.loc[found["statistic"].isin(["decision", "p_adjusted"]), "analysis"]
    assert set(decided) == {"eff.comparison"}


def test_fewer_than_four_are_counted_and_not_compared():
    found = analyse(made({("B", "F"): (3, 3), ("A", "F"): (0, 9)}, inference_from=4)).set_index("key")
    assert found.loc[f"{AT}/B/-/pct", "value"] == 100
    assert found.loc[[f"{AT}/B/DIFFERENCE/{s}" for s in (*LIMITS, "p")], "value"].isna().all()
    assert found.loc[f"{AT}/B/DIFFERENCE/p", "warning"] == "not computed: fewer than 4 values"


def test_nobody_has_a_value():
    asked = {**HEALED, "visits": ["V1", "V2"], "factors": ["SEX"]}
    found = analyse(made({("A", "F"): (0, 4), ("B", "F"): (1, 4)}, asked))
    own = found.loc[(found["analysis"] == PROPORTION) & (found["avisit"] == "V2")]
    assert own.loc[own["statistic"].isin(["n", "with_value"]), "value"].eq(0).all()
    assert own.loc[~own["statistic"].isin(["n", "with_value", "decision"]), "value"].isna().all()
    assert not own["formatted"].str.contains("nan").any()


def test_nobody_responds_in_either_group():
    found = analyse(made({("A", "F"): (0, 6), ("B", "F"): (0, 8)})).set_index("key")
    assert found.loc[f"{AT}/B/DIFFERENCE/estimate", "value"] == 0
    assert np.isfinite(found.loc[f"{AT}/B/DIFFERENCE/ci_high", "value"])
    assert isinstance(found.loc[f"{AT}/B/DIFFERENCE/p", "warning"], str)


def test_a_further_analysis_is_the_same_comparison_elsewhere():
    asked = {**HEALED, "further": [{"id": "AGAIN", "label": "Again"}]}
    study = made(MIGRAINE, asked)
    found, plain = further.analyse(study), analyse(study)
    at = "eff.further.AGAIN/ALL/SCORE/V1/B/DIFFERENCE"
    assert values(found, at, *LIMITS, "p") == values(plain, f"{AT}/B/DIFFERENCE", *LIMITS, "p")
    assert not found["statistic"].isin(["decision", "p_adjusted"]).any()


def test_each_filter_selects_what_is_counted():
    study = made(MIGRAINE, {**HEALED, "factors": ["SEX"]})
    found = analyse(study)
    one = found.set_index("key").loc[f"{AT}/B/-/n"]
    bds = study.adbds
    assert one["value"] == int((bds["TRT01A"].eq("B") & bds["AVISIT"].eq("V1") & bds["AVAL"].eq(1)).sum())
    assert "AVAL = 1" in one["filter"]
    assert pd.notna(one["filter"])
