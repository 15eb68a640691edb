"""The codelist of frequencies: every term, its synonyms, and terms that are built as CDISC builds them."""

from __future__ import annotations

import pandas as pd
import pytest

from trial_report.schemas.codelists.frequency import is_known, per_day, per_record, terms_listed

pytestmark = pytest.mark.requirement("REQ-205")

# Rates of admiral 1.4.1, dose_freq_lookup: DOSE_COUNT × CONVERSION_FACTOR, with hours and minutes brought to days.
ADMIRAL = {
    "1 TIME PER WEEK": 1 / 7, "10 DAYS PER MONTH": 10 / 30.4375, "2 TIMES PER YEAR": 2 / 365.25, "5 TIMES PER DAY": 5,
    "BID": 2, "BIM": 2 / 30.4375, "EVERY 12 WEEKS": 1 / 84, "EVERY 3 YEARS": 1 / 1095.75, "EVERY AFTERNOON": 1,
    "EVERY WEEK": 1 / 7, "PA": 1 / 365.25, "Q10H": 2.4, "Q2M": 0.5 / 30.4375, "Q36H": 24 / 36, "Q3D": 1 / 3,
    "Q45MIN": 32, "QAM": 1, "QH": 24, "QHS": 1, "QID": 4, "QM": 1 / 30.4375, "QN": 1, "QOD": 0.5, "QPM": 1, "TID": 3,
}  # fmt: skip


def test_the_whole_codelist_is_there_and_each_term_once() -> None:
    terms = terms_listed()
    assert len(terms) == len(set(terms)) == 102
    assert is_known(pd.Series(terms)).all()


def test_terms_have_the_rates_that_admiral_gives_them() -> None:
    found = per_day(pd.Series(list(ADMIRAL)))
    pd.testing.assert_series_equal(found, pd.Series(list(ADMIRAL.values()), dtype="float64"), rtol=1e-12)


def test_case_blanks_and_synonyms_do_not_matter() -> None:
    assert per_day(pd.Series(["qd", " Daily ", "BD", "Q2D", "Every  2 weeks", "QS"])).tolist() == pytest.approx(
        [1, 1, 2, 0.5, 1 / 14, 1 / 7]
    )


def test_terms_that_count_by_record_or_not_at_all_have_no_rate() -> None:
    terms = pd.Series(["ONCE", "TWICE", "THRICE", "PRN", "CONTINUOUS", "UNKNOWN", "2 TIMES PER CYCLE", None])
    assert per_day(terms).isna().all()
    assert per_record(terms).tolist()[:3] == [1, 2, 3]
    assert per_record(terms)[3:].isna().all()
    assert is_known(terms).all()


def test_a_term_built_as_the_terms_of_the_codelist_are_means_what_it_says() -> None:
    terms = pd.Series(["EVERY 9 WEEKS", "Q2W", "QW", "12 TIMES PER DAY", "EVERY 10 DAYS"])
    assert is_known(terms).all()
    assert per_day(terms).tolist() == pytest.approx([1 / 63, 1 / 14, 1 / 7, 12, 0.1])


@pytest.mark.parametrize("term", ["Q9X", "BIW", "Q0D", "0 TIMES PER DAY", "SOMETIMES", "QQD"])
def test_what_is_no_frequency_is_not_known(term: str) -> None:
    assert not is_known(pd.Series([term])).any()
    assert per_day(pd.Series([term])).isna().all()
