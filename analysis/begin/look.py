"""Looks at the domains of a study that has no definition yet: arms, visits, tests, what their values are.

Not here: what is proposed of it (`propose`), and the tests with their visits (`tests`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from trial_report.analysis.derive.dates import study_day, whole_date
from trial_report.analysis.derive.records import text

Frames = Mapping[str, pd.DataFrame]

_USUAL = 14
"""A planned visit has a usual day: the middle half of those who came did so within so many days of each other."""


def commonest(values: pd.Series) -> str | None:
    """The text that stands most often, of several the first by alphabet; None where there is none."""
    counted = values.dropna().value_counts()
    return None if counted.empty else str(min(counted.index[counted == counted.max()]))


def code(words: str, taken: tuple[str, ...] = (), most: int = 20) -> str:
    """A code that stands for some words: their letters and digits in capitals, and another one than those taken."""
    made = re.sub(r"[^A-Za-z0-9]+", "_", words).strip("_").upper()
    made = (made if made[:1].isalpha() else f"X{made}")[:most].rstrip("_")
    number = 2
    found = made
    while found in taken:
        found = f"{made[: most - len(str(number))]}{number}"
        number += 1
    return found


def summary(frames: Frames) -> dict[str, str]:
    """TSPARMCD → TSVAL of the trial summary, the first where there are several; empty without TS."""
    if "TS" not in frames:
        return {}
    ts = frames["TS"].dropna(subset=["TSPARMCD", "TSVAL"]).drop_duplicates("TSPARMCD")
    return dict(zip(ts["TSPARMCD"].astype("str"), ts["TSVAL"].astype("str"), strict=True))


def last_day(frames: Frames) -> pd.Timestamp | None:
    """The latest complete date in any --DTC variable; None where there is none."""
    found = [
        whole_date(text(frame, name)).max()
        for frame in frames.values()
        for name in frame.columns
        if name.endswith("DTC")
    ]
    days = [day for day in found if pd.notna(day)]
    return max(days, default=None)


def first_dose(frames: Frames) -> pd.Series:
    """USUBJID → day of the first administration: the earliest EXSTDTC, else RFXSTDTC, else RFSTDTC of DM."""
    dm = frames["DM"].drop_duplicates("USUBJID").set_index("USUBJID")
    found = whole_date(text(dm, "RFXSTDTC")).fillna(whole_date(text(dm, "RFSTDTC")))
    if "EX" in frames:
        ex = frames["EX"]
        found = whole_date(text(ex, "EXSTDTC")).groupby(ex["USUBJID"]).min().reindex(found.index).fillna(found)
    return found.dropna()


def attended(frames: Frames) -> pd.DataFrame:
    """A row a planned visit of SV: VISITNUM, VISIT, `day` (VISITDY, else the median), `first`, `last`, `subjects`.

    Without SV the visits are those of all findings. Visits with a broken number are unscheduled (SDTMIG 3.4, section
    4.4.5) and are left out, as are those that fewer than a tenth of the treated came to, and those without a planned
    or a usual day, such as a visit after early discontinuation.
    """
    start = first_dose(frames)
    parts = [_visit_days(frames["SV"], "SVSTDTC")] if "SV" in frames else []
    parts = parts or [
        _visit_days(frame, f"{name}DTC")
        for name, frame in frames.items()
        if {f"{name}TESTCD", "VISITNUM", "VISIT", f"{name}DTC"} <= set(frame.columns)
    ]
    seen = pd.concat(parts).dropna(subset=["VISITNUM", "VISIT", "when"]) if parts else pd.DataFrame()
    if seen.empty or start.empty:
        return pd.DataFrame(columns=["VISITNUM", "VISIT", "day", "first", "last", "subjects"])
    gap = study_day(whole_date(seen["when"]), seen["USUBJID"].map(start))
    seen = seen.assign(gap=gap.astype("float64")).dropna(subset="gap")
    seen = seen[seen["VISITNUM"] % 1 == 0].drop_duplicates(["USUBJID", "VISITNUM"])
    found = seen.groupby("VISITNUM", as_index=False).agg(
        VISIT=("VISIT", "first"), planned=("planned", "median"), day=("gap", "median"), first=("gap", "min"),
        last=("gap", "max"), subjects=("USUBJID", "size"), low=("gap", lambda days: days.quantile(0.25)),
        high=("gap", lambda days: days.quantile(0.75)),
    )  # fmt: skip
    usual = found["planned"].notna() if found["planned"].notna().any() else (found["high"] - found["low"]) <= _USUAL
    found["day"] = found["planned"].fillna(found["day"]).astype("int64").replace(0, -1)
    planned = found[usual & (found["subjects"] >= max(1, len(start) / 10))]
    # Of two visits on one day, such as a visit and a call, the one that more came to.
    one_a_day = planned.sort_values(["day", "subjects", "VISITNUM"], ascending=[True, False, True])
    return one_a_day.drop_duplicates("day").reset_index(drop=True)


def undated(frames: Frames, known: pd.DataFrame) -> pd.DataFrame:
    """Visits with a whole number in any domain that are not among those known: VISITNUM, VISIT, in order of number.

    They have no planned or usual day, such as a retrieval or follow-up visit, or almost nobody came to them.
    """
    # Trial design has visits too, but nobody came to those.
    rows = [frame for frame in frames.values() if {"USUBJID", "VISITNUM"} <= set(frame)]
    parts = [frame[["VISITNUM"]].assign(VISIT=text(frame, "VISIT")) for frame in rows]
    if not parts:
        return pd.DataFrame(columns=["VISITNUM", "VISIT"])
    seen = pd.concat(parts, ignore_index=True).dropna(subset="VISITNUM")
    seen = seen[(seen["VISITNUM"] % 1 == 0) & ~seen["VISITNUM"].isin(known["VISITNUM"])]
    return seen.groupby("VISITNUM", as_index=False).agg(VISIT=("VISIT", commonest))


def came(frames: Frames) -> pd.Series:
    """VISITNUM → subjects of whom any domain has a record of that visit."""
    seen = [frame[["USUBJID", "VISITNUM"]] for frame in frames.values() if {"USUBJID", "VISITNUM"} <= set(frame)]
    if not seen:
        return pd.Series(dtype="int64")
    return pd.concat(seen, ignore_index=True).groupby("VISITNUM")["USUBJID"].nunique()


def unscheduled(frames: Frames) -> int:
    """How many different visit numbers with decimals there are: unscheduled visits (SDTMIG 3.4, section 4.4.5)."""
    found = [frame["VISITNUM"].dropna() for frame in frames.values() if "VISITNUM" in frame]
    numbers = pd.concat(found).unique() if found else np.array([])
    return int(sum(number % 1 != 0 for number in numbers))


def _visit_days(frame: pd.DataFrame, when: str) -> pd.DataFrame:
    day = frame["VISITDY"].astype("float64") if "VISITDY" in frame else np.nan
    return frame[["USUBJID", "VISITNUM", "VISIT"]].assign(when=text(frame, when), planned=day)
