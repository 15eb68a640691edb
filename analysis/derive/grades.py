"""Laboratory values against their reference range: the indicator, and the CTCAE grade as far as a value gives it.

Grades follow the limits in the study definition, as CTCAE writes them: of low values grade 1 begins below the lower
limit of the range and grades 2, 3, 4 below fixed values; of high values grades 1 to 4 begin above multiples of the
upper limit. What a grade asks for beyond the value (symptoms, a transfusion, an abnormal baseline) is not looked at.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from trial_report.schemas.study.measures import LabParameter


def range_indicator(value: pd.Series, low: pd.Series, high: pd.Series, recorded: pd.Series) -> pd.Series:
    """The indicator as recorded, else LOW, HIGH or NORMAL by the limits that are given; missing without any."""
    computed = pd.Series(None, index=value.index, dtype="str")
    computed = computed.mask(value.notna() & (low.notna() | high.notna()), "NORMAL")
    return recorded.fillna(computed.mask(value < low, "LOW").mask(value > high, "HIGH"))


def grade_low(value: pd.Series, low: pd.Series, limits: Sequence[float]) -> pd.Series:
    """Grade (Int64, 0 to 4) of low values; missing where neither a limit nor the range decides."""
    grade = pd.Series(pd.NA, index=value.index, dtype="Int64")
    grade = grade.mask(value >= low, 0).mask(value < low, 1)
    for number, limit in enumerate(limits, start=2):
        grade = grade.mask(value < limit, number)
    return grade


def grade_high(value: pd.Series, high: pd.Series, multiples: Sequence[float]) -> pd.Series:
    """Grade (Int64, 0 to 4) of high values; missing without an upper limit of the range."""
    grade = pd.Series(pd.NA, index=value.index, dtype="Int64").mask(value.notna() & high.notna(), 0)
    # Rounded, because 2.1 is not above three times 0.7, though in binary 3 × 0.7 falls short of it.
    times = (value / high).round(9)
    for number, multiple in enumerate(multiples, start=1):
        grade = grade.mask(times > multiple, number)
    return grade


def grades(frame: pd.DataFrame, parameters: Sequence[LabParameter]) -> pd.DataFrame:
    """ATOXGRN and ATOXDIR of every record: the higher of the grades of those directions that are graded.

    Needs PARAMCD, AVAL, ANRLO, ANRHI. Grade 0 needs all directions known to be 0, and has no direction.
    """
    grade = pd.Series(pd.NA, index=frame.index, dtype="Int64")
    direction = pd.Series(None, index=frame.index, dtype="str")
    for parameter in parameters:
        if parameter.ctcae == "none":
            continue
        rows = frame.loc[frame["PARAMCD"] == parameter.paramcd]
        found = {}
        if parameter.ctcae in ("low", "both"):
            found["LOW"] = grade_low(rows["AVAL"], rows["ANRLO"], parameter.ctcae_limits_low)
        if parameter.ctcae in ("high", "both"):
            found["HIGH"] = grade_high(rows["AVAL"], rows["ANRHI"], parameter.ctcae_multiples_high)
        graded = pd.DataFrame(found)
        highest = graded.max(axis=1).astype("Int64")
        grade.loc[rows.index] = highest.mask((highest == 0) & graded.isna().any(axis=1))
        for name, one in found.items():
            mine = (one == highest) & (highest > 0)
            direction.loc[rows.index[mine.fillna(False).astype(bool)]] = name
    return pd.DataFrame({"ATOXGRN": grade, "ATOXDIR": direction})
