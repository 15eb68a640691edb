"""Texts that look alike or almost say the same: by case, blanks, signs of other alphabets, punctuation, one letter.

Nothing here makes two texts equal for an analysis; it is what checks use to tell a slip of the pen from another value.

Not here: names of our own, typed almost right by a person (`runtime.near`), and what is told of a slip
(`schemas.checks`).
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable

#: Letters of the Greek and Cyrillic alphabets that are drawn as a Latin one, each before its Latin letter, and signs
#: that are drawn as an ASCII one. A part of the confusables of Unicode Technical Standard #39 (version 15.0): single
#: letters and the dashes, quotation marks and blanks that word processors put in the place of what was typed.
_CONFUSABLES = (
    "АA ВB ЕE ЅS ІI ЈJ КK МM НH ОO РP СC ТT УY ХX аa еe оo рp сc уy хx іi јj ѕs "
    "ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX οo νv ρp ιi κk "
    "‐- ‑- ‒- –- —- ―- −- ’' ‘' ′' ´' `' “\" ”\" ″\" ⁄/ ∕/"
)
_PLAIN = {ord(pair[0]): pair[1] for pair in _CONFUSABLES.split()}
_PLAIN_ASCII = {sign: plain for sign, plain in _PLAIN.items() if sign < 128}
#: Shorter texts are codes: one letter more or less makes another one of them.
_LONG = 4
#: The share of common letters, from 0 to 1, from which on a text may be a misspelling of another that is not one letter
#: off: half of it is alike in any two words of one list.
ALIKE = 0.75


def drawn(text: str) -> str:
    """The text with every sign replaced by the one that it is drawn as: two texts with the same look the same."""
    if text.isascii():  # nearly all are, and have one form and no format characters
        return " ".join(text.translate(_PLAIN_ASCII).split())
    plain = unicodedata.normalize("NFKC", text).translate(_PLAIN)
    # Format characters (zero-width, right-to-left) are not drawn; all blanks are drawn as one.
    return " ".join("".join(c for c in plain if unicodedata.category(c) != "Cf").split())


def folded(text: str) -> str:
    """`drawn`, and without case: what a reader takes for the same term."""
    return drawn(text).casefold()


def loosened(text: str) -> str:
    """`folded`, and without blanks and punctuation: what somebody who types again may have meant."""
    return "".join(c for c in folded(text) if c.isalnum())


def is_near(one: str, other: str) -> bool:
    """Whether two different texts differ only by case, blanks, look-alike signs, punctuation, or one letter."""
    if one == other:
        return False
    a, b = loosened(one), loosened(other)
    if a == b:
        return bool(a)
    return min(len(a), len(b)) >= _LONG and _one_letter(a, b)


def _one_letter(one: str, other: str) -> bool:
    """Whether a letter (no digit: those number things) was left out, put in, or is another."""
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1:
        return False
    place = next((n for n, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) == len(long):
        changed = short[place] + long[place]
        return short[place + 1 :] == long[place + 1 :] and not any(c.isdigit() for c in changed)
    return short[place:] == long[place + 1 :] and not long[place].isdigit()


def nearest(text: str, known: Iterable[str]) -> str:
    """The first of the texts known that is near this one; empty where none is."""
    return next((one for one in known if is_near(text, one)), "")


def most_like(text: str, known: Iterable[str], least: float = ALIKE) -> str:
    """The text known that is most like this one, by the share of common letters; empty where none is as like as that.

    For what is more than one letter off. Over all alphabets and cases: the caller folds both where they do not count.
    """
    return next(iter(difflib.get_close_matches(text, list(known), 1, least)), "")


def told_apart(value: str, expected: str) -> str:
    """What tells two texts apart that look the same: their signs by code point; empty where they look different."""
    if value == expected or drawn(value) != drawn(expected):
        return ""
    here, there = (sorted(set(a) - set(b)) for a, b in ((value, expected), (expected, value)))
    if not here and not there:
        return f"{len(expected)} characters where there are {len(value)}"
    words = [f"with {_points(there)}"] if there else []
    words += [f"not {_points(here)}"] if here else []
    return ", ".join(words)


def _points(signs: Iterable[str]) -> str:
    return " and ".join(
        f"U+{ord(sign):04X} ({unicodedata.name(sign, 'a sign without a name').lower()})" for sign in signs
    )


def is_slip(one: str, other: str) -> bool:
    """Whether two texts differ in one longer word, by one letter (no digit) or by two neighbours that are swapped.

    Short words and digits are left alone: hepatitis A and B, protein C and S, types 1 and 2 are different things.
    """
    first, second = folded(one).split(), folded(other).split()
    if len(first) != len(second):
        return False
    apart = [(a, b) for a, b in zip(first, second, strict=True) if a != b]
    if len(apart) != 1:
        return False
    a, b = apart[0]
    return min(len(a), len(b)) > _LONG and (_one_letter(a, b) or _swapped(a, b))


def _swapped(one: str, other: str) -> bool:
    """Whether two neighbouring letters of a word are exchanged in the other."""
    if len(one) != len(other):
        return False
    places = [n for n, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    if len(places) != 2 or places[1] != places[0] + 1:
        return False
    a, b = one[places[0]], one[places[1]]
    return (a, b) == (other[places[1]], other[places[0]]) and not (a.isdigit() or b.isdigit())


def slips(texts: Iterable[str]) -> list[tuple[str, str]]:
    """Every pair of the texts that `is_slip`, found without comparing each with each."""
    found: dict[str, list[str]] = {}
    for text in texts:
        whole = folded(text)
        for shorter in {whole, *(whole[:n] + whole[n + 1 :] for n in range(len(whole)))}:
            found.setdefault(shorter, []).append(text)
    near = {tuple(sorted((a, b))) for like in found.values() for a in like for b in like if a != b}
    return sorted((a, b) for a, b in near if is_slip(a, b))
