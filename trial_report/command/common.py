"""What verbs share: options, how progress is shown, and how what a person can mend is told.

Nothing slow is imported here: ``trial-report --help`` reads it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from trial_report.runtime.step import Step, silent
from trial_report.runtime.told import ToldError

GOOD, TOLD = 0, 1

Study = Annotated[
    Path | None,
    typer.Option("--study", metavar="DIR", help="The study's folder; else that of the project you are in."),
]
NoCode = Annotated[bool, typer.Option("--no-code", help="Do not run the study's own code, analysis/*.py.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say only results and errors, no progress.")]


def a_day(words: str) -> date:
    """A day as an option says it."""
    from trial_report.report.assemble.documents import day
    from trial_report.runtime.choose import ChoiceError

    try:
        return day(words)
    except ChoiceError as error:
        raise typer.BadParameter(str(error)) from None


def say(words: str, quiet: bool = False) -> None:
    """Say what is going on, on standard error, so that results on standard output can be read by a program."""
    if not quiet:
        print(words, file=sys.stderr, flush=True)


def steps(quiet: bool) -> Step:
    """What shows a step as a line with its time, also in a pipe; nothing where it is to be quiet."""
    if quiet:
        return silent

    @contextmanager
    def step(name: str) -> Iterator[None]:
        begun = time.perf_counter()
        if sys.stderr.isatty():
            from rich.console import Console

            with Console(stderr=True).status(name):
                yield
        else:
            yield
        say(f"✓ {name:<42} {time.perf_counter() - begun:6.2f} s")

    return step


def guarded(work: Callable[[], int | None]) -> int:
    """Run the work of a verb; return its exit code, or tell what a person can mend and return 1.

    What the machine refuses is told by `runtime.ending`; anything else is a fault of ours and keeps its traceback.
    """
    try:
        return work() or GOOD
    except ToldError as error:
        print(error, file=sys.stderr)
        return TOLD
