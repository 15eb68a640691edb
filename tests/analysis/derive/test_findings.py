from collections.abc import Callable

import pandas as pd
import pytest

from trial_report.analysis.derive.findings import measurements, standard, yes_no
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-207")

Table = Callable[[str], pd.DataFrame]


def test_values_below_and_above_a_limit(table: Table) -> None:
    source = table("""
        USUBJID  LBSTRESC  LBSTRESN:f  LBSTAT    LBDTC
        G-1      4.2       4.2         .         2020-01-01
        G-1      <0.5      .           .         2020-01-02
        G-1      >= 90     .           .         2020-01-03
        G-1      <0.5      0.3         .         2020-01-04
        G-1      many      .           .         2020-01-05
        G-1      6.5       .           .         2020-01-05
        G-1      7         7           NOT DONE  2020-01-06
    """)
    found = standard(source, "LB")[["AVAL", "AVALC", "DTYPE"]]
    expected = table("""
        AVAL:f  AVALC  DTYPE
        4.2     4.2    .
        0.25    <0.5   HALFLOQ
        90      >= 90  ULOQ
        0.3     <0.5   .
        .       many   .
        6.5     6.5    .
        .       .      .
    """)
    pd.testing.assert_frame_equal(found, expected)


def test_binary_results_are_one_and_zero() -> None:
    found = yes_no(pd.Series(["Y", "no", "NA", None, "1", " yes ", "0", "1.0", "2"], dtype="str"))
    assert found.fillna(-1).tolist() == [1, 0, -1, -1, 1, 1, 0, 1, -1]


def test_one_record_may_belong_to_two_parameters(definition: StudyDefinition, table: Table) -> None:
    adsl = table("USUBJID  REFDT:d\nG-1  2020-01-10")
    vs = table("USUBJID  VSTESTCD  VSPOS  VSSTRESN:f\nG-1  PRESS  SITTING  120\nG-1  PRESS  SUPINE  110")
    pressure = definition.vital_signs[0]
    supine = pressure.model_copy(update={"paramcd": "SUPINE", "where": {"VSPOS": "SUPINE"}})
    both = definition.model_copy(update={"vital_signs": (pressure, supine)})
    found = measurements(both, {"VS": vs}, adsl)
    assert list(zip(found["PARAMCD"], found["AVAL"], strict=True)) == [
        ("PRESSURE", 120), ("PRESSURE", 110), ("SUPINE", 110)]  # fmt: skip


def test_records_of_all_parameters_in_order_of_time(definition: StudyDefinition, table: Table) -> None:
    adsl = table("USUBJID  REFDT:d\nG-1  2020-01-10\nG-2  .")
    qs = table("""
        USUBJID  QSTESTCD  QSSEQ:f  QSSTRESN:f  QSDTC             VISITNUM:f
        G-1      TOTAL     4        4           2020-01-10T12:00  20
        G-1      TOTAL     3        3           2020-01-10T08:00  20
        G-1      TOTAL     1        1           2020-01           10
        G-1      OTHER     9        9           2020-01-10        20
        G-2      TOTAL     5        5           2020-01-10        20
    """)
    vs = table("USUBJID  VSTESTCD  VSSEQ:f  VSSTRESN:f  VSSTRESU  VSDTC\nG-1  PRESS  1  120  kPa  2020-01-09")
    found = measurements(definition, {"QS": qs, "VS": vs}, adsl)
    expected = table("""
        USUBJID  PARAMCD   PARAM            PARCAT1      SRCDOM  SRCSEQ:i  AVAL:f  AVALU   ADY:i
        G-1      SCORE     Score (points)   EFFICACY     QS      1         1       points  .
        G-1      SCORE     Score (points)   EFFICACY     QS      3         3       points  1
        G-1      SCORE     Score (points)   EFFICACY     QS      4         4       points  1
        G-1      PRESSURE  Pressure (mmHg)  VITAL SIGNS  VS      1         120     kPa     -1
        G-2      SCORE     Score (points)   EFFICACY     QS      5         5       points  .
    """)
    pd.testing.assert_frame_equal(found[list(expected)], expected)


def test_no_records_at_all(definition: StudyDefinition, table: Table) -> None:
    adsl = table("USUBJID  REFDT:d\nG-1  2020-01-10")
    none = definition.model_copy(update={"endpoints": (), "laboratory": (), "vital_signs": ()})
    assert len(measurements(definition, {}, adsl)) == 0
    assert "PARAMCD" in measurements(none, {}, adsl)
