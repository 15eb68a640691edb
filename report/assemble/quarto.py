"""The Quarto road: find Quarto, and run it on the project. What its hooks do before and after is in `hooks`.

Not here: the choice of a road (`roads`), and what Quarto is refused for (`asked`).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trial_report.report.assemble.documents import CSR, Request, Source, asked_for, in_environment
from trial_report.report.assemble.steps import PROJECT, REPORTS
from trial_report.report.cells.guard import OWNER_NAME
from trial_report.report.publish.lock import working
from trial_report.report.render.document import included, includes
from trial_report.runtime.choose import ChoiceError
from trial_report.runtime.places import CODE
from trial_report.runtime.private import private
from trial_report.runtime.processes import lives, process, python_path

LEAST = "1.10.18"
"""The first release with Typst 0.15. That of 1.9, 0.14, writes one standard of a PDF at a time ("only supports one PDF
substandard"), and other tags than `report.proof` reads. `_quarto.yml` and the documentation name the same.
"""
_STDERR = 2
_OWNED = "# of the process "
CALLED = "CSR_CALLED"
"""In the environment where ``trial-report report`` runs Quarto, and says itself what is to be said."""


def find() -> tuple[str, str] | None:
    """Return path and version of the Quarto that runs this, or of that on the PATH, or None. One that does not start
    is none.
    """
    path = shutil.which("quarto", path=os.environ.get("QUARTO_BIN_PATH")) or shutil.which("quarto")
    if path is None:
        return None
    done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    return (path, done.stdout.strip()) if done.returncode == 0 else None


def new_enough(version: str) -> bool:
    """Say whether a version is at least the one the project needs; a development version (99.9.9) is."""
    return _numbers(version) >= _numbers(LEAST)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def check_version() -> None:
    """Raise ChoiceError where the Quarto that runs this is too old: it says so itself, after the study is prepared."""
    found = find()
    if found and not new_enough(found[1]):
        raise ChoiceError(
            f"Quarto {found[1]} is older than {LEAST}: its Typst cannot set the report. Install Quarto {LEAST} or "
            "newer, or use trial-report report --renderer embedded"
        )


def run(path: str, study: Path, target: Path, quiet: bool, request: Request) -> None:
    """Run ``quarto render`` on the project for a study and a target; its hooks prepare and publish.

    What Quarto and the hooks say goes to standard error, as all progress does; where it is to be ``quiet`` it is shown
    only with the ChoiceError that is raised where Quarto fails.
    """
    environment = {
        **os.environ,
        "CSR_STUDY": str(study),
        "CSR_OUT": str(target.resolve()),
        **in_environment(request),
        "QUARTO_PYTHON": sys.executable,
        "PYTHONPATH": python_path(),
        "PYTHONHASHSEED": "0",
        CALLED: "1",
    }
    clear_left(PROJECT)
    # What Quarto keeps of a run it keeps in a temporary place, cells and their results with it.
    with private("quarto") as work, laid_out(asked_for(study, request), request) as words:
        done = subprocess.run(
            [path, "render", *words], cwd=PROJECT, check=False, text=True,
            env=environment | dict.fromkeys(("TMPDIR", "TMP", "TEMP"), str(work)),
            stdout=subprocess.PIPE if quiet else _STDERR, stderr=subprocess.STDOUT if quiet else None,
        )  # fmt: skip
    if done.returncode:
        said = f":\n{done.stdout.strip()}" if quiet and done.stdout else ""
        raise ChoiceError(f"quarto render failed (exit code {done.returncode}){said}")


def in_place(source: Source, document: str = CSR) -> bool:
    """Whether a document lies in the project's `report/`, and all that it includes beside it by that name.

    Quarto knows nothing of a section that is added to another one.
    """
    own = PROJECT / "report"
    if source.path != own / f"{document}.qmd":
        return False
    return included(source.path, CODE, source.folders) == [own / name for name in includes(source.path, CODE)]


@contextmanager
def laid_out(source: Source, request: Request) -> Iterator[list[str]]:
    """Give the words by which Quarto renders a document: its file, where that and its sections lie in the project.

    Else it is laid out whole, in a folder of the project for one run, and a profile lists it: Quarto includes what lies
    beside a document alone; a study's own sections lie elsewhere.
    """
    if in_place(source, request.document):
        yield [f"report/{request.document}.qmd"]
        return
    name = f"document-{os.getpid()}"
    folder, profile = PROJECT / name, PROJECT / f"_quarto-{name}.yml"
    rendered = f"{name}/{request.document}.qmd"
    try:
        # First the profile, last of all taken away: it names whose the folder is.
        listing = f"{_OWNED}{process(os.getpid())}\nproject:\n  render:\n    - {rendered}\n"
        profile.write_text(listing, encoding="utf-8")
        folder.mkdir(mode=0o700)
        (folder / f"{request.document}.qmd").write_text(source.text(), encoding="utf-8", newline="\n")
        yield [rendered, "--profile", name]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        profile.unlink(missing_ok=True)


def clear_left(project: Path) -> None:
    """Take away the folders and profiles of runs that were killed, but while a Quarto works in the project: theirs it
    may be that one still reads.
    """
    if working(project / REPORTS.name / OWNER_NAME):
        return
    for profile in project.glob("_quarto-document-*.yml"):
        owner = profile.read_text(encoding="utf-8").partition("\n")[0]
        if owner.startswith(_OWNED) and owner != _OWNED and not lives(owner.removeprefix(_OWNED)):
            shutil.rmtree(project / profile.stem.removeprefix("_quarto-"), ignore_errors=True)
            profile.unlink(missing_ok=True)
