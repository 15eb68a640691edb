"""Quarto is given another document than the project's own whole, in a folder that is there for one run."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
import yaml

from trial_report.report.assemble import hooks, quarto
from trial_report.report.assemble.documents import OURS, Request, Source, documents
from trial_report.report.cells.guard import OWNER_NAME
from trial_report.runtime.choose import ChoiceError
from trial_report.runtime.processes import process

pytestmark = pytest.mark.requirement("REQ-215", "REQ-1203")


GONE = "999999999 1"
"""A process that there never was."""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with the documents of the house."""
    (tmp_path / "report").mkdir()
    shutil.copyfile(OURS / "csr.qmd", tmp_path / "report" / "csr.qmd")
    shutil.copytree(OURS / "sections", tmp_path / "report" / "sections")
    monkeypatch.setattr(quarto, "PROJECT", tmp_path)
    monkeypatch.delenv(quarto.CALLED, raising=False)
    return tmp_path


def own(project: Path) -> Source:
    return Source(project / "report" / "csr.qmd", (project / "report", OURS))


def test_the_projects_own_report_is_rendered_where_it_lies(project: Path) -> None:
    with quarto.laid_out(own(project), Request()) as options:
        assert options == ["report/csr.qmd"]
    hooks.check_rendered(own(project), Request())


def test_a_report_with_a_section_added_or_left_to_the_package_is_laid_out_whole(project: Path) -> None:
    added = project / "report" / "sections" / "15-references+ours.qmd"
    added.write_text("Words of ours.\n", encoding="utf-8")
    with quarto.laid_out(own(project), Request()) as (_, _, name):
        assert "\nWords of ours.\n" in (project / name / "csr.qmd").read_text(encoding="utf-8")
    with pytest.raises(ChoiceError, match="trial-report report --renderer quarto"):
        hooks.check_rendered(own(project), Request())
    added.unlink()
    (project / "report" / "sections" / "13-discussion.qmd").unlink()
    with quarto.laid_out(own(project), Request()) as (_, _, name):
        assert "# 13" in (project / name / "csr.qmd").read_text(encoding="utf-8")


def test_another_document_is_laid_out_whole_and_taken_away_again(project: Path) -> None:
    before = sorted(path.name for path in project.iterdir())
    with quarto.laid_out(documents(project)["tables"], Request("tables")) as (file, option, name):
        assert (file, option) == (f"{name}/tables.qmd", "--profile")
        profile = yaml.safe_load((project / f"_quarto-{name}.yml").read_text(encoding="utf-8"))
        assert profile == {"project": {"render": [f"{name}/tables.qmd"]}}
        words = (project / name / "tables.qmd").read_text(encoding="utf-8")
        assert words.startswith("---\ntitle: Tables and figures\n")
        assert 'show_all("14.3.4")' in words
    assert sorted(path.name for path in project.iterdir()) == before


def test_sections_of_a_study_elsewhere_stand_in_what_is_laid_out(project: Path) -> None:
    study = project / "data" / "trial"
    (study / "report" / "sections").mkdir(parents=True)
    (study / "report" / "sections" / "13-discussion.qmd").write_text("# 13 Ours {#sec-discussion}\n", encoding="utf-8")
    with quarto.laid_out(documents(study)["csr"], Request()) as (_, _, name):
        words = (project / name / "csr.qmd").read_text(encoding="utf-8")
    assert "# 13 Ours" in words
    assert "{{< include" not in words


def test_by_hand_quarto_renders_what_lies_in_the_project_alone(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copyfile(OURS / "topline.qmd", project / "report" / "topline.qmd")
    hooks.check_rendered(Source(project / "report" / "topline.qmd", (project / "report",)), Request("topline"))
    other = documents(project / "no-study")["tables"]
    with pytest.raises(ChoiceError, match="for tables of this study use trial-report report --renderer quarto"):
        hooks.check_rendered(other, Request("tables"))
    monkeypatch.setenv(quarto.CALLED, "1")
    hooks.check_rendered(other, Request("tables"))


def left(project: Path, number: int, owner: str) -> tuple[Path, Path]:
    """The folder and the profile of a run, as it leaves them when it is killed."""
    folder, profile = project / f"document-{number}", project / f"_quarto-document-{number}.yml"
    folder.mkdir()
    (folder / "csr.html").write_text("a patient", encoding="utf-8")
    profile.write_text(f"# of the process {owner}\nproject: {{}}\n", encoding="utf-8")
    return folder, profile


@pytest.mark.skipif(not process(os.getpid()), reason="the system names no process")
def test_what_a_run_that_was_killed_has_left_is_cleared_and_what_is_in_use_or_a_persons_is_not(project: Path) -> None:
    killed = left(project, 1, GONE)
    used = left(project, 2, process(os.getpid()))
    (project / "_quarto-document-3.yml").write_text("lang: de\n", encoding="utf-8")
    (project / "document-3").mkdir()
    quarto.clear_left(project)
    assert not any(path.exists() for path in killed)
    assert all(path.exists() for path in used)
    assert (project / "document-3").exists()
    assert (project / "_quarto-document-3.yml").exists()


@pytest.mark.skipif(not process(os.getpid()), reason="the system names no process")
def test_while_a_quarto_works_on_nothing_is_cleared_that_it_may_read(project: Path) -> None:
    killed = left(project, 1, GONE)
    owner = project / "_report" / OWNER_NAME
    owner.parent.mkdir(exist_ok=True)
    owner.write_text(process(os.getpid()), encoding="utf-8")
    quarto.clear_left(project)
    assert all(path.exists() for path in killed)
    owner.write_text(GONE, encoding="utf-8")
    quarto.clear_left(project)
    assert not any(path.exists() for path in killed)


def test_who_lays_out_says_whose_it_is_and_quarto_keeps_its_work_in_a_private_place(
    project: Path, tmp_path: Path
) -> None:
    said = tmp_path / "said"
    program = tmp_path / "quarto"
    program.write_text(f'#!/bin/sh\nhead -n 1 _quarto-document-*.yml > {said}\necho "$TMPDIR" >> {said}\nexit 3\n')
    program.chmod(0o700)
    with pytest.raises(ChoiceError, match="exit code 3"):
        quarto.run(str(program), project, tmp_path / "out", quiet=True, request=Request("tables"))
    owner, place = said.read_text(encoding="utf-8").splitlines()
    assert owner == f"# of the process {process(os.getpid())}"
    assert Path(place).parent.name == ".work"
    assert not Path(place).exists()
    assert not [*project.glob("document-*"), *project.glob("_quarto-document-*")]
