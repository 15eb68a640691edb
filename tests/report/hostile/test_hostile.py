"""Hostile text in every field that holds text: shown as text by both renderers, never run, and no table breaks."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pymupdf
import pytest

from trial_report.command.main import run as command

pytestmark = [pytest.mark.requirement("REQ-405"), pytest.mark.heavy]

ROOT = Path(__file__).parents[3]
#: Seconds that a report with a cell of 100,000 characters may take; the exemplar's own takes about 40.
BOUND = 600
LONG = "Q" * 100_000
#: Texts that something on the way could run, and what the report shows where that is not the same.
TEXTS = {
    "script": "<script>alert('h1')</script>",
    "image": "<img src=x onerror=alert('h2')>",
    "entity": "h3 &lt;b&gt; &amp;amp; &#x41;",
    "typst read": '#read("/etc/passwd") h4',
    "typst eval": '#eval("6*7") $ x^2 $ @h5 <label>',
    "typst import": '#import "/etc/hosts": * h6',
    "markdown": "**h7** [a](javascript:alert(1)) ![b](/etc/passwd) # head",
    "shortcode": "{{< include /etc/passwd >}} h8",
    "jinja": "{{ 7*7 }} {% raw %} h9",
    "latex": r"\input{/etc/passwd} h10",
    "rtf": r"{\rtf1 \object h11}",
    "inline code": "`{python} 1+1` h12 `r 1+1`",
    "raw block": "```{=html}<b>h13</b>```",
    "formula": "=HYPERLINK(0) h14",
    "plus": "+1+1 h15",
    "minus": "-2+3 h16",
    "at": "@SUM(1) h17",
    "pipes": "a|b|c h18 &nbsp; ::: {.x} :::",
    "quotes": """h19 "double" 'single' «x» \\ / """.strip(),
    "template": "${7*7} <%= 7*7 %> h20",
    "format": "%s %d {0} {x!r} h21",
    "entity bomb": "<!DOCTYPE x [<!ENTITY a 'b'>]> h22",
    "comment": "<!-- h23 --> ]]> */ //",
    "close": "</td></tr></table></div> h24",
    "emoji": "h25 \U0001f600 \U0001f469‍⚕️",
    "rtl": "h26 ‮evil‬",
    "zero width": "h27 zero​width",
    "long word": "h28" + "W" * 150,
    "footnote": "h29[^1] ~~x~~ H~2~O^2^",
    "tab": "\th30 after a tab",
}
TITLE = 'h40 <script>alert(1)</script> #read("/etc/passwd") {{< include x >}} `{python} 1+1` \\input{x} *b*'
SPONSOR = "h41 <b>x</b> {{ 7*7 }} #eval(1)"
_INVISIBLE = re.compile("[​‌‍‪-‮️]")


@dataclass
class Rendered:
    """A page's words, its elements and attributes that could run, and the cells of each row of each table."""

    words: str = ""
    scripts: list[str] = field(default_factory=list)
    active: list[str] = field(default_factory=list)
    rows: list[list[int]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page, self._hidden, self._body, self._script = Rendered(), 0, False, False
        self._parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in {"script", "style", "svg"}
        self._script = tag == "script"
        if self._script:
            self.page.scripts.append("")
        if tag == "table":
            self.page.rows.append([])
        # A heading may be of two lines, the first of which spans columns: the lines below it are what is counted.
        self._body = tag == "tbody" or (self._body and tag not in {"table", "thead"})
        if tag == "tr" and self._body:
            self.page.rows[-1].append(0)
        if tag in {"td", "th"} and self._body:
            self.page.rows[-1][-1] += int(dict(attrs).get("colspan") or 1)
        for name, value in attrs:
            runs = name in {"href", "src", "action", "formaction", "srcdoc"} and "javascript:" in (value or "")
            if name.startswith("on") or runs or (name == "src" and value == "x"):
                self.page.active.append(f"{tag} {name}={value}")

    def handle_endtag(self, tag: str) -> None:
        self._script = False
        self._hidden -= tag in {"script", "style", "svg"}

    def handle_data(self, data: str) -> None:
        if self._script:
            self.page.scripts[-1] += data
        if not self._hidden:
            self._parts.append(data)

    def read(self, path: Path) -> Rendered:
        self.feed(path.read_text(encoding="utf-8"))
        self.page.words = "".join(self._parts)
        return self.page


def squeezed(text: str) -> str:
    """A text without what a renderer may add or take away: blanks, soft hyphens, what cannot be seen."""
    text = re.sub(r"‹U\+[0-9A-F]+›", "", text)
    return re.sub(r"[\s\u00ad\u2060\u200b]+", "", _INVISIBLE.sub("", text))


def fill(path: Path, column: str, texts: list[str]) -> int:
    """Put the texts into a column of a file, from its first record on; the number of records."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))
    place = header.index(column)
    for number, row in enumerate(rows):
        row[place] = texts[number] if number < len(texts) else row[place]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])
    return len(rows)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile") / "study"
    shutil.copytree(ROOT / "data" / "admscc-cli", folder, ignore=shutil.ignore_patterns("simulat*", "__pycache__"))
    texts = list(TEXTS.values())
    data = folder / "sdtm"
    assert fill(data / "ae.csv", "AETERM", [*texts, LONG]) > len(texts)
    fill(data / "dv.csv", "DVTERM", texts)
    fill(data / "mh.csv", "MHTERM", texts)
    fill(data / "mh.csv", "MHDECOD", texts)
    fill(data / "cm.csv", "CMTRT", texts)
    fill(data / "cm.csv", "CMDECOD", texts)
    definition = (folder / "study.yml").read_text(encoding="utf-8")
    title = json.dumps(TITLE).replace("\\", "\\\\")
    definition = re.sub(r"  title: >-\n(?:    .*\n)+", f"  title: {title}\n", definition, count=1)
    definition = re.sub(r"  sponsor: .*", f"  sponsor: {json.dumps(SPONSOR)}", definition, count=1)
    (folder / "study.yml").write_text(definition, encoding="utf-8")
    return folder


def run(study: Path, out: Path, renderer: str) -> Path:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "QUARTO_PYTHON": sys.executable}
    command = [
        sys.executable,
        "-m",
        "trial_report",
        "report",
        "--renderer",
        renderer,
        "--study",
        str(study),
        "--out",
        str(out),
    ]
    start = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=2 * BOUND)
    assert done.returncode == 0, done.stderr[-4000:]
    assert "Traceback" not in done.stderr
    assert time.monotonic() - start < BOUND
    return out


@pytest.fixture(scope="module")
def last(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rendered")


@pytest.fixture(scope="module", params=["embedded", "quarto"])
def report(request: pytest.FixtureRequest, study: Path, last: Path) -> Path:
    if request.param == "quarto" and shutil.which("quarto") is None:
        pytest.skip("there is no Quarto on the PATH")
    return run(study, last / request.param, request.param)


@pytest.fixture(scope="module")
def page(report: Path) -> Rendered:
    return _Reader().read(report / "csr.html")


@pytest.fixture(scope="module")
def pdf(report: Path) -> str:
    with pymupdf.open(report / "csr.pdf") as document:
        return "".join(page.get_text() for page in document)


@pytest.mark.parametrize("name", TEXTS)
def test_each_text_is_shown_as_it_is(name: str, page: Rendered, pdf: str) -> None:
    wanted = squeezed(TEXTS[name])
    assert wanted in squeezed(page.words)
    # Glyphs of emoji and the order of letters in a run of the other direction are the font's and the reader's.
    if name not in {"emoji", "rtl"}:
        assert wanted in squeezed(pdf)


def test_title_and_sponsor_are_text(page: Rendered, pdf: str) -> None:
    for wanted in (squeezed(TITLE), squeezed(SPONSOR)):
        assert wanted in squeezed(page.words)
        assert wanted in squeezed(pdf)


def test_nothing_ran_and_nothing_was_read(report: Path, page: Rendered, pdf: str) -> None:
    assert page.active == []
    # The trace's data hold the texts as JSON, in which no "<" stands. What stands in a quoted attribute is no script.
    assert [script for script in page.scripts if "<script>alert" in script or script.strip().startswith("alert(")] == []
    if report.name == "embedded":
        assert len(page.scripts) == 3  # the data of the trace and of the page, and the one script that reads them
    for words in (page.words, pdf):
        assert "root:x:" not in words
        assert "49 {% raw" not in words
        assert "localhost" not in words


def test_the_long_word_is_whole_or_told_to_be_cut(page: Rendered, pdf: str) -> None:
    for words in (squeezed(page.words), squeezed(pdf)):
        assert "Q" * 1_000 in words


def test_tables_are_intact(page: Rendered) -> None:
    assert len(page.rows) > 50
    assert [rows for rows in page.rows if len(set(rows)) > 1] == []


def test_csv_files_are_neutral(study: Path, tmp_path: Path) -> None:
    assert command(["validate", "--study", str(study), "--out", str(tmp_path)]) == 0
    with (tmp_path / "data-issues.csv").open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert any("Q" * 1_000 in cell for cell in cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_nul_bytes_are_refused_by_name(study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = shutil.copytree(study, tmp_path / "study")
    path = folder / "sdtm" / "mh.csv"
    path.write_bytes(path.read_bytes().replace(b"h10", b"h\x0010", 1))
    assert command(["validate", "--study", str(folder), "--out", str(tmp_path / "out")]) == 1
    assert "FILE-004" in capsys.readouterr().out
