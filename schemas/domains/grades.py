"""CTCAE grades of laboratory values, as far as a value and its reference range give them.

Grades follow the limits in the study definition, as CTCAE writes them: of low values grade 1 begins below the lower
limit of the range and grades 2, 3, 4 below fixed values; of high values grades 1 to 4 begin above multiples of the
upper limit. What a grade asks for beyond the value (symptoms, a transfusion, an abnormal baseline) is not looked at.

Not here: grades that a laboratory delivered (`schemas.checks.graded`), and tables of grades (`analysis.analyse`).
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from trial_report.schemas.study.measures import LabParameter


def graded(value: pd.Series, low: pd.Series, high: pd.Series, parameter: LabParameter) -> pd.DataFrame:
    """`grade` (Int64, 0 to 4) of each value, the higher of those of the directions that are graded, and `direction`.

    Missing, both, for a parameter that is not graded. Grade 0 needs all directions known to be 0, and has no direction.
    """
    found = {}
    if parameter.ctcae in ("low", "both"):
        found["LOW"] = grade_low(value, low, parameter.ctcae_limits_low)
    if parameter.ctcae in ("high", "both"):
        found["HIGH"] = grade_high(value, high, parameter.ctcae_multiples_high)
    direction = pd.Series(None, index=value.index, dtype="str")
    if not found:
        return pd.DataFrame({"grade": pd.Series(pd.NA, index=value.index, dtype="Int64"), "direction": direction})
    each = pd.DataFrame(found)
    highest = each.max(axis=1).astype("Int64")
    for name, one in found.items():
        direction = direction.mask(((one == highest) & (highest > 0)).fillna(False).astype(bool), name)
    return pd.DataFrame({"grade": highest.mask((highest == 0) & each.isna().any(axis=1)), "direction": direction})


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
