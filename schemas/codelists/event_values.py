"""By which measurements an adverse event is graded or named: hypertension by blood pressure, anemia by hemoglobin.

Not here: the grade of a value itself, which the study's definition gives (`analysis.derive.grades`).
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

_LIST = Path(__file__).with_name("event_values.csv")


def plain(term: str) -> str:
    """The term in small letters and American spelling, so that two writings of it are the same text."""
    words = " ".join(term.casefold().split())
    return words.replace("aemi", "emi").replace("haem", "hem").replace("oedem", "edem").replace("normalis", "normaliz")


@cache
def _measured() -> dict[str, tuple[str, ...]]:
    lines = [line for line in _LIST.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {row["TERM"]: tuple(row["TESTCDS"].split(";")) for row in csv.DictReader(lines)}


def measured_by(term: str) -> tuple[str, ...]:
    """The test codes of the values that an event of this term is of; empty where it is of none."""
    return _measured().get(plain(term), ())
