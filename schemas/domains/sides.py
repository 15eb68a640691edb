"""The sides (--LAT) of measurements: which records are of one moment, and how many sides have a value there.

Nobody measures two sides at once: sides that were each measured once on a day, at one visit and time point, are of one
moment, though minutes lie between them. Where a side was measured several times on the day, the time tells the moments.

Not here: a side that changes within a subject (`schemas.checks.limb`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from trial_report.schemas.domains.unique import as_series, spread, unique_texts
from trial_report.schemas.domains.variables import NO_SIDE

Places = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Sides:
    """Of each record: its moment and its side within it (by number), whether it counts as a side's value there, how
    many sides have a value at its moment (`here`), and at the fullest moment of its subject (`fullest`)."""

    at: Places
    of_side: Places
    counted: Mask
    here: Places
    fullest: Places


def side_numbers(texts: pd.Series) -> Places:
    """A number for each row's side, -1 for none; what is of both sides together is of none."""
    codes, unique = unique_texts(texts)
    names = as_series(unique).str.strip().str.upper()
    found = pd.factorize(names.mask(names.isin(NO_SIDE)))[0]
    return spread(found.astype(np.int64), codes, -1)


def is_of_several(side: Places, valued: Mask) -> bool:
    """Whether the values are of more than one side."""
    of_sides = side[valued & (side >= 0)]
    return bool((of_sides != of_sides[:1]).any())


def by_moment(subject: Places, day: Places, time: Places, side: Places, valued: Mask) -> Sides:
    """The sides of records whose subject, day (with all else that has to be equal), and time of the day are given.

    `subject`, `day` and `time` are numbers of groups, each within the one before. `valued`: which records have a value.
    A value without a side counts, as that of one, at moments where no side has one.
    """
    at = _moments(day, time, side, valued)
    of_sides = valued & (side >= 0)
    counted = of_sides | (valued & ~np.isin(at, at[of_sides]))
    of_side = pd.factorize(at * (side.max(initial=-1) + 2) + side + 1)[0].astype(np.int64)
    once = np.flatnonzero(counted)
    once = once[~pd.Series(of_side[once]).duplicated().to_numpy()]
    here = np.bincount(at[once], minlength=at.max(initial=-1) + 1)[at]
    fullest = np.zeros(subject.max(initial=-1) + 1, dtype=np.int64)
    np.maximum.at(fullest, subject, here)
    return Sides(at, of_side, counted, here, fullest[subject])


def _moments(day: Places, time: Places, side: Places, valued: Mask) -> Places:
    """A number for each record's moment: its day where each side was measured once on it, else its time."""
    days = day.max(initial=-1) + 1
    with_value = pd.Series(day * (side.max(initial=-1) + 2) + side + 1)[valued]
    several = np.zeros(days, dtype=bool)
    several[day[valued][with_value.duplicated().to_numpy() | (side[valued] < 0)]] = True
    return pd.factorize(np.where(several[day], days + time, day))[0].astype(np.int64)
