"""One build folder, one run of Quarto: the second that would prepare it meanwhile is refused in words.

Quarto's hooks are processes of their own, so the lock belongs to the Quarto that runs them. It holds while that process
lives; what a run that was killed has left keeps nobody out.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from trial_report.report.publish.occupied import PlaceError


def claim(owner: Path) -> None:
    """Make the Quarto that runs this hook the owner of the build folder; of its own it may be so again.

    Raises PlaceError where another lives.
    """
    me = _process(os.getppid())
    owner.parent.mkdir(parents=True, exist_ok=True)
    mine = owner.with_name(f"{owner.name}.{os.getpid()}")
    mine.write_text(me, encoding="utf-8")
    try:
        for _ in range(10):
            try:
                os.link(mine, owner)
                return
            except FileExistsError:
                pass
            held = _read(owner)
            if held == me:
                return
            if held and held == _process(int(held.split()[0])):
                raise PlaceError(
                    f"another quarto render (process {held.split()[0]}) is working in {owner.parent.parent} at this "
                    "moment: wait for it, or render in another copy of the project"
                )
            owner.unlink(missing_ok=True)
        raise PlaceError(f"{owner} cannot be taken")
    finally:
        mine.unlink(missing_ok=True)


def release(owner: Path) -> None:
    """Give the build folder back, where it is owned by the Quarto that runs this hook."""
    if _read(owner) == _process(os.getppid()):
        owner.unlink(missing_ok=True)


def _read(owner: Path) -> str:
    try:
        held = owner.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    return held if held.split() and held.split()[0].isdigit() else ""


def _process(number: int) -> str:
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
