"""Where two reports differ: each kind of file, one thing changed on purpose, named at its place."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from trial_report.evidence.difference import differences

pytestmark = pytest.mark.requirement("REQ-501")


@pytest.fixture
def sides(tmp_path: Path) -> tuple[Path, Path]:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    return one, other


def _both(sides: tuple[Path, Path], name: str, here: str, there: str) -> list[str]:
    for folder, text in zip(sides, (here, there), strict=True):
        (folder / name).write_text(text, encoding="utf-8")
    return [str(found) for found in differences(*sides)]


def test_the_same_bytes_are_no_difference(sides: tuple[Path, Path]) -> None:
    assert _both(sides, "csr.html", "<p>1</p>", "<p>1</p>") == []


def test_a_file_on_one_side(sides: tuple[Path, Path]) -> None:
    (sides[0] / "csr.pdf").write_bytes(b"x")
    assert [str(found) for found in differences(*sides)] == ["csr.pdf, the file is only on one side"]


def test_html_names_the_element(sides: tuple[Path, Path]) -> None:
    page = '<h1 id="a">A</h1><figure id="o-t"><td>{}</td></figure><p id="z">end</p>'
    (found,) = _both(sides, "csr.html", page.format("12.3"), page.format("12.4"))
    assert found.startswith("csr.html, element #o-t")
    assert "12.3" in found
    assert "12.4" in found


def test_results_name_key_and_field(sides: tuple[Path, Path]) -> None:
    rows = [{"key": "a/n", "value": 1.0}, {"key": "b/n", "value": 2.0}]
    other = [rows[0], {"key": "b/n", "value": 2.5}]
    assert _both(sides, "results.json", json.dumps(rows), json.dumps(other)) == [
        "results.json, result b/n, value: 2.0 | 2.5"
    ]
    assert _both(sides, "results.json", json.dumps(rows), json.dumps(rows[::-1])) == ["results.json, order of the rows"]


def test_a_manifest_names_the_entry(sides: tuple[Path, Path]) -> None:
    here, there = {"packages": {"numpy": "1"}}, {"packages": {"numpy": "2"}}
    assert _both(sides, "manifest.json", json.dumps(here), json.dumps(there)) == [
        "manifest.json, packages › numpy: 1 | 2"
    ]


def test_bytes_that_change_nothing_are_told_too(sides: tuple[Path, Path]) -> None:
    (found,) = _both(sides, "manifest.json", '{"a": 1}', '{"a":1}')
    assert found == "manifest.json, bytes that change nothing that can be read"


def test_a_dataset_names_column_and_row(sides: tuple[Path, Path]) -> None:
    for folder, value in zip(sides, (2.0, None), strict=True):
        pd.DataFrame({"USUBJID": ["1", "2"], "AVAL": [1.0, value]}).to_parquet(folder / "ADBDS.parquet")
    assert [str(found) for found in differences(*sides)] == ["ADBDS.parquet, column AVAL, row 2: 2.0 | None"]


def test_a_pdf_names_the_page(sides: tuple[Path, Path]) -> None:
    pymupdf = pytest.importorskip("pymupdf")
    for folder, words in zip(sides, ("n = 12", "n = 13"), strict=True):
        with pymupdf.open() as document:
            for text in ("first", words):
                document.new_page().insert_text((72, 72), text)
            document.save(folder / "csr.pdf", no_new_id=True)
    found = [str(one) for one in differences(*sides)]
    assert len(found) == 1
    assert found[0].startswith("csr.pdf, page 2, text: n = 12 | n = 13")
