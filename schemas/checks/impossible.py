"""Checks of results of one moment that cannot be true together, by a short list in codelists/impossible.csv.

Not here: values that are possible and odd (`plausibility`), or of a wrong magnitude (`magnitude`).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
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
#: What the measurements of one wound have in common from visit to visit.
_SERIES = ("OBJ", "LOC", "LAT", "DIR", "PORTOT")
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
                yield from _pair(domains, domain, frame, pair)


def _pair(domains: Domains, domain: str, frame: pd.DataFrame, pair: dict[str, str]) -> Iterator[Finding]:
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
    lines = pd.Series(domains.sources[domain].lines, index=frame.index)
    if pair["BESIDE"]:
        yield from _by_what_came_later(domain, frame, pair, both, part[~one[part.index]].index, lines)
    else:
        yield from _at_the_odd_one(domain, frame, pair, both)


def _at_the_odd_one(domain: str, frame: pd.DataFrame, pair: dict[str, str], both: pd.DataFrame) -> Iterator[Finding]:
    """A finding at the one of the two results that is farther from what the subject has otherwise."""
    usual = _subject_median(domain, frame)
    away = [(both[row].map(frame[f"{domain}STRESN"]) - both[row].map(usual)).abs() for row in ("row", "row_other")]
    other = (away[1] > away[0]).to_numpy()
    opposite = {">": "<=", ">=": "<"}[pair["RELATION"]]
    own, result = (_results(domain, frame, both[name]) for name in ("row", "row_other"))
    said = [
        f"{pair['TEST']} {opposite} {pair['OTHER']}: here {own[n]} and {result[n]}; {pair['WHY']}"
        for n in range(len(both))
    ]
    yield _told(domain, frame, np.where(other, both["row_other"], both["row"]), said, "STRESN",
                np.where(other, both["row"], both["row_other"]))  # fmt: skip


def _by_what_came_later(
    domain: str, frame: pd.DataFrame, pair: dict[str, str], both: pd.DataFrame, beside: pd.Index, lines: pd.Series
) -> Iterator[Finding]:
    """A finding at the result that the next moment of the subject contradicts; at the number where there is none.

    A wound that still has an area was not healed, and the word is wrong; one that has none was, and the area is. Where
    nothing was recorded later, or the next moment says as little, the number's problem names both records.
    """
    test, number = frame[f"{domain}TESTCD"], frame[f"{domain}STRESN"]
    code, _, word = pair["BESIDE"].partition("=")
    numbers = equals(test, pair["TEST"]) & number.notna()
    words = equals(test, code) & frame[f"{domain}STRESC"].notna()
    said_so = equals(frame[f"{domain}STRESC"], word)
    over = (number >= float(pair["OTHER"])) if pair["RELATION"] == ">=" else (number > float(pair["OTHER"]))
    part = frame[(numbers | words) & frame[f"{domain}DTC"].notna()]
    table = pd.DataFrame({"row": part.index, "day": part[f"{domain}DTC"].to_numpy()})
    table["series"] = by_group(part, ["USUBJID", *(f"{domain}{name}" for name in _SERIES)]).to_numpy()
    # What a moment says of the wound: -1 that it is closed, 1 that it is open; 0 where number and word disagree.
    of_words = np.where(said_so, -1, 1) * words
    of_numbers = np.where(over, 1, -1) * numbers
    table["says"] = (of_words + of_numbers)[part.index].to_numpy()
    moments = table.groupby(["series", "day"], as_index=False)["says"].sum()
    moments["says"] = np.sign(moments["says"])
    moments["later"] = moments.groupby("series")["says"].shift(-1)
    # The number alone counts where its word was wrong again: a wound that goes on having an area is open.
    area = table[numbers[table["row"]].to_numpy()].groupby(["series", "day"])["says"].max().rename("area")
    moments = moments.merge(area.reset_index(), on=["series", "day"], how="left")
    moments["later_area"] = moments.groupby("series")["area"].shift(-1)
    later = moments["later_area"].fillna(moments["later"]).fillna(0)
    known = table.merge(moments.assign(later=later)[["series", "day", "later"]], on=["series", "day"])
    verdict = known.set_index("row")["later"][both["row"]].to_numpy()
    own, result = (_results(domain, frame, both[name]) for name in ("row", "row_other"))
    opposite = {">": "<=", ">=": "<"}[pair["RELATION"]]
    at = [lines[both[name]].to_numpy() for name in ("row", "row_other")]
    why = {
        1.0: "it was open later as well",
        -1.0: "it was closed later as well",
        0.0: "one of the two is wrong, and no later record tells which",
    }
    said = np.array(
        [
            f"{pair['TEST']} {opposite} {pair['OTHER']} beside {pair['BESIDE']}: here {own[n]} in line {at[0][n]} and "
            f"{result[n]} in line {at[1][n]}; {why[verdict[n]]}; {pair['WHY']}"
            for n in range(len(both))
        ],
        dtype=object,
    )
    word_wrong = verdict > 0
    for wrong, variable, place, partner in (
        (word_wrong, "STRESC", "row_other", "row"),
        (~word_wrong, "STRESN", "row", "row_other"),
    ):
        if wrong.any():
            yield _told(domain, frame, both[place][wrong].to_numpy(), said[wrong].tolist(), variable,
                        both[partner][wrong].to_numpy())  # fmt: skip


def _results(domain: str, frame: pd.DataFrame, rows: pd.Series) -> pd.Series:
    codes, texts = unique_texts(frame[f"{domain}STRESC"])
    return taken(texts, codes[rows.to_numpy()])


def _told(
    domain: str,
    frame: pd.DataFrame,
    places: npt.NDArray[np.int64],
    said: list[str],
    variable: str,
    partners: npt.NDArray[np.int64],
) -> Finding:
    """A finding at these rows, that is not told where the other of the two has failed already."""
    expected, partner = pd.Series(said, index=places, dtype="str"), pd.Series(partners, index=places)
    partner = partner[~partner.index.duplicated()]
    expected = expected[~expected.index.duplicated()].sort_index()
    rows = pd.Series(False, index=frame.index)
    rows[expected.index] = True
    also = tuple(f"{domain}{name}" for name in ("STRESC", "STRESN", "TESTCD", "DTC", "ORRES", "STRESU"))
    return Finding(domain, rows, f"{domain}{variable}", expected=expected, also=also, beside=partner)


def _subject_median(domain: str, frame: pd.DataFrame) -> pd.Series:
    series = by_group(frame, ["USUBJID", f"{domain}TESTCD", f"{domain}POS", f"{domain}LOC", f"{domain}LAT"])
    return frame[f"{domain}STRESN"].groupby(series).transform("median")
