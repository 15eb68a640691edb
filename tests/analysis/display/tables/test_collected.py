"""What was collected and no analysis reads is listed in section 9.6, by domain and test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from tests.conftest import STUDY
from tests.outputs import outputs_in
from tests.report.prose.test_sentences import plain
from trial_report.analysis.analyse import collected as analysis
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.tables import collected
from trial_report.analysis.trial import Trial
from trial_report.report import prose
from trial_report.report.cells import kit
from trial_report.report.prose import plan
from trial_report.schemas.problems import Problems
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-311")

Text = Callable[[str], pd.DataFrame]


def opened(definition: StudyDefinition, domains: dict[str, pd.DataFrame], folder: Path) -> Book:
    empty = [pd.DataFrame()] * 5
    results = analysis.analyse(Trial(definition, domains, *empty, problems=Problems())).set_index("key", drop=False)
    return Book(definition, {}, domains, results, Problems().to_frame(), folder, {})


def used(definition: StudyDefinition) -> tuple[str, str]:
    one = definition.parameters[0]
    return one.domain, one.testcd


def findings(table: Text, domain: str, *tests: str) -> pd.DataFrame:
    rows = "\n".join(f"G-{n}  {test}  Name_of_{test}" for test in tests for n in (1, 2))
    return table(f"USUBJID  {domain}TESTCD  {domain}TEST\n{rows}")


def shown(book: Book) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in collected.make(book).rows]


def test_test_without_an_analysis_is_listed(definition: StudyDefinition, table: Text, tmp_path: Path) -> None:
    domain, test = used(definition)
    book = opened(definition, {domain: findings(table, domain, test, "OTHER")}, tmp_path)
    (row,) = shown(book)
    assert row[0].endswith(f"({domain})")
    assert row[1:] == ["Name_of_OTHER (OTHER)", "2", "2"]
    assert [one.id for one in outputs_in(collected, book)] == [collected.TABLE]


def test_domain_that_nothing_reads_is_listed(definition: StudyDefinition, table: Text, tmp_path: Path) -> None:
    procedures = table("USUBJID  PRTRT\nG-1  Biopsy\nG-1  Biopsy\nG-2  Biopsy")
    book = opened(definition, {"PR": procedures, "EG": findings(table, "EG", "QTCF", "HR")}, tmp_path)
    rows = [row[1:] for row in shown(book)]
    assert rows == [["Name_of_HR (HR)", "2", "2"], ["Name_of_QTCF (QTCF)", "2", "2"], ["–", "3", "2"]]


def test_a_characteristic_collected_after_baseline_is_listed(
    definition: StudyDefinition, table: Text, tmp_path: Path
) -> None:
    stage = {"variable": "STAGE", "label": "Stage", "kind": "categorical", "source": "finding", "domain": "FA",
             "testcd": "STAGE", "levels": {"I": "I"}}  # fmt: skip
    changed = StudyDefinition.model_validate({**STUDY, "characteristics": [*STUDY["characteristics"], stage]})
    later = next(visit.num for visit in changed.visits if visit.role == "follow-up")
    first = next(visit.num for visit in changed.visits if visit.role == "baseline")
    data = table(f"USUBJID  FATESTCD  FATEST  VISITNUM:f\nG-1  STAGE  Stage  {first}\nG-1  STAGE  Stage  {later}")
    assert [row[1:] for row in shown(opened(changed, {"FA": data}, tmp_path))] == [
        ["Stage (STAGE), after baseline", "1", "1"]
    ]
    assert shown(opened(changed, {"FA": data[:1]}, tmp_path)) == []


def test_a_record_of_one_test_does_not_read_the_whole_domain(definition: StudyDefinition) -> None:
    present = {"variable": "ULCERFL", "label": "Ulcer", "kind": "categorical", "source": "record", "domain": "FA",
               "where": {"FATESTCD": "AREA"}, "levels": {"Y": "Present", "N": "Absent"}}  # fmt: skip
    changed = StudyDefinition.model_validate({**STUDY, "characteristics": [*STUDY["characteristics"], present]})
    tests, whole = analysis.read_by(changed)
    assert ("FA", "AREA") in tests
    assert "FA" not in whole


def test_qualifier_that_nothing_uses_is_listed(definition: StudyDefinition, table: Text, tmp_path: Path) -> None:
    first = definition.characteristics[0].variable
    supp = table(f"""
        USUBJID  IDVAR  IDVARVAL  QNAM     QLABEL
        G-1      .      .         HOBBY    Hobby
        G-2      .      .         HOBBY    Hobby
        G-1      .      .         {first}  Named_in_the_definition
        G-1      .      .         AGEU     Read_of_any_study
    """)
    book = opened(definition, {"SUPPDM": supp}, tmp_path)
    assert [row[1:] for row in shown(book)] == [["Hobby (HOBBY)", "2", "2"]]
    assert book.results["key"].tolist() == [f"collected/ALL/SUPPDM/-/TOTAL/HOBBY/{name}" for name in ("records", "n")]


def test_what_is_read_is_not(
    definition: StudyDefinition, table: Text, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    domain, test = used(definition)
    events, visits = table("USUBJID  AETERM\nG-1  Cough"), table("USUBJID  VISITNUM:f\nG-1  1")
    trial = table("STUDYID  ARMCD\nGEN  LOW")
    domains = {"AE": events, "SV": visits, "TA": trial, domain: findings(table, domain, test)}
    book = opened(definition, domains, tmp_path)
    assert outputs_in(collected, book) == []
    monkeypatch.setattr(kit, "book", lambda: book)
    monkeypatch.setattr(type(book), "outputs", {}, raising=False)
    assert "Every test and every domain that was delivered is read" in plain(prose.collected())


def test_the_table_is_named_in_section_9_6(
    definition: StudyDefinition, table: Text, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = opened(definition, {"EG": findings(table, "EG", "HR")}, tmp_path)
    monkeypatch.setattr(kit, "book", lambda: book)
    monkeypatch.setattr(plan, "ref", lambda name: plan.kit.text(name))
    monkeypatch.setattr(plan, "show", lambda name: plan.paragraphs(kit.text(f"[{name}]")))
    monkeypatch.setattr(type(book), "outputs", {collected.TABLE: None}, raising=False)
    assert plain(prose.collected()).endswith("[quality.collected]")
