"""Analyses of missing data: what is carried, imputed and modelled, and what cannot be."""

import numpy as np
import pandas as pd
import pytest

from tests.analysis.analyse.efficacy_frames import definition, measurements, subjects, trial, values
from trial_report.analysis.analyse import missing_data
from trial_report.analysis.analyse.efficacy_data import endpoint_data

pytestmark = pytest.mark.requirement("REQ-308")

ALL_WAYS = {"missing": ["locf", "mi", "tipping_point", "mmrm"]}
PLAN = {"imputations": 20, "seed": 7, "tipping_steps": 5, "tipping_range_sd": 2.0}
CHANGES = [(-2, -5), (-4, -6), (-3, -8), (-6, -9), (-1, -4), (-5, -10), (-2, -7), (-4, None)]
EIGHT = subjects({str(i): "A" for i in range(8)}, SEX=["F"] * 8)
SERIES = {str(i): [20 + i, 20 + i + one, None if two is None else 20 + i + two] for i, (one, two) in enumerate(CHANGES)}


def analysed(series=SERIES, adsl=EIGHT, **changes):
    asked = {**ALL_WAYS, **changes.pop("endpoint", {})}
    plan = {"missing_data": PLAN} if "mi" in asked["missing"] else {}
    study = definition(asked, **plan, **changes)
    return missing_data.analyse(trial(study, adsl, measurements(adsl, series)))


def test_locf_carries_the_last_change():
    """At V2 the eighth subject's -4 of V1 is carried: mean of the seven and it is -53/8."""
    found = analysed()
    assert values(found, "eff.missing/ALL/SCORE/V2/TOTAL/observed", "n", "imputed", "estimate") == [7, 0, -7]
    assert values(found, "eff.missing/ALL/SCORE/V2/TOTAL/locf", "n", "imputed", "estimate") == [8, 1, -6.625]
    assert values(found, "eff.missing/ALL/SCORE/V1/TOTAL/locf", "n", "imputed", "estimate") == [8, 0, -3.375]


def test_a_subject_without_any_value_is_not_carried_but_imputed():
    """Baseline is known, so the ninth is imputed at both visits; LOCF has nothing to carry."""
    adsl = subjects({str(i): "A" for i in range(9)}, SEX=["F"] * 9)
    found = analysed({**SERIES, "8": [25, None, None]}, adsl)
    assert values(found, "eff.missing/ALL/SCORE/V1/TOTAL/locf", "n") == [8]
    assert values(found, "eff.missing/ALL/SCORE/V1/TOTAL/mi", "n", "imputed") == [9, 1]


def test_imputation_without_missing_values_is_the_t_interval():
    """At V1 nothing is missing: between-imputation variance is 0, and Rubin's rules leave mean and SE as they are."""
    found = analysed()
    mi = values(found, "eff.missing/ALL/SCORE/V1/TOTAL/mi", "estimate", "se")
    observed = [d for d, _ in CHANGES]
    assert mi == [pytest.approx(np.mean(observed)), pytest.approx(np.std(observed, ddof=1) / np.sqrt(8))]


def test_the_seed_decides_the_imputations():
    pd.testing.assert_frame_equal(analysed(), analysed())


def test_tipping_point_goes_against_the_estimate():
    """One of eight is imputed; shifts of the fall go upwards, to 2 SD of baseline, and the curve has a row a step."""
    found = analysed()
    curve = [values(found, f"eff.missing/ALL/SCORE/V2/TOTAL/tipping|{i}", "delta")[0] for i in range(1, 7)]
    assert curve == [pytest.approx(2 * np.std(range(20, 28), ddof=1) * i / 5, abs=1e-5) for i in range(6)]
    rows = found.set_index("key")
    assert rows.loc["eff.missing/ALL/SCORE/V1/TOTAL/tipping/outcome", "text"] == "no value was imputed"
    assert rows.loc["eff.missing/ALL/SCORE/V2/TOTAL/tipping/outcome", "text"].startswith("the result holds over all")


def test_tipping_point_of_a_rise_goes_down():
    rise = {
        k: [b, None if x is None else 2 * b - x, None if y is None else 2 * b - y] for k, (b, x, y) in SERIES.items()
    }
    found = analysed(rise, endpoint={"benefit": "increase"})
    assert values(found, "eff.missing/ALL/SCORE/V2/TOTAL/tipping|6", "delta")[0] < 0


def test_mmrm_of_complete_data_has_the_observed_means():
    """Without missing values and with baseline centred, the least-squares means are the means (balanced data)."""
    complete = {k: v for k, v in SERIES.items() if v[2] is not None}
    found = analysed(complete)
    for visit, expected in (("V1", -23 / 7), ("V2", -7)):
        stem = f"eff.missing/ALL/SCORE/{visit}/TOTAL"
        assert values(found, f"{stem}/mmrm", "n", "estimate") == [7, pytest.approx(expected, abs=1e-6)]
    assert found.set_index("key").loc["eff.missing/ALL/SCORE/-/TOTAL/mmrm/structure", "text"] == "unstructured"


def test_only_what_is_asked_for():
    assert set(analysed(endpoint={"missing": ["locf"]})["level"].dropna()) == {"observed", "locf"}
    assert analysed(endpoint={"missing": []}).empty


@pytest.mark.parametrize("n", [0, 1, 2])
def test_few_subjects(n):
    adsl = EIGHT.head(max(n, 1))
    found = analysed({str(i): [20 + i, 18, None] for i in range(n)}, adsl)
    assert not found["formatted"].str.contains("nan").any()
    rows = found.set_index("key")
    for way in ("mi", "mmrm"):
        row = rows.loc[f"eff.missing/ALL/SCORE/V2/TOTAL/{way}/p"]
        assert (row["formatted"], isinstance(row["warning"], str)) == ("–", True)
    assert rows.loc["eff.missing/ALL/SCORE/V2/TOTAL/tipping/outcome", "text"] == "cannot be estimated"


def test_changes_are_wide_in_order_of_subject_with_their_baseline():
    data = trial(definition(), EIGHT, measurements(EIGHT, {"1": [10, 9, None], "0": [20, None, 15]}))
    wide = missing_data.wide_values(endpoint_data(data, data.definition.endpoints[0]), "TOTAL")
    expected = pd.DataFrame({"V1": [np.nan, -1.0], "V2": [-5.0, np.nan], "BASE": [20.0, 10.0]}, index=["0", "1"])
    pd.testing.assert_frame_equal(wide, expected, check_names=False, check_index_type=False, check_column_type=False)


def test_shifts_go_up_to_the_spread_of_the_baseline_whether_it_is_a_covariate_or_not():
    last = "eff.missing/ALL/SCORE/V2/TOTAL/tipping|6"
    with_baseline, without = (values(analysed(endpoint=e), last, "delta") for e in ({}, {"baseline_covariate": False}))
    assert with_baseline == without
