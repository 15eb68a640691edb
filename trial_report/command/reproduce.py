"""``trial-report reproduce``: whether the same study gives the same bytes again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from trial_report.command.common import Quiet, Study, guarded, say

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
    """Build a report twice under different conditions and compare every byte, or check somebody else's report.

    The second time it is built from a copy of code and study elsewhere, in another zone, locale and hash seed.
    """

    def told(words: str) -> None:
        say(words, quiet)

    def work() -> int:
        from trial_report.evidence import reproduce as evidence
        from trial_report.runtime.choose import find_study, outside

        if against is not None:
            given = evidence.against(against, study, told)
            for answer in given:
                print(f"{answer.question}? {'yes' if answer.yes else 'NO'}")
                for reason in answer.reasons:
                    print(f"  {reason}")
            return 0 if all(answer.yes for answer in given) else 1
        folder = find_study(study)
        if keep is not None:
            outside(keep, folder)
        found, files = evidence.twice(folder, keep, told)
        for name, held in files.items():
            print(f"{held}  {name}")
        for difference in found:
            print(f"DIFFERS  {difference}")
        print("The two reports differ." if found else "The two reports are the same, byte for byte.")
        return 1 if found else 0

    return guarded(work)
