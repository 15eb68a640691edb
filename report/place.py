"""Where a report is published: a folder that is replaced as a whole, so that no kill leaves half a report.

Everything is written to a hidden folder beside the target and then exchanged with it in one step of the file
system (``renameat2`` on Linux, ``renamex_np`` on macOS). Elsewhere it takes two renames; a run that was killed
between them is put right by the next.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

MANIFEST = "manifest.json"
OUTPUTS = ("csr.html", "csr.pdf", "results.json", MANIFEST)
DATA_FOLDERS = ("datasets", "domains")

# What validation may have written there before the first report.
FINDINGS = {f"data-issues.{suffix}" for suffix in ("csv", "html", "json")}


class PlaceError(Exception):
    """The report cannot be published there; the message says why and what to do."""


class Place:
    """The folder ``target`` and what belongs to it beside it: ``new`` (being built), ``old`` and a lock."""

    def __init__(self, target: Path) -> None:
        self.target = target.resolve()
        self.new = self.target.with_name(f".{self.target.name}.new")
        self.old = self.target.with_name(f".{self.target.name}.old")
        self._lock = self.target.with_name(f".{self.target.name}.lock")

    @contextlib.contextmanager
    def opened(self) -> Iterator[Path]:
        """Give the empty folder to build in; nobody else builds for this target meanwhile.

        What an interrupted run left is mended first; the folder is removed at the end, published or not.
        Raises PlaceError where another run is building, or the target holds what is not a report.
        """
        self._check()
        self.target.parent.mkdir(parents=True, exist_ok=True)
        with self._locked():
            self._mend()
            self.new.mkdir()
            try:
                yield self.new
            finally:
                self._mend()

    def publish(self, source: Path) -> None:
        """Put ``source``, a folder inside the opened one, in the target's place; other files there are kept."""
        ready = self.new.with_name(self.old.name)
        # From here to the exchange, `old` is the new report under a name that _mend knows how to read.
        if not self.target.exists():
            os.rename(source, self.target)
            return
        os.rename(source, ready)
        if not _exchange(ready, self.target):
            spare = self.new / "before"
            os.rename(self.target, spare)
            os.rename(ready, self.target)
            os.rename(spare, ready)
        self._mend()

    def _check(self) -> None:
        if self.target.is_symlink() or (self.target.exists() and not self.target.is_dir()):
            raise PlaceError(f"{self.target} is not a folder; choose another with --out")
        held = {entry.name for entry in self.target.iterdir()} if self.target.is_dir() else set()
        if held - FINDINGS and MANIFEST not in held:
            raise PlaceError(f"{self.target} holds files but no report; choose an empty or new folder with --out")

    def _mend(self) -> None:
        """Finish or undo what an interrupted run left: the target ends whole, the hidden folders end gone."""
        before = self.new / "before"
        if not self.target.exists() and before.is_dir():
            os.rename(before, self.target)
        if self.target.is_dir():
            # A person's own files beside the report move on with it.
            kept = [entry for last in (before, self.old) if last.is_dir() for entry in sorted(last.iterdir())]
            for entry in kept:
                if entry.name not in (*OUTPUTS, *DATA_FOLDERS) and not (self.target / entry.name).exists():
                    os.rename(entry, self.target / entry.name)
        shutil.rmtree(self.old, ignore_errors=True)
        shutil.rmtree(self.new, ignore_errors=True)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            fcntl = importlib.import_module("fcntl")
        except ImportError:  # Windows: two runs at once are not kept apart
            yield
            return
        with _held(self._lock, fcntl) as locked:
            if not locked:
                raise PlaceError(f"another run is building {self.target} at this moment")
            try:
                yield
            finally:
                self._lock.unlink(missing_ok=True)


@contextlib.contextmanager
def _held(path: Path, fcntl: ModuleType) -> Iterator[bool]:
    """Whether the lock is ours, until the end of the block; the system frees it when a process ends or is killed."""
    while True:
        with open(path, "w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                yield False
                return
            # The run before takes its lock file away: a lock on what has no name any more keeps nobody out.
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(file.fileno()), os.stat(path)):
                    yield True
                    return


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False where the system cannot."""
    first, second = os.fsencode(one), os.fsencode(other)
    with contextlib.suppress(OSError, AttributeError):
        library = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "linux":
            return bool(library.renameat2(-100, first, -100, second, 2) == 0)
        if sys.platform == "darwin":
            return bool(library.renamex_np(first, second, 2) == 0)
    return False
