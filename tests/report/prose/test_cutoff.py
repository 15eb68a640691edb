"""Section 9.6 says what the cut-off took out, with a table, or that there was nothing to take out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from tests.outputs import outputs_in
from tests.report.prose.test_sentences import plain
from trial_report.analysis.analyse.cutoff import analyse
from trial_report.analysis.derive import derive
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.tables import cutoff, quality
from trial_report.report import prose
from trial_report.report.cells import kit
from trial_report.report.prose import plan
from trial_report.schemas.problems import Problems
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-311")

Table = Callable[[str], pd.DataFrame]


def opened(definition: StudyDefinition, table: Table, onset: str, folder: Path) -> Book:
    dm = table("STUDYID  USUBJID  RFICDTC  RFSTDTC  ARMCD  ACTARMCD\nGEN  G-1  2021-11-01  2021-12-01  LOW  LOW")
    ae = table(
        f"STUDYID  USUBJID  AESEQ:i  AEDECOD  AESTDTC\nGEN  G-1  1  Cough  {onset}\nGEN  G-1  2  Cough  2021-12-05"
    )
    trial = derive(definition, {"DM": dm, "AE": ae}, Problems())
    results, none = analyse(trial).set_index("key"), Problems().to_frame()
    return Book(definition, trial.datasets, trial.domains, results, none, folder, {})


def said(book: Book, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(kit, "book", lambda: book)
    monkeypatch.setattr(plan, "show", lambda name: plan.paragraphs(kit.text(f"[{name}]")))
    return plain(prose.cut_off())


def test_what_was_taken_out_is_counted_by_domain(
    definition: StudyDefinition, table: Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = opened(definition, table, "2022-01-05", tmp_path)
    found = [[cell.text for cell in row.cells] for row in cutoff.make(book).rows]
    assert found == [["Adverse events (AE)", "2", "1", "0", "0"], ["Total", "", "1", "0", "0"]]
    told = said(book, monkeypatch)
    assert "The data were cut off on December 31, 2021" in told
    assert "Records taken out: 1; ends taken as ongoing: 0; deaths not yet known: 0" in told
    assert told.endswith("[cutoff.table]")
    assert quality.delivered(book) == {"DM": 1, "AE": 2}, "what was checked is what was delivered"


def test_where_nothing_lies_after_it_there_is_no_table(
    definition: StudyDefinition, table: Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = opened(definition, table, "2021-12-06", tmp_path)
    assert outputs_in(cutoff, book) == []
    assert "no record is later" in said(book, monkeypatch)
