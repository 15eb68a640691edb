"""Processes that a command starts end with it, whatever ends it: ``kill -9`` too, of which nothing could tidy up.

A process that is to follow is started with `following` in its environment, and calls `follow` first (a command of ours
does: `runtime.ending`). ``python -m trial_report.runtime.alongside MODULE …`` does it for a module of somebody else's.

Not here: names of processes and where they find modules (`processes`).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence

_PARENT = "CSR_PARENT"
_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux: the system itself ends a process when its parent is gone
_LOOK = 0.5
# Becomes a program after asking the system to end it with its parent, without importing anything of ours.
_BECOME = (
    "import ctypes, os, sys; ctypes.CDLL(None).prctl(1, 9); "
    "os.getppid() == int(sys.argv[1]) or os._exit(1); os.execv(sys.argv[2], sys.argv[2:])"
)


def following() -> dict[str, str]:
    """Return the environment variables by which a process that is started now knows whom to follow."""
    return {_PARENT: str(os.getpid())}


def follow() -> None:
    """End this process when the one that started it has ended; nothing where it was not told to."""
    told = os.environ.get(_PARENT, "")
    if not told.isdigit() or os.name != "posix":
        return
    parent = int(told)
    # The system's promise holds from now on: whoever is gone already is found by looking.
    if sys.platform == "linux" and os.getppid() == parent:
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_WITH_PARENT, signal.SIGKILL)
    if not _alive(parent):
        os._exit(1)
    if sys.platform != "linux" and os.getppid() == parent:
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK)
    os._exit(1)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def tied(command: Sequence[str]) -> list[str]:
    """Return a command of another program's so that it ends with this process, where the system can do that."""
    if sys.platform != "linux":
        return list(command)
    return [sys.executable, "-S", "-E", "-c", _BECOME, str(os.getpid()), *command]
