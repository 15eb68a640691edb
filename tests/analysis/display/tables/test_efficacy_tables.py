"""Tables of efficacy print what the results hold, each number traced, and say what they stand on."""

import pytest

from tests.analysis.display.tables.efficacy_book import SERIES, full_book, labels, plain_book, small_book, texts
from tests.outputs import outputs_in
from trial_report.analysis.display.standing import basis_of
from trial_report.analysis.display.tables import (
    efficacy,
    efficacy_comparison,
    efficacy_missing,
    efficacy_proportions,
    efficacy_response,
    efficacy_tests,
    methods,
)

pytestmark = pytest.mark.requirement("REQ-315")

MODULES = (
    efficacy, efficacy_comparison, efficacy_missing, efficacy_proportions, efficacy_response, efficacy_tests, methods,
)  # fmt: skip
HOLM = {"procedure": "holm"}
COMPARED = {"comparison": "ancova", "control": "A"}
ALL = {"missing": ["locf", "mi", "tipping_point", "mmrm"]}
SUBGROUPS = [{"variable": "SEX", "label": "Sex"}]


def made(book, name):
    return next(o for module in MODULES for o in outputs_in(module, book) if o.id == name).make(book)


def test_outputs_of_a_study():
    book = full_book()
    assert [o.id for module in MODULES for o in outputs_in(module, book)] == [
        "eff.by_visit.score",
        "eff.missing.score",
        "eff.responders",
        "eff.subgroups",
        "eff.dose",
        "eff.tests",
        "eff.tests_by_group",
        "methods.table",
    ]


def test_nothing_is_shown_that_the_definition_does_not_ask_for():
    one = {"groups": [{"code": "A", "label": "L", "short": "L"}]}
    book = small_book({"responder": None}, treatment=one)
    assert [o.id for module in MODULES for o in outputs_in(module, book)] == [
        "eff.by_visit.score",
        "eff.tests",
        "methods.table",
    ]


def test_by_visit():
    """Low at visit 1: values 17, 17, 17 and 20; changes -3, -4, -5 and -3."""
    table = made(plain_book(), "eff.by_visit.score")
    assert labels(table) == ["Visit Statistic", "Low (N = 4)", "High (N = 4)", "Total (N = 8)"]
    rows = [row[:3] for row in texts(table) if row[0] == "Visit 1"]
    assert rows[:5] == [
        ["Visit 1", "Value", ""],
        ["Visit 1", "n", "4"],
        ["Visit 1", "Mean (SD)", "17.8 (1.50)"],
        ["Visit 1", "Median (Q1, Q3)", "17.0 (17.0, 18.5)"],
        ["Visit 1", "Min to max", "17 to 20"],
    ]
    assert rows[5:9] == [
        ["Visit 1", "Change from baseline", ""],
        ["Visit 1", "n", "4"],
        ["Visit 1", "Mean (SD)", "−3.8 (0.96)"],
        ["Visit 1", "95% CI", "−5.3 to −2.2"],
    ]


def test_every_number_is_traced():
    book = full_book()
    for module in MODULES[:-1]:
        for output in outputs_in(module, book):
            table = output.make(book)
            for row in table.rows:
                for cell in row.cells[table.stub :]:
                    assert not cell.text or cell.keys, (output.id, cell.text)
            assert all(book.has(key) for key in list(table.keys()))
            basis = basis_of(book, output, table)
            assert basis.prefix
            assert basis.sizes


def test_what_does_not_exist_is_one_dash():
    table = made(small_book(series={"0": [10, 8, None]}), "eff.by_visit.score")
    cells = [row[2] for row in texts(table) if row[0] == "Visit 2"]
    assert set(cells) == {"", "0", "–"}
    single = [row[2] for row in texts(table) if row[0] == "Visit 1" and row[1] in ("Mean (SD)", "95% CI")]
    assert single == ["8.0 (–)", "−2.0 (–)", "–", "−20.0 (–)", "–"]


def test_tests_mark_the_p_value_that_decides():
    for test, column in (("paired_t", 5), ("wilcoxon_signed_rank", 7)):
        book = small_book({"test": test, "other_tests": ["paired_t", "wilcoxon_signed_rank"]}, multiplicity=HOLM)
        table = made(book, "eff.tests")
        bold = [i for i, cell in enumerate(table.rows[0].cells) if cell.bold]
        ids = [c.id for c in table.columns]
        assert [ids[i] for i in bold] == ["pt" if column == 5 else "pw"]


def test_a_change_of_test_changes_note_and_estimate():
    tests = ("paired_t", "wilcoxon_signed_rank")
    t, w = (made(small_book({"test": name}, multiplicity=HOLM), "eff.tests") for name in tests)
    assert "Paired t test for Score" in t.notes[0]
    assert "Exact Wilcoxon signed-rank test (zeros dropped) for Score" in w.notes[0]


def test_without_a_procedure_nothing_decides():
    table = made(plain_book(), "eff.tests")
    assert table.notes[0].startswith("All p-values are two-sided and descriptive.")
    assert not {"padj", "decision"} & {column.id for column in table.columns}
    assert not any(cell.bold for row in table.rows for cell in row.cells)


def test_compared_changes_are_in_no_table_of_tests_unless_asked_for():
    book = small_book(COMPARED)
    assert outputs_in(efficacy_tests, book) == []
    table = made(small_book({**COMPARED, "within_groups": True}, multiplicity=HOLM), "eff.tests_by_group")
    assert "within groups nothing is decided (Score)" in " ".join(table.notes)
    assert "bold" not in " ".join(table.notes)


def test_multiplicity_is_in_the_notes():
    plan = {"procedure": "fixed_sequence", "order": [["SCORE", "V2"], ["SCORE", "V1"]]}
    notes = made(small_book(multiplicity=plan), "eff.tests").notes
    assert any(note.endswith("Order: Score at Visit 2; Score at Visit 1.") for note in notes)


def test_by_group_has_a_row_a_visit_and_group_and_no_decision():
    table = made(plain_book(), "eff.tests_by_group")
    assert [row[1:4] for row in texts(table)] == [
        ["Visit 1", "Low", "4"],
        ["", "High", "4"],
        ["Visit 2", "Low", "4"],
        ["", "High", "3"],
    ]
    assert "decision" not in [c.id for c in table.columns]


def test_beside_hypotheses_nothing_else_has_a_p_value():
    plan = {"procedure": "fixed_sequence", "order": [["SCORE", "V2"]]}
    book = small_book(multiplicity=plan)
    whole = made(book, "eff.tests")
    place = [column.id for column in whole.columns].index("pt")
    assert [bool(row.cells[place].text) for row in whole.rows] == [False, True]
    groups = made(book, "eff.tests_by_group")
    assert {"pt", "pw", "t"} & {column.id for column in groups.columns} == set()
    assert [one.title for one in outputs_in(efficacy_tests, book)] == [
        "Tests of the change from baseline",
        "Estimates of the change from baseline by treatment group",
    ]


def test_missing_data_says_its_assumptions():
    table = made(full_book(), "eff.missing.score")
    assert [row[1] for row in texts(table) if row[0] == "Visit 2"] == [
        "Observed cases",
        "Last observation carried forward",
        "Multiple imputation",
        "Mixed model for repeated measures",
        "Tipping point",
    ]
    assert [row[2:4] for row in texts(table) if row[0] == "Visit 2"][:3] == [["7", "0"], ["8", "1"], ["8", "1"]]
    assert any("missing at random" in note for note in table.notes)


def test_missing_data_of_a_comparison_is_told_as_differences():
    book = small_book({**COMPARED, "missing": ["locf", "mi", "tipping_point"]}, missing_data={"imputations": 5})
    table = made(book, "eff.missing.score")
    assert [c.id for c in table.columns] == ["group", "n", "imputed", "mean", "difference", "p"]
    rows = texts(table)
    assert [row[0] for row in rows if row[1] == "High"] == [
        f"Visit {n}: {way}" for n in (1, 2) for way in
        ("observed cases", "last observation carried forward", "multiple imputation", "tipping point")
    ]  # fmt: skip
    at = "eff.missing/ALL/SCORE/V1/B/mi|DIFFERENCE"
    (mine,) = [row for row in rows if row[:2] == ["Visit 1: multiple imputation", "High"]]
    said = [book.text(f"{at}/{name}") for name in ("estimate", "ci_low", "ci_high", "p")]
    assert mine[-2:] == [f"{said[0]} ({said[1]} to {said[2]})", said[3]]
    assert "the imputed values of the group are shifted against the result" in " ".join(table.notes)


def test_missing_data_without_what_is_not_asked_for():
    table = made(small_book({"missing": ["locf"]}), "eff.missing.score")
    assert {row[1] for row in texts(table)} == {"Observed cases", "Last observation carried forward"}
    assert not any("imputed" in note for note in table.notes)


def test_responders():
    """Half or more at visit 2: 20→12 no, 21→13 no, 22→14 no, 23→15 no; 24→12 yes, 25→13 no, 26→14 no."""
    table = made(plain_book(), "eff.responders")
    rows = [row[1:] for row in texts(table)]
    assert rows[4:7] == [
        ["Visit 2", "", "", ""],
        ["With a value, n", "4", "3", "7"],
        ["Responders, n (%)", "0", "1 (33.3)", "1 (14.3)"],
    ]


def test_subgroups_have_their_levels_as_printed():
    table = made(full_book(), "eff.subgroups")
    assert [row[1:3] for row in texts(table)] == [["All patients", "7"], ["Sex", ""], ["Female", "4"], ["Male", "3"]]


def test_dose_has_one_p_value_an_endpoint():
    table = made(small_book({"dose_response": "kruskal_wallis"}), "eff.dose")
    assert [bool(row[-1]) for row in texts(table)] == [True, False]
    plain = made(plain_book(), "eff.dose")
    assert "p" not in [column.id for column in plain.columns]
    assert not any("test" in note for note in plain.notes)


def test_a_trend_in_dose_is_told_below_the_comparison():
    book = small_book({"comparison": "ancova", "control": "A", "dose_trend": True})
    told = " ".join(made(book, "eff.comparison").notes)
    visit = book.definition.endpoints[0].visits[-1]
    p = book.text(f"eff.comparison/ALL/SCORE/{visit}/TOTAL/TREND/p")
    assert "Score, trend in dose (linear contrast of the LS means), p: Visit 1 " in told
    assert told.count("trend in dose") == 1
    assert f"{book.definition.visit(visit).label} {p}" in told


def test_the_model_of_a_comparison_in_full():
    book = small_book({"comparison": "ancova", "control": "A", "dose_trend": True})
    table = made(book, "eff.ancova.score")
    assert [column.label.split("\n")[0] for column in table.columns] == ["Visit", "Low", "High"]
    stub = [row[1] for row in texts(table)][: len(table.rows) // 2]
    assert stub == [
        "n", "Baseline", "Mean (SD)", "Median (min to max)", "Value at the visit", "Mean (SD)", "Median (min to max)",
        "Change from baseline", "Mean (SD)", "Median (min to max)", "LS mean (SE)", "95% CI", "Any difference: p",
        "Trend in dose: p", "Difference from Low", "LS mean (SE)", "95% CI", "p",
    ]  # fmt: skip
    assert texts(table)[stub.index("p")][2:] == ["", book.text("eff.comparison/ALL/SCORE/V1/B/DIFFERENCE/p")]


def test_comparison_with_control():
    table = made(small_book(COMPARED, multiplicity=HOLM), "eff.comparison")
    assert [row[1:3] + [row[5]] for row in texts(table)][:1] == [["Visit 1", "Low", "control"]]
    assert texts(table)[1][2] == "High"
    assert texts(table)[1][-1] in ("significant", "not significant")
    plain = made(small_book(COMPARED), "eff.comparison")
    assert not {"padj", "decision"} & {column.id for column in plain.columns}
    assert plain.notes[0] == "All p-values are two-sided and descriptive."


def test_proportions_with_control():
    """Responders (a fall by half) at visit 2: 0 of 4 with low; 1 of 3 with high, so 33.3 percentage points more."""
    table = made(small_book(COMPARED, multiplicity=HOLM), "eff.proportions")
    assert labels(table)[2:] == ["With a value", "Yes, n (%)", "Difference to control in % (95% CI)", "p"]
    book = small_book(COMPARED)
    at = "eff.proportion/ALL/SCORE/V2/B/RESPONDER|DIFFERENCE"
    said = [book.text(f"{at}/{name}") for name in ("estimate", "ci_low", "ci_high", "p")]
    rows = texts(made(book, "eff.proportions"))
    assert rows[2][:5] == ["Score: Half", "Visit 2", "Low", "4", "0"]
    assert rows[3] == [
        "Score: Half",
        "Visit 2",
        "High",
        "3",
        "1 (33.3)",
        f"{said[0]} ({said[1]} to {said[2]})",
        said[3],
    ]


def test_a_binary_endpoint_has_its_decision():
    yes = {name: [0, 1, None if v[2] is None else v[2] % 2] for name, v in SERIES.items()}
    asked = {"kind": "binary", "responder": None, "unit": None, "comparison": "proportions", "control": "A"}
    book = small_book({**asked, "factors": ["SEX"]}, series=yes, multiplicity=HOLM)
    table = made(book, "eff.proportions")
    assert [column.id for column in table.columns][-2:] == ["padj", "decision"]
    assert texts(table)[3][-1] == book.text("eff.proportion/ALL/SCORE/V2/B/DIFFERENCE/decision")
    assert "stratified by sex: Score." in " ".join(table.notes)


def test_binary_endpoint_and_restriction():
    yes = {name: [0, 1, None if v[2] is None else v[2] % 2] for name, v in SERIES.items()}
    endpoint = {"kind": "binary", "responder": None, "unit": None, "only_with_baseline": {"SEX": "F"}}
    book = small_book(endpoint, series=yes)
    output = outputs_in(efficacy, book)[0]
    assert output.population == "All (Sex: Female)"
    table = output.make(book)
    assert labels(table)[1:] == ["Low (N = 2)", "High (N = 2)", "Total (N = 4)"]
    assert [row[1:3] for row in texts(table) if row[0] == "Visit 1"][:2] == [
        ["With a value, n", "2"],
        ["Yes, n (%)", "2 (100.0)"],
    ]


@pytest.mark.parametrize("series", [{}, {"0": [10, 10, 10]}, {"0": [10, 8, 8], "1": [12, 12, 13]}])
def test_few_or_no_values_make_tables_without_nan(series):
    book = small_book(ALL, series=series, subgroups=SUBGROUPS)
    for module in MODULES[:-1]:
        for output in outputs_in(module, book):
            printed = texts(output.make(book))
            assert printed
            assert not any("nan" in text.split() or text == "None" for row in printed for text in row)


def test_methods_are_those_of_the_results():
    table = made(plain_book(), "methods.table")
    names = [row[1] for row in texts(table)]
    assert "Paired t test" in names
    assert "Multiple imputation" not in names
