"""Prepare a study, render its report, publish it: the steps that the command line and Quarto's hooks share."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from analysis.choose import find_study
from analysis.step import Step
from report.bibliography import check_bibliography
from report.place import MANIFEST, Place
from report.second import Second

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "report" / "csr.qmd"
REPORTS = ROOT / "_report"
BIBLIOGRAPHY = "references.bib"
BUILD = REPORTS / ".build"
"""Where Quarto's hooks keep the build folder between preparation and publication."""


def prepare_build(study: Path, build: Path, step: Step) -> None:
    """Read, check, analyse and verify a study into a build folder, and put the author's texts beside the results.

    Raises StudyProblems, or DocumentError for a bibliography; the build folder is then not written.
    """
    check_bibliography(study / "text" / BIBLIOGRAPHY)
    with Second(study, build.with_name(f"{build.name}.second")) as second:
        from analysis.run import prepare
        from report.manifest import hashes
        from report.proof.stamp import write_stamp
        from report.verified import verify_build

        inputs = hashes(study)
        prepare(study, build, step)
        with step("Compare with the second computation"):
            verify_build(build, second.recomputed())
    texts = build / "text"
    texts.mkdir(exist_ok=True)
    (texts / BIBLIOGRAPHY).write_text("", encoding="utf-8")
    for path in sorted((study / "text").glob("*")):
        if path.is_file() and not path.is_symlink() and (path.suffix == ".md" or path.name == BIBLIOGRAPHY):
            shutil.copyfile(path, texts / path.name)
    write_stamp(build, inputs)


def complete(study: Path, build: Path, folder: Path, renderer: Mapping[str, str]) -> None:
    """Make the page's numbers traceable; put results, data and ``manifest.json`` beside the rendered files.

    Raises DocumentError where page or PDF are not what was computed from the study as it is: see ``report.proof``.
    """
    # Imported late, as in `embedded`: the kernel is to start before this process imports what is slow.
    import pandas as pd

    from report.exports import export
    from report.manifest import files_under, manifest, results_json, written
    from report.policy import guarded
    from report.proof import prove
    from report.traced import script, traced
    from report.verified import counted

    prove(study, build, folder)
    page = folder / "csr.html"
    made = guarded(traced(page.read_text(encoding="utf-8"), build), script())
    page.write_text(made, encoding="utf-8", newline="\n")
    results = pd.read_parquet(build / "results.parquet")
    (folder / "results.json").write_text(results_json(results), encoding="utf-8", newline="\n")
    export(build, folder)
    outputs = [path.relative_to(folder).as_posix() for path in files_under(folder)]
    origin = manifest(study, folder, outputs, renderer, counted(build))
    (folder / MANIFEST).write_text(written(origin), encoding="utf-8", newline="\n")


def embedded(study: Path, target: Path, step: Step) -> None:
    """Build and publish a report by the embedded renderer.

    Raises StudyProblems for bad data, DocumentError for a bad document, PlaceError for a bad target; whatever is
    raised, the last good report stays as it was.
    """
    from report.render.kernel import Kernel

    place = Place(target, study)
    with place.opened() as folder:
        build, out = folder / "build", folder / "out"
        out.mkdir()
        with _own_cache(folder), Kernel(ROOT, {"CSR_BUILD": str(build)}) as kernel:
            prepare_build(study, build, step)
            from report.ahead import drawing
            from report.render.embedded import render, versions

            with drawing(build):
                render(DOCUMENT, ROOT, kernel, out, step, build / "text" / BIBLIOGRAPHY)
        with step("Publish"):
            complete(study, build, out, versions())
            place.publish(out)


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
    from report.verified import warning  # it imports what is slow, and the kernel is to start before

    draft = warning(json.loads((target / MANIFEST).read_text(encoding="utf-8")))
    if draft:
        print(draft, file=sys.stderr)


def default_target(study: Path) -> Path:
    """Return where a study's report is published unless ``--out`` says otherwise."""
    return REPORTS / study.name


def from_environment() -> tuple[Path, Path]:
    """Return study folder and target for Quarto's hooks: CSR_STUDY and CSR_OUT, or their defaults."""
    study = find_study(os.environ.get("CSR_STUDY"))
    out = os.environ.get("CSR_OUT")
    return study, Path(out) if out else default_target(study)
