"""``trial-report begin``: a first `study.yml` for a folder that holds SDTM domains.

Not here: how a definition is proposed (`analysis.begin`), and an empty project (`new`).
"""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from trial_report.command.common import Quiet, Study, one_of, steps
from trial_report.runtime.told import guarded

EXAMPLE = "trial-report begin --study data/mystudy"
WRITES = "`study.yml` in the study's folder, where there is none yet."
CODES = {0: "it was written", 1: "there is one already, or the data cannot be read"}


def begin(
    study: Study = None,
    folder: Annotated[str, typer.Option(metavar="NAME", help="The folder of the domains in it.")] = "sdtm",
    sdtmig: Annotated[
        Literal["3.2", "3.3", "3.4"],
        typer.Option(metavar="3.2|3.3|3.4", parser=one_of("3.2", "3.3", "3.4"), help="The guide that the data follow."),
    ] = "3.4",
    quiet: Quiet = False,
) -> int:
    """Propose a study's definition from its data.

    Groups, visits and their windows, laboratory tests and vital signs are read from the data; what data cannot say is
    marked "To be written", and what was left out is told.
    """

    def work() -> None:
        from trial_report.analysis.begin import proposal
        from trial_report.runtime.choose import ChoiceError
        from trial_report.runtime.places import project
        from trial_report.schemas.study.unwritten import TO_WRITE

        home = study
        if home is None:
            if not (project() / folder).is_dir():
                raise ChoiceError(f"there is no folder {folder} here: name the study's folder with --study DIR")
            home = project()
        with steps(quiet)("Propose a definition from the data"):
            found = proposal.proposed(proposal.begin(home, folder, sdtmig))
        print(f"{found.file}: proposed from the data, with {found.texts} texts to be written (look for '{TO_WRITE}')")
        if found.left:
            print(proposal.LEFT_OUT)
            print("\n".join(f"  {line}" for line in found.left))
        print(f"next: trial-report validate{f' --study {study}' if study else ''}")

    return guarded(work)
