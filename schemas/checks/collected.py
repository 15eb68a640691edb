"""Checks of results as collected: numbers in another writing, words among numbers, and what they were made of.

SDTMIG 3.4, section 4.5.1: --ORRES is the result as collected, --STRESC the same in standard format and units, --STRESN
the number of --STRESC. What stands in one of the three and cannot be what stands in another is looked for here.

Not here: units and what a conversion makes of a number (`units`), and results of an impossible size (`magnitude`).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.checks.findings import by_group, findings_with, is_yes
from trial_report.schemas.domains.numbers import to_number
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.unique import are_same, matches, of_each, recalled, spread, unique_texts
from trial_report.schemas.study import StudyDefinition

#: What tells one test from another that has its code: each may have its own unit, scale and way of writing.
TEST = ("TESTCD", "OBJ", "CAT", "SCAT", "SPEC", "METHOD")
#: A test has numbers where this share of its results are, and at least so many.
_NUMERIC, _ENOUGH = 0.9, 10
#: Fewer records with one original result do not say which standard result it has.
_FEW = 4
#: A text that makes up a larger share of a test's results is how the test is reported.
_RARE = 0.05

# A decimal comma; thousands separated by commas, blanks or apostrophes; blanks around; a unit or sign behind.
_COMMA = r"^\s*[+-]?(?:\d+,(?:\d{1,2}|\d{4,})|0,\d+)\s*$"
_THOUSANDS = r"^\s*[+-]?\d{1,3}(?:[,' \x{a0}\x{202f}]\d{3})+(?:\.\d+)?\s*$"
_WITH_UNIT = r"^\s*[+-]?\d+(?:[.,]\d+)?\s*(?:%|[°µμ]?[A-Za-zµμ][A-Za-z0-9µμ^*/.%]*)\s*$"
_PLAIN = r"^\s+[+-]?\d+(?:\.\d+)?\s*$|^[+-]?\d+(?:\.\d+)?\s+$"
_CENSORED = r"^\s*(?:[<>≤≥]=?|(?i:less than|greater than|below|above|under|over))\s*\d"
#: Results in words that tests of numbers have: nothing found, too little or too much of it to count.
_RESULTS = (
    r"(?i)^\s*(?:[<>]?\s*[LU]?LO[QD]|BLQ|BQL|BLOQ|ALQ|AQL|TRACE|NEG(?:ATIVE)?|POS(?:ITIVE)?|(?:AB)?NORMAL|NIL|NONE|ABSENT"
    r"|(?:NOT|UN)[ -]?DETECT(?:ED|ABLE)|(?:BELOW|ABOVE|LESS|GREATER)\b.*|TNTC|TOO NUMEROUS.*|\d?\+{1,4})\s*$"
)


#: Words that stand where there is no result: not done, not available, not known. "ND" may also be "not detected", which
#: a laboratory writes of many results, and this is asked of words that are rare.
_NOTHING = (
    r"(?i)^\s*(?:N[./ ]?[ADKEP]\.?|UNK(?:NOWN)?|MISSING|PENDING|REFUSED|-+|\?+|\.|/|"
    r"NOT (?:DONE|AVAILABLE|KNOWN|APPLICABLE|ASSESSED|RECORDED|MEASURED|EVALUABLE|PERFORMED|TAKEN|COLLECTED))\s*$"
)


def loose_number(texts: pd.Series) -> pd.Series:
    """The number that a text holds in another writing (9,5; 36 U/L; 1,234); NaN for plain numbers and all else."""
    return recalled("loose number", texts, lambda: _loose_number(texts))


def _loose_number(texts: pd.Series) -> pd.Series:
    codes, unique = unique_texts(texts)
    made = pc.if_else(pc.match_substring_regex(unique, _COMMA), pc.replace_substring_regex(unique, ",", "."), None)
    for pattern, drop in ((_THOUSANDS, r"[,' \x{a0}\x{202f}]"), (_PLAIN, r"\s"), (_WITH_UNIT, "")):
        plain = pc.replace_substring_regex(unique, drop, "") if drop else pc.replace_substring_regex(unique, ",", ".")
        made = pc.if_else(pc.is_valid(made), made, pc.if_else(pc.match_substring_regex(unique, pattern), plain, None))
    # What stands behind the number is its unit, but not an exponent: 5E3 is a plain number.
    made = pc.replace_substring_regex(made, r"^\s*([+-]?\d+(?:\.\d+)?)\s*\S*\s*$", r"\1")
    made = pc.if_else(pc.match_substring_regex(unique, r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$"), None, made)
    number, _ = to_number(pd.Series(pd.array(made, dtype="str")))
    return pd.Series(spread(number.to_numpy(), codes, np.nan), index=texts.index)


def of_numbers(domain: str, frame: pd.DataFrame) -> pd.Series:
    """The rows of tests whose results as collected are numbers: nearly all of them, in any writing, or censored."""
    return recalled("of numbers", frame, lambda: _of_numbers(domain, frame))


def _of_numbers(domain: str, frame: pd.DataFrame) -> pd.Series:
    text = frame[f"{domain}ORRES"]
    number = to_number(text)[0].notna() | loose_number(text).notna() | matches(text, _CENSORED)
    group = by_group(frame, [domain + name for name in TEST])
    counts = pd.DataFrame({"number": number, "given": text.notna()}).groupby(group).sum()
    numeric = (counts["number"] >= _ENOUGH) & (counts["number"] >= _NUMERIC * counts["given"])
    return group.map(numeric).astype(bool)


@declare.check(
    "--060",
    "error",
    "A standard result is a number that is not written as one.",
    "Write digits with a decimal point in --STRESC, the unit in --STRESU, and the number in --STRESN.",
)
def standard_is_written_as_number(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame in findings_with(domains, "TESTCD", "ORRES", "STRESC"):
        number = loose_number(frame[f"{domain}STRESC"])
        wrong = number.notna() & of_numbers(domain, frame)
        yield Finding(domain, wrong, f"{domain}STRESC", expected=_shown(number[wrong]), also=(f"{domain}STRESN",))


@declare.check(
    "--061",
    "error",
    "A standard number stands beside an original result that is none.",
    "Empty --STRESN where nothing was measured or the result is censored; else correct --ORRES.",
)
def number_has_numeric_original(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame in findings_with(domains, "TESTCD", "ORRES", "STRESN"):
        text, standard = frame[f"{domain}ORRES"], frame[f"{domain}STRESN"]
        no_number = to_number(text)[1]
        censored = matches(text, _CENSORED)
        limit, _ = to_number(of_each(text, lambda found: found.str.extract(r"(\d+(?:\.\d+)?)", expand=False), None))
        # Half the limit and the like are a sponsor's imputation; a number on the other side lost its sign.
        above = matches(text, r"^\s*(?:[>≥]|(?i:greater|above|over))")
        lost = censored & ((standard <= limit) & above | (standard >= limit) & ~above)
        if domains.has(domain, f"{domain}ORRESU", f"{domain}STRESU"):
            lost &= are_same(frame[f"{domain}ORRESU"], frame[f"{domain}STRESU"])
        # Nothing found is a count of zero.
        word = no_number & ~censored & loose_number(text).isna() & ~(matches(text, _RESULTS) & (standard == 0))
        wrong = (word | lost) & standard.notna() & of_numbers(domain, frame)
        wrong &= ~is_yes(frame, f"{domain}DRVFL")
        expected = "no number where --ORRES is " + text[wrong].astype("str")
        yield Finding(domain, wrong, f"{domain}STRESN", expected=expected, also=(f"{domain}ORRES", f"{domain}STRESC"))


@declare.check(
    "--073",
    "error",
    "A result is a word for none, where the test's other results are numbers, and nothing says that it was not done.",
    "Fill the result; where nothing was measured, empty it and set --STAT to NOT DONE; accept a word that is a result.",
)
def word_for_nothing_is_no_result(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame in findings_with(domains, "TESTCD", "ORRES"):
        wrong = _odd_words(domain, frame)
        wrong &= matches(frame[f"{domain}ORRES"], _NOTHING)
        stat = f"{domain}STAT"
        if stat in frame:
            wrong &= frame[stat].isna()
        expected = "a number, or nothing and NOT DONE in --STAT"
        also = tuple(domain + name for name in ("STRESC", "STRESN", "STAT"))
        yield Finding(domain, wrong, f"{domain}ORRES", expected=expected, also=also)


@declare.check(
    "--062",
    "warning",
    "A result as collected is not a number, or not written as one, where the test's other results are.",
    "Write the number alone, and its unit in --ORRESU; where nothing was measured, set --STAT to NOT DONE.",
)
def original_is_a_number(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame in findings_with(domains, "TESTCD", "ORRES"):
        wrong = _odd_words(domain, frame)
        wrong &= ~matches(frame[f"{domain}ORRES"], _NOTHING)
        if not wrong.any():
            continue
        loose = loose_number(frame[f"{domain}ORRES"])[wrong]
        expected = _shown(loose).where(loose.notna(), "a number, or nothing and NOT DONE in --STAT")
        also = tuple(domain + name for name in ("STRESC", "STRESN", "STAT"))
        yield Finding(domain, wrong, f"{domain}ORRES", expected=expected, also=also)


def _odd_words(domain: str, frame: pd.DataFrame) -> pd.Series:
    """Results as collected that are no number in a test of numbers, and that few of its results are."""
    return recalled("odd words", frame, lambda: _of_odd_words(domain, frame)).copy()


def _of_odd_words(domain: str, frame: pd.DataFrame) -> pd.Series:
    text = frame[f"{domain}ORRES"]
    odd = text.notna() & to_number(text)[1] & of_numbers(domain, frame)
    odd &= ~matches(text, _CENSORED) & ~matches(text, _RESULTS)
    if not odd.any():
        return odd
    group = by_group(frame, [domain + name for name in TEST])
    total = text.notna().groupby(group).transform("sum")
    same = group.map(odd.groupby(group).sum())
    return odd & (same <= np.maximum(1, _RARE * total))


def _shown(numbers: pd.Series) -> pd.Series:
    return numbers.map(lambda number: f"{number:.15g}").astype("str")


@declare.check(
    "--063",
    "error",
    "A standard result in words is not that of its original result, which is a number or has another in other records.",
    "Correct --STRESC or --ORRES.",
)
def same_original_same_standard(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame in findings_with(domains, "TESTCD", "ORRES", "STRESC"):
        yield from _number_lost(domain, frame)
        text, standard = frame[f"{domain}ORRES"], frame[f"{domain}STRESC"]
        judged = text.notna() & standard.notna() & ~is_yes(frame, f"{domain}DRVFL") & ~of_numbers(domain, frame)
        judged &= to_number(text)[0].isna() | to_number(standard)[0].isna()
        part = frame[judged]
        if part.empty:
            continue
        names = [f"{domain}{name}" for name in (*TEST, "ORRESU", "STRESU")]
        results = [f"{domain}ORRES", f"{domain}STRESC"]
        pair = by_group(part, [*names, *results])
        first = ~pair.duplicated()
        table = pd.DataFrame({"test": by_group(part, names), "n": pair.map(pair.value_counts())})[first]
        table[["original", "result"]] = part[results][first].to_numpy(dtype=object)
        expected = pair.map(_other_result(table).set_axis(pair[first]))
        wrong = expected.notna()
        expected = expected[wrong].astype("str")
        also = (f"{domain}ORRES", f"{domain}STRESN", f"{domain}TESTCD")
        yield Finding(
            domain, wrong.reindex(frame.index, fill_value=False), f"{domain}STRESC", expected=expected, also=also
        )


def _number_lost(domain: str, frame: pd.DataFrame) -> Iterator[Finding]:
    """A finding at each standard result in words whose original is a number, in tests that take their numbers over."""
    text, standard = frame[f"{domain}ORRES"], frame[f"{domain}STRESC"]
    words = standard.notna() & to_number(standard)[1] & loose_number(standard).isna()
    words &= to_number(text)[0].notna() & ~matches(standard, _CENSORED)
    if not words.any():
        return
    words &= of_numbers(domain, frame) & ~is_yes(frame, f"{domain}DRVFL")
    group = by_group(frame, [domain + name for name in TEST])
    wrong = words & (words.groupby(group).transform("sum") <= np.maximum(1, _RARE * group.map(group.value_counts())))
    expected = "the number of " + text[wrong].astype("str")
    also = (f"{domain}ORRES", f"{domain}STRESN", f"{domain}TESTCD")
    yield Finding(domain, wrong, f"{domain}STRESC", expected=expected, also=also)


def _other_result(table: pd.DataFrame) -> pd.Series:
    """For each pair of results (`test`, `original`, `result`, how often `n`) the result that was meant, if another.

    That is the one which nearly all records with the same original have; or, in a test that takes its results over as
    they are, the original itself, where the result is another of the test's originals.
    """
    by = ["test", "original"]
    n = table.groupby(by)["n"].transform("sum")
    usual = table.sort_values("n", ascending=False, kind="stable").drop_duplicates(by)
    found = table[by].merge(usual, on=by, how="left").set_axis(table.index)
    few = (n - found["n"]) <= np.maximum(1, 0.1 * n)
    other = found["result"].where((n >= _FEW) & few & (found["n"] > 1) & (found["result"] != table["result"]))

    same = table["original"] == table["result"]
    kept = (table["n"] * same).groupby(table["test"]).transform("sum")
    whole = table.groupby("test")["n"].transform("sum")
    pairs = pd.MultiIndex.from_frame(table[["test", "result"]])
    is_original = pairs.isin(pd.MultiIndex.from_frame(table[by]))
    folded = table["original"].str.casefold() != table["result"].str.casefold()
    taken_over = (whole >= _ENOUGH) & (kept >= _NUMERIC * whole)
    return other.where(other.notna(), table["original"].where(taken_over & is_original & folded))
