"""Checks of age against the others': a digit that was lost, or two that were exchanged.

Not here: age against the date of birth (`years`), and records before birth (`dates`, `origins`).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.study import StudyDefinition

#: Fewer ages do not say what the study's are. Far is so many robust standard deviations, and at least so many years.
_ENOUGH, _FAR, _YEARS = 10, 4.0, 15.0
_ADULT = 18


@declare.check(
    "DM-065",
    "warning",
    "An age is far from all others, and would be among them with a digit that was lost, or with its digits exchanged.",
    "Correct AGE; nothing, where it is right.",
    uses=("DM.AGE", "DM.AGEU"),
)
def age_is_among_the_others(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    dm = domains["DM"]
    age = dm["AGE"].where(dm["AGEU"] == "YEARS").astype("float64")
    if age.notna().sum() < _ENOUGH:
        return
    low, middle, high = (float(age.quantile(share)) for share in (0.05, 0.5, 0.95))
    scale = 1.4826 * float((age - middle).abs().median())
    whole = age.fillna(-1).astype(int)
    lost = (whole >= 1) & (whole <= 9)
    # Of one digit among adults, whatever the spread is: a trial in children has others below 18 as well.
    rare = int(lost.sum()) <= max(1, 0.01 * age.notna().sum())
    digit = lost & rare & (float(age[~lost].min()) >= _ADULT) & (10 * whole <= high) & (10 * whole + 9 >= low)
    exchanged = 10 * (whole % 10) + whole // 10
    far = (age - middle).abs() > max(_FAR * scale, _YEARS)
    alone = ((age < low) | (age > high)) & whole.between(10, 99) & far
    turned = alone & exchanged.between(low, high)
    expected = pd.Series("", index=dm.index, dtype="str")
    tens = [f"{10 * one} to {10 * one + 9}, with a digit lost" for one in whole[digit]]
    expected[digit] = np.array(tens, dtype=object)
    expected[turned] = np.array([f"{one}, with its digits exchanged" for one in exchanged[turned]], dtype=object)
    others = age[~(digit | turned)]
    ages = f"; the others are {others.min():.0f} to {others.max():.0f}"
    yield Finding("DM", digit | turned, "AGE", expected=expected + ages, also=("AGEU", "BRTHDTC"))
