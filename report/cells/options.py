"""What the cells of a document say of themselves in ``#|`` lines, and the numbers that their tables and figures get.

Both are read from the document's text, which stands in the build folder: a kernel is told neither where a cell stands
nor, by Quarto, what its options are.

Not here: options of the document as a whole (`report.render.document`), and numbers of the registry
(`analysis.display.registry`).
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from trial_report.analysis.display.output import is_text
from trial_report.report.cells.stamp import WORDS

if TYPE_CHECKING:
    from trial_report.analysis.display.output import Output

OPENING = re.compile(r"^(`{3,})\{python\}\s*$")
OPTION = re.compile(r"^#\|\s*([\w-]+)\s*:\s*(.*?)\s*$")
LABEL = re.compile(r"(tbl|fig)-[A-Za-z0-9][\w-]*")
KINDS = {"tbl": "table", "fig": "figure"}
_RUNNING = re.compile(r"(.*?[.-])?(\d+)$")
_HEADING = re.compile(r"^(#{1,6})\s+(?:(\d+(?:\.\d+)*)\.?\s)?")


@dataclass(frozen=True, slots=True)
class Options:
    """The options of one cell by name, the section it stands in ("12.2", or ""), and its source without them."""

    given: Mapping[str, str] = field(default_factory=dict)
    section: str = ""
    source: str = ""

    @property
    def label(self) -> str:
        """The label where it is one of a table or figure, else ""."""
        found = self.given.get("label", "")
        return found if LABEL.fullmatch(found) else ""

    @property
    def kind(self) -> str:
        """What its label says that it shows: "table", "figure" or ""."""
        return KINDS.get(self.label[:3], "")

    @property
    def caption(self) -> str:
        """Its caption."""
        return self.given.get(f"{self.label[:3]}-cap", "") if self.label else ""


def written(build: Path) -> list[Options]:
    """The cells of the document whose text stands in a build folder; none before it is there."""
    path = build / WORDS
    return list(cells(path.read_text(encoding="utf-8"))) if path.is_file() else []


def setting(words: str) -> str:
    """The value of an option, without the quotation marks that YAML may have around it."""
    try:
        found = yaml.safe_load(words)
    except yaml.YAMLError:
        return words
    return found if isinstance(found, str) else words


def cells(text: str) -> Iterator[Options]:
    """Yield the Python cells of a document in order, each with its section."""
    lines = text.split("\n")
    sections: list[str] = []
    at, fence = 0, ""
    while at < len(lines):
        line = lines[at]
        opening = OPENING.match(line)
        heading = _HEADING.match(line)
        at += 1
        if fence:
            fence = "" if line.strip() == fence else fence
        elif opening:
            end = next((n for n in range(at, len(lines)) if lines[n].rstrip() == opening[1]), len(lines))
            yield _cell(lines[at:end], next((one for one in reversed(sections) if one), ""))
            at = end + 1
        elif line.startswith("```"):
            fence = "`" * (len(line) - len(line.lstrip("`")))
        elif heading:
            sections = [*sections, *[""] * 6][: len(heading[1]) - 1] + [heading[2] or ""]


def _cell(lines: list[str], section: str) -> Options:
    given: dict[str, str] = {}
    count = 0
    for line in lines:
        found = OPTION.match(line)
        if not line.startswith("#|"):
            break
        count += 1
        if found:
            given[found[1]] = setting(found[2])
    return Options(given, section, "\n".join(lines[count:]).strip())


def numbers(found: Iterable[Options], outputs: Iterable[Output]) -> dict[str, str]:
    """Return the number of each labelled table and figure: the next of its section and kind after the registry's.

    A section that has no number of its own counts from 1, which no number of the registry is: those have points.
    """
    last: dict[tuple[str, str], int] = {}
    for output in outputs:
        for number in filter(None, (output.number, output.told)):
            section, running = _RUNNING.split(number)[1:3]
            last[output.kind, section] = max(last.get((output.kind, section), 0), int(running))
    given: dict[str, str] = {}
    for one in found:
        if one.label and one.label not in given:
            section = one.section and (
                f"{one.section.partition('.')[0]}-" if is_text(one.section) else f"{one.section}."
            )
            place = (one.kind, section)
            last[place] = last.get(place, 0) + 1
            given[one.label] = f"{section}{last[place]}"
    return given


class Running:
    """Which cell of a document runs: found by its source, as kernels are told no more of it."""

    def __init__(self, found: Iterable[Options]) -> None:
        self._waiting: dict[str, deque[Options]] = {}
        for one in found:
            self._waiting.setdefault(one.source, deque()).append(one)
        self.now: Options | None = None

    def begins(self, source: str) -> None:
        """Note that a cell begins; cells of the same source come in the order in which they stand."""
        waiting = self._waiting.get(source.strip())
        self.now = waiting.popleft() if waiting else Options(source=source)

    def ended(self) -> None:
        """Note that no cell runs: what is shown now is an inline expression."""
        self.now = None
