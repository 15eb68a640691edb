"""One build folder, one run of Quarto: the second that would prepare it meanwhile is refused in words.

Quarto's hooks are processes of their own, so the lock belongs to the Quarto that runs them. It holds while that process
lives; what a run that was killed has left keeps nobody out.

Not here: the exchange of folders (`place`), and private folders (`runtime.private`).
"""

from __future__ import annotations

import os
from pathlib import Path

from trial_report.report.publish.occupied import PlaceError
from trial_report.runtime.processes import lives, process


def claim(owner: Path) -> None:
    """Make the Quarto that runs this hook the owner of the build folder; of its own it may be so again.

    Raises PlaceError where another lives.
    """
    me = process(os.getppid())
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
            if lives(held):
                raise PlaceError(
                    f"another quarto render (process {held.split()[0]}) is working in {owner.parent.parent} at this "
                    "moment: wait for it, or render in another copy of the project"
                )
            owner.unlink(missing_ok=True)
        raise PlaceError(f"{owner} cannot be taken")
    finally:
        mine.unlink(missing_ok=True)


def working(owner: Path) -> bool:
    """Whether a Quarto that lives owns the build folder."""
    return lives(_read(owner))


def release(owner: Path) -> None:
    """Give the build folder back, where it is owned by the Quarto that runs this hook."""
    if _read(owner) == process(os.getppid()):
        owner.unlink(missing_ok=True)


def _read(owner: Path) -> str:
    try:
        held = owner.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    return held if held.split() and held.split()[0].isdigit() else ""
