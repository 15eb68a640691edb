"""Why somebody is outside a set: deviations and values after baseline."""

import pandas as pd
import pytest

from tests.analysis.analyse.safety_frames import STUDY, SUBJECT, definition, frame
from trial_report.analysis.analyse.exclusions import exclusion_reasons

pytestmark = pytest.mark.requirement("REQ-301")

SETS = [
    *STUDY["analysis_sets"],
    {"id": "FAS", "flag": "FASFL", "label": "Full", "definition": "F.",
     "criteria": {"treated": True, "post_baseline": ["PULSE"]}},
    {"id": "PPS", "flag": "PPSFL", "label": "Per protocol", "definition": "P.",
     "criteria": {"treated": True, "post_baseline": ["PULSE"], "without_deviation": ["MAJOR"]}},
]  # fmt: skip


def test_a_deviation_excludes_only_who_has_the_values() -> None:
    adsl = frame(
        SUBJECT,
        {"USUBJID": "1", "FASFL": "Y", "PPSFL": "Y"},
        {"USUBJID": "2", "FASFL": "Y", "PPSFL": "N"},
        {"USUBJID": "3", "FASFL": "N", "PPSFL": "N"},
    )
    deviations = pd.DataFrame({"USUBJID": ["2", "3"], "DVCAT": ["MAJOR", "MAJOR"]})
    found = exclusion_reasons(definition(analysis_sets=SETS), adsl, {"DV": deviations}, "PPS")
    assert found.isna().tolist() == [True, False, False]
    assert found.tolist()[1:] == ["Major protocol deviation", "No baseline or no later value (pulse)"]


def test_without_a_domain_of_deviations_the_values_are_the_reason() -> None:
    adsl = frame(SUBJECT, {"FASFL": "N", "PPSFL": "N"})
    found = exclusion_reasons(definition(analysis_sets=SETS), adsl, {}, "PPS")
    assert found.tolist() == ["No baseline or no later value (pulse)"]


def test_a_variable_that_only_dm_has_is_the_reason_too() -> None:
    flagged = {"id": "EFF", "flag": "EFFFL", "label": "E", "definition": "E.",
               "criteria": {"treated": True, "flags": {"EFFICACY": "Y", "OTHER": "Y"}}}  # fmt: skip
    adsl = frame(
        SUBJECT, {"USUBJID": "1", "EFFFL": "Y"}, {"USUBJID": "2", "EFFFL": "N"}, {"USUBJID": "3", "EFFFL": "N"}
    )
    dm = pd.DataFrame({"USUBJID": ["3", "2", "1"], "EFFICACY": ["Y", None, "Y"]})
    found = exclusion_reasons(definition(analysis_sets=[*SETS, flagged]), adsl, {"DM": dm}, "EFF")
    assert found.isna().tolist() == [True, False, False]
    assert found.tolist()[1:] == ["EFFICACY is not Y", "Reason not determined"]
