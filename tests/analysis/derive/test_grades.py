import pandas as pd
import pytest

from trial_report.analysis.derive.grades import grades, range_indicator
from trial_report.schemas.domains.grades import grade_high, grade_low
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.measures import LabParameter

pytestmark = pytest.mark.requirement("REQ-310")

NA = pd.NA


def floats(*values: float | None) -> pd.Series:
    return pd.Series(values, dtype="float64")


def test_range_indicator_is_recorded_else_computed() -> None:
    recorded = pd.Series([None, None, None, None, None, "ABNORMAL"], dtype="str")
    found = range_indicator(
        floats(1, 5, 9, 5, None, 5), floats(2, 2, 2, None, 2, 2), floats(8, 8, 8, None, 8, 8), recorded
    )
    assert found.fillna("-").tolist() == ["LOW", "NORMAL", "HIGH", "-", "-", "ABNORMAL"]


def test_leukocytes_as_ctcae_5_grades_them() -> None:
    """CTCAE 5.0, White blood cell decreased: below the limit of normal to 3.0; below 3.0 to 2.0; to 1.0; below 1.0."""
    values = floats(4.0, 3.9, 3.0, 2.9, 2.0, 1.9, 1.0, 0.9, None)
    found = grade_low(values, floats(*[4.0] * 9), (3, 2, 1))
    assert found.tolist() == [0, 1, 1, 2, 2, 3, 3, 4, NA]


def test_alanine_aminotransferase_as_ctcae_5_grades_it() -> None:
    """CTCAE 5.0, Alanine aminotransferase increased: above 1 to 3 times the upper limit; to 5; to 20; above 20."""
    values = floats(40, 40.1, 120, 120.1, 200, 200.1, 800, 800.1, None)
    found = grade_high(values, floats(*[40.0] * 9), (1, 3, 5, 20))
    assert found.tolist() == [0, 1, 1, 2, 2, 3, 3, 4, NA]


def test_exactly_three_times_the_limit_is_not_above_it() -> None:
    """In binary 3 × 0.7 falls short of 2.1, and 1.5 × 1.4 likewise."""
    assert grade_high(floats(2.1), floats(0.7), (1, 3, 5, 20)).tolist() == [1]
    assert grade_high(floats(2.1), floats(1.4), (1, 1.5, 3, 6)).tolist() == [1]


def test_without_a_range_only_fixed_limits_grade() -> None:
    assert grade_low(floats(3.5, 2.5), floats(None, None), (3, 2, 1)).tolist() == [NA, 2]
    assert grade_high(floats(500), floats(None), (1, 3, 5, 20)).tolist() == [NA]


def test_direction_and_what_is_not_graded(definition: StudyDefinition) -> None:
    both = LabParameter(
        paramcd="SALT", label="Salt", domain="LB", testcd="SALT", category="Chemistry", ctcae="both",
        ctcae_limits_low=(130, 125, 120), ctcae_multiples_high=(1, 1.03, 1.07, 1.1),
    )  # fmt: skip
    frame = pd.DataFrame(
        {
            "PARAMCD": ["SALT", "SALT", "SALT", "SALT", "SALT", "CELLS", "PRESSURE"],
            "AVAL": floats(140, 132, 150, 110, 140, 0.5, 120),
            "ANRLO": floats(135, 135, 135, 135, None, 4, None),
            "ANRHI": floats(145, 145, 145, 145, 145, 10, None),
        }
    )
    found = grades(frame, (*definition.laboratory, both))
    assert found["ATOXGRN"].tolist() == [0, 1, 2, 4, NA, 4, NA]
    assert found["ATOXDIR"].fillna("-").tolist() == ["-", "LOW", "HIGH", "LOW", "-", "LOW", "-"]
