"""Where a report is published: a folder that is replaced as a whole, so that no kill leaves half a report.

Everything is written to a hidden folder beside the target and then exchanged with it in one step of the file
system (``renameat2`` on Linux, ``renamex_np`` on macOS). Elsewhere it takes two renames; a run that was killed
between them is put right by the next.

Not here: whether something may be replaced (`occupied`), and folders for work (`runtime.private`).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from trial_report.report.publish.occupied import (
    DATA_FOLDERS,
    MANIFEST,
    PlaceError,
    check_contents,
    check_target,
    check_unlisted,
    listed,
    own_names_in,
)
from trial_report.runtime.private import locked

__all__ = ["DATA_FOLDERS", "MANIFEST", "Place", "PlaceError"]

_MARK = ".trial-report"
"""A file by which a hidden folder is known as ours; a folder of a person's that has its name is not touched."""


class Place:
    """The folder ``target`` and what belongs to it beside it: ``new`` (being built), ``old`` and a lock."""

    def __init__(self, target: Path, study: Path | None = None, document: str | None = None) -> None:
        self._given, self._study, self._document = target, study, document
        self.target = target.resolve()
        self.new, self.old, self._lock = (
            self.target.parent / f".{self.target.name}.{what}" for what in ("new", "old", "lock")
        )

    @contextlib.contextmanager
    def opened(self) -> Iterator[Path]:
        """Give the empty folder to build in, which nobody else can read; nobody builds for this target meanwhile.

        What an interrupted run left is mended first; the folder is removed at the end, published or not.
        Raises PlaceError where another run is building, or the target is no place for a report.
        """
        check_target(self._given, self._study, self._document)
        self.target.parent.mkdir(parents=True, exist_ok=True)
        with self._locked():
            self._mend()
            self._make()
            try:
                yield self.new
            finally:
                self._mend(failed=sys.exception())

    def publish(self, source: Path) -> None:
        """Put ``source``, a folder inside the opened one, in the target's place; other files there are kept.

        Raises PlaceError where the target holds by now what a new report may not replace.
        """
        ready = self.old
        check_contents(self.target, self._document)
        check_unlisted(self.target, [entry.name for entry in source.iterdir()])
        # From here to the exchange, `old` is the new report under a name that _mend knows how to read.
        if not self.target.exists():
            os.rename(source, self.target)
            return
        # Who may read the last report may read this one, and nobody else.
        shutil.copymode(self.target, source)
        os.rename(source, ready)
        if not _exchange(ready, self.target):
            spare = self.new / "before"
            os.rename(self.target, spare)
            os.rename(ready, self.target)
            os.rename(spare, ready)
        self._keep()

    def _make(self) -> None:
        self.new.mkdir(mode=0o700)
        (self.new / _MARK).touch()

    def _keep(self) -> None:
        """A person's own files beside the report move on with it."""
        if not self.target.is_dir():
            return
        kept = [entry for last in (self.new / "before", self.old) if last.is_dir() for entry in sorted(last.iterdir())]
        for entry in kept:
            ours = (*own_names_in(entry.parent), *DATA_FOLDERS)
            if entry.name not in ours and not os.path.lexists(self.target / entry.name):
                os.rename(entry, self.target / entry.name)

    def _mend(self, failed: BaseException | None = None) -> None:
        """Finish or undo what an interrupted run left: the target ends whole, the hidden folders end gone.

        Raises PlaceError where they cannot be removed or are not ours, unless something else has ``failed`` already.
        """
        try:
            self._check_ours()
            before = self.new / "before"
            if not self.target.exists() and before.is_dir():
                os.rename(before, self.target)
            self._keep()
            if self.old.is_dir():
                # Into the marked folder first: half of a report would not be known as ours any more.
                if not self.new.is_dir():
                    self._make()
                os.rename(self.old, self.new / "gone")
            _remove(self.new)
        except (OSError, PlaceError):
            if failed is None:
                raise

    def _check_ours(self) -> None:
        """Raise PlaceError where something of a person's has the name of what belongs to a target."""
        new = self.new.is_dir() and not self.new.is_symlink() and (self.new / _MARK).is_file()
        old = self.old.is_dir() and not self.old.is_symlink() and listed(self.old) is not None
        for path, ours in ((self.new, new), (self.old, old)):
            if os.path.lexists(path) and not ours and not _empty(path):
                raise PlaceError(f"{path} is in the way and was not left by this program: move it elsewhere")

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        with locked(self._lock) as ours:
            if not ours:
                raise PlaceError(f"another run is building {self.target} at this moment")
            if self._lock.exists() and os.path.getsize(self._lock):
                raise PlaceError(f"{self._lock} is in the way and was not left by this program: move it elsewhere")
            try:
                yield
            finally:
                self._lock.unlink(missing_ok=True)


def _empty(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink() and not any(path.iterdir())


def _remove(folder: Path) -> None:
    """Remove a folder with its mark last, so that what a kill leaves of it is known as ours."""
    if not folder.is_dir():
        return
    for entry in folder.iterdir():
        if entry.name == _MARK:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    (folder / _MARK).unlink(missing_ok=True)
    folder.rmdir()


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
