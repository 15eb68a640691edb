"""The embedded renderer on a made-up document: words, numbers, hostile text, faults, and the same bytes twice."""

from __future__ import annotations

import html
import re
import shutil
from pathlib import Path

import pymupdf
import pytest

from trial_report.report.proof.page import pieces
from trial_report.report.proof.pdf import words as words_of_pdf
from trial_report.report.proof.words import differs
from trial_report.report.render import DocumentError
from trial_report.report.render.document import read
from trial_report.report.render.embedded import render
from trial_report.report.render.kernel import Kernel

pytestmark = pytest.mark.requirement("REQ-214")

ROOT = Path(__file__).parents[3]
DEMO = ROOT / "tests" / "report" / "demo"


def kernel_for(build: Path, **more: str) -> Kernel:
    return Kernel(ROOT, {"CSR_BUILD": str(build), "PYTHONPATH": str(DEMO), **more})


def rendered(folder: Path, **more: str) -> Path:
    build, out = folder / "build", folder / "out"
    shutil.copytree(DEMO / "text", build / "text")
    out.mkdir()
    with kernel_for(build, **more) as kernel:
        render(DEMO / "demo.qmd", DEMO, kernel, out, bibliography=build / "text" / "references.bib")
    return out


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    return rendered(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def page(out):
    return (out / "demo.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def pdf(out):
    return pymupdf.open(out / "demo.pdf")


def words(document: pymupdf.Document) -> str:
    return "\n".join(one.get_text() for one in document).replace("\u200b", "").replace("\u00a0", " ")


def test_page_and_pdf_say_the_same_whatever_the_data_hold(out, page):
    assert differs(pieces(page), words_of_pdf((out / "demo.pdf").read_bytes())) is None


def visible_text(page: str) -> str:
    body = re.sub(r"<(style|svg)\b.*?</\1>", "", page, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]*>", "", body)).replace("\u00a0", " ")


def test_numbers_references_and_citations_are_the_same_in_both(page, pdf):
    for sentence in (
        "There were 20 subjects, mean age 64.3, see Table 14.1.1 (and Listing 16.2.2).",
        "And cited (Doe 2020).",
        "[Text to be written by the author: text/missing.md]",
    ):
        assert sentence in visible_text(page)
        assert sentence in re.sub(r"\s+", " ", words(pdf))


def test_a_number_in_a_sentence_is_traced(page):
    assert 'mean age <span class="n" data-k="demo/SAF/AGE/-/TOTAL/-/mean">64.3</span>' in page


def test_hostile_text_is_shown_and_nothing_of_it_runs(page, pdf):
    body = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    assert "<script" not in body
    assert "root:" not in body
    shown, printed = visible_text(page), re.sub(r"\s+", "", words(pdf))
    for text in ('#read("/etc/passwd") #eval("1") $x$ @tbl-x [link](x) *b* _i_', "{{< include /etc/passwd >}}",
                 "<script>alert(1)</script>", "‹U+202E›right to left", "NUL‹U+0000›bell"):  # fmt: skip
        assert text in shown
        assert re.sub(r"\s+", "", text) in printed


def test_the_page_fetches_nothing(page):
    assert not re.findall(r"""(?:src|href)=["'](?!#|data:|https://example\.org/x)[^"']*""", page)
    assert "@import" not in page


def test_pages_carry_header_footer_and_notes(pdf):
    count = pdf.page_count
    for number, one in enumerate(pdf, 1):
        text = one.get_text()
        assert f"Page {number} of {count}" in text
        assert "Data cut-off 31 December 2023. Synthetic data." in text
        assert number == 1 or "Protocol DEMO-1" in text
        assert len(text) > 150
    listing = [one.get_text() for one in pdf if "Output: wide.listing" in one.get_text()]
    assert len(listing) > 2
    assert all("Measurement 5" in text for text in listing)
    assert all("Listing 16.2.1 (continued)" in text for text in listing[1:])
    assert "continued" not in listing[0]


def test_landscape_displays_turn_their_pages_and_only_theirs(pdf):
    wide = {n for n, one in enumerate(pdf) if one.rect.width > one.rect.height}
    shown = {n for n, one in enumerate(pdf) if "Output: wide." in one.get_text()}
    assert wide == shown
    headed = {n for n, one in enumerate(pdf) for line in one.get_text().split("\n") if line.startswith("11.4 Turned")}
    assert headed & wide


def test_nothing_leaves_the_text_area(pdf):
    for one in pdf:
        for block in one.get_text("blocks"):
            assert block[0] >= 50
            assert block[2] <= one.rect.width - 50


def test_properties_and_bookmarks_say_what_the_file_is_about(pdf):
    assert pdf.metadata["keywords"] == 'one "quoted" keyword, another'
    titles = [title for _, title, _ in pdf.get_toc()]
    assert "11 Results" in titles
    assert "Table 14.1.1 Demographic characteristics" in titles
    assert "Figure 14.2.2 The display wide.figure" in titles


def test_fonts_are_embedded_and_only_the_reports_own(pdf):
    fonts = {font[3].split("+")[-1] for one in pdf for font in one.get_fonts()}
    assert fonts <= {"SourceSans3-Regular", "SourceSans3-It", "SourceSans3-Semibold", "SourceSans3-SemiboldIt",
                     "DejaVuSansMono", "DejaVuSansMono-Bold"}  # fmt: skip


def test_the_same_inputs_give_the_same_bytes_elsewhere(out, tmp_path):
    again = rendered(tmp_path / "a", TZ="Asia/Seoul", LC_ALL="C")
    for name in ("demo.html", "demo.pdf"):
        assert (again / name).read_bytes() == (out / name).read_bytes()


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    build = tmp_path_factory.mktemp("build")
    (build / "text").mkdir()
    (build / "text" / "bad.md").write_text("x\n\n<b>y</b>\n", encoding="utf-8")
    with kernel_for(build) as running:
        yield running


FIRST = (
    "```{python}\n#| include: false\nfrom demo_book import install\n"
    "from trial_report.report.cells.kit import *\ninstall()\n```\n"
)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("```{python}\nx = 1\n1 / 0\n```", "main.qmd:9: ZeroDivisionError: division by zero"),
        ('`{python} num("no")`', "main.qmd:7: `num(\"no\")`: no result has the key 'no'"),
        ('a\n`{python} num("demo/SAF/-/-/TOTAL/-/N")`\n`{python} ref("x")`', "main.qmd:9: `ref(\"x\")`: the registry"),
        ("`{python} value('demo/SAF/AGE/-/TOTAL/-/mean')`", "main.qmd:7: inline expression"),
        ("```{python}\n'bare'\n```", "main.qmd:8: this cell gives what a report cannot show safely ('bare', a str)"),
        ("```{python}\nprint('x')\n```", "main.qmd:8: a cell prints ('x')"),
        ('```{python}\nshow("nothing.such")\n```', "main.qmd:8: the registry has no output 'nothing.such'"),
        ('```{python}\nshow("demo.empty")\n```\n' * 2, "main.qmd:11: the output 'demo.empty' is shown already"),
        ('```{python}\nauthor("bad")\n```', "main.qmd:8: text/bad.md:3: raw HTML"),
        ("```{python}\ntext(f'{num(\"demo/SAF/-/-/TOTAL/-/N\")}')\n```", "loses its trace"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_file_and_line_and_no_traceback(kernel, tmp_path, words, said):
    (tmp_path / "main.qmd").write_text(FIRST + words + "\n", encoding="utf-8")
    with pytest.raises(DocumentError) as told:
        kernel.run(read(tmp_path / "main.qmd", tmp_path))
    assert said in str(told.value)
    assert "Traceback" not in str(told.value)


def test_a_reference_to_what_is_not_shown_fails(kernel, tmp_path):
    (tmp_path / "main.qmd").write_text(FIRST + '`{python} ref("demo.figure")`\n', encoding="utf-8")
    with pytest.raises(DocumentError, match=r"references to what the document does not hold: demo\.figure"):
        render(tmp_path / "main.qmd", tmp_path, kernel, tmp_path)
