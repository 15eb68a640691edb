"""Lets a preview follow what its document is made of: Quarto itself watches the document's own file alone.

A process beside the preview looks once a second at the sections that the document includes and at the study's files,
and where one was changed gives the document the time of now, upon which Quarto renders it again. It ends with Quarto.

Not here: the rendering that follows a change (`hooks`).
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from trial_report.report.assemble.documents import Source
from trial_report.report.publish.manifest import study_files
from trial_report.report.render import DocumentError
from trial_report.report.render.document import included
from trial_report.runtime.places import CODE
from trial_report.runtime.processes import lives, process, python_path

LOOK = 1.0


def start(document: Path, study: Path, quarto: int, note: Path) -> None:
    """Start the process that looks, unless the one lives that ``note`` names; nothing where none can be named."""
    named = process(quarto)
    if not named or (note.is_file() and lives(note.read_text(encoding="utf-8"))):
        return
    command = [sys.executable, "-m", __name__, str(document), str(study), named]
    started = subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": python_path()}, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    note.write_text(process(started.pid), encoding="utf-8")


def watched(document: Path, study: Path) -> list[Path]:
    """Return the files that a document in a project's `report/` is made of, itself not among them.

    Nor is what Quarto writes beside it while it renders, in a project of one study in the study's folder.
    """
    try:
        sections = included(document, CODE, Source(document, (document.parent,)).folders)
    except (DocumentError, OSError):  # it is being written, and has a mistake: Quarto's hook says which
        sections = []
    beside = (f"{document.with_suffix('')}.", f"{document.with_suffix('')}_files")
    found = dict.fromkeys([*sections, *study_files(study)])
    return [path for path in found if path != document and not str(path).startswith(beside)]


def times(files: Iterable[Path]) -> dict[Path, int]:
    """Return when each of the files was last written; one that is not there has no time."""
    found: dict[Path, int] = {}
    for path in files:
        try:
            found[path] = path.stat().st_mtime_ns
        except OSError:
            continue
    return found


def follow(document: Path, files: Callable[[], Iterable[Path]], wait: Callable[[], bool]) -> None:
    """Give the document the time of now whenever a file was written, added or removed, for as long as ``wait`` says."""
    before = times(files())
    while wait():
        now = times(files())
        if now != before and document.is_file():
            os.utime(document)
        before = now


def main(document: str, study: str, named: str) -> None:
    """Follow until the process of that name has ended."""

    def wait() -> bool:
        time.sleep(LOOK)
        return lives(named)

    follow(Path(document), lambda: watched(Path(document), Path(study)), wait)


if __name__ == "__main__":
    main(*sys.argv[1:])
