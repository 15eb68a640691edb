"""``trial-report compare``: what changed between two reports, as a page.

Not here: how results are compared (`evidence.compare`), and two builds of one study (`reproduce`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from trial_report.command.common import Quiet, steps
from trial_report.runtime.told import guarded

EXAMPLE = "trial-report compare --before may/results.json --after june/results.json"
WRITES = "one page: results, conclusions, patients and records that changed."
CODES = {0: "the page was written, whatever it says", 1: "one of the two cannot be read"}


def compare(
    before: Annotated[Path, typer.Option(metavar="RESULTS", help="results.json of the first report.")],
    after: Annotated[Path, typer.Option(metavar="RESULTS", help="results.json of the second.")],
    before_study: Annotated[Path | None, typer.Option(metavar="DIR", help="The study folder of the first.")] = None,
    after_study: Annotated[Path | None, typer.Option(metavar="DIR", help="The study folder of the second.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="The page; else _report/compare.html.")] = None,
    quiet: Quiet = False,
) -> int:
    """Say what changed between two reports, as a page.

    Results, conclusions, patients and records are compared; the records are taken from the data beside the
    results, else from the study folders.
    """

    def work() -> None:
        from trial_report.evidence.compare import document
        from trial_report.runtime.places import project

        page = out or project() / "_report" / "compare.html"
        with steps(quiet)("Compare"):
            found = document.compare(before, after, page, (before_study, after_study))
        print(", ".join(f"{count} {kind}" for kind, count in found.changes.items()))
        print(f"{found.conclusions} conclusions changed")
        print(found.page)

    return guarded(work)
