"""Which documents a study has, and where their parts come from: its own `report/` before ours."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from trial_report.report.assemble.documents import (
    Request,
    asked_for,
    day,
    documents,
    find_document,
    in_environment,
    requested,
)
from trial_report.report.cells.options import cells
from trial_report.report.render import DocumentError
from trial_report.runtime.choose import ChoiceError

pytestmark = pytest.mark.requirement("REQ-1203")


@pytest.fixture
def study(tmp_path: Path) -> Path:
    (tmp_path / "trial" / "report" / "sections").mkdir(parents=True)
    (tmp_path / "trial" / "study.yml").write_text("")
    return tmp_path / "trial"


def written(study: Path, name: str, words: str) -> None:
    (study / "report" / name).write_text(words, encoding="utf-8")


def test_ours_are_there_for_every_study_and_can_be_read(tmp_path: Path) -> None:
    known = documents(tmp_path)
    assert {"csr", "tables"} <= set(known)
    assert all(source.check()["title"] for source in known.values())


def test_each_cell_of_ours_has_a_label_of_its_own_by_which_a_run_names_it(tmp_path: Path) -> None:
    for name, source in documents(tmp_path).items():
        labels = [one.given.get("label", "") for one in cells(source.text())]
        assert all(labels), name
        assert len(set(labels)) == len(labels), name


def test_a_section_of_the_study_stands_in_the_place_of_ours(study: Path) -> None:
    before = find_document(study, "csr").text()
    written(study, "sections/13-discussion.qmd", "# 13 What we make of it {#sec-discussion}\n")
    after = find_document(study, "csr").text()
    assert "# 13 What we make of it" in after
    assert "prose.publication()" not in after
    assert "prose.publication()" in before
    assert after.split("# 13 What")[0] == before.split("# 13 Discussion")[0]


def test_sections_are_added_after_ours_by_the_alphabet(study: Path) -> None:
    written(study, "sections/13-discussion+b.qmd", "## 13.2 Second {#b}\n")
    written(study, "sections/13-discussion+a.qmd", "## 13.1 First {#a}\n")
    words = find_document(study, "csr").text()
    places = [words.index(part) for part in ("prose.publication()", "13.1 First", "13.2 Second", "# 14 Tables")]
    assert places == sorted(places)


def test_a_document_of_the_study_may_hold_our_sections_and_its_own(study: Path) -> None:
    own = "{{< include sections/own.qmd >}}\n\n{{< include sections/13-discussion.qmd >}}\n"
    written(study, "board.qmd", f"---\ntitle: Board\n---\n\n{own}")
    written(study, "sections/own.qmd", "# Our own {#own}\n")
    found = find_document(study, "board")
    assert found.check() == {"title": "Board"}
    assert "# Our own" in found.text()
    assert "prose.publication()" in found.text()
    assert next(iter(documents(study))) == "board"


def test_the_studys_report_may_stand_in_the_place_of_ours(study: Path) -> None:
    written(study, "csr.qmd", "---\ntitle: Another\n---\n\nNothing.\n")
    assert find_document(study, "csr").check() == {"title": "Another"}


def test_faults_name_file_and_line_of_the_study(study: Path) -> None:
    written(study, "sections/13-discussion.qmd", "# 13 Discussion {#sec-discussion}\n\n<b>raw</b>\n")
    with pytest.raises(DocumentError, match=r"^trial/report/sections/13-discussion.qmd:3: raw HTML"):
        find_document(study, "csr").check()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("sections/13-discusion.qmd", r"13-discusion.qmd: no document includes .*near to it: sections/13-discussion"),
        ("sections/31-x+more.qmd", r"31-x\+more.qmd: no document includes sections/31-x.qmd"),
        ("My paper.qmd", r"trial/report/My paper.qmd: a document is named by small letters"),
    ],
)
def test_a_file_that_would_stand_nowhere_is_refused(study: Path, name: str, said: str) -> None:
    written(study, name, "# X {#x}\n")
    with pytest.raises(DocumentError, match=said):
        documents(study)


def test_links_are_not_followed(study: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.qmd").write_text("# X {#x}\n")
    (study / "report" / "sections" / "13-discussion.qmd").symlink_to(tmp_path / "elsewhere.qmd")
    with pytest.raises(DocumentError, match="is a link"):
        documents(study)


def test_an_unknown_document_lists_those_that_there_are(study: Path) -> None:
    with pytest.raises(ChoiceError, match=r"no document 'tabels'; near to it: tables: --document takes .*csr"):
        find_document(study, "tabels")


@pytest.mark.parametrize("words", ["yesterday", "2022-13-01", "01.02.2022", "2022-2-1", ""])
def test_a_day_is_a_day(words: str) -> None:
    with pytest.raises(ChoiceError, match="is not a day"):
        day(words)


def test_what_must_not_take_the_place_of_another_has_another_folder() -> None:
    asked = [Request(), Request("topline"), Request(as_of=date(2022, 2, 1)), Request("topline", blinded=True)]
    assert [one.folder("t") for one in asked] == ["t", "t-topline", "t-2022-02-01", "t-topline-blinded"]


@pytest.mark.parametrize("asked", [Request(), Request("safety-update", date(2022, 2, 1), blinded=True)])
def test_quartos_hooks_are_asked_for_the_same(asked: Request) -> None:
    assert requested(in_environment(asked)) == asked


def test_without_the_studys_code_our_sections_stand_and_its_documents_are_refused(study: Path) -> None:
    written(study, "sections/13-discussion.qmd", "# 13 Ours {#sec-discussion}\n")
    written(study, "board.qmd", "---\ntitle: Board\n---\n\nNothing.\n")
    assert "# 13 Ours" in asked_for(study, Request()).text()
    assert "# 13 Ours" not in asked_for(study, Request(code=False)).text()
    with pytest.raises(ChoiceError, match="board is a document of the study's own, whose cells are its code"):
        asked_for(study, Request("board", code=False))
