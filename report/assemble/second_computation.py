"""The second computation in a process of its own, beside the first; nothing of the first one's results reaches it.

Not here: the computing (`analysis.verify`), and what a report says of a difference (`verified`).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from trial_report.runtime.ending import MACHINE, MEMORY, MachineError, of_memory
from trial_report.runtime.follow import following
from trial_report.runtime.processes import python_path

if TYPE_CHECKING:  # what computes is slow to import, and the process that computes is to start at once
    from trial_report.analysis.verify.verification import Recomputed
    from trial_report.declare.own import Sources

FOUND, FAILURES, SAID, CODE = "found.parquet", "failures.parquet", "stderr", "code"


class Second:
    """Begins to compute, in a new folder, when it is made; what the study's own code computes is of these sources.

    A context manager; leaving it ends the process, done or not, and removes the folder.
    """

    def __init__(
        self,
        study: Path,
        place: Path,
        as_of: date | None = None,
        blinded: bool = False,
        sources: Sources | None = None,
    ) -> None:
        self._place = place.absolute()
        shutil.rmtree(self._place, ignore_errors=True)  # a run that was killed
        self._place.mkdir(mode=0o700, parents=True)
        if sources and not sources.left_out:
            sources.write(self._place / CODE)
        with (self._place / SAID).open("wb") as said:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "trial_report.report.assemble.second_computation",
                    str(study.resolve()),
                    str(self._place),
                    as_of.isoformat() if as_of else "",
                    *(["blinded"] if blinded else []),
                ],
                env={**os.environ, **following(), "PYTHONPATH": python_path()},
                cwd=self._place,  # where its database puts what it has no memory for
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )

    def __enter__(self) -> Second:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self._place, ignore_errors=True)

    def recomputed(self) -> Recomputed:
        """Wait for the process; one that ended with an error has computed nothing, which is its one failure.

        Raises MachineError for one that was ended, or that had no room or memory: that is no failure to compute.
        """
        import pandas as pd

        from trial_report.analysis.verify.attempts import Failure, from_frame
        from trial_report.analysis.verify.road import keyed
        from trial_report.analysis.verify.verification import Recomputed

        code = self.process.wait()
        if code == 0:
            failures = from_frame(pd.read_parquet(self._place / FAILURES))
            return Recomputed(pd.read_parquet(self._place / FOUND), failures)
        words = (self._place / SAID).read_text(encoding="utf-8", errors="replace")
        if code < 0:
            raise MachineError(f"the second computation was ended by signal {-code} (out of memory?): run again")
        if code == MACHINE or of_memory(words):
            told = words.strip().split("\n")[-1]
            raise MachineError(f"the second computation: {MEMORY if of_memory(words) else told}")
        lines = words.split("\n")
        # In a traceback only the error itself stands at the margin, its further lines being indented.
        last = next((line for line in reversed(lines) if line.strip() == line != ""), "")
        reason = f"its process ended with code {code}"
        return Recomputed(keyed([]), (Failure("the second computation", reason, last, ("*",)),))


def main(study: Path, place: Path, as_of: date | None = None, blinded: bool = False) -> None:
    """Compute, of an earlier day or blinded where that is asked, and leave what was found as files in a folder."""
    from trial_report.analysis.verify.attempts import as_frame
    from trial_report.analysis.verify.verification import recompute
    from trial_report.declare.own import kept, load

    second = recompute(study, own=load(kept(place / CODE)), as_of=as_of, blinded=blinded)
    second.found.to_parquet(place / FOUND, index=False)
    as_frame(second.failures).to_parquet(place / FAILURES, index=False)


if __name__ == "__main__":
    _study, _place, _day, *_how = sys.argv[1:]
    main(Path(_study), Path(_place), date.fromisoformat(_day) if _day else None, "blinded" in _how)
