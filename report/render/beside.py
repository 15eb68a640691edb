"""Links from a PDF into others beside it, and the places in one that have a name.

Not here: where a document is cut into volumes (`volumes`), and links to the web (`report.cells.links`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from trial_report.report.render.objects import Objects

_NAMES = re.compile(rb"/Dests<</Names\[((?:[^\[\]()]|\((?:[^()\\]|\\.)*\))*)\]", re.DOTALL)
_NAMED = re.compile(rb"\(((?:[^()\\]|\\.)*)\)\s*(\d+) \d+ R", re.DOTALL)
_KIDS = re.compile(rb"/Kids\s*\[([^\[\]]*)\]")
_REFERENCE = re.compile(rb"(\d+) \d+ R")
_OUTSIDE = re.compile(rb"/A<</Type/Action/S/URI/URI\(([^()#\\]*)(?:#([^()\\]*))?\)>>")
# What is said of a link to who cannot see it: the file is enough.
_SAID = re.compile(rb"/Contents\(([\w-]+\.pdf)#[^()\\]*\)")
_INTO = re.compile(rb"/S/GoToR/F\(([^()]*)\)/D(?:\(([^()]*)\)|\[0 /Fit\])")


def leading_into(body: bytes, files: Collection[str]) -> bytes:
    """Return an object with its link to a file beside it as one into that PDF (12.6.4.3), which viewers follow.

    Typst knows links to addresses alone.
    """
    if b"/S/URI" not in body:
        return body

    def into(found: re.Match[bytes]) -> bytes:
        file, name = found.groups()
        if file.decode("ascii", "replace") not in files:
            return found.group()
        goal = b"(%b)" % name if name else b"[0 /Fit]"
        return b"/A<</Type/Action/S/GoToR/F(%b)/D%b>>" % (file, goal)

    return _SAID.sub(rb"/Contents(\1)", _OUTSIDE.sub(into, body)) if _OUTSIDE.search(body) else body


def leads(pdf: bytes) -> set[tuple[str, str]]:
    """Return where a file's links into other PDFs lead: file and name of a place, "" for its beginning."""
    file = Objects(pdf)
    found: set[tuple[str, str]] = set()
    for number in file.numbers:
        held = file.held(number) if number in file.inside else b""
        if b"/S/GoToR" in held:
            found |= {(one.decode(), name.decode()) for one, name in _INTO.findall(held)}
    return found


def destinations(pdf: bytes) -> dict[str, int]:
    """Return the pages, from 1 on, of the places of a PDF that have a name."""
    file = Objects(pdf)
    root = file.held(file.reference(file.trailer, b"Root"))
    listed = _NAMES.search(root)
    pages = {number: place for place, number in enumerate(_leaves(file, file.reference(root, b"Pages")), 1)}
    found = {}
    for name, number in _NAMED.findall(listed.group(1) if listed else b""):
        page = _REFERENCE.search(file.held(int(number)))
        if page and int(page.group(1)) in pages:
            found[name.decode("ascii", "replace")] = pages[int(page.group(1))]
    return found


def _leaves(file: Objects, number: int) -> Iterator[int]:
    """Yield the pages below a node of the tree of pages."""
    kids = _KIDS.search(file.held(number))
    if kids is None:
        yield number
        return
    for kid in _REFERENCE.findall(kids.group(1)):
        yield from _leaves(file, int(kid))
