"""How often a dose is given: what the terms of CDISC codelist FREQ say in administrations a day.

The terms are data, in codelists/frequency.csv. The codelist is extensible, and its terms are built by a few patterns;
a term that one of the patterns makes (EVERY 9 WEEKS, Q2W) means what it says, also where CDISC has not listed it.

Not here: days and doses of a subject, which are derived (`analysis.derive.exposure`).
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

SOURCE = Path(__file__).parent / "frequency.csv"

#: Length of each unit in days. A month is a twelfth of a year of 365.25 days, as in admiral's dose_freq_lookup.
DAYS = {"MINUTE": 1 / 1440, "HOUR": 1 / 24, "DAY": 1.0, "WEEK": 7.0, "MONTH": 30.4375, "YEAR": 365.25}

#: Letters that stand for a unit in terms such as Q12H; S, of CDISC's synonyms, is a week.
_LETTERS = {"MIN": "MINUTE", "H": "HOUR", "D": "DAY", "W": "WEEK", "S": "WEEK", "M": "MONTH", "Y": "YEAR"}

_PATTERNS = (
    re.compile(r"EVERY (?P<every>\d+ )?(?P<unit>MINUTE|HOUR|DAY|WEEK|MONTH|YEAR)S?"),
    re.compile(r"Q(?P<every>\d*)(?P<letter>MIN|[HDWSMY])"),
    re.compile(r"(?P<count>\d+) TIMES? (?:PER|A) (?P<unit>HOUR|DAY|WEEK|MONTH|YEAR)"),
)

#: What a message says was expected.
EXPECTED = "a term of codelist FREQ (C71113), such as QD, BID, Q12H, EVERY 3 WEEKS, 2 TIMES PER WEEK, ONCE"


def per_day(terms: pd.Series) -> pd.Series:
    """Administrations a day by each term (float). NaN for a missing term, one that is not known, and one that gives no
    number of them in a time: ONCE, TWICE and THRICE (see `per_record`), PRN, CONTINUOUS, UNKNOWN and their like.

    Case and blanks around a term do not matter, and CDISC's synonyms (DAILY, BD, Q2D) count as their terms.
    """
    return _looked_up(terms, 0)


def per_record(terms: pd.Series) -> pd.Series:
    """Administrations in one record by each term that counts them so: ONCE 1, TWICE 2, THRICE 3; NaN for others."""
    return _looked_up(terms, 1)


def is_known(terms: pd.Series) -> pd.Series:
    """Which terms are of the codelist, or built as its terms are. Missing terms are not judged: they are True."""
    known = [term for term in terms.dropna().drop_duplicates() if _meaning(str(term)) is not None]
    return terms.isna() | terms.isin(known)


def terms_listed() -> tuple[str, ...]:
    """The submission values of the codelist, in its order."""
    return tuple(_listed()["TERM"])


def synonyms_listed() -> tuple[tuple[str, str], ...]:
    """CDISC's synonyms of the terms, each with its term."""
    pairs = zip(_listed()["SYNONYMS"].fillna(""), _listed()["TERM"], strict=True)
    return tuple((one, term) for synonyms, term in pairs for one in synonyms.split("; ") if one)


def _looked_up(terms: pd.Series, place: int) -> pd.Series:
    found = {term: (_meaning(str(term)) or (np.nan, np.nan))[place] for term in terms.dropna().drop_duplicates()}
    return terms.map(found).astype("float64")


@cache
def _listed() -> pd.DataFrame:
    return pd.read_csv(SOURCE, comment="#", dtype={"TERM": "str", "SYNONYMS": "str", "UNIT": "str"})


@cache
def _meanings() -> dict[str, tuple[float, float]]:
    """Term or synonym in capitals → administrations a day, administrations a record."""
    listed = _listed()
    count = listed["COUNT"].astype("float64")
    a_record = count.where(listed["UNIT"] == "RECORD")
    a_day = count / (listed["EVERY"] * listed["UNIT"].map(DAYS))
    meanings = list(zip(a_day.astype("float64"), a_record, strict=True))
    synonyms = listed["SYNONYMS"].fillna("").str.upper().str.split("; ")
    found = {name: meaning for names, meaning in zip(synonyms, meanings, strict=True) for name in names if name}
    return found | dict(zip(listed["TERM"], meanings, strict=True))


@cache
def _meaning(term: str) -> tuple[float, float] | None:
    text = " ".join(term.upper().split())
    if text in _meanings():
        return _meanings()[text]
    for pattern in _PATTERNS:
        if made := pattern.fullmatch(text):
            parts = made.groupdict()
            every, count = float(parts.get("every") or 1), float(parts.get("count") or 1)
            unit = parts.get("unit") or _LETTERS[parts["letter"]]
            return (count / (every * DAYS[unit]), np.nan) if count > 0 and every > 0 else None
    return None
