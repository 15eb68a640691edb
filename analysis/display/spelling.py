"""American or British: the spelling of the generator's own words, and what a line may not break between.

The code is written in either spelling; a report has one. Only words that the generator itself puts into a report are
listed: no medical term is, as terms come from the data, and no word in capitals is changed, as those are codes.
Phrases of the study's definition inside a generated sentence stay as the study writes them.

Not here: sentences (`report.prose`), and slips in data (`schemas.codelists.alike`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.identity import Language

_ENDINGS = ("e", "ed", "es", "er", "ing", "ation", "ations")
_IZE = (
    "categor", "character", "hospital", "maxim", "minim", "neutral", "normal", "parametr", "random", "recogn",
    "standard", "summar", "util", "visual",
)  # fmt: skip
_OTHERS = {
    "analyze": "analyse", "analyzed": "analysed", "analyzing": "analysing", "unanalyzed": "unanalysed",
    "behavior": "behaviour", "centered": "centred", "center": "centre", "centers": "centres",
    "multicenter": "multicentre", "color": "colour", "colors": "colours", "colored": "coloured",
    "enrollment": "enrolment", "enrollments": "enrolments",
    "favor": "favour", "favors": "favours", "favored": "favoured", "favorable": "favourable",
    "favorably": "favourably", "fulfill": "fulfil", "fulfills": "fulfils", "gray": "grey", "judgment": "judgement",
    "labeled": "labelled", "labeling": "labelling", "modeled": "modelled", "modeling": "modelling",
    "neighbor": "neighbour", "neighbors": "neighbours", "toward": "towards", "tumor": "tumour", "tumors": "tumours",
    "unfavorable": "unfavourable",
}  # fmt: skip

AMERICAN_TO_BRITISH: dict[str, str] = _OTHERS | {
    f"{stem}iz{end}": f"{stem}is{end}" for stem in _IZE for end in _ENDINGS
}
"""Every word that is spelled in two ways, in small letters: American → British."""

_BRITISH_TO_AMERICAN = {british: american for american, british in AMERICAN_TO_BRITISH.items()}
_WORD = re.compile(r"[A-Za-z]+")

_DATE = re.compile(r"(?P<year>\d{4})(?:-(?P<month>0[1-9]|1[0-2])(?:-(?P<day>[0-3]\d)(?:T.*)?)?)?")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip

NAMES = frozenset({
    "Addison", "Asperger", "Barrett", "Barthel", "Behcet", "Bell", "Breslow", "Brugada", "Candida", "Charcot",
    "Clostridium", "Cushing", "Dupuytren", "Ehlers", "Epstein", "Escherichia", "Fitzpatrick", "Fontaine", "Gilbert",
    "Glasgow", "Gleason", "Guillain", "Hachinski", "Hamilton", "Hashimoto", "Helicobacter", "Hodgkin", "Hoehn",
    "Horner", "Huntington", "Kaposi", "Karnofsky", "Kawasaki", "Klebsiella", "Korsakoff", "Lyme", "Marfan", "Mayo",
    "Meniere", "Pneumocystis", "Pseudomonas", "Rankin", "Rett", "Rutherford", "Salmonella", "Sjogren",
    "Staphylococcus", "Stevens", "Streptococcus", "Tanner", "Tourette", "Turner", "Waldenstrom", "Wernicke", "Wilms",
    "Wolff", "Zenker",
})  # fmt: skip
"""Names of persons and of species with which a term or label begins, and which keep their capital."""

NO_BREAK = "\u00a0"
_VISIT = re.compile(
    r"\b(Weeks?|Days?|Months?|Years?|Visits?|Cycles?|Phases?|Grades?|grades?|days?|level|cohort) (?=\d)"
)
_POWER = re.compile(r"(?<=\d) × (?=10[⁰¹²³⁴⁵⁶⁷⁸⁹⁻])")
_UNITS = (
    "%|mm|cm|m|km|cm²|m²|mm²|mm Hg|mmHg|µg|ng|mg|g|kg|mL|dL|L|U|IU|mol|mmol|µmol|nmol|fmol|fL|msec|ms|sec|s|h|bpm|°C|"
    "C|cells|kPa|mSv"
)
_UNIT = re.compile(rf"(?<=[\d⁰¹²³⁴⁵⁶⁷⁸⁹]) (?=(?:{_UNITS})(?:/[\w.²³]+)*(?![\w⁻]))")
_UNIT_AFTER = re.compile(rf" (?=(?:{_UNITS})(?:/[\w.²³]+)*(?![\w⁻]))")


def unbroken(words: str, *, after_number: bool = False) -> str:
    """The words with no-break spaces between a number and its unit, in "Week 30", and in "2.0 × 10⁸".

    `after_number`: a number stands before the words, so that a unit at their beginning belongs to it.
    """
    if after_number and (found := _UNIT_AFTER.match(words)):
        words = NO_BREAK + words[found.end() :]
    words = _POWER.sub(f"{NO_BREAK}×{NO_BREAK}", words)
    return _UNIT.sub(NO_BREAK, _VISIT.sub(rf"\1{NO_BREAK}", words))


def small_first(words: str) -> str:
    """The words as they stand inside a sentence: names, abbreviations and "C-reactive" keep their capital."""
    first = re.split(r"[ -]", words, maxsplit=1)[0]
    if first in NAMES or first.endswith(("'s", "’s")) or not words[1:2].islower():
        return words if words[1:2] != " " else words[:1].lower() + words[1:]
    return words[:1].lower() + words[1:]


def spelled(words: str, language: Language, own: Collection[str] = ()) -> str:
    """The words in the spelling of that language; `own`, phrases of the study, stay as they are."""
    kept = [phrase for phrase in own if phrase in words]
    if not kept:
        return _WORD.sub(lambda match: _one(match.group(), language), words)
    cut = re.compile("|".join(re.escape(phrase) for phrase in sorted(kept, key=len, reverse=True)))
    pieces, places = cut.split(words), cut.findall(words)
    said = [spelled(piece, language) for piece in pieces]
    return said[0] + "".join(place + piece for place, piece in zip(places, said[1:], strict=True))


def _one(word: str, language: Language) -> str:
    table = AMERICAN_TO_BRITISH if language == "en-GB" else _BRITISH_TO_AMERICAN
    small = word.lower()
    # Words all in capitals are codes.
    if small not in table or (word.isupper() and len(word) > 1):
        return word
    found = table[small]
    return found[:1].upper() + found[1:] if word[:1].isupper() else found


def has_two(words: str) -> bool:
    """Whether a word in it is spelled in two ways."""
    return any(
        one.lower() in AMERICAN_TO_BRITISH or one.lower() in _BRITISH_TO_AMERICAN for one in _WORD.findall(words)
    )


@dataclass(frozen=True)
class Spelling:
    """The spelling of a study's report: its language, and the phrases that are the study's own."""

    language: Language
    own: frozenset[str]

    @classmethod
    def of_study(cls, definition: StudyDefinition) -> Spelling:
        """By the study's `language`; its own are the texts of the definition with a word that has two spellings."""
        texts = _texts(definition.model_dump(mode="python"))
        own = {form for text in texts if has_two(text) for form in (text, text[:1].lower() + text[1:])}
        return cls(definition.study.language, frozenset(own))

    def date(self, collected: str) -> str:
        """A date of ISO 8601 in a sentence: "March 5, 2021" or "5 March 2021", "March 2021", "2021".

        A time of day is left out; what is no such date stays as it is.
        """
        found = _DATE.fullmatch(collected)
        if not found:
            return collected
        year, month, day = found["year"], found["month"], found["day"]
        if not month:
            return year
        name = _MONTHS[int(month) - 1]
        if not day:
            return f"{name} {year}"
        return f"{name} {int(day)}, {year}" if self.language == "en-US" else f"{int(day)} {name} {year}"

    def __call__(self, words: str) -> str:
        """The words as this report spells them."""
        return spelled(words, self.language, self.own)


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for key, value in part.items():
            yield from _texts(key)
            yield from _texts(value)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from _texts(value)
