"""A reader follows any number of the synopsis: the same number in section 11 or 12, in section 14, in results.json."""

from __future__ import annotations

import html
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from trial_report.analysis.display.book import Book
from trial_report.analysis.display.escape import MINUS
from trial_report.analysis.display.output import Figure
from trial_report.report import prose
from trial_report.report.cells import kit
from trial_report.report.cells.displays import display
from trial_report.report.cells.pieces import Block
from trial_report.report.publish.manifest import results_json

pytestmark = pytest.mark.requirement("REQ-317")

ROOT = Path(__file__).parents[1]
SECTIONS = ROOT / "report" / "sections"
STUDY = ROOT / "data" / "admscc-cli"
CELL = re.compile(r"```\{python\}\n(.*?)```|`\{python\} ([^`]*)`", re.DOTALL)
KEYED = re.compile(r'<span class="n" data-k="([^"]*)">(.*?)</span>', re.DOTALL)
Numbers = set[tuple[str, str]]


def keyed(markup: str) -> Numbers:
    """Key and text of every traced number."""
    pairs = ((html.unescape(keys), html.unescape(text)) for keys, text in KEYED.findall(markup.replace(MINUS, "−")))
    # A sentence says none in words.
    return {(key, "0" if text.lower() in ("no", "none") else text) for keys, text in pairs for key in keys.split("\n")}


def told(said: Any) -> str:
    """The HTML of what a cell of a document returns."""
    if hasattr(said, "parts"):
        return "".join(part if isinstance(part, str) else told(part) for part in said.parts)
    return str(said.html)


@pytest.fixture
def numbers(book: Book, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Numbers]:
    """The traced numbers of sections 2 and 10 to 12, evaluated cell by cell as the renderers do."""
    shutil.copytree(STUDY / "text", tmp_path / "text")
    monkeypatch.setattr(kit, "book", lambda: book)
    monkeypatch.setattr(kit, "build_folder", lambda: tmp_path)
    monkeypatch.setattr(kit, "_shown", {})
    monkeypatch.setattr(kit, "drawn", lambda build, name: None)
    names: dict[str, Any] = {name: getattr(kit, name) for name in ("author", "num", "ref", "show", "show_all", "text")}
    # A drawing holds no traced number.
    show = names["show"]
    names["show"] = lambda name: Block("", "") if book.outputs[name].kind == "figure" else show(name)
    names |= {"study": book.definition, "prose": prose}
    found = {}
    for number in ("02", "10", "11", "12"):
        (file,) = SECTIONS.glob(f"{number}-*.qmd")
        cells = [block or inline for block, inline in CELL.findall(file.read_text(encoding="utf-8"))]
        assert len(cells) > 3
        found[number] = keyed("".join(told(eval(cell.strip(), dict(names))) for cell in cells))  # noqa: S307
    return found


@pytest.fixture
def displayed(book: Book) -> Numbers:
    """The traced numbers of every table numbered in section 14, wherever it stands."""
    found: Numbers = set()
    for name, output in book.outputs.items():
        made = book.made(name)
        if output.number.startswith("14.") and not isinstance(made, Figure):
            found |= keyed(display(output, made).html)
    return found


def test_each_number_of_the_synopsis_stands_in_the_body_in_a_table_and_in_the_results(
    numbers: dict[str, Numbers], displayed: Numbers, results: pd.DataFrame
) -> None:
    synopsis = numbers["02"]
    assert len(synopsis) > 60
    stored = {(row["key"], row["formatted"]) for row in json.loads(results_json(results))}
    assert sorted(synopsis - stored) == []
    assert sorted(synopsis - displayed) == []
    # Who was screened and enrolled is told where ICH E3 has it, in section 10.
    told_in = numbers["11"] | numbers["12"]
    missing = synopsis - told_in
    assert {key.split("/")[0] for key, _ in missing} <= {"disposition"}
    assert sorted(missing - numbers["10"]) == []
