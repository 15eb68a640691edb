"""The record behind each row of a dataset: its domain, sequence number, file and line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from trial_report.analysis.lineage.origins import ORIGIN, baselines, origins, places, sides
from trial_report.analysis.trial import Trial
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-503", "REQ-504")

Frame = Callable[[str], pd.DataFrame]
ROOT = Path(__file__).parents[3]


def test_measurements_name_their_record(table: Frame, definition: StudyDefinition) -> None:
    where = table(
        "DOMAIN  ROW:i  USUBJID  SEQ:i  VISITNUM:f  FILE  LINE:i\n"
        "QS  0  A  1  1  qs1.csv  2\nQS  1  B  1  1  qs2.csv  2\nLB  0  A  1  1  lb.csv  2"
    )
    frame = table("USUBJID  SRCDOM  SRCSEQ:i  SRCLINE:i\nA  QS  1  2\nB  QS  1  2\nB  LB  9  7\nA  .  .  .")
    expected = table("DOMAIN  SEQ:i  FILE  LINE:i\nQS  1  qs1.csv  2\nQS  1  qs2.csv  2\nLB  9  .  7\n.  .  .  .")
    pd.testing.assert_frame_equal(origins("ADBDS", frame, where, definition), expected[list(ORIGIN)])


def test_a_change_names_the_record_of_its_baseline(table: Frame) -> None:
    frame = table(
        "USUBJID  PARAMCD  ABLFL  BASE:f\nA  X  Y  1\nA  X  .  1\nA  Z  .  .\nB  X  .  .\nB  X  Y  2\nB  X  .  2"
    )
    found = table(
        "DOMAIN  SEQ:i  FILE  LINE:i\n"
        "QS  1  a.csv  2\nQS  2  a.csv  3\nQS  3  a.csv  4\nQS  1  b.csv  2\nQS  2  b.csv  3\nQS  3  b.csv  4"
    )
    expected = table(
        "DOMAIN  SEQ:i  FILE  LINE:i\n.  .  .  .\nQS  1  a.csv  2\n.  .  .  .\n.  .  .  .\n.  .  .  .\nQS  2  b.csv  3"
    )
    made = baselines("ADBDS", frame, found)
    assert made is not None
    pd.testing.assert_frame_equal(made, expected)
    assert baselines("ADAE", found, found) is None


def test_a_mean_of_sides_names_the_record_of_each(table: Frame) -> None:
    frame = table("""
        USUBJID  PARAMCD  SRCDOM  SRCSEQ:i  AVGSEQ:i  AVAL:f
        A        X        OE      1         2         .
        A        X        OE      2         2         45
        A        X        OE      3         .         .
        B        X        OE      2         1         .
        B        X        OE      1         1         50
        B        Z        OE      1         .         60
    """)
    found = table("""
        DOMAIN  SEQ:i  FILE    LINE:i
        OE      1      oe.csv  2
        OE      2      oe.csv  3
        OE      3      oe.csv  4
        OE      2      oe.csv  5
        OE      1      oe.csv  6
        OE      1      oe.csv  6
    """)
    made = sides(frame, found)
    assert made.index.tolist() == [1, 4]
    assert made["LINE"].tolist() == [2, 5]
    assert sides(frame.drop(columns="AVGSEQ"), found).empty


def test_a_time_without_event_leads_to_the_subject(table: Frame, definition: StudyDefinition) -> None:
    where = table(
        "DOMAIN  ROW:i  USUBJID  SEQ:i  VISITNUM:f  FILE  LINE:i\nDM  0  A  .  .  dm.csv  2\nAE  0  A  1  .  ae.csv  9"
    )
    frame = table("USUBJID  SRCDOM  SRCSEQ:i  SRCLINE:i\nA  .  .  .\nA  AE  1  9")
    expected = table("DOMAIN  SEQ:i  FILE  LINE:i\nDM  .  dm.csv  2\nAE  1  ae.csv  9")
    pd.testing.assert_frame_equal(origins("ADTTE", frame, where, definition), expected[list(ORIGIN)])


def test_visits_are_found_in_sv(table: Frame, definition: StudyDefinition) -> None:
    where = table(
        "DOMAIN  ROW:i  USUBJID  SEQ:i  VISITNUM:f  FILE  LINE:i\n"
        "SV  0  A  .  10  sv.csv  2\nSV  1  A  .  30  sv.csv  3"
    )
    frame = table("USUBJID  AVISIT\nA  M1\nA  M2")
    assert origins("ADVISIT", frame, where, definition)["LINE"].tolist() == [3, pd.NA]


def test_every_row_of_the_exemplar_leads_to_the_line_of_its_subject(exemplar: Trial) -> None:
    study = ROOT / "data" / "admscc-cli"
    where = places(exemplar.domains)
    for name, frame in {**exemplar.datasets, "DV": exemplar.domains["DV"]}.items():
        found = origins(name, frame, where, exemplar.definition)
        assert list(found.columns) == list(ORIGIN)
        known = found["FILE"].notna()
        if name != "ADVISIT":
            assert known.all(), name
        texts = {
            file: (study / exemplar.definition.data.folder / file).read_text(encoding="utf-8").splitlines()
            for file in found.loc[known, "FILE"].unique()
        }
        chosen = pd.concat([found, frame["USUBJID"]], axis=1).loc[known]
        for file, line, subject in chosen[["FILE", "LINE", "USUBJID"]].itertuples(index=False):
            assert subject in texts[file][line - 1].split(","), f"{name}: {file}:{line}"
