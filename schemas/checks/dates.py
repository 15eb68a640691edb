"""Checks of dates against the subject's: birth, consent, death, and the study day.

Not here: dates by themselves (`spans`), and those that were mistyped (`years`).
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.checks.dated import date_variables, own_prefix
from trial_report.schemas.domains.iso8601 import study_day, whole_days, wholly_before
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.variables import observation_class
from trial_report.schemas.study import StudyDefinition

#: What may be dated after death: details of it, contacts about survival, tissue of an autopsy, the subject's file.
_AFTER_DEATH = frozenset({"DM", "DS", "DD", "SS", "DV", "MI", "BE", "BS"})
_DAYS = (("DTC", "DY"), ("STDTC", "STDY"), ("ENDTC", "ENDY"))


@declare.check(
    "--022", "error", "A date lies before the subject was born.", "Correct the date, or AGE.", uses=("DM.USUBJID",)
)
def nothing_before_birth(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    born = _born(domains)
    if born is None:
        return
    for domain, frame in domains.items():
        if "USUBJID" not in frame:
            continue
        birth = domains.of_subject(domain, born)
        for name in date_variables(domains, domain):
            if name == "BRTHDTC":
                continue
            wrong = domains.dates(domain, name)["upper"] < birth
            expected = "not before " + birth[wrong].dt.strftime("%Y-%m-%d")
            yield Finding(domain, wrong, name, expected=expected, also=("DM.AGE", "DM.BRTHDTC"))


def _born(domains: Domains) -> pd.Series | None:
    """The earliest day on which each subject can have been born, from BRTHDTC or else from age at consent."""
    dm = domains["DM"]
    earliest = pd.Series(pd.NaT, index=dm.index, dtype="datetime64[s]")
    if domains.has("DM", "BRTHDTC"):
        earliest = domains.dates("DM", "BRTHDTC")["lower"]
    if domains.has("DM", "AGE", "AGEU"):
        start = domains.dates("DM", "RFICDTC" if domains.has("DM", "RFICDTC") else "RFSTDTC")["lower"]
        years = dm["AGE"].where(dm["AGEU"] == "YEARS")
        days = pd.to_timedelta(((years + 1) * 365.25 + 1).round(), unit="D").astype("timedelta64[s]")
        earliest = earliest.fillna((start - days).dt.floor("D"))
    return earliest if earliest.notna().any() else None


# Care before the study may be used by it: scans, biopsies, laboratory results of the routine.
@declare.check(
    "--024",
    "warning",
    "A visit, measurement or dose lies before informed consent.",
    "Correct the date, or RFICDTC in DM; nothing, where it was not done for the study.",
    uses=("DM.RFICDTC",),
)
def nothing_before_consent(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    consent = domains.dates("DM", "RFICDTC")["lower"].dt.floor("D")
    for domain in domains:
        own = own_prefix(domain)
        name = f"{own}DTC" if observation_class(domain) == "Findings" else f"{own}STDTC"
        is_procedure = observation_class(domain) == "Findings" or domain in {"EX", "EC", "SV"}
        if is_procedure and domains.has(domain, name):
            first = domains.of_subject(domain, consent)
            wrong = domains.dates(domain, name)["upper"] < first
            expected = "not before consent on " + first[wrong].dt.strftime("%Y-%m-%d")
            yield Finding(domain, wrong, name, expected=expected, also=("DM.RFICDTC",))


@declare.check(
    "--025",
    "error",
    "Something was done or began after the subject's death.",
    "Correct the date, or DTHDTC in DM.",
    uses=("DM.DTHDTC",),
)
def nothing_after_death(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    death = domains.dates("DM", "DTHDTC")["upper"]
    if death.isna().all():
        return
    for domain in domains:
        own = own_prefix(domain)
        name = f"{own}DTC" if observation_class(domain) == "Findings" else f"{own}STDTC"
        if domain in _AFTER_DEATH or not domains.has(domain, name):
            continue
        last = domains.of_subject(domain, death)
        wrong = domains.dates(domain, name)["lower"] > last
        expected = "not after death on " + last[wrong].dt.strftime("%Y-%m-%d")
        yield Finding(domain, wrong, name, expected=expected, also=("DM.DTHDTC",))


@declare.check(
    "DM-061",
    "error",
    "The study days of a subject are counted from the day of first dose, and RFSTDTC is another day.",
    "Correct RFSTDTC: study day 1 is its day.",
    uses=("DM.RFSTDTC", "DM.RFXSTDTC"),
)
def reference_is_that_of_study_days(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    reference, dosed = (whole_days(domains.dates("DM", name)) for name in ("RFSTDTC", "RFXSTDTC"))
    other = reference.notna() & dosed.notna() & (reference != dosed)
    if not other.any():
        return
    votes = pd.Series(0, index=domains["DM"].index)
    for domain, date, day in _dated(domains):
        at = domains.of_subject(domain, other).fillna(False).astype(bool)
        part = domains[domain].loc[at, day]
        days = whole_days(domains.dates(domain, date))[at]
        for start, vote in ((reference, -1), (dosed, 1)):
            agrees = part == study_day(days, domains.of_subject(domain, start)[at])
            counted = pd.Series(domains.subjects(domain)[at], index=part.index)[agrees].value_counts()
            votes += vote * pd.Series(domains.subjects("DM"), index=votes.index).map(counted).fillna(0).astype(int)
    expected = dosed.dt.strftime("%Y-%m-%d")
    yield Finding("DM", other & (votes > 0), "RFSTDTC", expected=expected, also=("RFXSTDTC",))


def _dated(domains: Domains) -> Iterator[tuple[str, str, str]]:
    """Domain, date and study day, for each that was delivered with both."""
    for domain in domains:
        own = own_prefix(domain)
        for date, day in ((f"{own}{date}", f"{own}{day}") for date, day in _DAYS):
            if domains.has(domain, date, day, "USUBJID"):
                yield domain, date, day


@declare.check(
    "--020",
    "error",
    "A study day does not agree with its date and RFSTDTC in DM.",
    "Correct the date or the study day; the day of first dose is 1, and there is no day 0.",
    uses=("DM.RFSTDTC",),
)
def study_day_agrees(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    reference = whole_days(domains.dates("DM", "RFSTDTC"))
    for domain, frame in domains.items():
        own, dates = own_prefix(domain), date_variables(domains, domain)
        for date, day in ((f"{own}{date}", f"{own}{day}") for date, day in _DAYS):
            if not domains.has(domain, date, day):
                continue
            start = domains.of_subject(domain, reference)
            wanted = study_day(whole_days(domains.dates(domain, date)), start)
            wrong = frame[day].notna() & (frame[day] != wanted)
            expected = wanted[wrong].astype("Int64").astype("str").fillna("no study day: a date is missing or partial")
            yield Finding(domain, wrong, day, expected=expected, also=(*dates, "DM.RFSTDTC", "USUBJID"))


@declare.check(
    "--072",
    "warning",
    "What was recorded begins after the day on which it was recorded.",
    "Correct --STDTC, or --DTC.",
)
def nothing_is_recorded_before_it_begins(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame in domains.items():
        own = own_prefix(domain)
        start, recorded = f"{own}STDTC", f"{own}DTC"
        if observation_class(domain) in ("Events", "Interventions") and domains.has(domain, start, recorded):
            late = wholly_before(frame[recorded], frame[start])
            expected = "not after " + frame[recorded][late].fillna("")
            yield Finding(domain, late, start, expected=expected, also=(recorded,))
