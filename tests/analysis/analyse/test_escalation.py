"""Dose escalation from ADSL: cohorts in time, rates, the MTD, operating characteristics."""

import pandas as pd
import pytest

from tests.analysis.analyse.efficacy_frames import definition, subjects, trial, values
from trial_report.analysis.analyse import escalation

pytestmark = pytest.mark.requirement("REQ-302")

RULE = {
    "phase": "P1", "cohort_variable": "COHORT", "dlt_variable": "AEDLT", "dlt_window_days": 28,
    "dlt_definition": "A severe event", "mtd_definition": "at_most_one_of_six", "true_rates": [[0.0, 1.0]],
}  # fmt: skip
PHASES = {"variable": "PHASE", "levels": [{"code": "P1", "label": "Phase 1", "role": "escalation"},
                                          {"code": "P2", "label": "Phase 2", "role": "expansion"}]}  # fmt: skip


def escalated(rows, **changes):
    """A trial of rows (group, cohort, first dose, evaluable, DLTs), each a subject of phase 1."""
    adsl = subjects({str(i): row[0] for i, row in enumerate(rows)})
    adsl = adsl.assign(
        PHASE="P1",
        EOSSTT="COMPLETED",
        COHORT=pd.array([row[1] for row in rows], dtype="Int64"),
        TRTSDT=pd.to_datetime([row[2] for row in rows]),
        DLTEVFL=[row[3] for row in rows],
        NDLT=pd.array([row[4] for row in rows], dtype="Int64"),
    )
    return trial(definition(escalation={**RULE, **changes}, phases=PHASES), adsl)


def cohort(group, number, day, dlts=0, n=3, evaluable=3):
    return [(group, number, f"2020-{day}", "Y" if i < evaluable else "N", 1 if i < dlts else 0) for i in range(n)]


def decisions(found):
    rows = found.loc[(found["analysis"] == "esc.cohort") & (found["statistic"] == "decision")]
    return list(zip(rows["group"], rows["level"], rows["text"], strict=True))


def mtd(found):
    row = found.set_index("key").loc["esc.mtd/ALL/NDLT/-/TOTAL/-/mtd"]
    return row["text"] if isinstance(row["text"], str) else row["warning"]


def test_escalate_expand_and_stop():
    """No DLT at A, one of three at B: three more there; none of them: B is the highest level with at most 1 of 6."""
    rows = cohort("A", 1, "01-01") + cohort("B", 2, "02-01", dlts=1) + cohort("B", 3, "03-01")
    found = escalation.analyse(escalated(rows))
    assert decisions(found) == [("A", "1", "escalate"), ("B", "2", "expand"), ("B", "3", "stop")]
    assert mtd(found) == "B"
    assert values(found, "esc.cohort/ALL/COHORT/-/B/3", "treated", "total_evaluable", "total_dlts") == [3, 6, 1]
    assert found.set_index("key").loc["esc.mtd/ALL/NDLT/-/TOTAL/-/mtd", "formatted"] == "High"


def test_de_escalation():
    """Two DLTs at B: three more at A, where six are needed; none there: A is the MTD."""
    rows = cohort("A", 1, "01-01") + cohort("B", 2, "02-01", dlts=2) + cohort("A", 3, "03-01")
    found = escalation.analyse(escalated(rows))
    assert decisions(found) == [("A", "1", "escalate"), ("B", "2", "de-escalate"), ("A", "3", "stop")]
    assert mtd(found) == "A"


def test_cohorts_come_in_the_order_of_first_dose():
    rows = cohort("B", 2, "02-01") + cohort("A", 1, "01-01")
    assert [c for _, c, _ in decisions(escalation.analyse(escalated(rows)))] == ["1", "2"]


def test_a_subject_who_is_not_evaluable_is_replaced():
    """Two of three evaluable: not enough data; the replacement completes the level."""
    rows = cohort("A", 1, "01-01", evaluable=2) + cohort("A", 2, "02-01", n=1, evaluable=1)
    found = escalation.analyse(escalated(rows))
    assert decisions(found) == [("A", "1", "not enough data"), ("A", "2", "escalate")]
    assert values(found, "esc.level/ALL/NDLT/-/A/-", "N", "evaluable", "n") == [4, 3, 0]


def test_rates_have_exact_intervals_and_a_level_nobody_reached_has_none():
    """0 of 3: 0 to 70.76% (1 - 0.025^(1/3))."""
    found = escalation.analyse(escalated(cohort("A", 1, "01-01")))
    assert values(found, "esc.level/ALL/NDLT/-/A/-", "pct", "pct_low") == [0, 0]
    assert values(found, "esc.level/ALL/NDLT/-/A/-", "pct_high") == [pytest.approx(70.7598, abs=1e-3)]
    row = found.set_index("key").loc["esc.level/ALL/NDLT/-/B/-/pct"]
    assert (row["formatted"], row["warning"]) == ("–", "not estimable: no patients")
    assert mtd(found).startswith("not determined: the rule asks to escalate")


def test_subjects_of_another_phase_do_not_count():
    made = escalated(cohort("A", 1, "01-01") + cohort("B", 2, "02-01"))
    made.adsl.loc[made.adsl["COHORT"] == 2, "PHASE"] = "P2"
    assert values(escalation.analyse(made), "esc.level/ALL/NDLT/-/B/-", "N") == [0]


def test_a_subject_without_a_cohort_counts_at_the_level_and_in_no_cohort():
    found = escalation.analyse(escalated(cohort("A", 1, "01-01") + cohort("A", None, "02-01", n=1, evaluable=1)))
    assert decisions(found) == [("A", "1", "escalate")]
    assert values(found, "esc.level/ALL/NDLT/-/A/-", "N", "evaluable") == [4, 4]
    assert values(found, "esc.cohort/ALL/COHORT/-/TOTAL/-", "N") == [4]


def test_nobody_was_treated():
    found = escalation.analyse(escalated([(None, None, None, None, None)]))
    assert decisions(found) == []
    assert mtd(found) == "not determined: no cohort was treated"


def test_operating_characteristics_of_certain_rates():
    """Rate 0 at A and 1 at B: B always has two DLTs, A is always confirmed with six, and is the MTD."""
    found = escalation.analyse(escalated(cohort("A", 1, "01-01")))
    assert values(found, "esc.oc/-/true_rates/-/A/1", "true_rate", "p_mtd", "expected_patients") == [0, 100, 6]
    assert values(found, "esc.oc/-/true_rates/-/B/1", "p_mtd", "expected_dlts") == [0, 3]
    assert values(found, "esc.oc/-/true_rates/-/TOTAL/1", "p_too_toxic", "expected_patients") == [0, 9]


def test_confirmation_asks_for_six_where_the_definition_does_not():
    rows = cohort("A", 1, "01-01") + cohort("B", 2, "02-01")
    one_sixth = {"mtd_definition": "at_most_one_sixth"}
    assert mtd(escalation.analyse(escalated(rows, **one_sixth, confirm_mtd=False))) == "B"
    assert mtd(escalation.analyse(escalated(rows, **one_sixth))).startswith("not determined")


def test_confirmation_holds_for_every_definition_of_the_maximum():
    """No DLT in three at A, two in three at B: A is below the first dose with two DLTs, and wants three more."""
    rows = cohort("A", 1, "01-01") + cohort("B", 2, "02-01", 2)
    below = {"mtd_definition": "below_two_dlts"}
    assert mtd(escalation.analyse(escalated(rows, **below, confirm_mtd=False))) == "A"
    assert mtd(escalation.analyse(escalated(rows, **below))).startswith("not determined: the rule asks to de-escalate")


def test_an_unknown_definition_is_refused():
    with pytest.raises(ValueError, match="at_most_one_of_six"):
        escalated(cohort("A", 1, "01-01"), mtd_definition="nonsense")


def test_no_escalation_no_rows():
    assert escalation.analyse(trial(definition(), subjects({"1": "A"}))).empty
