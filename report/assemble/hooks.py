"""What Quarto runs before and after rendering: prepare the study, or refuse; finish and publish, or leave and say so.

`prepare` and `publish` end as a command does, with an exit code.

Not here: the steps that both roads share (`steps`), and the files that Quarto calls, which only call this
(`report/hooks`).
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from trial_report.report.assemble.asked import check_asked, check_bibliography_named, command_line
from trial_report.report.assemble.clearing import start as clear_after
from trial_report.report.assemble.documents import CSR, Request, Source, asked_for
from trial_report.report.assemble.quarto import CALLED, check_version, find, in_place
from trial_report.report.assemble.steps import (
    BUILD,
    PROJECT,
    REPORTS,
    complete,
    from_environment,
    prepare_build,
    told,
    volumes_asked,
)
from trial_report.report.assemble.watching import start
from trial_report.report.cells.guard import DOCUMENT_NAME, OWNER_NAME
from trial_report.report.cells.narrowed import LOCAL, narrow, narrows, widen
from trial_report.report.publish.lock import claim, release
from trial_report.report.publish.occupied import check_target, pages
from trial_report.report.publish.place import Place
from trial_report.report.render import DocumentError
from trial_report.report.render.binding import cut_into
from trial_report.report.render.finish import STYLE, finish, printed
from trial_report.report.render.volumes import cut, unmarked, would_be
from trial_report.runtime.choose import ChoiceError
from trial_report.runtime.ending import watch
from trial_report.runtime.processes import process
from trial_report.runtime.step import Step, lined
from trial_report.runtime.told import guarded

OWNER, DOCUMENT = REPORTS / OWNER_NAME, REPORTS / DOCUMENT_NAME
UNCUT = (
    "Quarto makes them where report/look/volumes.lua stands among the filters, before landscape.lua, and keep-typ is "
    "true; trial-report report --renderer embedded makes them without"
)
SECTIONS = "volume-sections"
"""In the build folder, the sections before which `look/volumes.lua` sets marks."""
WATCHER = REPORTS / ".build.watcher"


def prepare() -> int:
    """Prepare the study, or stop the rendering with what is wrong with it."""
    watch()
    return guarded(lambda: before(lined))


def publish() -> int:
    """Finish the page, write results and manifest, and publish the report."""
    watch()
    return guarded(lambda: after(lined))


def before(step: Step) -> None:
    """Prepare the study into the build folder, which is then this Quarto's: its pre-render hook.

    What Quarto would show in one format only, or read as markup, is refused before it sees the document, and what was
    asked of it that is no report before anything is computed.
    """
    profiles = [name for name in os.environ.get("QUARTO_PROFILE", "").split(",") if name]
    called = command_line(os.getppid())
    check_asked(called, PROJECT, profiles)
    check_version()
    files = listed(os.environ, "INPUT")
    study, target, request = asked(os.environ, files)
    besides = others(request.document, files, called)
    source = asked_for(study, request)
    check_rendered(source, request)
    check_bibliography_named(PROJECT, profiles, study, BUILD)
    check_target(target, study, request.document)
    claim(OWNER)
    shutil.rmtree(BUILD, ignore_errors=True)
    if source.path.parent == PROJECT / "report":  # what a run that was ended has left
        source.path.with_suffix(".typ").unlink(missing_ok=True)
    if previewed(called):
        # A preview would show what cells gave before: of another build, or before a section was changed.
        shutil.rmtree(PROJECT / ".quarto" / "_freeze", ignore_errors=True)
        start(source.path, study, os.getppid(), WATCHER)
    prepare_build(study, BUILD, step, request)
    DOCUMENT.write_text(request.document, encoding="utf-8")
    if volumes := volumes_asked(BUILD, request):
        (BUILD / SECTIONS).write_text(volumes.sections(), encoding="utf-8")
    if os.environ.get("QUARTO_PROJECT_RENDER_ALL") and narrow(PROJECT, besides, process(os.getppid())):
        clear_after(PROJECT, os.getppid())


def others(document: str, files: Sequence[str], called: Sequence[str] = ()) -> list[str]:
    """Return the files that Quarto tells beside a document's own, as it does where none was named in its call.

    Raises ChoiceError where they cannot be left out of that call.
    """
    found = [file for file in files if PurePosixPath(file).stem != document]
    if not found:
        return []
    verb, at = next(((one, at) for at, one in enumerate(called) if one in ("render", "preview")), ("render", -1))
    first = called[at + 1] if 0 <= at < len(called) - 1 else "-"
    why = ""
    if verb == "preview":
        why = "Quarto does not ask its list again for a preview"
    elif not first.startswith("-") and (PROJECT / first).is_dir() and (PROJECT / first).resolve() != PROJECT.resolve():
        why = f"{first} is a folder"
    elif not narrows(PROJECT):
        why = f"this project has a {LOCAL} of its own, in which the others cannot be left out"
    if why:
        raise ChoiceError(
            f"quarto makes one document of a study at a time, and {why}: name the document, "
            f"quarto {verb} report/{document}.qmd"
        )
    return found


def after(step: Step) -> None:
    """Finish and publish what Quarto rendered, and say where it is a draft: its post-render hook.

    Where one format was asked for (``--to html``, a preview) its file is finished and left, and nothing is published.
    What is published stands in one place: what Quarto rendered is taken away, and with it the line by which Quarto
    would name it as its output after the last word of this hook.
    """
    widen(PROJECT)
    files = listed(os.environ, "OUTPUT")
    # It holds what the report holds, and in a project of one study it lies in the study's folder, unlike what was read.
    source = taken(kept(files, os.environ.get("QUARTO_PROJECT_OUTPUT_DIR")))
    study, target, request = asked(os.environ, files)
    names = pages(request.document)
    html, pdf = (next((PROJECT / file for file in files if PurePosixPath(file).name == name), None) for name in names)
    if previewed(command_line(os.getppid())) or not (html and pdf):
        if CALLED in os.environ:
            raise ChoiceError("one format was rendered: the report is published when HTML and PDF both are")
        left([PROJECT / file for file in files], target)
        release(OWNER)
        return
    place = Place(target, study, request.document)
    with step("Publish"), place.opened() as folder:
        out = folder / "out"
        out.mkdir()
        found = find()
        renderer = {"name": "quarto", "version": found[1] if found else "unknown"}
        made, further = bound(html, pdf, source, request, out)
        complete(study, BUILD, out, renderer | further, request, made)
        place.publish(out)
    taken_away([html, pdf])
    release(OWNER)
    if CALLED not in os.environ:
        told(target)
        print(f"Published: {', '.join(str(target / file) for name in made for file in pages(name))}")


def kept(files: Sequence[str], output: str | None) -> Path | None:
    """Return the Typst source that Quarto keeps beside a document, by the files that it rendered; None of a page."""
    for pdf in (PROJECT / file for file in files if file.endswith(".pdf")):
        folder = Path(output) if output else PROJECT
        place = pdf.relative_to(folder if pdf.is_relative_to(folder) else PROJECT)
        return (PROJECT / place).with_suffix(".typ")
    return None


def taken(source: Path | None) -> str:
    """Return what stands in the Typst source that was kept, and remove it; "" where there is none."""
    if source is None or not source.is_file():
        return ""
    words = source.read_text(encoding="utf-8")
    source.unlink()
    return words


def bound(html: Path, pdf: Path, source: str, request: Request, out: Path) -> tuple[tuple[str, ...], dict[str, str]]:
    """Put what Quarto rendered into ``out``, finished; a long report in volumes, as the embedded renderer cuts it.

    Quarto sets one PDF of a document. Those of volumes are set of the same Typst ``source``, which it keeps, by the
    Typst that is installed here. Returns the names of all, and what else rendered them. Raises DocumentError where the
    study asks for volumes, and the project's settings are of a time when Quarto made none.
    """
    page = html.read_text(encoding="utf-8")
    volumes = volumes_asked(BUILD, request)
    if volumes and (cut(page) is None or cut(source) is None):
        if volumes.asked:
            raise DocumentError(f"the study asks for volumes: {UNCUT}", "_quarto.yml")
        if would_be(volumes, page):
            print(f"This report is long, and stands in one file: {UNCUT}", file=sys.stderr)
    parts = cut_into(request.document, page, source, volumes)
    for part in parts:
        finished = finish(part.page, part.elsewhere)
        (out / pages(part.name)[0]).write_text(finished, encoding="utf-8", newline="\n")
    if len(parts) == 1:
        (out / pages(request.document)[1]).write_bytes(printed(pdf.read_bytes()))
        return (request.document,), {}
    from trial_report.report.render.embedded import set_all, versions

    set_all(parts, out)
    return tuple(part.name for part in parts), {"typst": versions()["typst"]}


def listed(environment: Mapping[str, str], kind: str) -> list[str]:
    """Return the files that Quarto renders ("INPUT") or rendered ("OUTPUT"), relative to the project, as it tells."""
    held = environment.get(f"QUARTO_USE_FILE_FOR_PROJECT_{kind}_FILES")
    told = Path(held).read_text(encoding="utf-8") if held else environment.get(f"QUARTO_PROJECT_{kind}_FILES", "")
    return [name for name in told.split("\n") if name]


def asked(environment: Mapping[str, str], files: Sequence[str]) -> tuple[Path, Path, Request]:
    """Return study, target and request: the document that Quarto renders, published where `_quarto.yml` has its outputs
    (`shelf`). Of several, as where none was named, it is that of the environment, or the report.

    Raises ChoiceError where that is not among them.
    """
    named = list(dict.fromkeys(PurePosixPath(file).stem for file in files))
    document = environment.get("CSR_DOCUMENT") or (named[0] if len(named) == 1 else CSR)
    if named and document not in named:
        said = "CSR_DOCUMENT names it" if environment.get("CSR_DOCUMENT") else "no document is named"
        raise ChoiceError(
            f"quarto render makes one document of a study at a time: {said}, and {document}.qmd is not among "
            f"{', '.join(named)}: name one, quarto render report/{named[0]}.qmd"
        )
    study, target, request = from_environment({**environment, "CSR_DOCUMENT": document})
    if not environment.get("CSR_OUT"):
        target = shelf(environment.get("QUARTO_PROJECT_OUTPUT_DIR")) / target.name
    return study, target, request


def shelf(output: str | None) -> Path:
    """Return the folder that holds a folder for each report: that of Quarto's output, or above it where that is hidden.

    Without one of its own Quarto puts its output beside the documents, where no report is published.
    """
    folder = Path(output) if output else PROJECT
    if folder == PROJECT:
        return REPORTS
    return folder.parent if folder.name.startswith(".") else folder


def check_rendered(source: Source, request: Request) -> None:
    """Raise ChoiceError where ``quarto render`` was started by hand for a document that it has not before it."""
    if CALLED not in os.environ and not in_place(source, request.document):
        raise ChoiceError(
            f"quarto render by itself renders a document of report/ with the sections beside it: for "
            f"{request.document} of this study use "
            f"trial-report report --renderer quarto --document {request.document}"
        )


def previewed(arguments: Sequence[str]) -> bool:
    """Whether Quarto was called for a preview, or noted itself as one in the project, as it does for a whole one."""
    called = next((one for one in arguments if one in ("render", "preview")), "")
    lock = PROJECT / ".quarto" / "preview" / "lock"
    noted = lock.is_file() and lock.read_text(encoding="utf-8").strip() == str(os.getppid())
    return called == "preview" or noted


def left(files: Sequence[Path], target: Path) -> None:
    """Finish what was rendered of a report, where Quarto put it, as for a preview; it is not published.

    A preview begins with nothing.
    """
    for file in files:
        if file.suffix == ".html" and STYLE in (page := file.read_text(encoding="utf-8")):
            file.write_text(finish(unmarked(page)), encoding="utf-8", newline="\n")
    if files:
        why = "a report is published when the whole project was rendered to page and PDF, and both were compared"
        stays = f"\nWhat is published stays as it was: {target}" if target.exists() else ""
        print(f"Left, not published ({why}): {', '.join(map(str, files))}{stays}")


def taken_away(files: Sequence[Path]) -> None:
    """Remove what Quarto rendered, and the folders that are empty then, up to the project."""
    for file in files:
        file.unlink(missing_ok=True)
        for folder in file.parents:
            if not folder.is_relative_to(PROJECT) or folder in (PROJECT, REPORTS) or any(folder.iterdir()):
                break
            folder.rmdir()
