"""``trial-report verify``: computes every result a second time, and says what agrees and what does not.

Not here: the second computations (`analysis.verify`), and checks of data (`validate`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from trial_report.command.common import NoCode, Quiet, Study, steps
from trial_report.runtime.told import guarded

EXAMPLE = "trial-report verify --results _report/mystudy/results.json"
WRITES = "nothing."
CODES = {0: "every row agrees", 1: "a row does not, or the study or the results cannot be read"}

SHOWN = 20
"""How many disagreeing rows of an analysis are printed."""


def verify(
    study: Study = None,
    results: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A report's results.json; else computed anew.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Print every row that disagrees.")] = False,
    no_code: NoCode = False,
    quiet: Quiet = False,
) -> int:
    """Compute every result a second time, independently, and compare.

    The second computation reads the data files alone and shares no code with the first.
    """

    def work() -> int:
        from rich.console import Console

        from trial_report.analysis.pipeline import analyse_study
        from trial_report.analysis.verify.show import show
        from trial_report.analysis.verify.verification import verify_in_detail
        from trial_report.declare.own import load, read
        from trial_report.runtime.choose import find_study
        from trial_report.schemas.results import read_results

        folder, step = find_study(study), steps(quiet)
        sources = read(folder, run=not no_code)
        # What is verified is the output of the first road, not its code.
        held = read_results(results) if results else analyse_study(folder, step, own=load(sources))[1]
        with step("Compute a second time"):
            # Loaded anew: nothing that the first computation left in a module is there for the second.
            found = verify_in_detail(folder, held, own=load(sources))
        show(Console(), found, None if every else SHOWN)
        return 0 if found.complete else 1

    return guarded(work)
