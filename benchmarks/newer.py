"""What the checks that came later cost, beside those that were there before them, on a table of a million findings.

`earlier.txt` holds the ids of the checks before results were held against their own distribution, terms against the
codelists of CDISC, and subjects against each other. Both runs type nothing: they begin with the same typed table.

Not here: the same checks written by hand (`direct`), and whether a check finds what it is for (`tests/faults`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.validation import DOMAIN, ROWS, made, seconds
from trial_report.analysis.read.delimited import RawTable
from trial_report.analysis.read.study import RawFile, assemble
from trial_report.schemas.checks import check_all
from trial_report.schemas.checks.registry import CHECKS
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.problems import Problems
from trial_report.schemas.study import StudyDefinition

#: The newer checks may cost this many times what the earlier ones cost.
NEWER_BOUND = 1.5


@dataclass(frozen=True)
class Newer:
    """Seconds of the processor of the earlier checks alone and of all, and how many checks each are."""

    earlier: float
    whole: float
    checks: tuple[int, int]

    @property
    def ratio(self) -> float:
        """What the newer checks add, over what the earlier ones cost."""
        return (self.whole - self.earlier) / self.earlier


def earlier() -> frozenset[str]:
    """Ids of the earlier checks. ValueError where one of them is a check no more."""
    known = frozenset((Path(__file__).parent / "earlier.txt").read_text(encoding="utf-8").split())
    if gone := sorted(known - CHECKS.keys()):
        raise ValueError(f"benchmarks/earlier.txt names checks that are none: {', '.join(gone)}")
    return known


def newer(study: Path, definition: StudyDefinition, rows: int = ROWS, each: int = 50, times: int = 3) -> Newer:
    """Both by turns; the fastest of each counts."""
    table, _ = made(study, definition, rows, each)
    raw = RawTable(table, np.arange(2, len(table) + 2), np.zeros(len(table), dtype=bool))

    def typed() -> Domains:
        return assemble([RawFile(f"{DOMAIN.lower()}.csv", DOMAIN, raw)], definition, Problems())

    def cost(only: Collection[str] | None) -> float:
        domains = typed()
        return seconds(lambda: check_all(domains, definition, only))

    known = earlier()
    by_turns = [(cost(known), cost(None)) for _ in range(times)]
    before, whole = (min(each) for each in zip(*by_turns, strict=True))
    return Newer(before, whole, (len(known), len(CHECKS)))
