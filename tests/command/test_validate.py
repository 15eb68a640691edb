"""The command line of validation: exit codes, files, comparison, messages."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest

from tests.schemas.checks.small import write
from trial_report.analysis.issues.terminal import console_for
from trial_report.command.main import run
from trial_report.runtime import choose
from trial_report.runtime.ending import MACHINE

pytestmark = pytest.mark.requirement("REQ-404")

STUDY = Path(__file__).parents[2] / "data" / "admscc-cli"


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    shutil.copytree(STUDY, folder, ignore=shutil.ignore_patterns("__pycache__", "simulation"))
    return folder


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A study of four subjects, for what is the same of any study."""
    folder = tmp_path / "small"
    folder.mkdir()
    return write(folder)


def change(study: Path, file: str, old: str, new: str) -> None:
    path = study / "sdtm" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_clean_study_ends_with_0_and_writes_its_files(small: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run(["validate", "--study", str(small), "--out", str(out)]) == 0
    assert sorted(path.name for path in out.iterdir()) == ["data-issues.csv", "data-issues.html", "data-issues.json"]
    assert json.loads((out / "data-issues.json").read_text())["counts"]["errors"] == 0


def test_all_errors_of_all_domains_are_there_at_once(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = shutil.copytree(small, tmp_path / "before")
    change(small, "dm.csv", ",YEARS,M,", ",YEARS,=Male,")
    change(small, "qs.csv", "QSORRES,", "QSORRES ,")
    (small / "sdtm" / "ae.csv").write_bytes(b"\xff\xfe")
    (small / "sdtm" / "ex.csv").unlink()
    out = tmp_path / "out"
    assert run(["validate", "--study", str(small), "--against", str(before), "--out", str(out)]) == 1
    with (out / "data-issues.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = {(row["check"], row["file"], row["line"]) for row in rows if row["severity"] == "error"}
    assert found == {
        ("DM-006", "dm.csv", "2"),
        ("QS-003", "qs.csv", "1"),
        ("FILE-003", "ae.csv", "1"),
    }
    assert next(row["value"] for row in rows if row["check"] == "DM-006") == "'=Male"
    assert (out / "record-changes.csv").exists()
    shown = capsys.readouterr().out
    assert "3 errors" in shown
    assert "4 new, 0 known, 0 gone" in shown


def test_an_error_in_the_definition_is_shown_as_one(study: Path, tmp_path: Path) -> None:
    text = (study / "study.yml").read_text(encoding="utf-8")
    (study / "study.yml").write_text(text + "\nunknown_key: 1\n", encoding="utf-8")
    assert run(["validate", "--study", str(study), "--out", str(tmp_path / "out")]) == 1
    counts = json.loads((tmp_path / "out" / "data-issues.json").read_text())["counts"]
    assert counts["errors"] >= 1


def test_without_one_study_it_asks_which(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choose, "project", lambda: tmp_path)
    assert run(["validate"]) == 1
    assert "--study" in capsys.readouterr().err
    assert run(["validate", "--study", str(tmp_path / "study.zip")]) == 1
    assert "there is no study folder" in " ".join(capsys.readouterr().err.split())


def test_a_check_is_one_row_with_its_count_first_place_and_what_to_do(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    path = small / "sdtm" / "qs.csv"
    header, *records = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    more = [f"NEW{number}" for number in range(2000)]
    lines = [",".join([header, *more]), *(record + "," * len(more) for record in records)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    out = tmp_path / "out"
    assert run(["validate", "--study", str(small), "--out", str(out)]) == 1
    shown = capsys.readouterr().out
    assert shown.count("QS-003") == 1
    said = " ".join(shown.split())
    assert "… and 1,999 more, in NEW0, NEW1, NEW10, NEW100, NEW1000, and 1,995 other variables" in said
    assert json.loads((out / "data-issues.json").read_text())["counts"]["errors"] == 2000


@pytest.mark.parametrize("columns", ["", "160"])
def test_a_pipe_is_as_wide_as_is_asked_for(columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert console_for(io.StringIO()).width == int(columns or 120)


def test_the_table_says_subject_visit_record_and_variable(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    change(study, "qs.csv", ",mm,,,,1,SCREENING,", ",furlong,,,,1,SCREENING,")
    change(study, "ex.csv", ",100000000,", ",5,")
    run(["validate", "--study", str(study), "--out", str(tmp_path / "out")])
    shown = capsys.readouterr().out
    assert "qs.csv:2 ADMSCC-CLI-01-001 SCREENING QSSEQ=1 QSSTRESU 'furlong'" in shown
    assert "EXDOSE '5' (expected 100000000)" in shown


@pytest.mark.heavy
def test_a_new_delivery_says_what_is_new_and_gone_and_a_second_run_the_same(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"

    def files() -> dict[str, bytes]:
        run(["validate", "--study", str(study), "--out", str(out)])
        return {path.name: path.read_bytes() for path in out.iterdir()}

    change(study, "dm.csv", ",YEARS,M,", ",YEARS,Male,")
    first = files()
    assert json.loads(first["data-issues.json"])["since"] is None
    assert files() == first, "the same data again are no new delivery"
    assert "Issues since" not in capsys.readouterr().out
    change(study, "dm.csv", ",YEARS,Male,", ",YEARS,M,")
    change(study, "ex.csv", ",100000000,", ",5,")
    second = files()
    shown = capsys.readouterr().out
    assert "1 new" in shown
    assert "1 gone" in shown
    held = json.loads(second["data-issues.json"])
    assert [problem["check"] for problem in held["gone"]] == ["DM-006"]
    assert held["since"]["until"] == json.loads(first["data-issues.json"])["data"]["until"] != ""
    assert files() == second
    # A definition that cannot be read judges no data: what was known stays so.
    text = (study / "study.yml").read_text(encoding="utf-8")
    (study / "study.yml").write_text(text + "\nunknown_key: 1\n", encoding="utf-8")
    files()
    (study / "study.yml").write_text(text, encoding="utf-8")
    assert files() == second


@pytest.mark.heavy
def test_what_is_no_earlier_validation_is_said_and_compared_with_nothing(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "data-issues.json").write_text('{"problems": [{"check": 1}]}', encoding="utf-8")
    assert run(["validate", "--study", str(study), "--out", str(out)]) == 0
    assert "nothing is compared with it" in " ".join(capsys.readouterr().out.split())
    assert json.loads((out / "data-issues.json").read_text())["since"] is None


@pytest.mark.parametrize("name", ["file", "folder/data-issues.csv"])
def test_where_nothing_can_be_written_it_says_so_and_leaves_nothing(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (study / "study.yml").write_text("study: [\n", encoding="utf-8")  # what is found does not matter, and takes long
    out = tmp_path / name.split("/")[0]
    if name == "file":
        out.write_text("mine")
    else:
        (tmp_path / name).mkdir(parents=True)
    assert run(["validate", "--study", str(study), "--out", str(out)]) == MACHINE
    assert str(out) in capsys.readouterr().err
    assert out.is_file() or [path.name for path in out.iterdir()] == ["data-issues.csv"]
