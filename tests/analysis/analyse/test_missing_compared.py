"""Missing data of compared endpoints: every way of handling them gives the difference between groups."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.analysis.analyse.efficacy_frames import definition, measurements, subjects, trial, values
from trial_report.analysis.analyse import efficacy_tests, missing_data
from trial_report.analysis.analyse.efficacy_data import endpoint_data
from trial_report.analysis.analyse.missing_compared import completed
from trial_report.analysis.trial import Trial

pytestmark = pytest.mark.requirement("REQ-308")

NAMES = "abcdefghijklmnopqrst"
GROUPS = dict(zip(NAMES, "A" * 10 + "B" * 10, strict=True))
RANDOM = np.random.default_rng(20)
WAYS = {"comparison": "ancova", "control": "A", "missing": ["locf", "mi", "tipping_point"]}
PLAN = {"imputations": 40, "seed": 3, "tipping_steps": 6, "tipping_range_sd": 3.0}
AT = "eff.missing/ALL/SCORE"
OF_GROUP = ("n", "imputed", "estimate", "se", "ci_low", "ci_high")
OF_DIFFERENCE = ("estimate", "se", "ci_low", "ci_high", "df", "p")


def series(gone: str = "dmr") -> dict[str, list[float | None]]:
    """Baseline about 50; falls of 1 and 2 with A, 6 and 12 with B; no value at V2 of those named."""
    base = RANDOM.normal(50, 4, len(NAMES)).round(1)
    noise = RANDOM.normal(0, 1.5, (len(NAMES), 2)).round(1)
    fall = {"A": (1.0, 2.0), "B": (6.0, 12.0)}
    return {
        name: [float(b), float(b - fall[GROUPS[name]][0] + e[0]),
               None if name in gone else float(b - fall[GROUPS[name]][1] + e[1])]
        for name, b, e in zip(NAMES, base, noise, strict=True)
    }  # fmt: skip


SERIES = series()


def made(data: dict[str, list[float | None]] = SERIES, plan: dict[str, Any] = PLAN, **asked: Any) -> Trial:
    adsl = subjects(GROUPS, SEX=["F", "M"] * 10, AGE=[float(40 + n) for n in range(20)])
    characteristics = [
        {"variable": "SEX", "label": "Sex", "kind": "categorical"},
        {"variable": "AGE", "label": "Age", "kind": "continuous"},
    ]
    study = definition({**WAYS, **asked}, missing_data=plan, characteristics=characteristics)
    return trial(study, adsl, measurements(adsl, data))


@pytest.mark.parametrize("way", ["observed", "locf"])
def test_observed_and_carried_values_are_compared_as_the_comparison_does(way: str) -> None:
    """The rows of eff.comparison with that data, to the last digit."""
    study = made(factors=["SEX"], covariates=["AGE"])
    found = missing_data.analyse(study)
    as_compared = made(factors=["SEX"], covariates=["AGE"], comparison_data=way)
    expected = efficacy_tests.analyse(as_compared)
    for visit in ("V1", "V2"):
        own, other = f"{AT}/{visit}/B/{way}|DIFFERENCE", f"eff.comparison/ALL/SCORE/{visit}/B/DIFFERENCE"
        assert values(found, own, *OF_DIFFERENCE) == values(expected, other, *OF_DIFFERENCE)
        for group in "AB":
            own, other = f"{AT}/{visit}/{group}/{way}", f"eff.comparison/ALL/SCORE/{visit}/{group}/-"
            names = [name for name in OF_GROUP if name != "imputed"]
            assert values(found, own, *names) == values(expected, other, *names)
    assert values(found, f"{AT}/V2/B/{way}", "n", "imputed") == ([8, 0] if way == "observed" else [10, 2])


def test_imputation_of_nothing_is_the_comparison() -> None:
    """V1 is complete: means, differences and SE are those of observed cases."""
    found = missing_data.analyse(made())
    for group in "AB":
        assert values(found, f"{AT}/V1/{group}/mi", *OF_GROUP[:4]) == [
            pytest.approx(v, abs=1e-5) for v in values(found, f"{AT}/V1/{group}/observed", *OF_GROUP[:4])
        ]
    observed = values(found, f"{AT}/V1/B/observed|DIFFERENCE", *OF_DIFFERENCE)
    estimate, se, df = (values(found, f"{AT}/V1/B/mi|DIFFERENCE", s)[0] for s in ("estimate", "se", "df"))
    assert (estimate, se) == (pytest.approx(observed[0], abs=1e-5), pytest.approx(observed[1], abs=1e-5))
    assert df == pytest.approx(18 / 20 * 17, abs=1e-5)  # Barnard and Rubin of 17 df: (17 + 1) / (17 + 3) × 17


def test_values_are_imputed_as_those_of_the_subjects_own_group() -> None:
    """The falls of the missing are about 2 with A and 12 with B, not 7 with either; all are counted."""
    study = made()
    for plan in (False, True):
        altered = study.definition.model_copy(
            update={"missing_data": study.definition.missing_data.model_copy(update={"within_groups": plan})}
        )
        one = trial(altered, study.adsl, study.adbds)
        found = completed(one, endpoint_data(one, altered.endpoints[0]))
        drawn = found.imputed.at("V2")[0].mean(axis=0)
        at = dict(zip(found.subjects.index, drawn, strict=True))
        assert at["d"] == pytest.approx(-2, abs=1.5)
        assert [at["m"], at["r"]] == [pytest.approx(-12, abs=1.5)] * 2
        assert found.model.endswith("in each group by itself" if plan else "earlier visits")
        results = missing_data.analyse(one)
        assert values(results, f"{AT}/V2/B/mi", "n", "imputed") == [10, 2]
        assert values(results, f"{AT}/V2/A/mi", "n", "imputed") == [10, 1]


def test_who_has_a_baseline_alone_is_imputed_and_who_has_none_is_not() -> None:
    data = {**SERIES, "a": [50.0, None, None], "k": [49.0, None, None]}
    del data["b"]
    found = missing_data.analyse(made(data))
    assert values(found, f"{AT}/V2/A/mi", "n", "imputed") == [9, 2]
    assert values(found, f"{AT}/V1/B/mi", "n", "imputed") == [10, 1]
    assert values(found, f"{AT}/V1/B/locf", "n") == [9]


def test_the_model_is_named_once_and_names_group_baseline_and_covariates() -> None:
    found = missing_data.analyse(made(covariates=["AGE"])).set_index("key")
    assert found.loc["eff.missing/ALL/SCORE/-/TOTAL/mi/model", "text"] == (
        "Bayesian linear regression of each visit on TRT01A, BASE, AGE, earlier visits"
    )
    assert not (found["statistic"].eq("estimate") & found["group"].eq("TOTAL")).any()


def test_who_lacks_a_factor_is_imputed_and_not_compared() -> None:
    study = made(factors=["SEX"])
    study.adsl.loc[study.adsl["USUBJID"] == "k", "SEX"] = None
    found = missing_data.analyse(study)
    assert values(found, f"{AT}/V2/B/mi", "n", "imputed") == [9, 2]


def test_imputed_values_of_one_group_are_shifted_against_its_difference() -> None:
    """B falls by 10 more than A: its two imputed values rise, in six steps up to three SD of all baselines."""
    study = made()
    found = missing_data.analyse(study)
    steps = [values(found, f"{AT}/V2/B/tipping|{n}", "delta")[0] for n in range(1, 8)]
    spread = float(np.std([one[0] for one in SERIES.values()], ddof=1))
    assert steps == [pytest.approx(3 * spread * n / 6, abs=1e-5) for n in range(7)]
    assert values(found, f"{AT}/V2/B/tipping|1", "estimate", "p") == values(
        found, f"{AT}/V2/B/mi|DIFFERENCE", "estimate", "p"
    )
    first, last = (values(found, f"{AT}/V2/B/tipping|{n}", "estimate")[0] for n in (1, 7))
    # Two of ten are shifted: about a fifth of the shift, adjusted for the baseline.
    assert last - first == pytest.approx(0.2 * 3 * spread, rel=0.2)
    assert not found["key"].str.contains("/A/tipping").any()
    assert not found["key"].str.contains("/V1/B/tipping|", regex=False).any()


def test_a_difference_is_lost_where_its_interval_reaches_zero() -> None:
    data = {name: [b, one, None if two is None or name in "klmnop" else two] for name, (b, one, two) in SERIES.items()}
    found = missing_data.analyse(made(data, {**PLAN, "tipping_range_sd": 20.0})).set_index("key")
    delta = found.loc[f"{AT}/V2/B/tipping/delta", "value"]
    assert delta > 0
    text = found.loc[f"{AT}/V2/B/tipping/outcome", "text"]
    assert text.startswith("the result is lost when the imputed values are shifted by")
    ps = [found.loc[f"{AT}/V2/B/tipping|{n}/p", "value"] for n in range(1, 8)]
    deltas = [found.loc[f"{AT}/V2/B/tipping|{n}/delta", "value"] for n in range(1, 8)]
    lost = next(n for n, p in enumerate(ps) if p > 0.05)
    assert deltas[lost - 1] <= delta <= deltas[lost]


def test_few_observed_values_are_no_ground_for_imputed_ones() -> None:
    """Three of ten were observed with B: nothing is inferred from them, however many are imputed."""
    data = {name: [b, one, None if name in "klmnopq" else two] for name, (b, one, two) in SERIES.items()}
    study = made(data)
    few = study.definition.model_copy(update={"inference_from": 4})
    found = missing_data.analyse(trial(few, study.adsl, study.adbds))
    rows = found.set_index("key")
    for way in ("observed", "mi"):
        assert values(found, f"{AT}/V2/B/{way}", "estimate", "se") == [None, None]
        assert values(found, f"{AT}/V2/B/{way}|DIFFERENCE", "estimate", "p") == [None, None]
        assert rows.loc[f"{AT}/V2/B/{way}|DIFFERENCE/p", "warning"] == "not computed: fewer than 4 values"
        assert values(found, f"{AT}/V2/A/{way}", "estimate") != [None]
    assert rows.loc[f"{AT}/V2/B/tipping/outcome", "text"] == "cannot be estimated"


def test_a_value_without_a_baseline_has_nothing_to_measure_shifts_by() -> None:
    data = {name: [50.0, one, two] for name, (_, one, two) in SERIES.items()}
    found = missing_data.analyse(made(data, measure="value", responder=None)).set_index("key")
    row = found.loc[f"{AT}/V2/B/tipping/delta"]
    assert (row["formatted"], row["warning"]) == (
        "–", "not estimable: the baselines have no spread that shifts could be measured by",
    )  # fmt: skip
    assert np.isfinite(found.loc[f"{AT}/V2/B/mi|DIFFERENCE/p", "value"])


def test_nobody_has_a_value_at_a_visit() -> None:
    data = {name: [b, one, None] for name, (b, one, _) in SERIES.items()}
    found = missing_data.analyse(made(data))
    own = found.loc[found["avisit"] == "V2"]
    assert not own["formatted"].str.contains("nan").any()
    assert values(found, f"{AT}/V2/B/mi", "n", "imputed", "estimate") == [10, 0, None]
    assert values(found, f"{AT}/V2/B/locf", "n", "imputed") == [10, 10]


def test_the_seed_decides_the_imputations() -> None:
    pd.testing.assert_frame_equal(missing_data.analyse(made()), missing_data.analyse(made()))
    other = missing_data.analyse(made(plan={**PLAN, "seed": 4}))
    at = f"{AT}/V2/B/mi|DIFFERENCE"
    assert values(other, at, "estimate") != values(missing_data.analyse(made()), at, "estimate")
