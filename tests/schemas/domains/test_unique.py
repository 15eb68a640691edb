"""What is found out by looking at each different text once is what looking at every row gives."""

from __future__ import annotations

from contextlib import nullcontext

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.unique import among, are_same, group_codes, remembered, taken, unique_texts

pytestmark = pytest.mark.requirement("REQ-403")

TEXTS = st.lists(st.one_of(st.none(), st.sampled_from(["", "Y", "N", "é", "YES"]), st.text(max_size=3)), max_size=20)


def _texts(values: list[str | None]) -> pd.Series:
    return pd.Series(values, dtype="str", index=range(5, 5 + len(values)))


@given(TEXTS, TEXTS, st.booleans())
def test_among_is_isin(values: list[str | None], wanted: list[str | None], keep: bool) -> None:
    texts = _texts(values)
    with remembered() if keep else nullcontext():
        pd.testing.assert_series_equal(among(texts, wanted), texts.isin(wanted))
        pd.testing.assert_series_equal(among(texts, _texts(wanted)), texts.isin(_texts(wanted)))


def test_among_leaves_columns_that_are_no_text_to_pandas() -> None:
    numbers = pd.Series([1.0, 2.0, np.nan])
    assert among(numbers, [2.0]).tolist() == [False, True, False]
    assert among(pd.Series(["1", "2"], dtype="str"), [1, "2", 3.5]).tolist() == [False, True]


@given(TEXTS)
def test_columns_are_the_same_row_by_row(values: list[str | None]) -> None:
    one, other = _texts(values), _texts(values[::-1])
    expected = (one == other) | (one.isna() & other.isna())
    assert are_same(one, other).tolist() == expected.tolist()


@pytest.mark.parametrize("size", [126, 127, 128, 40_000])
def test_places_fit_their_type_however_many_texts_there_are(size: int) -> None:
    texts = pd.Series([f"T{number}" for number in range(size)] + [None], dtype="str")
    codes, unique = unique_texts(texts)
    pd.testing.assert_series_equal(taken(unique, codes), texts, check_names=False)
    assert group_codes(texts.to_frame("T"), ["T"]).tolist() == list(range(size + 1))


def _domains() -> Domains:
    dm = pd.DataFrame({"USUBJID": ["B", "A", None, "A"], "ARMCD": ["b", "a", "x", "second"]}, dtype="str")
    ae = pd.DataFrame({"USUBJID": ["A", "C", None, "B", "A"]}, dtype="str")
    return Domains({"DM": dm, "AE": ae, "TA": pd.DataFrame({"ARMCD": ["a"]}, dtype="str")}, {})


def test_a_subject_has_one_number_in_all_domains() -> None:
    domains = _domains()
    assert domains.subjects("DM").tolist() == [0, 1, -1, 1]
    assert domains.subjects("AE").tolist() == [1, 2, -1, 0, 1]


def test_subjects_have_records_in_another_domain_or_not() -> None:
    domains = _domains()
    assert domains.have("AE", "DM").tolist() == [True, False, False, True, True]
    assert domains.have("AE", "DM", domains["DM"]["ARMCD"] == "a").tolist() == [True, False, False, False, True]
    assert domains.have("DM", "AE", [False] * 5).tolist() == [False] * 4


def test_a_subjects_first_row_gives_its_value() -> None:
    domains = _domains()
    arms = domains.of_subject("AE", domains["DM"]["ARMCD"])
    assert arms.fillna("-").tolist() == ["a", "-", "-", "b", "a"]
    later = domains.of_subject("AE", domains["DM"]["ARMCD"].iloc[2:])
    assert later.fillna("-").tolist() == ["second", "-", "-", "-", "second"]
    days = domains.of_subject("DM", pd.Series(pd.to_datetime(["2024-01-02"] * 5)), of="AE")
    assert days.notna().tolist() == [True, True, False, True]
