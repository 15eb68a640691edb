"""A set of all randomised is analysed by what was assigned, the safety set by what was received, in every analysis.

Six subjects. Assigned: 1, 2, 3 to A, 4, 5, 6 to B. Subject 1 received B, subject 4 nothing, the others as assigned.
"""

import pandas as pd
import pytest

from tests.analysis.analyse.efficacy_frames import ENDPOINT, STUDY, definition, measurements, subjects, trial, values
from tests.analysis.analyse.safety_frames import EVENT, SUBJECT, frame
from tests.analysis.analyse.safety_frames import definition as safety_definition
from tests.analysis.analyse.safety_frames import trial as safety_trial
from trial_report.analysis.analyse import (
    efficacy,
    efficacy_dose,
    efficacy_tests,
    missing_data,
    responders,
    subgroups,
    survival,
)
from trial_report.analysis.analyse.adverse_events import against_control, overview
from trial_report.analysis.trial import Trial

pytestmark = pytest.mark.requirement("REQ-313")

RECEIVED = {"1": "B", "2": "A", "3": "A", "4": None, "5": "B", "6": "B"}
ASSIGNED = ["A", "A", "A", "B", "B", "B"]
VALUES = {
    "1": (10, 8, 2), "2": (10, 9, 8), "3": (10, 10, 9), "4": (20, 18, None), "5": (20, 12, 8), "6": (20, 14, 10)
}  # fmt: skip
"""At baseline and two visits: changes at V2 of A as assigned −8, −2, −1, of B −12, −10 and none of subject 4."""

RANDOMISED = {
    "id": "ITT", "flag": "ITTFL", "label": "ITT", "definition": "All randomised.", "criteria": {"enrolled": True}
}  # fmt: skip
SURVIVAL = [
    {"paramcd": name, "label": name, "analysis_set": one, "event_records": {}} for name, one in
    (("OS", "ITT"), ("TT", "ALL"))
]  # fmt: skip


@pytest.fixture
def randomised() -> Trial:
    study = definition(
        {**ENDPOINT, "analysis_set": "ITT", "visits": ["V2", "V1"], "missing": ["locf"]},
        {**ENDPOINT, "paramcd": "SAME", "testcd": "SAME", "analysis_set": "ALL"},
        analysis_sets=[*STUDY["analysis_sets"], RANDOMISED],
        survival=SURVIVAL,
        subgroups=[{"variable": "SEX", "label": "Sex"}],
        treatment={**STUDY["treatment"], "total": None},
    )
    adsl = subjects(RECEIVED, TRT01P=pd.Series(ASSIGNED, dtype="str"), ITTFL="Y", SEX=["F"] * 6)
    adbds = pd.concat([measurements(adsl, VALUES, name) for name in ("SCORE", "SAME")], ignore_index=True)
    times = pd.DataFrame({"USUBJID": list(RECEIVED), "AVAL": [10.0, 20.0, 30.0, 5.0, 40.0, 50.0], "CNSR": 0})
    adtte = pd.concat([times.assign(PARAMCD="OS"), times.loc[times["USUBJID"] != "4"].assign(PARAMCD="TT")])
    return trial(study, adsl, adbds, adtte.merge(adsl, on="USUBJID"))


def test_values_by_visit_are_of_the_groups_of_the_set(randomised: Trial) -> None:
    found = efficacy.analyse(randomised)
    assert [values(found, f"eff.by_visit/ITT/SCORE/-/{g}/-", "N") for g in "AB"] == [[3], [3]]
    assert values(found, "eff.by_visit/ITT/SCORE/BL/B/AVAL", "n", "mean") == [3, 20]
    assert values(found, "eff.by_visit/ITT/SCORE/V2/A/CHG", "n", "mean") == [3, round(-11 / 3, 6)]
    assert values(found, "eff.by_visit/ITT/SCORE/V2/B/CHG", "n", "mean") == [2, -11]
    # As received: A is 2 and 3, B is 1, 5 and 6.
    assert [values(found, f"eff.by_visit/ALL/SAME/-/{g}/-", "N") for g in "AB"] == [[2], [3]]
    assert values(found, "eff.by_visit/ALL/SAME/V2/A/CHG", "n", "mean") == [2, -1.5]
    assert values(found, "eff.by_visit/ALL/SAME/V2/B/CHG", "n", "mean") == [3, -10]
    filters = found.set_index("key")["filter"]
    assert "TRT01P = 'B'" in filters["eff.by_visit/ITT/SCORE/V2/B/CHG/mean"]
    assert "TRT01A = 'B'" in filters["eff.by_visit/ALL/SAME/V2/B/CHG/mean"]


def test_further_analyses_of_the_endpoint_have_the_same_groups(randomised: Trial) -> None:
    tested = efficacy_tests.analyse(randomised)
    assert values(tested, "eff.test/ITT/SCORE/V1/B/paired_t", "n") == [3]
    carried = missing_data.analyse(randomised)
    # Subject 4 keeps its change of V1, −2: the mean of B is (−2 − 12 − 10) / 3.
    assert values(carried, "eff.missing/ITT/SCORE/V2/B/locf", "n", "imputed") == [3, 1]
    # Half or less of baseline at V2: subject 1 of A; 5 and 6 of B as assigned, 1 too as received.
    response = responders.analyse(randomised)
    assert values(response, "eff.responder/ITT/SCORE/V2/A/-", "n", "with_value") == [1, 3]
    assert values(response, "eff.responder/ITT/SCORE/V2/B/-", "n", "with_value") == [2, 2]
    assert values(response, "eff.responder/ALL/SAME/V2/B/-", "n", "with_value") == [3, 3]
    women = subgroups.analyse(randomised)
    assert values(women, "eff.subgroup/ITT/SCORE/V2/A/SEX|F", "n", "mean") == [3, round(-11 / 3, 6)]
    dose = efficacy_dose.analyse(randomised)
    assert values(dose, "eff.dose/ITT/SCORE/V2/B/-", "n", "mean") == [2, -11]


def test_the_last_visit_is_that_of_the_plan_not_of_the_list(randomised: Trial) -> None:
    assert randomised.definition.endpoint("SCORE").visits == ("V1", "V2")
    women = subgroups.analyse(randomised)
    assert set(women.loc[women["paramcd"] == "SCORE", "avisit"].dropna()) == {"V2"}


def test_times_to_an_event_are_of_the_groups_of_the_set(randomised: Trial) -> None:
    found = survival.analyse(randomised)
    assert [values(found, f"tte/ITT/OS/-/{g}/-", "N", "n", "median") for g in "AB"] == [[3, 3, 20], [3, 3, 40]]
    assert [values(found, f"tte/ALL/TT/-/{g}/-", "N", "n", "median") for g in "AB"] == [[2, 2, 20], [3, 3, 40]]


def test_events_are_compared_by_what_was_received() -> None:
    rules = {"dictionary": "D", "grading": "G", "related": ["RELATED"], "compare_with": "A"}
    adsl = frame(
        SUBJECT,
        *({"USUBJID": s, "TRT01P": p, "TRT01A": r} | ({} if r else {"TRTSDT": None, "SAFFL": "N", "EVALFL": "N"})
          for (s, r), p in zip(RECEIVED.items(), ASSIGNED, strict=True)),
    )  # fmt: skip
    events = frame(EVENT, *({"USUBJID": s} for s in ("1", "5", "6")))
    one = safety_trial(adsl, adae=events, study=safety_definition(adverse_events=rules))
    found = overview.analyse(one)
    assert [values(found, f"ae.overview/SAF/USUBJID/-/{g}/EMERGENT", "n") for g in "AB"] == [[0], [3]]
    assert [values(found, f"ae.overview/SAF/USUBJID/-/{g}/-", "N") for g in "AB"] == [[2], [3]]
    # 3 of 3 against 0 of 2: 1 table in C(5, 3) = 10, two-sided 0.1.
    assert values(against_control.analyse(one), "ae.compare/SAF/AEDECOD/-/B/ANY", "p") == [0.1]
