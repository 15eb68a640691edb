"""The Quarto road: find Quarto, run it on the project, and do what its hooks do before and after."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from trial_report.report.assemble.documents import CSR, Request, Source, asked_for, in_environment
from trial_report.report.assemble.steps import (
    BUILD,
    PROJECT,
    REPORTS,
    complete,
    from_environment,
    prepare_build,
    told,
)
from trial_report.report.publish.lock import claim, release
from trial_report.report.publish.occupied import check_target, pages
from trial_report.report.publish.place import Place
from trial_report.report.render.document import included, includes
from trial_report.report.render.finish import STYLE, finish, printed
from trial_report.runtime.choose import ChoiceError
from trial_report.runtime.places import CODE
from trial_report.runtime.processes import python_path
from trial_report.runtime.step import Step

LEAST = (1, 9)
"""The first whose Typst writes the tags by which a PDF is compared with the page (``report.proof``)."""
RENDERED = REPORTS / ".quarto-output"
OWNER = REPORTS / ".build.owner"
_STDERR = 2
CALLED = "CSR_CALLED"
"""In the environment where ``trial-report report`` runs Quarto, and says itself what is to be said."""


def find() -> tuple[str, str] | None:
    """Return the path and version of the Quarto on the PATH, or None. A Quarto that does not start is none."""
    path = shutil.which("quarto")
    if path is None:
        return None
    done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    return (path, done.stdout.strip()) if done.returncode == 0 else None


def new_enough(version: str) -> bool:
    """Say whether a version is at least the one the project needs; a development version (99.9.9) is."""
    numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:2])
    return numbers >= LEAST


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
    with laid_out(asked_for(study, request), request) as profile:
        done = subprocess.run(
            [path, "render", *profile], cwd=PROJECT, env=environment, check=False, text=True,
            stdout=subprocess.PIPE if quiet else _STDERR, stderr=subprocess.STDOUT if quiet else None,
        )  # fmt: skip
    if done.returncode:
        said = f":\n{done.stdout.strip()}" if quiet and done.stdout else ""
        raise ChoiceError(f"quarto render failed (exit code {done.returncode}){said}")


def in_place(source: Source) -> bool:
    """Whether a document is the one that `_quarto.yml` names, and all that it includes lies beside it by that name.

    Quarto knows nothing of a section that is added to another one.
    """
    own = PROJECT / "report"
    if source.path != own / f"{CSR}.qmd":
        return False
    return included(source.path, CODE, source.folders) == [own / name for name in includes(source.path, CODE)]


@contextmanager
def laid_out(source: Source, request: Request) -> Iterator[list[str]]:
    """Lay out another document than the one that `_quarto.yml` names, whole, in a folder of the project for one run.

    Gives the options by which Quarto renders it: a profile, which says so. Quarto includes what lies beside a document
    alone; a study's own sections lie elsewhere.
    """
    if in_place(source):
        yield []
        return
    name = f"document-{os.getpid()}"
    folder, profile = PROJECT / name, PROJECT / f"_quarto-{name}.yml"
    try:
        folder.mkdir()
        (folder / f"{request.document}.qmd").write_text(source.text(), encoding="utf-8", newline="\n")
        rendered = f"{name}/{request.document}.qmd"
        profile.write_text(f'project:\n  render:\n    - "!report/{CSR}.qmd"\n    - {rendered}\n', encoding="utf-8")
        yield ["--profile", name]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        profile.unlink(missing_ok=True)


def check_rendered(source: Source, request: Request) -> None:
    """Raise ChoiceError where ``quarto render`` was started by hand for a document that it has not before it."""
    if CALLED not in os.environ and not in_place(source):
        raise ChoiceError(
            f"quarto render by itself renders report/{CSR}.qmd with the sections beside it: for {request.document} "
            f"of this study use trial-report report --renderer quarto --document {request.document}"
        )


def before(step: Step) -> None:
    """Prepare the study into the build folder, which is then this Quarto's: its pre-render hook.

    What Quarto would show in one format only, or read as markup, is refused before it sees the document.
    """
    study, target, request = from_environment()
    check_rendered(asked_for(study, request), request)
    check_target(target, study, request.document)
    claim(OWNER)
    shutil.rmtree(BUILD, ignore_errors=True)
    if previewed():
        # A preview would show what cells gave before: of another build, or before a section was changed.
        shutil.rmtree(PROJECT / ".quarto" / "_freeze", ignore_errors=True)
    elif os.environ.get("QUARTO_PROJECT_RENDER_ALL"):
        shutil.rmtree(RENDERED, ignore_errors=True)
    BUILD.parent.mkdir(parents=True, exist_ok=True)
    prepare_build(study, BUILD, step, request)


def after(step: Step) -> None:
    """Finish and publish what Quarto rendered, and say where it is a draft: its post-render hook.

    Where one format was asked for (``--to html``, a preview) its file is finished and left, and nothing is published.
    """
    study, target, request = from_environment()
    if previewed() or not whole():
        left([PROJECT / name for name in os.environ.get("QUARTO_PROJECT_OUTPUT_FILES", "").split("\n") if name], target)
        release(OWNER)
        return
    output = Path(os.environ.get("QUARTO_PROJECT_OUTPUT_DIR") or RENDERED)
    names = pages(request.document)
    html, pdf = (next(iter(sorted(output.rglob(name))), None) for name in names)
    if html is None or pdf is None:
        if CALLED in os.environ or not (html or pdf):
            raise ChoiceError("one format was rendered: the report is published when HTML and PDF both are")
        left([file for file in (html, pdf) if file], target)
        release(OWNER)
        return
    place = Place(target, study, request.document)
    with step("Publish"), place.opened() as folder:
        out = folder / "out"
        out.mkdir()
        page = finish(html.read_text(encoding="utf-8"))
        (out / names[0]).write_text(page, encoding="utf-8", newline="\n")
        (out / names[1]).write_bytes(printed(pdf.read_bytes()))
        version = find()
        complete(study, BUILD, out, {"name": "quarto", "version": version[1] if version else "unknown"}, request)
        place.publish(out)
    release(OWNER)
    if CALLED not in os.environ:
        told(target)
        print(f"Published: {', '.join(str(target / name) for name in names)}")


def previewed() -> bool:
    """Whether the Quarto that runs this hook is a preview, which notes its process in the project."""
    lock = PROJECT / ".quarto" / "preview" / "lock"
    return lock.is_file() and lock.read_text(encoding="utf-8").strip() == str(os.getppid())


def whole() -> bool:
    """Whether Quarto renders the whole project, and not what a person looks at in a preview, or named."""
    return bool(os.environ.get("QUARTO_PROJECT_RENDER_ALL")) or "QUARTO_PROJECT_OUTPUT_FILES" not in os.environ


def left(files: Sequence[Path], target: Path) -> None:
    """Finish what was rendered of a report, where Quarto put it, as for a preview; it is not published.

    A preview begins with nothing.
    """
    for file in files:
        if file.suffix == ".html" and STYLE in (page := file.read_text(encoding="utf-8")):
            file.write_text(finish(page), encoding="utf-8", newline="\n")
    if files:
        why = "a report is published when the whole project was rendered to page and PDF, and both were compared"
        stays = f"\nWhat is published stays as it was: {target}" if target.exists() else ""
        print(f"Left, not published ({why}): {', '.join(map(str, files))}{stays}")
