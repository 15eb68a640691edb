"""Makes the project of one study from the template, with the documents of this version.

Nothing that is there is touched.

Not here: what is put into the project, which lies as files in `trial_report/template`, and a definition from data
(`analysis.begin`).
"""

from __future__ import annotations

import functools
import os
import re
import shutil
import tomllib
from importlib import metadata
from pathlib import Path

from trial_report.runtime.choose import ChoiceError
from trial_report.runtime.places import CLONE, CODE, PACKAGE

TEMPLATE = PACKAGE / "template"
NAMES = {"gitignore": ".gitignore", "github-workflow.yml": ".github/workflows/study.yml"}
"""Files that could not lie in the template under the names that they get."""
DOCUMENTS = ("*.qmd", "sections", "look")
"""What is copied of the package's documents: a writer edits them in the project."""
BIBLIOGRAPHY = "text/references.bib"
_BIBLIOGRAPHY = re.compile(r"^bibliography:.*$", re.MULTILINE)
PAGES = ("study.md", "own-analyses.md")
"""What is copied of the documentation: what study.yml and the study's own code can say."""


def version() -> str:
    """The version of the package, or of the clone that it runs from."""
    if CLONE is None:
        return metadata.version("trial-report")
    return str(tomllib.loads((CLONE / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def make(folder: Path) -> None:
    """Write a project into a new or empty folder. Raises ChoiceError where it holds something."""
    if os.path.lexists(folder) and (folder.is_symlink() or not folder.is_dir() or any(folder.iterdir())):
        raise ChoiceError(f"{folder} is there already and holds something: name a new folder")
    name = folder.resolve().name
    for path in sorted(TEMPLATE.rglob("*")):
        place = path.relative_to(TEMPLATE).as_posix()
        if path.is_dir() or "__pycache__" in path.parts:
            continue
        target = folder / NAMES.get(place, f"report/{place}" if place.startswith("hooks/") else place)
        target.parent.mkdir(parents=True, exist_ok=True)
        words = path.read_text(encoding="utf-8")
        if path.suffix in (".md", ".txt"):
            words = words.replace("{name}", name).replace("{version}", version())
        target.write_text(words, encoding="utf-8", newline="\n")
    (folder / "sdtm").mkdir()
    (folder / "sdtm" / ".gitkeep").touch()
    (folder / BIBLIOGRAPHY).touch()
    # Where there is one study, an editor finds its references, and writes into them.
    settings = _BIBLIOGRAPHY.sub(f"bibliography: {BIBLIOGRAPHY}", (CODE / "_quarto.yml").read_text(encoding="utf-8"))
    (folder / "_quarto.yml").write_text(settings, encoding="utf-8", newline="\n")
    for source in (path for part in DOCUMENTS for path in sorted((CODE / "report").glob(part))):
        target = folder / "report" / source.name
        if source.is_dir():
            shutil.copytree(source, target, ignore=functools.partial(_not_for_quarto, settings))
        else:
            shutil.copyfile(source, target)
    (folder / "docs").mkdir()
    for part in PAGES:
        shutil.copyfile(CODE / "docs" / part, folder / "docs" / part)


def _not_for_quarto(settings: str, folder: str, names: list[str]) -> list[str]:
    """The files of the look that Quarto does not read: the package puts them into the page itself, from its own."""
    own = Path(folder)
    if own.name == "fonts":
        return [name for name in names if name.endswith(".woff2")]
    return [name for name in names if (own / name).is_file() and own.name == "look" and name not in settings]
