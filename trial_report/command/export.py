"""``trial-report export``: a study's results and data as files, without a report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from trial_report.command.common import Quiet, Study, guarded, steps

EXAMPLE = "trial-report export --study data/mystudy --out results-of-may"
WRITES = "`results.json`, `results.csv`, `datasets/` (Parquet and CSV) and `domains/` (Parquet)."
CODES = {0: "they were written", 1: "the data are not fit to be analysed, or the folder holds something"}


def export(
    out: Annotated[Path, typer.Option(metavar="DIR", help="A new or empty folder.")],
    study: Study = None,
    quiet: Quiet = False,
) -> int:
    """Write results, datasets and domains as files, without a report.

    They are computed once: `verify --results` holds them against the second computation. In the CSV files no cell can
    begin a formula.
    """

    def work() -> None:
        from trial_report.report.assemble.export import export_study
        from trial_report.runtime.choose import find_study

        for path in export_study(find_study(study), out, steps(quiet)):
            print(path)

    return guarded(work)
