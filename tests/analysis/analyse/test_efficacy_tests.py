"""Tests of change: which test decides, the family's decisions, and what cannot be tested."""

import pytest

from tests.analysis.analyse.efficacy_frames import definition, measurements, subjects, trial, values
from trial_report.analysis.analyse import efficacy_tests
from trial_report.analysis.analyse.efficacy_tests import deciding

pytestmark = pytest.mark.requirement("REQ-306")

# Hollander & Wolfe, Nonparametric Statistical Methods, table 3.1 (Hamilton depression scale of nine patients before
# and after tranquilizer), times 100; R's wilcox.test documentation: one-sided p = 0.01953 (exact).
BEFORE = [183, 50, 162, 248, 168, 188, 155, 306, 130]
AFTER = [87.8, 64.7, 59.8, 205, 106, 129, 106, 314, 129]
NINE = subjects({str(i): "A" for i in range(1, 10)}, SEX=["F"] * 9)


def nine(*endpoints, **changes):
    series = {str(i): [b, a, None] for i, (b, a) in enumerate(zip(BEFORE, AFTER, strict=True), 1)}
    return trial(definition(*endpoints, **changes), NINE, measurements(NINE, series))


def test_wilcoxon_agrees_with_hollander_and_wolfe():
    """T+ of the falls is 40, so the rank sum of the rises is 5; two-sided p = 2 × 0.01953125 = 0.0390625."""
    found = efficacy_tests.analyse(nine())
    stem = "eff.test/ALL/SCORE/V1/TOTAL/wilcoxon_signed_rank"
    assert values(found, stem, "n", "zeros", "statistic", "p") == [9, 0, 5, pytest.approx(0.0390625, abs=1e-6)]


def test_hodges_lehmann_agrees_with_hollander_and_wolfe():
    """Their estimate of the shift is -0.46, with the exact 96% interval -0.786 to -0.010 (examples 3.3 and 3.4);
    nominal 95% gives the same limits."""
    found = efficacy_tests.analyse(nine())
    estimate, low, high = values(found, "eff.test/ALL/SCORE/V1/TOTAL/hodges_lehmann", "estimate", "ci_low", "ci_high")
    assert (estimate, low, high) == (
        pytest.approx(-46, abs=0.1),
        pytest.approx(-78.6, abs=0.1),
        pytest.approx(-1.0, abs=0.1),
    )


def test_paired_t_agrees_with_r():
    """R: t.test(after, before, paired = TRUE) gives t = -3.0354, df = 8, p = 0.01618."""
    found = efficacy_tests.analyse(nine())
    stem = "eff.test/ALL/SCORE/V1/TOTAL/paired_t"
    t, df, p = values(found, stem, "statistic", "df", "p")
    assert (t, df, p) == (pytest.approx(-3.0354, abs=2e-3), 8, pytest.approx(0.01618, abs=5e-5))


@pytest.mark.parametrize(
    ("test", "level", "method"),
    [("paired_t", "paired_t", "t-paired"), ("wilcoxon_signed_rank", "wilcoxon_signed_rank", "signed-rank")],
)
def test_the_definition_says_which_test_decides(test, level, method):
    found = efficacy_tests.analyse(nine({"test": test, "other_tests": ["paired_t", "wilcoxon_signed_rank"]}))
    stem = "eff.test/ALL/SCORE/V1/TOTAL"
    assert values(found, f"{stem}/-", "p") == values(found, f"{stem}/{level}", "p")
    assert found.set_index("key").loc[f"{stem}/-/p", "method"] == method


def test_the_estimate_belongs_to_the_test():
    found = efficacy_tests.analyse(nine({"test": "wilcoxon_signed_rank"}))
    stem = "eff.test/ALL/SCORE/V1/TOTAL"
    assert values(found, f"{stem}/-", "estimate") == values(found, f"{stem}/hodges_lehmann", "estimate")
    assert deciding(definition(), "paired_t", [1, 2, 3]).estimate == 2
    assert deciding(definition(), "wilcoxon_signed_rank", [1, 2, 6]).estimate == 2.75


def test_a_test_that_is_not_asked_for_has_no_rows():
    found = efficacy_tests.analyse(nine({"other_tests": []}))
    assert not found["level"].isin(["wilcoxon_signed_rank", "hodges_lehmann"]).any()


def test_fixed_sequence_stops_at_the_first_that_is_not_rejected():
    """V2 has no values, so it has no p; V1 behind it cannot be tested although its p is small."""
    plan = {"procedure": "fixed_sequence", "order": [["SCORE", "V2"], ["SCORE", "V1"]]}
    found = efficacy_tests.analyse(nine(multiplicity=plan)).set_index("key")
    assert found.loc["eff.test/ALL/SCORE/V1/TOTAL/-/decision", "text"] == "not tested"
    assert found.loc["eff.test/ALL/SCORE/V1/TOTAL/-/p_adjusted", "value"] == 1
    assert found.loc["eff.test/ALL/SCORE/V2/TOTAL/-/decision", "text"] == "not tested"
    assert found.loc["eff.test/ALL/SCORE/V2/TOTAL/-/p_adjusted", "formatted"] == "–"


def test_a_hypothesis_outside_the_family_is_descriptive():
    plan = {"procedure": "holm", "order": [["SCORE", "V2"]]}
    found = efficacy_tests.analyse(nine(multiplicity=plan)).set_index("key")
    row = found.loc["eff.test/ALL/SCORE/V1/TOTAL/-/decision"]
    assert (row["text"], row["warning"]) == (
        "descriptive",
        "not in the family of hypotheses: the p-value is descriptive",
    )


def test_without_a_procedure_nothing_is_significant_or_adjusted():
    found = efficacy_tests.analyse(nine(multiplicity={"procedure": "none"}))
    row = found.set_index("key").loc["eff.test/ALL/SCORE/V1/TOTAL/-/decision"]
    assert (row["text"], row["method"]) == ("descriptive", "adjust-none")
    assert not found["statistic"].eq("p_adjusted").any()
    assert not found["analysis"].eq("eff.family").any()


def test_compared_changes_are_tested_within_groups_only_where_that_is_asked_for():
    compared = {"comparison": "ancova", "control": "A"}
    assert not efficacy_tests.analyse(nine(compared))["analysis"].eq("eff.test").any()
    asked = efficacy_tests.analyse(nine({**compared, "within_groups": True}, multiplicity={"procedure": "holm"}))
    rows = asked.set_index("key")
    assert rows.loc["eff.test/ALL/SCORE/V1/A/wilcoxon_signed_rank/p", "value"] == pytest.approx(0.0390625, abs=1e-6)
    assert not asked.loc[asked["analysis"] == "eff.test", "statistic"].isin(["decision", "p_adjusted"]).any()


@pytest.mark.parametrize("n", [0, 1, 2])
def test_few_subjects(n):
    adsl = subjects({str(i): "A" for i in range(2)}, SEX=["F", "M"])
    series = {str(i): [10, 8 - i, 8 - i] for i in range(n)}
    found = efficacy_tests.analyse(trial(definition(), adsl, measurements(adsl, series))).set_index("key")
    p = found.loc["eff.test/ALL/SCORE/V1/TOTAL/paired_t/p"]
    assert (p["formatted"] == "–") == (n < 2)
    assert n == 2 or isinstance(p["warning"], str)
    assert not found["formatted"].str.contains("nan").any()


def test_all_changes_are_zero():
    adsl = subjects({"1": "A", "2": "A", "3": "A"}, SEX=["F"] * 3)
    study = definition(multiplicity={"procedure": "holm"})
    found = efficacy_tests.analyse(trial(study, adsl, measurements(adsl, {k: [5, 5, 5] for k in "123"})))
    rows = found.set_index("key")
    stem = "eff.test/ALL/SCORE/V1/TOTAL"
    assert rows.loc[f"{stem}/paired_t/p", "warning"] == "not estimable: all values are equal"
    assert rows.loc[f"{stem}/wilcoxon_signed_rank/p", "warning"] == "not estimable: all changes are zero"
    assert rows.loc[f"{stem}/-/decision", "text"] == "not tested"


def test_without_a_total_every_group_is_tested():
    study = {
        "groups": [{"code": "A", "label": "L", "short": "L"}, {"code": "B", "label": "H", "short": "H"}],
        "total": None,
    }
    found = efficacy_tests.analyse(nine(treatment=study))
    decided = found.loc[(found["statistic"] == "decision") & (found["avisit"] == "V1"), "group"]
    assert decided.tolist() == ["A", "B"]
    assert "TOTAL" not in set(found.loc[found["analysis"] == "eff.test", "group"])


TESTS = [("paired_t", "p"), ("wilcoxon_signed_rank", "p"), ("hodges_lehmann", "estimate"), ("effect", "estimate")]


def transformed(scale, shift, names=None):
    """The nine patients with every value scaled and shifted, and their subjects renamed."""
    ids = names or [str(i) for i in range(1, 10)]
    adsl = subjects(dict.fromkeys(ids, "A"), SEX=["F"] * 9)
    series = {i: [scale * b + shift, scale * a + shift, None] for i, b, a in zip(ids, BEFORE, AFTER, strict=True)}
    found = efficacy_tests.analyse(trial(definition(), adsl, measurements(adsl, series)))
    return [values(found, f"eff.test/ALL/SCORE/V1/TOTAL/{level}", name)[0] for level, name in TESTS]


def test_a_constant_added_to_all_values_changes_nothing():
    assert transformed(1, 1000) == [pytest.approx(v, abs=1e-5) for v in transformed(1, 0)]


def test_scaling_scales_estimates_and_leaves_p_and_effect():
    t, w, hl, effect = transformed(1, 0)
    assert transformed(3, 0) == [pytest.approx(v, abs=1e-5) for v in (t, w, 3 * hl, effect)]


def test_the_sign_of_the_change_turns_the_estimates():
    t, w, hl, effect = transformed(1, 0)
    assert transformed(-1, 0) == [pytest.approx(v, abs=1e-5) for v in (t, w, -hl, -effect)]


def test_names_of_subjects_do_not_matter():
    assert transformed(1, 0, list("ihgfedcba")) == transformed(1, 0)
