"""``trial-report export``: a study's results, what its tables print, and its data as files, without a report.

Not here: how the files are written (`report.publish.exports`), and a report (`report`).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from trial_report.command.common import NoCode, Quiet, Study, a_day, steps
from trial_report.runtime.told import guarded

EXAMPLE = "trial-report export --study data/mystudy --out results-of-may"
WRITES = (
    "`results.json` and `results.csv`, `displays.csv` (each number that a table prints, with its result), `datasets/` "
    "(Parquet and CSV) and `domains/` (Parquet)."
)
CODES = {0: "they were written", 1: "the data are not fit to be analysed, or the folder holds something"}


def export(
    out: Annotated[Path, typer.Option(metavar="DIR", help="A new or empty folder.")],
    study: Study = None,
    as_of: Annotated[
        date | None,
        typer.Option(metavar="DATE", parser=a_day, help="An earlier data cut-off than the study's own: YYYY-MM-DD."),
    ] = None,
    no_code: NoCode = False,
    quiet: Quiet = False,
) -> int:
    """Write results, datasets and domains as files, without a report.

    They are computed once: `verify --results` holds them against the second computation. In the CSV files no cell can
    begin a formula.
    """

    def work() -> None:
        from trial_report.report.assemble.export import export_study
        from trial_report.runtime.choose import find_study

        for path in export_study(find_study(study), out, steps(quiet), as_of, code=not no_code):
            print(path)

    return guarded(work)
