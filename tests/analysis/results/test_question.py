"""The key of a question: the one that the rows of an analysis have."""

import pytest

from trial_report.analysis.results.question import Question
from trial_report.analysis.results.rows import Place, Rows

pytestmark = pytest.mark.requirement("REQ-209")


def test_a_question_has_the_key_of_the_row_that_answers_it() -> None:
    rows = Rows()
    rows.add(Place("demographics", "ADSL", "SAF", variable="AGE", group="A", level="YOUNG"), "mean", 40.0)
    rows.add(Place("eff.test", "ADBDS", "EFF", variable="CHG", paramcd="SCORE", avisit="W4"), "p", 0.5)
    asked = Question("demographics", "SAF", "AGE", group="A", level="YOUNG"), Question("eff.test", "EFF", "SCORE", "W4")
    assert list(rows.frame()["key"]) == [asked[0].key("mean"), asked[1].key("p")]


def test_subjects_in_all_groups_are_counted_unless_something_else_is_asked_for() -> None:
    asked = Question("sets", "SAF")
    assert asked.key("N") == "sets/SAF/USUBJID/-/TOTAL/-/N"
    assert asked.at(group="A", level="X").key("n") == "sets/SAF/USUBJID/-/A/X/n"
    assert asked == Question("sets", "SAF")
    with pytest.raises(TypeError, match="arm"):
        asked.at(arm="A")


def test_a_key_has_seven_parts_whatever_the_data_hold() -> None:
    key = Question("ae.soc_pt", "SAF", "AEDECOD", group="A", level="Nausea/vomiting").key("n")
    assert key == "ae.soc_pt/SAF/AEDECOD/-/A/Nausea∕vomiting/n"
    assert len(key.split("/")) == 7


def test_a_key_is_one_line_whatever_the_level_holds() -> None:
    key = Question("ae", "SAF", "AEDECOD", group="A", level="a\nb\t/c\u200d").key("n")
    assert key == "ae/SAF/AEDECOD/-/A/a␊b␉∕c\u200d/n"


def test_a_part_that_does_not_apply_is_a_dash() -> None:
    assert Question("esc.oc", None, "true_rates", group=None).key("n") == "esc.oc/-/true_rates/-/-/-/n"


def test_a_key_says_which_question_its_row_answers() -> None:
    asked = Question("eff.test", "EFF", "SCORE", "W4", "A", None)
    assert Question.of_key(asked.key("p")) == asked
    with pytest.raises(ValueError, match="'sets/SAF' is no key of a result: it has 2 parts, not seven"):
        Question.of_key("sets/SAF")
