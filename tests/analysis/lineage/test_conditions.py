"""Filters as results print them: cut into terms, run over a dataset, the same as running the whole."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import numpy as np
import pandas as pd
import pytest

from trial_report.analysis.lineage.conditions import Conditions, terms

pytestmark = pytest.mark.requirement("REQ-503", "REQ-504")


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("TRUE", ("TRUE",)),
        ("A = 'x' AND B > 3", ("A = 'x'", "B > 3")),
        ("A = 'x AND y' AND B IS NULL", ("A = 'x AND y'", "B IS NULL")),
        ("A = 'it''s AND so' AND B = 1", ("A = 'it''s AND so'", "B = 1")),
        (
            "U IN (SELECT U FROM S WHERE F = 'Y' AND G = 'A') AND H = 2",
            ("U IN (SELECT U FROM S WHERE F = 'Y' AND G = 'A')", "H = 2"),
        ),
        ("A = 1 AND B = 2 OR C = 3", ("A = 1 AND B = 2 OR C = 3",)),
        ("A BETWEEN 1 AND 3", ("A BETWEEN 1 AND 3",)),
        ("BRAND = 'x' AND ORDER_ = 1", ("BRAND = 'x'", "ORDER_ = 1")),
    ],
)
def test_terms(condition: str, expected: tuple[str, ...]) -> None:
    assert terms(condition) == expected


@pytest.fixture
def frames(table: Callable[[str], pd.DataFrame]) -> dict[str, pd.DataFrame]:
    return {
        "ADSL": table("USUBJID  FL\n1  Y\n2  N"),
        "ADAE": table("USUBJID  TERM  GRADE:f\n1  Head, sore  2\n2  Head, sore  3\n1  .  .\n2  Fall  1"),
    }


def test_rows_of_a_filter(frames: dict[str, pd.DataFrame]) -> None:
    conditions = Conditions(frames)
    assert conditions.rows("ADAE", "TERM = 'Head, sore' AND GRADE >= 3").index.tolist() == [1]
    assert conditions.rows("ADAE", "USUBJID IN (SELECT USUBJID FROM ADSL WHERE FL = 'Y')").index.tolist() == [0, 2]
    assert conditions.rows("ADAE", "TRUE").index.tolist() == [0, 1, 2, 3]


def test_a_missing_value_meets_no_condition(frames: dict[str, pd.DataFrame]) -> None:
    conditions = Conditions(frames)
    assert conditions.mask("ADAE", "GRADE < 5").tolist() == [True, True, False, True]
    assert conditions.mask("ADAE", "TERM IS NULL").tolist() == [False, False, True, False]


def test_a_filter_that_cannot_be_run_is_an_error(frames: dict[str, pd.DataFrame]) -> None:
    with pytest.raises(duckdb.Error):
        Conditions(frames).mask("ADAE", "NOPE = 1")
    with pytest.raises(KeyError):
        Conditions(frames).mask("ADXX", "TRUE")


def test_a_domain_that_the_study_does_not_have_has_no_rows(frames: dict[str, pd.DataFrame]) -> None:
    conditions = Conditions(frames)
    conditions.prepare([("DV", "DVCAT = 'MAJOR' AND DVTERM IS NULL"), ("ADAE", "GRADE >= 3")])
    assert conditions.mask("DV", "DVCAT = 'MAJOR' AND DVTERM IS NULL").tolist() == []
    assert conditions.mask_of_term("DV", "DVSEQ = 1").tolist() == []
    assert conditions.rows("DV", "TRUE").empty
    assert conditions.rows("ADAE", "GRADE >= 3").index.tolist() == [1]


def test_terms_select_what_the_whole_filter_selects(results: pd.DataFrame, exemplar: object) -> None:
    frames = {**exemplar.domains, **exemplar.datasets}  # type: ignore[attr-defined]
    pairs = results.loc[results["dataset"].isin(list(frames)), ["dataset", "filter"]].drop_duplicates()
    pairs = pairs.iloc[:: max(1, len(pairs) // 60)]
    conditions = Conditions(frames)
    conditions.prepare(pairs.itertuples(index=False, name=None))
    with duckdb.connect() as base:
        for name in {*pairs["dataset"], "ADSL"}:
            base.register("given", frames[name])
            # A table is read once: every query of a frame turns its texts into those of the database anew.
            base.execute(f"CREATE TABLE {name} AS SELECT * FROM given")
        for dataset, condition in pairs.itertuples(index=False):
            whole = base.execute(f"SELECT coalesce(({condition}), FALSE) AS m FROM {dataset}").fetchnumpy()["m"]
            assert np.array_equal(conditions.mask(dataset, condition), np.asarray(whole, dtype=bool)), condition
