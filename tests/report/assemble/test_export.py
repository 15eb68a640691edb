"""What is exported without a report: the results, what tables print of them, and the data, or nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from trial_report.analysis.pipeline import write_build
from trial_report.analysis.trial import Trial
from trial_report.command.main import run
from trial_report.report.assemble import export

pytestmark = pytest.mark.requirement("REQ-507")

EXEMPLAR = Path(__file__).parents[3] / "data" / "admscc-cli"


@pytest.fixture
def prepared(exemplar: Trial, results: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    """Results of the exemplar, which need not be computed again."""

    def prepare(_: Path, build: Path, *__: object, **___: object) -> pd.DataFrame:
        write_build(exemplar, results, build)
        return results

    monkeypatch.setattr(export, "prepare", prepare)
    return results


def test_results_displays_and_data_are_written_and_named_on_standard_output_alone(
    prepared: pd.DataFrame, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new"
    assert run(["export", "--study", str(EXEMPLAR), "--out", str(out), "--quiet"]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert said.out.splitlines() == sorted(str(path) for path in out.rglob("*") if path.is_file())
    held = json.loads((out / "results.json").read_text(encoding="utf-8"))
    assert len(held) == len(prepared) == len(pd.read_csv(out / "results.csv"))
    assert (out / "datasets" / "ADSL.csv").is_file()
    assert (out / "domains" / "DM.parquet").is_file()
    displays = pd.read_csv(out / "displays.csv", dtype="str", keep_default_na=False)
    assert set(displays["key"]) <= set(prepared["key"])
    printed = displays.merge(prepared[["key", "formatted"]], on="key")
    # What stands on one result is printed as that says.
    alone = printed.loc[~printed.duplicated(["display", "line", "column", "printed"], keep=False)]
    assert (alone["printed"].str.strip() == alone["formatted"]).all()


def test_a_folder_that_holds_something_is_left_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    assert run(["export", "--study", str(EXEMPLAR), "--out", str(tmp_path)]) == 1
    assert "holds something already" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_nothing_is_written_into_a_study(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = tmp_path / "study"
    study.mkdir()
    shutil.copyfile(EXEMPLAR / "study.yml", study / "study.yml")
    assert run(["export", "--study", str(study), "--out", str(study / "out")]) == 1
    assert "in the study's folder" in capsys.readouterr().err
    assert not (study / "out").exists()
