"""Analysis visits: which visit a record belongs to, which record of a visit is analysed, and why the others are not.

The rules:

- A record belongs to the visit whose analysis window holds its study day, whatever visit it was recorded under:
  before first dose to a screening or baseline visit, after it to a follow-up visit. Where windows overlap, to the
  visit with the closest target day, then to the later visit. The baseline record belongs to the baseline visit.
  A parameter may have windows of its own after first dose, which are then the only ones, and belongs to no visit at
  which it is not planned.
- Where values are assigned by the visit recorded, a record belongs to the visit of its VISITNUM, whatever its day, as
  long as both lie on the same side of the first dose. So does one recorded under a visit that has no analysis window.
- What was not done often has no day; with a reason and without a date it belongs to the visit of its VISITNUM.
- Of several records with a value in one visit the one closest to the target day is analysed; of two equally close
  the later; of several on that day the last. At a visit without a target day it is the last, at the baseline visit the
  baseline record.

Not here: whether a visit took place in its window (`advisit`), and the baseline (`adbds`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from trial_report.analysis.derive.findings import RANK
from trial_report.analysis.derive.records import flag, matched
from trial_report.schemas.domains.unique import group_codes
from trial_report.schemas.study.design import Assign, Visit
from trial_report.schemas.study.measures import Parameter

Window = tuple[int, int]

Rule = tuple[tuple[bool, ...], tuple[Window | None, ...]]
"""Of each visit whether records belong to it by its number, and the window by which they do (None: by none)."""

ANY_DAY: Window = (-99_999, 99_999)
"""A window that holds every study day."""

_KEY = ["USUBJID", "PARAMCD", "AVISITN"]


def days_between(days: pd.Series, target: pd.Series) -> pd.Series:
    """Days from target to day, both study days: as there is no day 0, day -1 and day 1 are one day apart."""
    return _elapsed(days) - _elapsed(target)


def _elapsed(days: pd.Series) -> pd.Series:
    return days - (days > 0).astype("Int64")


def visit_of(day: pd.Series, post: pd.Series, visits: Sequence[Visit], windows: Sequence[Window | None]) -> pd.Series:
    """Order in the definition (Int64, from 1) of the visit whose window holds the study day, or missing.

    `post` says which records were made after first dose; `windows` has one a visit, None where it is not used.
    """
    found = pd.Series(pd.NA, index=day.index, dtype="Int64")
    nearest = pd.Series(np.inf, index=day.index)
    for place, (visit, window) in enumerate(zip(visits, windows, strict=True), start=1):
        if window is None:
            continue
        low, high = window
        target = pd.Series(visit.day, index=day.index, dtype="Int64")
        distance = days_between(day, target).abs().astype("float64").fillna(np.inf)
        inside = day.between(low, high).fillna(False).astype(bool) & (post == (visit.role == "follow-up"))
        closer = inside & (distance <= nearest)
        found, nearest = found.mask(closer, place), nearest.mask(closer, distance)
    return found


def recorded_at(frame: pd.DataFrame, post: pd.Series, visits: Sequence[Visit], by_number: Sequence[bool]) -> pd.Series:
    """Order in the definition (Int64, from 1) of the visit under which a record was made, or missing.

    Missing as well where the study day is not known, or the visit lies on the other side of the first dose.
    `by_number` says of each visit whether its number counts.
    """
    if "VISITNUM" not in frame or not any(by_number):
        return pd.Series(pd.NA, index=frame.index, dtype="Int64")
    # Transport files hold base-16 fractions, so that 2.1 comes back a little beside it.
    numbers = {round(v.num, 6): n for n, (v, used) in enumerate(zip(visits, by_number, strict=True), 1) if used}
    found = frame["VISITNUM"].round(6).map(numbers).astype("Int64")
    later = pd.Series({n: v.role == "follow-up" for n, v in enumerate(visits, start=1)})
    return found.where(frame["ADY"].notna() & (found.map(later) == post))


def _places(
    frame: pd.DataFrame, post: pd.Series, visits: Sequence[Visit], parameters: Sequence[Parameter], assign: Assign
) -> pd.Series:
    """The visit of each record by the rule of its parameter: once for all parameters that share it."""

    def found(part: pd.DataFrame, rule: Rule) -> pd.Series:
        by_number, windows = rule
        later = post.loc[part.index]
        own = recorded_at(part, later, visits, by_number)
        return own.fillna(visit_of(part["ADY"], later, visits, windows))

    none: tuple[Window | None, ...] = (None,) * len(visits)
    sharing: dict[Rule, list[str]] = {}
    for parameter in (p for p in parameters if p.windows or p.planned or p.assign):
        if (parameter.assign or assign) == "recorded":
            rule: Rule = (tuple(parameter.is_planned(v) for v in visits), none)
        else:
            by_number = tuple(parameter.is_by_number(v) for v in visits)
            rule = (by_number, tuple(parameter.window_of(v) for v in visits))
        sharing.setdefault(rule, []).append(parameter.paramcd)
    every = tuple(assign == "recorded" or v.analysis_window is None for v in visits)
    windows = tuple(None if by_number else v.analysis_window for by_number, v in zip(every, visits, strict=True))
    places = found(frame, (every, windows))
    for rule, codes in sharing.items():
        part = frame.loc[frame["PARAMCD"].isin(codes)]
        places.loc[part.index] = found(part, rule)
    return places


def assign_visits(
    records: pd.DataFrame,
    visits: Sequence[Visit],
    parameters: Sequence[Parameter] = (),
    assign: Assign = "window",
) -> pd.DataFrame:
    """The records with AVISIT, AVISITN, AWTARGET, AWTDIFF, INWINFL, ANL01FL, REASNOT, and REASND where it is asked for.

    REASND stays where the subject has no analysed value at the visit: then it is why there is none.
    Needs USUBJID, PARAMCD, ADT, ADY, AVAL, ABLFL, POSTFL, VISITNUM, REASND, STARTED (bool) and `_RANK`. Of
    `parameters` those are looked at that have a rule of their own; `assign` is the rule of all others.
    """
    frame = records.copy()
    post, is_baseline = frame["POSTFL"] == "Y", frame["ABLFL"] == "Y"
    baseline_place = next(place for place, v in enumerate(visits, start=1) if v.role == "baseline")
    frame["AVISITN"] = _places(frame, post, visits, parameters, assign).mask(is_baseline, baseline_place)
    undone = frame["ADT"].isna() & frame["REASND"].notna()
    frame.loc[undone, "AVISITN"] = _not_done_at(frame.loc[undone], visits, parameters)
    places = range(1, len(visits) + 1)
    # A visit without a window of the protocol may be on any day.
    low, high = (pd.Series([(v.window or ANY_DAY)[end] for v in visits], index=places, dtype="Int64") for end in (0, 1))
    frame["AVISIT"] = frame["AVISITN"].map(pd.Series([v.id for v in visits], index=places)).astype("str")
    frame["AWTARGET"] = frame["AVISITN"].map(pd.Series([v.day for v in visits], index=places)).astype("Int64")
    frame["AWTDIFF"] = days_between(frame["ADY"], frame["AWTARGET"])
    inside = (frame["ADY"] >= frame["AVISITN"].map(low)) & (frame["ADY"] <= frame["AVISITN"].map(high))
    frame["INWINFL"] = flag(inside, known=frame["AVISITN"].notna() & ~undone)
    other_way = [p.paramcd for p in parameters if (p.assign or assign) != assign]
    by_record = frame["PARAMCD"].isin(other_way) != (assign == "recorded")
    return _choose(frame, is_baseline, baseline_place, by_record)


def _not_done_at(frame: pd.DataFrame, visits: Sequence[Visit], parameters: Sequence[Parameter]) -> pd.Series:
    """Order in the definition (Int64) of the visit under which a record without a day stands, where it is planned."""
    places = pd.Series({round(v.num, 6): n for n, v in enumerate(visits, 1)}, dtype="Int64")
    found = frame["VISITNUM"].round(6).map(places).astype("Int64")
    for parameter in (p for p in parameters if p.planned):
        away = [n for n, v in enumerate(visits, 1) if not parameter.is_planned(v)]
        found = found.mask((frame["PARAMCD"] == parameter.paramcd) & found.isin(away))
    return found


def _choose(frame: pd.DataFrame, is_baseline: pd.Series, baseline_place: int, by_record: pd.Series) -> pd.DataFrame:
    valued, placed = frame["AVAL"].notna(), frame["AVISITN"].notna()
    at_baseline = placed & (frame["AVISITN"] == baseline_place).fillna(False).astype(bool)
    candidate = valued & placed & (~at_baseline | is_baseline)
    # Where there is no target day all are equally near.
    distance = frame["AWTDIFF"].abs().astype("float64").fillna(0.0)
    order = pd.DataFrame({"visit": group_codes(frame, _KEY), "distance": distance, "late": -frame[RANK]})
    order = order.loc[candidate].sort_values(["visit", "distance", "late"])
    chosen = pd.Series(False, index=frame.index)
    chosen.loc[order.index[~order["visit"].duplicated()]] = True
    frame["ANL01FL"] = flag(chosen)

    best = matched(frame, chosen.to_numpy(), _KEY)
    frame["REASND"] = frame["REASND"].where(best < 0)
    same_day = frame["ADT"] == frame["ADT"].array.take(best, allow_fill=True)
    nearest = distance.array.take(best, allow_fill=True)
    before = frame["STARTED"] & (frame["POSTFL"] == "N")
    # The order of these lines is the order of precedence, the last first.
    reason = pd.Series("earlier of two equally near", index=frame.index, dtype="str")
    reason = reason.mask(frame["AWTARGET"].isna(), "not the last of its visit")
    reason = reason.mask(distance > nearest, "farther from target")
    reason = reason.mask(same_day, "repeat")
    reason = reason.mask(~placed, "outside all windows").mask(~placed & by_record, "at no planned visit")
    reason = reason.mask(before & (~placed | (at_baseline & ~same_day)), "before treatment, not baseline")
    reason = reason.mask(frame["ADT"].isna(), "no date")
    reason = reason.mask(~frame["STARTED"], "not treated")
    frame["REASNOT"] = reason.where(valued & ~chosen)
    return frame
