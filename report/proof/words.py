"""Whether a page and a PDF say the same, word for word, in the order of reading.

What is no word does not count: blanks and breaks of lines, hyphens that only stand where a line is broken, the shape of
quotation marks, characters that no font of the PDF has (in print they are shown by their code, and so are the
invisible ones), and how the signs of a formula are set. In lists of displays and in checklists, print has the number of
a page where the page has none. Where letters are written from right to left, a PDF holds them in the order in which
they are set: there the same letters in another order are the same.

Not here: the reading of either (`page`, `pdf`), and two reports against each other (`evidence.difference`).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from trial_report.analysis.display.escape import printable
from trial_report.report.proof.page import PAGE_NUMBER, Piece
from trial_report.report.proof.pdf import MATHEMATICS

SHOWN = 60
"""Characters that are told of a place where the two differ."""

_CODE = re.compile(r"‹U\+[0-9A-F]{4,6}›")
# Also what the writers of formats put into long words so that they can be broken.
_BLANK = re.compile(r"[\s\u00ad\u200b\u2060\ufeff\ufffd]+")
_QUOTES = {ord(sign): '"' for sign in "“”„‟«»"} | {ord(sign): "'" for sign in "‘’‚‛"} | {0x2212: "-"}
_MARKS = re.compile(f"([{PAGE_NUMBER}{MATHEMATICS}])")
# A stretch that may be set from right to left.
_WINDOW = 600
_TURNED = frozenset({"R", "AL", "AN"})


@dataclass(frozen=True, slots=True)
class Difference:
    """The first place at which page and PDF differ: what either says there, and the keys of a number there."""

    page: str
    pdf: str
    keys: tuple[str, ...] = ()


def same(text: str) -> str:
    """Return a text with only what is compared of it."""
    # A minus is written as a hyphen where one may search for it.
    plain = _BLANK.sub("", unicodedata.normalize("NFC", text).translate(_QUOTES))
    return _CODE.sub("", printable(plain))


def differs(pieces: Iterable[Piece], pdf: str) -> Difference | None:
    """Return where the words of a page and of a PDF differ first, or None."""
    held = [piece for piece in pieces if piece.text]
    parts = [piece.text if piece.text in (PAGE_NUMBER, MATHEMATICS) else same(piece.text) for piece in held]
    here = "".join(parts)
    there = "".join(part if part == MATHEMATICS else same(part) for part in re.split(f"({MATHEMATICS})", pdf))
    at = _first(here, there)
    if at is None:
        return None
    one, other = at
    said = there[max(other - SHOWN // 3, 0) : other + SHOWN] or "(the end)"
    begin = 0
    for place, part in enumerate(parts):
        if begin + len(part) > one:
            return Difference(_around(held, place, one - begin), said, held[place].keys)
        begin += len(part)
    return Difference("(the end)", said)


def _around(held: list[Piece], place: int, count: int) -> str:
    """Return the text around the place after so many characters of a piece."""
    texts = ["" if piece.text in (PAGE_NUMBER, MATHEMATICS) else piece.text for piece in held[max(place - 8, 0) :]]
    before = texts[: min(place, 8)]
    text = texts[len(before)]
    cut = next((n for n in range(len(text) + 1) if len(same(text[:n])) > count), len(text))
    first = " ".join(" ".join([*before, text[: max(cut - 1, 0)]]).split())[-SHOWN // 3 :]
    rest = " ".join("".join([text[max(cut - 1, 0) :], *(f" {more}" for more in texts[len(before) + 1 :][:20])]).split())
    return f"{first}{rest[:SHOWN]}"


def _first(here: str, there: str) -> tuple[int, int] | None:
    """Return the places in both at which they differ first, or None."""
    one = other = 0
    while one < len(here):
        if here[one] == PAGE_NUMBER:
            after = _MARKS.split(here[one + 1 : one + 21])[0]
            number = re.compile(rf"(?:\d{{1,5}}?|–)(?={re.escape(after)})").match(there, other)
            if not number:
                return one, other
            one, other = one + 1, number.end()
            continue
        end = here.find(PAGE_NUMBER, one)
        end = len(here) if end < 0 else end
        count = _shared(here, one, end, there, other)
        one, other = one + count, other + count
        if one < end:
            turned = _turned(here[one : one + _WINDOW], there[other : other + _WINDOW])
            if not turned:
                return one, other
            one, other = one + turned, other + turned
    return None if other == len(there) else (one, other)


def _shared(here: str, start: int, end: int, there: str, other: int) -> int:
    """Return how many characters from there on are the same."""
    low, high = 0, min(end - start, len(there) - other)
    if here.startswith(there[other : other + high], start) or not high:
        return high
    while low < high:
        middle = (low + high + 1) // 2
        if here[start : start + middle] == there[other : other + middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _turned(here: str, there: str) -> int:
    """Return the length of the shortest stretch that holds the same letters in another order, some of which are
    written from right to left; 0 where there is none.
    """
    balance: Counter[str] = Counter()
    turned = False
    for count, (one, other) in enumerate(zip(here, there, strict=False), 1):
        turned = turned or unicodedata.bidirectional(one) in _TURNED or unicodedata.bidirectional(other) in _TURNED
        balance[one] += 1
        balance[other] -= 1
        if turned and not any(balance.values()):
            return count
        if count > 20 and not turned:
            return 0
    return 0
