"""Checks of dates that were mistyped: the year, or day and month exchanged, where everything else fits.

Not here: dates that contradict others without a slip that explains it (`dates`, `visits`).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.checks.dated import own_prefix
from trial_report.schemas.checks.visited import numbers, visit_of
from trial_report.schemas.domains.iso8601 import exchanged, whole_days
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.unique import recalled
from trial_report.schemas.domains.variables import observation_class
from trial_report.schemas.study import StudyDefinition

#: How far from the time of a subject in the study a date is no longer one that was meant.
_FAR = pd.Timedelta(days=180)


def _parts(when: pd.Series) -> tuple[pd.Series, pd.Series, pd.Series]:
    return when.dt.year, when.dt.month, when.dt.day


def _mistyped(one: pd.Series, meant: pd.Series) -> pd.Series:
    """Which days are another one with its year mistyped, or with its day and month exchanged."""
    (year, month, day), (other_year, other_month, other_day) = _parts(one), _parts(meant)
    other = (month == other_month) & (day == other_day) & (year != other_year)
    exchanged = (year == other_year) & (month == other_day) & (day == other_month) & (month != day)
    # A day and month exchanged within one visit's tolerance are a day apart at most, and no matter.
    return other | (exchanged & ((one - meant).abs() > pd.Timedelta(days=2)))


def _measured(domains: Domains) -> Iterator[tuple[str, str, pd.Series, pd.DataFrame]]:
    """Findings domains that name their visit: date variable, day, and the visit in SV of each row."""
    if not domains.has("SV", "VISITNUM", "SVSTDTC", "USUBJID"):
        return
    for domain in domains:
        name = f"{domain}DTC"
        if observation_class(domain) == "Findings" and domains.has(domain, "VISITNUM", "USUBJID", name):
            yield domain, name, whole_days(domains.dates(domain, name)), visit_of(domains, domain)


def _votes(domains: Domains) -> pd.DataFrame:
    """For each visit at which a date is off, how many records are dated in it and how many as if it were mistyped."""
    off = {}
    for domain, _, day, visit in _measured(domains):
        rows = _mistyped(day, visit["start"].dt.floor("D"))
        if rows.any():
            off[domain] = pd.DataFrame({"subject": domains.subjects(domain), "num": visit["num"], "day": day})[rows]
    if not off:
        return pd.DataFrame({"subject": [], "num": [], "off": [], "fits": [], "day": []})
    # Those that are off have to agree on one day.
    found = pd.concat(off.values()).groupby(["subject", "num", "day"]).size().rename("off").reset_index()
    found = found.sort_values("off", ascending=False, kind="stable").drop_duplicates(["subject", "num"])
    fits = []
    for domain, _, day, visit in _measured(domains):
        start = visit["start"].dt.floor("D")
        # A visit of which only the start is mistyped seems to last for years.
        within = (day >= start) & (day <= visit["end"]) & ~_mistyped(day, start)
        key = pd.DataFrame({"subject": domains.subjects(domain), "num": visit["num"]})[within]
        fits.append(key.merge(found[["subject", "num"]], on=["subject", "num"]))
    fitting = pd.concat(fits).groupby(["subject", "num"]).size().rename("fits").reset_index()
    return found.merge(fitting, on=["subject", "num"], how="left").fillna({"fits": 0})


@declare.check(
    "DT-002",
    "error",
    "The date of a visit has another year than what was measured at it, or day and month exchanged.",
    "Correct SVSTDTC and SVENDTC.",
    uses=("SV.SVSTDTC", "SV.VISITNUM"),
)
def visit_has_the_year_of_its_measurements(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    votes = _votes(domains)
    votes = votes[(votes["off"] > votes["fits"]) & (votes["off"] > 1)]
    sv = domains["SV"]
    if votes.empty:
        return
    key = pd.DataFrame({"subject": domains.subjects("SV"), "num": numbers(sv["VISITNUM"])})
    meant = key.merge(votes, on=["subject", "num"], how="left")["day"].set_axis(sv.index)
    expected = "probably " + meant.dt.strftime("%Y-%m-%d").astype("str") + ", the day of its measurements"
    yield Finding("SV", meant.notna(), "SVSTDTC", expected=expected, also=("VISITNUM", "USUBJID"))


@declare.check(
    "DT-001",
    "error",
    "The date of a measurement is that of its visit with another year, or with day and month exchanged.",
    "Correct the date.",
    uses=("SV.SVSTDTC", "SV.VISITNUM"),
)
def measurement_has_the_year_of_its_visit(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, name, day, visit in _measured(domains):
        start = visit["start"].dt.floor("D")
        wrong = _mistyped(day, start)
        expected = "probably " + start[wrong].dt.strftime("%Y-%m-%d").astype("str") + ", the day of its visit"
        yield Finding(domain, wrong, name, expected=expected, also=("VISITNUM", "USUBJID", "SV.SVSTDTC"))


def _time_in_study(domains: Domains) -> tuple[pd.Series, pd.Series]:
    """The first and last day of each subject's time in the study, a row a row of DM: from consent to the last visit."""
    return recalled("time in study", domains, lambda: _found_in_study(domains))


def _found_in_study(domains: Domains) -> tuple[pd.Series, pd.Series]:
    dm = domains["DM"]
    nothing = pd.Series(pd.NaT, index=dm.index, dtype="datetime64[s]")
    names = [name for name in ("RFICDTC", "RFSTDTC", "RFXSTDTC") if domains.has("DM", name)]
    first = pd.concat([nothing, *(whole_days(domains.dates("DM", name)) for name in names)], axis=1).min(axis=1)
    names = [name for name in ("RFENDTC", "RFPENDTC", "RFXENDTC", *names) if domains.has("DM", name)]
    last = pd.concat([nothing, *(whole_days(domains.dates("DM", name)) for name in names)], axis=1).max(axis=1)
    if domains.has("SV", "SVSTDTC", "USUBJID"):
        day = whole_days(domains.dates("SV", "SVSTDTC"))
        day = day.groupby(domains.subjects("SV")).median()
        seen = pd.Series(day.reindex(domains.subjects("DM")).to_numpy(), index=dm.index)
        # A date in DM may be what is mistyped: then the visits say when the subject was there.
        first = first.fillna(seen).mask((first - seen).abs() > 10 * _FAR)
        last = last.fillna(seen).mask((last - seen).abs() > 10 * _FAR)
    return first.astype("datetime64[s]"), last.astype("datetime64[s]")


#: What is done in a study: history and medication may be of any time.
_DONE = ("AE", "CE", "DS", "DV", "EX", "EC", "SV", "HO")


@declare.check(
    "DT-004",
    "warning",
    "A date lies far from the subject's time in the study, and would be within it in another year.",
    "Correct the year; nothing, where it is right.",
    uses=("DM.USUBJID",),
)
def year_is_of_the_study(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    first, last = _time_in_study(domains)
    for domain in domains:
        kind, own = observation_class(domain), own_prefix(domain)
        if domain not in _DONE and kind != "Findings":
            continue
        for name in (f"{own}DTC",) if kind == "Findings" else (f"{own}STDTC", f"{own}ENDTC"):
            if not domains.has(domain, name, "USUBJID"):
                continue
            day = whole_days(domains.dates(domain, name))
            low, high = domains.of_subject(domain, first), domains.of_subject(domain, last)
            far = (day < low - _FAR) | (day > high + _FAR)
            if not far.any():
                continue
            meant = _in_another_year(day[far], low[far], high[far])
            if kind == "Findings" and domains.has(domain, "VISITNUM") and domains.has("SV", "VISITNUM", "SVSTDTC"):
                # Where its visit has that day, that is an error of its own.
                visit = visit_of(domains, domain)["start"][far].dt.floor("D")
                meant = meant[~_mistyped(day[far], visit)]
            wrong = pd.Series(False, index=day.index)
            wrong[meant.dropna().index] = True
            expected = "probably " + meant.dropna().dt.strftime("%Y-%m-%d").astype("str")
            also = (f"{own}STDTC", "USUBJID", "DM.RFICDTC", "DM.RFPENDTC")
            yield Finding(domain, wrong, name, expected=expected.reindex(day.index), also=also)


def _in_another_year(day: pd.Series, low: pd.Series, high: pd.Series) -> pd.Series:
    """The same month and day in the year in which it lies within a span of days; missing where none does.

    Of several years the one nearest to that which was written.
    """
    meant = pd.Series(pd.NaT, index=day.index, dtype="datetime64[s]")
    longest = int(np.nanmax(((high - low).dt.days / 365.25).fillna(0).to_numpy(), initial=0)) + 2
    for later in range(longest):
        year = low.dt.year + later
        parts = pd.DataFrame({"year": year, "month": day.dt.month, "day": day.dt.day})
        there = pd.to_datetime(parts, errors="coerce").astype("datetime64[s]")
        fits = (there >= low) & (there <= high)
        nearer = meant.isna() | ((there - day).abs() < (meant - day).abs())
        meant = meant.mask(fits & nearer, there)
    return meant


#: What follows itself in time: dates in the order of the numbers are the rule, and one against it the exception.
_IN_ORDER, _PAIRS = 0.95, 10
#: An event may begin some days before consent, and begin or end some after the last visit.
_BEFORE, _AFTER = pd.Timedelta(days=7), pd.Timedelta(days=28)


@declare.check(
    "DT-006",
    "warning",
    "A date is out of the subject's time in the study or out of turn, and is not with day and month exchanged.",
    "Correct the date; nothing, where it is right.",
    uses=("DM.USUBJID",),
)
def day_and_month_are_not_exchanged(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    """Of what has no visit: at a visit the visit tells (DT-001, DT-002)."""
    first, last = _consent(domains), _time_in_study(domains)[1]
    for domain, frame in domains.items():
        own = own_prefix(domain)
        if domain not in _DONE or domain in ("SV", "DS"):
            continue
        low, high = domains.of_subject(domain, first), domains.of_subject(domain, last)
        names = [name for name in (f"{own}STDTC", f"{own}ENDTC") if domains.has(domain, name, "USUBJID")]
        days = {name: whole_days(domains.dates(domain, name)).astype("datetime64[s]") for name in names}
        nothing = pd.Series(pd.NaT, index=frame.index, dtype="datetime64[s]")
        start, end = (days.get(f"{own}{part}", nothing) for part in ("STDTC", "ENDTC"))
        for name, day in days.items():
            meant, is_start = exchanged(day), name.endswith("STDTC")
            # It begins by its end, and ends after its start.
            fits = ~(meant > end) if is_start else ~(meant < start)
            out = ((day < low - _BEFORE) | (day > high + _AFTER)) & (meant >= low) & (meant <= high)
            if is_start and domains.has(domain, f"{own}SEQ"):
                out |= _out_of_turn(domains, domain, frame[f"{own}SEQ"], day, meant, low, high)
            out &= fits
            expected = "probably " + meant[out].dt.strftime("%Y-%m-%d").astype("str")
            also = (f"{own}STDTC", f"{own}ENDTC", f"{own}STDY", f"{own}ENDY", "USUBJID", "DM.RFICDTC", "DM.RFPENDTC")
            yield Finding(domain, out, name, expected=expected, also=also)


def _consent(domains: Domains) -> pd.Series:
    """The day of consent, a row a row of DM; where it is not known, that of the first visit."""
    nothing = pd.Series(pd.NaT, index=domains["DM"].index, dtype="datetime64[s]")
    day = (
        whole_days(domains.dates("DM", "RFICDTC")).astype("datetime64[s]") if domains.has("DM", "RFICDTC") else nothing
    )
    if domains.has("SV", "SVSTDTC", "USUBJID"):
        seen = whole_days(domains.dates("SV", "SVSTDTC")).groupby(domains.subjects("SV")).min()
        day = day.fillna(pd.Series(seen.reindex(domains.subjects("DM")).to_numpy(), index=day.index))
    return day.astype("datetime64[s]")


def _out_of_turn(
    domains: Domains, domain: str, number: pd.Series, day: pd.Series, meant: pd.Series, low: pd.Series, high: pd.Series
) -> pd.Series:
    """Records that break the order of a subject's dates, and restore it with day and month exchanged."""
    table = pd.DataFrame({"subject": domains.subjects(domain), "number": number, "day": day, "meant": meant})
    table = table.assign(low=low, high=high)[day.notna() & number.notna()]
    table = table.sort_values(["subject", "number"], kind="stable")
    of_subject = table.groupby("subject")["day"]
    before, after = of_subject.shift(1), of_subject.shift(-1)
    pairs = before.notna()
    found = pd.Series(False, index=day.index)
    if pairs.sum() < _PAIRS or (before > table["day"]).sum() > max(1, (1 - _IN_ORDER) * pairs.sum()):
        return found
    breaks = (table["day"] < before) | (table["day"] > after)
    # The neighbours are in order with each other, and the other date lies between them.
    from_, to = before.fillna(table["low"]), after.fillna(table["high"])
    fits = (from_ <= to) & (table["meant"] >= from_) & (table["meant"] <= to)
    found[table.index] = breaks & fits & (before.notna() | after.notna())
    return found


@declare.check(
    "DT-005",
    "error",
    "AGE is not the age that the date of birth gives at consent or first treatment.",
    "Correct AGE or BRTHDTC.",
    uses=("DM.AGE", "DM.AGEU", "DM.BRTHDTC"),
)
def age_is_that_of_birth(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    dm, born = domains["DM"], domains.dates("DM", "BRTHDTC")
    names = [name for name in ("RFICDTC", "RFSTDTC", "RFXSTDTC", "DMDTC") if domains.has("DM", name)]
    if not names:
        return
    # The guide lets the sponsor choose the day at which age is taken.
    at = [domains.dates("DM", name) for name in names]
    first = pd.concat([one["lower"] for one in at], axis=1).min(axis=1)
    last = pd.concat([one["upper"] for one in at], axis=1).max(axis=1)
    least, most = _years(born["upper"], first), _years(born["lower"], last)
    years = dm["AGE"].where(dm["AGEU"] == "YEARS")
    wrong = (years < least) | (years > most)
    words = least.astype("Int64").astype("str")
    words = words.where(least == most, words + " to " + most.astype("Int64").astype("str"))
    yield Finding("DM", wrong, "AGE", expected=words, also=("AGEU", "BRTHDTC"))


def _years(born: pd.Series, at: pd.Series) -> pd.Series:
    """Whole years of age at a moment."""
    before = (at.dt.month < born.dt.month) | ((at.dt.month == born.dt.month) & (at.dt.day < born.dt.day))
    return at.dt.year - born.dt.year - before.astype(float)
