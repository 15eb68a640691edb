"""Processes that a report starts, or is started by: where they find our modules, and what names one that lives.

Not here: how a process ends with another (`follow`).
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from trial_report.runtime.places import IMPORTS


def python_path(given: str | None = None) -> str:
    """Return a PYTHONPATH that begins with this project; then comes the one given, or that of this process."""
    after = os.environ.get("PYTHONPATH", "") if given is None else given
    return os.pathsep.join(filter(None, [str(IMPORTS), after]))


def process(number: int) -> str:
    """Return what names a process: its number and when it began, as numbers are used again; "" where there is none."""
    try:
        said = Path(f"/proc/{number}/stat").read_text(encoding="utf-8", errors="replace")
        return f"{number} {said.rpartition(')')[2].split()[19]}"
    except OSError:
        if Path("/proc/self/stat").exists():
            return ""
    listing = shutil.which("ps")
    if listing is None:  # Windows: two runs at once are not kept apart, but told apart by their stamps
        return ""
    done = subprocess.run([listing, "-o", "lstart=", "-p", str(number)], capture_output=True, text=True, check=False)
    return f"{number} {done.stdout.strip()}" if done.stdout.strip() else ""


def lives(named: str) -> bool:
    """Whether the process of that name lives."""
    number = named.split(" ", 1)[0]
    return number.isdigit() and named == process(int(number))
