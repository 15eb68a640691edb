"""Which rows of the datasets made a result change: rows that came, went, or hold another value.

Not here: comparison of the records of two deliveries (`analysis.issues.compare`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from trial_report.analysis.lineage.conditions import Conditions

IDENTITY: dict[str, tuple[str, ...]] = {
    "ADSL": ("USUBJID",),
    "ADAE": ("USUBJID", "AESEQ"),
    "ADBDS": ("USUBJID", "PARAMCD", "SRCDOM", "SRCSEQ"),
    "ADTTE": ("USUBJID", "PARAMCD"),
    "ADVISIT": ("USUBJID", "AVISIT"),
}
"""What names a row of a dataset from one data cut to the next; of a domain, USUBJID and --SEQ."""

NOT_VALUES = ("SRCLINE",)
"""Columns that differ without anything having happened to the data."""

Frames = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Side:
    """One data cut: its datasets and domains by name, and its results."""

    frames: Frames
    results: pd.DataFrame


def identity(dataset: str, frame: pd.DataFrame) -> pd.Series:
    """What names each row of a dataset: a text, unique (rows with one name are told apart by their order)."""
    names = [name for name in IDENTITY.get(dataset, ("USUBJID", f"{dataset}SEQ")) if name in frame]
    text = pd.Series("", index=frame.index, dtype="str")
    for name in names:
        text = text + frame[name].astype("str").fillna("") + "|"
    return text + text.groupby(text).cumcount().astype("str")


def responsible(changes: pd.DataFrame, before: Side, after: Side) -> pd.DataFrame:
    """For each changed result the rows that differ between the cuts: columns key, rows (a number), subjects (text).

    A row differs when the result's filter selects it in one cut only, or when it selects it in both and its analysed
    variable (or any variable, where the dataset does not hold the analysed one) has another value. Results whose
    dataset is not at hand on both sides are left out.
    """
    one, other = Conditions(before.frames), Conditions(after.frames)
    found = []
    filters = _filters(changes)
    for dataset, rows in filters.groupby("dataset", sort=False):
        name = str(dataset)
        if name not in before.frames or name not in after.frames:
            continue
        one.prepare((name, condition) for condition in rows["filter_before"].dropna().unique())
        other.prepare((name, condition) for condition in rows["filter_after"].dropna().unique())
        aligned = _aligned(name, before.frames[name], after.frames[name])
        listed: list[Any] = rows.to_dict("records")
        found += [_of_row(row, name, aligned, one, other) for row in listed]
    return pd.DataFrame(found, columns=["key", "rows", "subjects"])


def _filters(changes: pd.DataFrame) -> pd.DataFrame:
    dataset = changes["dataset_after"].fillna(changes["dataset_before"])
    variable = changes["variable_after"].fillna(changes["variable_before"])
    return changes[["key", "filter_before", "filter_after"]].assign(dataset=dataset, variable=variable)


@dataclass(frozen=True)
class _Aligned:
    """The rows of both cuts on one axis: place of each on it (-1: not there), and where a column differs."""

    names: pd.Index
    subjects: np.ndarray
    before: np.ndarray
    after: np.ndarray
    differs: dict[str, np.ndarray]
    anything: np.ndarray


def _aligned(dataset: str, before: pd.DataFrame, after: pd.DataFrame) -> _Aligned:
    one, other = identity(dataset, before), identity(dataset, after)
    names = pd.Index(dict.fromkeys([*other, *one]))
    places = names.get_indexer(one), names.get_indexer(other)
    subjects = np.full(len(names), "", dtype=object)
    subjects[places[0]] = before["USUBJID"].astype("str").to_numpy()
    subjects[places[1]] = after["USUBJID"].astype("str").to_numpy()
    differs: dict[str, np.ndarray] = {}
    anything = np.zeros(len(names), dtype=bool)
    was, now = (
        before.set_axis(pd.Index(one), axis=0).reindex(names),
        after.set_axis(pd.Index(other), axis=0).reindex(names),
    )
    for column in dict.fromkeys([*before.columns, *after.columns]):
        if column in NOT_VALUES:
            continue
        if column not in was or column not in now:
            differs[column] = np.ones(len(names), dtype=bool)
            continue
        left, right = was[column].astype(object), now[column].astype(object)
        same = (left == right).fillna(False).to_numpy(dtype=bool) | (left.isna() & right.isna()).to_numpy()
        differs[column] = ~same
        anything |= ~same
    return _Aligned(names, subjects, places[0], places[1], differs, anything)


def _of_row(
    row: Mapping[str, object], dataset: str, aligned: _Aligned, one: Conditions, other: Conditions
) -> dict[str, object]:
    selected = np.zeros((2, len(aligned.names)), dtype=bool)
    for side, conditions, places, condition in (
        (0, one, aligned.before, row["filter_before"]), (1, other, aligned.after, row["filter_after"]),
    ):  # fmt: skip
        if isinstance(condition, str):
            selected[side, places] = conditions.mask(dataset, condition)
    value = aligned.differs.get(str(row["variable"]), aligned.anything)
    differs = (selected[0] ^ selected[1]) | (selected[0] & selected[1] & value)
    subjects = dict.fromkeys(aligned.subjects[differs])
    return {"key": row["key"], "rows": int(differs.sum()), "subjects": ", ".join(sorted(map(str, subjects)))}
