"""``trial-report new``: an ordinary Quarto project for one study, in a folder of its own.

Not here: the making of the project (`runtime.new_project`), and a definition from data (`begin`).
"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from trial_report.runtime.told import guarded

EXAMPLE = "trial-report new my-trial"
WRITES = (
    "a folder with `_quarto.yml`, `study.yml`, `sdtm/`, `text/`, `analysis/`, `report/`, `docs/`, noxfile, README, CI."
)
CODES = {0: "the project was made", 1: "the folder holds something already"}


def new(folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A new or empty folder.")]) -> int:
    """Make a project for one study, outside the clone.

    It is an ordinary Quarto project: in it `trial-report begin`, `validate` and `report`, `nox -s report` and
    `quarto render` work.
    """

    def work() -> None:
        from trial_report.runtime.new_project import make

        make(folder)
        print(f"{folder}: put the SDTM domains into {folder / 'sdtm'}, then")
        there = "" if folder.resolve() == Path.cwd() else f"cd {shlex.quote(str(folder))} && "
        print(f"  {there}trial-report begin && trial-report report")

    return guarded(work)
