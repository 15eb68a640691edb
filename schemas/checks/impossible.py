"""Checks of results of one moment that cannot be true together, by a short list in codelists/impossible.csv.

Not here: values that are possible and odd (`plausibility`), or of a wrong magnitude (`magnitude`).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.checks.findings import by_group, findings_with
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.unique import equals, taken, unique_texts
from trial_report.schemas.study import StudyDefinition

SOURCE = Path(__file__).parents[1] / "codelists" / "impossible.csv"

#: What two results of one moment have in common; tests of one moment may differ in category and method.
_MOMENT = ("OBJ", "SPEC", "POS", "LOC", "LAT", "DTC", "TPT", "TPTNUM", "REPNUM", "STRESU")
#: By how much two assays may disagree on a part and its whole.
_ASSAYS = 1.05


@cache
def _pairs() -> tuple[dict[str, str], ...]:
    text = SOURCE.read_text(encoding="utf-8")
    return tuple(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


@declare.check(
    "--066",
    "error",
    "Two results of one moment cannot both be true.",
    "Correct the one that is wrong; they may have been exchanged.",
)
def results_can_be_true(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    yield from _judged(domains, "Y")


@declare.check(
    "PL-022",
    "warning",
    "A part is larger than its whole at one moment.",
    "Ask the laboratory; the two may have been exchanged, or measured by methods that do not agree.",
)
def part_is_within_its_whole(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    yield from _judged(domains, "N")


def _judged(domains: Domains, certain: str) -> Iterator[Finding]:
    pairs = [pair for pair in _pairs() if pair["CERTAIN"] == certain]
    for domain, frame in findings_with(domains, "TESTCD", "STRESN", "DTC"):
        for pair in pairs:
            if pair["DOMAIN"] == domain:
                yield from _pair(domain, frame, pair)


def _pair(domain: str, frame: pd.DataFrame, pair: dict[str, str]) -> Iterator[Finding]:
    test, number = frame[f"{domain}TESTCD"], frame[f"{domain}STRESN"]
    one = equals(test, pair["TEST"]) & number.notna() & frame[f"{domain}DTC"].notna()
    if not one.any():
        return
    if pair["BESIDE"]:
        code, _, result = pair["BESIDE"].partition("=")
        other = equals(test, code) & equals(frame[f"{domain}STRESC"], result)
        limit = float(pair["OTHER"])
    else:
        other, limit = equals(test, pair["OTHER"]) & number.notna(), None
    part = frame[one | other]
    # A unit is of the number; a result beside it has none.
    names = [name for name in _MOMENT if not (pair["BESIDE"] and name == "STRESU")]
    moment = by_group(part, ["USUBJID", "VISITNUM", *(domain + name for name in names)])
    # Repeats at one moment belong together in their order.
    turn = part.groupby([moment, one[part.index]]).cumcount()
    table = pd.DataFrame({"moment": moment, "turn": turn, "row": part.index, "value": number[part.index]})
    both = table[one[part.index]].merge(table[~one[part.index]], on=["moment", "turn"], suffixes=("", "_other"))
    bound = both["value_other"] if limit is None else pd.Series(limit, index=both.index)
    if pair["CERTAIN"] != "Y":
        bound = bound * _ASSAYS
    both = both[(both["value"] >= bound) if pair["RELATION"] == ">=" else (both["value"] > bound)]
    if both.empty:
        return
    yield from _at_the_odd_one(domain, frame, pair, both)


def _at_the_odd_one(domain: str, frame: pd.DataFrame, pair: dict[str, str], both: pd.DataFrame) -> Iterator[Finding]:
    """A finding at the one of the two results that is farther from what the subject has otherwise."""
    usual = _subject_median(domain, frame)
    away = [(both[row].map(frame[f"{domain}STRESN"]) - both[row].map(usual)).abs() for row in ("row", "row_other")]
    other = (away[1] > away[0]).to_numpy() & (pair["BESIDE"] == "")
    place = np.where(other, both["row_other"], both["row"])
    opposite = {">": "<=", ">=": "<"}[pair["RELATION"]]
    codes, texts = unique_texts(frame[f"{domain}STRESC"])
    result = taken(texts, codes[both["row_other"].to_numpy()]).to_numpy()
    own = taken(texts, codes[both["row"].to_numpy()]).to_numpy()
    said = [
        f"{pair['TEST']} {opposite} {pair['OTHER']}: here {own[n]}"
        + (f", beside {pair['BESIDE']}" if pair["BESIDE"] else f" and {result[n]}")
        + f"; {pair['WHY']}"
        for n in range(len(both))
    ]
    expected = pd.Series(said, index=place, dtype="str")
    partner = pd.Series(np.where(other, both["row"], both["row_other"]), index=place)
    partner = partner[~partner.index.duplicated()]
    expected = expected[~expected.index.duplicated()].sort_index()
    rows = pd.Series(False, index=frame.index)
    rows[expected.index] = True
    also = tuple(f"{domain}{name}" for name in ("STRESC", "TESTCD", "DTC", "ORRES", "STRESU"))
    yield Finding(domain, rows, f"{domain}STRESN", expected=expected, also=also, beside=partner)


def _subject_median(domain: str, frame: pd.DataFrame) -> pd.Series:
    series = by_group(frame, ["USUBJID", f"{domain}TESTCD", f"{domain}POS", f"{domain}LOC", f"{domain}LAT"])
    return frame[f"{domain}STRESN"].groupby(series).transform("median")
