"""``trial-report validate``: checks a study's definition and data, without a report.

Not here: the checks (`schemas.checks`), and the order of reading and checking (`analysis.check`).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from trial_report.command.common import Quiet, Study, steps
from trial_report.runtime.told import guarded

EXAMPLE = "trial-report validate --study data/mystudy --against ../delivery-of-may"
WRITES = (
    "`data-issues.html`, the page to work from, `data-issues.csv` and `.json`; `record-changes.csv` with --against."
)
CODES = {0: "nothing stops a report", 1: "an error stops it, or the study cannot be read"}

Out = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Folder for data-issues.*; else _report/validation/<study>.")
]


def validate(
    study: Study = None,
    against: Annotated[Path | None, typer.Option(metavar="OLDDIR", help="An earlier delivery to compare with.")] = None,
    out: Out = None,
    core: Annotated[
        Path | None, typer.Option(metavar="REPORT", help="A report of CDISC CORE (JSON) to show beside.")
    ] = None,
    quiet: Quiet = False,
) -> int:
    """Check a study's definition and its data against every check.

    Says what is new since the delivery in OLDDIR, else since the last other data that were checked into the same
    folder. Nothing of a study's own code is run.
    """
    return guarded(lambda: checked(study, against, out, core, quiet))


def checked(study: Path | None, against: Path | None, out: Path | None, core: Path | None, quiet: bool) -> int:
    """Validate, write the files, and show what was found; the exit code."""
    from rich.markup import escape

    from trial_report.analysis.issues.core import judged
    from trial_report.analysis.issues.terminal import console_for, show, show_changes, show_comparison
    from trial_report.analysis.issues.validation import validated
    from trial_report.analysis.issues.write import write_all
    from trial_report.declare.own import checks_in
    from trial_report.runtime.choose import find_study, outside
    from trial_report.runtime.places import project

    folder = find_study(study)
    place = outside(out or project() / "_report" / "validation" / folder.name, folder)
    with steps(quiet)("Check the study"):
        found = validated(folder, place, against, core)
    console = console_for(sys.stdout)
    if found.unread:
        console.print(f"{escape(str(found.unread))} is not of an earlier validation: nothing is compared with it.")
    unwritten: OSError | None = None
    # Written before anything is shown: who looks at the first lines only (| head) has the files all the same.
    try:
        write_all(place, found.files)
    except OSError as error:
        unwritten = error
    show(console, found.domains, found.problems)
    if core is not None:
        console.print(escape(judged(core)))
    if found.before is not None:
        show_comparison(console, found.issues)
    if found.records is not None:
        show_changes(console, found.records)
    if (number := checks_in(folder)) > 0:
        told = "1 check of the study's own code is" if number == 1 else f"{number} checks of the study's own code are"
        console.print(f"{told} not run here: the report runs that code.", highlight=False)
    if unwritten is not None:
        raise unwritten
    console.print(f"Written to {escape(str(place))}: {', '.join(sorted(found.files))}")
    return 1 if found.problems.errors else 0
