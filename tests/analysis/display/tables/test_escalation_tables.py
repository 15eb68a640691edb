"""Tables of escalation, time to event and claims."""

import pandas as pd
import pytest

from tests.analysis.analyse.efficacy_frames import definition, subjects, trial
from tests.analysis.display.tables.efficacy_book import book_of, labels, plain_book, small_book, texts
from tests.outputs import outputs_in
from trial_report.analysis.display.tables import claims, escalation, survival

pytestmark = pytest.mark.requirement("REQ-315")

RULE = {
    "phase": "P1", "cohort_variable": "COHORT", "dlt_variable": "AEDLT", "dlt_window_days": 28,
    "dlt_definition": "A severe event", "mtd_definition": "at_most_one_of_six", "true_rates": [[0.0, 1.0]],
}  # fmt: skip
PHASES = {"variable": "PHASE", "levels": [{"code": "P1", "label": "Phase 1", "role": "escalation"}]}


def escalated(rows):
    """Rows (group, cohort, first dose, DLTs): three evaluable subjects each, the first with the DLTs."""
    adsl = subjects({f"{c}{i}": g for g, c, _, _ in rows for i in range(3)}, SEX=["F"] * 3 * len(rows))
    adsl = adsl.assign(
        PHASE="P1",
        EOSSTT="COMPLETED",
        COHORT=pd.array([c for _, c, _, _ in rows for _ in range(3)], dtype="Int64"),
        TRTSDT=pd.to_datetime([day for _, _, day, _ in rows for _ in range(3)]),
        DLTEVFL="Y",
        NDLT=pd.array([int(i < n) for _, _, _, n in rows for i in range(3)], dtype="Int64"),
    )
    return book_of(trial(definition(escalation=RULE, phases=PHASES), adsl))


BOOK = [("A", 1, "2020-01-06", 0), ("B", 2, "2020-02-03", 1), ("B", 3, "2020-03-02", 0)]


def test_cohorts_in_time_with_their_decision():
    table = escalation.cohorts(escalated(BOOK))
    assert [row[1:] for row in texts(table)] == [
        ["1", "Low", "2020-01-06", "3", "3", "0", "0 of 3", "escalate (no DLT in 3)", "High"],
        ["2", "High", "2020-02-03", "3", "3", "1", "1 of 3", "expand (1 DLT in 3)", "High"],
        ["3", "High", "2020-03-02", "3", "3", "0", "1 of 6", texts(table)[2][8], "–"],
    ]
    # No dose was too toxic: nobody knows whether more would have been tolerated.
    assert [cell.text for cell in table.said] == ["Maximum tolerated dose: not reached; highest dose tested: High."]


def test_a_dose_below_one_that_was_too_toxic_is_the_mtd():
    table = escalation.cohorts(
        escalated([("A", 1, "2020-01-06", 0), ("B", 2, "2020-02-03", 2), ("A", 3, "2020-03-02", 0)])
    )
    assert [cell.text for cell in table.said] == ["Maximum tolerated dose: Low."]


def test_levels_with_exact_intervals_and_one_that_nobody_reached():
    table = escalation.levels(escalated(BOOK[:1]))
    assert [row[1:] for row in texts(table)] == [
        ["Low", "3", "3", "0", "0.0", "0.0 to 70.8"],
        ["High", "0", "0", "0", "–", "–"],
        ["Total", "3", "3", "0", "0.0", "0.0 to 70.8"],
    ]
    assert "not determined" in table.said[0].text


def test_one_interval_is_not_given_over_several_doses():
    table = escalation.levels(escalated(BOOK))
    *levels, total = [row[1:] for row in texts(table)]
    assert all(" to " in level[-1] for level in levels)
    assert total == ["Total", "9", "9", "1", "11.1", "–"]
    assert any("one rate for several doses" in note for note in table.notes)
    assert not any("one rate for several doses" in note for note in escalation.levels(escalated(BOOK[:1])).notes)


def test_operating_characteristics():
    table = escalation.operating(escalated(BOOK))
    shown = [row[1:5] for row in texts(table)]
    assert shown[:2] == [["Low", "0", "100.0", shown[0][3]], ["High", "100", "0.0", shown[1][3]]]
    assert {row.group for row in table.rows} == {"Scenario 1"}


def test_nobody_treated_is_said_in_words():
    adsl = subjects({"1": None}, SEX=["F"]).assign(
        COHORT=pd.array([None], dtype="Int64"), TRTSDT=pd.to_datetime([None]), DLTEVFL=None, EOSSTT=None,
        NDLT=pd.array([None], dtype="Int64"),
    )  # fmt: skip
    table = escalation.cohorts(book_of(trial(definition(escalation=RULE, phases=PHASES), adsl)))
    assert table.rows == ()
    assert table.empty == "No cohort has been treated."


def test_no_escalation_no_survival_no_publication_no_tables():
    book = plain_book()
    assert [o for module in (escalation, survival, claims) for o in outputs_in(module, book)] == []


def test_survival_table():
    endpoint = {
        "paramcd": "AFS",
        "label": "Free of it",
        "analysis_set": "ALL",
        "event_records": {"AE": {"AEDECOD": "X"}},
    }
    times = pd.DataFrame({"TRT01A": ["A", "A", "B"], "AVAL": [6.0, 20.0, 30.0], "CNSR": [0, 1, 1]})
    book = small_book(survival=[endpoint], adtte=times.assign(PARAMCD="AFS", ALLFL="Y"))
    output = outputs_in(survival, book)[0]
    assert (output.id, output.number) == ("tte.afs", "14.2")
    table = output.make(book)
    assert labels(table)[1] == "Low (N = 4)"
    assert [row[:3] for row in texts(table)][1] == ["", "Events, n", "1"]
    assert [row[:3] for row in texts(table)][5:7] == [
        ["Visit 1 (day 8)", "At risk, n", "1"],
        ["Visit 1 (day 8)", "Free of the event (%)", "50.0"],
    ]
    assert table.notes[0] == "Event: a record in AE with AEDECOD X, or death."


def test_claims_trace_each_number_to_its_result():
    key = "eff.by_visit/ALL/SCORE/-/TOTAL/-/N"
    said = [
        {"id": "ONE", "statement": "Eight.", "computed": f"There were [[{key}]].",
         "condition": "there are eight", "expect": [{"key": key, "operator": "==", "value": 8}]},
        {"id": "TWO", "statement": "Nine.", "computed": f"[[{key}]].",
         "expect": [{"key": key, "operator": "==", "value": 9}]},
        {"id": "THREE", "statement": "More is needed.", "computed": "Not computed."},
    ]  # fmt: skip
    book = small_book(publication={"citation": "key", "claims": said})
    table = claims.claims(book)
    assert [row[1:] for row in texts(table)] == [
        ["1", "Eight.", "There were 8.", "there are eight", "yes"],
        ["2", "Nine.", "8.", f"{key} = 9.0", "no"],
        ["3", "More is needed.", "Not computed.", "–", "not checkable"],
    ]
    assert table.rows[0].cells[2].keys == (key,)
    assert table.rows[2].cells[4].marks == ("a",)
    simulated = book.definition.study.synthetic
    assert table.columns[-1].label == ("Not contradicted\n(simulated data)" if simulated else "Not contradicted")
    assert any(note.startswith("The data are simulated") for note in table.notes) is simulated
    assert outputs_in(claims, book)[0].id == "claims.table"
