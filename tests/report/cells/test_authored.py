"""The author's texts: what is allowed is set, what is not is refused by file and line."""

from __future__ import annotations

import contextlib
import html

import pytest

from trial_report.report.cells.authored import rendered
from trial_report.report.cells.pieces import Inline, KitError

pytestmark = pytest.mark.requirement("REQ-218")


def number(key: str) -> Inline:
    if key != "a/b":
        raise KitError(f"no result has the key '{key}'")
    return Inline('<span class="n" data-k="a/b">7</span>', '#"7";')


@pytest.fixture
def written(tmp_path):
    def write(words: str) -> str:
        path = tmp_path / "text" / "intro.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(words, encoding="utf-8")
        return rendered(path, number, {"doe2020"})._repr_markdown_()

    return write


def test_words_stand_in_raw_html_and_typst_and_structure_in_markdown(written):
    assert written("- **one** & [[a/b]] [@doe2020]") == (
        "-   `<strong>`{=html}`#strong[`{=typst}"
        '`one`{=html}`#"one";`{=typst}`</strong>`{=html}`];`{=typst} `&amp;`{=html}`#"&";`{=typst} '
        '`<span class="n" data-k="a/b">7</span>`{=html}`#"7";`{=typst} [@doe2020]'
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("fine\n\nsee [[x/y]]", "text/intro.md:3: no result has the key 'x/y'"),
        ("see [@roe1999]", "text/intro.md:1: the bibliography has no entry 'roe1999'"),
        ("a\n<b>x</b>", "text/intro.md:2: raw HTML"),
        ("<!-- x -->", "raw HTML"),
        ("{{< include x >}}", "a shortcode"),
        ("`{python} 1`", "inline expression"),
        ("`x`{=typst}", "raw"),
        ("```{python}\n1\n```", "a code cell"),
        ("::: {.x}", "a div"),
        ("![a](b.png)", "an image"),
        ("| a | b |", "a table"),
        ("# Title", "a heading"),
        ("[a](other.md)", "text/intro.md:1: the link 'other.md'"),
        ("one\ntwo\n\n- three\n  four\n  [a](ftp://x.org)", "text/intro.md:6: the link 'ftp://x.org'"),
        ("one  \n<ftp://x.org>", "text/intro.md:2: the link 'ftp://x.org'"),
        ("[a](tel:1)", "the link 'tel:1'"),
        ("a <a href=x>b</a>", "raw HTML"),
        ("<script>", "raw HTML"),
        ("<IMG/src=x onerror=alert(1)>", "raw HTML"),
        ("</p>", "raw HTML"),
        ("<br/>", "raw HTML"),
        ("x\n<a\nhref=x>", "text/intro.md:2: raw HTML"),
        ("<?php 1 ?>", "raw HTML"),
        ("<![CDATA[x]]>", "raw HTML"),
        ("---", "a rule"),
    ],
)
def test_the_rest_is_refused(written, words, said):
    with pytest.raises(KitError) as told:
        written(words)
    assert said in str(told.value)


@pytest.mark.parametrize(
    "words",
    [
        "values <LLOQ were set to half",
        "x <y and y> x",
        "<LLOQ>",
        "p<0.001",
        "a <b and b> c",
        "1<x<2",
        "x </ y",
        "<!",
        "<3",
    ],
)
def test_a_sign_that_is_smaller_than_is_text(written, words):
    made = written(words)
    assert html.escape(words, quote=False) in made
    assert f'#"{words}";' in made


@pytest.mark.parametrize("target", ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "file:///etc/x"])
@pytest.mark.parametrize("form", ["[a]({})", "<{}>", '[a](<{}> "title")', "[a][1]\n\n[1]: {}", "[1]: {}\n[a]: {}"])
def test_a_link_to_anything_else_is_shown_as_text_or_refused(written, target, form):
    with contextlib.suppress(KitError):
        made = written(form.format(target, target))
        assert "<a" not in made
        assert "#link" not in made


def test_links_that_may_leave_do(written):
    for target in ("https://a.org/x", "http://a.org", "mailto:a@b.org", "doi:10.1000/x", "#sec-results"):
        assert f'<a href="{target}">' in written(f"[a]({target})")
    assert '<a href="mailto:a@b.org">' in written("<a@b.org>")
    assert '<a href="https://a.org">' in written("<https://a.org>")


def test_a_text_that_is_not_utf8_is_refused(tmp_path):
    path = tmp_path / "intro.md"
    path.write_bytes("a\né".encode("latin-1"))
    with pytest.raises(KitError, match=r"intro\.md:2: the text is not UTF-8 \(byte 3\)"):
        rendered(path, number, ())
