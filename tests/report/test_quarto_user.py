"""What a Quarto user expects of an ordinary project holds, or is refused by name: with the real Quarto.

Skipped where there is no Quarto. A small document is rendered, of a small study.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.report.real_quarto import COMPUTED, KEPT, ONE, OTHER, SECTION, SKIPPED, SMALL, Project
from trial_report.report.cells.narrowed import LOCAL

pytestmark = [pytest.mark.requirement("REQ-215"), pytest.mark.heavy, SKIPPED]

WAIT = 240


def comes(true: Callable[[], bool]) -> bool:
    """Whether something becomes true within the time to wait."""
    until = time.monotonic() + WAIT
    while time.monotonic() < until:
        if true():
            return True
        time.sleep(0.2)
    return False


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose report is published where its settings say."""
    made = Project(tmp_path_factory.mktemp("user"))
    code, said = made.render(None, given={"CSR_STUDY": str(made.studies[ONE])})
    assert code == 0, said
    published = made.root / "_report" / made.studies[ONE].name
    assert said.strip().split("\n")[-1] == f"Published: {published / 'csr.html'}, {published / 'csr.pdf'}"
    assert "Output created" not in said
    assert not (made.root / "_report" / ".quarto-output").exists()
    made.out = published
    return made


@pytest.mark.parametrize(
    "options", [["--to", "docx"], ["--to=pdf"], ["report/csr.qmd", "-t", "html,gfm"], ["-P", "x:1"]]
)
def test_what_gives_no_report_is_refused_before_anything_is_computed(project: Project, options: list[str]) -> None:
    before = project.hashes()
    code, said = project.render(ONE, *options)
    assert code != 0
    assert COMPUTED not in said
    assert "not made for the format" in said or "a report has no parameters" in said
    assert project.hashes() == before


@pytest.mark.parametrize(("name", "file"), [("html", "csr.html"), ("typst", "csr.pdf")])
def test_one_format_leaves_its_file_and_publishes_nothing(project: Project, name: str, file: str) -> None:
    before = project.hashes()
    code, said = project.render(None, "--to", name, given={"CSR_STUDY": str(project.studies[ONE])})
    assert code == 0, said
    made = project.root / "_report" / ".quarto-output" / "report" / file
    assert f"Output created: {made.relative_to(project.root)}" in said
    assert "Left, not published" in said
    assert (b"@font-face" if name == "html" else b"%PDF") in made.read_bytes()
    assert project.hashes() == before


def test_a_document_is_rendered_by_its_name_and_those_of_a_folder_are_refused(project: Project) -> None:
    brief = project.root / "report" / "brief.qmd"
    brief.write_bytes((project.root / "report" / "csr.qmd").read_bytes())
    before, given = project.hashes(), {"CSR_STUDY": str(project.studies[ONE])}
    code, said = project.render(None, "report/brief.qmd", given=given)
    assert code == 0, said
    published = project.root / "_report" / f"{project.studies[ONE].name}-brief"
    assert said.strip().split("\n")[-1] == f"Published: {published / 'brief.html'}, {published / 'brief.pdf'}"
    assert project.hashes() == before
    code, said = project.render(None, "report", given=given)
    assert code != 0
    assert "report is a folder: name the document, quarto render report/csr.qmd" in said
    assert COMPUTED not in said
    assert not (project.root / LOCAL).exists()
    assert project.hashes() == before
    (project.root / LOCAL).write_text("lang: de\n", encoding="utf-8")
    code, said = project.render(None, given=given)
    (project.root / LOCAL).unlink()
    assert code != 0
    assert "in which the others cannot be left out" in said
    assert COMPUTED not in said
    brief.unlink()


def test_a_render_that_is_killed_before_its_first_cell_leaves_nothing_out_of_the_next(project: Project) -> None:
    brief, settings = project.root / "report" / "brief.qmd", project.root / LOCAL
    brief.write_bytes((project.root / "report" / "csr.qmd").read_bytes())
    given = {"CSR_STUDY": str(project.studies[ONE])}
    process = project.start(None, given=given)
    assert comes(settings.exists)
    os.killpg(process.pid, signal.SIGKILL)
    said, _ = process.communicate()
    assert "Published" not in said
    assert comes(lambda: not settings.exists())
    code, said = project.render(None, "report/brief.qmd", given=given)
    assert code == 0, said
    brief.unlink()


def test_a_profile_chooses_document_study_and_folder(project: Project) -> None:
    (project.root / "report" / "brief.qmd").write_bytes((project.root / "report" / "csr.qmd").read_bytes())
    (project.root / "_quarto-brief.yml").write_text("project:\n  output-dir: elsewhere\n", encoding="utf-8")
    chosen = f"CSR_STUDY={project.studies[OTHER]}\nCSR_DOCUMENT=brief\n"
    (project.root / "_environment-brief").write_text(chosen, encoding="utf-8")
    code, said = project.render(None, "--profile", "brief")
    assert code == 0, said
    published = project.root / "elsewhere" / f"{project.studies[OTHER].name}-brief"
    assert {"brief.html", "brief.pdf", "results.json"} <= {path.name for path in published.iterdir()}
    assert [path.name for path in published.parent.iterdir()] == [published.name]
    code, said = project.render(None, "report/csr.qmd", "--profile", "brief")
    assert code != 0
    assert "CSR_DOCUMENT names it, and brief.qmd is not among csr" in said
    assert COMPUTED not in said


def test_a_document_that_is_not_listed_is_refused_at_its_first_cell(project: Project) -> None:
    other = project.root / "other.qmd"
    other.write_text(SMALL.replace("{{< include sections/one.qmd >}}", ""), encoding="utf-8")
    code, said = project.render(None, "other.qmd", given={"CSR_STUDY": str(project.studies[ONE])})
    other.unlink()
    assert code != 0
    assert "this one is not among them" in said
    assert not list(project.root.glob("other.[hp]*"))


def test_a_python_without_what_is_needed_is_said(project: Project, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "empty")], check=True)
    code, said = project.render(ONE, given={"QUARTO_PYTHON": str(tmp_path / "empty" / "bin" / "python")})
    assert code != 0
    assert "is not installed in the Python that Quarto runs" in said
    assert "Traceback" not in said


@pytest.fixture
def extended(tmp_path: Path) -> Project:
    """A project with extensions: a filter, a shortcode, a format."""
    made = Project(tmp_path)
    head = "title: T\nauthor: A\nversion: 1.0.0\ncontributes:\n"
    for name, what, file, words in (
        ("up", "  filters:\n    - up.lua\n", "up.lua", ""),
        ("say", "  shortcodes:\n    - say.lua\n", "say.lua", 'return {say = function() return pandoc.Str("x") end}\n'),
        ("our", "  formats:\n    html:\n      toc: false\n", "our.txt", ""),
    ):
        folder = made.root / "_extensions" / name
        folder.mkdir(parents=True)
        (folder / "_extension.yml").write_text(head + what, encoding="utf-8")
        (folder / file).write_text(words, encoding="utf-8")
    made.set("  - report/look/landscape.lua\n", "  - report/look/landscape.lua\n  - up\n")
    return made


def test_filters_of_extensions_work_and_what_they_falsify_is_not_published(extended: Project) -> None:
    filter = extended.root / "_extensions" / "up" / "up.lua"
    mark = "function Header(h)\n  {} h.content:insert(pandoc.Str('!')) {}\n  return h\nend\n"
    filter.write_text(mark.format("", ""), encoding="utf-8")
    code, said = extended.render(ONE)
    assert code == 0, said
    assert ">One!</h1>" in (extended.out / "csr.html").read_text(encoding="utf-8")
    filter.write_text(mark.format("if FORMAT:match('typst') then", "end"), encoding="utf-8")
    code, said = extended.render(ONE)
    assert code != 0
    assert KEPT in said
    assert "the formats say different things" in said


def test_shortcodes_and_formats_of_extensions_are_refused(extended: Project) -> None:
    code, said = extended.render(ONE, "--to", "our-html")
    assert code != 0
    assert "not made for the format 'our-html'" in said
    extended.section.write_text("{{< say >}}\n", encoding="utf-8")
    code, said = extended.render(ONE)
    assert code != 0
    assert "report/sections/one.qmd:1: a shortcode" in said


@pytest.fixture
def previewed(tmp_path: Path) -> Iterator[tuple[Project, str]]:
    """A project that Quarto previews, and the address of its page."""
    made = Project(tmp_path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    process = made.start(ONE, "report/csr.qmd", "--no-browser", "--port", port, verb="preview")
    try:
        yield made, f"http://localhost:{port}/report/csr.html"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=30)


def shows(address: str, words: str) -> bool:
    """Whether a page shows some words within the time to wait."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def shown() -> bool:
        try:
            return words in opener.open(address, timeout=30).read().decode("utf-8")
        except OSError:  # it is not there yet
            return False

    return comes(shown)


def test_a_preview_follows_a_section_and_a_text(previewed: tuple[Project, str]) -> None:
    made, address = previewed
    assert shows(address, "Text to be written by the author")
    made.section.write_text(f"{SECTION}\nWords of the section.\n", encoding="utf-8")
    assert shows(address, "Words of the section.")
    folder = made.studies[ONE] / "text"
    folder.mkdir(exist_ok=True)
    (folder / "ethics.md").write_text("Words of the author.\n", encoding="utf-8")
    assert shows(address, "Words of the author.")
    assert not made.out.exists()
