"""The bibliography: its links leave to where links may, in both formats, and what is wrong is told by file and line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from trial_report.report.render import DocumentError
from trial_report.report.render.bibliography import check_bibliography
from trial_report.report.render.document import Document
from trial_report.report.render.embedded import options_of, pdf, to_html, to_typst

pytestmark = pytest.mark.requirement("REQ-218")

GOOD = r"""
@article{doe2020, author = {Doe, Jane}, title = {The $\beta_2$-blocker at $x < y$}, journal = {J}, year = {2020},
  url = {https://a.org/x_y%20z}, doi = {10.1000/x}, note = {see \url{http://b.org} and \href{mailto:a@b.org}{her}}}
@misc{roe1999, title = {Roe <b>and</b> values <LLOQ}, howpublished = {\href{doi:10.1000/y}{there}}, year = {1999},
  file = {:home/me/paper.pdf:PDF}, abstract = {\href{ftp://old.org}{not printed}}}
"""


@pytest.fixture
def written(tmp_path: Path):
    def write(words: str | bytes) -> Path:
        path = tmp_path / "text" / "references.bib"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(words if isinstance(words, bytes) else words.encode())
        return path

    return write


@pytest.mark.parametrize("words", ["", "\n", GOOD])
def test_what_a_bibliography_may_hold_is_not_refused(written, words):
    check_bibliography(written(words))
    check_bibliography(Path("nowhere.bib"))


@pytest.mark.parametrize(
    "field",
    [
        r"title = {A \href{javascript:alert(1)}{title}}",
        r"title = {A}, note = {\href{JAVASCRIPT:alert(1)}{x}}",
        r"title = {A}, url = {javascript:alert(1)}",
        r"title = {A}, url = {data:text/html,x}",
        r"title = {A}, url = {/etc/passwd}",
        r"title = {A}, url = {www.a.org}",
        r"title = {A}, howpublished = {\url{file:///etc/passwd}}",
        r"title = {A}, journal = {\textbf{\href{vbscript:x}{J}}}",
        r"title = {A \includegraphics{/etc/passwd}}",
    ],
)
def test_a_link_to_anything_else_is_refused_by_file_and_line(written, field):
    path = written("% a remark\n@misc{ok, title = {B}}\n\n@article{bad,\n  " + field + "}\n")
    with pytest.raises(DocumentError, match=r"^text/references\.bib:4: the entry 'bad' (has a link to|holds a pic)"):
        check_bibliography(path)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("@article{x,\n  title = {a\n", "references.bib:4: the bibliography cannot be read"),
        ("@article{x,\n  title = {é}}".encode("latin-1"), ".bib:2: the bibliography is not UTF-8 (byte 24)"),
    ],
)
def test_what_cannot_be_read_is_refused_by_file_and_line(written, words, said):
    with pytest.raises(DocumentError) as told:
        check_bibliography(written(words))
    assert said in str(told.value)
    assert "\n" not in str(told.value)


def test_mathematics_is_set_in_both_formats_and_can_be_read_aloud(written, tmp_path):
    options, words = options_of(Document({}, []), written(GOOD)), "[@doe2020; @roe1999]\n\n::: {#refs}\n:::\n"
    page, source = to_html(words, options), to_typst(words, options)
    assert page.count("<math") == 2
    links = set(re.findall(r'href="([^"#][^"]*)"', page))
    assert all(re.match("https?://|mailto:|doi:", link) for link in links)
    assert {"https://doi.org/10.1000/x", "doi:10.1000/y"} & links
    assert len(re.findall(r'#math\.equation\(alt: "[^"]+", \$', source)) == 2
    assert "β" in source
    titled = f'#set document(title: "References")\n{source}'
    assert pdf(titled, tmp_path).startswith(b"%PDF")
    # The standard asks for what is read aloud.
    with pytest.raises(DocumentError, match="alt"):
        pdf(re.sub(r'alt: "[^"]+", ', "", titled), tmp_path)
