"""Where a report may go: only a report of ours is replaced; anything else is refused and stays as it is."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.report.small import held, write_report
from trial_report.command.main import run
from trial_report.report.publish import occupied
from trial_report.report.publish.occupied import PlaceError, check_target
from trial_report.runtime.places import CODE

pytestmark = pytest.mark.requirement("REQ-216")

FILES = {"csr.html": "page", "csr.pdf": "paper", "datasets/ADSL.csv": "USUBJID", "domains/DM.parquet": "PAR1"}


def report(folder: Path) -> Path:
    return write_report(folder, FILES)


def alter(folder: Path, **keys: object) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | keys))


def foreign(folder: Path) -> None:
    folder.mkdir()
    (folder / "manifest.json").write_text('{"name": "My site", "icons": [], "start_url": "/"}')
    (folder / "index.html").write_text("mine")


def no_json(folder: Path) -> None:
    report(folder)
    (folder / "manifest.json").write_text("Manifest-Version: 1.0")


def a_manifest_that_lists_what_no_report_has(folder: Path) -> None:
    report(folder)
    alter(folder, outputs={"csr.html": "0" * 64, "../../home/thesis.docx": "0" * 64})


def a_file_of_somebodys_among_the_data(folder: Path) -> None:
    (report(folder) / "datasets" / "mine.csv").write_text("mine")


def a_hidden_file_of_somebodys_among_the_data(folder: Path) -> None:
    (report(folder) / "datasets" / ".notes").write_text("mine")


def a_page_with_remarks(folder: Path) -> None:
    (report(folder) / "csr.pdf").write_text("paper with remarks")


def an_output_of_another_program(folder: Path) -> None:
    (report(folder) / "results.json").write_text("[]")


def a_link_among_the_outputs(folder: Path) -> None:
    report(folder)
    (folder / "csr.pdf").rename(folder.parent / "kept.pdf")
    (folder / "csr.pdf").symlink_to(folder.parent / "kept.pdf")


def data_that_are_a_link(folder: Path) -> None:
    report(folder)
    (folder / "datasets").rename(folder.parent / "kept")
    (folder / "datasets").symlink_to(folder.parent / "kept")


def a_manifest_that_is_a_link(folder: Path) -> None:
    report(folder)
    (folder / "manifest.json").rename(folder.parent / "kept.json")
    (folder / "manifest.json").symlink_to(folder.parent / "kept.json")


def a_link_to_a_report(folder: Path) -> None:
    folder.symlink_to(report(folder.with_name("report")), target_is_directory=True)


def a_link_to_nowhere(folder: Path) -> None:
    folder.symlink_to(folder.parent / "nowhere")


def a_file(folder: Path) -> None:
    folder.write_text("mine")


@pytest.mark.parametrize(
    "what",
    [
        foreign, no_json, a_manifest_that_lists_what_no_report_has, a_file_of_somebodys_among_the_data,
        a_hidden_file_of_somebodys_among_the_data, a_page_with_remarks, an_output_of_another_program,
        a_link_among_the_outputs, data_that_are_a_link, a_manifest_that_is_a_link, a_link_to_a_report,
        a_link_to_nowhere, a_file,
    ],
)  # fmt: skip
def test_what_is_no_report_of_ours_is_refused_and_stays(what, tmp_path, capsys):
    what(tmp_path / "out")
    before, names = held(tmp_path), sorted(os.listdir(tmp_path))
    study = tmp_path.parent / "study"
    study.mkdir(exist_ok=True)
    assert run(["report", "--study", str(study), "--out", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().err
    assert str(tmp_path) in said
    assert said.count("\n") == 1
    assert held(tmp_path) == before
    assert sorted(os.listdir(tmp_path)) == names


def test_a_report_may_be_replaced_also_one_without_a_file_or_with_a_persons_beside_it(tmp_path):
    folder = report(tmp_path / "report")
    check_target(folder)
    (folder / "notes.txt").write_text("mine")
    (folder / "datasets" / ".DS_Store").write_text("")
    (folder / "csr.pdf").unlink()
    check_target(folder)


def test_a_new_or_empty_folder_or_one_with_findings_may_be_used(tmp_path):
    check_target(tmp_path / "new" / "report")
    (tmp_path / "empty").mkdir()
    check_target(tmp_path / "empty")
    (tmp_path / "empty" / "data-issues.csv").write_text("")
    check_target(tmp_path / "empty")


@pytest.mark.parametrize("below", ["", "report", "text/report"])
def test_nothing_is_written_into_the_study(below, tmp_path):
    with pytest.raises(PlaceError, match="in the study's folder"):
        check_target(tmp_path / "study" / below, tmp_path / "study")


def test_nor_by_another_road(tmp_path):
    (tmp_path / "study").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "study")
    with pytest.raises(PlaceError, match="in the study's folder"):
        check_target(tmp_path / "link" / "report", tmp_path / "study")
    with pytest.raises(PlaceError, match="in the study's folder"):
        check_target(tmp_path / "elsewhere" / ".." / "study" / "report", tmp_path / "link")


def test_a_folder_that_holds_the_study_is_refused(tmp_path):
    with pytest.raises(PlaceError, match="holds the study"):
        check_target(tmp_path, tmp_path / "study")


@pytest.mark.parametrize("name", ["/", "..", "."])
def test_root_and_where_one_is_are_refused_also_when_empty(name, tmp_path, monkeypatch):
    (tmp_path / "a").mkdir()
    monkeypatch.chdir(tmp_path / "a")
    with pytest.raises(PlaceError, match="replaces its folder"):
        check_target(Path(name))
    assert os.listdir(tmp_path) == ["a"]


def test_home_is_refused_also_when_empty(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(PlaceError, match="is your home folder"):
        check_target(tmp_path)


def test_a_path_through_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("mine")
    for target in (Path("/dev/null/x"), tmp_path / "file" / "a" / "b"):
        with pytest.raises(PlaceError, match="is not a folder"):
            check_target(target)


def test_a_disk_of_its_own_is_refused_before_the_work(tmp_path, monkeypatch):
    monkeypatch.setattr(occupied.os.path, "ismount", lambda path: path == tmp_path)
    with pytest.raises(PlaceError, match="choose a folder in it"):
        check_target(tmp_path)
    check_target(tmp_path / "report")


def test_the_programs_own_folder_is_refused():
    with pytest.raises(PlaceError, match="program's own folder"):
        check_target(CODE / "report" / "new")
