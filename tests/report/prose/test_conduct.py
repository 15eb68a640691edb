"""What stands under the headings of ICH E3 that no data fill: what the design says, or that nothing was provided."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.report.prose.telling import plain
from trial_report.analysis.display.book import Book
from trial_report.report.cells import kit
from trial_report.report.prose import conduct, issues

pytestmark = pytest.mark.requirement("REQ-315")


@pytest.fixture
def told(book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Book:
    monkeypatch.setattr(kit, "book", lambda: book)
    monkeypatch.setattr(kit, "build_folder", lambda: tmp_path)
    return book


def parallel(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same book of a study that escalates nothing."""
    definition = book.definition.model_copy(update={"escalation": None})
    opened = replace(book, definition=definition)  # once, as a document opens it
    monkeypatch.setattr(kit, "book", lambda: opened)


def test_a_text_of_the_study_stands_before_what_the_generator_would_say(told: Book, tmp_path: Path) -> None:
    assert plain(kit.author("blinding", otherwise=conduct.not_provided())) == "Not provided."
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "blinding.md").write_text("The study was open-label.", encoding="utf-8")
    assert "The study was open-label." in str(kit.author("blinding", otherwise="Not provided.")._repr_markdown_())


def test_who_came_to_which_treatment_is_said_as_far_as_the_design_says_it(
    told: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "by the rule of the dose escalation" in plain(conduct.assignment())
    assert plain(conduct.randomization()) == "Not applicable: patients were not randomized."
    parallel(told, monkeypatch)
    assert plain(conduct.assignment()) == "Not provided."
    assert plain(conduct.randomization()) == "Not provided."


def test_the_primary_variables_are_those_of_the_definition(told: Book) -> None:
    said = plain(conduct.primary_variables())
    assert "Pain intensity, visual analog scale (mm): change from baseline at Week 4, Week 12 and Week 24" in said
    assert "Ankle-brachial" not in said


def test_every_issue_of_the_guideline_has_a_heading_and_a_sentence(told: Book) -> None:
    said = plain(issues.statistical_issues())
    for place in range(1, 9):
        assert f"11.4.2.{place} " in said
    assert "Efficacy was analyzed in the per-protocol set as well" in said
    assert "Not applicable: the study had no active control." in said
