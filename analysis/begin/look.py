"""Looks at the domains of a study that has no definition yet: arms, visits, tests, what their values are."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.derive.dates import study_day, whole_date
from analysis.derive.records import text

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
    """USUBJID → day of the first administration: the earliest EXSTDTC, without EX the RFXSTDTC or RFSTDTC of DM."""
    if "EX" in frames:
        ex = frames["EX"]
        return whole_date(text(ex, "EXSTDTC")).groupby(ex["USUBJID"]).min().dropna()
    dm = frames["DM"].set_index("USUBJID")
    return whole_date(text(dm, "RFXSTDTC").fillna(text(dm, "RFSTDTC"))).dropna()


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
    if not parts:
        return pd.DataFrame(columns=["VISITNUM", "VISIT", "day", "first", "last", "subjects"])
    seen = pd.concat(parts).dropna(subset=["VISITNUM", "VISIT", "when"])
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


def measured(frame: pd.DataFrame, domain: str, start: pd.Series) -> pd.DataFrame:
    """A row a test with numbers: testcd, test, category, unit, decimals, later (subjects with a value after dosing).

    `start` as `first_dose` gives it. In the order of category and test code.
    """
    number, when = f"{domain}STRESN", f"{domain}DTC"
    kept = frame.dropna(subset=[f"{domain}TESTCD", number]) if number in frame else frame.head(0)
    values = kept[number].astype("float64") if number in kept else pd.Series(dtype="float64")
    after = whole_date(text(kept, when)) > kept["USUBJID"].map(start)
    rows = pd.DataFrame(
        {
            "testcd": text(kept, f"{domain}TESTCD"),
            "test": text(kept, f"{domain}TEST"),
            "category": text(kept, f"{domain}CAT"),
            "unit": text(kept, f"{domain}STRESU"),
            "decimals": _decimals(values),
            "subject": kept["USUBJID"].where(after),
        }
    )
    found = rows.groupby("testcd", as_index=False).agg(
        test=("test", "first"), category=("category", "first"), unit=("unit", commonest),
        decimals=("decimals", lambda places: int(places.quantile(0.95, interpolation="higher"))),
        later=("subject", "nunique"),
    )  # fmt: skip
    return found.sort_values(["category", "testcd"], na_position="last").reset_index(drop=True)


def repeated(frame: pd.DataFrame, domain: str, testcd: str) -> dict[str, str]:
    """The time point or position that sets records of one test at one visit apart; empty where a visit has one."""
    test = frame[frame[f"{domain}TESTCD"] == testcd]
    if "VISITNUM" not in test or test.duplicated(["USUBJID", "VISITNUM"]).mean() < 0.2:
        return {}
    for name in (f"{domain}{end}" for end in ("TPT", "POS", "LOC", "SPEC", "METHOD")):
        if name in test and len(test[name].dropna().unique()) > 1:
            return {name: str(test[name].dropna().value_counts().sort_index(ascending=False).idxmax())}
    return {}


def _visit_days(frame: pd.DataFrame, when: str) -> pd.DataFrame:
    day = frame["VISITDY"].astype("float64") if "VISITDY" in frame else np.nan
    return frame[["USUBJID", "VISITNUM", "VISIT"]].assign(when=text(frame, when), planned=day)


def _decimals(values: pd.Series) -> pd.Series:
    """How many decimals each value has, at most three: what is computed from units has more than was collected."""
    found = pd.Series(3, index=values.index)
    for places in (2, 1, 0):
        found[np.isclose(values, values.round(places), rtol=0, atol=1e-9)] = places
    return found
