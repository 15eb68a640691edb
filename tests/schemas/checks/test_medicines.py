"""A dose is told where a mistake of zeros or of the unit makes it, and not where it may be meant."""

from __future__ import annotations

from typing import cast

import numpy as np
import pandas as pd
import pytest

from trial_report.schemas.checks.medicines import medication_has_its_dose
from trial_report.schemas.domains.tables import Domains, Source
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-402")

Dose = tuple[float, str, str]


def told(*doses: Dose, medicine: str = "CLOPIDOGREL") -> list[tuple[str, int, str]]:
    """Variable, row and expectation of what is found among doses (amount, unit, frequency), a subject each."""
    frame = pd.DataFrame(doses, columns=["CMDOSE", "CMDOSU", "CMDOSFRQ"])
    frame = frame.assign(USUBJID=[f"S{n}" for n in range(len(doses))], CMTRT=medicine, CMDECOD=medicine, CMROUTE="ORAL")
    text = [name for name in frame if name != "CMDOSE"]
    frame[text] = frame[text].astype("str")
    size = len(frame)
    source = Source(("cm.csv",), np.zeros(size, np.int32), np.arange(2, size + 2), tuple(frame), np.zeros(size, bool))
    found = medication_has_its_dose(Domains({"CM": frame}, {"CM": source}), cast(StudyDefinition, None))
    return [
        (one.variable, int(row), str(one.expected[row]))
        for one in found
        if isinstance(one.expected, pd.Series)
        for row in np.flatnonzero(np.asarray(one.rows))
    ]


USUAL: list[Dose] = [(75, "mg", "QD")] * 5


@pytest.mark.parametrize(
    ("dose", "variable", "expected"),
    [
        ((7500, "mg", "QD"), "CMDOSE", "75 mg, as 5 others have it; 7500 is 100 times too large"),
        ((0.75, "mg", "QD"), "CMDOSE", "75 mg, as 5 others have it; 0.75 is 100 times too small"),
        ((75000, "mg", "QD"), "CMDOSE", "75 mg, as 5 others have it; 75000 is 1000 times too large"),
        ((75, "g", "QD"), "CMDOSU", "75 mg, as 5 others have it; the unit may be another one"),
        ((75, "ug", "QD"), "CMDOSU", "75 mg, as 5 others have it; the unit may be another one"),
    ],
)
def test_zeros_and_units(dose: Dose, variable: str, expected: str) -> None:
    assert told(dose, *USUAL) == [(variable, 0, expected)]


@pytest.mark.parametrize(
    "dose",
    [
        (0.075, "g", "QD"),  # the same
        (750, "mg", "QD"),  # one zero may be meant
        (300, "mg", "QD"),
        (7500, "mg", "ONCE"),  # a bolus
        (6000, "mg", "QD"),  # a hundredth is none that the others have
        (7500, "mL", "QD"),  # not to be compared
    ],
)
def test_what_may_be_meant_is_quiet(dose: Dose) -> None:
    assert told(dose, *USUAL) == []


def test_what_several_take_is_no_mistake() -> None:
    weekly: list[Dose] = [(50000, "IU", "QD")] * 2
    assert told(*weekly, *[(500, "IU", "QD")] * 10, medicine="COLECALCIFEROL") == []


def test_a_medicine_of_many_doses_has_none_that_is_far() -> None:
    doses: list[Dose] = [(dose, "mg", "QD") for dose in (5, 5, 10, 20, 40, 60, 100, 5, 5)]
    assert told((1000, "mg", "QD"), *doses, medicine="PREDNISOLONE") == []


def test_two_others_do_not_say_what_the_dose_is() -> None:
    assert told((7500, "mg", "QD"), *USUAL[:2]) == []
