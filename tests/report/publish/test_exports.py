"""The data beside a report: what was written comes back, and a spreadsheet runs nothing of it."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from trial_report.analysis.pipeline import write_build
from trial_report.analysis.trial import Trial
from trial_report.report.publish.exports import csv_of, export, exported

pytestmark = pytest.mark.requirement("REQ-501", "REQ-507")


def test_numbers_dates_and_missing_values_are_written_as_they_are() -> None:
    frame = pd.DataFrame(
        {
            "USUBJID": ["S-1", "S-2"],
            "AVAL": [-1.5, None],
            "SEQ": pd.array([1, None], dtype="Int64"),
            "ADT": pd.to_datetime(["2021-02-03", None]),
        }
    )
    assert csv_of(frame) == "USUBJID,AVAL,SEQ,ADT\nS-1,-1.5,1,2021-02-03\nS-2,,,\n"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "|cmd", "\tx"])
def test_a_text_that_would_be_a_formula_is_made_harmless(text: str) -> None:
    assert csv_of(pd.DataFrame({"AETERM": [text]})).splitlines()[1].strip('"').startswith("'")


def test_what_a_report_leaves_is_read_again(exemplar: Trial, results: pd.DataFrame, tmp_path: Path) -> None:
    build, folder = tmp_path / "build", tmp_path / "report"
    folder.mkdir()
    write_build(exemplar, results, build)
    export(build, folder)
    datasets, domains, definition = exported(folder)
    assert definition == exemplar.definition
    assert datasets.keys() == exemplar.datasets.keys()
    assert domains.keys() == exemplar.domains.keys()
    for name, frame in datasets.items():
        assert len((folder / "datasets" / f"{name}.csv").read_text(encoding="utf-8").splitlines()) >= len(frame) + 1
        pd.testing.assert_frame_equal(frame, exemplar.datasets[name].reset_index(drop=True))


def test_a_folder_without_data_gives_nothing(tmp_path: Path) -> None:
    assert exported(tmp_path) == ({}, {}, None)


def test_a_definition_of_another_revision_of_the_code_is_read(exemplar: Trial, tmp_path: Path) -> None:
    made = exemplar.definition.model_dump(mode="json")
    made["visits"][0]["colour"] = made["hints"] = "a key that was dropped since"
    (tmp_path / "datasets").mkdir()
    (tmp_path / "datasets" / "study.json").write_text(json.dumps(made), encoding="utf-8")
    assert exported(tmp_path)[2] == exemplar.definition
