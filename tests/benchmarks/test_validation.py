"""The checks written by hand find what models and checks find, so that the benchmark compares like with like."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from benchmarks import validation
from benchmarks.validation import compared, direct, made, ordered, ours, told
from trial_report.schemas.study import load_study

pytestmark = pytest.mark.requirement("REQ-403")

STUDY = Path(__file__).parents[2] / "data" / "admscc-cli"


def test_both_sides_find_every_planted_failure_and_nothing_else() -> None:
    table, planted = made(STUDY, load_study(STUDY), rows=6_000, each=2)
    definition = load_study(STUDY)
    found = ordered(told(ours(table, definition)))
    assert len(found) == planted == 2 * len({row[0] for row in found})
    assert found == ordered(direct(table, definition))


def test_nothing_planted_is_nothing_found() -> None:
    table, _ = made(STUDY, load_study(STUDY), rows=3_000, each=0)
    definition = load_study(STUDY)
    assert told(ours(table, definition)) == direct(table, definition) == []


def test_every_check_that_is_compared_is_planted() -> None:
    table, _ = made(STUDY, load_study(STUDY), rows=6_000, each=2)
    found = {row[0].replace("LB-", "--") for row in told(ours(table, load_study(STUDY)))}
    # A value that is no term fails one of two checks: the list of terms is closed or not.
    assert found == set(validation.CHECKS) - {"--006"}


def test_sides_that_differ_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validation, "direct", lambda table, definition: [])
    with pytest.raises(ValueError, match="the two sides differ, first at"):
        compared(STUDY, load_study(STUDY), rows=3_000, each=1, times=1)


def test_repetitions_have_subjects_and_days_of_their_own() -> None:
    table, _ = made(STUDY, load_study(STUDY), rows=2_500, each=0)
    first, second = table.iloc[0], table.iloc[len(pd.read_csv(STUDY / "sdtm" / "lb.csv"))]
    assert first["USUBJID"] != second["USUBJID"]
    assert pd.Timestamp(first["LBDTC"]) - pd.Timestamp(second["LBDTC"]) == pd.Timedelta(days=1)
