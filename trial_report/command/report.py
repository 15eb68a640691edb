"""``trial-report report``: builds a study's report, in HTML and PDF.

Not here: the steps to a report (`report.assemble`), and results without one (`export`).
"""

from __future__ import annotations

import gc
import time
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer

from trial_report.command.common import NoCode, Quiet, Study, a_day, one_of, steps
from trial_report.runtime.step import say
from trial_report.runtime.told import guarded

LEAST = 3 << 30
"""Bytes of address space (not of memory) that the libraries take which a report needs."""

EXAMPLE = "trial-report report --study data/mystudy"
WRITES = (
    "`csr.html`, `csr.pdf` (of a long report also `csr-listings.pdf` and the like), `results.json`, `manifest.json`, "
    "`datasets/` and `domains/` in one folder."
)
CODES = {0: "the report was published", 1: "data, document or target are not fit; the last report stays as it was"}


def report(
    study: Study = None,
    renderer: Annotated[
        Literal["auto", "quarto", "embedded"],
        typer.Option(
            metavar="auto|quarto|embedded",
            parser=one_of("auto", "quarto", "embedded"),
            help="auto: embedded, or Quarto where parts of it are missing.",
        ),
    ] = "auto",
    document: Annotated[
        str,
        typer.Option(metavar="NAME", help="csr, cohort-review, topline, safety-update, tables, or one of the study."),
    ] = "csr",
    as_of: Annotated[
        date | None,
        typer.Option(metavar="DATE", parser=a_day, help="An earlier data cut-off than the study's own: YYYY-MM-DD."),
    ] = None,
    blinded: Annotated[
        bool, typer.Option("--blinded", help="A safety update over all groups together, which tells no treatment.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where it goes; else _report/<study>, and the document's name.")
    ] = None,
    no_code: NoCode = False,
    quiet: Quiet = False,
) -> int:
    """Build a study's report, in HTML and PDF.

    Reads and checks the data, computes every result twice, renders, and publishes in one step: whatever goes wrong, the
    last report stays.
    """
    begun = time.perf_counter()
    # The process lives for one report: looking for cycles over and over costs more than it frees.
    gc.disable()

    def work() -> None:
        from trial_report.report.assemble.documents import Request, asked_for
        from trial_report.report.assemble.roads import choose, render
        from trial_report.report.assemble.steps import default_target, told
        from trial_report.report.publish.occupied import check_target, published
        from trial_report.runtime.choose import find_study
        from trial_report.runtime.ending import MachineError, limited

        folder = find_study(study)
        request = Request(document, as_of, blinded, code=not no_code)
        asked_for(folder, request)
        target = out if out is not None else default_target(folder, request)
        check_target(target, folder, request.document)  # before anything that takes long
        road = choose(renderer)
        if said := limited(LEAST):
            raise MachineError(said)
        if road.said:
            say(road.said, quiet)
        render(road, folder, target, steps(quiet), request, quiet=quiet)
        say(f"Done in {time.perf_counter() - begun:.1f} s.", quiet)
        for name in published(target):
            print(target / name)
        told(target)

    return guarded(work)
