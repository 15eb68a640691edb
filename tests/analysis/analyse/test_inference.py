"""Below the number of values that the definition asks for nothing is inferred: it says so, and counts stay."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.analysis.analyse.efficacy_frames import definition, measurements, subjects, trial, values
from trial_report.analysis.analyse import (  # fmt: skip
    categories,
    efficacy,
    efficacy_dose,
    efficacy_tests,
    missing_data,
    repeated,
    subgroup_comparison,
)
from trial_report.analysis.analyse.inference import too_few, too_few_groups

pytestmark = pytest.mark.requirement("REQ-307")

NAMES = "abcdefghijkl"
THREE = {"groups": [{"code": c, "label": c, "short": c, "dose": n} for n, c in enumerate("ABC", 1)], "total": None}
GROUPS = dict(zip(NAMES, "AAAABBBBBCCC", strict=True))
RANDOM = np.random.default_rng(8)
SERIES = {name: [float(v) for v in 50 + np.cumsum(RANDOM.normal(-2, 5, 3)).round()] for name in NAMES}
FEW = "not computed: fewer than 4 values"
COMPARED = {"comparison": "ancova", "control": "A", "pairs": "all", "missing": ["mmrm"]}
ESTIMATES = ("estimate", "se", "ci_low", "ci_high")


def made(*endpoints, **changes):
    adsl = subjects(GROUPS, SEX=["F", "M"] * 6)
    study = definition(*endpoints, treatment=THREE, **{"inference_from": 4, **changes})
    return trial(study, adsl, measurements(adsl, SERIES))


def rows(results: pd.DataFrame) -> pd.DataFrame:
    return results.set_index("key")


def test_the_default_is_four():
    study = definition().model_copy(
        update={"inference_from": type(definition()).model_fields["inference_from"].default}
    )
    assert (too_few(study, 4), too_few(study, 4, 3)) == (None, FEW)
    assert too_few_groups(study, [3, 4, 4]) is None
    assert too_few_groups(study, [3, 3, 9]) == "not computed: fewer than two groups with 4 values or more"


def test_three_values_have_a_mean_and_no_interval():
    found = rows(efficacy.analyse(made()))
    at = "eff.by_visit/ALL/SCORE/V2/C/CHG"
    assert found.loc[f"{at}/n", "value"] == 3
    assert np.isfinite(found.loc[f"{at}/sd", "value"])
    assert found.loc[[f"{at}/ci_low", f"{at}/ci_high"], "warning"].tolist() == [FEW, FEW]
    assert np.isfinite(found.loc["eff.by_visit/ALL/SCORE/V2/A/CHG/ci_low", "value"])


def test_three_values_are_not_tested():
    found = efficacy_tests.analyse(made(multiplicity={"procedure": "holm"}))
    kept = found.loc[(found["group"] == "C") & (found["avisit"] == "V1") & found["value"].notna()]
    assert set(kept["statistic"]) == {"n", "used", "zeros", "position"}
    row = rows(found)
    assert row.loc["eff.test/ALL/SCORE/V1/C/-/p", "warning"] == FEW
    assert row.loc["eff.test/ALL/SCORE/V1/C/-/decision", "text"] == "not tested"
    assert np.isfinite(row.loc["eff.test/ALL/SCORE/V1/B/-/p", "value"])


def test_a_model_of_all_has_no_mean_of_three_and_no_difference_with_them():
    """The model itself is that of all values: what is left does not change."""
    few, all_of_them = (efficacy_tests.analyse(made(COMPARED, inference_from=n)) for n in (4, 2))
    at = "eff.comparison/ALL/SCORE/V2"
    for group, level in (("A", "-"), ("B", "-"), ("B", "DIFFERENCE")):
        assert values(few, f"{at}/{group}/{level}", *ESTIMATES) == values(
            all_of_them, f"{at}/{group}/{level}", *ESTIMATES
        )
    for level in ("-", "DIFFERENCE", "DIFFERENCE|B"):
        assert values(few, f"{at}/C/{level}", *ESTIMATES) == [None] * 4
        assert rows(few).loc[f"{at}/C/{level}/estimate", "warning"] == FEW
    assert values(few, f"{at}/C/CHG", "mean") != [None]
    assert values(few, f"{at}/TOTAL/-", "p") == values(all_of_them, f"{at}/TOTAL/-", "p")


def test_a_mixed_model_likewise():
    few, all_of_them = (repeated.analyse(made(COMPARED, inference_from=n)) for n in (4, 2))
    at = "eff.mmrm/ALL/SCORE/V2"
    assert values(few, f"{at}/B/DIFFERENCE", "estimate", "df", "p") == values(
        all_of_them, f"{at}/B/DIFFERENCE", "estimate", "df", "p"
    )
    assert values(few, f"{at}/C/-", "n", *ESTIMATES) == [3, None, None, None, None]
    assert values(few, f"{at}/C/DIFFERENCE|B", *ESTIMATES) == [None] * 4


def test_where_one_group_alone_has_enough_nothing_is_tested_over_groups():
    study = made({"dose_response": "kruskal_wallis", "levels": {40: "Forty", 41: "More"}}, inference_from=5)
    found = rows(efficacy_dose.analyse(study))
    why = "not computed: fewer than two groups with 5 values or more"
    assert found.loc["eff.dose/ALL/SCORE/V2/TOTAL/-/p", "warning"] == why
    assert categories.analyse(study)["warning"].notna().any()
    compared = rows(efficacy_tests.analyse(made({**COMPARED, "dose_trend": True}, inference_from=5)))
    for level in ("-", "TREND"):
        assert compared.loc[f"eff.comparison/ALL/SCORE/V2/TOTAL/{level}/p", "warning"] == why


def test_a_subgroup_of_few_has_no_difference():
    found = rows(subgroup_comparison.analyse(made(COMPARED, subgroups=[{"variable": "SEX", "label": "Sex"}])))
    at = "eff.subgroup_comparison/ALL/SCORE/V2/B/SEX|F"
    assert found.loc[f"{at}/n", "value"] == 3
    assert found.loc[f"{at}|DIFFERENCE/p", "warning"] == FEW


def test_a_mixed_model_without_a_comparison_likewise():
    found = rows(missing_data.analyse(made({"missing": ["mmrm"]})))
    at = "eff.missing/ALL/SCORE/V2"
    assert found.loc[f"{at}/C/mmrm/p", "warning"] == FEW
    assert found.loc[f"{at}/C/observed/estimate", "warning"] == FEW
    assert np.isfinite(found.loc[f"{at}/B/mmrm/p", "value"])
