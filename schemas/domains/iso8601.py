"""ISO 8601 dates as SDTM writes them: whole, partial, with time, or an interval, and the span of time each can mean.

Source: SDTMIG 3.4, section 4.4 (a missing part in the middle is a hyphen, ``2003---15``; at the end it is left out; a
time somewhere between two others is an interval, ``2003-12-15T10:00/2003-12-15T10:30``). An offset from UTC says where
a clock stood: the day of a date-time is the one on that clock, and `instants` sets clocks of different places equal.

Not here: imputed days of an analysis (`analysis.derive`), and whether a date can be true (`schemas.checks.dates`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from trial_report.schemas.domains.unique import recalled, spread, unique_texts

#: What a message says was expected.
EXPECTED = "an ISO 8601 date that exists, whole or partial: 2024-02-29, 2024-02, 2024, 2024-02-29T13:45"
_OFFSET = r"T.*(?:(?P<utc>Z)|(?P<sign>[+-])(?P<hours>\d{2}):(?P<minutes>\d{2}))$"

_PATTERN = (
    r"^(?P<year>\d{4}|-)(?:-(?P<month>\d{2}|-)(?:-(?P<day>\d{2}|-)"
    r"(?:T(?P<hour>\d{2}|-)(?::(?P<minute>\d{2}|-)(?::(?P<second>\d{2})(?:\.\d+)?)?)?"
    r"(?:Z|[+-]\d{2}:\d{2})?)?)?)?$"
)
_PARTS = ("year", "month", "day", "hour", "minute", "second")
_LIMITS = {"month": (1, 12), "day": (1, 31), "hour": (0, 23), "minute": (0, 59), "second": (0, 59)}

Floats = npt.NDArray[np.float64]
Moments = npt.NDArray[np.datetime64]
Bools = npt.NDArray[np.bool_]


def _parts(texts: pa.Array) -> tuple[dict[str, Floats], Bools]:
    return recalled("dates", texts, lambda: _taken_apart(texts))


def _taken_apart(texts: pa.Array) -> tuple[dict[str, Floats], Bools]:
    found = pc.extract_regex(texts, _PATTERN)
    shaped = np.asarray(pc.is_valid(found).to_numpy(zero_copy_only=False), dtype=bool)
    parts: dict[str, Floats] = {}
    for place, name in enumerate(_PARTS):
        text = pc.struct_field(found, [place])
        given = pc.if_else(pc.match_substring_regex(text, r"^\d+$"), text, None)
        number = pc.cast(given, pa.float64())
        parts[name] = np.array(number.to_numpy(zero_copy_only=False), dtype=np.float64)
    return parts, shaped


def _month_start(parts: dict[str, Floats], month: Floats) -> npt.NDArray[np.datetime64]:
    year = np.where(np.isnan(parts["year"]), 1970, parts["year"])
    return ((year - 1970) * 12 + month - 1).astype(np.int64).astype("datetime64[M]")


def _exists(parts: dict[str, Floats], shaped: Bools, texts: pa.Array) -> Bools:
    valid = shaped.copy()
    for name, (low, high) in _LIMITS.items():
        with np.errstate(invalid="ignore"):
            valid &= np.isnan(parts[name]) | ((parts[name] >= low) & (parts[name] <= high))
    month = np.where(np.isnan(parts["month"]), 1, np.clip(parts["month"], 1, 12))
    start = _month_start(parts, month)
    length = ((start + 1).astype("datetime64[D]") - start.astype("datetime64[D]")).astype(np.int64)
    # 29 February is refused only where the year is known not to have one.
    known = ~np.isnan(parts["year"]) & ~np.isnan(parts["month"])
    valid &= ~(known & (parts["day"] > length))
    hanging = pc.match_substring_regex(texts, r"-$|:$|^[-:T]*$").to_numpy(zero_copy_only=False)
    return valid & ~np.asarray(hanging, dtype=bool)


def is_date(texts: pd.Series) -> pd.Series:
    """Which texts are dates that exist, whole or partial, or intervals that end no earlier than they begin.

    Missing texts are not judged: they are True.
    """
    codes, unique = unique_texts(texts)
    valid = _spans(unique)[2] if len(unique) else np.zeros(0, dtype=bool)
    return pd.Series(spread(valid, codes, True), index=texts.index)


def bounds(texts: pd.Series) -> pd.DataFrame:
    """The first and the last moment that each text can mean: columns ``lower`` and ``upper`` (datetime64[s]).

    A date without a time means its whole day, a month without a day the whole month, a year the whole year; an interval
    all from the first moment of its beginning to the last of its end. Times are those of the clock that was read: an
    offset from UTC changes nothing here. NaT where the text is missing, is not a date, or has no year.
    """
    codes, unique = unique_texts(texts)
    lower, upper, _ = _spans(unique)
    spans = {"lower": lower, "upper": upper}
    columns = {name: spread(moment, codes, np.datetime64("NaT")) for name, moment in spans.items()}
    return pd.DataFrame(columns, index=texts.index)


def offsets(texts: pd.Series) -> pd.Series:
    """Minutes by which the clock of each date-time is ahead of UTC; NaN where it names no offset, or is an interval."""
    codes, unique = unique_texts(texts)
    found = pc.extract_regex(unique, _OFFSET)
    parts = {name: pc.struct_field(found, [place]) for place, name in enumerate(("utc", "sign", "hours", "minutes"))}
    numbers = [
        pc.cast(pc.if_else(pc.match_substring_regex(parts[name], r"^\d+$"), parts[name], None), pa.float64())
        for name in ("hours", "minutes")
    ]
    hours, minutes = (np.array(one.to_numpy(zero_copy_only=False), dtype=np.float64) for one in numbers)
    behind = np.asarray(pc.equal(parts["sign"], "-").fill_null(False).to_numpy(zero_copy_only=False), dtype=bool)
    at_utc = np.asarray(pc.equal(parts["utc"], "Z").fill_null(False).to_numpy(zero_copy_only=False), dtype=bool)
    ahead = np.where(at_utc, 0.0, np.where(behind, -1, 1) * (60 * hours + minutes))
    one_moment = ~np.asarray(pc.match_substring(unique, "/").to_numpy(zero_copy_only=False), dtype=bool)
    return pd.Series(spread(np.where(one_moment, ahead, np.nan), codes, np.nan), index=texts.index)


def instants(texts: pd.Series) -> pd.Series:
    """The moment in UTC (datetime64[s]) of each date-time that names its offset, hour and minute; NaT for others."""
    ahead, spans = offsets(texts), bounds(texts)
    known = (spans["upper"] - spans["lower"]) < pd.Timedelta(minutes=1)
    shift = pd.to_timedelta(ahead, unit="m").astype("timedelta64[s]")
    return (spans["lower"] - shift).where(known & ahead.notna()).astype("datetime64[s]")


def wholly_before(one: pd.Series, other: pd.Series) -> pd.Series:
    """Whether each text lies wholly before the one beside it: what it can mean at the latest, before the earliest.

    Two date-times with offsets are compared as instants, two without as clocks have them; where only one has an offset
    only their days are compared. False where one of them is missing, is not a date or has no year.
    """
    first, second = bounds(one), bounds(other)
    before = first["upper"] < second["lower"]
    ahead, beside = offsets(one), offsets(other)
    if ahead.isna().all() and beside.isna().all():
        return before
    by_day = first["upper"].dt.floor("D") < second["lower"].dt.floor("D")
    before = before.where(ahead.isna() == beside.isna(), by_day)
    shift = pd.to_timedelta(ahead - beside, unit="m").astype("timedelta64[s]")
    return before.where(shift.isna(), first["upper"] - shift < second["lower"]).astype(bool)


def _spans(unique: pa.Array) -> tuple[Moments, Moments, Bools]:
    """First and last moment of each text (NaT where it has none), and whether it is a date or an interval."""
    lower, upper, valid = _dates(unique)
    between = np.asarray(pc.match_substring(unique, "/").to_numpy(zero_copy_only=False), dtype=bool)
    if between.any():
        found = pc.extract_regex(unique.filter(pa.array(between)), r"^(?P<first>[^/]*)/(?P<last>[^/]*)$")
        first, _, one = _dates(pc.struct_field(found, [0]).fill_null(""))
        _, last, other = _dates(pc.struct_field(found, [1]).fill_null(""))
        good = one & other & (first <= last)  # a comparison with NaT does not hold
        nat = np.datetime64("NaT")
        lower[between], upper[between], valid[between] = np.where(good, first, nat), np.where(good, last, nat), good
    return lower, upper, valid


def _dates(texts: pa.Array) -> tuple[Moments, Moments, Bools]:
    parts, shaped = _parts(texts)
    valid = _exists(parts, shaped, texts)
    usable = valid & ~np.isnan(parts["year"])
    found = []
    for month, day, hour, minute, second in ((1.0, 1.0, 0.0, 0.0, 0.0), (12.0, np.nan, 23.0, 59.0, 59.0)):
        moment = _moment(parts, {"month": month, "day": day, "hour": hour, "minute": minute, "second": second})
        moment[~usable] = np.datetime64("NaT")
        found.append(moment)
    return found[0], found[1], valid


def _moment(parts: dict[str, Floats], default: dict[str, float]) -> npt.NDArray[np.datetime64]:
    filled: dict[str, Floats] = {}
    known = np.ones(len(parts["year"]), dtype=bool)
    for name in _PARTS[1:]:
        # A part after a missing one says nothing about where the span begins or ends.
        known &= ~np.isnan(parts[name])
        filled[name] = np.where(known, parts[name], default[name])
    start = _month_start(parts, np.clip(filled["month"], 1, 12))
    last = ((start + 1).astype("datetime64[D]") - start.astype("datetime64[D]")).astype(np.int64)
    day = np.where(np.isnan(filled["day"]), last, filled["day"])
    seconds = (day - 1) * 86400 + filled["hour"] * 3600 + filled["minute"] * 60 + filled["second"]
    return start.astype("datetime64[s]") + seconds.astype("timedelta64[s]")


def whole_days(spans: pd.DataFrame) -> pd.Series:
    """The day of each span of `bounds` that lies within one day (a whole date, with or without a time), else NaT."""
    return recalled("whole days", spans, lambda: _whole_days(spans))


def _whole_days(spans: pd.DataFrame) -> pd.Series:
    day = spans["lower"].dt.floor("D")
    return day.where(spans["upper"].dt.floor("D") == day)


def study_day(dates: pd.Series, reference: pd.Series) -> pd.Series:
    """Study day of each day against its reference day, which is day 1 (there is no day 0); NaN where one is missing."""
    days = (dates - reference).dt.days
    return days + (days >= 0).astype(float).where(days.notna())


def exchanged(day: pd.Series) -> pd.Series:
    """Each day with its day and month exchanged; missing where that is no date, or the same one."""
    parts = pd.DataFrame({"year": day.dt.year, "month": day.dt.day, "day": day.dt.month})
    there = pd.to_datetime(parts, errors="coerce").astype("datetime64[s]")
    return there.mask(there == day)
