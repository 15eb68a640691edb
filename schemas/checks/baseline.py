"""Checks of baseline flags against what lies between them and the first dose.

--LOBXFL marks the last value before the first dose (SDTMIG 3.4, section 4.5.8), and says nothing else: a flag on an
earlier record is wrong. --BLFL is defined by each sponsor (the mean of two visits, of a period), and is not judged.

Not here: which value is the baseline of an analysis, which is derived and not delivered (`analysis.derive`).
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.checks.findings import BASELINE_KEY, by_group, findings_with, is_yes
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.unique import equals, matches
from trial_report.schemas.study import StudyDefinition

#: What tells one series of results from another, beside what tells two baselines apart: who measured, and how.
_SERIES = ("TSTDTL", "NAM", "ANMETH", "EVAL", "EVALID", "DIR", "PORTOT", "LEAD", "FAST")


@declare.check(
    "--067",
    "warning",
    "A baseline is not the last value before first dose.",
    "Flag the last record with a result before first dose.",
    uses=("DM.RFXSTDTC",),
)
def baseline_is_the_last(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    dosed = domains.dates("DM", "RFXSTDTC")
    for domain, frame in findings_with(domains, "TESTCD", "LOBXFL", "DTC", "STRESC"):
        flagged = is_yes(frame, f"{domain}LOBXFL")
        if not flagged.any():
            continue
        dates = domains.dates(domain, f"{domain}DTC")
        start = domains.of_subject(domain, dosed["lower"])
        day = start.dt.floor("D")
        result = frame[f"{domain}STRESC"].notna() & ~is_yes(frame, f"{domain}DRVFL")
        if f"{domain}STAT" in frame:
            result &= ~equals(frame[f"{domain}STAT"], "NOT DONE")
        names = [domain + name for name in (*BASELINE_KEY, *_SERIES)]
        group = by_group(frame, ["USUBJID", *names])
        before = result & (dates["upper"] < start)
        # A result of the day of first dose is before it where it is the only one of the day, and where the test's
        # baselines are mostly of that day: its plan has it before dosing.
        on_day = result & (dates["lower"].dt.floor("D") == day) & ~_is_later(domain, frame)
        alone = on_day.groupby(group).transform("sum") == 1
        test = by_group(frame, [f"{domain}TESTCD"])
        usual = on_day.where(flagged).groupby(test).transform("mean") > 0.5
        before |= on_day & alone & usual
        last = dates["lower"].where(before).groupby(group).transform("max")
        wrong = flagged & (dates["upper"] < last)
        yield Finding(
            domain,
            wrong,
            f"{domain}LOBXFL",
            expected="the flag on the record of " + last[wrong].dt.strftime("%Y-%m-%d"),
            also=(
                f"{domain}DTC",
                f"{domain}DY",
                f"{domain}TESTCD",
                f"{domain}.{domain}DTC",
                f"{domain}.{domain}LOBXFL",
                f"{domain}.USUBJID",
                "DM.RFXSTDTC",
            ),
        )


def _is_later(domain: str, frame: pd.DataFrame) -> pd.Series:
    """Records whose time point says that they were taken after dosing."""
    if f"{domain}TPT" not in frame:
        return pd.Series(False, index=frame.index)
    return matches(frame[f"{domain}TPT"], r"(?i)\bpost|\bafter\b")
