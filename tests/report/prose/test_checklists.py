"""The checklists of section 16.5: every item has a place in the report, or is said not to apply or not to be there."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.report.prose.telling import plain
from trial_report.analysis.display.book import Book
from trial_report.report.cells import kit
from trial_report.report.proof.page import PAGE_NUMBER, pieces
from trial_report.report.proof.words import differs
from trial_report.report.prose import checklists
from trial_report.report.prose.checklists import CONDITIONS, TITLE_PAGE, Item, headings, items, place_of
from trial_report.schemas.study import load_study

pytestmark = pytest.mark.requirement("REQ-315")

ROOT = Path(__file__).parents[3]
NAMES = sorted(file.stem for file in checklists.FOLDER.glob("*.csv"))
STUDY = load_study(ROOT / "data" / "admscc-cli")


def document() -> str:
    return "\n".join(file.read_text(encoding="utf-8") for file in sorted((ROOT / "report/sections").glob("*.qmd")))


@pytest.mark.parametrize("name", NAMES)
def test_every_item_leads_to_a_heading_and_to_texts_that_the_report_has(name: str) -> None:
    there, asked = headings(document()), set(re.findall(r'author\("([\w-]+)"', document()))
    for item in items(name):
        assert item.sections, item
        assert {*item.sections} <= {*there, TITLE_PAGE}, item
        assert {one for one in item.texts if "." not in one} <= asked | {"biomarkers", "characteristics"}, item
        assert not item.only or item.only in CONDITIONS, item


def test_every_numbered_heading_below_16_5_is_an_item_of_the_guideline() -> None:
    """A heading of the first to the third level, of which nothing stands below, is one that ICH E3 has."""
    listed = {one.item for one in items("ich-e3")}
    numbers = {called.removeprefix("Section ") for called in headings(document()).values() if called[:1] == "S"}
    leaves = {one for one in numbers if one.count(".") < 3 and not any(n.startswith(f"{one}.") for n in numbers)}
    own = {"16.2.9", "16.5.1", "16.5.2"}
    assert leaves - own <= listed


def test_where_an_item_stands() -> None:
    there = {"sec-a": "Section 1.1", "sec-b": "Section 2"}
    found = place_of(Item("1", "", ("sec-b", "sec-a"), ("written",)), STUDY, there, {"written"}.__contains__)
    assert (dict(found.headings), found.said) == ({"sec-b": "Section 2", "sec-a": "Section 1.1"}, "")
    lost = place_of(Item("1", "", ("sec-a",), ("lost",)), STUDY, there, {"written"}.__contains__)
    assert (dict(lost.headings), lost.said) == ({"sec-a": "Section 1.1"}, "not provided")
    # A section that a study's own document leaves out.
    assert place_of(Item("1", "", ("sec-c",)), STUDY, there, bool).said == "Not provided"
    other = place_of(Item("1", "", ("sec-a",), only="assigned"), STUDY, there, bool)
    assert (dict(other.headings), other.said) == ({}, "Not applicable: nobody was randomized")


def test_a_text_that_nobody_wrote_is_not_provided(book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kit, "book", lambda: book)
    monkeypatch.setattr(kit, "build_folder", lambda: tmp_path)
    monkeypatch.setattr(kit, "_unwritten", {})
    kit.author("blinding", otherwise="Not provided.")
    kit.author("funding", otherwise="Funding: not provided.")
    kit.author("consent", otherwise="The date of consent is in a listing.")
    kit.author("introduction")
    assert [kit.is_written(one) for one in ("blinding", "funding", "consent", "introduction")] == [
        False, False, True, False,
    ]  # fmt: skip


def test_a_checklist_of_dose_finding_is_not_asked_of_another_study(
    book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kit, "book", lambda: book)
    monkeypatch.setattr(kit, "build_folder", lambda: tmp_path)
    assert "Who decided on escalation, on what and whenSection 9.1: not provided" in plain(
        checklists.checklist_consort()
    )
    other = book.definition.model_copy(update={"escalation": None})
    opened = replace(book, definition=other)  # once, as a document opens it
    monkeypatch.setattr(kit, "book", lambda: opened)
    assert plain(checklists.checklist_consort()) == "Not applicable: the study was not made to find a dose."


def test_the_page_of_an_item_is_a_number_in_print_alone() -> None:
    held = list(pieces('<td><a href="#sec-a">Section 1</a></td><td><span class="csr-page"></span></td><td>Next</td>'))
    assert PAGE_NUMBER in [piece.text for piece in held]
    assert differs(held, "Section 1 12 Next") is None
    assert differs(held, "Section 1 – Next") is None
    assert differs(held, "Section 1 Next") is not None
