"""Analysis visits: which visit a record belongs to, which record of a visit is analysed, and why the others are not.

The rules:

- A record belongs to the visit whose analysis window holds its study day, whatever visit it was recorded under:
  before first dose to a screening or baseline visit, after it to a follow-up visit. Where windows overlap, to the
  visit with the closest target day, then to the later visit. The baseline record belongs to the baseline visit.
  A parameter may have windows of its own after first dose, which are then the only ones.
- Of several records with a value in one visit the one closest to the target day is analysed; of two equally close
  the later; of several on that day the last. At the baseline visit it is the baseline record.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.derive.findings import RANK
from analysis.derive.records import flag, matched
from schemas.domains.unique import group_codes
from schemas.study.design import Visit
from schemas.study.measures import Parameter

Window = tuple[int, int]

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
        distance = days_between(day, target).abs().astype("float64")
        inside = day.between(low, high).fillna(False).astype(bool) & (post == (visit.role == "follow-up"))
        closer = inside & (distance <= nearest)
        found, nearest = found.mask(closer, place), nearest.mask(closer, distance)
    return found


def _places(
    frame: pd.DataFrame, post: pd.Series, visits: Sequence[Visit], parameters: Sequence[Parameter]
) -> pd.Series:
    """`visit_of` each record, by the windows of its parameter: once for all parameters that share their windows."""
    sharing: dict[tuple[Window | None, ...], list[str]] = {}
    for parameter in (p for p in parameters if p.windows):
        sharing.setdefault(tuple(parameter.window_of(v) for v in visits), []).append(parameter.paramcd)
    found = visit_of(frame["ADY"], post, visits, [v.analysis_window for v in visits])
    for windows, codes in sharing.items():
        own = frame["PARAMCD"].isin(codes)
        found.loc[own] = visit_of(frame.loc[own, "ADY"], post.loc[own], visits, windows)
    return found


def assign_visits(records: pd.DataFrame, visits: Sequence[Visit], parameters: Sequence[Parameter] = ()) -> pd.DataFrame:
    """The records with AVISIT, AVISITN, AWTARGET, AWTDIFF, INWINFL, ANL01FL, REASNOT.

    Needs USUBJID, PARAMCD, ADT, ADY, AVAL, ABLFL, POSTFL, STARTED (bool) and `_RANK`. Of `parameters` those are looked
    at that have windows of their own.
    """
    frame = records.copy()
    post, is_baseline = frame["POSTFL"] == "Y", frame["ABLFL"] == "Y"
    baseline_place = next(place for place, v in enumerate(visits, start=1) if v.role == "baseline")
    frame["AVISITN"] = _places(frame, post, visits, parameters).mask(is_baseline, baseline_place)
    places = range(1, len(visits) + 1)
    low = pd.Series([v.window[0] for v in visits], index=places, dtype="Int64")
    high = pd.Series([v.window[1] for v in visits], index=places, dtype="Int64")
    frame["AVISIT"] = frame["AVISITN"].map(pd.Series([v.id for v in visits], index=places)).astype("str")
    frame["AWTARGET"] = frame["AVISITN"].map(pd.Series([v.day for v in visits], index=places)).astype("Int64")
    frame["AWTDIFF"] = days_between(frame["ADY"], frame["AWTARGET"])
    inside = (frame["ADY"] >= frame["AVISITN"].map(low)) & (frame["ADY"] <= frame["AVISITN"].map(high))
    frame["INWINFL"] = flag(inside, known=frame["AVISITN"].notna())
    return _choose(frame, is_baseline, baseline_place)


def _choose(frame: pd.DataFrame, is_baseline: pd.Series, baseline_place: int) -> pd.DataFrame:
    valued, placed = frame["AVAL"].notna(), frame["AVISITN"].notna()
    at_baseline = placed & (frame["AVISITN"] == baseline_place).fillna(False).astype(bool)
    candidate = valued & placed & (~at_baseline | is_baseline)
    distance = frame["AWTDIFF"].abs().astype("float64")
    order = pd.DataFrame({"visit": group_codes(frame, _KEY), "distance": distance, "late": -frame[RANK]})
    order = order.loc[candidate].sort_values(["visit", "distance", "late"])
    chosen = pd.Series(False, index=frame.index)
    chosen.loc[order.index[~order["visit"].duplicated()]] = True
    frame["ANL01FL"] = flag(chosen)

    best = matched(frame, chosen.to_numpy(), _KEY)
    same_day = frame["ADT"] == frame["ADT"].array.take(best, allow_fill=True)
    nearest = distance.array.take(best, allow_fill=True)
    before = frame["STARTED"] & (frame["POSTFL"] == "N")
    # The order of these lines is the order of precedence, the last first.
    reason = pd.Series("earlier of two equally near", index=frame.index, dtype="str")
    reason = reason.mask(distance > nearest, "farther from target")
    reason = reason.mask(same_day, "repeat")
    reason = reason.mask(~placed, "outside all windows")
    reason = reason.mask(before & (~placed | (at_baseline & ~same_day)), "before treatment, not baseline")
    reason = reason.mask(frame["ADT"].isna(), "no date")
    reason = reason.mask(~frame["STARTED"], "not treated")
    frame["REASNOT"] = reason.where(valued & ~chosen)
    return frame
