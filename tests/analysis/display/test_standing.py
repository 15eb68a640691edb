"""What stands under a display follows from its results rows and records: set and N, method, filter, data."""

from __future__ import annotations

import pandas as pd
import pytest

from trial_report.analysis.display.book import Book
from trial_report.analysis.display.filters import in_words
from trial_report.analysis.display.table import Column
from trial_report.analysis.results.question import beginnings
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-316")


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("TRUE", ""),
        ("PARAMCD = 'SCORE' AND ANL01FL = 'Y'", "Score; the analysed record of a visit"),
        ("AVISIT IN ('M1', 'M2')", "Month 1 or Month 2"),
        ("PHASE = 'PA'", "Part A"),
        ("USUBJID IN (SELECT USUBJID FROM ADSL WHERE SEX = 'F')", "Sex: Female"),
        ("(AESER = 'Y' OR DLTFL = 'Y' OR (AEOUT = 'FATAL' OR AESDTH = 'Y'))",
         "serious, dose-limiting, fatal or resulting in death"),
        ("(SAFFL = 'N' OR EFFFL = 'N')", "outside the Safety or Efficacy"),
        ("USUBJID = 'X-1'", "patient X-1"),
        ("length(AETERM) > 3", "length(AETERM) > 3"),
        ("SITEID IS NOT NULL AND AGE IS NOT NULL", "whose site is known; whose age is known"),
    ],
)  # fmt: skip
def test_a_filter_is_said_in_words(definition: StudyDefinition, condition: str, words: str) -> None:
    assert in_words(definition, condition) == words


def test_what_the_set_says_is_not_said_again(definition: StudyDefinition) -> None:
    condition = "SEX = 'F' AND AVAL IS NOT NULL"
    assert in_words(definition, condition, "Safety (Sex: Female)") == "with a value"


def test_what_a_title_says_is_not_said_again(definition: StudyDefinition) -> None:
    title = "Serious treatment-emergent adverse events"
    assert in_words(definition, "TRTEMFL = 'Y' AND AESER = 'Y' AND DTHFL = 'Y'", title) == "who died"


@pytest.mark.parametrize(
    ("keys", "prefix"),
    [
        (["a/SAF/X/V1/T/-/n", "a/SAF/X/V2/T/-/n"], "a/SAF/X"),
        (["a/SAF/X/-/T/-/n"], "a/SAF/X"),
        (["a/SAF/X/-/T/-/n", "b.c/FAS/Y/-/T/-/n", "b.c/FAS/Z/-/T/-/n"], "a/SAF/X, b.c/FAS"),
        ([], ""),
    ],
)  # fmt: skip
def test_the_beginning_that_keys_share(keys: list[str], prefix: str) -> None:
    assert beginnings(keys) == prefix


def test_the_n_of_a_heading_is_traced_and_nothing_else_of_it() -> None:
    column = Column("A", "Level 3:\n2 mg\n(N = 14)", key="sets/SAF/USUBJID/-/A/-/N")
    assert column.heading.pieces() == (
        ("Level 3:\n2 mg\n(N = ", ()), ("14", ("sets/SAF/USUBJID/-/A/-/N",)), (")", ()),
    )  # fmt: skip
    below = Column("A_n", "n (N = 1)", spanner="A (N = 14)", key="sets/SAF/USUBJID/-/A/-/N")
    assert below.heading.keys == ()
    assert below.over.keys == ("sets/SAF/USUBJID/-/A/-/N",)


@pytest.mark.parametrize("every", [7, pytest.param(1, marks=pytest.mark.heavy)])
def test_n_method_and_filter_are_those_of_the_rows_that_a_display_prints(book: Book, every: int) -> None:
    """Of the profiles, a page a patient and all drawn by one function, every seventh; the heavy one draws them all."""
    profiles = [name for name in book.outputs if name.startswith("fig.patient")]
    for name, output in book.outputs.items():
        if name in profiles and profiles.index(name) % every:
            continue
        made = book.made(name)
        if output.nobody:
            assert made.basis.sizes == (), name
            continue
        for size in made.basis.sizes:
            assert int(size.n) == sum(book.value(key) or 0 for key in size.keys), name
        keys = made.keys() if callable(made.keys) else made.keys
        rows = book.results.loc[list(keys)]
        if rows.empty:
            assert made.reads, f"{name} prints no results and says not what it reads"
        shown = pd.unique(rows["dataset"])
        assert {one for one in shown if one not in ("DEFINITION", "RESULTS")} <= set(made.basis.data), name
