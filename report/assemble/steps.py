"""Prepare a study, render its report, publish it: the steps that the command line and Quarto's hooks share.

Not here: the choice of a renderer (`roads`), and the rendering (`report.render.embedded`, `quarto`).
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from trial_report.declare.own import load, read
from trial_report.report.assemble.documents import CSR, Request, asked_for, requested
from trial_report.report.assemble.second_computation import Second
from trial_report.report.assemble.texts import BIBLIOGRAPHY, check_texts, shown
from trial_report.report.publish.occupied import pages, volumes_of
from trial_report.report.publish.place import MANIFEST, Place
from trial_report.report.render.bibliography import check_bibliography
from trial_report.runtime.choose import find_study
from trial_report.runtime.places import CODE, project
from trial_report.runtime.step import Step, say

if TYPE_CHECKING:
    from trial_report.report.render.volumes import Volumes
    from trial_report.schemas.study import StudyDefinition

PROJECT = project()
REPORTS = PROJECT / "_report"
REPORT = Request()
"""The clinical study report itself."""
BUILD = REPORTS / ".build"
"""Where Quarto's hooks keep the build folder between preparation and publication."""


def prepare_build(study: Path, build: Path, step: Step, request: Request = REPORT) -> None:
    """Read, check, analyse and verify a study into a build folder; put the document and the author's texts beside.

    Raises StudyProblems, DocumentError for document, bibliography and author's texts, OwnCodeError for code of the
    study; what can be known before anything is computed is told before.
    """
    check_bibliography(study / "text" / BIBLIOGRAPHY)
    source = asked_for(study, request)
    words = source.text()
    called = shown(words, earlier=request.as_of is not None)
    check_texts(study / "text", called)
    # Written for groups, a study's own code could tell them.
    sources = read(study, run=request.code and not request.blinded)
    with Second(study, build.with_name(f"{build.name}.second"), request.as_of, request.blinded, sources) as second:
        import pandas as pd

        from trial_report.analysis.display.book import RESULTS, open_book
        from trial_report.analysis.pipeline import prepare
        from trial_report.report.assemble.moved import check_moved
        from trial_report.report.assemble.verified import not_again, verify_build
        from trial_report.report.cells.pictures import PICTURES, pictures_of
        from trial_report.report.cells.stamp import WORDS
        from trial_report.report.publish.manifest import study_hashes
        from trial_report.report.publish.stamped import write_stamp

        inputs = study_hashes(study)
        own = load(sources)
        prepare(study, build, step, request.as_of, request.blinded, own)
        if request.document == CSR and any(one.section for one in definition_of(build).outputs.values()):
            check_moved(open_book(build), words)
        if not sources.left_out:  # a number of code that does not run is said to be left out where it would stand
            check_texts(study / "text", called, frozenset(pd.read_parquet(build / RESULTS, columns=["key"])["key"]))
        with step("Compare with the second computation"):
            again = second.recomputed()
            verify_build(build, again, own)
        for line in not_again(again):
            say(line)
    texts = build / "text"
    texts.mkdir(exist_ok=True)
    (texts / BIBLIOGRAPHY).write_text("", encoding="utf-8")
    for path in sorted((study / "text").glob("*")):
        if path.is_file() and not path.is_symlink() and (path.suffix == ".md" or path.name == BIBLIOGRAPHY):
            shutil.copyfile(path, texts / path.name)
    for path in pictures_of(study):
        held = build / PICTURES / path.relative_to(study)
        held.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, held)
    (build / WORDS).write_text(words, encoding="utf-8")
    write_stamp(build, inputs)


def complete(
    study: Path, build: Path, folder: Path, renderer: Mapping[str, str], request: Request = REPORT,
    names: Sequence[str] = (),
) -> None:  # fmt: skip
    """Make the pages' numbers traceable; put results, data and ``manifest.json`` beside the rendered files.

    ``names`` are those of the volumes (none: the document is one). Raises DocumentError where pages or PDFs are not
    what was computed from the study as it is: see ``report.proof``.
    """
    # Imported late, as in `embedded`: the kernel is to start before this process imports what is slow.
    import pandas as pd

    from trial_report.report.assemble.verified import counted
    from trial_report.report.proof import prove
    from trial_report.report.publish.exports import export
    from trial_report.report.publish.manifest import files_under, manifest, results_json, written
    from trial_report.report.publish.traced import script, tooled, traced
    from trial_report.report.render.policy import guarded

    names = names or (request.document,)
    prove(study, build, folder, names)
    for name in names:
        page = folder / pages(name)[0]
        words = page.read_text(encoding="utf-8")
        # Of a blinded document nobody can go on to the records of a patient: no trace in it, and no data beside it.
        made = guarded(tooled(words) if request.blinded else traced(words, build), script())
        page.write_text(made, encoding="utf-8", newline="\n")
    results = pd.read_parquet(build / "results.parquet")
    (folder / "results.json").write_text(results_json(results), encoding="utf-8", newline="\n")
    if not request.blinded:
        export(build, folder)
    outputs = [path.relative_to(folder).as_posix() for path in files_under(folder)]
    origin = manifest(study, folder, outputs, renderer, counted(build), request.facts() | volumes_of(names))
    (folder / MANIFEST).write_text(written(origin), encoding="utf-8", newline="\n")


def embedded(study: Path, target: Path, step: Step, request: Request = REPORT) -> None:
    """Build and publish a document of a study by the embedded renderer.

    Raises StudyProblems for bad data, DocumentError for a bad document, PlaceError for a bad target, ChoiceError for a
    request that cannot be met; whatever is raised, the last good report stays as it was.
    """
    from trial_report.report.render.kernel import Kernel

    source = asked_for(study, request)
    place = Place(target, study, request.document)
    with place.opened() as folder:
        build, out = folder / "build", folder / "out"
        out.mkdir()
        with _own_cache(folder), Kernel(PROJECT, {"CSR_BUILD": str(build)}) as kernel:
            prepare_build(study, build, step, request)
            from trial_report.report.cells.drawn_ahead import drawing
            from trial_report.report.render.embedded import render, versions

            # A document of a few displays draws its own while it runs.
            with drawing(build) if "show_all(" in source.text() else nullcontext():
                bibliography = build / "text" / BIBLIOGRAPHY
                volumes = volumes_asked(build, request)
                names = render(source.path, CODE, kernel, out, step, bibliography, source.folders, volumes)
        with step("Publish"):
            complete(study, build, out, versions(), request, names)
            place.publish(out)


def volumes_asked(build: Path, request: Request) -> Volumes | None:
    """Return the volumes that a study asks for, or leaves to the length of its report; of another document, None."""
    from trial_report.report.render.volumes import Volumes

    return Volumes(definition_of(build).volumes) if request.document == CSR else None


def definition_of(build: Path) -> StudyDefinition:
    """Return the definition of the study that a build folder is of."""
    from trial_report.analysis.display.book import STUDY
    from trial_report.schemas.study import StudyDefinition

    return StudyDefinition.model_validate_json((build / STUDY).read_text(encoding="utf-8"))


@contextmanager
def _own_cache(folder: Path) -> Iterator[None]:
    """Have what matplotlib keeps put into the hidden folder where the user has no home for it.

    It would be put into the system's temporary place, where a run that is killed leaves it.
    """
    name, home = "MPLCONFIGDIR", os.path.expanduser("~")
    if name in os.environ or os.access(home, os.W_OK):
        yield
        return
    os.environ[name] = str(folder / "matplotlib")
    try:
        yield
    finally:
        del os.environ[name]


def told(target: Path) -> None:
    """Say on the terminal where a report that was published is a draft, or was not wholly computed twice."""
    from trial_report.report.assemble.verified import (
        warning,  # it imports what is slow, and the kernel is to start before
    )

    draft = warning(json.loads((target / MANIFEST).read_text(encoding="utf-8")))
    if draft:
        print(draft, file=sys.stderr)


def default_target(study: Path, request: Request = REPORT) -> Path:
    """Return where a document of a study is published unless ``--out`` says otherwise."""
    return REPORTS / request.folder(study.name)


def from_environment(environment: Mapping[str, str] = os.environ) -> tuple[Path, Path, Request]:
    """Return study folder, target and request for Quarto's hooks: CSR_STUDY, CSR_OUT and the like, or their defaults.

    Raises ChoiceError for a study or a request that is none.
    """
    study, request = find_study(environment.get("CSR_STUDY")), requested(environment)
    out = environment.get("CSR_OUT")
    return study, Path(out) if out else default_target(study, request), request
