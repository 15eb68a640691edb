"""What the derivations share: columns that may be absent, flags, conditions, records of what did not happen.

Not here: dates (`dates`), and anything of one dataset alone, which stands in its module.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from trial_report.analysis.results.where import Where
from trial_report.schemas.domains import tables
from trial_report.schemas.domains.unique import arrow, group_codes, of_each, spread, taken, unique_texts
from trial_report.schemas.domains.variables import FINDINGS
from trial_report.schemas.study.measures import Condition

Domains = Mapping[str, pd.DataFrame]

DATE: Final = "datetime64[us]"
"""Type of every date in the analysis datasets."""

_NO_YES = pa.array(["N", "Y"], type=pa.large_string())


def text(frame: pd.DataFrame, name: str) -> pd.Series:
    """A column as texts; all missing when the frame does not have it. Empty texts are missing."""
    if name not in frame:
        return pd.Series(None, index=frame.index, dtype="str")
    column = frame[name].astype("str")
    empty = column == ""
    # Where none is empty the column is the frame's own, and takes no room of its own.
    return column.mask(empty) if empty.any() else column


def number(frame: pd.DataFrame, name: str) -> pd.Series:
    """A column as floats; all missing when the frame does not have it. What is no number becomes missing."""
    if name not in frame:
        return pd.Series(np.nan, index=frame.index, dtype="float64")
    if frame[name].dtype == "str":
        return of_each(frame[name], lambda found: pd.to_numeric(found, errors="coerce").astype("float64"), np.nan)
    return pd.to_numeric(frame[name], errors="coerce").astype("float64")


def whole(frame: pd.DataFrame, name: str) -> pd.Series:
    """A column as whole numbers (Int64); what is not whole becomes missing."""
    values = number(frame, name)
    return values.where(values == values.round()).astype("Int64")


def flag(mask: pd.Series, known: pd.Series | None = None) -> pd.Series:
    """Y where the mask holds, else N; missing where `known` does not hold."""
    held = mask.fillna(False).to_numpy(dtype=bool)
    found = taken(_NO_YES, held if known is None else np.where(known, held, -1))
    return found.set_axis(mask.index)


def meets(frame: pd.DataFrame, condition: Condition) -> pd.Series:
    """Which rows have, in every variable, the value or one of the values. No row does when a variable is absent."""
    if any(name not in frame for name in condition):
        return pd.Series(False, index=frame.index)
    return Where().all_of(condition).mask(frame)


def happened(frame: pd.DataFrame, domain: str) -> pd.Series:
    """Which rows say that something was there or done: not --STAT NOT DONE, --OCCUR N or --MOOD SCHEDULED."""
    return (
        (text(frame, f"{domain}STAT") != "NOT DONE").fillna(True)
        & (text(frame, f"{domain}OCCUR") != "N").fillna(True)
        & (text(frame, f"{domain}MOOD") != "SCHEDULED").fillna(True)
    ).astype(bool)


def domain(domains: Domains, name: str) -> pd.DataFrame:
    """A domain's rows, numbered from 0, with the physical line of each in `_LINE` where it is known.

    Without rows, but with USUBJID, when the study does not have the domain.
    """
    if name not in domains:
        return pd.DataFrame({"USUBJID": pd.Series(dtype="str")})
    frame = domains[name].reset_index(drop=True)
    if isinstance(domains, tables.Domains) and name in domains.sources:
        frame["_LINE"] = domains.sources[name].lines
    return frame


def findings(domains: Domains) -> list[str]:
    """The names of the study's Findings domains, in order of name."""
    return sorted(name for name in domains if name in FINDINGS)


def onto(frame: pd.DataFrame, subjects: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """The frame with these columns of the subject (one row each in `subjects`) put beside its rows, in its order."""
    kept = frame.drop(columns=[name for name in columns if name in frame]).reset_index(drop=True)
    at = places(subjects["USUBJID"], frame["USUBJID"])
    return kept.assign(**{name: subjects[name].array.take(at, allow_fill=True) for name in columns})


def by_subject(values: pd.Series, subjects: pd.DataFrame) -> pd.Series:
    """Values indexed by USUBJID, brought onto the rows of `subjects`; missing where a subject has none."""
    at = places(values.index.to_series(), subjects["USUBJID"])
    return pd.Series(values.array.take(at, allow_fill=True), index=subjects.index, name=values.name)


def places(known: pd.Series, wanted: pd.Series) -> npt.NDArray[np.int64]:
    """Where each subject wanted stands among those known, -1 for nowhere. ValueError when one stands there twice.

    Found among texts as Arrow has them: pandas would make a Python object of every one.
    """
    texts = arrow(known.astype("str"))
    if pc.count_distinct(texts, mode="all").as_py() < len(texts):
        raise ValueError("a subject stands twice where it must stand once")
    at = pc.index_in(arrow(wanted.astype("str")), value_set=texts, skip_nulls=True).fill_null(-1)
    found: npt.NDArray[np.int64] = at.to_numpy(zero_copy_only=False).astype(np.int64)
    return found


def ranks(column: pd.Series) -> pd.Series:
    """A column to sort by: of texts the place of each in the alphabet, missing where there is none."""
    if column.dtype != "str":
        return column
    codes, unique = unique_texts(column)
    places = np.empty(len(unique))
    places[pc.sort_indices(unique).to_numpy()] = np.arange(len(unique))
    return pd.Series(spread(places, codes, np.nan), index=column.index)


def matched(frame: pd.DataFrame, rows: npt.NDArray[np.bool_], names: list[str]) -> npt.NDArray[np.int64]:
    """For each row of a frame the place of the one among `rows` with the same values of these columns, -1 for none.

    ValueError when two of `rows` have the same values: which of them is meant cannot be told.
    """
    codes, places = group_codes(frame, names), np.flatnonzero(rows)
    found = np.full(codes.max(initial=-1) + 1, -1, dtype=np.int64)
    found[codes[places]] = places
    if not np.array_equal(found[codes[places]], places):
        raise ValueError(f"two rows have the same {', '.join(names)} where one may")
    return found[codes]


def in_order(frame: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    """The frame with these columns first, the rest after them as they were."""
    first = [name for name in columns if name in frame]
    return frame[[*first, *(name for name in frame if name not in set(first))]]
