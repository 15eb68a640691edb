"""Administrations: which records of EX were given, from when to when, and how many doses each holds.

The rules:

- An administration is a record that took place (not EXOCCUR N, EXSTAT NOT DONE) with a dose that is not zero; zero is
  one of a placebo.
- A start that is not whole is the first dose of DM (RFXSTDTC) where it may be, else the first day that it can mean; one
  that is missing altogether is the first dose of DM, else RFSTDTC, else the day of randomisation.
- An end that is partial is the last dose of DM (RFXENDTC) where it may be and nothing was given later, else the last
  day that it can mean. One that is missing is the last dose of DM for the last record; else a course, which has a
  frequency, went on as far as is known: to the last contact, death or cut-off; other records end where they begin. A
  course that is followed by another of its kind ended on the day before it at the latest.
- A course holds as many administrations as its days and its frequency give. Courses of one treatment and site that
  touch or overlap are counted once a day, the earlier course first. ONCE, TWICE, THRICE count by record. A record
  without a frequency, of a continuous infusion, or of one day holds one; how many another one holds whose frequency
  gives no number (PRN) is not known.
- Records of the same days are one administration (sites of injection, tablets of two strengths), whose doses add up;
  those of different time points (EXTPT) are one each. Records of one day that differ in their time share a frequency of
  more than one a day. Without a time point and a frequency that gives a number a day, records of one treatment and site
  are one each where an hour or more lies between their times.

Not here: dose and duration of a subject (`exposure`), and what was planned (`plan`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from trial_report.analysis.derive.dates import duration, instant, moment, span
from trial_report.analysis.derive.records import DATE, by_subject, happened, number, text
from trial_report.schemas.codelists import frequency
from trial_report.schemas.domains.unique import group_codes

OF_SUBJECT = ("PLACEBO", "RFXSTDT", "RFXSTDTM", "RFXSTDTU", "RFXENDT", "FIRST", "LSTCTDT", "DTHDT", "CUTDT")
"""Columns of `subjects`: dates of DM, the day to which a start belongs that nothing tells (FIRST), and of ADSL."""

_COURSE = ["USUBJID", "given", "TRT", "LOC", "LAT", "TPT", "TPTNUM"]
"""What makes records a course of one treatment at one site."""
_TOGETHER = ["USUBJID", "given", "start", "end", "TPT", "TPTNUM"]
"""What makes records one administration."""
_DAY = pd.Timedelta(days=1)
_APART = pd.Timedelta(hours=1)
"""What is given so much later on the same day is given again."""
_TINY = 1e-9
"""Days by a rate of a third are whole numbers that binary fractions miss."""


def administrations(ex: pd.DataFrame, name: str, subjects: pd.DataFrame) -> pd.DataFrame:
    """A row a record of the domain `name` (EX or EC), in its order, with the columns

    - `USUBJID`; `given`: whether it was given; `start`, `end`: its days; `moment`, `instant`: time of its start, as its
      clock said and in UTC;
    - `number`: administrations it holds by itself, missing where not known; `amount`: its dose in all of them;
    - `counted`: its share of the administrations of its subject, given or not: those of records of the same days stand
      in the first of them.

    `subjects` has a row a subject of ADSL, by USUBJID, with the columns `OF_SUBJECT`.
    """
    ex = ex.loc[(text(ex, f"{name}MOOD") != "SCHEDULED").fillna(True).astype(bool)]
    of = {one: by_subject(subjects[one], ex) for one in OF_SUBJECT}
    frame = pd.DataFrame({"USUBJID": ex["USUBJID"].astype("str")})
    for one in ("TRT", "LOC", "LAT", "TPT"):
        frame[one] = text(ex, f"{name}{one}")
    frame["TPTNUM"] = number(ex, f"{name}TPTNUM")
    frame["term"] = text(ex, f"{name}DOSFRQ")
    frame["dose"] = number(ex, f"{name}DOSE")
    frame["given"] = _given(frame, happened(ex, name), of["PLACEBO"])
    frame = _started(frame, text(ex, f"{name}STDTC"), of)
    frame["given"] &= frame["start"].notna()
    frame["per_day"] = _daily(frame)
    frame["end"] = _ended(frame, text(ex, f"{name}ENDTC"), of)
    frame = _numbered(frame)
    frame["amount"] = frame["dose"] * frame["number"]
    frame["counted"] = _counted(frame)
    return frame[["USUBJID", "given", "start", "end", "moment", "instant", "number", "amount", "counted"]]


def _given(frame: pd.DataFrame, took_place: pd.Series, placebo: pd.Series) -> pd.Series:
    named = frame["TRT"].str.contains("placebo", case=False).fillna(False).astype(bool)
    of_nothing = named | placebo.fillna(False).astype(bool)
    return took_place & ((frame["dose"] > 0) | frame["dose"].isna() | of_nothing)


def _started(frame: pd.DataFrame, texts: pd.Series, of: dict[str, pd.Series]) -> pd.DataFrame:
    days = span(texts)
    first, last, dosed = days["first"], days["last"], of["RFXSTDT"]
    may_be = frame["given"] & (first.isna() | ((first < last) & (first <= dosed) & (dosed <= last)))
    by_dm = may_be & dosed.notna()
    start = first.mask(by_dm, dosed)
    frame["start"] = start.mask(frame["given"] & start.isna(), of["FIRST"]).astype(DATE)
    frame["moment"] = moment(texts).mask(by_dm, of["RFXSTDTM"])
    frame["instant"] = instant(texts).mask(by_dm, of["RFXSTDTU"])
    return frame


def _daily(frame: pd.DataFrame) -> pd.Series:
    """Administrations a day; at a time point of the day there is one at most."""
    a_day = frequency.per_day(frame["term"])
    at_time_point = frame["TPT"].notna() | frame["TPTNUM"].notna()
    return a_day.mask(at_time_point & (a_day > 1), 1.0)


def _ended(frame: pd.DataFrame, texts: pd.Series, of: dict[str, pd.Series]) -> pd.Series:
    days = span(texts)
    first, last, start, given = days["first"], days["last"], frame["start"], frame["given"]
    known_until = pd.concat([of["LSTCTDT"], of["DTHDT"], of["CUTDT"], _next_start(frame) - _DAY], axis=1).min(axis=1)
    latest_start = start.where(given).groupby(frame["USUBJID"]).transform("max")
    last_dose = of["RFXENDT"].where(given)

    limit = known_until.mask(known_until < first, first)
    partial = last.mask(last > limit, limit)
    may_be = (first <= last_dose) & (last_dose <= last) & ~(latest_start > last_dose)
    partial = partial.mask(may_be, last_dose)

    course = given & frame["per_day"].notna()
    open_end = start.mask(course & known_until.notna(), known_until)
    open_end = open_end.mask((last_dose >= start) & (start == latest_start), last_dose)

    end = last.mask(first < last, partial).fillna(open_end)
    return end.mask(end < start, start).astype(DATE)


def _next_start(frame: pd.DataFrame) -> pd.Series:
    """The next later start of a record given in the same course; missing where there is none."""
    given = frame["given"] & frame["start"].notna()
    course = pd.Series(group_codes(frame, _COURSE), index=frame.index)
    starts = pd.DataFrame({"course": course, "start": frame["start"]}).loc[given].drop_duplicates()
    starts = starts.sort_values(["course", "start"])
    starts["next"] = starts.groupby("course")["start"].shift(-1)
    found = pd.DataFrame({"course": course, "start": frame["start"]}).merge(starts, on=["course", "start"], how="left")
    return found["next"].set_axis(frame.index).where(given).astype(DATE)


def _numbered(frame: pd.DataFrame) -> pd.DataFrame:
    """`number` of each record by itself, and `shared`: whether it shares its frequency with others of its day."""
    days = duration(_begun(frame), frame["end"]).astype("float64").clip(lower=0)
    by_days = np.ceil(days * frame["per_day"] - _TINY).clip(lower=1).where(days > 0, 0)
    frame["shared"], in_shares = _shares(frame)
    by_days = by_days.mask(frame["shared"] & (by_days > 0), in_shares)
    one = (frame["start"] == frame["end"]) | frame["term"].isna() | (frame["term"].str.upper() == "CONTINUOUS")
    other = frequency.per_record(frame["term"]).fillna(pd.Series(1.0, index=frame.index).where(one | ~frame["given"]))
    frame["number"] = by_days.where(frame["per_day"].notna(), other)
    # What has no date, and so was not given, was planned once.
    frame["number"] = frame["number"].mask(frame["start"].isna(), 1.0)
    return frame


def _begun(frame: pd.DataFrame) -> pd.Series:
    """The first day of each course that no course before it holds: starts, ends and order decide which is before."""
    counted = frame["per_day"].notna() & frame["start"].notna()
    course = pd.Series(group_codes(frame, _COURSE), index=frame.index)
    spans = pd.DataFrame({"course": course, "start": frame["start"], "end": frame["end"]})
    blocks = spans.loc[counted].drop_duplicates().sort_values(["course", "start", "end"])
    until = blocks.groupby("course")["end"].cummax()
    blocks["until"] = until.groupby(blocks["course"]).shift()
    found = spans.merge(blocks, on=["course", "start", "end"], how="left")["until"].set_axis(frame.index)
    begun = frame["start"].mask(counted & (found >= frame["start"]), found + _DAY)
    return begun.astype(DATE)


def _shares(frame: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Records of one day and course that differ in their time, and the administrations that each then holds."""
    several = (frame["per_day"] > 1) & (frame["start"] == frame["end"])
    key = pd.Series(group_codes(frame, [*_COURSE, "start"]), index=frame.index)[several]
    time = frame["instant"].fillna(frame["moment"])[several]
    size, times = key.groupby(key).transform("size"), time.groupby(key).transform("nunique")
    shared = ((size > 1) & (times == size)).reindex(frame.index, fill_value=False)
    a_day = np.ceil(frame["per_day"] - _TINY)
    return shared, (a_day / size.reindex(frame.index)).clip(lower=1)


def _counted(frame: pd.DataFrame) -> pd.Series:
    """The administrations of records of the same days, in the first of them; 0 in the others."""
    together = pd.Series(group_codes(frame, _TOGETHER), index=frame.index)
    # Undated records are one each.
    undated = frame["start"].isna()
    together = together.mask(undated, -1 - pd.Series(range(len(frame)), index=frame.index))
    course = pd.Series(group_codes(frame.assign(together=together), [*_COURSE, "together"]), index=frame.index)
    turn = pd.Series(group_codes(pd.DataFrame({"course": course, "turn": _turns(frame, course)}), ["course", "turn"]))
    turn.index = frame.index
    most_of_turn = frame["number"].groupby(turn).transform("max").mask(turn.duplicated())
    total = most_of_turn.groupby(course).transform("sum")
    total = total.mask(frame["shared"], frame["number"].groupby(course).transform("sum"))
    unknown = frame["number"].isna().groupby(together).transform("any")
    most = total.groupby(together).transform("max").mask(unknown)
    return most.mask(together.duplicated(), 0.0)


def _turns(frame: pd.DataFrame, course: pd.Series) -> pd.Series:
    """Of records of one course and day, by their times, which administration of the day each belongs to."""
    time = frame["instant"].fillna(frame["moment"])
    alone = frame["per_day"].isna() & frame["TPT"].isna() & frame["TPTNUM"].isna() & (frame["start"] == frame["end"])
    told = (alone & time.notna()).groupby(course).transform("all")
    ordered = pd.DataFrame({"course": course, "time": time})[told].sort_values(["course", "time"], kind="stable")
    again = ordered.groupby("course")["time"].diff() >= _APART
    return again.groupby(ordered["course"]).cumsum().reindex(frame.index, fill_value=0)
