"""A folder of its own for work that copies a study: nobody else can read it, and it is gone afterwards.

It is not in the system's temporary place: what a run that was killed leaves there stays, patients' data with it. Here
the next run clears it.

Not here: the exchange by which a report is published (`report.publish`), and where a project is (`places`).
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from trial_report.runtime.places import project

_LOCK = ".lock"


@contextlib.contextmanager
def private(name: str) -> Iterator[Path]:
    """Give an empty folder, removed at the end; what killed runs left is removed first. Raises OSError."""
    base = _base()
    _clear(base)
    folder = base / f"{name}-{secrets.token_hex(6)}"
    lock = folder.with_name(folder.name + _LOCK)
    with locked(lock):
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            lock.unlink(missing_ok=True)


def _base() -> Path:
    """The folder that holds these folders: in the project, or where that cannot be written, among the user's caches."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    places = (project() / "_report" / ".work", Path(cache) / "trial-report")
    for place in places:
        with contextlib.suppress(OSError):
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            if os.access(place, os.W_OK | os.X_OK):
                return place
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(places[0]))


def _clear(base: Path) -> None:
    """Remove the folders whose lock nobody holds: their processes were killed."""
    for lock in base.glob(f"*{_LOCK}"):
        with locked(lock) as ours:
            if ours:
                shutil.rmtree(lock.with_name(lock.name.removesuffix(_LOCK)), ignore_errors=True)
                lock.unlink(missing_ok=True)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[bool]:
    """Whether the lock is ours, until the end of the block; the system frees it when a process ends or is killed."""
    try:
        fcntl = importlib.import_module("fcntl")
    except ImportError:  # Windows: two runs at once are not kept apart
        yield True
        return
    while True:
        with open(path, "a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                yield False
                return
            if _named(file, path):
                yield True
                return


def _named(file: IO[str], path: Path) -> bool:
    """Whether an open file still has that name: a run takes its lock file away, and then a lock keeps nobody out."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), os.stat(path))
    except FileNotFoundError:
        return False
