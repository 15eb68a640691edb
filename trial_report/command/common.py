"""What verbs share: their options, and how progress is shown.

Nothing slow is imported here: ``trial-report --help`` reads it.

Not here: what a single verb takes (its own module), and the printing of steps (`runtime.step`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from trial_report.runtime.step import Step, lined, silent

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


def one_of(*names: str) -> Callable[[str], str]:
    """What reads an option that has one of these values."""

    def read(words: str) -> str:
        if words not in names:
            raise typer.BadParameter(f"'{words}' is not one of {', '.join(names)}")
        return words

    return read


def steps(quiet: bool) -> Step:
    """What shows a step as a line with its time, also in a pipe; nothing where it is to be quiet."""
    if quiet:
        return silent

    @contextmanager
    def step(name: str) -> Iterator[None]:
        if not sys.stderr.isatty():
            with lined(name):
                yield
            return
        from rich.console import Console

        with lined(name), Console(stderr=True).status(name):
            yield

    return step
