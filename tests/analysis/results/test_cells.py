"""No cell that the project writes for a spreadsheet begins a formula: one rule, and every export held against it."""

from __future__ import annotations

import ast
import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from trial_report.analysis.issues.write import to_csv
from trial_report.analysis.results.spreadsheet import as_meant, neutral
from trial_report.report.publish.exports import csv_of
from trial_report.schemas.problems import Problem, Problems

pytestmark = pytest.mark.requirement("REQ-405", "REQ-507")

ROOT = Path(__file__).parents[3]
BEFORE = ["", " ", "  \t", "\ufeff", "\u00a0", "\u3000", "\u200b", "\u2009\u00ad", "\u3164", "\x00", "\n"]
SIGNS = ["=", "+", "-", "@", "|", "%", "＝", "＋", "－", "＠", "﹦", "﹢", "﹣", "﹫", "⁼", "₊"]
RUN = [f"{before}{sign}HYPERLINK(0)" for before in BEFORE for sign in SIGNS] + ["\tx", "\rx", "\nx", "=", " @"]
HARMLESS = ["", " ", "x", " x=1", "12.5", "a-b", "<LLOQ", "'quoted'", "(=1)", "ü", "−1", "\u00a0x"]


def of_problems(texts: list[str]) -> str:
    found = Problems(Problem("AE-008", "error", "AE", text, variable="AETERM", value=text) for text in texts)
    return to_csv(found.to_frame())


def of_changes(texts: list[str]) -> str:
    return to_csv(pd.DataFrame({"domain": "AE", "record": texts, "new": texts}))


def of_dataset(texts: list[str]) -> str:
    return csv_of(pd.DataFrame({"AETERM": texts, "AEDECOD": pd.Categorical(texts)}))


def of_names(texts: list[str]) -> str:
    frame = pd.DataFrame([["x"] * len(texts)], columns=texts)
    return to_csv(frame) + csv_of(frame)


#: Every function of the project that writes for a spreadsheet (what the page of the data issues offers for download is
#: tried in tests/analysis/issues/test_page_script.py).
EXPORTS = [of_problems, of_changes, of_dataset, of_names]


@pytest.mark.parametrize("export", EXPORTS)
def test_no_cell_of_an_export_begins_a_formula(export: Callable[[list[str]], str]) -> None:
    cells = [cell for row in csv.reader(io.StringIO(export(RUN), newline="")) for cell in row]
    assert len(cells) > len(RUN)
    running = [cell for cell in cells if neutral(cell) != cell]
    assert not running
    assert sum(cell.startswith("'") for cell in cells) >= len(RUN)


@pytest.mark.parametrize("text", RUN)
def test_what_could_run_is_neutralised_once_and_read_again(text: str) -> None:
    assert neutral(text) == f"'{text}"
    assert neutral(neutral(text)) == neutral(text)
    assert as_meant(neutral(text)) == text


@pytest.mark.parametrize("text", HARMLESS)
def test_what_cannot_run_stays_as_it_is(text: str) -> None:
    assert neutral(text) == text
    assert as_meant(text) == text


def test_there_is_no_other_way_out() -> None:
    """A module that writes CSV, a workbook or the clipboard does it by the functions above, or it is found here."""
    known = {"analysis/issues/write.py", "report/publish/exports.py"}
    names = re.compile(r"to_csv|to_excel|to_clipboard|writerows?|write_csv|writer|DictWriter")
    found = set()
    for folder in ("schemas", "analysis", "report"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                name = node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""
                imported = [one.name for one in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
                if names.fullmatch(name) or any(one.split(".")[0] in {"openpyxl", "xlsxwriter"} for one in imported):
                    found.add(path.relative_to(ROOT).as_posix())
    assert found == known, "neutralise its cells by trial_report.analysis.results.spreadsheet, and add it to EXPORTS"
