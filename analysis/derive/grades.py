"""Laboratory values against their reference range: the indicator, and the CTCAE grade as far as a value gives it.

Not here: the limits of a grade (`schemas.domains.grades`), and shifts (`analyse.laboratory`).
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from trial_report.schemas.domains.grades import graded
from trial_report.schemas.study.measures import LabParameter


def range_indicator(value: pd.Series, low: pd.Series, high: pd.Series, recorded: pd.Series) -> pd.Series:
    """The indicator as recorded, else LOW, HIGH or NORMAL by the limits that are given; missing without any."""
    computed = pd.Series(None, index=value.index, dtype="str")
    computed = computed.mask(value.notna() & (low.notna() | high.notna()), "NORMAL")
    return recorded.fillna(computed.mask(value < low, "LOW").mask(value > high, "HIGH"))


def grades(frame: pd.DataFrame, parameters: Sequence[LabParameter]) -> pd.DataFrame:
    """ATOXGRN and ATOXDIR of every record (`schemas.domains.grades`). Needs PARAMCD, AVAL, ANRLO, ANRHI."""
    grade = pd.Series(pd.NA, index=frame.index, dtype="Int64")
    direction = pd.Series(None, index=frame.index, dtype="str")
    for parameter in parameters:
        rows = frame.loc[frame["PARAMCD"] == parameter.paramcd]
        found = graded(rows["AVAL"], rows["ANRLO"], rows["ANRHI"], parameter)
        grade.loc[rows.index], direction.loc[rows.index] = found["grade"], found["direction"]
    return pd.DataFrame({"ATOXGRN": grade, "ATOXDIR": direction})
