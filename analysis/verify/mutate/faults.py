"""The faults that are planted (`faults.yml`): where, what text is replaced by what, and what it means.

Not here: faults planted in data, which the tests of the checks have (`tests/faults`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

FILE = Path(__file__).with_name("faults.yml")


@dataclass(frozen=True)
class Fault:
    """`old` must stand exactly once in `file` (a path below analysis/); it becomes `new`, which means `meaning`."""

    name: str
    meaning: str
    file: str
    old: str
    new: str


def faults(file: Path = FILE) -> tuple[Fault, ...]:
    """The faults of the file, in its order. Raises TypeError for one with other fields than a fault has."""
    return tuple(Fault(**one) for one in yaml.safe_load(file.read_text(encoding="utf-8")))
