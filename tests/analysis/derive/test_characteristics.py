from collections.abc import Callable

import pandas as pd
import pytest

from analysis.derive.characteristics import with_characteristics
from schemas.problems import Problems
from schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-205")

Table = Callable[[str], pd.DataFrame]


@pytest.fixture
def adsl(table: Table) -> pd.DataFrame:
    return table("""
        USUBJID  AGE:f  SEX  TRTSDT:d    TRTSDTM:d
        G-1      39     M    2020-01-10  .
        G-2      40     F    2020-01-10  .
        G-3      .      F    .           .
    """)


def test_each_from_its_source(definition: StudyDefinition, adsl: pd.DataFrame, table: Table) -> None:
    domains = {
        "DM": adsl[["USUBJID", "AGE", "SEX"]].iloc[::-1],
        "VS": table("""
            USUBJID  VSTESTCD  VSSEQ:f  VSSTRESN:f  VISITNUM:f  VSDTC
            G-1      WEIGHT    1        70          10          2020-01-02
            G-1      WEIGHT    2        71          20          2020-01-10
            G-1      WEIGHT    3        72          30          2020-02-10
            G-2      WEIGHT    1        80          30          2020-02-10
            G-3      WEIGHT    1        90          10          2020-01-02
        """),
        "QS": table("""
            USUBJID  QSTESTCD  QSSEQ:f  QSSTRESC  VISITNUM:f  QSDTC
            G-1      STAGE     1        II        10          2020-01-02
        """),
        "MH": table("""
            USUBJID  MHCAT         MHOCCUR  MHSTDTC
            G-1      HYPERTENSION  .        2010
            G-2      HYPERTENSION  N        .
            G-3      OTHER         .        2010
        """),
    }
    found = with_characteristics(adsl.copy(), definition, domains, Problems())
    expected = table("""
        AGE:f  AGEGR1  SEX  WEIGHTBL:f  STAGEBL  HYPERTFL
        39     <40     M    71          II       Y
        40     40-64   F    .           .        N
        .      .       F    90          .        N
    """)
    pd.testing.assert_frame_equal(found[list(expected)], expected)


@pytest.mark.parametrize(("began", "counts"), [("2020-01", "Y"), ("2020-02", "N"), (".", "Y"), ("2019-05-01", "Y")])
def test_a_record_that_began_after_first_dose_is_no_baseline(
    definition: StudyDefinition, adsl: pd.DataFrame, table: Table, began: str, counts: str
) -> None:
    domains = {"DM": adsl, "MH": table(f"USUBJID  MHCAT  MHSTDTC\nG-1  HYPERTENSION  {began}")}
    found = with_characteristics(adsl.copy(), definition, domains, Problems())
    assert found["HYPERTFL"].tolist() == [counts, "N", "N"]


def test_a_variable_that_is_nowhere_is_a_warning(definition: StudyDefinition, adsl: pd.DataFrame) -> None:
    problems = Problems()
    without = adsl.drop(columns="SEX")
    found = with_characteristics(without.copy(), definition, {"DM": without}, problems)
    assert found["SEX"].isna().all()
    assert [(p.check, p.severity, p.variable) for p in problems] == [("DERIVE-006", "warning", "SEX")]
