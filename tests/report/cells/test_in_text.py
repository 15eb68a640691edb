"""What the text of a report shows of section 14: a copy with a number of the text, which sentences then refer to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.report.prose.telling import plain
from trial_report.analysis.display.book import Book
from trial_report.report.cells import kit
from trial_report.report.cells.stamp import WORDS

pytestmark = pytest.mark.requirement("REQ-315")

REPORT = '`{python} prose.sets_in_numbers()`\n\n```{python}\nshow("sets.table")\n```\n\n'
SECTION_14 = '```{python}\nshow_all("14.1")\n```\n\n```{python}\nshow("deviations.table")\n```\n'


@pytest.fixture
def folder(book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(kit, "book", lambda: book)
    monkeypatch.setattr(kit, "build_folder", lambda: tmp_path)
    monkeypatch.setattr(kit, "_shown", {})
    monkeypatch.setattr(kit, "_copied", {})
    return tmp_path


def test_it_is_shown_twice_and_called_by_the_number_of_the_text(folder: Path, book: Book) -> None:
    (folder / WORDS).write_text(REPORT + SECTION_14, encoding="utf-8")
    assert plain(kit.ref("sets.table")) == "Table 11-1"
    copied, whole = kit.show("sets.table"), kit._whole("sets.table")
    assert 'id="o-sets.table-in-text"' in copied.html
    assert f"Source: {book.outputs['sets.table'].name}" in copied.html
    assert 'id="o-sets.table"' in whole.html
    # Shown in section 14 alone, it has no other number.
    assert plain(kit.ref("deviations.table")) == book.outputs["deviations.table"].name


def test_a_document_without_section_14_shows_it_once_by_its_own_number(folder: Path, book: Book) -> None:
    (folder / WORDS).write_text(REPORT, encoding="utf-8")
    assert plain(kit.ref("sets.table")) == book.outputs["sets.table"].name
    assert 'id="o-sets.table"' in kit.show("sets.table").html
    with pytest.raises(kit.KitError, match="shown already"):
        kit.show("sets.table")


def test_what_sentences_show_is_known_by_the_sentences(folder: Path) -> None:
    words = "`{python} prose.dose_finding()`\n\n" + SECTION_14
    (folder / WORDS).write_text(words, encoding="utf-8")
    assert kit.in_text("esc.cohorts")
    assert not kit.in_text("sets.table")
