"""Characteristics: numbers of n = 0, 1, 2, 3 values; categories with the level Missing when there is one."""

import pytest

from tests.analysis.analyse.safety_frames import SUBJECT, four, frame, printed, trial
from trial_report.analysis.analyse.demographics import analyse
from trial_report.analysis.lineage.conditions import Conditions

pytestmark = pytest.mark.requirement("REQ-301")


def test_numbers_are_described_by_column() -> None:
    found = analyse(trial(four()))
    statistics = ("n", "mean", "sd", "median", "q1", "q3", "min", "max")
    # 60, 65, 70: quartiles by averaging the empirical distribution function are the outer values.
    assert printed(found, "demographics/SAF/AGE/-/A/-", *statistics) == "3 65.0 5.00 65.0 60.0 70.0 60 70"
    assert printed(found, "demographics/SAF/AGE/-/TOTAL/-", *statistics) == "3 65.0 5.00 65.0 60.0 70.0 60 70"


def test_an_empty_group_has_n_and_dashes() -> None:
    found = analyse(trial(four()))
    assert printed(found, "demographics/SAF/AGE/-/B/-", "n", "mean", "sd", "max", "missing") == "0 – – – 0"


@pytest.mark.parametrize(
    ("ages", "expected"),
    [([50], "1 50.0 – 50.0"), ([50, None], "1 50.0 – 50.0"), ([50, 60], "2 55.0 7.07 55.0")],
)
def test_one_and_two_values(ages: list[float | None], expected: str) -> None:
    adsl = frame(SUBJECT, *({"USUBJID": str(n), "AGE": age} for n, age in enumerate(ages)))
    found = analyse(trial(adsl))
    assert printed(found, "demographics/SAF/AGE/-/A/-", "n", "mean", "sd", "median") == expected


def test_categories_stand_in_the_order_of_the_definition_with_missing_last() -> None:
    found = analyse(trial(four()))
    rows = found.loc[(found["variable"] == "SEX") & (found["group"] == "A") & (found["statistic"] == "n")]
    assert rows[["level", "formatted"]].to_numpy().tolist() == [["F", "1"], ["M", "1"], ["Missing", "1"]]
    assert rows["filter"].tolist()[-1] == "SAFFL = 'Y' AND TRT01A = 'A' AND SEX IS NULL"


def test_a_level_that_the_definition_does_not_know_is_shown_and_missing_only_when_there_is_one() -> None:
    found = analyse(trial(frame(SUBJECT, {"SEX": "UNDIFFERENTIATED"})))
    levels = found.loc[(found["variable"] == "SEX") & (found["statistic"] == "n"), "level"]
    assert list(dict.fromkeys(levels)) == ["F", "M", "UNDIFFERENTIATED"]


def test_the_filter_of_a_summary_selects_those_with_a_value() -> None:
    adsl = frame(SUBJECT, {"USUBJID": "1", "AGE": 50}, {"USUBJID": "2", "AGE": None}, {"USUBJID": "3", "AGE": None})
    rows = analyse(trial(adsl)).set_index("key")
    for statistic, selected in (("n", ["1"]), ("mean", ["1"]), ("missing", ["2", "3"])):
        row = rows.loc[f"demographics/SAF/AGE/-/A/-/{statistic}"]
        assert Conditions({"ADSL": adsl}).rows("ADSL", row["filter"])["USUBJID"].tolist() == selected
