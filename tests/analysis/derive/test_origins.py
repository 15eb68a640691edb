from collections.abc import Callable

import pandas as pd
import pytest

from trial_report.analysis.derive.declared import with_variables
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-205")

Table = Callable[[str], pd.DataFrame]


def test_randomisation_enrolment_and_the_day_that_study_days_are_counted_from(
    definition: StudyDefinition, table: Table
) -> None:
    """Recorded; by RFSTDTC; by first dose; RFSTDTC partial and no treatment; never assigned; terms more than once."""
    adsl = table("""
        USUBJID  TRT01P  TRTSDT:d    RFICDT:d
        G-1      LOW     2020-01-12  2020-01-01
        G-2      LOW     .           2020-01-02
        G-3      LOW     2020-01-12  .
        G-4      LOW     .           2020-01-04
        G-5      .       2020-01-12  2020-01-05
        G-6      TOP     .           2020-01-06
    """)
    dm = table("""
        USUBJID  RFSTDTC
        G-1      2020-01-12
        G-2      2020-01-11
        G-3      .
        G-4      2020-01
        G-5      2020-01-12
        G-6      .
    """)
    ds = table("""
        USUBJID  DSDECOD             DSSTDTC
        G-1      RANDOMIZED          2020-01-10T09:00
        G-5      RANDOMIZED          2020-01-10
        G-6      Randomised          2020-01-20
        G-6      RANDOMIZED          2020-01-15
        G-6      RANDOMIZED          2020-01
        G-6      ENTERED INTO TRIAL  2020-01-13
        G-6      ENROLLED            2020-01-14
    """)
    found = with_variables(adsl, definition, {"DM": dm, "DS": ds})
    expected = table("""
        RANDDT:d    ENRLDT:d    REFDT:d
        2020-01-10  2020-01-01  2020-01-12
        2020-01-11  2020-01-02  2020-01-11
        2020-01-12  2020-01-12  2020-01-12
        .           2020-01-04  .
        .           2020-01-05  2020-01-12
        2020-01-15  2020-01-13  2020-01-15
    """)
    pd.testing.assert_frame_equal(found[list(expected)], expected)


def test_a_study_without_disposition_events(definition: StudyDefinition, table: Table) -> None:
    adsl = table("USUBJID  TRT01P  TRTSDT:d    RFICDT:d\nG-1      LOW     2020-01-12  .")
    found = with_variables(adsl, definition, {"DM": table("USUBJID\nG-1")})
    assert found[["RANDDT", "ENRLDT", "REFDT"]].iloc[0].tolist() == [pd.Timestamp("2020-01-12")] * 3
