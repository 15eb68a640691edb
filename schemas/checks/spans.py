"""Checks of dates by themselves: ends after starts, and nothing after the data cut-off.

Not here: dates against the subject's others (`dates`), and against visits (`visits`).
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.checks.dated import date_variables, own_prefix
from trial_report.schemas.domains.iso8601 import exchanged, whole_days, wholly_before
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.variables import observation_class
from trial_report.schemas.study import StudyDefinition


@declare.check(
    "--021",
    "warning",
    "A date lies after the data cut-off: what it tells is not part of the report.",
    "Nothing, where the data were taken after the cut-off; else correct the date, or the cut-off in study.yml.",
)
def nothing_after_cutoff(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    end = pd.Timestamp(definition.study.data_cutoff) + pd.Timedelta(days=1)
    for domain in domains:
        for name in date_variables(domains, domain):
            wrong = domains.dates(domain, name)["lower"] >= end
            yield Finding(domain, wrong, name, expected=f"not after {definition.study.data_cutoff}")


@declare.check("--023", "error", "An end lies before its start.", "Correct the start or the end.")
def end_not_before_start(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain in domains:
        own = own_prefix(domain)
        start, end = f"{own}STDTC", f"{own}ENDTC"
        if observation_class(domain) == "Findings":
            start = f"{own}DTC"
        if domains.has(domain, start, end):
            wrong = wholly_before(domains[domain][end], domains[domain][start])
            expected = f"not before {start} " + domains[domain][start].fillna("")
            if wrong.any():
                expected = expected[wrong] + _if_exchanged(domains, domain, start, end)[wrong]
            yield Finding(domain, wrong, end, expected=expected, also=(start,))


def _if_exchanged(domains: Domains, domain: str, start: str, end: str) -> pd.Series:
    """What one of the two dates may be where the other fits it with day and month exchanged, in words; else nothing."""
    first, last = (whole_days(domains.dates(domain, name)).astype("datetime64[s]") for name in (start, end))
    said = pd.Series("", index=first.index, dtype="str")
    for name, meant, fits in (
        (start, exchanged(first), exchanged(first) <= last),
        (end, exchanged(last), exchanged(last) >= first),
    ):
        words = f"; {name} may be " + meant.dt.strftime("%Y-%m-%d") + ", with day and month exchanged"
        said += words.where(fits).fillna("").astype("str")
    return said
