"""Subgroups of compared endpoints: the model within each level, and the interaction in one model of all."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from statsmodels.stats.anova import anova_lm

from tests.analysis.analyse.efficacy_frames import definition, measurements, trial
from tests.analysis.analyse.efficacy_frames import subjects as people
from trial_report.analysis.analyse import subgroup_comparison, subgroups

pytestmark = pytest.mark.requirement("REQ-309")

NAMES = "abcdefghijkl"
GROUPS = dict(zip(NAMES, "AAAAAABBBBBB", strict=True))
SEX = list("FFFMMMFFFMMM")
BEFORE = np.array([60, 55, 48, 70, 52, 61, 62, 51, 47, 66, 58, 49])
AFTER = np.array([50, 57, 40, 66, 49, 55, 33, 30, 36, 60, 51, 48])


def made(sex=SEX, **changes):
    adsl = people(GROUPS, SEX=sex)
    compared = {} if changes.get("comparison") == "none" else {"comparison": "ancova", "control": "A"}
    asked = {**compared, "visits": ["V2"], **changes}
    study = definition(asked, subgroups=[{"variable": "SEX", "label": "Sex"}])
    series = {name: (float(b), None, float(a)) for name, b, a in zip(NAMES, BEFORE, AFTER, strict=True)}
    return trial(study, adsl, adbds=measurements(adsl, series))


def frame() -> pd.DataFrame:
    return pd.DataFrame({"g": list(GROUPS.values()), "sex": SEX, "base": BEFORE, "change": AFTER - BEFORE})


def test_each_subgroup_has_its_own_model():
    found = subgroup_comparison.analyse(made()).set_index("key")
    fit = smf.ols("change ~ C(g) + base", frame().query("sex == 'F'")).fit()
    at = "eff.subgroup_comparison/ALL/SCORE/V2/B/SEX|F|DIFFERENCE"
    assert found.loc[f"{at}/estimate", "value"] == pytest.approx(fit.params["C(g)[T.B]"])
    assert found.loc[f"{at}/p", "value"] == pytest.approx(fit.pvalues["C(g)[T.B]"])
    row = found.loc["eff.subgroup_comparison/ALL/SCORE/V2/B/SEX|F/n"]
    assert (row["value"], "SEX = 'F'" in row["filter"]) == (3, True)
    assert found.loc["eff.subgroup_comparison/ALL/SCORE/V2/A/SEX|M|BASE/mean", "value"] == 61


def test_the_interaction_is_the_f_test_of_the_product():
    found = subgroup_comparison.analyse(made()).set_index("key")
    plain, crossed = (smf.ols(f"change ~ base + C(g) {sign} C(sex)", frame()).fit() for sign in "+*")
    test = anova_lm(plain, crossed).iloc[1]
    at = "eff.subgroup_comparison/ALL/SCORE/V2/TOTAL/SEX|INTERACTION"
    assert found.loc[f"{at}/statistic", "value"] == pytest.approx(test["F"])
    assert found.loc[f"{at}/p", "value"] == pytest.approx(test["Pr(>F)"])
    assert found.loc[f"{at}/df", "value"] == 7


def test_a_subgroup_of_one_group_has_no_difference_and_no_interaction():
    found = subgroup_comparison.analyse(made(list("FFFFFFMMMMMM"))).set_index("key")
    p = "eff.subgroup_comparison/ALL/SCORE/V2/{}/p"
    for at in ("B/SEX|F|DIFFERENCE", "TOTAL/SEX|INTERACTION"):
        row = found.loc[p.format(at)]
        assert (row["formatted"], isinstance(row["warning"], str)) == ("–", True)


def test_who_has_no_value_of_the_characteristic_is_in_no_subgroup():
    found = subgroup_comparison.analyse(made([None, *SEX[1:]])).set_index("key")
    assert found.loc["eff.subgroup_comparison/ALL/SCORE/V2/A/SEX|F/n", "value"] == 2
    assert not found["level"].str.contains("missing").any()


def test_changes_by_subgroup_over_all_groups_are_of_endpoints_without_a_comparison():
    assert subgroups.analyse(made()).empty
    assert not subgroups.analyse(made(comparison="none")).empty
