"""Finishing a page: lists, title and style go in; what leads nowhere or outside is refused."""

from __future__ import annotations

import pymupdf
import pytest
import typst

from trial_report.report.render import DocumentError
from trial_report.report.render.finish import finish, opened

pytestmark = pytest.mark.requirement("REQ-214")

PAGE = """<title>x</title><!--report:style--><header class="title-page" data-title="A &amp; B"></header>
<nav class="csr-list" data-kind="csr-table"></nav><nav class="csr-list" data-kind="csr-figure"></nav>
<a class="ref" href="#o-t">Table 1</a>
<figure id="o-t" class="csr-table" data-number="Table 1" data-title="T &lt;x&gt;"></figure>"""


def test_lists_title_and_style_are_filled_from_the_page():
    made = finish(PAGE)
    assert "<title>A &amp; B</title>" in made
    assert '<li><a href="#o-t"><span class="num">Table 1</span> T &lt;x&gt;</a></li>' in made
    assert "There is no figure." in made
    assert "data:font/woff2;base64," in made


def test_a_title_whose_attribute_was_written_anew_is_still_text():
    made = finish(PAGE.replace("T &lt;x&gt;", "<script src='https://x'>1</script>"))
    assert "&lt;script src=&#x27;https://x&#x27;&gt;1&lt;/script&gt;</a>" in made


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('<a href="#o-lost">x</a>', "does not hold: lost"),
        ("?@tbl-x", r"does not hold: \?@tbl-x"),
        ('<p id="o-t">', "'o-t' stands 2 times"),
        ('<script src="https://example.org/x.js"></script>', "would fetch"),
        ('<link rel="stylesheet" href="https://example.org/x.css">', "would fetch"),
    ],
)
def test_a_page_that_leads_nowhere_or_outside_is_refused(more, said):
    with pytest.raises(DocumentError, match=said):
        finish(PAGE + more)


def test_a_pdf_opens_with_its_bookmarks_and_stays_whole():
    made = typst.compile(b"= One\n#pagebreak()\n= Two")
    shown = opened(made)
    with pymupdf.open(stream=shown) as document:
        assert document.pagemode == "UseOutlines"
        assert [entry[1] for entry in document.get_toc()] == ["One", "Two"]
        assert not document.is_repaired
    assert opened(shown) == shown
    assert opened(b"%PDF-1.7 of another make") == b"%PDF-1.7 of another make"
