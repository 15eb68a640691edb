"""The words of a PDF as Typst writes it, in the order of its tags, without what only repeats on its pages.

No general reader of PDF. Typst writes objects (``report.render.objects``), text in fonts of two-byte codes that say
what each code means, and from version 0.14 on tags (PDF 1.7, 14.7 and 14.8), which give the order of reading and leave
away headers, footers and headings that repeat. What is not written so is refused, not guessed.

Not here: the objects of a PDF (`report.render.objects`), and the comparing (`words`).
"""

from __future__ import annotations

import re
import zlib
from functools import lru_cache

from trial_report.report.render.objects import Objects

# Contents are made from the document, and drawings are pictures in the page.
PASSED = frozenset({b"TOC", b"Figure"})
MATHEMATICS = "\ue001"
"""What stands for a formula: how its signs are set differs between formats."""

_NAMED = re.compile(rb"/([^\s/<>\[\]()]+)\s+(\d+) \d+ R")
_ONE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f\s]*)>")
_RANGE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_BLOCK = re.compile(rb"beginbf(char|range)(.*?)endbf", re.DOTALL)
_KIND = re.compile(rb"/S\s*/(\w+)")
_PAGE = re.compile(rb"/Pg\s+(\d+) \d+ R")
_KIDS = re.compile(rb"/K\s*(\[(?:[^\[\]]|\[[^\]]*\])*\]|\d+ \d+ R|\d+)")
_KID = re.compile(rb"<<[^<>]*>>|(\d+) \d+ R|(\d+)")
_MARKED = re.compile(rb"/MCID\s+(\d+)")
_ACTUAL = re.compile(rb"/(?:ActualText|Keywords)\s*([<(])")
# Of a page's content: strings, fonts, marks. Numbers, lines and curves are passed over.
_TOKEN = re.compile(
    rb"(?P<text>\()|(?<!<)<(?P<hex>[0-9A-Fa-f\s]*)>(?!>)|/(?P<font>[^\s/]+)\s+[\d.]+\s+Tf\b"
    rb"|/(?P<mark>\w+)\s*(?:(?P<about><<)|B[DM]C\b)|\b(?P<end>EMC)\b"
)
_PLAIN = re.compile(rb"\((?:[^\\()]|\\.)*+\)", re.DOTALL)
_BRACKET = re.compile(rb"\\.|[()]", re.DOTALL)
_DICTIONARY = re.compile(rb"\(|<<|>>")
# The mark of an item of a list, and the number of a footnote: in a page they are no text. A term that is defined is.
_LABEL = re.compile(r"\s*(?:[^\w\s]|\(?\w{1,4}[.)]|\d+)?\s*")
_ESCAPE = re.compile(rb"\\(?:[0-7]{1,3}|.)", re.DOTALL)
_ESCAPED = {
    **{b"\\" + bytes([code]): bytes([code]) for code in range(256)},
    **{b"\\" + f"{code:0{width}o}".encode(): bytes([code & 255]) for width in (1, 2, 3) for code in range(8**width)},
    **{b"\\n": b"\n", b"\\r": b"\r", b"\\t": b"\t", b"\\b": b"\b", b"\\f": b"\f", b"\\\n": b""},
}


class Unreadable(Exception):
    """The PDF is not as Typst writes it; the message says what was not found."""


def words(content: bytes) -> str:
    """Return the text of a PDF in the order of its tags, elements apart by line feeds.

    Raises Unreadable for a PDF without tags, and for one that is not written as Typst does.
    """
    try:
        file = Objects(content)
        root = file.reference(file.held(file.reference(file.trailer, b"Root")), b"StructTreeRoot")
        tags = _Tags(file)
        return "\n".join([*tags.under(root, []), *tags.notes])
    except (LookupError, ValueError, zlib.error, RecursionError) as error:
        raise Unreadable(f"it is not written as Typst writes a PDF ({error})") from error


def keywords(content: bytes) -> str:
    """Return the keywords of a PDF. Raises Unreadable where it is not written as Typst does."""
    try:
        file = Objects(content)
        return _said(file.held(file.reference(file.trailer, b"Info"))) or ""
    except (LookupError, ValueError) as error:
        raise Unreadable(f"it is not written as Typst writes a PDF ({error})") from error


class _Tags:
    """The tree of tags, and the text of each page by the numbers that tags have for its parts."""

    def __init__(self, file: Objects) -> None:
        self.file = file
        self.pages: dict[int, dict[int, str]] = {}
        self.fonts: dict[int, dict[int, str]] = {}
        self.notes: list[str] = []
        """Footnotes, which a page has at its end."""

    def under(self, number: int, found: list[str], page: int | None = None) -> list[str]:
        """Add to what was found the text of an element and of those under it, each part by itself; return it."""
        # Alternative texts may say anything.
        held = _without_strings(self.file.held(number))
        named = _KIND.search(held)
        kind = named.group(1) if named else b""
        if kind == b"Formula":
            found.append(MATHEMATICS)
        elif kind in (b"Note", b"FENote"):
            self.inside(number, held, self.notes, page)
        elif kind == b"Lbl":
            label = self.inside(number, held, [], page)
            found.extend([] if _LABEL.fullmatch("".join(label)) else label)
        elif kind not in PASSED:
            self.inside(number, held, found, page)
        return found

    def inside(self, number: int, held: bytes, found: list[str], page: int | None) -> list[str]:
        """Add to what was found the text of what an element holds; return it."""
        kids = _KIDS.search(held)
        if not kids:
            raise ValueError(f"tag {number} says nothing of what it holds")
        # What it holds may name pages of its own.
        named = _PAGE.search(held[: kids.start()]) or _PAGE.search(held, kids.end())
        page = int(named.group(1)) if named else page
        for kid in _KID.finditer(kids.group(1)):
            other, marked = kid.groups()
            if other:
                self.under(int(other), found, page)
            elif marked and page is not None:
                found.append(self.parts(page).get(int(marked), ""))
            elif b"/MCR" in kid.group():
                at, mark = _PAGE.search(kid.group()), _MARKED.search(kid.group())
                there = int(at.group(1)) if at else page
                if mark is None or there is None:
                    raise ValueError(f"tag {number} names a part of no page")
                found.append(self.parts(there).get(int(mark.group(1)), ""))
        return found

    def parts(self, page: int) -> dict[int, str]:
        """Return the text of a page's marked parts by their numbers."""
        if page not in self.pages:
            held = self.file.held(page)
            resources = self.file.held(self.file.reference(held, b"Resources"))
            listed = re.search(rb"/Font\s*<<([^<>]*)>>", resources)
            fonts = {
                name: self.font(int(number)) for name, number in _NAMED.findall(listed.group(1) if listed else b"")
            }
            self.pages[page] = _marked(self.file.stream(self.file.reference(held, b"Contents")), fonts)
        return self.pages[page]

    def font(self, number: int) -> dict[int, str]:
        """Return what each code of a font means."""
        if number not in self.fonts:
            held = self.file.held(number)
            if b"Identity-H" not in held:
                raise ValueError("a font has no two-byte codes")
            self.fonts[number] = _meanings(self.file.stream(self.file.reference(held, b"ToUnicode")))
        return self.fonts[number]


def _meanings(table: bytes) -> dict[int, str]:
    found: dict[int, str] = {}
    for kind, block in _BLOCK.findall(table):
        if kind == b"char":
            found |= {int(code, 16): _unicode(meaning) for code, meaning in _ONE.findall(block)}
            continue
        for low, high, meaning in _RANGE.findall(block):
            first = _unicode(meaning)
            for step in range(int(high, 16) - int(low, 16) + 1):
                found[int(low, 16) + step] = first[:-1] + chr(ord(first[-1]) + step)
    return found


def _unicode(digits: bytes) -> str:
    return bytes.fromhex(digits.decode("ascii")).decode("utf-16-be", "replace")


@lru_cache(maxsize=1 << 16)
def _bytes(text: bytes) -> bytes:
    """Return a string in parentheses without its escapes."""
    return _ESCAPE.sub(lambda escape: _ESCAPED[escape.group()], text) if b"\\" in text else text


def _end_of_string(content: bytes, start: int) -> int:
    """Return the place after the string that begins at ``start``; brackets in pairs need no escape."""
    plain = _PLAIN.match(content, start)
    if plain:
        return plain.end()
    depth = 0
    for bracket in _BRACKET.finditer(content, start):
        depth += {b"(": 1, b")": -1}.get(bracket.group(), 0)
        if depth == 0:
            return bracket.end()
    raise ValueError("a string does not end")


def _end_of_dictionary(content: bytes, start: int) -> int:
    """Return the place after the dictionary that begins at ``start``."""
    depth, at = 0, start
    while found := _DICTIONARY.search(content, at):
        at = _end_of_string(content, found.start()) if found.group() == b"(" else found.end()
        depth += {b"<<": 1, b">>": -1}.get(found.group(), 0)
        if depth == 0:
            return at
    raise ValueError("a dictionary does not end")


def _without_strings(held: bytes) -> bytes:
    parts, at = [], 0
    while (start := held.find(b"(", at)) >= 0:
        parts.append(held[at:start])
        at = _end_of_string(held, start)
    return b"".join([*parts, held[at:]])


def _said(about: bytes) -> str | None:
    """Return what a dictionary says that its text is, or None. UTF-16 begins with a mark of the order of bytes."""
    found = _ACTUAL.search(about)
    if not found:
        return None
    start = found.start(1)
    if found.group(1) == b"<":
        held = bytes.fromhex(about[start + 1 : about.index(b">", start)].decode("ascii"))
    else:
        held = _bytes(about[start + 1 : _end_of_string(about, start) - 1])
    return held[2:].decode("utf-16-be", "replace") if held[:2] == b"\xfe\xff" else held.decode("latin-1")


def _marked(content: bytes, fonts: dict[bytes, dict[int, str]]) -> dict[int, str]:
    """Return the text of a page's parts by number; what has no number, as a header, is left away."""
    parts: dict[int, list[str]] = {}
    # Of each mark that is open: the part it belongs to, and whether its text is said in other words already.
    opened: list[tuple[int | None, bool]] = []
    meanings: dict[int, str] = {}
    at = 0
    while token := _TOKEN.search(content, at):
        at = token.end()
        part, told = opened[-1] if opened else (None, False)
        if token["font"] is not None:
            meanings = fonts[token["font"]]
        elif token["mark"] is not None:
            about = b""
            if token["about"]:
                at = _end_of_dictionary(content, token.start("about"))
                about = content[token.start("about") : at]
            number = _MARKED.search(about)
            part = int(number.group(1)) if number else None if token["mark"] == b"Artifact" else part
            said = _said(about)
            if said is not None and not told and part is not None:
                parts.setdefault(part, []).append(said)
            opened.append((part, told or said is not None))
        elif token["end"]:
            opened.pop()
        else:
            at = _end_of_string(content, token.start()) if token["text"] else at
            if part is None or told:
                continue
            held = _bytes(content[token.end() : at - 1]) if token["text"] else bytes.fromhex(token["hex"].decode())
            codes = zip(held[::2], held[1::2], strict=False)
            parts.setdefault(part, []).append("".join(meanings.get(256 * one + two, "\ufffd") for one, two in codes))
    return {part: "".join(found) for part, found in parts.items()}
