"""Dates: whole and partial ISO 8601 texts made into days, by a stated rule and with a flag; study days.

The rules of imputation:

- A partial start becomes the first day of the month or year it names; but the day of first dose when that lies in
  the same month or year, so that what may have started on treatment counts as started on treatment. It is never put
  after the last day on which the event can have ended. A start that is missing altogether becomes the day of first
  dose, unless the event ended before it: then it stays missing.
- A partial end becomes the last day of the month or year it names, but no later than the end of what is known of the
  subject (end of participation, death, cut-off) where that lies in the same period. A missing end stays missing.
- An interval ("2024-02-03/2024-02-09") is a partial date of the days from its first to its last.
- The flag names the highest part that was imputed, as ADaM has it: D the day, M month and day, Y the whole date.

Not here: reading of the texts (`schemas.domains.iso8601`), and whether a date can be true (`schemas.checks.dates`).
"""

from __future__ import annotations

import pandas as pd

from trial_report.analysis.derive.records import DATE
from trial_report.schemas.domains.iso8601 import bounds, instants

_WITH_TIME = len("2024-02-29T13:45")


def span(texts: pd.Series) -> pd.DataFrame:
    """First and last day that each text can mean: columns `first`, `last`; missing where the year is not known."""
    ends = bounds(texts)
    return pd.DataFrame({"first": _day(ends["lower"]), "last": _day(ends["upper"])}, index=texts.index)


def whole_date(texts: pd.Series) -> pd.Series:
    """The day of each text that names one, else missing."""
    days = span(texts)
    return days["first"].where(days["first"] == days["last"])


def moment(texts: pd.Series) -> pd.Series:
    """Day and time of each text that gives hour and minute, else missing."""
    timed = texts.str.len().ge(_WITH_TIME).fillna(False).astype(bool)
    # An unknown hour before a known minute ("T-:30") is long enough, and yet no moment.
    ends = bounds(texts.where(timed))
    known = (ends["upper"] - ends["lower"]) < pd.Timedelta(minutes=1)
    return ends["lower"].astype(DATE).where(known)


def instant(texts: pd.Series) -> pd.Series:
    """The moment in UTC of each text with hour, minute and the offset of its clock from UTC, else missing."""
    return instants(texts).astype(DATE)


def precedes(one: pd.DataFrame, other: pd.DataFrame, assumed: pd.Series) -> pd.Series:
    """Whether each moment of `one` comes before that of `other` beside it.

    Both frames have the columns `day`, `clock` (day and time as read off a clock) and `utc` (the instant, where the
    clock said its offset). Two instants are compared as such, whatever their days; else the days are, and of one day
    the clocks, where neither said its offset. Where the times of one day cannot be compared it is as `assumed`.
    """
    instants_known = one["utc"].notna() & other["utc"].notna()
    offsets = one["utc"].notna() | other["utc"].notna()
    timed = one["clock"].notna() & other["clock"].notna() & ~offsets
    that_day = (one["clock"] < other["clock"]).where(timed, assumed)
    by_day = (one["day"] < other["day"]) | ((one["day"] == other["day"]) & that_day)
    return (one["utc"] < other["utc"]).where(instants_known, by_day).astype(bool)


def clocks(clock: pd.Series, utc: pd.Series, by: list[pd.Series]) -> pd.Series:
    """What orders records within a day: the clock's time, or the instant where all of a group say their offset.

    `by` names the group: subject, measurement, day. Missing where only some do: their times cannot be compared.
    """
    if utc.isna().all():
        return clock
    told = utc.notna().groupby(by, dropna=False)
    return utc.where(told.transform("all"), clock.where(~told.transform("any")))


def impute_start(texts: pd.Series, treatment_start: pd.Series, end_texts: pd.Series | None = None) -> pd.DataFrame:
    """Columns `date` and `flag` (D, M, Y or missing) of starts, by the rule above.

    `treatment_start` is the subject's day of first dose (missing: never treated), `end_texts` the end as recorded.
    """
    days = span(texts)
    first, last = days["first"], days["last"]
    latest = pd.Series(pd.NaT, index=texts.index, dtype=DATE) if end_texts is None else span(end_texts)["last"]
    dose_possible = ~(latest < treatment_start)
    holds_dose = (first <= treatment_start) & (treatment_start <= last) & dose_possible
    date = first.mask(holds_dose, treatment_start)
    date = date.mask(first.isna() & dose_possible, treatment_start)
    return pd.DataFrame({"date": date.astype(DATE), "flag": _level(days).where(date.notna())})


def impute_end(texts: pd.Series, known_until: pd.Series) -> pd.DataFrame:
    """Columns `date` and `flag` (D, M or missing) of ends, by the rule above.

    `known_until` is the last day of which anything is known of the subject; missing: no limit.
    """
    days = span(texts)
    inside = (days["first"] <= known_until) & (known_until < days["last"])
    date = days["last"].mask(inside & (days["first"] < days["last"]), known_until)
    return pd.DataFrame({"date": date.astype(DATE), "flag": _level(days).where(date.notna())})


def study_day(dates: pd.Series, reference: pd.Series) -> pd.Series:
    """Study day (Int64): the reference is day 1, the day before it -1; there is no day 0."""
    days = (dates - reference).dt.days.astype("Int64")
    return days + (days >= 0).astype("Int64")


def duration(start: pd.Series, end: pd.Series) -> pd.Series:
    """Days from start to end, both counted (Int64)."""
    return (end - start).dt.days.astype("Int64") + 1


def date_of(days: pd.Series, reference: pd.Series) -> pd.Series:
    """The date of a study day: the inverse of `study_day`."""
    since = days.astype("Int64") - (days > 0).astype("Int64")
    return reference + pd.to_timedelta(since.astype("float64"), unit="D").astype("timedelta64[us]")


def _day(moments: pd.Series) -> pd.Series:
    return moments.dt.floor("D").astype(DATE)


def _level(days: pd.DataFrame) -> pd.Series:
    first, last = days["first"], days["last"]
    same_month = (first.dt.year == last.dt.year) & (first.dt.month == last.dt.month)
    level = pd.Series("M", index=days.index, dtype="str").mask(same_month, "D").mask(first.isna(), "Y")
    return level.mask(first == last)
