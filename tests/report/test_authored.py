"""The author's texts: what is allowed is set, what is not is refused by file and line."""

from __future__ import annotations

import pytest

from report.authored import rendered
from report.pieces import Inline, KitError

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
        ("[a](other.md)", "the link 'other.md'"),
        ("---", "a rule"),
    ],
)
def test_the_rest_is_refused(written, words, said):
    with pytest.raises(KitError) as told:
        written(words)
    assert said in str(told.value)


def test_a_text_that_is_not_utf8_is_refused(tmp_path):
    path = tmp_path / "intro.md"
    path.write_bytes("é".encode("latin-1"))
    with pytest.raises(KitError, match=r"not UTF-8 \(byte 1\)"):
        rendered(path, number, ())
