"""Values are brought onto rows, and rows found and ordered, as pandas' own joins and sorts would."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trial_report.analysis.derive.records import by_subject, flag, matched, number, onto, ranks, text

pytestmark = pytest.mark.requirement("REQ-207")

WORDS = st.lists(st.one_of(st.none(), st.text(max_size=3)), max_size=20)


def _frame(**columns: list) -> pd.DataFrame:
    return pd.DataFrame(columns)


@given(WORDS)
def test_ranks_order_texts_as_their_alphabet_does(words: list[str | None]) -> None:
    texts = pd.Series(words, dtype="str")
    for first in ("first", "last"):
        by_text = texts.sort_values(kind="stable", na_position=first).index
        assert ranks(texts).sort_values(kind="stable", na_position=first).index.tolist() == by_text.tolist()


def test_ranks_leave_what_is_no_text() -> None:
    numbers = pd.Series([2.0, np.nan, 1.0])
    assert ranks(numbers) is numbers


@given(st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from([1, 2]), st.booleans()), max_size=12))
def test_a_matched_row_is_that_of_a_merge(rows: list[tuple[str, int, bool]]) -> None:
    frame = pd.DataFrame(rows, columns=["USUBJID", "AVISITN", "chosen"]).astype({"USUBJID": "str", "AVISITN": "Int64"})
    keys = ["USUBJID", "AVISITN"]
    chosen = frame["chosen"].to_numpy(dtype=bool) & ~frame.duplicated([*keys, "chosen"]).to_numpy()
    one = frame.loc[chosen, keys].assign(place=np.flatnonzero(chosen))
    expected = frame[keys].merge(one, on=keys, how="left", validate="m:1")["place"].fillna(-1)
    assert matched(frame, chosen, keys).tolist() == expected.tolist()


def test_two_rows_with_one_key_match_nothing() -> None:
    frame = _frame(USUBJID=["A", "A"]).astype("str")
    with pytest.raises(ValueError, match="two rows"):
        matched(frame, np.array([True, True]), ["USUBJID"])


def test_a_subject_that_stands_twice_gives_no_value() -> None:
    values = pd.Series([1.0, 2.0], index=pd.Index(["A", "A"], dtype="str"))
    with pytest.raises(ValueError, match="twice"):
        by_subject(values, _frame(USUBJID=["A"]).astype("str"))


def test_values_of_subjects_are_those_of_reindex() -> None:
    subjects = _frame(USUBJID=["B", None, "C", "A"]).astype("str").set_axis([3, 5, 7, 9])
    for values in ([1.5, 2.5], [1, 2], ["x", None], pd.to_datetime(["2024-01-01", "2024-01-02"])):
        known = pd.Series(values, index=pd.Index(["A", "B"], dtype="str"), name="V")
        expected = known.reindex(subjects["USUBJID"]).set_axis(subjects.index)
        pd.testing.assert_series_equal(by_subject(known, subjects), expected)


def test_columns_of_subjects_stand_beside_every_row() -> None:
    rows = _frame(USUBJID=["B", "Z", "A"], OLD=["1", "2", "3"]).astype("str")
    subjects = _frame(USUBJID=["A", "B"], OLD=["a", "b"], N=[1, 2]).astype(
        {"USUBJID": "str", "OLD": "str", "N": "Int64"}
    )
    expected = rows[["USUBJID"]].merge(subjects, on="USUBJID", how="left")
    pd.testing.assert_frame_equal(onto(rows, subjects, ["OLD", "N"]), expected)


def test_flags_are_yes_no_or_missing() -> None:
    mask = pd.Series([True, False, True], index=[4, 5, 6])
    found = flag(mask, known=pd.Series([True, True, False], index=mask.index))
    pd.testing.assert_series_equal(found, pd.Series(["Y", "N", None], index=mask.index, dtype="str"))


def test_empty_texts_are_missing_and_numbers_in_texts_are_read() -> None:
    frame = _frame(T=["", "1.5", "x", None], FULL=["a", "b", "c", None]).astype("str")
    assert text(frame, "T").isna().tolist() == [True, False, False, True]
    assert text(frame, "FULL").tolist()[:3] == ["a", "b", "c"]
    assert number(frame, "T").fillna(-1).tolist() == [-1, 1.5, -1, -1]
