"""Takes a settings file that is there for one run away where that run is ended before its first cell.

A `quarto render` of the whole project has such a file from its hook to its first cell, which takes it away
(`cells.narrowed`). What ends Quarto between the two ends both; so a process beside Quarto looks once a second. It ends
with the file, or with Quarto.

Not here: what stands in the file (`cells.narrowed`), and a preview, which another process follows (`watching`).
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from trial_report.report.cells.narrowed import left_out_for, widen
from trial_report.runtime.processes import lives, process, python_path

LOOK = 1.0


def start(project: Path, quarto: int) -> None:
    """Start the process that looks, in a session of its own, which Ctrl-C does not end; nothing where Quarto cannot be
    named.
    """
    if named := process(quarto):
        subprocess.Popen(
            [sys.executable, "-m", __name__, str(project), named], env={**os.environ, "PYTHONPATH": python_path()},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip


def clear(project: Path, named: str, wait: Callable[[], None]) -> None:
    """Wait while documents are left out for the Quarto of that name; where it ends before, list them again."""
    while left_out_for(project, named):
        if not lives(named):
            widen(project)
            return
        wait()


if __name__ == "__main__":
    clear(Path(sys.argv[1]), sys.argv[2], lambda: time.sleep(LOOK))
