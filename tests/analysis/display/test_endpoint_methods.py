"""Section 9.7 says of each endpoint what was done: set, treatment, every term of every model, data, family."""

from __future__ import annotations

from typing import Any

import pytest

from tests.analysis.analyse.efficacy_frames import STUDY, definition
from tests.analysis.display.tables.efficacy_book import SERIES, small_book
from trial_report.analysis.display.endpoint_methods import all_endpoints, endpoint_methods, family, terms

pytestmark = pytest.mark.requirement("REQ-311")

AGE = {"variable": "AGE", "label": "Age", "kind": "continuous"}
CHARACTERISTICS = [*STUDY["characteristics"], AGE]
COMPARED = {"comparison": "ancova", "control": "A"}
ITT = {"id": "ITT", "flag": "ITTFL", "label": "ITT set", "definition": "D", "criteria": {"enrolled": True}}


def said(endpoint: dict[str, Any], **changes: Any) -> str:
    book = small_book(endpoint, **changes)
    return " ".join(endpoint_methods(book, book.definition.endpoints[0]))


def test_set_treatment_measure_and_visits_are_named() -> None:
    words = said({"visits": ["V2", "V1"], "only_with_baseline": {"SEX": "F"}})
    assert words.startswith(
        "The change from baseline (CHG = AVAL − BASE), analyzed at Visit 1 and Visit 2. "
        "All, patients with Sex: Female, by treatment received (TRT01A)."
    )


def test_tests_within_groups_are_named_with_their_estimates() -> None:
    holm = {"multiplicity": {"procedure": "holm"}}
    words = said({}, **holm)
    assert (
        "tested against zero over all groups together, and estimated in each group, by the paired t test (the mean "
        "with its t interval), which decides over all groups; beside it the exact Wilcoxon signed-rank test (the "
        "Hodges–Lehmann"
    ) in words
    assert "decides" not in said({})
    assert "against zero" not in said(COMPARED)
    within = said({**COMPARED, "within_groups": True}, **holm)
    assert "against zero" in within
    assert "decides" not in within


def test_a_comparison_names_terms_pooling_data_weights_and_control() -> None:
    study = definition(
        {**COMPARED, "covariates": ["AGE"], "factors": ["SITEID", "SEX"], "pool_below": 3, "pool_in": "ITT",
         "analysis_set": "ITT"},
        characteristics=CHARACTERISTICS, analysis_sets=[*STUDY["analysis_sets"], ITT],
    )  # fmt: skip
    assert terms(study, study.endpoints[0]) == [
        "treatment group (TRT01P)",
        "the baseline value (BASE)",
        "Age (AGE)",
        "the factor site (SITEID; levels with fewer than 3 patients of the ITT set in any group are one level, by "
        "treatment assigned)",
        "the factor Sex (SEX; levels with fewer than 3 patients of the ITT set in any group are one level, by "
        "treatment assigned)",
    ]
    words = said({**COMPARED, "comparison_data": "locf", "baseline_covariate": False, "dose_trend": "slope"})
    assert "an analysis of covariance of the change on treatment group (TRT01A), by ordinary least squares" in words
    assert "of the last observation carried forward of patients with every variable of the model" in words
    assert "weigh the levels of a factor equally; differences are from Low, with t intervals (95%)" in words
    assert "the slope of the planned dose" in words


def test_the_mixed_model_names_the_visits_that_entered_it() -> None:
    """Tested at visit 2 alone; values of visit 1 inform it."""
    words = said({"visits": ["V2"], "missing": ["mmrm"]})
    assert "one model of the observed values at Visit 1 and Visit 2 on visit (AVISIT) and the baseline value" in words
    none = {name: [b, None, two] for name, (b, _, two) in SERIES.items()}
    alone = said({"visits": ["V2"], "missing": ["mmrm"]}, series=none)
    assert "one model of the observed values at Visit 2 on visit" in alone


def test_missing_data_name_who_is_imputed_the_model_as_fitted_number_and_seed() -> None:
    plan = {"missing_data": {"imputations": 7, "seed": 11, "tipping_steps": 4, "tipping_range_sd": 1.5}}
    words = said({**COMPARED, "missing": ["locf", "mi", "tipping_point"]}, **plan)
    assert "values at Visit 1 and Visit 2 are imputed 7 times (random seed 11)" in words
    assert "Model: Bayesian linear regression of each visit on TRT01A, BASE, earlier visits." in words
    assert "Each data set is analysed by the analysis of covariance of the comparison" in words
    assert "of one group at a time, not of control, are shifted against the difference from control in 4 equal" in words
    assert "from 0 to 1.5 standard deviations" in words
    plan["missing_data"]["within_groups"] = True
    assert "earlier visits, in each group by itself." in said({**COMPARED, "missing": ["mi", "tipping_point"]}, **plan)


def test_proportions_and_responders_name_rule_interval_test_and_strata() -> None:
    assert "in whom the percent change is at most −50%, as a proportion of those in whom it is known" in said({})
    words = said(COMPARED)
    assert "Responders of each group are compared with those of Low at these visits by the difference" in words
    assert "over the strata of Sex (SEX), by the Mantel–Haenszel difference" in said({**COMPARED, "factors": ["SEX"]})


def test_levels_dose_subgroups_and_further_analyses_are_named() -> None:
    words = said(
        {**COMPARED, "levels": {12: "Twelve", 13: "More"}, "dose_response": "kruskal_wallis",
         "further": [{"id": "ONE", "label": "Again", "data": "locf", "visits": ["V2"]}]},
        subgroups=[{"variable": "SEX", "label": "Sex"}],
    )  # fmt: skip
    assert "Levels of the score (AVAL: 12 and 13) are compared over all groups" in words
    assert "the Kruskal–Wallis test over all groups at Visit 2; descriptive." in words
    assert "Subgroups at Visit 2, by Sex (SEX): the analysis of covariance in each level by itself" in words
    assert "Again: the same comparison is made in the All, of the last observation carried forward, at Visit 2" in words


def test_the_family_is_named() -> None:
    assert "No procedure" in family(definition())[-1]
    order = {"procedure": "fixed_sequence", "alpha": 0.1, "order": [["SCORE", "V2"], ["SCORE", "V1"]]}
    assert family(definition(multiplicity=order))[-1] == (
        "Family of hypotheses (fixed-sequence procedure, two-sided level 0.1): in this order Score at Visit 2; Score "
        "at Visit 1. All other p-values are descriptive."
    )
    assert "at least 2 values" in all_endpoints(definition())[0]
