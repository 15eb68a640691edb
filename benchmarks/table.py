"""A Findings table as large as wanted, made of a study's own, with failures of many kinds planted at known rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

Rows = npt.NDArray[np.int64]
Plant = Callable[[pd.DataFrame, Rows], None]


def findings_table(path: Path, domain: str, rows: int) -> pd.DataFrame:
    """A file's records over and over until there are `rows`: each time with subjects and days of their own.

    All columns are text as they stand in the file, missing where a field is empty. The dates of each repetition lie
    some days before those of the last, so that there are as many different ones as a large study has.
    """
    part = pd.read_csv(path, dtype="str", keep_default_na=False, na_values=[""])
    times = -(-rows // len(part))
    table = part.iloc[np.tile(np.arange(len(part)), times)[:rows]].reset_index(drop=True)
    number = pd.Series(np.arange(rows) // len(part))
    table["USUBJID"] = table["USUBJID"] + "-" + number.astype("str").str.zfill(5)
    for name in (f"{domain}DTC", f"{domain}ENDTC"):
        if name in table:
            table[name] = _earlier(table[name], number)
    return table


def _earlier(dates: pd.Series, days: pd.Series) -> pd.Series:
    whole = dates.str.len() >= 10
    day = dates.str[:10].where(whole).to_numpy(dtype="datetime64[D]", na_value=np.datetime64("NaT"))
    moved = np.datetime_as_string(day - days.to_numpy().astype("timedelta64[D]"))
    return dates.where(~whole, pd.Series(moved, index=dates.index, dtype="str") + dates.str[10:].fillna(""))


def plant(table: pd.DataFrame, domain: str, each: int, seed: int) -> dict[str, Rows]:
    """Plant `each` failures of every kind into the table, at rows of their own; check id → rows."""
    chance = np.random.default_rng(seed)
    free = _measured(table, domain)
    chosen: dict[str, Rows] = {}
    for number, (name, change) in enumerate(_kinds(domain).items()):
        fits = free if name != f"{domain}-042" else free & _after_baseline(table, domain)
        if name == f"{domain}-033":
            fits = free & (table[f"{domain}ORRESU"] == table[f"{domain}STRESU"]).to_numpy(dtype=bool)
        # Rows apart from each other, so that a failure that copies its neighbour meets no other failure.
        usable = np.flatnonzero(fits & (np.arange(len(table)) % (2 * len(_kinds(domain))) == 2 * number + 1))
        rows = np.sort(chance.choice(usable, min(each, len(usable)), replace=False))
        change(table, rows)
        chosen[name] = rows
    return chosen


def _measured(table: pd.DataFrame, domain: str) -> npt.NDArray[np.bool_]:
    """Rows with a normal result that are no baseline, and whose neighbour is of the same subject and test."""
    plain = (table[f"{domain}NRIND"] == "NORMAL") & table[f"{domain}LOBXFL"].isna() & table[f"{domain}STRESN"].notna()
    same = pd.Series(True, index=table.index)
    for name in ("USUBJID", f"{domain}TESTCD"):
        same &= table[name] == table[name].shift()
    return (plain & same & (table["VISITNUM"].astype(float) % 1 == 0)).to_numpy(dtype=bool)


def _after_baseline(table: pd.DataFrame, domain: str) -> npt.NDArray[np.bool_]:
    return (table[f"{domain}LOBXFL"].shift() == "Y").to_numpy(dtype=bool)


def _sets(**values: str | None) -> Plant:
    def change(table: pd.DataFrame, rows: Rows) -> None:
        for name, value in values.items():
            table.loc[rows, name] = value

    return change


def _copies(*names: str) -> Plant:
    def change(table: pd.DataFrame, rows: Rows) -> None:
        for name in names:
            table.loc[rows, name] = table[name].to_numpy()[rows - 1]

    return change


def _swaps(one: str, other: str) -> Plant:
    def change(table: pd.DataFrame, rows: Rows) -> None:
        first = table.loc[rows, one].copy()
        table.loc[rows, one] = table.loc[rows, other]
        table.loc[rows, other] = first

    return change


def _kinds(domain: str) -> dict[str, Plant]:
    """Check id → what makes exactly this check fail."""
    d = domain
    kinds = {
        "004": _sets(**{f"{d}STRESN": "5O"}),
        "005": _sets(**{f"{d}TEST": None}),
        "006": _sets(**{f"{d}NRIND": "Normal"}),
        "008": _sets(**{f"{d}DTC": "2021-02-30T08:00"}),
        "009": _sets(**{f"{d}SEQ": "0"}),
        "010": _copies(f"{d}SEQ"),
        "011": _copies("VISITNUM", "VISIT", "VISITDY", f"{d}DTC", f"{d}DY"),
        "012": _sets(STUDYID="ANOTHER"),
        "013": _sets(DOMAIN="ZZ"),
        "014": _sets(**{f"{d}REASND": "two words "}),
        "015": _sets(**{f"{d}REASND": "word " * 60 + "end"}),
        "016": _sets(**{f"{d}DY": "8.5"}),
        "021": _sets(**{f"{d}DTC": "2199-01-01T08:00"}),
        "026": _sets(VISITNUM="99", VISIT="UNSCHEDULED 99", VISITDY=None),
        "027": _sets(VISIT="ANOTHER VISIT"),
        "028": _sets(VISITDY="1234"),
        "030": _sets(**{f"{d}TEST": "Another Name"}),
        "031": _sets(**{f"{d}TESTCD": "no code"}),
        "032": _sets(**{f"{d}STRESN": "98765"}),
        "033": _sets(**{f"{d}ORRES": "98765"}),
        "034": _sets(**{f"{d}ORRES": None}),
        "036": _sets(**{f"{d}STRESU": "u"}),
        "037": _sets(**{f"{d}STAT": "NOT DONE"}),
        "038": _sets(**{f"{d}ORRES": None, f"{d}STRESC": None, f"{d}STRESN": None, f"{d}NRIND": None}),
        "039": _sets(**{f"{d}STRESC": None, f"{d}STRESN": None}),
        "040": _swaps(f"{d}STNRLO", f"{d}STNRHI"),
        "041": _sets(**{f"{d}NRIND": "HIGH"}),
        "042": _sets(**{f"{d}LOBXFL": "Y"}),
    }
    return {f"{d}-{number}": change for number, change in kinds.items()} | {
        "PR-003": _sets(**{f"{d}REASND": "call 010-1234-5678"})
    }
