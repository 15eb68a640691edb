"""Published statements: the sentence with its numbers, and when they agree."""

from dataclasses import replace

import pandas as pd
import pytest

from tests.analysis.analyse.efficacy_frames import definition, subjects, trial
from trial_report.analysis.analyse import claims
from trial_report.analysis.results.rows import Place, Rows
from trial_report.schemas.study.measures import LabParameter

ALT = {"paramcd": "ALT", "label": "ALT", "domain": "LB", "testcd": "ALT", "unit": "U/L", "category": "Chemistry"}

pytestmark = pytest.mark.requirement("REQ-312")


def results():
    rows = Rows()
    place = Place("x", "ADSL", "ALL", variable="V")
    rows.add(place, "n", 3)
    rows.add(place, "mean", 1.25, decimals=1)
    rows.add(place, "sd", None, warning="too few")
    rows.add(place, "decision", text="significant")
    return rows.frame()


def compared(computed="Nothing.", *expect):
    one = {"id": "ONE", "statement": "Published.", "computed": computed, "expect": list(expect)}
    study = definition(publication={"citation": "key", "claims": [one]})
    return claims.compare(trial(study, subjects({"1": "A"})), results()).set_index("key")


def condition(statistic, operator, value):
    return {"key": f"x/ALL/V/-/TOTAL/-/{statistic}", "operator": operator, "value": value}


def agreement(*expect):
    return compared("Nothing.", *expect).loc["claims/-/ONE/-/TOTAL/-/agrees", ["text", "warning"]].tolist()


def test_keys_become_what_is_printed():
    found = compared("[[x/ALL/V/-/TOTAL/-/n]] had [[x/ALL/V/-/TOTAL/-/mean]], SD [[x/ALL/V/-/TOTAL/-/sd]].")
    assert found.loc["claims/-/ONE/-/TOTAL/-/computed", "text"] == "3 had 1.25, SD –."


@pytest.mark.parametrize(
    ("operator", "value", "verdict"),
    [("==", 3, "yes"), ("==", 2, "no"), ("<", 3, "no"), ("<=", 3, "yes"), (">", 2, "yes"), (">=", 4, "no")],
)
def test_numbers_are_compared_raw(operator, value, verdict):
    assert agreement(condition("n", operator, value))[0] == verdict


def test_texts_are_compared_as_they_are():
    assert agreement(condition("decision", "is", "significant"))[0] == "yes"
    assert agreement(condition("decision", "is", "not significant"))[0] == "no"


def test_all_conditions_must_hold():
    assert agreement(condition("n", "==", 3), condition("mean", "<", 1))[0] == "no"


def test_nothing_expected_cannot_be_checked():
    assert agreement() == ["not checkable", claims.NOTHING_EXPECTED]


def test_a_value_that_does_not_exist_is_never_agreement():
    assert agreement(condition("n", "==", 3), condition("sd", ">", 0)) == [
        "not checkable",
        "a value does not exist: x/ALL/V/-/TOTAL/-/sd",
    ]


def test_a_key_without_a_result_is_an_error_that_names_the_nearest():
    with pytest.raises(ValueError, match=r"publication\.claims\.ONE: no result .*near to it: x/ALL/V/-/TOTAL/-/mean"):
        compared("[[x/ALL/V/-/TOTAL/-/meen]]")


def test_a_number_cannot_be_compared_with_a_text():
    with pytest.raises(ValueError, match="compares with a number"):
        compared("Nothing.", condition("n", "<", "three"))


def test_without_a_publication_there_are_no_rows():
    found = claims.compare(trial(definition(), subjects({"1": "A"})), results())
    assert isinstance(found, pd.DataFrame)
    assert found.empty


def test_keys_of_the_definition():
    one = {"id": "ONE", "statement": "S.", "computed": "[[a/b]] and [[c]].", "expect": [condition("n", "==", 3)]}
    study = definition(publication={"citation": "key", "claims": [one]})
    assert claims.keys_of(study) == ("a/b", "c", "x/ALL/V/-/TOTAL/-/n")


def test_a_result_of_what_was_not_delivered_cannot_be_checked():
    of_domain = "lab.value/SAF/ALT/W4/TOTAL/-/mean"
    expect = [{"key": "ae.overview/SAF/USUBJID/-/TOTAL/SERIOUS/n", "operator": "==", "value": 0}]
    one = {"id": "ONE", "statement": "Published.", "computed": f"ALT was [[{of_domain}]].", "expect": expect}
    study = definition(publication={"citation": "key", "claims": [one]})
    planned = study.model_copy(update={"laboratory": (LabParameter(**ALT),)})
    made = replace(trial(study, subjects({"1": "A"})), planned=planned, domains={"DM": pd.DataFrame()})
    found = claims.compare(made, results()).set_index("key")["text"]
    assert found["claims/-/ONE/-/TOTAL/-/computed"] == "ALT was –."
    assert found["claims/-/ONE/-/TOTAL/-/agrees"] == "not checkable"


def test_a_key_that_there_cannot_be_is_an_error():
    with pytest.raises(ValueError, match="no result 'x/ALL/W/-/TOTAL/-/n'"):
        compared("[[x/ALL/W/-/TOTAL/-/n]]")
