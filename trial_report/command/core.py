"""``trial-report core``: runs CDISC CORE on a study's domains and shows its findings beside ours.

Not here: our own checks (`validate`), and how the engine is run (`analysis.issues.engine`).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from trial_report.command.common import Quiet, Study, steps
from trial_report.command.validate import Out, checked
from trial_report.runtime.told import guarded

EXAMPLE = "trial-report core --study data/mystudy --engine ~/core/core"
WRITES = "as `validate`."
CODES = {0: "nothing stops a report", 1: "an error stops it, or the engine cannot be run"}


def core(
    study: Study = None,
    engine: Annotated[
        str, typer.Option(metavar="PATH", help="Its program, or core.py; else CDISC_CORE of the environment.")
    ] = "",
    cache: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of its rules; else resources/cache beside it.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A report of the engine in JSON, which is not run then.")
    ] = None,
    out: Out = None,
    quiet: Quiet = False,
) -> int:
    """Run CDISC CORE on a study, and show its findings beside ours.

    A release of github.com/cdisc-org/cdisc-rules-engine brings its rules and needs no Python.
    """

    def work() -> int:
        from trial_report.analysis.issues.engine import run_engine
        from trial_report.runtime.choose import find_study
        from trial_report.runtime.private import private

        folder = find_study(study)
        with private("core") as place:
            found = report
            if found is None:
                with steps(quiet)("Run CDISC CORE"):
                    found = run_engine(folder, engine or os.environ.get("CDISC_CORE", ""), cache, place)
            return checked(folder, None, out, found, quiet)

    return guarded(work)
