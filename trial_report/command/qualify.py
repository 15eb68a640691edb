"""``trial-report qualify``: writes the evidence for validation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from trial_report.command.common import Study, guarded

EXAMPLE = "trial-report qualify --study data/mystudy"
WRITES = "`validation.html` and `validation.pdf`, whatever was found."
CODES = {0: "every check was done and found what was wanted", 1: "one was not, or did not"}
CHECKS = ("installation", "tests", "performance", "verify", "reproduce")


def qualify(
    study: Study = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Where to write; else _report/validation.")] = None,
    tests: Annotated[list[str] | None, typer.Option(metavar="PATH", help="Only these tests; again for more.")] = None,
    without: Annotated[
        list[str] | None, typer.Option(metavar="CHECK", help=f"Leave out, and say so: {', '.join(CHECKS)}.")
    ] = None,
) -> int:
    """Write evidence for validation: requirements with their tests, installation, both computations, both builds.

    It runs the tests of the clone, and needs what they need.
    """

    def work() -> int:
        from trial_report.evidence.qualify.evidence import gather
        from trial_report.evidence.qualify.written import write
        from trial_report.runtime.choose import ChoiceError, find_study, outside
        from trial_report.runtime.places import project

        unknown = sorted(set(without or ()) - set(CHECKS))
        if unknown:
            raise ChoiceError(f"there is no check '{unknown[0]}': --without {', '.join(CHECKS)}")
        folder = find_study(study)
        place = outside(out or project() / "_report" / "validation", folder)
        evidence = gather(folder, tests=list(tests or ()), without=set(without or ()))
        written = write(evidence, folder, place)
        for name, found, good in evidence.checks:
            print(f"{name}: {found}{'' if good else '   NOT AS WANTED'}")
        for fault in evidence.faults:
            print(f"fault: {fault}")
        for path in written:
            print(path)
        return 0 if evidence.complete else 1

    return guarded(work)
