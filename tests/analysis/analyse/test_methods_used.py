"""Section 9.7 names what ran, with the study's own settings."""

import pandas as pd
import pytest

from tests.analysis.analyse.efficacy_frames import definition, measurements, subjects, trial
from trial_report.analysis.analyse.efficacy_tests import analyse
from trial_report.analysis.analyse.methods_used import methods_used, sentence

pytestmark = pytest.mark.requirement("REQ-311")

ADSL = subjects({"1": "A", "2": "A", "3": "A"}, SEX=["F"] * 3)
DATA = measurements(ADSL, {"1": [10, 8, 4], "2": [20, 15, 10], "3": [30, 20, 15]})


def used(*endpoints, **changes):
    study = definition(*endpoints, **changes)
    return [m.id for m in methods_used(analyse(trial(study, ADSL, DATA)), study)]


def test_a_change_of_test_changes_the_methods():
    both = used({"test": "wilcoxon_signed_rank", "other_tests": ["paired_t"]})
    assert {"signed-rank", "t-paired", "hodges-lehmann"} <= set(both)
    assert "t-paired" not in used({"test": "wilcoxon_signed_rank", "other_tests": []})
    assert "signed-rank" not in used({"test": "paired_t", "other_tests": []})


def test_a_change_of_procedure_changes_the_methods():
    assert "adjust-holm" in used(multiplicity={"procedure": "holm"})
    assert "adjust-none" in used(multiplicity={"procedure": "none"})


def test_sentences_have_the_studys_settings():
    study = definition(
        {"missing": ["mi"]},
        confidence_level=0.9,
        missing_data={"imputations": 30, "seed": 5},
        multiplicity={"procedure": "holm", "alpha": 0.1},
    )
    assert "90% confidence" in sentence("t-interval", study)
    assert "imputed 30 times" in sentence("multiple-imputation", study)
    assert "seed 5" in sentence("multiple-imputation", study)
    assert "level of 0.1" in sentence("adjust-holm", study)


def test_software_is_named_with_its_version():
    results = pd.DataFrame({"method": ["t-paired", "signed-rank", None], "value": 1.0, "text": None})
    found = {m.id: m.software for m in methods_used(results, definition())}
    assert found["t-paired"].startswith("SciPy ")
    assert found["signed-rank"] == "own implementation"


def test_an_unknown_method_is_an_error():
    with pytest.raises(KeyError, match="guess"):
        methods_used(pd.DataFrame({"method": ["guess"], "value": [1.0], "text": [None]}), definition())


def test_a_method_that_gave_no_value_is_not_in_use():
    study = definition()
    rows = pd.DataFrame(
        {"method": ["log-rank", "log-rank", "kaplan-meier"], "value": [None, None, 20.0], "text": [None, None, None]}
    )
    assert [m.id for m in methods_used(rows, study)] == ["kaplan-meier"]


def test_the_escalation_says_how_its_last_level_is_settled():
    rule = {"phase": "P1", "cohort_variable": "COHORT", "dlt_variable": "AEDLT", "dlt_window_days": 28}
    rule |= {"dlt_definition": "Grade 3 or higher", "mtd_definition": "at_most_one_sixth"}
    phases = {"variable": "PHASE", "levels": [{"code": "P1", "label": "Phase 1", "role": "escalation"}]}
    six = definition(phases=phases, escalation=rule | {"confirm_mtd": True})
    three = definition(phases=phases, escalation=rule | {"confirm_mtd": False})
    assert "settled in six evaluable patients" in sentence("three-plus-three", six)
    assert "settled in the three patients treated there" in sentence("three-plus-three", three)
    assert "one in six to the next dose level" in sentence("three-plus-three", three)
