"""What is asked of the results: which analysis, in whom, of what, at which visit, in which group, at which level.

The one place where the key of a results row is made: an analysis gives its rows their keys with it, and tables, figures
and sentences ask for them with it, so that nobody joins a key by hand. What stands in a row beside that is
`analysis.results.rows`.

Not here: what a row holds beside its key (`rows`), and the answers for a display (`display.book`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from trial_report.schemas.study import TOTAL

SUBJECTS = "USUBJID"
"""What is counted where nothing else is asked for."""

_IN_KEYS = {ord("/"): "∕", 0x7F: "\u2421", **{code: chr(0x2400 + code) for code in range(0x20)}}


@dataclass(frozen=True)
class Question:
    """All of a results row but its statistic; None where a part does not apply.

    `parameter` is a parameter code of the analysis datasets or a variable of SDTM or ADaM, subjects unless said
    otherwise; `group` the code of a treatment group, all subjects unless said otherwise; `level` a category, or which
    of several results of one analysis is meant, such as "DIFFERENCE".
    """

    analysis: str
    population: str | None
    parameter: str | None = SUBJECTS
    visit: str | None = None
    group: str | None = TOTAL
    level: str | None = None

    def at(self, **changes: Any) -> Question:
        """The same question but for these parts. TypeError for a part that there is not."""
        return replace(self, **changes)

    def key(self, statistic: str) -> str:
        """analysis/population/parameter/visit/group/level/statistic, "-" for a part that does not apply.

        A "/" inside a part becomes "∕" (U+2215), so that a key always has seven parts, and a control character, such as
        a line break in a term, its picture ("␊"), so that a key is always one line.
        """
        parts = (self.analysis, self.population, self.parameter, self.visit, self.group, self.level, statistic)
        return "/".join((part or "-").translate(_IN_KEYS) for part in parts)

    @classmethod
    def of_key(cls, key: str) -> Question:
        """The question that a key's row answers. ValueError for what is no key."""
        parts = key.split("/")
        if len(parts) != 7:
            raise ValueError(f"'{key}' is no key of a result: it has {len(parts)} parts, not seven")
        analysis, population, parameter, visit, group, level = (None if part == "-" else part for part in parts[:6])
        return cls(str(analysis), population, parameter, visit, group, level)


def statistic_of(key: str) -> str:
    """The statistic that a key's row holds, the last of its parts."""
    return key.rpartition("/")[2]


def beginnings(keys: Iterable[str]) -> str:
    """How keys begin: what those of one analysis share, from analysis to visit; the analyses parted by commas."""
    shared: dict[str, Sequence[str]] = {}
    for key in keys:
        parts = key.split("/")[:4]
        before = shared.get(parts[0], parts)
        same = 0
        while same < min(len(before), len(parts)) and before[same] == parts[same]:
            same += 1
        shared[parts[0]] = before[:same]
    return ", ".join("/".join(parts).rstrip("/-") for parts in shared.values())
