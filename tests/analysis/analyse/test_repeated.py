"""Repeated measures of compared endpoints: groups differ by the mixed model of all observed values."""

import numpy as np
import pytest

from tests.analysis.analyse.efficacy_frames import definition, measurements, subjects, trial
from trial_report.analysis.analyse import efficacy_tests, missing_data, repeated
from trial_report.analysis.methods.mmrm import fit_mmrm

pytestmark = pytest.mark.requirement("REQ-308")

NAMES = "abcdefghijklmnop"
GROUPS = dict(zip(NAMES, "AAAAABBBBBBCCCCC", strict=True))
SITES = ["1", "2"] * 8
THREE = {"groups": [{"code": c, "label": c, "short": c} for c in "ABC"]}
RANDOM = np.random.default_rng(3)
VALUES = {name: tuple(float(v) for v in 50 + np.cumsum(RANDOM.normal(0, 5, 3)).round()) for name in NAMES}
VALUES["c"] = (*VALUES["c"][:2], None)
VALUES["h"] = (VALUES["h"][0], None, VALUES["h"][2])


def made(**changes):
    adsl = subjects(GROUPS, SITEID=SITES)
    compared = {"comparison": "ancova", "control": "A", "comparison_data": "locf"}
    asked = {"missing": ["locf", "mmrm"], **({} if changes.get("comparison") == "none" else compared), **changes}
    return trial(definition(asked, treatment=THREE), adsl, adbds=measurements(adsl, VALUES))


def test_groups_are_compared_by_observed_values():
    study = made(pairs="all", factors=["SITEID"])
    found = repeated.analyse(study).set_index("key")["value"]
    frame = study.adbds.loc[study.adbds["ABLFL"] == "N"]
    frame = frame.assign(SITEID=frame["USUBJID"].map(dict(zip(NAMES, SITES, strict=True))))
    fit = fit_mmrm(frame, "CHG", "USUBJID", "AVISIT", ["V1", "V2"], "TRT01A", "ABC", ["BASE"], ["SITEID"],
                   further=[("C", "B")])  # fmt: skip
    rows = fit.differences.set_index(["visit", "group", "reference"])
    for group, other, level in (("B", "A", "DIFFERENCE"), ("C", "B", "DIFFERENCE|B")):
        for name in ("estimate", "se", "df", "p"):
            at = f"eff.mmrm/ALL/SCORE/V2/{group}/{level}/{name}"
            assert found[at] == pytest.approx(rows.loc[("V2", group, other), name])
    assert found["eff.mmrm/ALL/SCORE/V2/A/-/n"] == 4
    assert found["eff.mmrm/ALL/SCORE/-/TOTAL/-/values"] == 30


def test_the_difference_of_two_others_is_that_of_their_differences_from_control():
    found = repeated.analyse(made(pairs="all")).set_index("key")["value"]
    b, c, pair = (found[f"eff.mmrm/ALL/SCORE/V1/{at}/estimate"] for at in
                  ("B/DIFFERENCE", "C/DIFFERENCE", "C/DIFFERENCE|B"))  # fmt: skip
    assert pair == pytest.approx(c - b)


def test_the_model_stands_in_one_place_alone():
    study = made()
    assert not missing_data.analyse(study)["level"].eq("mmrm").any()
    assert repeated.analyse(made(comparison="none")).empty
    assert "eff.comparison" in set(efficacy_tests.analyse(study)["analysis"])


def test_a_value_is_modelled_without_a_baseline():
    found = repeated.analyse(made(measure="value", responder=None)).set_index("key")
    assert found.loc["eff.mmrm/ALL/SCORE/-/TOTAL/-/model", "text"] == "AVISIT + TRT01A + TRT01A × AVISIT"
