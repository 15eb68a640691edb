"""Rows of the results frame: keys, printed values, and what the schema refuses."""

import json
import math

import pandas as pd
import pandera.errors
import pytest

from trial_report.analysis.results.rows import Place, Rows, combine
from trial_report.analysis.results.where import Where
from trial_report.schemas.results import COLUMNS, RESULTS

pytestmark = pytest.mark.requirement("REQ-209")

AGE = Place("demographics", "ADSL", "SAF", Where().eq(SAFFL="Y"), variable="AGE", group="A", unit="years")


def test_a_row_says_all_of_itself() -> None:
    rows = Rows()
    rows.add(AGE, "mean", 66.25, decimals=0, method="summary")
    (row,) = rows.frame().to_dict("records")
    assert row["key"] == "demographics/SAF/AGE/-/A/-/mean"
    assert row["filter"] == "SAFFL = 'Y'"
    assert (row["value"], row["formatted"], row["unit"], row["method"]) == (66.25, "66.3", "years", "summary")
    assert list(row) == list(COLUMNS)


@pytest.mark.parametrize("absent", [None, math.nan, math.inf])
def test_a_value_that_does_not_exist_is_a_dash_with_its_reason(absent: float | None) -> None:
    rows = Rows()
    rows.add(AGE, "sd", absent, decimals=0, warning="one value has no standard deviation")
    rows.add(AGE, "mean", absent)
    frame = rows.frame()
    assert frame["value"].isna().all()
    assert frame["formatted"].tolist() == ["–", "–"]
    assert frame["warning"].tolist() == ["one value has no standard deviation", "the value does not exist"]


def test_statistics_have_their_own_decimals() -> None:
    rows = Rows()
    rows.add_all(AGE, {"n": 3, "mean": 1 / 3, "sd": 1 / 3, "min": 1 / 3, "pct": 33.333, "p": 0.00001}, decimals=1)
    assert rows.frame()["formatted"].tolist() == ["3", "0.33", "0.333", "0.3", "33.3", "<0.0001"]


@pytest.mark.parametrize(
    ("collected", "printed"),
    [(0, ["0.3", "0.33", "0"]), (2, ["0.333", "0.333", "0.33"]), (3, ["0.333"] * 3), (4, ["0.3333"] * 3)],
)
def test_statistics_have_three_decimals_at_most_unless_the_data_have_more(collected: int, printed: list[str]) -> None:
    rows = Rows()
    rows.add_all(AGE, {"mean": 1 / 3, "sd": 1 / 3, "min": 1 / 3}, decimals=collected)
    assert rows.frame()["formatted"].tolist() == printed


def test_a_count_without_denominator_has_no_percentage() -> None:
    rows = Rows()
    rows.count(AGE.at(level="M"), 1, 3)
    rows.count(AGE.at(level="F"), 0, 0)
    frame = rows.frame().set_index("key")
    assert frame.loc["demographics/SAF/AGE/-/A/M/pct", "formatted"] == "33.3"
    assert frame.loc["demographics/SAF/AGE/-/A/F/pct", "warning"] == "no subjects in the denominator"


def test_rows_are_combined_as_their_frame_is() -> None:
    rows = Rows()
    rows.add(AGE, "n", 1)
    pd.testing.assert_frame_equal(combine([rows]), combine([rows.frame()]))


def test_a_key_stands_once() -> None:
    rows = Rows()
    rows.add(AGE, "n", 1)
    one = rows.frame()
    with pytest.raises(pandera.errors.SchemaErrors, match="unique"):
        combine([one, one])


def test_a_row_without_value_needs_a_reason() -> None:
    rows = Rows()
    rows.add(AGE, "n", None)
    frame = rows.frame()
    with pytest.raises(pandera.errors.SchemaErrors, match="says why"):
        RESULTS.validate(frame.assign(warning=pd.Series([None], dtype="str")), lazy=True)


def test_an_empty_frame_has_its_columns() -> None:
    assert list(Rows().frame()) == list(COLUMNS)
    assert json.loads(Rows().frame().to_json(orient="records")) == []
