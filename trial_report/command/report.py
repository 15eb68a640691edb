"""The command line: ``trial-report report [--renderer quarto|embedded|auto] [--study DIR] [--out DIR]``."""

from __future__ import annotations

import argparse
import gc
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from trial_report.report.assemble.documents import Request, day, find_document
from trial_report.report.assemble.steps import default_target, embedded, told
from trial_report.report.publish.occupied import PlaceError, check_target, pages
from trial_report.report.render import DocumentError
from trial_report.runtime.choose import ChoiceError, find_study
from trial_report.runtime.ending import MachineError, limited
from trial_report.runtime.step import Step

LEAST = 3 << 30
"""Bytes of address space (not of memory) that the libraries take which a report needs."""


def _steps() -> Step:
    """Return what shows a step a line with its time, or nothing where the output is no terminal."""
    shown = sys.stdout.isatty()

    @contextmanager
    def step(name: str) -> Iterator[None]:
        if not shown:
            yield
            return
        from rich.console import Console

        console = Console(highlight=False)
        start = time.perf_counter()
        with console.status(name):
            yield
        console.print(f"[green]✓[/green] {name:<42} [dim]{time.perf_counter() - start:6.2f} s[/dim]")

    return step


def guarded(work: Callable[[Step], object]) -> int:
    """Run the work; return 0, or print what a person can mend and return 1. Anything else is a fault of ours."""
    from trial_report.schemas.problems import StudyProblems

    try:
        work(_steps())
    except (StudyProblems, DocumentError, PlaceError, ChoiceError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Build a study's report; returns the exit code: 0, 1 for what was told, 2 for wrong arguments.

    What the machine refuses is told by `runtime.ending`.
    """
    parser = argparse.ArgumentParser(prog="report", description="Build the clinical study report of a study.")
    parser.add_argument("--renderer", choices=("auto", "quarto", "embedded"), default="auto",
                        help="auto: Quarto if it is on the PATH, else the embedded renderer")  # fmt: skip
    parser.add_argument("--study", metavar="DIR", help="the study's folder (default: the only one under data/)")
    parser.add_argument("--document", metavar="NAME", default="csr",
                        help="csr (the default), cohort-review, topline, tables, or one of the study's")  # fmt: skip
    parser.add_argument("--as-of", metavar="DATE", help="an earlier data cut-off than the study's own: YYYY-MM-DD")
    parser.add_argument("--out", metavar="DIR",
                        help="where it goes (default: _report/<study>, and the document's name)")  # fmt: skip
    chosen = parser.parse_args(arguments)
    begun = time.perf_counter()

    def work(step: Step) -> None:
        study = find_study(chosen.study)
        request = Request(chosen.document, day(chosen.as_of) if chosen.as_of else None)
        find_document(study, request.document)
        target = Path(chosen.out) if chosen.out else default_target(study, request)
        check_target(target, study, request.document)  # before anything that takes long
        if said := limited(LEAST):
            raise MachineError(said)
        _render(chosen.renderer, study, target, step, request)
        if sys.stdout.isatty():
            print(f"Done in {time.perf_counter() - begun:.1f} s.")
        for name in pages(request.document):
            print(target / name)
        told(target)

    return guarded(work)


def _render(renderer: str, study: Path, target: Path, step: Step, request: Request) -> None:
    if renderer == "embedded":
        embedded(study, target, step, request)
        return
    from trial_report.report.assemble import quarto

    found = quarto.find()
    if found and quarto.new_enough(found[1]):
        print(f"Rendering by Quarto {found[1]}")
        quarto.run(found[0], study, target, quiet=not sys.stdout.isatty(), request=request)
        return
    why = f"Quarto {found[1]} is older than 1.9" if found else "there is no Quarto on the PATH"
    if renderer == "quarto":
        raise ChoiceError(f"{why}: install Quarto 1.9 or newer, or use --renderer embedded")
    print(f"Rendering by the embedded renderer ({why})")
    embedded(study, target, step, request)


if __name__ == "__main__":
    # The process lives for one report: looking for cycles over and over costs more than it frees.
    gc.disable()
    sys.exit(main())
