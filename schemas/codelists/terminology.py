"""CDISC codelists as data: the terms and synonyms of each, and which term a value that is none probably means.

The terms stand in codelists/sdtm.csv, with their source and version. A term that an earlier package had is given
beside them (`published`), so that a study which was coded by that is not refused.

What people write for terms, where CDISC names no synonym, stands in codelists/synonyms.csv (`written`).

Not here: which variable has which list (`terms`), and what is told of a term that is none (`schemas.checks`).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from trial_report.schemas.codelists.alike import folded, is_near, loosened, most_like

SOURCE = Path(__file__).parent / "sdtm.csv"
WRITTEN = Path(__file__).parent / "synonyms.csv"

#: Codelists in which one letter makes another term (mg/L and ng/L): only case, look-alike signs and synonyms count.
_UNITS = frozenset({"UNIT", "VSRESU"})
_MICRO = str.maketrans({"µ": "u", "μ": "u", "°": None})
#: Powers of ten as UCUM and laboratories write them, and as CDISC does.
_POWER = re.compile(r"(?<![\w.])x?10[*^](?=\d)")
#: Frequencies are terms of a few letters, or differ in a number: QDS is no slip of QD.
_FREQUENCIES = "FREQ"
#: How often in other words, each with what it is read as: "twice a day" and "2x daily" are both "2 per day".
_OFTEN = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"\bonce\b|\bone\b", "1"),
        (r"\btwice\b|\btwo\b", "2"),
        (r"\bthrice\b|\bthree\b", "3"),
        (r"\bfour\b", "4"),
        (r"(?<=\d) ?(?:x|times?)(?![^\W\d])", ""),
        (r"(?<=\d) ?(?:/|(?:per|an?|each|every) )(?=day|week|month|year)", " per "),
        (r"\b(?:dai|day)ly\b", "per day"),
        (r"\b(week|month|year)ly\b", r"per \1"),
        (r"\bq ?(\d+) ?(?:h|hr|hrs|hours?)\b", r"every \1 hours"),
        (r"\b(\d+)[ -]?hourly\b", r"every \1 hours"),
        (r"\b(?:every|each) (\d+) ?(?:h|hr|hrs|hours?)\b", r"every \1 hours"),
    )
)
#: A frequency of so few letters is a code, and no slip of another one.
_CODE = 5
#: A text of fewer letters is like a term by accident.
_FEWEST = 3


@dataclass(frozen=True)
class Codelist:
    """A codelist: its CDISC name and NCI code, its terms, whether a sponsor may add terms, and (synonym, term)."""

    name: str
    code: str
    terms: tuple[str, ...]
    extensible: bool = False
    synonyms: tuple[tuple[str, str], ...] = ()

    @property
    def expected(self) -> str:
        """The terms as a message prints them."""
        some = ", ".join(self.terms[:12])
        more = f", … ({len(self.terms)} terms)" if len(self.terms) > 12 else ""
        return f"a term of codelist {self.name}: {some}{more}"

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.terms)

    @cached_property
    def _writings(self) -> dict[str, str]:
        """Folded writing of each synonym and term → the term; nothing for a writing that two terms share."""
        found: dict[str, str] = {}
        for writing, term in (*((term, term) for term in self.terms), *self.synonyms):
            plain = self._plain(writing)
            if found.setdefault(plain, term) != term:
                found[plain] = ""
        return found

    def _plain(self, text: str) -> str:
        if self.name == _FREQUENCIES:
            return _often(text)
        if self.name not in _UNITS:
            return folded(text)
        return _POWER.sub("10^", folded(text.translate(_MICRO)).replace(" ", ""))

    @cached_property
    def _loose_writings(self) -> dict[str, str]:
        """The same without blanks and punctuation: P.O. is PO."""
        found: dict[str, str] = {}
        for plain, term in self._writings.items():
            if found.setdefault(loosened(plain), term) != term:
                found[loosened(plain)] = ""
        return found

    @cached_property
    def _loose(self) -> dict[int, list[tuple[str, str]]]:
        """Length of the loosened text → each term of that length, with its loosened text."""
        found: dict[int, list[tuple[str, str]]] = {}
        for term in self.terms:
            loose = loosened(term)
            found.setdefault(len(loose), []).append((loose, term))
        return found

    def almost(self, text: str) -> str:
        """The term of which a text that is none is another writing, a synonym, or one letter off; empty where none."""
        if text in self._known:
            return ""
        plain = self._plain(text)
        if self.name in _UNITS:
            # CDISC's synonyms are in the singular: Milligram. A letter more or less would be another unit.
            return self._writings.get(plain) or (self._writings.get(plain.removesuffix("s"), "") if plain[5:] else "")
        # A plural, also of terms too short for a letter more or less to be a slip: TOES.
        if term := self._writings.get(plain, "") or self._writings.get(plain.removesuffix("s"), ""):
            return term
        loose = loosened(text)
        if term := self._loose_writings.get(loosened(plain), ""):
            return term
        if self.name == _FREQUENCIES and (len(loose) <= _CODE or any(c.isdigit() for c in loose)):
            return ""
        near = (one for size in (0, -1, 1) for one in self._loose.get(len(loose) + size, ()))
        return next((term for other, term in near if loose == other or is_near(loose, other)), "")

    def meant(self, text: str) -> str:
        """What `almost` says, or else the term that is most like the text; empty where none is like it."""
        found = self.almost(text)
        if found or self.name in _UNITS or self.name == _FREQUENCIES or len(loosened(text)) < _FEWEST:
            return found
        numbers = _digits(text)
        plain = {term.upper(): term for term in self.terms if _digits(term) == numbers}
        return plain.get(most_like(text.upper().strip(), plain), "")


def _often(text: str) -> str:
    """A frequency in one of the ways in which it can be written."""
    plain = folded(text)
    for pattern, words in _OFTEN:
        plain = pattern.sub(words, plain)
    return " ".join(plain.split())


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


@cache
def _written() -> dict[str, tuple[tuple[str, str], ...]]:
    text = WRITTEN.read_text(encoding="utf-8")
    found: dict[str, list[tuple[str, str]]] = {}
    for line in csv.DictReader(line for line in text.splitlines() if not line.startswith("#")):
        found.setdefault(line["LIST"], []).append((line["WRITING"], line["TERM"]))
    return {name: tuple(pairs) for name, pairs in found.items()}


def written(name: str) -> tuple[tuple[str, str], ...]:
    """What people write for terms of a codelist, beside CDISC's synonyms: pairs of (writing, term)."""
    return _written().get(name, ())


@cache
def _lines() -> dict[str, list[dict[str, str]]]:
    """The lines of the source by codelist."""
    found: dict[str, list[dict[str, str]]] = {}
    text = SOURCE.read_text(encoding="utf-8")
    for line in csv.DictReader(line for line in text.splitlines() if not line.startswith("#")):
        found.setdefault(line["LIST"], []).append(line)
    return found


def published(name: str, *more: str, extensible: bool = False, earlier: Iterable[str] = ()) -> Codelist:
    """A codelist as CDISC publishes it, joined with those that SDTM names beside it for the same variables.

    `earlier` are terms of earlier packages, or that the guide itself names.
    """
    lines = [line for one in (name, *more) for line in _lines()[one]]
    terms = list(dict.fromkeys([*(line["TERM"] for line in lines), *earlier]))
    pairs = [(synonym, line["TERM"]) for line in lines for synonym in line["SYNONYMS"].split("; ") if synonym]
    pairs += [pair for one in (name, *more) for pair in written(one)]
    codes = " and ".join(dict.fromkeys(line["CODE"] for line in lines))
    return Codelist(name, codes, tuple(terms), extensible, tuple(pairs))
