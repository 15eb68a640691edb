"""Comparison of groups: the model that the definition asks for, on observed or carried values, with a trend in dose."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from tests.analysis.analyse.efficacy_frames import definition, measurements, subjects, trial
from trial_report.analysis.analyse import efficacy, efficacy_tests, missing_data
from trial_report.analysis.analyse.efficacy_compared import POOLED, compared_values, small_levels
from trial_report.analysis.analyse.efficacy_data import endpoint_data

pytestmark = pytest.mark.requirement("REQ-306")

COMPARED = {"comparison": "ancova", "control": "A", "other_tests": []}
AGES = [50, 61, 47, 70, 55, 66, 58, 49, 64, 52]
GROUPS = dict(zip("abcdefghij", "AAAAABBBBB", strict=True))
SITES = ["1", "1", "2", "2", "3", "1", "1", "2", "2", "2"]
VALUES = {
    "a": (60, 52, 50), "b": (55, 50, None), "c": (48, 47, 40), "d": (70, 61, 66), "e": (52, 50, 49),
    "f": (62, 40, 33), "g": (51, None, 30), "h": (47, 31, None), "i": (66, 44, 40), "j": (58, 45, 41),
}  # fmt: skip


def made(**changes):
    adsl = subjects(GROUPS, AGE=[float(a) for a in AGES], SITEID=SITES)
    characteristics = [{"variable": "AGE", "label": "Age", "kind": "continuous"}]
    asked = definition({**COMPARED, **changes}, characteristics=characteristics)
    return trial(asked, adsl, adbds=measurements(adsl, VALUES))


def rows(**changes):
    return efficacy_tests.analyse(made(**changes)).set_index("key")


def reference(visit, columns, formula):
    """The same values by hand: the change at the visit, and statsmodels' formula interface."""
    at = {"V1": 1, "V2": 2}[visit]
    frame = pd.DataFrame({"g": GROUPS, "age": dict(zip(VALUES, AGES, strict=True)),
                          "site": dict(zip(VALUES, SITES, strict=True))})  # fmt: skip
    frame["base"] = [v[0] for v in VALUES.values()]
    frame["change"] = [np.nan if v[at] is None else v[at] - v[0] for v in VALUES.values()]
    for name, value in columns.items():
        frame[name] = value
    return smf.ols(formula, frame.dropna()).fit()


def test_baseline_alone_is_the_covariate_without_more():
    found, fit = rows(), reference("V2", {}, "change ~ C(g) + base")
    at = "eff.comparison/ALL/SCORE/V2/B/DIFFERENCE"
    assert found.loc[f"{at}/estimate", "value"] == pytest.approx(fit.params["C(g)[T.B]"])
    assert found.loc[f"{at}/p", "value"] == pytest.approx(fit.pvalues["C(g)[T.B]"])
    assert found.loc["eff.comparison/ALL/SCORE/V2/A/-/n", "value"] == 4
    assert "eff.comparison/ALL/SCORE/V2/TOTAL/TREND/p" not in found.index


def test_covariates_and_factors_are_in_the_model():
    found = rows(covariates=["AGE"], factors=["SITEID"])
    fit = reference("V1", {}, "change ~ C(g) + base + age + C(site)")
    at = "eff.comparison/ALL/SCORE/V1/B/DIFFERENCE"
    assert found.loc[f"{at}/estimate", "value"] == pytest.approx(fit.params["C(g)[T.B]"])
    assert found.loc[f"{at}/se", "value"] == pytest.approx(fit.bse["C(g)[T.B]"])
    assert found.loc[f"{at}/df", "value"] == fit.df_resid


def test_small_levels_of_a_factor_are_pooled_over_all_visits():
    """Site 3 has nobody in B, site 1 two in each group, site 2 two in A: only site 3 has fewer than one or two."""
    level, group = pd.Series(SITES), pd.Series(list(GROUPS.values()))
    assert small_levels(level, group, 2) == {"3"}
    assert small_levels(level, group, 3) == {"1", "2", "3"}
    assert small_levels(level, group, 0) == set()


def test_levels_may_be_counted_in_another_set_by_the_treatment_planned() -> None:
    """With two more in B at site 3, who were never treated and are no part of the analysis, no site is small."""
    sets = [{"id": "ALL", "flag": "ALLFL", "label": "All", "definition": "A.", "criteria": {"treated": True}},
            {"id": "ITT", "flag": "ITTFL", "label": "ITT", "definition": "I.", "criteria": {"enrolled": True}},
            ]  # fmt: skip
    adsl = subjects(GROUPS | {"k": None, "l": None}, SITEID=[*SITES, "3", "3"],
                    TRT01P=[*GROUPS.values(), "B", "B"], ITTFL=["Y"] * 12)  # fmt: skip
    found = {}
    for pool_in in (None, "ITT"):
        asked = definition({**COMPARED, "factors": ["SITEID"], "pool_below": 1, "pool_in": pool_in}, analysis_sets=sets)
        study = trial(asked, adsl, adbds=measurements(adsl, VALUES))
        data = endpoint_data(study, asked.endpoints[0])
        found[pool_in] = {*compared_values(study, data)["SITEID"]}
    assert found == {None: {"1", "2", POOLED}, "ITT": {"1", "2", "3"}}


def test_a_set_to_count_in_must_be_known_and_used() -> None:
    with pytest.raises(ValueError, match=r"endpoints\.SCORE\.pool_in: 'ITT' is not defined"):
        definition({**COMPARED, "pool_below": 3, "pool_in": "ITT"})
    with pytest.raises(ValueError, match="pool_in: needs 'pool_below'"):
        definition({**COMPARED, "pool_in": "ALL"})


def test_carried_values_enter_the_comparison():
    """b and h have their value of visit 1 at visit 2; g, who has none before, only its own at visit 2."""
    found = rows(comparison_data="locf")
    change = [-10, -5, -8, -4, -3, -29, -21, -16, -26, -17]
    fit = reference("V2", {"change": change}, "change ~ C(g) + base")
    at = "eff.comparison/ALL/SCORE/V2/B"
    assert found.loc[f"{at}/DIFFERENCE/estimate", "value"] == pytest.approx(fit.params["C(g)[T.B]"])
    assert found.loc[f"{at}/-/n", "value"] == 5
    assert "POSTFL = 'Y' AND ADY <= 20" in found.loc[f"{at}/-/n", "filter"]


def test_a_subject_without_a_covariate_is_not_compared():
    study = made(covariates=["AGE"])
    study.adsl.loc[0, "AGE"] = np.nan
    found = efficacy_tests.analyse(study).set_index("key")
    assert found.loc["eff.comparison/ALL/SCORE/V1/A/-/n", "value"] == 4
    assert "AGE IS NOT NULL" in found.loc["eff.comparison/ALL/SCORE/V1/A/-/n", "filter"]


def test_a_factor_that_says_missing_is_missing():
    study, told = made(factors=["SITEID"]), made(factors=["SITEID"])
    study.adsl.loc[0, "SITEID"] = None
    told.adsl.loc[0, "SITEID"] = "missing"
    without, found = (efficacy_tests.analyse(one).set_index("key") for one in (study, told))
    at = "eff.comparison/ALL/SCORE/V1/A/-/n"
    assert (without.loc[at, "value"], found.loc[at, "value"]) == (4, 4)
    assert found["formatted"].to_dict() == without["formatted"].to_dict()
    assert "SITEID <> 'missing'" in found.loc[at, "filter"]


@pytest.mark.parametrize(
    ("asked", "method"), [(True, "dose-trend"), ("contrast", "dose-trend"), ("slope", "dose-slope")]
)
def test_with_two_doses_the_trend_is_the_difference(asked, method):
    found = rows(dose_trend=asked)
    at = "eff.comparison/ALL/SCORE/V1"
    difference, trend = f"{at}/B/DIFFERENCE", f"{at}/TOTAL/TREND"
    assert found.loc[f"{trend}/statistic", "value"] == pytest.approx(found.loc[f"{difference}/statistic", "value"])
    assert found.loc[f"{trend}/p", "value"] == pytest.approx(found.loc[f"{difference}/p", "value"])
    assert found.loc[f"{trend}/p", "method"] == method


VALUED = {"measure": "value", "responder": None}
SCORES = {name: (None, *series[1:]) for name, series in VALUES.items()}


def valued(**changes):
    """The values at the visits of a score that nobody has at baseline."""
    adsl = subjects(GROUPS, SITEID=SITES)
    return trial(definition({**COMPARED, **VALUED, **changes}), adsl, adbds=measurements(adsl, SCORES))


def test_carried_values_of_a_comparison_are_described_beside_the_observed_ones():
    found = efficacy.analyse(made(comparison_data="locf")).set_index("key")
    at = "eff.by_visit/ALL/SCORE/V2/A"
    assert found.loc[f"{at}/CHG|LOCF/n", "value"] == 5
    assert found.loc[f"{at}/CHG|LOCF/mean", "value"] == np.mean([-10, -5, -8, -4, -3])
    assert found.loc[f"{at}/AVAL|LOCF/mean", "value"] == np.mean([50, 50, 40, 66, 49])
    assert found.loc[f"{at}/CHG/n", "value"] == 4
    assert not efficacy.analyse(made())["level"].str.contains("LOCF").any()


def test_a_value_is_compared_without_a_baseline():
    found = efficacy_tests.analyse(valued(factors=["SITEID"], comparison_data="locf")).set_index("key")
    frame = pd.DataFrame({"g": GROUPS, "site": dict(zip(VALUES, SITES, strict=True))})
    frame["y"] = [v[1] if v[2] is None else v[2] for v in VALUES.values()]
    fit = smf.ols("y ~ C(g) + C(site)", frame).fit()
    at = "eff.comparison/ALL/SCORE/V2/B/DIFFERENCE"
    assert found.loc[f"{at}/estimate", "value"] == pytest.approx(fit.params["C(g)[T.B]"])
    assert found.loc[f"{at}/p", "value"] == pytest.approx(fit.pvalues["C(g)[T.B]"])
    row = found.loc["eff.comparison/ALL/SCORE/V2/A/-/n"]
    assert (row["value"], row["variable"], "BASE" in row["filter"]) == (5, "AVAL", False)
    assert "eff.test" not in set(found["analysis"])


def test_a_value_is_described_and_not_tested_against_nothing():
    study = valued(missing=["locf", "mi"])
    by_visit = efficacy.analyse(study).set_index("key")
    assert by_visit.loc["eff.by_visit/ALL/SCORE/V1/A/AVAL/mean", "value"] == 52
    assert set(by_visit["level"].dropna()) == {"AVAL"}
    adsl, alone = study.adsl, definition({**VALUED, "missing": ["locf", "mi"]})
    missing = missing_data.analyse(trial(alone, adsl, adbds=measurements(adsl, SCORES))).set_index("key")
    assert missing.loc["eff.missing/ALL/SCORE/V2/TOTAL/observed/estimate", "value"] == np.mean(
        [50, 40, 66, 49, 33, 30, 40, 41]
    )
    assert missing.loc["eff.missing/ALL/SCORE/V2/TOTAL/locf/imputed", "value"] == 2
    assert missing.loc["eff.missing/ALL/SCORE/V2/TOTAL/mi/n", "value"] == 10
    assert not set(missing["statistic"]) & {"p"}


def test_the_baseline_may_be_a_covariate_of_a_value_and_left_out_of_a_change():
    """A value with its baseline differs between groups as its change does; a change without is a two-sample t test."""
    at = "eff.comparison/ALL/SCORE/V2/B/DIFFERENCE"
    change, value = rows(), rows(measure="value", baseline_covariate=True)
    assert value.loc[f"{at}/estimate", "value"] == pytest.approx(change.loc[f"{at}/estimate", "value"])
    plain, fit = rows(baseline_covariate=False), reference("V2", {}, "change ~ C(g)")
    assert plain.loc[f"{at}/p", "value"] == pytest.approx(fit.pvalues["C(g)[T.B]"])


@pytest.mark.parametrize(
    ("asked", "expected"),
    [({"missing": ["tipping_point"]}, "tipping_point shifts a change"), ({"waterfall": "V2"}, "draws changes")],
)
def test_of_a_value_no_change_is_asked(asked, expected):
    with pytest.raises(ValueError, match=expected):
        definition({**VALUED, **asked})


def test_other_pairs_are_compared_where_all_are_asked_for():
    groups = [{"code": c, "label": c, "short": c} for c in "ABC"]
    three = dict(zip(GROUPS, "AAABBBCCCC", strict=True))
    adsl = subjects(three)
    asked = {**COMPARED, "pairs": "all", "comparison_data": "locf"}
    study = trial(definition(asked, treatment={"groups": groups}), adsl, adbds=measurements(adsl, VALUES))
    found = efficacy_tests.analyse(study).set_index("key")
    frame = pd.DataFrame({"g": list(three.values()), "base": [v[0] for v in VALUES.values()]})
    frame["change"] = [-10, -5, -8, -4, -3, -29, -21, -16, -26, -17]
    fit = smf.ols("change ~ C(g, Treatment('B')) + base", frame).fit()
    at = "eff.comparison/ALL/SCORE/V2/C/DIFFERENCE|B"
    assert found.loc[f"{at}/estimate", "value"] == pytest.approx(fit.params["C(g, Treatment('B'))[T.C]"])
    assert found.loc[f"{at}/p", "value"] == pytest.approx(fit.pvalues["C(g, Treatment('B'))[T.C]"])
    # Only differences from control are hypotheses.
    decided = set(found.loc[found["statistic"] == "decision", "level"])
    assert decided == {"DIFFERENCE"}


def test_what_the_model_is_fitted_to_is_described():
    found = rows(comparison_data="locf")
    at = "eff.comparison/ALL/SCORE/V2/A"
    assert found.loc[f"{at}/BASE/mean", "value"] == np.mean([60, 55, 48, 70, 52])
    assert found.loc[f"{at}/AVAL/mean", "value"] == np.mean([50, 50, 40, 66, 49])
    assert found.loc[f"{at}/CHG/median", "value"] == -5
    assert found.loc[f"{at}/CHG/min", "formatted"] == "−10"


def test_a_trend_needs_doses():
    groups = [{"code": c, "label": c, "short": c} for c in "AB"]
    with pytest.raises(ValueError, match="every treatment group needs a dose"):
        definition({**COMPARED, "dose_trend": True}, treatment={"groups": groups})


def test_a_factor_must_be_known():
    with pytest.raises(ValueError, match="'SITEGR' is not defined"):
        definition({**COMPARED, "factors": ["SITEGR"]})
