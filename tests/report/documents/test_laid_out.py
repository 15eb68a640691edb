"""Quarto is given another document than the project's own whole, in a folder that is there for one run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from trial_report.report.assemble import hooks, quarto
from trial_report.report.assemble.documents import OURS, Request, Source, documents
from trial_report.runtime.choose import ChoiceError

pytestmark = pytest.mark.requirement("REQ-215", "REQ-1203")


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
