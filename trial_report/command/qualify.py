"""``trial-report qualify``: writes the evidence for validation.

Not here: the evidence itself (`evidence.qualify`).
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from trial_report.command.common import Quiet, Study, one_of, steps
from trial_report.runtime.told import guarded

EXAMPLE = "trial-report qualify --study data/mystudy"
WRITES = "`validation.html` and `validation.pdf`, whatever was found."
CODES = {0: "every check was done and found what was wanted", 1: "one was not, or did not"}


class Check(StrEnum):
    """What can be left out."""

    INSTALLATION = "installation"
    TESTS = "tests"
    PERFORMANCE = "performance"
    VERIFY = "verify"
    REPRODUCE = "reproduce"


def qualify(
    study: Study = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Where to write; else _report/validation.")] = None,
    tests: Annotated[list[str] | None, typer.Option(metavar="PATH", help="Only these tests; again for more.")] = None,
    without: Annotated[
        list[Check] | None,
        typer.Option(
            metavar="CHECK",
            parser=one_of(*Check),
            help=f"Leave out, and say so: {', '.join(Check)}; again for more.",
        ),
    ] = None,
    quiet: Quiet = False,
) -> int:
    """Write the evidence for validation.

    It holds the requirements with their tests, the installation, both computations and both builds. It
    runs the tests of the clone, and needs what they need.
    """

    def work() -> int:
        from trial_report.evidence.qualify.evidence import gather
        from trial_report.evidence.qualify.written import write
        from trial_report.runtime.choose import find_study, outside
        from trial_report.runtime.places import project

        folder = find_study(study)
        place = outside(out or project() / "_report" / "validation", folder)
        evidence = gather(folder, steps(quiet), tests=list(tests or ()), without=set(without or ()))
        written = write(evidence, folder, place)
        for name, found, good in evidence.checks:
            print(f"{name}: {found}{'' if good else '   NOT AS WANTED'}")
        for way, possible in evidence.ways.items():
            print(f"The second build {way}: {'yes' if possible else 'not possible on this machine'}")
        for fault in evidence.faults:
            print(f"fault: {fault}")
        for path in written:
            print(path)
        return 0 if evidence.complete else 1

    return guarded(work)
