"""Leaves away the blanks with which programs fill texts up to a length: they are no part of a value.

A SAS transport file holds every text filled up with blanks to the length of its variable, so that no reader of SDTM can
tell a blank at the end from none (TS-140, the record layout of version 5). A text file is read in the same way: whoever
exports it from SAS with its lengths delivers the same data.

Not here: blanks that make two values of one (`schemas.codelists.alike`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from trial_report.schemas.domains.unique import arrow


@dataclass(frozen=True)
class Padded:
    """The values of a column that ended in blanks: how many, and the first of them, as it was delivered."""

    count: int
    row: int
    text: str


def without_padding(frame: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, Padded]]:
    """The frame without blanks (U+0020) at the ends of its texts, and of each column the values that had some.

    A value of blanks alone is missing: that is how some programs write that there is nothing. Blanks at the beginning
    and other invisible characters stay what they are.
    """
    changed: dict[str, pd.Series] = {}
    padded: dict[str, Padded] = {}
    for name, values in frame.items():
        if values.dtype != "str":
            continue
        texts = arrow(values)
        ends = pc.ends_with(texts, " ")
        if not pc.any(ends).as_py():
            continue
        bare = pc.utf8_rtrim(texts, " ")
        bare = pc.if_else(pc.equal(bare, ""), pa.scalar(None, bare.type), bare)
        changed[str(name)] = pd.Series(pd.array(bare, dtype="str"), index=frame.index)
        rows = np.flatnonzero(pc.and_(ends, pc.is_valid(bare)).fill_null(False).to_numpy(zero_copy_only=False))
        if len(rows):
            padded[str(name)] = Padded(len(rows), int(rows[0]), str(values.iloc[rows[0]]))
    return (frame.assign(**changed) if changed else frame), padded
