"""An age that lost a digit, or has them exchanged, is told among ages that leave no other reading."""

from __future__ import annotations

from typing import cast

import numpy as np
import pandas as pd
import pytest

from trial_report.schemas.checks.ages import age_is_among_the_others
from trial_report.schemas.domains.tables import Domains, Source
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-402")

OLD = [67.0, 68, 68, 73, 75, 64, 61, 66, 75, 50, 66, 69]


def told(*ages: float) -> list[tuple[int, str]]:
    frame = pd.DataFrame({"AGE": ages, "AGEU": pd.Series("YEARS", index=range(len(ages)), dtype="str")})
    size = len(frame)
    source = Source(("dm.csv",), np.zeros(size, np.int32), np.arange(2, size + 2), tuple(frame), np.zeros(size, bool))
    found = age_is_among_the_others(Domains({"DM": frame}, {"DM": source}), cast(StudyDefinition, None))
    return [
        (int(row), str(one.expected[row]))
        for one in found
        if isinstance(one.expected, pd.Series)
        for row in np.flatnonzero(np.asarray(one.rows))
    ]


def test_a_digit_lost() -> None:
    assert told(7, *OLD) == [(0, "70 to 79, with a digit lost; the others are 50 to 75")]


def test_digits_exchanged() -> None:
    ((row, expected),) = told(17, *OLD)
    assert (row, expected.split(";")[0]) == (0, "71, with its digits exchanged")


@pytest.mark.parametrize("age", [40, 89, 30, 99])
def test_true_extremes_are_quiet(age: float) -> None:
    assert told(age, *OLD) == []


def test_children_have_one_digit() -> None:
    assert told(7, *range(8, 18), 12, 13) == []
    assert told(7, *OLD[:5]) == []
