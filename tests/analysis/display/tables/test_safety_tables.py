"""Tables of safety and population: every printed number is a row of the results; empty ones keep rows and words."""

import pandas as pd
import pytest

from tests.analysis.analyse.safety_frames import (
    EVENT,
    FAILURE,
    STUDY,
    SUBJECT,
    TIME,
    VALUE,
    VISIT,
    definition,
    four,
    frame,
    trial,
)
from tests.analysis.display.safety_book import book_of, lines, table_of
from tests.outputs import outputs_in
from trial_report.analysis.analyse import disposition, sets
from trial_report.analysis.analyse.adverse_events import overview
from trial_report.analysis.analyse.counting import ANY, NOT_CODED
from trial_report.analysis.display.book import Book, MissingResult
from trial_report.analysis.display.output import Output
from trial_report.analysis.display.standing import basis_of
from trial_report.analysis.display.table_html import to_html
from trial_report.analysis.display.tables import (
    adverse_events,
    laboratory,
    population,
    serious_events,
    study_conduct,
    vital_signs,
)
from trial_report.analysis.display.tables._grid import coded_first, sentence

pytestmark = pytest.mark.requirement("REQ-315")

MODULES = (adverse_events, laboratory, population, serious_events, study_conduct, vital_signs)


def all_outputs(book: Book) -> list[Output]:
    return [output for module in MODULES for output in outputs_in(module, book)]


def full() -> Book:
    """A trial with something of everything."""
    base = {"AVISIT": "BL", "AVISITN": 1, "ABLFL": "Y", "POSTFL": "N", "CHG": None}
    return book_of(
        trial(
            four(),
            adae=frame(EVENT, {"AESER": "Y", "AESHOSP": "Y", "DLTFL": "Y", "ATOXGRN": 3}, {"USUBJID": "2"}),
            adbds=frame(VALUE, base, {"ANRIND": "HIGH"}, {**base, "PARAMCD": "PULSE"}, {"PARAMCD": "PULSE"}),
            adtte=frame(TIME, {}, {"USUBJID": "2"}, {"USUBJID": "3", "AVAL": 100, "CNSR": 1}),
            advisit=frame(VISIT, {}, {"USUBJID": "2", "STATUS": "late"}),
            DV=pd.DataFrame({"USUBJID": ["1"], "DVCAT": ["MINOR"], "DVDECOD": ["VISIT OUT OF WINDOW"]}),
            MH=pd.DataFrame({"USUBJID": ["1"], "MHBODSYS": ["Heart"], "MHDECOD": ["Angina"]}),
            CM=pd.DataFrame({"USUBJID": ["1"], "CMCLAS": ["HMG COA"], "CMDECOD": ["STATIN"]}),
        )
    )


@pytest.fixture(scope="module")
def rich() -> Book:
    return full()


@pytest.fixture(scope="module")
def bare() -> Book:
    """Subjects, and nothing that happened to them."""
    return book_of(trial(four()))


@pytest.mark.parametrize("kind", ["rich", "bare", "nobody"])
def test_every_table_can_be_made_and_every_number_in_it_is_a_result(kind: str, rich: Book, bare: Book) -> None:
    book = {"rich": rich, "bare": bare}.get(kind) or book_of(trial(four().iloc[:0]))
    for output in all_outputs(book):
        table = output.make(book)
        basis = basis_of(book, output, table)
        keys = table.keys()
        assert all(book.has(key) for key in keys), output.id
        assert "nan" not in str(lines(table)).lower().split("'"), output.id
        assert to_html(table)
        assert basis.sizes, output.id
        assert all(size.n.isdigit() for size in basis.sizes), output.id
        assert basis.prefix or not keys, output.id


def test_disposition_shows_failures_once_and_groups_by_column() -> None:
    book = book_of(trial(frame(SUBJECT, {"USUBJID": "1"}, {"USUBJID": "2", **FAILURE})), sets, disposition)
    assert lines(table_of(book, outputs_in(population, book), "disposition.table")) == [
        ["Screened", "", "", "2"],
        ["Screen failure", "", "", "1 (50.0)"],
        ["Too ill", "", "", "1 (100.0)"],
        ["Enrolled", "1", "0", "1"],
        ["Treated", "1 (100.0)", "0", "1 (100.0)"],
        ["Completed the study", "1 (100.0)", "0", "1 (100.0)"],
        ["Discontinued the study", "0", "0", "0"],
    ]


def test_characteristics_have_statistics_and_levels(bare: Book) -> None:
    table = table_of(bare, outputs_in(population, bare), "demographics.table")
    assert lines(table)[:3] == [["Age (years)"], ["n", "3", "0", "3"], ["Mean (SD)", "65.0 (5.00)", "–", "65.0 (5.00)"]]
    assert lines(table)[-2:] == [["Male", "1 (33.3)", "0", "1 (33.3)"], ["Missing", "1 (33.3)", "0", "1 (33.3)"]]
    assert [c.label for c in table.columns][1:] == ["Low\n(N = 3)", "High\n(N = 0)", "Total\n(N = 3)"]


def test_the_overview_says_in_words_what_did_not_occur() -> None:
    book = book_of(trial(four(), adae=frame(EVENT, {})), sets, overview)
    table = table_of(book, outputs_in(adverse_events, book), "ae.overview")
    assert table.notes == ("No serious, dose-limiting or fatal treatment-emergent adverse event was reported.",)
    assert ["Any treatment-emergent adverse event (TEAE)", "1 (33.3) [1]", "0", "1 (33.3) [1]"] in lines(table)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ae.soc_pt", "No treatment-emergent adverse event was reported."),
        ("ae.overview", "No treatment-emergent adverse event was reported."),
        ("ae.relationship", "No related treatment-emergent adverse event was reported."),
        ("ae.serious", "No serious treatment-emergent adverse event was reported."),
        ("ae.dlt", "No dose-limiting toxicity was reported."),
        ("ae.deaths", "No death was reported."),
        ("deviations.table", "No protocol deviation was recorded."),
    ],
)
def test_a_table_without_events_keeps_rows_and_denominators_and_says_so(name: str, words: str, bare: Book) -> None:
    table = table_of(bare, all_outputs(bare), name)
    assert words in table.notes
    assert table.rows
    assert "(N = 3)" in table.columns[1].label or "(N = 2)" in table.columns[1].label


def test_serious_events_by_criterion_and_term(rich: Book) -> None:
    book = rich
    table = table_of(book, outputs_in(serious_events, book), "ae.serious")
    assert ["Requires or prolongs hospitalization", "1 (33.3) [1]", "0", "1 (33.3) [1]"] in lines(table)
    assert ["Headache", "1 (33.3) [1]", "0", "1 (33.3) [1]"] in lines(table)
    assert table.notes == ()


def test_the_wide_table_of_grades_has_two_columns_a_group(rich: Book) -> None:
    book = rich
    table = table_of(book, outputs_in(adverse_events, book), "ae.grade")
    assert [c.label for c in table.columns[1:3]] == ["Grade 1–2", "Grade ≥3"]
    assert lines(table)[0] == [
        "Any treatment-emergent adverse event",
        "1 (33.3)",
        "1 (33.3)",
        "0",
        "0",
        "1 (33.3)",
        "1 (33.3)",
    ]


def test_a_measurement_has_no_change_at_baseline(rich: Book) -> None:
    book = rich
    table = table_of(book, outputs_in(laboratory, book), "lab.by_visit.alt")
    assert lines(table)[:2] == [["Baseline"], ["n", "1", "", "0", "", "1", ""]]
    assert ["Mean (SD)", "20.0 (–)", "10.0 (–)", "–", "–", "20.0 (–)", "10.0 (–)"] in lines(table)


def test_shifts_list_what_occurred_and_staying_normal(rich: Book) -> None:
    book = rich
    table = table_of(book, outputs_in(laboratory, book), "lab.shift")
    assert lines(table)[:4] == [
        ["Alanine"],
        ["N'", "1", "0", "1"],
        ["Normal → normal", "0", "0", "0"],
        ["Normal → high", "1 (100.0)", "0", "1 (100.0)"],
    ]


def test_a_study_without_total_laboratory_or_escalation() -> None:
    study = definition(
        treatment={"groups": [{"code": "A", "label": "Low", "short": "Low"}], "total": None},
        laboratory=[],
        escalation=None,
        analysis_sets=[one for one in STUDY["analysis_sets"] if "dlt_evaluable" not in one["criteria"]],
    )
    book = book_of(trial(four(), adae=frame(EVENT, {}), study=study))
    outputs = all_outputs(book)
    assert not {"ae.dlt", "lab.shift"} & {o.id for o in outputs}
    for output in outputs:
        table = output.make(book)
        assert [c.label for c in table.columns if "Total" in c.label] == []


def test_a_number_without_a_row_is_an_error(rich: Book) -> None:
    book = rich
    short = Book(
        book.definition, book.datasets, book.domains, book.results.drop("ae.overview/SAF/USUBJID/-/A/SERIOUS/n"),
        book.problems, book.folder, book.run,
    )  # fmt: skip
    with pytest.raises(MissingResult):
        table_of(short, outputs_in(adverse_events, short), "ae.overview")


@pytest.mark.parametrize(
    ("recorded", "read"),
    [
        ("LOST TO FOLLOW-UP", "Lost to follow-up"),
        ("HEMOGLOBIN A1C ABOVE LIMIT", "Hemoglobin A1C above limit"),
        ("Mixed Case stays", "Mixed Case stays"),
    ],
)
def test_terms_in_capitals_are_read_in_sentence_case(recorded: str, read: str) -> None:
    assert sentence(recorded) == read


def test_what_was_not_coded_stands_last_of_classes_and_of_terms() -> None:
    levels = [ANY, NOT_CODED, f"{NOT_CODED}|fell", "Nerves", f"Nerves|{NOT_CODED}", r"Nerves|a\|b", r"A\|B", r"A\|B|c"]
    assert coded_first(levels) == [
        ANY, "Nerves", r"Nerves|a\|b", f"Nerves|{NOT_CODED}", r"A\|B", r"A\|B|c", NOT_CODED, f"{NOT_CODED}|fell",
    ]  # fmt: skip
    # A text of the data that says so is a text.
    assert coded_first(["\\Not coded", "Nerves"]) == ["\\Not coded", "Nerves"]


def test_dose_limiting_toxicities_are_counted_of_those_evaluable() -> None:
    people = four()
    people.loc[1, ["DLTEVFL", "EVALFL"]] = "N"
    book = book_of(trial(people, adae=frame(EVENT, {"DLTFL": "Y"})))
    table = table_of(book, outputs_in(adverse_events, book), "ae.overview")
    row = next(line for line in lines(table) if line[0].startswith("Dose-limiting"))
    sizes = people["EVALFL"].eq("Y").groupby(people["TRT01A"]).sum()
    assert row[0] == "Dose-limiting toxicity, of those evaluable"
    assert row[-1].endswith(f" of {sizes.sum()}")
