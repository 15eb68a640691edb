"""A PDF with its objects packed says what it said, and anybody's reader opens it."""

from __future__ import annotations

from functools import cache

import pymupdf
import pytest
import typst

from trial_report.report.proof.pdf import keywords, words
from trial_report.report.render import DocumentError
from trial_report.report.render.finish import opened, printed
from trial_report.report.render.objects import Objects, compact

pytestmark = pytest.mark.requirement("REQ-214")

SOURCE = """#set document(title: "A report", keywords: ("build:1",))
#outline()
= One <one>
#table(columns: 2, table.header[a][b], ..range(400).map(n => [cell #n]))
#pagebreak()
= Two (endobj) <two>
See #link(<one>)[the first].
"""


@cache
def made() -> bytes:
    return bytes(typst.compile(SOURCE.encode(), pdf_standards=["a-2a", "ua-1"], ignore_system_fonts=True))


def test_what_a_packed_file_says_is_what_it_said() -> None:
    packed = compact(made())
    assert words(packed) == words(made())
    assert keywords(packed) == keywords(made()) == "build:1"
    assert Objects(packed).inside


def test_another_reader_opens_a_packed_file_without_mending_it() -> None:
    one, other = pymupdf.open(stream=made()), pymupdf.open(stream=printed(made()))
    assert not other.is_repaired
    assert [page.get_text() for page in one] == [page.get_text() for page in other]
    kinds = [[link["kind"] for page in file for link in page.get_links()] for file in (one, other)]
    assert kinds[0] == kinds[1] != []
    assert one.get_toc() == other.get_toc() != []
    assert other.xref_get_key(other.pdf_catalog(), "PageMode") == ("name", "/UseOutlines")


def test_a_packed_file_is_a_fraction_as_large_and_the_same_each_time() -> None:
    assert len(compact(made())) < 0.4 * len(made())
    assert compact(made()) == compact(made())


def test_an_object_can_be_changed_as_it_is_packed() -> None:
    changed = compact(opened(made()), lambda _, body: body.replace(b"/UseOutlines", b"/UseNone"))
    other = pymupdf.open(stream=changed)
    assert other.xref_get_key(other.pdf_catalog(), "PageMode") == ("name", "/UseNone")


@pytest.mark.parametrize("broken", [b"", b"%PDF-1.7\nstartxref\n0\n%%EOF", made()[:-400], compact(made())])
def test_what_is_not_a_plain_file_of_typst_is_refused(broken: bytes) -> None:
    with pytest.raises(DocumentError, match="not written as Typst"):
        printed(broken)
