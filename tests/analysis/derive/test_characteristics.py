from collections.abc import Callable

import pandas as pd
import pytest

from tests.conftest import STUDY
from trial_report.analysis.derive.characteristics import with_characteristics
from trial_report.schemas.problems import Problems
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-205")

Table = Callable[[str], pd.DataFrame]


@pytest.fixture
def adsl(table: Table) -> pd.DataFrame:
    return table("""
        USUBJID  AGE:f  SEX  REFDT:d     TRTSDTM:d  TRTSDTU:d
        G-1      39     M    2020-01-10  .          .
        G-2      40     F    2020-01-10  .          .
        G-3      .      F    .           .          .
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


COMPUTED = [
    {"variable": "TOTALBL", "label": "Total", "kind": "continuous", "source": "sum", "domain": "QS",
     "testcds": ["ITEM1", "ITEM2"]},
    {"variable": "DURBL", "label": "Duration", "kind": "continuous", "unit": "weeks", "source": "duration",
     "domain": "MH", "where": {"MHCAT": "DIAGNOSIS"}},
    {"variable": "DURSCR", "label": "Duration", "kind": "continuous", "unit": "days", "source": "duration",
     "domain": "MH", "where": {"MHCAT": "DIAGNOSIS"}, "until": "DAY1"},
    {"variable": "WEIGHTBL", "label": "Weight", "kind": "continuous", "unit": "kg", "source": "finding",
     "domain": "VS", "testcd": "WEIGHT"},
    {"variable": "HEIGHTBL", "label": "Height", "kind": "continuous", "unit": "cm", "source": "finding",
     "domain": "VS", "testcd": "HEIGHT"},
    {"variable": "BMIBL", "label": "BMI", "kind": "continuous", "unit": "kg/m2", "source": "bmi",
     "weight": "WEIGHTBL", "height": "HEIGHTBL"},
    {"variable": "BMIGR", "label": "BMI", "kind": "categorical", "source": "cut", "of": "BMIBL", "breaks": [25],
     "levels": {"<25": "Below 25", ">=25": "25 or more"}},
]  # fmt: skip


def test_what_is_computed_is_missing_where_a_part_of_it_is(
    definition: StudyDefinition, adsl: pd.DataFrame, table: Table
) -> None:
    domains = {
        "DM": adsl[["USUBJID", "AGE", "SEX"]],
        "QS": table("""
            USUBJID  QSTESTCD  QSSEQ:f  QSSTRESN:f  VISITNUM:f  QSDTC
            G-1      ITEM1     1        3           10          2020-01-02
            G-1      ITEM1     2        4           10          2020-01-03
            G-1      ITEM2     3        5           10          2020-01-02
            G-1      ITEM2     4        9           30          2020-02-02
            G-2      ITEM1     1        1           10          2020-01-02
        """),
        "MH": table("""
            USUBJID  MHCAT      MHOCCUR  MHSTDTC
            G-1      DIAGNOSIS  .        2020-01
            G-1      DIAGNOSIS  .        2020-01-04
            G-1      DIAGNOSIS  N        2010
            G-2      DIAGNOSIS  .        2020-01-11
            G-3      DIAGNOSIS  .        2020-01-04
        """),
        "SV": table("""
            USUBJID  VISITNUM:f  SVSTDTC
            G-1      20          2020-01-09
            G-3      20          2020-01-10
        """),
        "VS": table("""
            USUBJID  VSTESTCD  VSSEQ:f  VSSTRESN:f  VISITNUM:f  VSDTC
            G-1      WEIGHT    1        72.25       10          2020-01-02
            G-1      HEIGHT    2        170         10          2020-01-02
            G-2      WEIGHT    1        80          10          2020-01-02
        """),
    }
    study = definition.model_dump() | {"characteristics": COMPUTED, "subgroups": [], "endpoints": []}
    study["multiplicity"] = {"procedure": "none"}
    study["analysis_sets"] = [s for s in study["analysis_sets"] if s["id"] in ("SAF", "ENR")]
    study["efficacy_set"], study["survival"] = "SAF", []
    found = with_characteristics(adsl.copy(), StudyDefinition.model_validate(study), domains, Problems())
    names = ["TOTALBL", "DURSCR", "BMIBL", "BMIGR"]
    expected = table("""
        TOTALBL:f  DURSCR:f  BMIBL:f  BMIGR
        9          9         25       >=25
        .          .         .        .
        .          7         .        .
    """)
    pd.testing.assert_frame_equal(found[names], expected)
    assert found["DURBL"].round(6).tolist()[0] == round(10 / 7, 6)
    assert found["DURBL"].isna().tolist() == [False, True, True]


def test_a_number_of_both_sides_is_their_mean_and_words_that_differ_are_an_error(
    definition: StudyDefinition, adsl: pd.DataFrame, table: Table
) -> None:
    of = {"source": "finding", "domain": "OE"}
    changed = [
        {"variable": "LETTERS", "label": "Letters", "kind": "continuous", "testcd": "LETTERS", **of},
        {
            "variable": "LENS",
            "label": "Lens",
            "kind": "categorical",
            "testcd": "LENS",
            "levels": {"CLEAR": "Clear"},
            **of,
        },
    ]
    study = StudyDefinition.model_validate({**STUDY, "characteristics": changed, "subgroups": []})
    oe = table("""
        USUBJID  OETESTCD  OELAT  OESEQ:f  OESTRESN:f  OESTRESC  VISITNUM:f  OEDTC
        G-1      LETTERS   RIGHT  1        50          50        10          2020-01-02T09:00
        G-1      LETTERS   LEFT   2        61          61        10          2020-01-02T09:04
        G-1      LETTERS   LEFT   3        70          70        20          2020-01-03
        G-1      LENS      RIGHT  4        .           CLEAR     10          2020-01-02
        G-1      LENS      LEFT   5        .           CLEAR     10          2020-01-02
        G-2      LENS      RIGHT  1        .           CLOUDY    10          2020-01-02
        G-2      LENS      LEFT   2        .           CLEAR     10          2020-01-02
    """)
    problems = Problems()
    found = with_characteristics(adsl, study, {"DM": adsl[["USUBJID", "AGE", "SEX"]], "OE": oe}, problems)
    # The left eye alone, a day later, is no value of the subject.
    assert found["LETTERS"].iloc[0] == 55.5
    assert found["LENS"].iloc[0] == "CLEAR"
    assert [(one.subject, one.variable, one.value) for one in problems] == [
        ("G-2", "OELAT", "LENS of the sides: CLEAR on one")
    ]
