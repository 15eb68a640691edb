"""Analysis sets: N in every column, percentages of the enrolled, reasons in the order of the criteria."""

import pytest

from tests.analysis.analyse.safety_frames import FAILURE, SUBJECT, definition, four, frame, printed, trial
from trial_report.analysis.analyse.counting import enrolled_set
from trial_report.analysis.analyse.sets import analyse
from trial_report.analysis.verify.subjects import enrolled

pytestmark = pytest.mark.requirement("REQ-301")


def test_every_set_has_its_n_in_every_column() -> None:
    found = analyse(trial(four()))
    assert [printed(found, f"sets/ENR/USUBJID/-/{g}/-", "N") for g in ("A", "B", "TOTAL")] == ["3", "0", "3"]
    assert [printed(found, f"sets/EVAL/USUBJID/-/{g}/-", "n", "pct") for g in ("A", "TOTAL")] == ["2 66.7", "2 66.7"]


def test_a_group_that_nobody_reached_has_no_percentage() -> None:
    found = analyse(trial(four())).set_index("key")
    row = found.loc["sets/SAF/USUBJID/-/B/-/pct"]
    assert row["formatted"] == "–"
    assert row["warning"] == "no subjects in the denominator"


def test_the_excluded_are_counted_under_their_first_reason() -> None:
    adsl = frame(
        SUBJECT,
        {"USUBJID": "1"},
        {"USUBJID": "2", "TRT01A": None, "TRTSDT": None, "SAFFL": "N", "EVALFL": "N", "DLTEVFL": None},
        {"USUBJID": "3", "PHASE": "TWO", "EVALFL": "N", "DLTEVFL": "N"},
        {"USUBJID": "4", "EVALFL": "N", "DLTEVFL": "N"},
        {"USUBJID": "5", **FAILURE},
    )
    found = analyse(trial(adsl))
    stem = "sets.excluded/EVAL/USUBJID/-/TOTAL"
    assert printed(found, f"{stem}/ANY", "n", "pct") == "3 75.0"
    for reason in ("Not treated", "Not in Part 1", "Not evaluable for dose-limiting toxicity"):
        assert printed(found, f"{stem}/{reason}", "n") == "1"


def test_who_was_enrolled_is_shown_under_the_treatment_planned() -> None:
    adsl = frame(SUBJECT, {"TRT01P": "B", "TRT01A": None, "TRTSDT": None, "SAFFL": "N", "EVALFL": "N"})
    found = analyse(trial(adsl))
    assert printed(found, "sets/ENR/USUBJID/-/B/-", "N") == "1"
    assert printed(found, "sets/SAF/USUBJID/-/B/-", "N") == "0"


def test_a_percentage_of_the_enrolled_is_by_their_own_treatment() -> None:
    """Four to A, one to B; one of those to A was given B, and one of A was assigned only; one of B was never assigned.

    Safety set: A 2, B 3 by what was given, of the enrolled 3 of 4 and 1 of 1.
    """
    untreated = {"TRT01A": None, "TRTSDT": None, "SAFFL": "N", "EVALFL": "N"}
    adsl = frame(
        SUBJECT,
        {"USUBJID": "1"},
        {"USUBJID": "2"},
        {"USUBJID": "3", "TRT01A": "B"},
        {"USUBJID": "4", **untreated},
        {"USUBJID": "5", "TRT01P": "B", "TRT01A": "B"},
        {"USUBJID": "6", "TRT01P": None, "TRT01A": "B", "ENRFL": "N"},
    )
    found = analyse(trial(adsl))
    cells = {g: printed(found, f"sets/SAF/USUBJID/-/{g}/-", "N", "n", "pct") for g in ("A", "B", "TOTAL")}
    assert cells == {"A": "2 3 75.0", "B": "3 1 100.0", "TOTAL": "5 4 80.0"}
    filters = found.set_index("key")["filter"]
    assert filters["sets/SAF/USUBJID/-/B/-/N"] == "SAFFL = 'Y' AND TRT01A = 'B'"
    assert filters["sets/SAF/USUBJID/-/B/-/n"] == "ENRFL = 'Y' AND SAFFL = 'Y' AND TRT01P = 'B'"


def test_without_anybody_every_row_is_there() -> None:
    found = analyse(trial(four().iloc[:0]))
    assert set(found.loc[found["statistic"] == "N", "formatted"]) == {"0"}


def one(name: str, **criteria: object) -> dict[str, object]:
    return {"id": name, "flag": f"{name}FL", "label": name, "definition": name, "criteria": criteria}


COMPLETERS = one("COMP", enrolled=True, flags={"COMPLT": "Y"})
FLAGGED = one("ITT", enrolled=True, flags={"ITT": "Y"})
ASSIGNED = one("ENR", enrolled=True)
TREATED = one("SAF", treated=True)


@pytest.mark.parametrize(
    ("sets", "expected"),
    [
        ([TREATED, FLAGGED, COMPLETERS], "ITT"),
        ([COMPLETERS, ASSIGNED, TREATED], "ENR"),
        ([one("BOTH", enrolled=True, treated=True), TREATED], "SAF"),
        ([one("FAS", enrolled=True, post_baseline=["ALT"]), TREATED], "SAF"),
        ([one("PART", enrolled=True, phase=["ONE"]), TREATED], "SAF"),
        ([one("PPS", enrolled=True, without_deviation=["MAJOR"]), TREATED], "SAF"),
    ],
)
def test_the_set_of_the_assigned_is_found_alike_in_both_roads(sets: list[dict[str, object]], expected: str) -> None:
    study = definition(analysis_sets=sets)
    assert (enrolled_set(study), enrolled(study)) == (expected, expected)
