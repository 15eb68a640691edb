"""The real Quarto publishes what was computed and nothing else: the roads by which it could publish something else.

A project of its own is made for it, so that nothing of this one is touched. Skipped where there is no Quarto.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.studies._run import module
from trial_report.report.assemble import quarto
from trial_report.report.publish.manifest import sha256

FOUND = quarto.find()
pytestmark = [
    pytest.mark.requirement("REQ-215", "REQ-216"),
    pytest.mark.heavy,
    pytest.mark.skipif(FOUND is None or not quarto.new_enough(FOUND[1]), reason="there is no Quarto on the PATH"),
]

ROOT = Path(__file__).parents[2]
ONE, OTHER = "survival_two_arms", "ordinal_score"
KEPT = "not published, and the last report stays as it was"


class Project:
    """A copy of this project with two studies and a target."""

    def __init__(self, folder: Path) -> None:
        self.root, self.out = folder / "project", folder / "out"
        for name in ("report", "analysis", "schemas"):
            shutil.copytree(ROOT / name, self.root / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copyfile(ROOT / "_quarto.yml", self.root / "_quarto.yml")
        self.studies = {name: module(name).STUDY.write(folder / name) for name in (ONE, OTHER)}

    def start(self, study: str, *options: str) -> subprocess.Popen[str]:
        assert FOUND
        environment = {
            **os.environ,
            "QUARTO_PYTHON": sys.executable,
            "PYTHONPATH": str(self.root),
            "CSR_STUDY": str(self.studies[study]),
            "CSR_OUT": str(self.out),
        }
        return subprocess.Popen(
            [FOUND[0], "render", *options], cwd=self.root, env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def render(self, study: str, *options: str) -> tuple[int, str]:
        process = self.start(study, *options)
        said, _ = process.communicate()
        return process.returncode, said

    def options(self, line: str) -> None:
        path = self.root / "_quarto.yml"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("  cache: false\n", f"  cache: false\n{line}"), encoding="utf-8")

    def hashes(self) -> dict[str, str]:
        return {path.name: sha256(path) for path in sorted(self.out.glob("*.*"))}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project that has published a report of one study, with its cells' results frozen."""
    made = Project(tmp_path_factory.mktemp("roads"))
    made.options("  freeze: auto\n")
    process = made.start(ONE)
    while process.poll() is None and not (made.root / "_report" / ".build.owner").exists():
        time.sleep(0.05)
    second, told = made.render(OTHER)
    said, _ = process.communicate()
    assert process.returncode == 0, said
    assert second != 0
    assert "another quarto render (process" in told
    return made


@pytest.mark.parametrize("options", [[], ["--use-freezer"], ["--no-execute"]])
def test_results_of_another_build_are_not_published(project: Project, options: list[str]) -> None:
    before = project.hashes()
    code, said = project.render(OTHER, *options)
    assert code != 0
    assert KEPT in said
    assert project.hashes() == before


def changed(tmp_path: Path, text: str) -> tuple[int, str, Project]:
    """Render a document that has one more piece of text behind its title page."""
    made = Project(tmp_path)
    path = made.root / "report" / "sections" / "02-synopsis.qmd"
    path.write_text(f"{text}\n\n{path.read_text(encoding='utf-8')}", encoding="utf-8")
    return *made.render(ONE), made


@pytest.mark.parametrize(
    "cell",
    [
        "import great_tables, pandas\ngreat_tables.GT(pandas.DataFrame({'a': [1]}))",
        "import pandas\npandas.DataFrame({'a': [1]})",
        "'**bold** {{< include /etc/hosts >}}'",
    ],
)
def test_a_cell_that_gives_what_only_one_format_shows_is_refused(tmp_path: Path, cell: str) -> None:
    code, said, made = changed(tmp_path, f"```{{python}}\n{cell}\n```")
    assert code != 0
    assert "a cell or inline expression gives a bare" in said
    assert not made.out.exists()


def test_a_bare_string_in_a_sentence_is_refused(tmp_path: Path) -> None:
    code, said, made = changed(tmp_path, "The title is `{python} str(study.id)`.")
    assert code != 0
    assert "gives a bare str" in said
    assert not made.out.exists()


@pytest.mark.parametrize(
    "text", ["{{< env HOME >}}", "```{=html}\n<b>one</b>\n```", "See @tbl-x.", "![](/etc/hosts)", "<script>1</script>"]
)
def test_what_only_quarto_knows_is_refused_before_it_renders(tmp_path: Path, text: str) -> None:
    code, said, made = changed(tmp_path, text)
    assert code != 0
    assert "report/sections/02-synopsis.qmd:1: " in said
    assert "Executing" not in said
    assert not made.out.exists()
