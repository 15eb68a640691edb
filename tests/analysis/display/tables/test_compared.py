"""P-values stand beside the counts where the study asks for them, and nothing changes where it does not."""

import pandas as pd
import pytest

from tests.analysis.analyse.safety_frames import EVENT, STUDY, SUBJECT, definition, frame, trial
from tests.analysis.display.safety_book import book_of, lines, table_of
from tests.outputs import outputs_in
from trial_report.analysis.analyse import baseline_tests, demographics, sets
from trial_report.analysis.analyse.adverse_events import against_control, overview, terms
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.standing import basis_of
from trial_report.analysis.display.table import DASH, Table
from trial_report.analysis.display.table_html import to_html
from trial_report.analysis.display.table_typst import to_typst
from trial_report.analysis.display.tables import adverse_events, population, serious_events
from trial_report.analysis.display.tables._compared import BETWEEN_GROUPS
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-304", "REQ-301")

GROUPS = STUDY["treatment"]["groups"]
THREE = {"groups": [*GROUPS, {"code": "C", "label": "Higher", "short": "Higher", "dose": 30, "unit": "mg"}]}
ASKED = {"adverse_events": {**STUDY["adverse_events"], "compare_with": "A"}, "baseline": {"tests": True}}


def people() -> pd.DataFrame:
    return frame(
        SUBJECT,
        *(
            {"USUBJID": str(n), "TRT01P": "A" if n <= 4 else "B", "TRT01A": "A" if n <= 4 else "B", "AGE": 50 + n}
            for n in range(1, 9)
        ),
    )


def book(study: StudyDefinition) -> Book:
    """The tea tasting: 3 of 4 with an event in one group against 1 of 4 in the other (p = 0.4857, Fisher 1935)."""
    events = frame(EVENT, *({"USUBJID": str(n)} for n in (1, 2, 3, 8, 8)))
    modules = (sets, overview, terms, demographics, against_control, baseline_tests)
    return book_of(trial(people(), study=study, adae=events), *modules)


def heads(table: Table) -> list[tuple[str | None, str]]:
    return [(column.spanner, column.label) for column in table.columns if column.id.startswith("p")]


def test_every_class_and_term_is_compared_with_control() -> None:
    made = book(definition(**ASKED))
    table = table_of(made, outputs_in(adverse_events, made), "ae.soc_pt")
    assert heads(table) == [(None, "p vs Low")]
    assert [(row[0], row[-1]) for row in lines(table)] == [
        ("Any treatment-emergent adverse event", "0.4857"), ("Nerves", "0.4857"), ("Headache", "0.4857"),
    ]  # fmt: skip
    assert table.rows[2].cells[-1].keys == ("ae.compare/SAF/AEDECOD/-/B/Nerves|Headache/p",)
    assert table.notes == (
        "p: patients with at least one event, two-sided, vs Low; descriptive, not adjusted for the number of tests.",
        DASH,
    )


def test_an_overview_compares_every_kind_of_event() -> None:
    made = book(definition(**ASKED))
    rows = {row[0]: row[-1] for row in lines(table_of(made, outputs_in(adverse_events, made), "ae.overview"))}
    for kind in ("Any adverse event", "Any treatment-emergent adverse event (TEAE)", "Related TEAE"):
        assert rows[kind] == "0.4857"
    assert (rows["Serious TEAE"], rows["Died, of any cause"]) == ("–", "–")


def test_serious_terms_are_compared_and_their_criteria_are_not() -> None:
    made = book(definition(**ASKED))
    table = table_of(made, outputs_in(serious_events, made), "ae.serious")
    rows = {row[0]: row[-1] for row in lines(table) if len(row) > 1}
    assert rows["Any serious treatment-emergent adverse event"] == "–"
    assert {shown for name, shown in rows.items() if name != "Any serious treatment-emergent adverse event"} == {""}


def test_several_groups_share_the_heading_of_their_control() -> None:
    made = book(definition(treatment=THREE, **ASKED))
    table = table_of(made, outputs_in(adverse_events, made), "ae.soc_pt")
    assert heads(table) == [("p vs Low", "High"), ("p vs Low", "Higher")]
    assert to_typst(table)
    assert to_html(table)


def test_a_characteristic_has_its_p_in_its_first_row() -> None:
    made = book(definition(**ASKED))
    table = table_of(made, outputs_in(population, made), "demographics.table")
    assert heads(table) == [(None, "p")]
    assert [(row[0], row[-1]) for row in lines(table) if len(row) > 1 and row[-1]] == [("n", "0.0047"), ("Female", "–")]
    assert table.notes == (BETWEEN_GROUPS,)


def test_the_note_names_the_tests() -> None:
    made = book(definition(**ASKED))
    for name, outputs, method in (
        ("ae.soc_pt", outputs_in(adverse_events, made), "Fisher's exact test"),
        ("demographics.table", outputs_in(population, made), "Analysis of variance"),
    ):
        output = next(one for one in outputs if one.id == name)
        basis = basis_of(made, output, table_of(made, outputs, name))
        assert method in basis.method
        assert [size.n for size in basis.sizes] == ["8"]


@pytest.mark.parametrize("name", ["ae.soc_pt", "ae.overview", "demographics.table"])
def test_nothing_is_added_unless_the_study_asks(name: str) -> None:
    made = book(definition())
    outputs = [*outputs_in(adverse_events, made), *outputs_in(population, made)]
    table = table_of(made, outputs, name)
    assert heads(table) == []
    assert not any(note.startswith("p:") for note in table.notes)
