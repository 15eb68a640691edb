"""The installation check: installed versions against the lock, and every installed file against its own hash.

Not here: installing, and what the machine lacks for a run (`runtime.ending`).
"""

from __future__ import annotations

import base64
import csv
import hashlib
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from trial_report.evidence.reproduce import canonical, locked


@dataclass(frozen=True)
class Package:
    """A package of the lock: version locked and installed, and how many of its files were checked, and are altered."""

    name: str
    locked: str
    installed: str
    files: int
    altered: tuple[str, ...]

    @property
    def state(self) -> str:
        """Good, or what is wrong."""
        if not self.installed:
            return "NOT INSTALLED"
        if self.installed != self.locked:
            return "OTHER VERSION"
        return "FILES ALTERED" if self.altered else "good"

    @property
    def good(self) -> bool:
        """Whether nothing speaks against it."""
        return self.state == "good"


def check_installation() -> list[Package]:
    """Return every package that the report's lock names for this Python and system, as it is installed here."""
    installed = {canonical(str(one.metadata["Name"])): one for one in metadata.distributions() if one.metadata["Name"]}
    found = []
    for name, version in sorted(locked().items()):
        one = installed.get(name)
        if one is None:
            found.append(Package(name, version, "", 0, ()))
            continue
        checked, altered = check_files(one)
        found.append(Package(name, version, one.version, checked, tuple(altered)))
    return found


def check_files(package: metadata.Distribution) -> tuple[int, list[str]]:
    """Return how many files of a package have a hash in its RECORD, and those that differ from it or are gone."""
    checked, altered = 0, []
    # RECORD itself: from Python 3.12 on, the list of files that importlib gives leaves out those that are gone.
    for name, held, *_ in csv.reader((package.read_text("RECORD") or "").splitlines()):
        mode, _, value = held.partition("=")
        if mode != "sha256":
            continue
        checked += 1
        path = Path(str(package.locate_file(name)))
        if not path.is_file():
            altered.append(f"{name} is gone")
            continue
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii") != value:
            altered.append(f"{name} differs")
    return checked, altered
