"""Listings: what was collected, by subject; with nothing to list, a sentence."""

import pandas as pd
import pytest

from tests.analysis.analyse.safety_frames import (
    EVENT,
    FAILURE,
    STUDY,
    SUBJECT,
    VALUE,
    VISIT,
    definition,
    four,
    frame,
    trial,
)
from tests.analysis.display.safety_book import book_of, lines, table_of
from tests.outputs import outputs_in
from trial_report.analysis.analyse import sets
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.listings import efficacy, population, safety
from trial_report.analysis.display.table_html import to_html

pytestmark = pytest.mark.requirement("REQ-314")

ENDPOINT = {
    "paramcd": "SCORE", "label": "Score", "domain": "QS", "testcd": "SCORE", "unit": "mm", "decimals": 0,
    "role": "primary", "benefit": "decrease", "analysis_set": "SAF", "visits": ["V1"],
    "responder": {"label": "Less by half", "measure": "percent_change", "operator": "<=", "threshold": -50},
}  # fmt: skip
HEAD = "1, Low, 60 years, female"


def exposed(book_trial: dict[str, pd.DataFrame]) -> Book:
    return book_of(trial(four(), **book_trial), sets)


def test_adverse_events_are_listed_by_subject_and_start_with_dates_as_collected() -> None:
    events = frame(
        EVENT,
        {"USUBJID": "2", "AESEQ": 1},
        {"USUBJID": "1", "AESEQ": 2, "ASTDT": "2020-02-01", "ASTDY": 32},
        {
            "USUBJID": "1", "AESEQ": 1, "AESTDTC": "2020-01", "ASTDT": "2020-01-01", "ASTDTF": "D", "ASTDY": 1,
            "AEENDTC": None, "AENDY": None, "AEENRTPT": "ONGOING", "ATOXGRN": None, "TRTEMFL": "N",
        },
    )  # fmt: skip
    book = exposed({"adae": events})
    found = lines(table_of(book, outputs_in(safety, book), "lst.ae"))
    assert found[0] == [HEAD]
    assert found[1] == [
        "Head pain / Headache / Nerves", "2020-01 to ongoing", "1* to –", "–", "No", "Related", "Not applicable",
        "Recovered/resolved", "",
    ]  # fmt: skip
    assert found[2][2] == "32 to 3"
    assert found[3] == ["2, Low, 70 years, male"]


def test_an_event_of_a_screen_failure_is_listed() -> None:
    book = exposed({"adae": frame(EVENT, {"USUBJID": "4", "AESER": "Y", "TRTEMFL": "N"})})
    assert len(table_of(book, outputs_in(safety, book), "lst.sae").rows) == 1


def test_without_serious_events_there_is_a_sentence() -> None:
    book = exposed({"adae": frame(EVENT, {})})
    table = table_of(book, outputs_in(safety, book), "lst.sae")
    assert table.rows == ()
    assert table.empty == "No fatal or serious adverse event and no dose-limiting toxicity was reported."


def test_every_listing_is_made_when_there_are_no_records() -> None:
    empty = {"EX": pd.DataFrame(columns=["USUBJID", "EXSEQ", "EXTRT", "EXDOSE", "EXDOSU", "EXSTDTC"], dtype="str")}
    for adsl in (four(), four().iloc[:0]):
        book = book_of(trial(adsl, **empty, study=definition(endpoints=[ENDPOINT])), sets)
        for module in (population, safety, efficacy):
            for output in outputs_in(module, book):
                table = output.make(book)
                assert table.empty, output.id
                assert to_html(table)


def test_who_discontinued_is_listed_with_reason_and_day() -> None:
    adsl = frame(
        SUBJECT,
        {"EOSSTT": "DISCONTINUED", "EOSDT": "2020-01-10", "DCSREAS": "LOST TO FOLLOW-UP", "DCSREASP": "Moved"},
        {"USUBJID": "2"},
        {"USUBJID": "3", **FAILURE},
    )
    book = book_of(trial(adsl), sets)
    outputs = outputs_in(population, book)
    assert lines(table_of(book, outputs, "lst.discontinued")) == [
        ["1", "Low", "2020-01-01", "2020-01-10 (10)", "100", "Lost to follow-up", "Moved"]
    ]
    assert lines(table_of(book, outputs, "lst.screening"))[0][-1] == "Too ill"


def test_the_excluded_have_their_reason_and_characteristics_their_labels() -> None:
    book = book_of(trial(four()), sets)
    outputs = outputs_in(population, book)
    assert lines(table_of(book, outputs, "lst.excluded")) == [["Evaluable", "3", "Low", "Not in Part 1"]]
    assert lines(table_of(book, outputs, "lst.demographics"))[2] == ["3", "Low", "Part 2", "2019-12-20", "65", "–"]


def test_visits_out_of_window_and_values_not_used() -> None:
    visits = frame(
        VISIT,
        {},
        {"USUBJID": "2", "STATUS": "late", "SVDT": "2020-01-12", "SVDY": 12, "DEVDAYS": 3},
        {"USUBJID": "3", "STATUS": "missed", "SVDT": None, "SVDY": None, "DEVDAYS": None, "REASON": "ILL"},
    )
    values = frame(VALUE, {}, {"ANL01FL": "N", "REASNOT": "repeat", "AVALC": "21"})
    book = exposed({"advisit": visits, "adbds": values})
    outputs = outputs_in(population, book)
    assert lines(table_of(book, outputs, "lst.visits")) == [
        ["2", "Low", "Visit 1", "7 to 9", "2020-01-12 (12)", "Late", "3", "–"],
        ["3", "Low", "Visit 1", "7 to 9", "–", "Missed", "–", "Ill"],
    ]
    assert lines(table_of(book, outputs, "lst.unused")) == [
        [HEAD], ["2020-01-08 (8)", "V1", "Visit 1", "Repeat", "Alanine (U/L):\u00a021"],
    ]  # fmt: skip


def test_values_not_used_for_one_reason_stand_in_one_row() -> None:
    away = {"ANL01FL": "N", "REASNOT": "repeat"}
    other = {"PARAMCD": "BILI", "PARAM": "Bilirubin (umol/L)"}
    values = frame(
        VALUE,
        {**away, **other, "AVALC": "9.1"},
        {**away, "AVALC": "21"},
        {**away, "AVALC": "22", "REASNOT": "outside all windows", "AVISIT": None},
        {**away, "AVALC": None, "USUBJID": "2"},
    )
    book = exposed({"adbds": values})
    table = table_of(book, outputs_in(population, book), "lst.unused")
    assert [line[-1].replace("\u00a0", " ") for line in lines(table)] == [
        HEAD, "Alanine (U/L): 21; Bilirubin (umol/L): 9.1", "Alanine (U/L): 22", "2, Low, 70 years, male",
        "Alanine (U/L): –",
    ]  # fmt: skip
    assert lines(table)[2][2:4] == ["–", "Outside all windows"]


def test_a_long_listing_of_values_not_used_explains_its_codes_and_loses_none() -> None:
    count = population.MOST_NAMED + 1
    away = {"ANL01FL": "N", "REASNOT": "repeat"}
    values = frame(VALUE, *({**away, "AVALC": str(n), "VISITNUM": n % 7} for n in range(count)))
    book = exposed({"adbds": values})
    table = table_of(book, outputs_in(population, book), "lst.unused")
    assert "ALT: Alanine (U/L)." in table.notes
    shown = [one.split("\u00a0") for row in table.rows for one in row.cells[-1].text.split("; ")]
    assert sorted(int(value) for _, value in shown) == list(range(count))


def test_records_that_say_the_same_stand_once_with_their_number() -> None:
    medicines = pd.DataFrame({
        "USUBJID": ["1", "1", "1", "2"], "CMSEQ": [1, 2, 3, 1], "CMTRT": ["Iron", "Zinc", "Iron", "Iron"],
        "CMSTDTC": "2019",
    })  # fmt: skip
    book = exposed({"CM": medicines})
    table = table_of(book, outputs_in(population, book), "lst.cm")
    assert [(line[0], line[-1]) for line in lines(table) if len(line) > 1] == [
        ("Iron", "2"), ("Zinc", "1"), ("Iron", "1"),
    ]  # fmt: skip
    once = exposed({"CM": medicines.iloc[:2]})
    assert "Records" not in [c.label for c in table_of(once, outputs_in(population, once), "lst.cm").columns]


def test_a_listing_of_many_visits_is_turned() -> None:
    book = exposed({})
    assert {o.id: o.landscape for o in outputs_in(safety, book)}["lst.lab"] is False
    visits = [{**STUDY["visits"][2], "id": f"V{n}", "num": n, "name": f"V{n}", "day": 10 * n,
               "window": [10 * n, 10 * n], "analysis_window": [10 * n, 10 * n + 9]} for n in range(4, 9)]  # fmt: skip
    many = book_of(trial(four(), study=definition(visits=[*STUDY["visits"], *visits])), sets)
    assert {o.id: o.landscape for o in outputs_in(safety, many)}["lst.lab"] is True


def test_laboratory_values_carry_their_position_and_the_abnormal_are_listed() -> None:
    values = frame(
        VALUE,
        {"AVISIT": "BL", "AVISITN": 1, "VISIT": "BL", "VISITNUM": 1, "ABLFL": "Y", "POSTFL": "N", "AVALC": "10"},
        {"ANRIND": "HIGH", "AVALC": "55", "CLSIG": "Y", "ATOXGRN": 1},
    )
    book = exposed({"adbds": values})
    outputs = outputs_in(safety, book)
    assert lines(table_of(book, outputs, "lst.lab")) == [[HEAD], ["Alanine (U/L)", "10 b", "55 H CS"]]
    assert lines(table_of(book, outputs, "lst.lab.abnormal")) == [
        [HEAD],
        ["Alanine (U/L)", "V1", "2020-01-08 (8)", "55", "10", "5 to 40", "High", "1", "Yes"],
    ]


def test_the_visit_is_shown_as_collected_and_the_baseline_is_flagged() -> None:
    base = {"AVISIT": "BL", "AVISITN": 1, "VISIT": "SCREENING", "VISITNUM": -1, "ABLFL": "Y", "POSTFL": "N"}
    values = frame(
        VALUE,
        {**base, "AVALC": "10"},
        {**base, "USUBJID": "2", "AVALC": "11"},
        {**base, "USUBJID": "3", "AVALC": "12", "VISIT": "BL", "VISITNUM": 1},
        {"AVALC": "20", "VISIT": "UNSCHEDULED 2.1", "VISITNUM": 2.1},
        {"USUBJID": "2", "AVALC": "21"},
    )
    book = exposed({"adbds": values})
    table = table_of(book, outputs_in(safety, book), "lst.lab")
    cells = [line[1:] for line in lines(table) if len(line) > 1]
    assert cells == [["10 b", "20 [Unscheduled\u00a02.1]"], ["11 b", "21"], ["12 b [Baseline]", "–"]]
    assert "Baseline values were recorded at Screening, unless another visit is named." in table.notes


def test_response_has_value_change_percent_and_responder() -> None:
    score = {"PARAMCD": "SCORE", "PARCAT1": "EFFICACY", "ANRIND": None}
    values = frame(
        VALUE,
        {
            **score,
            "AVISIT": "BL",
            "AVISITN": 1,
            "VISIT": "BL",
            "VISITNUM": 1,
            "ABLFL": "Y",
            "POSTFL": "N",
            "AVAL": 10,
            "CHG": None,
            "PCHG": None,
        },
        {**score, "AVAL": 4, "CHG": -6, "PCHG": -60, "CRIT1FL": "Y", "INWINFL": "N"},
        {
            **score,
            "USUBJID": "3",
            "AVAL": None,
            "AVALC": None,
            "CHG": None,
            "PCHG": None,
            "ANL01FL": "N",
            "REASND": "UNABLE TO WALK",
        },
    )
    book = book_of(trial(four(), adbds=values, study=definition(endpoints=[ENDPOINT])), sets)
    table = table_of(book, outputs_in(efficacy, book), "lst.efficacy.score")
    assert lines(table)[2][2:] == ["–", "– (unable to walk)"]
    assert lines(table)[0] == ["1", "Low", "10", "4 (−6; −60.0%) R †"]
    assert lines(table)[1] == ["2", "Low", "–", "–"]


def test_exposure_lists_dose_route_and_share() -> None:
    ex = pd.DataFrame({
        "USUBJID": ["1"], "EXSEQ": [1], "EXTRT": ["X"], "EXDOSE": [5.0], "EXDOSU": ["mg"], "EXSTDTC": ["2020-01-01"],
        "EXSTDY": [1], "EXROUTE": ["ORAL"],
    })  # fmt: skip
    book = book_of(trial(four(), EX=ex), sets)
    assert lines(table_of(book, outputs_in(safety, book), "lst.exposure")) == [
        ["1", "Low", "X", "2020-01-01 (1)", "10", "5 mg", "100.0", "Oral", "–", "–"]
    ]


def test_a_course_is_listed_with_its_end_and_frequency_and_what_was_left_out_as_not_given() -> None:
    ec = pd.DataFrame({
        "USUBJID": ["1", "1"], "ECSEQ": [1, 2], "ECTRT": ["X", "X"], "ECDOSE": [0.5, None], "ECDOSU": ["mg", None],
        "ECDOSFRQ": ["QD", "QD"], "ECSTDTC": ["2020-01-01", "2020-01-11"], "ECENDTC": ["2020-01-10", "2020-01-12"],
        "ECSTDY": [1, 11], "ECENDY": [10, 12], "ECOCCUR": ["Y", "N"],
    })  # fmt: skip
    groups = [{"code": code, "label": label, "short": label} for code, label in (("A", "Low"), ("B", "High"))]
    study = definition(treatment={"groups": groups})
    book = book_of(trial(four(), study=study, delivered=False, EC=ec), sets)
    assert lines(table_of(book, outputs_in(safety, book), "lst.exposure")) == [
        ["1", "Low", "X", "2020-01-01 (1)", "2020-01-10 (10)", "QD", "0.5 mg", "", "–", "–"],
        ["1", "Low", "X", "2020-01-11 (11)", "2020-01-12 (12)", "QD", "not given", "", "–", "–"],
    ]


def test_where_exposure_was_not_delivered_the_listing_says_so() -> None:
    book = book_of(trial(four(), delivered=False), sets)
    table = table_of(book, outputs_in(safety, book), "lst.exposure")
    assert table.rows == ()
    assert table.empty == safety.NO_EXPOSURE
