"""What Quarto's hooks are asked for, where they publish, and what they leave, without Quarto."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from trial_report.report.assemble import hooks
from trial_report.report.assemble.documents import Request
from trial_report.report.cells.guard import DOCUMENT_NAME, OWNER_NAME, check_document, check_prepared
from trial_report.report.cells.narrowed import LOCAL, narrow
from trial_report.report.cells.pieces import KitError
from trial_report.report.render import DocumentError
from trial_report.report.render.finish import STYLE
from trial_report.report.render.volumes import Volumes
from trial_report.runtime.choose import ChoiceError
from trial_report.runtime.processes import process
from trial_report.schemas.study.volumes import Volume

pytestmark = pytest.mark.requirement("REQ-215")

ROOT = Path(__file__).parents[3]


def test_one_format_is_left_finished_and_nothing_is_published(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "csr.html"
    page.write_text(f"<html><head>{STYLE}</head><body><p>A</p></body></html>", encoding="utf-8")
    hooks.left([page], tmp_path / "none")
    assert "@font-face" in page.read_text(encoding="utf-8")
    assert str(page) in (said := capsys.readouterr().out)
    assert "not published" in said


def test_a_preview_is_known_by_the_process_that_it_notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "PROJECT", tmp_path)
    lock = tmp_path / ".quarto" / "preview" / "lock"
    lock.parent.mkdir(parents=True)
    assert not hooks.previewed([])
    lock.write_text(str(os.getppid()), encoding="utf-8")
    assert hooks.previewed([])
    lock.write_text(str(os.getpid()), encoding="utf-8")
    assert not hooks.previewed(["quarto.js", "render", "preview"])
    assert hooks.previewed(["quarto.js", "preview", "report/csr.qmd"])


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(hooks, "PROJECT", tmp_path)
    monkeypatch.setattr(hooks, "REPORTS", tmp_path / "_report")
    return tmp_path


@pytest.mark.parametrize(
    ("output", "where"),
    [("_report/.quarto-output", "_report"), ("out", "out"), ("out/.work", "out"), ("", "_report"), (None, "_report")],
)
def test_a_report_is_published_where_quarto_s_settings_have_its_outputs(
    project: Path, output: str | None, where: str
) -> None:
    assert hooks.shelf(None if output is None else str(project / output)) == project / where


def test_the_document_is_the_one_that_quarto_renders(project: Path) -> None:
    study = project / "trial"
    study.mkdir()
    environment = {"CSR_STUDY": str(study), "QUARTO_PROJECT_OUTPUT_DIR": str(project / "out")}
    for kind in ("QUARTO_PROJECT_INPUT_FILES", "QUARTO_USE_FILE_FOR_PROJECT_INPUT_FILES"):
        (project / "list").write_text("report/topline.qmd", encoding="utf-8")
        held = str(project / "list") if "USE" in kind else "report/topline.qmd"
        _, target, request = hooks.asked(environment, hooks.listed({kind: held}, "INPUT"))
        assert (request.document, target) == ("topline", project / "out" / "trial-topline")
    said = {**environment, "CSR_DOCUMENT": "tables", "CSR_OUT": str(project / "there")}
    assert hooks.asked(said, ["x/tables.html", "x/tables.pdf"])[1] == project / "there"


def test_of_several_documents_it_is_the_report_or_that_of_the_environment(project: Path) -> None:
    (project / "trial").mkdir()
    environment, files = {"CSR_STUDY": str(project / "trial")}, ["report/csr.qmd", "report/topline.qmd"]
    assert hooks.asked(environment, files)[2].document == "csr"
    assert hooks.asked({**environment, "CSR_DOCUMENT": "topline"}, files)[2].document == "topline"
    with pytest.raises(ChoiceError, match=r"CSR_DOCUMENT names it, and tables.qmd is not among csr, topline"):
        hooks.asked({**environment, "CSR_DOCUMENT": "tables"}, files)
    with pytest.raises(ChoiceError, match=r"no document is named, and csr.qmd is not among tables, topline"):
        hooks.asked(environment, ["report/tables.qmd", "report/topline.qmd"])


def test_others_are_left_out_unless_settings_of_the_project_stand_where_that_is_said(project: Path) -> None:
    assert hooks.others("csr", ["report/csr.qmd", "report/topline.qmd"]) == ["report/topline.qmd"]
    (project / "report").mkdir()
    for called in (["quarto", "render"], ["quarto", "render", "."], ["quarto", "render", "--output-dir", "report"]):
        assert hooks.others("csr", ["report/csr.qmd", "report/topline.qmd"], called) == ["report/topline.qmd"]
    with pytest.raises(ChoiceError, match=r"report is a folder: name the document, quarto render report/csr.qmd"):
        hooks.others("csr", ["report/csr.qmd", "report/topline.qmd"], ["quarto", "render", "report", "--to", "html"])
    with pytest.raises(ChoiceError, match=r"for a preview: name the document, quarto preview report/csr.qmd"):
        hooks.others("csr", ["report/csr.qmd", "report/topline.qmd"], ["quarto", "preview", "--no-browser"])
    (project / LOCAL).write_text("lang: de\n", encoding="utf-8")
    assert hooks.others("csr", ["report/csr.qmd"]) == []
    with pytest.raises(ChoiceError, match=r"of its own, .* quarto render report/csr.qmd"):
        hooks.others("csr", ["report/csr.qmd", "report/topline.qmd"])


def test_the_typst_source_that_quarto_keeps_lies_beside_the_document(project: Path) -> None:
    html, pdf = "_report/.quarto-output/report/csr.html", "_report/.quarto-output/report/csr.pdf"
    assert hooks.kept([html, pdf], str(project / "_report" / ".quarto-output")) == project / "report" / "csr.typ"
    assert hooks.kept(["report/csr.pdf"], None) == project / "report" / "csr.typ"
    assert hooks.kept(["report/csr.pdf"], str(project)) == project / "report" / "csr.typ"
    assert hooks.kept([html], None) is None
    (source := project / "x.typ").write_text("= A", encoding="utf-8")
    assert [hooks.taken(source), hooks.taken(source), hooks.taken(None)] == ["= A", "", ""]


@pytest.mark.parametrize(("asked", "refused"), [((Volume(id="listings"),), True), (None, False), ((), False)])
def test_settings_by_which_quarto_makes_no_volumes_are_told(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    asked: tuple[Volume, ...] | None, refused: bool,
) -> None:  # fmt: skip
    monkeypatch.setattr(hooks, "volumes_asked", lambda *_: Volumes(asked))
    monkeypatch.setattr(hooks, "finish", lambda page, _: page)
    monkeypatch.setattr(hooks, "printed", lambda pdf: pdf)
    rows = '<figure id="o-a" class="csr-listing" data-number="Listing 16.2.1" data-title="A" data-rows="4000">'
    (page := project / "csr.html").write_text(rows, encoding="utf-8")
    (pdf := project / "csr.pdf").write_bytes(b"%PDF")
    if refused:
        with pytest.raises(DocumentError, match=r"asks for volumes: Quarto makes them where report/look/volumes.lua"):
            hooks.bound(page, pdf, "", Request(), project)
        return
    assert hooks.bound(page, pdf, "", Request(), project) == (("csr",), {})
    assert ("This report is long, and stands in one file" in capsys.readouterr().err) == (asked is None)


def test_what_quarto_rendered_is_taken_away_with_the_folders_that_are_empty_then(project: Path) -> None:
    page, other = project / "_report" / ".quarto-output" / "report" / "csr.html", project / "out" / "kept.txt"
    for file in (page, other, project / "out" / "report" / "csr.pdf"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x", encoding="utf-8")
    hooks.taken_away([page, project / "out" / "report" / "csr.pdf"])
    assert sorted(path.relative_to(project).as_posix() for path in project.rglob("*")) == [
        "_report", "out", "out/kept.txt",
    ]  # fmt: skip


def test_cells_that_quarto_runs_without_its_hooks_are_refused(tmp_path: Path) -> None:
    build, owner = tmp_path / "_report" / ".build", tmp_path / "_report" / OWNER_NAME
    owner.parent.mkdir()
    by_quarto = {"QUARTO_EXECUTE_INFO": "x"}
    check_prepared(build, {})
    check_prepared(build, {**by_quarto, "CSR_BUILD": "there"})
    with pytest.raises(KitError, match="list it there, or use trial-report report --renderer quarto --document NAME"):
        check_prepared(build, by_quarto)
    owner.write_text("1 1", encoding="utf-8")
    with pytest.raises(KitError, match="not among them"):
        check_prepared(build, by_quarto)
    narrow(tmp_path, ["report/topline.qmd"])
    with pytest.raises(KitError, match="had left this document out of Quarto's list: render it once more"):
        check_prepared(build, by_quarto)
    assert not (tmp_path / LOCAL).exists()
    narrow(tmp_path, ["report/topline.qmd"])
    owner.write_text(process(os.getpid()), encoding="utf-8")
    check_prepared(build, by_quarto)
    assert not (tmp_path / LOCAL).exists()


def test_cells_of_another_document_than_the_one_prepared_are_refused(tmp_path: Path) -> None:
    info = tmp_path / "info.json"
    info.write_text(json.dumps({"document-path": "/x/report/tables.qmd"}), encoding="utf-8")
    check_document(tmp_path / ".build", str(info))
    note = tmp_path / DOCUMENT_NAME
    note.write_text("tables", encoding="utf-8")
    check_document(tmp_path / ".build", str(info))
    note.write_text("csr", encoding="utf-8")
    with pytest.raises(KitError, match=r"renders tables.qmd in one run with csr.qmd"):
        check_document(tmp_path / ".build", str(info))


@pytest.mark.parametrize("name", ["prepare", "publish"])
@pytest.mark.parametrize("folder", ["report/hooks", "trial_report/template/hooks"])
def test_a_python_without_what_is_needed_is_said_in_words(tmp_path: Path, folder: str, name: str) -> None:
    script = ROOT / folder / f"{name}.py"
    copied = tmp_path / "project" / "report" / "hooks" / script.name
    copied.parent.mkdir(parents=True)
    copied.write_text(script.read_text(encoding="utf-8"), encoding="utf-8")
    command = [sys.executable, "-S", "-E", str(copied)]  # without its packages
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 1
    assert "trial_report is not installed in the Python that Quarto runs" in done.stderr
    assert "QUARTO_PYTHON" in done.stderr
    assert "Traceback" not in done.stderr
