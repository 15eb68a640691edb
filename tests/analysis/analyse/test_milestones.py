"""Milestones: who had the visit, who stopped before it and why; and tests of both, and of membership in a set."""

import pandas as pd
import pytest

from tests.analysis.analyse.safety_frames import STUDY, SUBJECT, VISIT, definition, frame, printed, trial
from trial_report.analysis.analyse import sets
from trial_report.analysis.analyse.all import analyses
from trial_report.analysis.analyse.milestones import analyse
from trial_report.analysis.lineage.conditions import Conditions
from trial_report.analysis.trial import Trial

pytestmark = pytest.mark.requirement("REQ-301")

MILESTONE = {"tests": True, "milestones": [{"id": "M", "label": "Visit 2", "visit": "V2"}]}
LEFT = {"EOSSTT": "DISCONTINUED", "DCSREAS": "No|better"}


def study(**disposition: object) -> Trial:
    """1 to 3 of A, 4 to 6 of B: 1, 2, 4 had visit 2; 3 and 5 stopped before; 6 went on; 2 stopped after it."""
    who = [("1", "A", {}), ("2", "A", LEFT), ("3", "A", LEFT), ("4", "B", {}), ("5", "B", {**LEFT, "DCSREAS": None}),
           ("6", "B", {"EOSSTT": "ONGOING"})]  # fmt: skip
    adsl = frame(SUBJECT, *({"USUBJID": n, "TRT01P": arm, "TRT01A": arm, **more} for n, arm, more in who))
    visits = frame(VISIT, *({"USUBJID": n, "AVISIT": "V2", "DONE": "Y" if n in "124" else "N"} for n, *_ in who))
    made = definition(disposition={**MILESTONE, **disposition})
    return trial(adsl, advisit=visits, study=made, DS=pd.DataFrame({"USUBJID": ["1"]}))


def test_those_with_the_visit_completed_the_milestone_whatever_came_later() -> None:
    found = analyse(study())
    at = "disposition.milestone/ENR/USUBJID/V2"
    assert [printed(found, f"{at}/{arm}/-", "N") for arm in "AB"] == ["3", "3"]
    assert [printed(found, f"{at}/{arm}/COMPLETED", "n", "pct") for arm in "AB"] == ["2 66.7", "1 33.3"]
    assert [printed(found, f"{at}/{arm}/DISCONTINUED", "n") for arm in "AB"] == ["1", "1"]
    assert [printed(found, f"{at}/{arm}/OTHER", "n") for arm in "AB"] == ["0", "1"]
    reasons = r"disposition.milestone/ENR/DCSREAS/V2"
    assert [printed(found, rf"{reasons}/{arm}/No\|better", "n") for arm in ("A", "B", "TOTAL")] == ["1", "0", "1"]
    assert printed(found, f"{reasons}/B/Reason not recorded", "n", "pct") == "1 33.3"


def test_every_filter_selects_the_subjects_that_are_counted() -> None:
    of = study()
    rows = analyse(of)
    conditions = Conditions({"ADSL": of.adsl, "ADVISIT": of.advisit})
    counted = rows.loc[rows["statistic"] == "n"]
    assert [len(conditions.rows("ADSL", where)) for where in counted["filter"]] == counted["value"].tolist()


def test_milestones_are_compared_by_fishers_exact_test_where_asked_for() -> None:
    """2 of 3 against 1 of 3: p = 1; only tests of completion and of reasons."""
    found = analyse(study())
    tested = found.loc[found["analysis"] == "disposition.milestone.test"]
    assert tested["key"].tolist() == [
        "disposition.milestone.test/ENR/USUBJID/V2/TOTAL/COMPLETED/p",
        r"disposition.milestone.test/ENR/DCSREAS/V2/TOTAL/No\|better/p",
        "disposition.milestone.test/ENR/DCSREAS/V2/TOTAL/Reason not recorded/p",
    ]
    assert tested["value"].tolist() == pytest.approx([1, 1, 1])
    assert not (analyse(study(tests=False))["analysis"] == "disposition.milestone.test").any()


def test_without_disposition_there_is_no_milestone() -> None:
    assert {one.ids[0]: one.needs for one in analyses()}["disposition.milestone"] == ("DS",)


def test_membership_is_compared_among_the_enrolled_by_their_treatment() -> None:
    """Two sides of 10: 3 against 9 members. R: fisher.test(matrix(c(9, 1, 3, 7), 2))$p.value = 0.0197666111."""
    members = {"A": 3, "B": 9}
    adsl = frame(
        SUBJECT,
        *(
            {"USUBJID": f"{arm}{n}", "TRT01P": arm, "TRT01A": "B", "SAFFL": "Y" if n < members[arm] else "N"}
            for arm in members
            for n in range(10)
        ),
    )
    asked = [{**one, "test": one["id"] == "SAF"} for one in STUDY["analysis_sets"]]
    found = sets.analyse(trial(adsl, study=definition(analysis_sets=asked)))
    tested = found.loc[found["analysis"] == "sets.test"]
    assert tested["key"].tolist() == ["sets.test/SAF/USUBJID/-/TOTAL/-/p"]
    assert tested["value"].iloc[0] == pytest.approx(0.0197666111, abs=1e-9)
