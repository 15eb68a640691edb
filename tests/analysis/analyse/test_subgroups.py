"""Subgroups, dose and comparison with control, from a few values."""

import pandas as pd
import pytest

from tests.analysis.analyse.efficacy_frames import definition, measurements, subjects, trial, values
from trial_report.analysis.analyse import efficacy_dose, efficacy_tests, subgroups

pytestmark = pytest.mark.requirement("REQ-309")

ADSL = subjects({"1": "A", "2": "A", "3": "B", "4": "B", "5": "B"}, SEX=["F", "M", "F", None, "F"])
SERIES = {"1": [10, 8, 6], "2": [20, 19, 12], "3": [30, 25, 20], "4": [40, 30, 22], "5": [50, None, None]}
BY_SEX = {"subgroups": [{"variable": "SEX", "label": "Sex"}]}


def made(*endpoints, series=SERIES, **changes):
    return trial(definition(*endpoints, **changes), ADSL, measurements(ADSL, series))


def test_each_level_has_its_change_at_the_last_visit():
    """F: -4 and -10; M: -8; the one without a sex: -18; all: -10."""
    found = subgroups.analyse(made(**BY_SEX))
    at = "eff.subgroup/ALL/SCORE/V2/TOTAL"
    assert values(found, f"{at}/SEX|F", "n", "mean") == [2, -7]
    assert values(found, f"{at}/SEX|M", "n", "mean", "ci_low") == [1, -8, None]
    assert values(found, f"{at}/SEX|missing", "n", "mean") == [1, -18]
    assert values(found, f"{at}/ALL", "n", "mean") == [4, -10]


def test_levels_add_up_to_all():
    found = subgroups.analyse(made(**BY_SEX))
    parts = found.loc[found["level"].fillna("").str.startswith("SEX|") & (found["statistic"] == "n"), "value"]
    assert parts.sum() == values(found, "eff.subgroup/ALL/SCORE/V2/TOTAL/ALL", "n")[0]


def test_a_level_without_anybody_is_there_and_missing_is_not():
    adsl = subjects({"1": "A"}, SEX=["F"])
    study = trial(definition(**BY_SEX), adsl, measurements(adsl, {"1": [10, 8, 6]}))
    found = subgroups.analyse(study)
    assert values(found, "eff.subgroup/ALL/SCORE/V2/TOTAL/SEX|M", "n", "mean") == [0, None]
    assert "SEX|missing" not in set(found["level"])


def test_no_subgroups_no_rows():
    assert subgroups.analyse(made()).empty


RANKED = {"dose_response": "kruskal_wallis"}


def test_dose_levels_side_by_side():
    """A: -4 and -8; B: -10 and -18. Kruskal–Wallis of ranks 4, 3 | 2, 1: H = 2.4, p = 0.1213 (chi-square, 1 df)."""
    found = efficacy_dose.analyse(made(RANKED))
    at = "eff.dose/ALL/SCORE/V2"
    assert values(found, f"{at}/A/-", "n", "mean", "dose") == [2, -6, 1]
    assert values(found, f"{at}/B/-", "n", "mean", "dose") == [2, -14, 2]
    assert values(found, f"{at}/TOTAL/-", "statistic", "df", "p") == [2.4, 1, pytest.approx(0.121335, abs=1e-5)]


def test_changes_that_differ_by_binary_dust_are_tied():
    """0.64 - 0.62 and 0.52 - 0.50 are both 0.02: with all four tied nothing can be tested."""
    tied = {"1": [0.62, None, 0.64], "2": [0.50, None, 0.52], "3": [0.41, None, 0.43], "4": [0.30, None, 0.32]}
    found = efficacy_dose.analyse(made({**RANKED, "decimals": 2}, series=tied)).set_index("key")
    assert found.loc["eff.dose/ALL/SCORE/V2/TOTAL/-/p", "warning"] == "not estimable: all values are equal"


def test_ties_by_dust_get_midranks():
    """A: 0.02 and 0.02; B: 0.02 and 0.05 (up to dust). Ranks 2, 2 | 2, 4: H = 0.6 / (1 - 24/60) = 1."""
    tied = {"1": [0.62, None, 0.64], "2": [0.50, None, 0.52], "3": [0.41, None, 0.43], "4": [0.30, None, 0.35]}
    found = efficacy_dose.analyse(made({**RANKED, "decimals": 2}, series=tied))
    assert values(found, "eff.dose/ALL/SCORE/V2/TOTAL/-", "statistic") == [1]


def test_a_dose_level_nobody_reached():
    found = efficacy_dose.analyse(made(RANKED, series={"1": [10, 8, 6]})).set_index("key")
    assert found.loc["eff.dose/ALL/SCORE/V2/B/-/mean", "formatted"] == "–"
    row = found.loc["eff.dose/ALL/SCORE/V2/TOTAL/-/p"]
    assert (row["formatted"], row["warning"]) == ("–", "not estimable: fewer than two groups with values")


def test_the_levels_are_tested_only_where_that_is_asked_for():
    assert not efficacy_dose.analyse(made())["statistic"].eq("p").any()


def test_one_group_has_no_dose_response():
    one = {"groups": [{"code": "A", "label": "Low", "short": "Low"}]}
    assert efficacy_dose.analyse(made(treatment=one)).empty


TWENTY = subjects({str(i): "A" if i < 6 else "B" for i in range(12)}, SEX=["F"] * 12)
BASE = [10, 12, 14, 16, 18, 20, 11, 13, 15, 17, 19, 21]
AFTER = [9, 11, 14, 14, 17, 18, 6, 9, 9, 12, 14, 14]


def compared(**changes):
    series = {str(i): [b, a, None] for i, (b, a) in enumerate(zip(BASE, AFTER, strict=True))}
    study = definition({"comparison": "ancova", "control": "A"}, **changes)
    return efficacy_tests.analyse(trial(study, TWENTY, measurements(TWENTY, series)))


def test_comparison_is_ancova_with_baseline():
    """The same model by ordinary least squares in numpy: change on 1, baseline, group."""
    import numpy as np

    x = np.column_stack([np.ones(12), BASE, [0] * 6 + [1] * 6])
    y = np.array(AFTER, dtype=float) - np.array(BASE)
    beta, residual, *_ = np.linalg.lstsq(x, y, rcond=None)
    se = np.sqrt(residual[0] / 9 * np.linalg.inv(x.T @ x)[2, 2])
    found = compared()
    at = "eff.comparison/ALL/SCORE/V1/B/DIFFERENCE"
    assert values(found, at, "estimate", "se", "df") == [pytest.approx(beta[2]), pytest.approx(se), 9]


def test_the_difference_to_control_is_what_the_family_decides():
    found = compared(multiplicity={"procedure": "holm", "order": [["SCORE", "V1"]]})
    decided = found.loc[found["statistic"] == "decision"]
    assert decided["key"].tolist() == [
        "eff.comparison/ALL/SCORE/V1/B/DIFFERENCE/decision",
        "eff.comparison/ALL/SCORE/V2/B/DIFFERENCE/decision",
    ]
    assert decided["text"].tolist() == ["significant", "descriptive"]


def test_nobody_has_a_value_to_compare():
    row = compared().set_index("key").loc["eff.comparison/ALL/SCORE/V2/B/DIFFERENCE/p"]
    assert (row["formatted"], row["warning"]) == ("–", "not estimable: no values")
    assert not pd.isna(row["warning"])
