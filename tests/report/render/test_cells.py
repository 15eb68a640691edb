"""What people return from cells stands in both formats in the same words, numbered, safe, and marked as not traced."""

from __future__ import annotations

import html
import re
import shutil
from pathlib import Path

import pymupdf
import pytest

from trial_report.report.cells.pictures import PICTURES
from trial_report.report.cells.stamp import WORDS
from trial_report.report.proof.page import pieces
from trial_report.report.proof.pdf import words as words_of_pdf
from trial_report.report.proof.words import differs
from trial_report.report.render.embedded import render
from trial_report.report.render.kernel import Kernel

pytestmark = pytest.mark.requirement("REQ-214")

ROOT = Path(__file__).parents[3]
DEMO = ROOT / "tests" / "report" / "demo"


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cells")
    build, made = folder / "build", folder / "out"
    shutil.copytree(DEMO / "pictures", build / PICTURES)
    shutil.copyfile(DEMO / "cells.qmd", build / WORDS)
    made.mkdir()
    with Kernel(ROOT, {"CSR_BUILD": str(build), "PYTHONPATH": str(DEMO)}) as kernel:
        render(DEMO / "cells.qmd", DEMO, kernel, made)
    return made


@pytest.fixture(scope="module")
def page(out: Path) -> str:
    return (out / "cells.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def shown(page: str) -> str:
    body = re.sub(r"<(style|svg|head)\b.*?</\1>", "", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body)).replace("\u00a0", " ").split())


@pytest.fixture(scope="module")
def printed(out: Path) -> str:
    text = "".join(one.get_text() for one in pymupdf.open(out / "cells.pdf"))
    return re.sub(r"[\s\u200b]+", "", text.replace("\u00a0", " "))


def test_both_formats_say_the_same(out: Path, page: str) -> None:
    assert differs(pieces(page), words_of_pdf((out / "cells.pdf").read_bytes())) is None


@pytest.mark.parametrize(
    "words",
    [
        "Table 12-1 A frame: as it is",
        "Figure 12-1 Axes of matplotlib",
        "See Table 12-1 ,",
        "Bold words",
        "Take care",
    ],
)
def test_captions_references_and_words_stand_in_both(words: str, shown: str, printed: str) -> None:
    assert words in shown
    assert re.sub(r"[\s,]", "", words) in printed


def test_every_caption_has_a_number_of_its_own(page: str) -> None:
    numbers = re.findall(r'data-number="([^"]+)"', page)
    assert len(numbers) == len(set(numbers)) == 9
    assert {"Table 14.1", "Figure 12-3"} <= set(numbers)


def test_a_number_that_no_result_stands_behind_is_said_to_be_not_traced(page: str, printed: str) -> None:
    assert page.count("Not traced: no result of this report stands behind it.") >= 4
    assert printed.count("Nottraced:noresultofthisreportstandsbehindit.") == page.count(
        "Not traced: no result of this report stands behind it."
    )
    assert 'data-k="demo/SAF/-/-/TOTAL/-/N"' in page


def test_what_great_tables_was_told_reaches_both(shown: str, printed: str) -> None:
    for words in ("Values", "1.25", "12.3%", "Of the high dose.", "Made for this page.", "with a subtitle"):
        assert words in re.sub(r" (?=[.,%])", "", shown)
        assert words.replace(" ", "") in printed


def test_text_from_data_is_shown_and_nothing_of_it_runs(page: str, shown: str, printed: str) -> None:
    assert "<script>alert" not in page
    assert "root:" not in shown
    for words in ("<script>alert(1)</script>", "{{< include /etc/passwd >}}", '#read("/etc/passwd")', "‹U+202E›right"):
        assert words in shown
        assert words.replace(" ", "") in printed


def test_pictures_are_in_the_page_and_say_what_they_show(page: str) -> None:
    assert re.findall(r"<img [^>]*>", page)
    assert all("data:image/" in one and 'alt="' in one for one in re.findall(r"<img [^>]*>", page))
    assert "A red square." in page
