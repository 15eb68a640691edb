"""Which sections of a report are volumes of their own, and where what pandoc wrote of it is cut.

Both formats are cut at the same marks (`look/volumes.lua`), so that a volume's page and its PDF say the same.

Not here: making a file of each (`binding`), and what a study's definition asks for (`schemas.study.volumes`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trial_report.report.render import DocumentError
from trial_report.report.render.finish import FIGURE, LOOK
from trial_report.schemas.study.volumes import KNOWN, Volume

LONG = 3000
"""Rows, about those of a hundred pages, from which a part of a report is a volume where nothing was asked for."""
SHORT = 300
"""Rows below which patient profiles stay with the listings."""
DRAWING = 30
"""Rows that a drawing counts as: it takes a page."""

_MARK = re.compile("(?://|<!--)\x02([^\x02]*)\x02(?:-->)?\n?")
_ROWS = re.compile(r'\sdata-rows="(\d+)"')


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a report from a mark to the next: the section that it is in, its first heading, and its text."""

    section: str
    level: int
    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Cut:
    """A report in one format: what all volumes begin with, its pieces, and what all end with."""

    before: str
    pieces: tuple[Piece, ...]
    after: str


@dataclass(frozen=True, slots=True)
class Volumes:
    """What a study asks for; None: as its length has it."""

    asked: tuple[Volume, ...] | None = None

    def sections(self) -> str:
        """Return the sections that may be volumes, as the filter is told them that sets the marks; "" for none."""
        volumes = [Volume(id=name) for name in KNOWN] if self.asked is None else self.asked
        return " ".join(section for volume in volumes for section in volume.holds)

    def options(self) -> list[str]:
        """Return the options of pandoc by which marks stand where volumes may begin, before pages are turned."""
        sections = self.sections()
        return [f"--metadata=volume-sections={sections}", f"--lua-filter={LOOK / 'volumes.lua'}"] if sections else []


def cut(text: str) -> Cut | None:
    """Return a report at its marks; None where it has none, as a document without a title page."""
    found = _MARK.split(text)
    if len(found) == 1:
        return None
    before, *rest = found
    marks = [mark.split("\t") for mark in rest[::2]]
    texts = rest[1::2]
    pieces = tuple(
        Piece(section, int(level), name, title, held)
        for (section, level, name, title), held in zip(marks[:-1], texts[:-1], strict=True)
    )
    return Cut(before, pieces, texts[-1])


def unmarked(text: str) -> str:
    """Return a report without its marks."""
    return _MARK.sub("", text)


def chosen(asked: Sequence[Volume] | None, pieces: Sequence[Piece]) -> tuple[Volume, ...]:
    """Return the volumes beside the report itself, in the order of their first sections.

    Raises DocumentError for one whose sections the report does not have.
    """
    there = list(dict.fromkeys(piece.section for piece in pieces))
    for volume in asked or ():
        if not set(volume.holds) & set(there):
            raise DocumentError(
                f"volumes.{volume.id}: the report has no section {' or '.join(volume.holds)}", "study.yml"
            )
    wanted = by_length(pieces) if asked is None else asked
    return tuple(sorted(wanted, key=lambda volume: min(there.index(one) for one in volume.holds if one in there)))


def by_length(pieces: Sequence[Piece]) -> tuple[Volume, ...]:
    """Return the volumes of a report whose study asks for none: one file, unless it is long."""
    known = [Volume(id=name) for name in KNOWN]
    sizes = dict.fromkeys(KNOWN, 0)
    for piece in pieces:
        volume = holder(piece.section, known)
        if volume:
            sizes[volume.id] += size(piece.text)
    listed = sizes["listings"] + sizes["profiles"] > LONG
    kept = {
        "tables": sizes["tables"] > LONG,
        "statistics": listed and any(piece.section in KNOWN["statistics"][1] for piece in pieces),
        "listings": listed,
        "profiles": listed and sizes["profiles"] > SHORT,
    }
    return tuple(volume for volume in known if kept[volume.id])


def would_be(volumes: Volumes, page: str) -> bool:
    """Whether a page in one file, as Quarto renders it, would be volumes here, by the numbers of its displays."""
    if volumes.asked is not None:
        return bool(volumes.asked)
    starts = [found.start() for found in FIGURE.finditer(page)]
    ends = [*starts[1:], len(page)]
    numbers = [found["number"].split(" ")[-1] for found in FIGURE.finditer(page)]
    shown = zip(numbers, starts, ends, strict=True)
    return bool(by_length([Piece(number, 1, "", "", page[start:end]) for number, start, end in shown]))


def size(page: str) -> int:
    """Return the rows of what a stretch of a page shows, a drawing counted as a page of them."""
    figures = FIGURE.findall(page)
    rows = [int(found) for found in _ROWS.findall(page)]
    return sum(rows) + DRAWING * (len(figures) - len(rows))


def holder(section: str, volumes: Iterable[Volume], without: str = "") -> Volume | None:
    """Return the volume that a section is in: that which names the most of it. None: the report itself."""
    found = [
        (len(one), volume)
        for volume in volumes
        for one in volume.holds
        if f"{section}.".startswith(f"{one}.") and one != without
    ]
    return max(found, key=lambda pair: pair[0])[1] if found else None
