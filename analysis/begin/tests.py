"""The tests that a study measures: a row a test and time point or position, and at which visits each is done.

Not here: which test becomes an endpoint or a laboratory parameter (`propose`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from trial_report.analysis.begin.look import Frames, came, commonest
from trial_report.analysis.derive.dates import whole_date
from trial_report.analysis.derive.records import number, text

MOST_DECIMALS = 3
"""A number that was computed from units has more than was collected."""

SIGNIFICANT = 3
"""Significant digits that a number converted from another unit keeps at most."""

_APART = ("TPT", "POS", "LOC", "LAT", "SPEC", "METHOD")
"""What can set records of one test at one visit apart, in the order in which it is looked at."""

_OFTEN = 0.2
"""From this share of records on beyond the first of a subject and visit, a test is done several times a visit."""

_FEW_CODES = 5
"""So many different whole numbers, without unit or limits, are codes of categories, as of cells or of urine strips."""

_SHARE = 0.1
"""A test is done at a visit where at least this share of those who came to it have a result."""


@dataclass(frozen=True)
class Measured:
    """A test of a findings domain: its code and name, what sets its records apart, unit, decimals.

    `later` counts subjects with a number after first dose, `visits` are the numbers of the visits it is done at.
    """

    domain: str
    testcd: str
    test: str
    category: str | None
    where: tuple[tuple[str, str], ...]
    unit: str | None
    decimals: int
    later: int
    visits: tuple[float, ...]


def measured(frames: Frames, domain: str, start: pd.Series) -> list[Measured]:
    """The tests with numbers, by category and code; those whose results are categories are not among them.

    `start` is USUBJID → day of first dose (`look.first_dose`).
    """
    if domain not in frames:
        return []
    frame, seen = frames[domain], came(frames)
    found = []
    for testcd, rows in _numbers(frame, domain).groupby(text(frame, f"{domain}TESTCD"), sort=True):
        if not is_categorical(rows, domain):
            found += [_one(domain, str(testcd), own, where, start, seen) for where, own in parts(rows, domain)]
    return sorted(found, key=lambda one: (one.category is None, one.category or "", one.testcd))


def categorical(frames: Frames, domain: str) -> list[str]:
    """The codes of tests whose results are categories: without any number, or with numbers that stand for words."""
    if domain not in frames:
        return []
    frame = frames[domain]
    numbers = _numbers(frame, domain)
    coded = numbers.groupby(text(frame, f"{domain}TESTCD"), sort=True)
    words = set(text(frame, f"{domain}TESTCD").dropna()) - set(text(numbers, f"{domain}TESTCD"))
    return sorted(words | {str(testcd) for testcd, rows in coded if is_categorical(rows, domain)})


def is_categorical(rows: pd.DataFrame, domain: str) -> bool:
    """Whether the numbers of a test stand for words.

    In laboratory and vital signs they do where the original results are words, or where there are only a few whole
    numbers and neither unit nor reference limits. Scores of questionnaires are numbers, whatever the answer's words.
    """
    if domain not in ("LB", "VS", "EG", "PE"):
        return False
    original = text(rows, f"{domain}ORRES").dropna()
    if len(original) and not original.str.contains(r"\d").mean() > 0.5:
        return True
    limits = [f"{domain}{end}" for end in ("ORNRLO", "ORNRHI", "STNRLO", "STNRHI")]
    bare = all(text(rows, name).isna().all() for name in (f"{domain}STRESU", f"{domain}ORRESU", *limits))
    values = number(rows, f"{domain}STRESN").dropna()
    return bare and bool((values % 1 == 0).all()) and values.nunique() <= _FEW_CODES


def parts(rows: pd.DataFrame, domain: str) -> list[tuple[tuple[tuple[str, str], ...], pd.DataFrame]]:
    """The records of a test by what sets them apart at a visit, a blood pressure lying from one standing.

    One part without a condition where a visit has one record, or nothing that tells them apart.
    """
    if _repeats(rows) < _OFTEN:
        return [((), rows)]
    for name in (f"{domain}{end}" for end in _APART):
        levels = text(rows, name)
        if len(levels.unique()) > 1 and levels.notna().all() and _repeats(rows.assign(_PART=levels), "_PART") < _OFTEN:
            order = number(rows, f"{domain}TPTNUM").groupby(levels).min()
            chosen = sorted(levels.unique(), key=lambda level: (order.fillna(np.inf).get(level, np.inf), level))
            return [(((name, str(level)),), rows.loc[levels == level]) for level in chosen]
    return [((), rows)]


def _repeats(rows: pd.DataFrame, *more: str) -> float:
    if "VISITNUM" not in rows:
        return 0.0
    return float(rows.duplicated(["USUBJID", "VISITNUM", *more]).mean()) if len(rows) else 0.0


def _numbers(frame: pd.DataFrame, domain: str) -> pd.DataFrame:
    has = text(frame, f"{domain}TESTCD").notna() & number(frame, f"{domain}STRESN").notna()
    return frame.loc[has]


def _one(
    domain: str,
    testcd: str,
    rows: pd.DataFrame,
    where: tuple[tuple[str, str], ...],
    start: pd.Series,
    seen: pd.Series,
) -> Measured:
    after = whole_date(text(rows, f"{domain}DTC")) > rows["USUBJID"].map(start)
    return Measured(
        domain=domain,
        testcd=testcd,
        test=commonest(text(rows, f"{domain}TEST")) or testcd,
        category=commonest(text(rows, f"{domain}CAT")),
        where=where,
        unit=commonest(text(rows, f"{domain}STRESU")),
        decimals=decimals(rows, domain),
        later=int(rows.loc[after, "USUBJID"].nunique()),
        visits=done_at(rows, seen),
    )


def decimals(rows: pd.DataFrame, domain: str) -> int:
    """The decimals that the original results bear, at most three.

    In the unit of the original those that 95 of a hundred originals have at most. In another unit as many as keep the
    significant digits of most originals, three at most: 14.2 g/dL are 8.81 mmol/L, 141.0 lb are 64.0 kg.
    """
    standard = number(rows, f"{domain}STRESN").map("{:g}".format, na_action="ignore").astype("str")
    original = text(rows, f"{domain}ORRES").fillna(text(rows, f"{domain}STRESC")).fillna(standard).str.strip()
    figures = original.str.extract(r"^[-+]?0*(?P<whole>\d*)(?:[.,](?P<places>\d+))?$").astype("str").fillna("")
    plain = original.str.contains(r"^[-+]?\d+(?:[.,]\d+)?$").fillna(False).astype(bool)
    if not plain.any():
        return 0
    places = figures.loc[plain, "places"].str.len()
    collected, standard_unit = text(rows, f"{domain}ORRESU"), text(rows, f"{domain}STRESU")
    other = collected.notna() & standard_unit.notna() & (collected != standard_unit)
    value = number(rows, f"{domain}STRESN").abs().loc[plain]
    converted = other.loc[plain] & (value > 0)
    if not converted.mean() > 0.5:
        return min(MOST_DECIMALS, int(places.quantile(0.95, interpolation="higher")))
    digits = (figures.loc[plain, "whole"] + figures.loc[plain, "places"]).str.lstrip("0").str.len()
    # Three digits are what a measurement bears: a weight of 141.0 lb is one of 64.0 kg.
    digits = digits.clip(upper=SIGNIFICANT)
    kept = (digits - np.floor(np.log10(value[converted])) - 1).dropna()
    return int(np.clip(kept.mode().min(), 0, MOST_DECIMALS))


def done_at(rows: pd.DataFrame, came: pd.Series) -> tuple[float, ...]:
    """The numbers of the visits at which enough of those who came (visit number → subjects) have a result."""
    if "VISITNUM" not in rows:
        return ()
    share = (rows.groupby("VISITNUM")["USUBJID"].nunique() / came).dropna()
    return tuple(sorted(float(visit) for visit in share.index[share >= _SHARE]))
