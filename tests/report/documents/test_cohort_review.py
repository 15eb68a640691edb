"""The cohort review says what the rule asks for, and who is waited for: small escalations, worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from tests.report.prose.telling import plain
from tests.studies import dlt_expanded, dlt_pending, two_arms
from trial_report.analysis.display.book import Book, open_book
from trial_report.analysis.display.figures.escalation import patients_of
from trial_report.analysis.pipeline import prepare
from trial_report.report.cells import kit
from trial_report.report.cells.pieces import KitError
from trial_report.report.prose.documents import cohort
from trial_report.schemas.study import load_study

pytestmark = pytest.mark.requirement("REQ-1205")

Opened = Callable[[ModuleType], Book]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    """The book of a small study, made once."""

    @cache
    def book(study: ModuleType) -> Book:
        folder = tmp_path_factory.mktemp("built")
        prepare(study.STUDY.write(folder / "study"), folder / "build")
        return open_book(folder / "build")

    return book


@pytest.fixture
def opened(built: Opened, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """The book of a small study, which the sentences then read."""

    def book(study: ModuleType) -> Book:
        held = built(study)
        monkeypatch.setattr(kit, "book", lambda: held)
        return held

    return book


def test_the_rule_waits_and_says_for_whom_and_what_then(opened: Opened) -> None:
    opened(dlt_pending)
    assert plain(cohort.status()) == (
        "As of March 5, 2024, 6 patients have been treated in Phase 1: 3 at Group L1 and 3 at Group L2. A "
        "dose-limiting toxicity (DLT) occurred in 1 of 5 evaluable patients; a patient is evaluable who had one, or "
        "was observed for the 21 days of the DLT window without one. One patient is still in the DLT window."
    )
    said = plain(cohort.decision())
    assert "At this level, a DLT occurred in 1 of 2 evaluable patients." in said
    assert "The 3+3 rule waits for the patient still in the DLT window" in said
    assert "Without a DLT: treat 3 more patients at the same level." in said
    assert "With a DLT: de-escalate, and treat 3 more patients at Group L1." in said


def test_who_was_treated_stands_with_the_end_of_the_window(opened: Opened) -> None:
    held = opened(dlt_pending)
    found = cohort._treated(cohort.cohort_where(held.definition, cohort.rule()))
    assert found["STATE"].tolist() == ["None", "None", "None", "None", "Yes", "In the window to 2024-03-11"]
    assert found["COHORT"].tolist() == ["1", "1", "1", "2", "2", "2"]


def test_who_is_still_observed_is_drawn_as_such(opened: Opened) -> None:
    held = opened(dlt_pending)
    assert patients_of(held, cohort.rule())["kind"].tolist() == ["no DLT"] * 4 + ["DLT", "pending"]


def test_a_toxicity_is_told_with_patient_day_and_grade(opened: Opened) -> None:
    opened(dlt_pending)
    rows = [[cell.text for cell in row.cells] for row in cohort._toxic().rows]
    assert rows == [["2", "L2", "ZOO-5", "Rash", "2024-02-11 (10)", "3", "Recovered/resolved"]]


@pytest.mark.heavy
def test_an_escalation_that_is_over_names_the_maximum(opened: Opened) -> None:
    opened(dlt_expanded)
    assert plain(cohort.decision()).endswith(
        "At this level, a DLT occurred in 2 of 3 evaluable patients. The 3+3 rule asks to treat no further cohort, as "
        "this level is too toxic and enough are evaluable at the one below; the maximum tolerated dose by the rule is "
        "Group L2."
    )


def test_no_toxicity_is_a_sentence_with_its_numbers(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    held = opened(dlt_pending)
    none = replace(held, datasets={**held.datasets, "ADAE": held.datasets["ADAE"].assign(DLTFL=pd.NA)})
    monkeypatch.setattr(kit, "book", lambda: none)
    assert plain(cohort.toxicities()).startswith("No dose-limiting toxicity has been reported (")


def test_a_study_without_an_escalation_is_refused_in_words(
    opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = replace(opened(dlt_pending), definition=load_study(two_arms.STUDY.write(tmp_path / "study")))
    monkeypatch.setattr(kit, "book", lambda: other)
    with pytest.raises(KitError, match="the study has no dose escalation, so there is no cohort to review"):
        cohort.title()
