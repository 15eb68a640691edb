"""Checks of reference ranges: limits that nobody else has, that change with the unit alone, and indicators left out.

A laboratory's limits depend on the test, the unit, sex and age, and change when its method does. What is told is one
record whose limits are neither those of the subject's other records nor of anybody else.

Not here: values against their limits (`findings`), and the grade that follows from them (`graded`).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.checks.collected import TEST
from trial_report.schemas.checks.findings import by_group, decimals, findings_with
from trial_report.schemas.domains.numbers import to_number
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.unique import are_same
from trial_report.schemas.study import StudyDefinition

_OWN, _ENOUGH, _NEARLY_ALL = 3, 20, 0.98


@declare.check(
    "--068",
    "error",
    "A limit of the reference range is not the one as collected although their units are the same.",
    "Correct --STNRLO and --STNRHI, or --ORNRLO and --ORNRHI, or the units.",
)
def limits_agree_with_collected(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame in findings_with(domains, "ORRESU", "STRESU"):
        same = are_same(frame[f"{domain}ORRESU"], frame[f"{domain}STRESU"])
        for collected, standard in (("ORNRLO", "STNRLO"), ("ORNRHI", "STNRHI")):
            if domains.has(domain, domain + collected, domain + standard):
                limit, _ = to_number(frame[domain + collected])
                number = frame[domain + standard]
                rounding = 0.5 * 10.0 ** -decimals(frame[domain + collected]) + 1e-4 * limit.abs()
                wrong = same & ((limit - number).abs() > rounding)
                also = ("STRESU", "ORRESU", "STNRLO", "STNRHI", "NRIND")
                yield Finding(
                    domain,
                    wrong,
                    domain + standard,
                    expected=frame[domain + collected][wrong],
                    also=(domain + collected, *(domain + name for name in also)),
                )


@declare.check(
    "PL-023",
    "warning",
    "A record has limits of the reference range that neither the subject's other records nor anybody else has.",
    "Ask the laboratory; correct --STNRLO and --STNRHI, or accept them.",
)
def limits_are_those_of_the_test(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame in findings_with(domains, "TESTCD", "STNRLO", "STNRHI", "STRESU"):
        # Two numbers that differ in their last bits were converted by two ways.
        low, high = (frame[f"{domain}{name}"].astype("float32") for name in ("STNRLO", "STNRHI"))
        given = low.notna() | high.notna()
        if given.sum() < _ENOUGH:
            continue
        test = [domain + name for name in (*TEST, "STRESU")]
        kind = by_group(frame, test)[given]
        pair = by_group(pd.DataFrame({"kind": kind, "low": low[given], "high": high[given]}), ["kind", "low", "high"])
        once = pair.map(pair.value_counts() == 1)
        if not once.any():
            continue
        series = by_group(frame, ["USUBJID", *test, f"{domain}NAM"])[given]
        size = series.groupby(series).transform("size")
        # All of a subject's other records of the test have one and the same range, and this one another.
        usual = pair.where(~once).groupby(series)
        odd = once & (size >= _OWN) & (usual.transform("nunique") == 1) & (usual.transform("count") == size - 1)
        # Of a subject with one or two records the whole test decides: nearly everybody has one range.
        many = kind.groupby(kind).transform("size")
        top = pair.map(pair.value_counts()).groupby(kind).transform("max")
        odd |= once & (size < _OWN) & (many >= _ENOUGH) & (top >= _NEARLY_ALL * many)
        if not odd.any():
            continue
        # The record that has the range which was expected: the subject's first with its usual one, or the test's.
        label = pd.Series(pair.index, index=pair.index).astype("float64")
        meant = label.where(~once).groupby(series).transform("first")
        meant = meant.fillna(label.where(pair.map(pair.value_counts()) == top).groupby(kind).transform("first"))
        meant = meant[odd].astype("int64")
        expected = pd.Series(_range(low[meant], high[meant]).to_numpy(), index=meant.index, dtype="str")
        same_low = pd.Series(low[meant].to_numpy(), index=meant.index) == low[meant.index]
        for variable, rows in ((f"{domain}STNRLO", ~same_low), (f"{domain}STNRHI", same_low)):
            yield Finding(
                domain,
                rows.reindex(frame.index, fill_value=False),
                variable,
                expected=expected[rows],
                also=tuple(domain + name for name in ("STNRLO", "STNRHI", "STRESU", "NRIND")),
            )


def _range(low: pd.Series, high: pd.Series) -> pd.Series:
    shown = [side.map("{:g}".format).where(side.notna(), "…") for side in (low, high)]
    return (shown[0] + " to " + shown[1]).astype("str")


@declare.check(
    "PL-024",
    "warning",
    "A result has a reference range and no indicator, where other results have one.",
    "Fill --NRIND, or empty the limits.",
)
def result_has_its_indicator(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame in findings_with(domains, "NRIND", "STRESN", "STNRLO", "STNRHI"):
        number, low, high = (frame[domain + name] for name in ("STRESN", "STNRLO", "STNRHI"))
        judged = number.notna() & low.notna() & high.notna()
        given = frame[f"{domain}NRIND"].notna()
        inside = number.between(low, high)
        # Some leave the indicator of normal results empty: each side is held against its like.
        for rows in (judged & inside, judged & ~inside):
            if rows.sum() >= _ENOUGH and given[rows].mean() >= _NEARLY_ALL:
                wrong = rows & ~given
                value = number[wrong]
                sides = np.where(value < low[wrong], "LOW", np.where(value > high[wrong], "HIGH", "NORMAL"))
                expected = pd.Series(sides, index=value.index, dtype="str")
                also = tuple(domain + name for name in ("STRESN", "STRESC", "STNRLO", "STNRHI"))
                yield Finding(domain, wrong, f"{domain}NRIND", expected=expected, also=also)
