"""Terms, classes, sites and categories of any text are printed as they are, and none takes another's place."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.analysis.analyse.safety_frames import EVENT, SUBJECT, definition, frame, trial
from tests.analysis.display.safety_book import book_of, lines, table_of
from tests.outputs import outputs_in
from trial_report.analysis.analyse import demographics, deviations, disposition, sets
from trial_report.analysis.analyse.adverse_events import against_control, grading, overview, rates, terms
from trial_report.analysis.analyse.counting import NOT_CODED
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.tables import adverse_events, population, serious_events, study_conduct
from trial_report.analysis.display.tables.adverse_events import class_heading
from trial_report.schemas.results import join_level

pytestmark = pytest.mark.requirement("REQ-315")

PAIRS = (
    ("Gastro|intestinal", "Rash|itching"), ("ANY", "EVENTS"), ("ANY", "ANY"), ("Not coded", "Missing"), (None, None),
    ("Skin\\", "a/b"), ("Skin", "a∕b"), ("Skin", "\\ANY"), ("-", "-"),
)  # fmt: skip
"""Class and term of each subject's event; of the fifth neither is coded."""


@pytest.fixture(scope="module")
def odd() -> Book:
    who = [str(n) for n, _ in enumerate(PAIRS)]
    reason = {"EOSSTT": "DISCONTINUED", "DCSREAS": "Reason not recorded"}
    more: dict[int, dict[str, object]] = {0: {"SITEID": "S|1"}, 1: {"SITEID": "-"}, 2: reason,
                                          3: reason | {"DCSREAS": None}, 4: {"SEX": "Missing"}, 5: {"SEX": None},
                                          6: {"SEX": "A|B"}}  # fmt: skip
    adsl = frame(SUBJECT, *({"USUBJID": n, **more.get(int(n), {})} for n in who))
    events = [{"USUBJID": n, "AEBODSYS": c, "AEDECOD": t, "AESER": "Y"} for n, (c, t) in zip(who, PAIRS, strict=True)]
    deviating = pd.DataFrame(
        {"USUBJID": who, "DVCAT": [c for c, _ in PAIRS], "DVDECOD": [t for _, t in PAIRS], "DVTERM": "x"}
    ).astype("str")
    study = definition(adverse_events={**definition().adverse_events.model_dump(), "compare_with": "B"})
    made = trial(adsl, adae=frame(EVENT, *events), study=study, DV=deviating)
    return book_of(made, sets, disposition, demographics, deviations, overview, terms, grading, rates, against_control)


NESTED = [
    ["-", "-"],
    ["ANY", "ANY", "EVENTS"],
    ["Gastro|intestinal", "Rash|itching"],
    ["Not coded", "Missing"],
    ["Skin", "\\ANY", "a∕b"],
    ["Skin\\", "a/b"],
    ["Not coded", "Not coded"],
]
"""Classes with their terms: the first that is called Not coded is one, the second says that there is no code."""


def _sorted(table: list[list[str]]) -> list[str]:
    """The first cells of the rows below the first, as a table of terms has them."""
    return sorted(row[0] for row in table[1:] if len(row) > 1)


@pytest.mark.parametrize("name", ["ae.soc_pt", "ae.serious", "ae.grade"])
def test_classes_and_terms_are_printed_as_they_are(odd: Book, name: str) -> None:
    outputs = [*outputs_in(adverse_events, odd), *outputs_in(serious_events, odd)]
    shown = _sorted(lines(table_of(odd, outputs, name)))
    expected = [text for block in NESTED for text in block]
    assert [text for text in expected if shown.count(text) < expected.count(text)] == []


def test_rates_have_a_row_a_term_beside_those_of_first_and_all_events(odd: Book) -> None:
    rows = lines(table_of(odd, outputs_in(adverse_events, odd), "ae.rate"))
    assert [row[0] for row in rows[:2]] == [
        "First treatment-emergent adverse event",
        "All treatment-emergent adverse events",
    ]
    assert sorted(row[0] for row in rows[2:]) == sorted(term or "Not coded" for _, term in PAIRS)
    assert [row[1].split(" / ")[0] for row in rows] == ["9", "9"] + ["1"] * 9


def test_worst_grades_have_a_block_a_class(odd: Book) -> None:
    rows = lines(table_of(odd, outputs_in(adverse_events, odd), "ae.worst"))
    assert {row[0] for row in rows if len(row) == 1} == {
        "Any treatment-emergent adverse event", "Not coded (recorded as this)", *(block[0] for block in NESTED)
    }  # fmt: skip
    assert len([row for row in rows if row[0] == "Any grade"]) == 1 + len(NESTED)


def test_deviations_are_read_in_sentence_case_and_stay_apart(odd: Book) -> None:
    shown = _sorted(lines(table_of(odd, outputs_in(study_conduct, odd), "deviations.table")))
    assert len(shown) == sum(map(len, NESTED))
    assert {"Gastro|intestinal", "Rash|itching", "Any", "Events", "Skin\\", "a/b", "a∕b"} <= {*shown}


def test_sites_reasons_and_categories_are_printed_as_they_are(odd: Book) -> None:
    outputs = outputs_in(population, odd)
    assert [row[:2] for row in lines(table_of(odd, outputs, "sites.table"))] == [
        ["-", "1 (11.1)"], ["01", "7 (77.8)"], ["S|1", "1 (11.1)"],
    ]  # fmt: skip
    reasons = [row for row in lines(table_of(odd, outputs, "disposition.table")) if row[0] == "Reason not recorded"]
    assert [row[1] for row in reasons] == ["1 (11.1)", "1 (11.1)"]  # a text, and none
    sexes = lines(table_of(odd, outputs, "demographics.table"))[-4:]
    assert [row[:2] for row in sexes] == [
        ["Female", "6 (66.7)"], ["Male", "0"], ["A|b", "1 (11.1)"], ["Missing", "2 (22.2)"],
    ]  # fmt: skip


def test_a_class_that_is_called_as_what_has_no_class_has_a_heading_of_its_own() -> None:
    levels = ("ANY", NOT_CODED, join_level(NOT_CODED), join_level("Cardiac disorders"))
    headings = [class_heading(level) for level in levels]
    assert headings == [
        "Any treatment-emergent adverse event", "Not coded", "Not coded (recorded as this)", "Cardiac disorders",
    ]  # fmt: skip
