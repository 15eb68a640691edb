"""What was planned to be given: administrations and dose of each subject by the plan of the group.

Not here: what was given (`administrations`, `exposure`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from trial_report.analysis.derive.dates import duration
from trial_report.schemas.codelists import frequency
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.design import Period

_TINY = 1e-9


def planned(adsl: pd.DataFrame, arm: pd.Series, definition: StudyDefinition) -> pd.DataFrame:
    """Columns `number`, `dose` (total) by the plan of the group in `arm`; missing where the group has none, the subject
    was never treated, or the plan gives no doses.

    `adsl` needs TRTSDT, TRTEDT, CUTDT. The plan counts up to the last day of treatment, or, where the definition says
    so, to its end, which a subject who is still in treatment has reached by the cut-off.
    """
    through = duration(adsl["TRTSDT"], adsl["TRTEDT"]).astype("float64")
    if definition.exposure.compliance == "to_plan_end":
        to_cut = duration(adsl["TRTSDT"], adsl["CUTDT"]).astype("float64")
        through = to_cut.where(adsl["TRTEDT"] >= adsl["CUTDT"], np.inf).where(adsl["TRTSDT"].notna())
    found = pd.DataFrame(np.nan, index=adsl.index, columns=["number", "dose"])
    for group in definition.groups:
        own = (arm == group.code) & through.notna()
        if not group.plan or not own.any():
            continue
        counts = pd.DataFrame([_in_period(period, through[own]) for period in group.plan])
        found.loc[own, "number"] = counts.sum()
        if group.doses:
            doses = pd.Series([group.dose_in(period) for period in group.plan], dtype="float64")
            found.loc[own, "dose"] = counts.mul(doses, axis=0).sum()
    return found


def _in_period(period: Period, through: pd.Series) -> pd.Series:
    """Administrations planned in a period up to each day of treatment."""
    first, last = period.days
    days = (through.clip(upper=np.inf if last is None else last) - first + 1).clip(lower=0)
    term = pd.Series([period.frequency], dtype="str")
    a_day, a_record = frequency.per_day(term).iloc[0], frequency.per_record(term).iloc[0]
    if period.cycle is not None:
        whole, rest = np.divmod(days, period.cycle.length)
        begun = sum((rest >= day).astype("float64") for day in period.cycle.days)
        return (whole * len(period.cycle.days) + begun) * np.ceil(a_day - _TINY)
    if pd.isna(a_day):
        return a_record * (days > 0).astype("float64")
    return np.ceil(days * a_day - _TINY)
