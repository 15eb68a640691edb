"""``trial-report trace``: from a printed number, or a key, to its results row and the lines of the source files.

Not here: how a number is followed to its lines (`evidence.trace`).
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from trial_report.command.common import NoCode, Quiet, Study, steps
from trial_report.runtime.told import guarded

EXAMPLE = 'trial-report trace "12 (60.0)"'
WRITES = "nothing."
CODES = {0: "something was found", 1: "nothing was, or the study cannot be analysed"}


def trace(
    asked: Annotated[
        str, typer.Argument(metavar="KEY-OR-NUMBER", help="A results key, a part of one, or a number as printed.")
    ],
    study: Study = None,
    rows: Annotated[int, typer.Option(help="How many source rows to show.")] = 40,
    no_code: NoCode = False,
    quiet: Quiet = False,
) -> int:
    """Go from a printed number to the lines of the data files.

    A number that several results are printed as gives a line for each; one of their keys then gives its rows.
    """

    def work() -> None:
        from rich.console import Console

        from trial_report.evidence.trace import show
        from trial_report.runtime.choose import find_study

        folder = find_study(study)
        console = Console(highlight=False, width=None if sys.stdout.isatty() else 200)
        with steps(quiet)("Analyse the study"):
            book, where = show.opened(folder, code=not no_code)
        show.trace(console, folder, book, where, asked, rows)

    return guarded(work)
