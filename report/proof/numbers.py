"""Whether each traced number of a page is the printed form of its result.

Not here: whether page and PDF agree (`words`), and whether a result is right (`analysis.verify`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pandas as pd

from trial_report.analysis.display.book import RESULTS
from trial_report.analysis.results.formatting import DIGITS, MISSING
from trial_report.report.proof.page import Piece

# A sentence may say of zero that there is none, and begin with a small number as a word.
_NONE = frozenset({"no", "none", "nobody", "nothing", "not"})
_TWO = frozenset({"both"})
_BLANK = re.compile(r"\s+")

__all__ = ["RESULTS", "wrong"]


def wrong(pieces: Iterable[Piece], results: pd.DataFrame) -> Iterator[str]:
    """Yield, in words, each traced number that is not what its results say."""
    printed: dict[str, str | None] = dict(zip(results["key"], results["formatted"], strict=True))
    values: dict[str, object] = dict(zip(results["key"], results["value"], strict=True))
    for text, keys in _numbers(pieces):
        lost = [key for key in keys if key not in printed]
        if lost:
            yield f"the number '{text}' is traced to '{lost[0]}', and there is no such result"
            continue
        forms = [_form(printed[key]) for key in keys]
        if len(keys) == 1 and text == forms[0]:
            continue
        if not (_in_words(text, [values[key] for key in keys]) or _holds(text, forms) or _sum(text, keys, values)):
            yield f"the number '{text}' is not the result '{keys[0]}', which is '{', '.join(forms)}'"


def _numbers(pieces: Iterable[Piece]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Join what stands in pieces inside one number."""
    text = ""
    keys: tuple[str, ...] = ()
    for piece in pieces:
        if keys and piece.keys is not keys:
            yield _printed(text), keys
            text = ""
        keys = piece.keys
        text += piece.text if keys else ""
    if keys:
        yield _printed(text), keys


def _printed(text: str) -> str:
    """A number as it is read: its minus may be written as the hyphen that a reader types to find it."""
    return _BLANK.sub(" ", text).strip().replace("-", "\u2212")


def _form(printed: object) -> str:
    return _printed(printed) if isinstance(printed, str) and printed else MISSING


def _in_words(text: str, values: list[object]) -> bool:
    word = text.lower()
    if word in _NONE:
        return not any(values)
    if len(values) != 1 or (word not in DIGITS and word not in _TWO):
        return False
    return values[0] == (2 if word in _TWO else DIGITS.index(word))


def _holds(text: str, forms: list[str]) -> bool:
    """Say whether a text traced to several results, as "3 of 20", holds their forms in order."""
    at = 0
    for form in forms:
        found = re.compile(rf"(?<![\d.,])(?<!\d[.,]){re.escape(form)}(?![\d]|[.,]\d)").search(text, at)
        if not found:
            return False
        at = found.end()
    return len(forms) > 1


def _sum(text: str, keys: tuple[str, ...], values: dict[str, object]) -> bool:
    """Say whether a text is the sum of whole results, as the size of a set that several rows make up."""
    plain = text.replace(",", "")
    held = [values[key] for key in keys]
    return (
        len(keys) > 1
        and plain.isdigit()
        and all(isinstance(value, int | float) and value == value for value in held)
        and int(plain) == round(sum(float(value) for value in held if isinstance(value, int | float)))
    )
