"""Baseline characteristics compared between groups, where the definition asks for it."""

import pandas as pd
import pytest

from tests.analysis.analyse.safety_frames import SUBJECT, definition, frame, trial
from trial_report.analysis.analyse.baseline_tests import analyse

pytestmark = pytest.mark.requirement("REQ-301")

ASKED = definition(baseline={"tests": True})
# Student's sleep data (R's dataset): extra hours of sleep with either drug.
SLEEP = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0, 1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


def adsl(ages: list[float | None], sexes: list[str | None]) -> pd.DataFrame:
    half = len(ages) // 2
    return frame(
        SUBJECT,
        *(
            {"USUBJID": f"{n:02}", "TRT01A": "A" if n < half else "B", "AGE": age, "SEX": sex}
            for n, (age, sex) in enumerate(zip(ages, sexes, strict=True))
        ),
    )


def test_numbers_by_analysis_of_variance() -> None:
    """R: t.test(extra ~ group, sleep, var.equal = TRUE) gives t = -1.8608, p = 0.07919; F is its square."""
    rows = analyse(trial(adsl(SLEEP, ["F"] * 20), study=ASKED)).set_index("key")
    assert rows.loc["baseline.test/SAF/AGE/-/TOTAL/-/statistic", "value"] == pytest.approx(1.8608**2, abs=5e-4)
    assert rows.loc["baseline.test/SAF/AGE/-/TOTAL/-/p", "value"] == pytest.approx(0.07919, abs=5e-6)
    assert rows.loc["baseline.test/SAF/AGE/-/TOTAL/-/p", "method"] == "anova"
    assert rows.loc["baseline.test/SAF/SEX/-/TOTAL/-/p", "formatted"] == "–", "all of one sex: nothing to test"


def test_classes_by_chi_square_without_those_of_no_value() -> None:
    """8 of 10 against 3 of 10: chi-square (ad - bc)² n / margins = 5.0505, p = 0.0246 on one df."""
    sexes = ["F"] * 8 + ["M"] * 2 + ["F"] * 3 + ["M"] * 7
    subjects = adsl([*SLEEP, 1.0, 2.0], [*sexes[:10], None, *sexes[10:], None])
    rows = analyse(trial(subjects, study=ASKED)).set_index("key")
    assert rows.loc["baseline.test/SAF/SEX/-/TOTAL/-/statistic", "value"] == pytest.approx(5.050505, abs=1e-6)
    assert rows.loc["baseline.test/SAF/SEX/-/TOTAL/-/p", "value"] == pytest.approx(0.024617, abs=5e-6)
    assert "SEX IS NOT NULL" in rows.loc["baseline.test/SAF/SEX/-/TOTAL/-/p", "filter"]


def test_nothing_is_tested_unless_the_definition_asks() -> None:
    assert analyse(trial(adsl([1.0, 2.0], ["F", "M"]))).empty
