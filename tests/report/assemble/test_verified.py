"""A report verifies its own results: a full match leaves no mark, anything else marks every page and is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pymupdf
import pytest

from tests.outputs import outputs_in
from trial_report.analysis.display.book import RESULTS, VERIFIED, Book
from trial_report.analysis.display.book import STUDY as DEFINITION
from trial_report.analysis.display.tables import verification
from trial_report.analysis.display.tables.verification import BY_OUTPUT, UNMATCHED, by_output, draft_mark, unmatched
from trial_report.analysis.trial import Trial
from trial_report.analysis.verify.attempts import Failure
from trial_report.analysis.verify.verification import Recomputed
from trial_report.command.main import run
from trial_report.evidence.pages import typst_source
from trial_report.report import prose
from trial_report.report.assemble import roads
from trial_report.report.assemble.second_computation import Second
from trial_report.report.assemble.verified import counted, not_again, verify_build, warning
from trial_report.report.cells import kit
from trial_report.report.cells.pieces import Block, together
from trial_report.report.publish.place import MANIFEST
from trial_report.report.render.embedded import pdf
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-509")

ROOT = Path(__file__).parents[3]
STUDY = ROOT / "data" / "admscc-cli"
THREE_PAGES = Block("", "One.\n#pagebreak()\nTwo.\n#set page(flipped: true)\nThree, turned.")


def test_what_failed_is_told_with_the_error_itself() -> None:
    failures = (
        Failure("the score", "the study's own code for it ended with an error", "analysis/a.py, line 3: KeyError: 'b'"),
        Failure("rates", "no exposure is recorded"),
    )
    assert not_again(Recomputed(pd.DataFrame(), failures)) == [
        "Not computed a second time: the score: analysis/a.py, line 3: KeyError: 'b'",
        "Not computed a second time: rates: no exposure is recorded",
    ]


@pytest.fixture
def judged(book: Book) -> Callable[..., Book]:
    """The exemplar's book after a second computation that agrees with everything but these keys."""

    def judge(*wrong: str, absent: str = "", failed: dict[str, str] | None = None) -> Book:
        keys = pd.Series(book.results.index.astype("str"))
        state = keys.isin(wrong).map({True: "differs", False: "matched"}).mask(keys == absent, "not computed")
        details = pd.DataFrame({"key": keys, "state": state, "reason": state.where(keys.isin(wrong), "")})
        broken = [{"key": what, "state": "failed", "reason": reason} for what, reason in (failed or {}).items()]
        details = pd.concat([details, pd.DataFrame(broken, columns=list(details), dtype="str")], ignore_index=True)
        draft = replace(book, verified=details.assign(here="1.0", there="2.0", printed="1"))
        # Other displays do not rest on the second computation: they are made once for all tests.
        draft._made.update({name: book.made(name) for name in book.outputs if name != BY_OUTPUT})
        return draft

    return judge


def _cells(made: object) -> dict[str, list[str]]:
    return {row.cells[0].text: [cell.text for cell in row.cells[1:]] for row in made.rows}  # type: ignore[attr-defined]


def test_a_full_match_leaves_no_mark_and_no_list(judged: Callable[..., Book]) -> None:
    whole = judged()
    assert draft_mark(whole) is None
    assert [one.id for one in outputs_in(verification, whole)] == [BY_OUTPUT]
    assert "DRAFT" not in _titled(whole).html + _titled(whole).typst


def test_one_result_that_differs_marks_the_report_and_its_output(judged: Callable[..., Book]) -> None:
    key = "demographics/SAF/AGE/-/TOTAL/-/mean"
    draft = judged(key)
    total = f"{len(draft.results):,}"
    assert draft_mark(draft) == f"DRAFT: 1 of {total} results are not confirmed by the second computation"
    assert [one.id for one in outputs_in(verification, draft)] == [BY_OUTPUT, UNMATCHED]
    rows = _cells(by_output(draft))
    assert rows["All"][1:] == [total, f"{len(draft.results) - 1:,}", "1", "0"]
    assert rows[draft.outputs["demographics.table"].name][-2:] == ["1", "0"]
    assert rows[draft.outputs["ae.overview"].name][-2:] == ["0", "0"]
    assert _cells(unmatched(draft)) == {key: ["1", "1.0", "2.0", "differs: differs"]}


def test_a_result_that_was_not_computed_is_said_and_makes_no_draft(judged: Callable[..., Book]) -> None:
    key, why = "demographics/SAF/AGE/-/TOTAL/-/mean", "a number could not be computed"
    told = judged(absent=key, failed={"the baseline characteristics": why})
    assert draft_mark(told) == f"Not computed a second time: the baseline characteristics ({why})"
    total = len(told.results)
    assert _cells(by_output(told))["All"][1:] == [f"{total:,}", f"{total - 1:,}", "0", "1"]
    assert list(_cells(unmatched(told))) == ["the baseline characteristics", key]
    both = judged("demographics/SAF/AGE/-/TOTAL/-/sd", absent=key, failed=dict.fromkeys("abcde", why))
    assert draft_mark(both) == (
        f"DRAFT: 1 of {total:,} results are not confirmed by the second computation; Not computed a second time: "
        f"a ({why}); b ({why}); c ({why}); and 2 more, see 16.1.9"
    )


def test_texts_to_be_written_make_a_draft(judged: Callable[..., Book]) -> None:
    whole = judged()
    study = whole.definition.study.model_copy(update={"sponsor": "To be written: sponsor", "population": "adults"})
    draft = replace(whole, definition=whole.definition.model_copy(update={"study": study}))
    assert draft_mark(draft) == "DRAFT: 1 text of the study's definition to be written"


@pytest.mark.parametrize("verified", [None, pd.DataFrame({"key": [], "state": []})])
def test_a_report_that_was_not_verified_is_a_draft(book: Book, verified: pd.DataFrame | None) -> None:
    bare = replace(book, verified=verified)
    assert draft_mark(bare) == "DRAFT: the results were not computed a second time"
    assert by_output(bare).rows == ()


def _titled(book: Book) -> Block:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kit, "book", lambda: book)
        patch.setattr(kit, "build_folder", lambda: book.folder)  # and not what Quarto left in _report
        return prose.title()


def test_the_mark_stands_on_every_page_of_the_pdf(judged: Callable[..., Book], tmp_path: Path) -> None:
    draft = judged("demographics/SAF/AGE/-/TOTAL/-/mean")
    made = pdf(typst_source([together([_titled(draft), THREE_PAGES])]), tmp_path)
    with pymupdf.open(stream=made, filetype="pdf") as document:
        words = [" ".join(page.get_text().split()) for page in document]
        sizes = [page.rect.width > page.rect.height for page in document]
    assert len(words) == 4
    assert sizes == [False, False, False, True]
    assert all(draft_mark(draft) in text for text in words)


def test_the_mark_stands_first_in_the_page(judged: Callable[..., Book]) -> None:
    draft = judged("demographics/SAF/AGE/-/TOTAL/-/mean")
    assert _titled(draft).html.startswith(f'<p class="mark" role="note">{draft_mark(draft)}</p>')


def _build(results: pd.DataFrame, definition: StudyDefinition, folder: Path) -> Path:
    """A build folder with what the comparison reads."""
    results.to_parquet(folder / RESULTS)
    (folder / DEFINITION).write_text(definition.model_dump_json(), encoding="utf-8")
    return folder


@pytest.mark.heavy
def test_a_planted_difference_is_found_and_counted(results: pd.DataFrame, exemplar: Trial, tmp_path: Path) -> None:
    planted = results.reset_index(drop=True).copy()
    at = planted.index[planted["key"] == "demographics/SAF/AGE/-/TOTAL/-/mean"][0]
    planted.loc[at, ["value", "formatted"]] = [1.0, "1.0"]
    build = _build(planted, exemplar.definition, tmp_path)
    with Second(STUDY, tmp_path / "second") as second:
        verify_build(build, second.recomputed())
    assert counted(build) == {"results": len(planted), "matched": len(planted) - 1, "not_computed": 0, "unwritten": 0}
    details = pd.read_parquet(build / VERIFIED)
    assert details.loc[details["state"] != "matched", "key"].tolist() == [planted.loc[at, "key"]]


def test_a_second_computation_that_breaks_is_told_in_words(
    results: pd.DataFrame, exemplar: Trial, tmp_path: Path
) -> None:
    """Nothing is said to differ, and the error itself stands in no report."""
    build = _build(results, exemplar.definition, tmp_path)
    with Second(tmp_path / "nowhere", tmp_path / "second") as second:
        verify_build(build, second.recomputed())
    details = pd.read_parquet(build / VERIFIED).set_index("key")
    assert set(details["state"]) == {"failed", "not computed"}
    assert details.loc["the second computation", "reason"] == "its process ended with code 1"
    assert not details.astype("str").apply(lambda column: column.str.contains("STUDY-001|Error")).any(axis=None)
    assert counted(build) == {"results": len(results), "matched": 0, "not_computed": len(results), "unwritten": 0}


def test_leaving_ends_the_second_computation(tmp_path: Path) -> None:
    with Second(STUDY, tmp_path / "second") as second:
        assert second.process.poll() is None
    assert second.process.poll() not in (None, 0)


@pytest.mark.parametrize(
    ("held", "told"),
    [
        ({"verified": {"results": 3, "matched": 3}}, None),
        ({"verified": {"results": 3, "matched": 2}}, "DRAFT: 1 of 3 results"),
        ({"verified": {"results": 3, "matched": 2, "not_computed": 1}}, "1 of 3 results were not computed a second"),
        ({"verified": {"results": 3, "matched": 1, "not_computed": 1}}, "DRAFT: 1 of 3 results"),
        ({"verified": {}}, "DRAFT: 0 of 0 results"),
        ({}, "DRAFT: 0 of 0 results"),
        ({"verified": {"results": 3, "matched": 3, "unwritten": 1}}, "DRAFT: 1 text of study.yml"),
        ({"verified": {"results": 3, "matched": 2, "unwritten": 2}}, "DRAFT: 1 of 3 results"),
    ],
)
def test_the_person_who_builds_a_draft_is_told(held: dict[str, object], told: str | None) -> None:
    said = warning(held)
    assert said is None if told is None else said is not None and said.startswith(told)


def test_the_command_line_tells_of_a_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def rendered(road: object, study: Path, target: Path, step: object, request: object, *, quiet: bool) -> None:
        target.mkdir()
        (target / MANIFEST).write_text(json.dumps({"verified": {"results": 9, "matched": 8}}), encoding="utf-8")

    monkeypatch.setattr(roads, "render", rendered)
    assert run(["report", "--study", str(STUDY), "--out", str(tmp_path / "out")]) == 0
    assert "DRAFT: 1 of 9 results" in capsys.readouterr().err
