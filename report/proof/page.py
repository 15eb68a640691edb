"""The words of a finished page as a reader meets them, with the results keys of its numbers and its stamp.

Not here: the words of the PDF (`pdf`), and the comparing (`words`).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from trial_report.analysis.display.packed import unpack
from trial_report.report.proof.pdf import MATHEMATICS

PAGE_NUMBER = "\ue000"
"""What stands behind an entry of a list of displays, or of a checklist: in print that is a page's number."""

# A tag; what stands in quotes may hold anything, also the sign that ends a tag.
_TAG = re.compile(
    r"""<!--.*?-->|<![^>]*>|<(/?)([A-Za-z][\w:-]*)([^"'>]*(?:"[^"]*"[^"'>]*|'[^']*'[^"'>]*)*)>""", re.DOTALL
)
_ATTRIBUTE = re.compile(r"""\s([\w:-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'))?""")
# Elements without words of the document, to their end: style, script, what stands for one, drawings, mathematics.
_CLOSED = frozenset({"head", "style", "script", "noscript", "svg", "math"})
_STAMP = re.compile(r'<div\b[^>]*?\bdata-stamp="([^"]*)"')
# What leads through a page, what stands on every page of print as a header does, and the numbers of footnotes.
_PASSED = frozenset({"skip", "to-contents", "mark", "footnote-ref", "footnote-back"})


@dataclass(frozen=True, slots=True)
class Piece:
    """Text between two tags, and the results keys where it is a traced number."""

    text: str
    keys: tuple[str, ...] = ()


def stamps(page: str) -> list[str]:
    """Return the stamps that a page's cells printed."""
    return [html.unescape(found) for found in _STAMP.findall(page)]


def pieces(page: str) -> Iterator[Piece]:
    """Yield the page's text in the order of reading, without contents, notices of every page, and drawings."""
    keys: tuple[str, ...] = ()
    depth = 0  # of elements inside a number
    listed = False
    at = 0
    while tag := _TAG.search(page, at):
        if tag.start() > at:
            yield Piece(html.unescape(page[at : tag.start()]), keys)
        at = tag.end()
        closing, name, held = tag.groups()
        if name is None:
            continue
        name = name.lower()
        if keys and name == "span":
            depth += -1 if closing else 1
            keys = keys if depth else ()
        if closing:
            listed = listed and name != "nav"
            if listed and name == "li":
                yield Piece(PAGE_NUMBER)
            continue
        given = {found[0]: html.unescape(found[1] or found[2]) for found in _ATTRIBUTE.findall(held)} if held else {}
        names = given.get("class", "").split()
        if name == "script" and "rows" in names:
            end = page.index("</script", at)
            yield from map(Piece, unpack(page[at:end]))
            at = end
        elif name in _CLOSED or given.get("id") == "TOC" or not _PASSED.isdisjoint(names):
            if name == "math":
                yield Piece(MATHEMATICS)
            at = _end(page, name, at)
        elif name == "nav" and "csr-list" in names:
            listed = True
        elif "csr-page" in names:
            yield Piece(PAGE_NUMBER)
        elif name == "span" and not keys and "data-k" in given and "n" in names:
            keys, depth = tuple(given["data-k"].split("\n")), 1
            yield Piece("", keys)  # so that a number without text is one too
    yield Piece(html.unescape(page[at:]))


def _end(page: str, name: str, start: int) -> int:
    """Return the place after the end of the element whose content begins at ``start``."""
    depth = 1
    for tag in re.finditer(rf"<(/?){name}\b(?:[^\"'>]|\"[^\"]*\"|'[^']*')*>", page[start:], re.IGNORECASE):
        depth += -1 if tag.group(1) else 1
        if not depth:
            return start + tag.end()
    return len(page)
