"""A project of its own for the real Quarto, so that nothing of this one is touched; a small document makes it quick."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.studies._run import module
from trial_report.report.assemble import quarto
from trial_report.report.publish.manifest import sha256

FOUND = quarto.find()
SKIPPED = pytest.mark.skipif(FOUND is None or not quarto.new_enough(FOUND[1]), reason="there is no Quarto on the PATH")

ROOT = Path(__file__).parents[2]
ONE, OTHER = "survival_two_arms", "ordinal_score"
KEPT = "not published, and the last report stays as it was"
COMPUTED = "Check the data"
"""A step of what is computed, as a run says it."""
SMALL = """---
title: Small
lang: en
jupyter: python3
link-citations: true
---

```{python}
#| include: false
from trial_report.report import prose
from trial_report.report.cells.kit import author, num, picture, show, study, text
```

```{python}
prose.title("Small")
```

{{< include sections/one.qmd >}}
"""
SECTION = "# One {#sec-one}\n\n```{python}\nshow('sets.table')\n```\n\n```{python}\nauthor('ethics')\n```\n"


class Project:
    """A copy of this project with two studies and a target; its document is small unless it is to be ``whole``."""

    def __init__(self, folder: Path, *, whole: bool = False) -> None:
        self.root, self.out = folder / "project", folder / "out"
        for name in ("trial_report", "report", "analysis", "schemas", "evidence"):
            shutil.copytree(ROOT / name, self.root / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("_quarto.yml", "pyproject.toml"):
            shutil.copyfile(ROOT / name, self.root / name)
        self.section = self.root / "report" / "sections" / ("02-synopsis.qmd" if whole else "one.qmd")
        if not whole:
            (self.root / "report" / "csr.qmd").write_text(SMALL, encoding="utf-8")
            self.section.write_text(SECTION, encoding="utf-8")
        self.studies = {name: module(name).STUDY.write(folder / name) for name in (ONE, OTHER)}

    def start(
        self, study: str | None, *options: str, verb: str = "render", given: Mapping[str, str] | None = None
    ) -> subprocess.Popen[str]:
        """Start Quarto; without a study, neither is it named nor where its report goes.

        It leads a group of processes: `quarto` is a script, and a signal to it alone would not end what it runs.
        """
        assert FOUND
        environment = {**os.environ, "QUARTO_PYTHON": sys.executable, "PYTHONPATH": str(self.root)}
        if study:
            environment |= {"CSR_STUDY": str(self.studies[study]), "CSR_OUT": str(self.out)}
        return subprocess.Popen(
            [FOUND[0], verb, *options], cwd=self.root, env=environment | dict(given or {}), text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip

    def render(self, study: str | None, *options: str, given: Mapping[str, str] | None = None) -> tuple[int, str]:
        """Have Quarto render; returns its exit code and what it said."""
        process = self.start(study, *options, given=given)
        said, _ = process.communicate()
        return process.returncode, said

    def set(self, before: str, after: str) -> None:
        """Change `_quarto.yml`."""
        path = self.root / "_quarto.yml"
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after), encoding="utf-8")

    def hashes(self) -> dict[str, str]:
        """The hashes of what is published."""
        return {path.name: sha256(path) for path in sorted(self.out.glob("*.*"))}
