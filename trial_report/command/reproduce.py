"""``trial-report reproduce``: whether the same study gives the same bytes again.

Not here: how builds are held against each other (`evidence.reproduce`), and two deliveries (`compare`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from trial_report.command.common import Quiet, Study, steps
from trial_report.runtime.told import guarded

EXAMPLE = "trial-report reproduce --against theirs/manifest.json --study data/mystudy"
WRITES = "nothing; with --keep both reports."
CODES = {0: "everything is the same", 1: "something is not, or a report could not be built"}


def reproduce(
    study: Study = None,
    keep: Annotated[Path | None, typer.Option(metavar="DIR", help="A new folder that keeps both reports.")] = None,
    against: Annotated[
        Path | None, typer.Option(metavar="MANIFEST", help="The manifest.json of a report to check.")
    ] = None,
    quiet: Quiet = False,
) -> int:
    """Build a report twice, and compare every byte.

    The second time it is built from a copy of code and study elsewhere, in another zone, locale and hash seed.
    --against checks a report that somebody else made: inputs, code, versions, and whether it is the same
    when built here.
    """

    def work() -> int:
        from trial_report.evidence import reproduce as evidence
        from trial_report.runtime.choose import find_study, outside

        if against is not None:
            given = evidence.against(against, study, steps(quiet))
            for answer in given:
                print(f"{answer.question}? {'yes' if answer.yes else 'NO'}")
                for reason in answer.reasons:
                    print(f"  {reason}")
            return 0 if all(answer.yes for answer in given) else 1
        folder = find_study(study)
        if keep is not None:
            outside(keep, folder)
        built = evidence.twice(folder, keep, steps(quiet))
        for way, possible in built.ways.items():
            print(f"The second build {way}: {'yes' if possible else 'not possible on this machine'}")
        for name, held in built.files.items():
            print(f"{held}  {name}")
        for difference in built.differences:
            print(f"DIFFERS  {difference}")
        print("The two reports differ." if built.differences else "The two reports are the same, byte for byte.")
        return 1 if built.differences else 0

    return guarded(work)
