"""What the derivations share: columns that may be absent, flags, conditions, records of what did not happen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd

from analysis.where import Where
from schemas.domains import tables
from schemas.domains.variables import FINDINGS
from schemas.study.measures import Condition

Domains = Mapping[str, pd.DataFrame]

DATE: Final = "datetime64[us]"
"""Type of every date in the analysis datasets."""

SUBJECT = ["USUBJID"]


def text(frame: pd.DataFrame, name: str) -> pd.Series:
    """A column as texts; all missing when the frame does not have it. Empty texts are missing."""
    if name not in frame:
        return pd.Series(None, index=frame.index, dtype="str")
    column = frame[name].astype("str")
    return column.mask(column == "")


def number(frame: pd.DataFrame, name: str) -> pd.Series:
    """A column as floats; all missing when the frame does not have it. What is no number becomes missing."""
    if name not in frame:
        return pd.Series(np.nan, index=frame.index, dtype="float64")
    return pd.to_numeric(frame[name], errors="coerce").astype("float64")


def whole(frame: pd.DataFrame, name: str) -> pd.Series:
    """A column as whole numbers (Int64); what is not whole becomes missing."""
    values = number(frame, name)
    return values.where(values == values.round()).astype("Int64")


def flag(mask: pd.Series, known: pd.Series | None = None) -> pd.Series:
    """Y where the mask holds, else N; missing where `known` does not hold."""
    found = pd.Series(np.where(mask.fillna(False).astype(bool), "Y", "N"), index=mask.index, dtype="str")
    return found if known is None else found.where(known)


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
    kept = frame.drop(columns=[name for name in columns if name in frame])
    return kept.merge(subjects[[*SUBJECT, *columns]], on="USUBJID", how="left", validate="m:1")


def by_subject(values: pd.Series, subjects: pd.DataFrame) -> pd.Series:
    """Values indexed by USUBJID, brought onto the rows of `subjects`; missing where a subject has none."""
    return values.reindex(subjects["USUBJID"]).set_axis(subjects.index)


def in_order(frame: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    """The frame with these columns first, the rest after them as they were."""
    first = [name for name in columns if name in frame]
    return frame[[*first, *(name for name in frame if name not in set(first))]]
