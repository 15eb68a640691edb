"""How numbers are printed: rounded once, half away from zero, by these functions and no other.

The standard (printed in section 9.7 of the report from `STANDARD`):
a mean, median, quartile, interval or estimate has one decimal more than the data, a standard deviation two more, up to
three decimals; minimum and maximum as many; a percentage one; a p-value four, below 0.0001 "<0.0001".

Not here: which statistics a row has (`rows`), and layout of cells (`analysis.display`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal

MISSING = "–"
"""Printed where a value does not exist."""

MINUS = "−"
"""The minus sign (U+2212): it does not break from its number, and aligns with digits."""

STANDARD = (
    "Means, medians, quartiles, confidence limits and other estimates are printed with one decimal more than the "
    "data were collected with, standard deviations with two more, both up to three decimals; minima and maxima with "
    "as many as the data; percentages with one decimal; p-values with four decimals, and as <0.0001 below that. "
    "Numbers are rounded once, when they are printed, halves away from zero. A value that is not calculated, for want "
    "of values or because too few would carry it, is printed as “–”."
)


# Wide enough for any float (308 digits before the point) with the digits behind it.
_EXACT = Context(prec=400, rounding=ROUND_HALF_UP)


def exists(value: float | None) -> bool:
    """Whether there is a finite value to print."""
    return value is not None and math.isfinite(value)


def fmt_number(value: float | None, decimals: int = 0, *, thousands: bool = False) -> str:
    """A number with that many decimals, half away from zero; "–" when it does not exist; never "-0.0".

    The decimal that is rounded is the shortest that reads back as the same float (2.675 is 2.675, and becomes
    2.68), after nine digits behind the printed ones have absorbed what binary arithmetic left over.
    """
    if value is None or not math.isfinite(value):
        return MISSING
    exact = Decimal(repr(float(value)))
    # 0.1 + 0.2 style residue must not decide a half: settle it far behind the last printed digit first.
    settled = exact.quantize(Decimal(1).scaleb(-(decimals + 9)), context=_EXACT)
    rounded = settled.quantize(Decimal(1).scaleb(-decimals), context=_EXACT)
    digits = f"{abs(rounded):,f}" if thousands else f"{abs(rounded):f}"
    return f"{MINUS}{digits}" if rounded < 0 else digits


def fmt_days(value: float | None) -> str:
    """A median time in days: whole, or with the half where it lies between two days."""
    return fmt_number(value, 1 if value is not None and value % 1 else 0)


def fmt_p(value: float | None) -> str:
    """A p-value: four decimals, "<0.0001" below, ">0.9999" above."""
    if value is None or not math.isfinite(value):
        return MISSING
    if value < 0.0001:
        return "<0.0001"
    if value > 0.9999:
        return ">0.9999"
    return fmt_number(value, 4)


def p_said(printed: str) -> str:
    """A printed p-value in a sentence: "p = 0.0123", "p <0.0001"; of one that does not exist "p –"."""
    return f"p {printed}" if printed[0] in f"<>{MISSING}" else f"p = {printed}"


def fmt_interval(low: str, high: str) -> str:
    """Two finished limits as "low to high"; "–" when neither exists."""
    return MISSING if low == MISSING and high == MISSING else f"{low} to {high}"


def join_words(words: Iterable[str], last: str = "and") -> str:
    """A list in a sentence: "a", "a and b", "a, b and c"."""
    items = list(words)
    if len(items) <= 2:
        return f" {last} ".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def in_words(count: int) -> str:
    """A count in a sentence: words below ten, digits from there on."""
    return DIGITS[count] if 0 <= count < len(DIGITS) else fmt_number(count)
