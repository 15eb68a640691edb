"""Dates of SDTM (ISO 8601 texts) as SQL functions: the days and the moment that a text can mean, each text read once.

SDTMIG 3.4, section 4.4: a missing part in the middle is a hyphen (2003---15), at the end it is left out; a/b is an
interval of uncertainty; an offset says how far the clock was ahead of UTC.

Not here: imputed days of a dataset (`datasets`).
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from duckdb.func import SPECIAL

from trial_report.analysis.verify.source import Connection

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?![\d])")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?")
_OFFSET = re.compile(r"T.*([+-])(\d{2}):(\d{2})$")
Span = tuple[date, date]


@cache
def days(text: str) -> Span | None:
    """The first and the last day that a text can mean; an interval that ends before it begins means none."""
    begin, _, end = text.partition("/")
    first, last = _days_of(begin), _days_of(end or begin)
    return (first[0], last[1]) if first and last and first[0] <= last[1] else None


def _days_of(text: str) -> Span | None:
    """Of one date: its day, its month or its year. A day that does not exist leaves its month."""
    found = _DATE.match(text)
    if found is None:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        if year and month and day:
            return date(year, month, day), date(year, month, day)
    except ValueError:
        day = None
    if year and month and 1 <= month <= 12:
        return date(year, month, 1), date(year, month, monthrange(year, month)[1])
    return (date(year, 1, 1), date(year, 12, 31)) if year else None


def first_day(text: str) -> date | None:
    """The first day that a text can mean."""
    span = days(text)
    return span[0] if span else None


def last_day_of(text: str) -> date | None:
    """The last day that a text can mean."""
    span = days(text)
    return span[1] if span else None


def whole_date(text: str) -> date | None:
    """The day of a text that can mean one day only."""
    span = days(text)
    return span[0] if span and span[0] == span[1] else None


def missing_part(text: str) -> str | None:
    """What has to be imputed: D the day, M month and day; nothing where the day is there."""
    found = _DATE.match(text)
    if found is None or whole_date(text):
        return None
    return "D" if found[2] else "M"


@cache
def clock(text: str) -> datetime | None:
    """What the clock said; an interval names no moment."""
    found = None if "/" in text else _TIME.match(text)
    try:
        return datetime.fromisoformat(found[0]) if found else None
    except ValueError:
        return None


@cache
def ahead(text: str) -> int | None:
    """By how many minutes the clock was ahead of UTC; None where the text does not say."""
    if clock(text) is None:
        return None
    if text.endswith("Z"):
        return 0
    found = _OFFSET.search(text)
    return None if found is None else (-1 if found[1] == "-" else 1) * (60 * int(found[2]) + int(found[3]))


def instant(text: str) -> datetime | None:
    """The moment in UTC of a text that says its offset."""
    said, minutes = clock(text), ahead(text)
    return None if said is None or minutes is None else said - timedelta(minutes=minutes)


def local_time(text: str) -> datetime | None:
    """A time of day without an offset: comparable with others of its kind only."""
    return clock(text) if ahead(text) is None else None


FUNCTIONS: dict[Callable[[str], Any], str] = {
    first_day: "DATE",
    last_day_of: "DATE",
    whole_date: "DATE",
    missing_part: "VARCHAR",
    clock: "TIMESTAMP",
    ahead: "INTEGER",
    instant: "TIMESTAMP",
    local_time: "TIMESTAMP",
}


def functions_of(con: Connection) -> None:
    """Makes the functions known to a database under their names; of a missing text each is missing."""
    for function, kind in FUNCTIONS.items():
        con.create_function(function.__name__, _of_missing(function), ["VARCHAR"], kind, null_handling=SPECIAL)


def _of_missing(function: Callable[[str], Any]) -> Callable[[str | None], Any]:
    return lambda text: None if text is None else function(text)
