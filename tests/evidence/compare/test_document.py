"""The page that compares two reports: what changed, what decided otherwise, who made the difference."""

from __future__ import annotations

import html
import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from trial_report.analysis.results.rows import Place, Rows
from trial_report.analysis.results.where import Where
from trial_report.command.main import run
from trial_report.report.publish.manifest import results_json

pytestmark = pytest.mark.requirement("REQ-507")

ROOT = Path(__file__).parents[3]
STUDY = ROOT / "data" / "admscc-cli"


def _write(folder: Path, mean: float, mtd: str, manifest: dict[str, object] | None = None) -> Path:
    folder.mkdir()
    rows = Rows()
    rows.add(Place("eff", "ADBDS", "FAS", Where().eq(PARAMCD="X"), "CHG", "X", "W1"), "mean", mean, decimals=0)
    rows.add(Place("esc.mtd", "ADSL", "SAF", Where(), "MTD"), "mtd", text=mtd)
    path = folder / "results.json"
    path.write_text(results_json(rows.frame()), encoding="utf-8")
    if manifest is not None:
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return path


def _compared(tmp_path: Path, before: Path, after: Path, *more: str) -> str:
    out = tmp_path / "compare.html"
    assert run(["compare", "--before", str(before), "--after", str(after), "--out", str(out), *more]) == 0
    words = re.sub(r"<style>.*?</style>|</?span[^>]*>", "", out.read_text(encoding="utf-8"), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", words)).split())


def test_the_page_takes_the_place_of_such_a_page_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, after = _write(tmp_path / "a", -1, "LOW"), _write(tmp_path / "b", 1, "TOP")
    asked = ["compare", "--before", str(before), "--after", str(after), "--out"]
    _compared(tmp_path, before, after)
    _compared(tmp_path, before, after)
    for name, text in (("notes.html", "<title>Notes</title>"), ("thesis.docx", "PK"), ("empty.html", "")):
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert run([*asked, str(tmp_path / name)]) == 1
        assert "stays as it is: choose another with --out" in capsys.readouterr().err
        assert (tmp_path / name).read_text(encoding="utf-8") == text
    (tmp_path / "link.html").symlink_to(tmp_path / "compare.html")
    assert run([*asked, str(tmp_path / "link.html")]) == 1
    assert run([*asked, str(tmp_path / "a")]) == 1


def test_results_and_conclusions_that_changed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = _compared(tmp_path, _write(tmp_path / "a", -1, "LOW"), _write(tmp_path / "b", 1, "TOP"))
    assert "2 changed, 0 changed below what is printed, 0 only after, 0 only before" in capsys.readouterr().out
    assert "eff/FAS/X/W1/TOTAL/-/mean -1.0 1.0 +2 200.0" in words
    assert "decision esc.mtd/SAF/MTD/-/TOTAL/-/mtd LOW TOP" in words
    assert "direction eff/FAS/X/W1/TOTAL/-/mean below 0 above 0" in words
    assert "The records of both sides are not at hand" in words
    assert "Code and versions are not known" in words


def test_the_same_results_say_so(tmp_path: Path) -> None:
    words = _compared(tmp_path, _write(tmp_path / "a", -1, "LOW"), _write(tmp_path / "b", -1, "LOW"))
    assert "Every result is the same." in words
    assert "No conclusion changed." in words


def test_two_revisions_of_the_code(tmp_path: Path) -> None:
    one = {
        "code": {"revision": "aaa", "files": {"analysis/pipeline.py": "1"}},
        "packages": {"numpy": "1"},
        "inputs": {},
    }
    other = {
        "code": {"revision": "bbb", "files": {"analysis/pipeline.py": "2"}},
        "packages": {"numpy": "1"},
        "inputs": {},
    }
    words = _compared(tmp_path, _write(tmp_path / "a", -1, "LOW", one), _write(tmp_path / "b", 1, "LOW", other))
    assert "aaa bbb" in words
    assert "analysis/pipeline.py differs" in words
    assert "numpy differs" not in words


def test_datasets_beside_the_results_name_the_patients(tmp_path: Path) -> None:
    paths = _write(tmp_path / "a", -1, "LOW"), _write(tmp_path / "b", 1, "LOW")
    for path, value in zip(paths, (-1.0, 1.0), strict=True):
        (path.parent / "datasets").mkdir()
        frame = pd.DataFrame(
            {"USUBJID": ["S-1", "S-2"], "PARAMCD": "X", "SRCDOM": "QS", "SRCSEQ": 1, "CHG": [5, value]}
        )
        frame.to_parquet(path.parent / "datasets" / "ADBDS.parquet")
    assert "+2 200.0 1 S-2" in _compared(tmp_path, *paths)


def test_data_beside_the_results_name_the_records(tmp_path: Path) -> None:
    paths = _write(tmp_path / "a", -1, "LOW"), _write(tmp_path / "b", 1, "LOW")
    for path, value in zip(paths, ("5", "6"), strict=True):
        for folder in ("datasets", "domains"):
            (path.parent / folder).mkdir()
        pd.DataFrame({"USUBJID": ["S-1"], "AGE": [50]}).to_parquet(path.parent / "datasets" / "ADSL.parquet")
        records = pd.DataFrame({"USUBJID": ["S-1", "S-2"], "CMSEQ": [1, 1], "CMDOSE": ["5", value]})
        records.to_parquet(path.parent / "domains" / "CM.parquet")
    assert re.search(r"CM changed S-2 .*CMDOSE 5 6", _compared(tmp_path, *paths))


def test_data_that_cannot_be_read_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = _write(tmp_path / "a", -1, "LOW"), _write(tmp_path / "b", 1, "LOW")
    (paths[0].parent / "datasets").mkdir()
    (paths[0].parent / "datasets" / "ADSL.parquet").write_bytes(b"not Parquet")
    assert run(["compare", "--before", str(paths[0]), "--after", str(paths[1]), "--out", str(tmp_path / "c.html")]) == 1
    assert "the data beside the results cannot be read" in capsys.readouterr().err
    assert not (tmp_path / "c.html").exists()


@pytest.mark.parametrize("text", ["", "{", "{}", "[1]", '[{"key": 3}]', '[{"key": "a"}]', "\x00"])
def test_what_are_no_results_are_refused(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = _write(tmp_path / "a", -1, "LOW"), tmp_path / "results.json"
    bad.write_text(text, encoding="utf-8")
    assert run(["compare", "--before", str(good), "--after", str(bad), "--out", str(tmp_path / "c.html")]) == 1
    said = capsys.readouterr().err
    assert str(bad) in said
    assert "Traceback" not in said
    assert not (tmp_path / "c.html").exists()


@pytest.mark.heavy
def test_study_folders_name_the_records(tmp_path: Path) -> None:
    """One record of the exemplar is taken away: the page names it."""
    shorter = tmp_path / "study"
    shutil.copytree(STUDY, shorter)
    path = next(p for p in (shorter / "sdtm").glob("*.csv") if p.stem == "cm")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:-1]), encoding="utf-8")
    one, other = _write(tmp_path / "a", -1, "LOW"), _write(tmp_path / "b", 1, "LOW")
    words = _compared(tmp_path, one, other, "--before-study", str(STUDY), "--after-study", str(shorter))
    assert f"CM removed {lines[-1].split(',')[2]}" in words
