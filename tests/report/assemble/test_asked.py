"""What was asked of Quarto that gives no report is refused by name, before anything is computed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from trial_report.report.assemble.asked import check_asked, check_bibliography_named, command_line
from trial_report.runtime.choose import ChoiceError

pytestmark = pytest.mark.requirement("REQ-215", "REQ-216")

SETTINGS = "format:\n  html:\n    toc: true\n  typst: default\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "_quarto.yml").write_text(SETTINGS, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "line",
    [
        "render",
        "render --to html",
        "render --to=typst",
        "render -t html,typst",
        "render --to all",
        "preview --to default",
    ],
)
def test_page_and_pdf_may_be_asked_for(project: Path, line: str) -> None:
    check_asked(["quarto", *line.split()], project)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("render --to docx", "not made for the format 'docx'"),
        ("render report/csr.qmd --to=docx", "not made for the format 'docx'"),
        ("render -t html,gfm", "not made for the format 'gfm'"),
        ("preview report/csr.qmd --to revealjs", "not made for the format 'revealjs'"),
        ("render --to acm-html", "not made for the format 'acm-html'"),
        ("render --to pdf", "the PDF is made by typst, not by LaTeX"),
        ("render -P study:one", "-P study:one: a report has no parameters"),
        ("render --execute-params one.yml", "CSR_STUDY=DIR"),
        ("render --no-execute", "leave --no-execute out"),
        ("render --use-freezer", "leave --use-freezer out"),
    ],
)
def test_what_gives_no_report_is_refused_by_name(project: Path, line: str, said: str) -> None:
    with pytest.raises(ChoiceError) as refused:
        check_asked(["quarto", *line.split()], project)
    assert said in str(refused.value)


@pytest.mark.parametrize("file", ["_quarto.yml", "_quarto-ours.yml", "_quarto.yml.local"])
@pytest.mark.parametrize("words", ["format: docx\n", "format:\n  html: default\n  docx: default\n"])
def test_so_is_a_format_that_the_settings_name(project: Path, file: str, words: str) -> None:
    (project / file).write_text(words, encoding="utf-8")
    with pytest.raises(ChoiceError, match="not made for the format 'docx'"):
        check_asked(["quarto", "render"], project, ["ours"])
    # What is named when Quarto is called takes the place of what the settings name.
    check_asked(["quarto", "render", "--to", "html"], project, ["ours"])


@pytest.mark.skipif(os.name != "posix", reason="the system does not show how a process was started")
def test_how_a_process_was_started_is_read_from_the_system() -> None:
    assert command_line(os.getpid())[0].rsplit("/", 1)[-1] == sys.orig_argv[0].rsplit("/", 1)[-1]


@pytest.mark.parametrize(
    ("line", "there", "said"),
    [
        ("bibliography: text/references.bib", True, ""),
        ("bibliography: [_report/.build/text/references.bib]", False, ""),
        ("", False, ""),
        ("", True, "`_quarto.yml` names no bibliography: write bibliography: text/references.bib"),
        ("bibliography: ours.bib", True, "`_quarto.yml` names ours.bib: write bibliography: text/references.bib"),
        ("bibliography: text/references.bib", False, "which is not there: write it, it may be empty"),
    ],
)
def test_quarto_reads_the_references_of_the_study(project: Path, line: str, there: bool, said: str) -> None:
    (project / "_quarto.yml").write_text(f"{SETTINGS}{line}\n", encoding="utf-8")
    (project / "text").mkdir()
    if there:
        (project / "text" / "references.bib").touch()
    build = project / "_report" / ".build"
    if not said:
        check_bibliography_named(project, (), project, build)
        return
    with pytest.raises(ChoiceError) as refused:
        check_bibliography_named(project, (), project, build)
    assert said in str(refused.value)


def test_references_of_another_study_than_the_one_rendered_are_refused(project: Path) -> None:
    (project / "_quarto.yml").write_text("bibliography: text/references.bib\n", encoding="utf-8")
    other = project / "other"
    with pytest.raises(ChoiceError, match=r"bibliography: _report/.build/text/references\.bib"):
        check_bibliography_named(project, (), other, project / "_report" / ".build")
