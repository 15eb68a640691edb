"""The Quarto road gives the words that the embedded renderer gives, where Quarto is on the machine."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pymupdf
import pytest

from trial_report.report.assemble import quarto
from trial_report.report.cells.guard import check_format
from trial_report.report.cells.pieces import KitError
from trial_report.report.render.embedded import render
from trial_report.report.render.kernel import Kernel
from trial_report.runtime.choose import ChoiceError

pytestmark = pytest.mark.requirement("REQ-215")

ROOT = Path(__file__).parents[3]
DEMO = ROOT / "tests" / "report" / "demo"

PREPARE = """
import shutil, sys
from pathlib import Path
root = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(root))
import demo_book
build = root / "_report" / ".build"
shutil.copytree(root / "text", build / "text")
shutil.copytree(root / "pictures", build / "pictures")
shutil.copyfile(root / "report" / "csr.qmd", build / "document.qmd")
demo_book.results().reset_index().to_parquet(build / "results.parquet")
"""

# The made-up document has no study behind it that could be published: what was rendered is finished and put there.
PUBLISH = """
import os, shutil, sys
from pathlib import Path
root = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(root))
from trial_report.report.render.finish import finish
out = Path(os.environ["CSR_OUT"])
out.mkdir()
html, pdf = (next((root / "_report").rglob(f"csr.{suffix}")) for suffix in ("html", "pdf"))
(out / "csr.html").write_text(finish(html.read_text(encoding="utf-8")), encoding="utf-8")
shutil.copyfile(pdf, out / "csr.pdf")
"""


def words_of_page(path: Path) -> list[str]:
    page = re.sub(r"<(style|svg)\b.*?</\1>", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    page = re.sub(r"<[A-Za-z/!](?:[^\"'>]|\"[^\"]*\"|'[^']*')*>", " ", page)
    return html.unescape(page).split()


def words_of_pdf(path: Path) -> list[str]:
    return " ".join(page.get_text() for page in pymupdf.open(path)).split()


@pytest.mark.parametrize(
    ("version", "enough"),
    [("1.9.38", False), ("1.10.2", False), ("1.10.17", False), ("1.10.18", True), ("1.11.0", True), ("99.9.9", True)],
)
def test_quarto_is_new_enough_from_the_first_release_with_typst_0_15_on(version, enough):
    assert quarto.new_enough(version) is enough


@pytest.mark.parametrize(("version", "refused"), [("1.9.38", True), ("1.11.0", False)])
def test_an_older_quarto_is_refused_before_anything_is_computed(tmp_path, monkeypatch, version, refused):
    program = tmp_path / "quarto"
    program.write_text(f"#!/bin/sh\necho {version}\n", encoding="utf-8")
    program.chmod(0o700)
    monkeypatch.setenv("QUARTO_BIN_PATH", str(tmp_path))
    if refused:
        told = r"Quarto 1\.9\.38 is older than 1\.10\.18: .*Install Quarto 1\.10\.18 or newer"
        with pytest.raises(ChoiceError, match=told):
            quarto.check_version()
    else:
        quarto.check_version()


def test_one_version_is_named_everywhere():
    files = ("README.md", "report/README.md", "trial_report/template/README.md", "noxfile.py", "CHANGELOG.md")
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in files]
    named = [re.findall(r"Quarto ([\d.]+) or newer", text) for text in texts]
    assert all(named)
    assert {version for found in named for version in found} == {quarto.LEAST}
    assert f'quarto-required: ">={quarto.LEAST}"' in (ROOT / "_quarto.yml").read_text(encoding="utf-8")
    assert f'"quarto-cli>={quarto.LEAST}"' in texts[3]


@pytest.mark.skipif(quarto.find() is None, reason="there is no Quarto on the PATH to compare with")
@pytest.mark.parametrize("document", ["demo", "cells"])
def test_both_roads_give_the_same_words(tmp_path, document):
    project = tmp_path / "project"
    for name in ("report", "analysis", "schemas"):
        shutil.copytree(
            ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__", "sections", "csr.qmd")
        )
    shutil.copyfile(ROOT / "_quarto.yml", project / "_quarto.yml")
    shutil.copyfile(DEMO / f"{document}.qmd", project / "report" / "csr.qmd")
    shutil.copytree(DEMO / "sections", project / "report" / "sections")
    for name in ("text", "pictures"):
        shutil.copytree(DEMO / name, project / name)
    shutil.copyfile(DEMO / "demo_book.py", project / "demo_book.py")
    (project / "report" / "hooks" / "prepare.py").write_text(PREPARE, encoding="utf-8")
    (project / "report" / "hooks" / "publish.py").write_text(PUBLISH, encoding="utf-8")
    (project / "study").mkdir()
    environment = {
        **os.environ,
        "CSR_BUILD": str(project / "_report" / ".build"),
        "QUARTO_PYTHON": sys.executable,
        "CSR_STUDY": str(project / "study"),
        "CSR_OUT": str(tmp_path / "by-quarto"),
        "PYTHONPATH": os.pathsep.join([str(project), str(ROOT)]),
    }
    found = quarto.find()
    assert found
    done = subprocess.run(
        [found[0], "render", "report/csr.qmd"], cwd=project, env=environment, check=False, text=True,
        capture_output=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr

    out, build = tmp_path / "embedded", project / "_report" / ".build"
    out.mkdir()
    with Kernel(ROOT, {"CSR_BUILD": str(build), "PYTHONPATH": str(DEMO)}) as kernel:
        render(DEMO / f"{document}.qmd", DEMO, kernel, out, bibliography=build / "text" / "references.bib")
    assert words_of_page(tmp_path / "by-quarto" / "csr.html") == words_of_page(out / f"{document}.html")
    assert words_of_pdf(tmp_path / "by-quarto" / "csr.pdf") == words_of_pdf(out / f"{document}.pdf")


@pytest.mark.parametrize(("kind", "refused"), [("html", False), ("typst", False), ("docx", True)])
def test_cells_refuse_a_format_that_a_report_is_not_made_for(tmp_path, kind, refused):
    info = tmp_path / "info.json"
    info.write_text(json.dumps({"format": {"identifier": {"base-format": kind}}}), encoding="utf-8")
    if refused:
        with pytest.raises(KitError, match="not made for the format 'docx'"):
            check_format(str(info))
    else:
        check_format(str(info))
