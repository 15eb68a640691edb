"""Which measurements were averaged over the sides of a subject, and the words that say so.

Not here: the averaging (`derive.sides`).
"""

from __future__ import annotations

from collections.abc import Sequence

from trial_report.analysis.display.book import Book
from trial_report.analysis.results.formatting import join_words
from trial_report.schemas.study.measures import Parameter


def averaged(book: Book, parameters: Sequence[Parameter] | None = None) -> list[Parameter]:
    """Those of the parameters (None: all) of which anybody has values of several sides at one moment."""
    chosen = book.definition.parameters if parameters is None else parameters
    return [one for one in chosen if one.paramcd in book.averaged]


def rule_of_sides(book: Book) -> list[str]:
    """The rule, for the derivations of section 9.7; none where nothing was averaged."""
    found = averaged(book)
    if not found:
        return []
    names = join_words(dict.fromkeys(one.label for one in found))
    return [
        f"{names}: measured on several sides at one moment, such as both eyes, and of no one side by definition. The "
        "value at a moment is the mean of the sides measured there (of repetitions of one side, the last); where fewer "
        f"sides have a value than at the fullest moment of the same {book.definition.study.subject}, there is no value."
    ]


def side_notes(book: Book, parameters: Sequence[Parameter]) -> list[str]:
    """The note of a table or listing of these parameters."""
    found = averaged(book, parameters)
    if not found:
        return []
    whose = f"{join_words(dict.fromkeys(one.label for one in found))}: values" if len(parameters) > 1 else "Values"
    return [f"{whose} of several sides at one moment are averaged; there is none where a side is missing."]
