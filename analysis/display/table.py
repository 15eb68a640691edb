"""The neutral model of a table: what is printed where, without saying how it looks.

A maker of a table returns one :class:`Table`; HTML by great_tables (``table_gt``) or directly (``table_html``), and
Typst (``table_typst``) are written from it, so the roads cannot disagree. Everything is text that has been formatted
already: nothing here rounds, counts or sorts.

Not here: how it is written (`table_gt`, `table_html`, `table_typst`), and tables that others laid out (`laid`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from trial_report.analysis.results.formatting import MISSING

if TYPE_CHECKING:
    import pandas as pd

    from trial_report.analysis.display.laid import Laid

DASH = f"{MISSING} = not calculated."
"""The note about dashes; it is printed where a table holds one."""

Align = Literal["left", "center", "right"]

# A printed number, or the dash that stands where a value does not exist.
_NUMBER = re.compile(
    r"[<>≤≥]?\s?(?<![\w.])[-−–+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?%?(?![\w.]*\d)"
    r"|(?<![\w–])–(?![\w–])"
)


# The N of a heading, as `headed` in `book` writes it.
_SIZE = re.compile(r"\(N = ([^)]*)\)\Z")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: ``id`` is its key, ``label`` its heading (a line feed breaks the line).

    ``width`` is a relative weight; None lets the writer weigh the column by its text. Neighbouring columns
    with the same ``spanner`` share a heading above theirs. ``key`` is the results row of the N in the label, or in
    the spanner of a column that has one.
    """

    id: str
    label: str
    align: Align = "left"
    width: float | None = None
    spanner: str | None = None
    key: str = ""

    @property
    def heading(self) -> Cell:
        """The label, its N traced where it has no spanner."""
        return _headed(self.label, "" if self.spanner else self.key)

    @property
    def over(self) -> Cell:
        """The spanner, its N traced."""
        return _headed(self.spanner or "", self.key)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: finished text, and the keys of the results rows that its numbers come from.

    With as many numbers (or dashes) in the text as keys, each number is traced to its key in reading order;
    otherwise the whole text is traced to all the keys together. :meth:`of` says it explicitly.
    ``marks`` are footnote marks, printed raised; ``indent`` counts steps. ``pads`` are texts whose room is left at a
    place of the text, and which nobody sees (``table_aligned``).
    """

    text: str = ""
    keys: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    indent: int = 0
    bold: bool = False
    parts: tuple[tuple[str, str | None], ...] = ()
    pads: tuple[tuple[int, str], ...] = ()

    @classmethod
    def of(cls, *parts: str | tuple[str, str], marks: tuple[str, ...] = (), indent: int = 0,
           bold: bool = False) -> Cell:  # fmt: skip
        """Build a cell from pieces: a string is plain text, a pair ``(text, key)`` is a traced number."""
        split = tuple((p, None) if isinstance(p, str) else (p[0], p[1]) for p in parts)
        return cls(
            text="".join(text for text, _ in split),
            keys=tuple(key for _, key in split if key is not None),
            marks=marks,
            indent=indent,
            bold=bold,
            parts=split,
        )

    def pieces(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return the text in pieces, each with the keys that it is traced to (often none)."""
        if self.parts:
            return tuple((text, () if key is None else (key,)) for text, key in self.parts)
        if not self.keys:
            return ((self.text, ()),)
        return trace(self.text, self.keys)

    def padded(self) -> tuple[tuple[str, tuple[str, ...], bool], ...]:
        """As :meth:`pieces`, with the room that is left between them: a piece, its keys, and whether it is room."""
        found: list[tuple[str, tuple[str, ...], bool]] = []
        pads = list(self.pads)
        at = 0
        for text, keys in self.pieces():
            while pads and pads[0][0] < at + len(text):
                place, room = pads.pop(0)
                if place > at:
                    found.append((text[: place - at], keys, False))
                    text, at = text[place - at :], place
                found.append((room, (), True))
            found.append((text, keys, False))
            at += len(text)
        return (*found, *((room, (), True) for _, room in pads))

    @property
    def wide(self) -> str:
        """The text with the room that is left in it: what says how wide the cell is."""
        return "".join(text for text, _, _ in self.padded()) if self.pads else self.text


def trace(text: str, keys: Sequence[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Cut a text into pieces so that its numbers stand alone with their keys, in reading order."""
    found = list(_NUMBER.finditer(text))
    if len(keys) == 1 or len(found) != len(keys):
        return ((text, tuple(keys)),)
    pieces: list[tuple[str, tuple[str, ...]]] = []
    at = 0
    for match, key in zip(found, keys, strict=True):
        start = match.start() + len(match.group()) - len(match.group().lstrip())
        if start > at:
            pieces.append((text[at:start], ()))
        pieces.append((text[start : match.end()], (key,)))
        at = match.end()
    if at < len(text):
        pieces.append((text[at:], ()))
    return tuple(pieces)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of cells, one a column. Neighbouring rows with the same ``group`` stand under its heading."""

    cells: tuple[Cell, ...]
    group: str = ""


@dataclass(frozen=True, slots=True)
class Footnote:
    """What a mark in a cell or heading says."""

    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class Size:
    """The N of an analysis set as printed, and the keys of the results rows that it is, or that add up to it.

    ``by`` says by which treatment the set is shown, where that needs to be said.
    """

    label: str
    n: str
    keys: tuple[str, ...] = ()
    by: str = ""


@dataclass(frozen=True, slots=True)
class Basis:
    """What a display stands on, printed under it (see ``standing``); an empty text is not printed.

    ``prefix`` is how the keys of its results begin, ``data`` the datasets that it was made from.
    """

    sizes: tuple[Size, ...] = ()
    method: str = ""
    filter: str = ""
    prefix: str = ""
    data: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reads:
    """The records that a display shows as they are: datasets or domains, and which rows of the first, as SQL."""

    datasets: tuple[str, ...]
    filter: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A whole table. ``empty`` is what stands in place of rows when there are none.

    ``said`` are notes that hold results. ``stub`` counts the leading columns that name a row (row headings for a screen
    reader). ``looks`` is how great_tables laid it out, where it did: that is what is shown, the rest says its words.
    Raises ValueError where a row has not one cell a column, or two columns share an id.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    footnotes: tuple[Footnote, ...] = ()
    basis: Basis = field(default_factory=Basis)
    reads: Reads | None = None
    said: tuple[Cell, ...] = ()
    stub: int = 1
    empty: str = "There are no data for this display."
    looks: Laid | None = None

    def __post_init__(self) -> None:
        ids = [column.id for column in self.columns]
        if len(set(ids)) != len(ids):
            raise ValueError(f"two columns of a table share an id: {ids}")
        wrong = next((n for n, row in enumerate(self.rows, 1) if len(row.cells) != len(ids)), None)
        if wrong is not None:
            raise ValueError(f"row {wrong} has {len(self.rows[wrong - 1].cells)} cells for {len(ids)} columns")

    @classmethod
    def build(
        cls,
        columns: Sequence[Column],
        rows: Iterable[Row | Sequence[Cell | str]],
        *,
        notes: Sequence[str] = (),
        footnotes: Sequence[Footnote] = (),
        basis: Basis | None = None,
        reads: Reads | None = None,
        said: Sequence[Cell] = (),
        stub: int = 1,
        empty: str = "There are no data for this display.",
    ) -> Table:
        """Build a table from rows or plain sequences of cells; a string is a cell without trace."""
        return cls(
            tuple(columns),
            tuple(row if isinstance(row, Row) else Row(_cells(row)) for row in rows),
            tuple(notes),
            tuple(footnotes),
            basis or Basis(),
            reads,
            tuple(said),
            stub,
            empty,
        )

    @classmethod
    def from_frame(
        cls, frame: pd.DataFrame, columns: Sequence[Column], *, group: str | None = None, **rest: Any
    ) -> Table:
        """Build a listing: one row a row of the frame, columns taken by id, missing values empty.

        ``group`` names a column of the frame whose text heads neighbouring rows. Values must be finished
        text; a number is written as ``str`` gives it. Raises KeyError for a column the frame has not.
        """
        wanted = [column.id for column in columns]
        heads = frame[group].map(str).tolist() if group else [""] * len(frame)
        lists = [frame[name].astype(object).where(frame[name].notna(), "").map(str) for name in wanted]
        rows = (Row(tuple(map(Cell, texts)), head) for head, texts in zip(heads, zip(*lists, strict=True), strict=True))
        return cls.build(columns, rows, **rest)

    def keys(self) -> tuple[str, ...]:
        """Return all results keys of the table, in reading order, each once."""
        cells = [cell for row in self.rows for cell in row.cells]
        return tuple(dict.fromkeys(key for cell in (*cells, *self.said) for key in cell.keys))

    def size_keys(self) -> tuple[str, ...]:
        """Return the results keys of the N in its headings, each once."""
        return tuple(dict.fromkeys(column.key for column in self.columns if column.key))


def _headed(label: str, key: str) -> Cell:
    found = _SIZE.search(label) if key else None
    if found is None:
        return Cell(label)
    return Cell.of(label[: found.start(1)], (found[1], key), label[found.end(1) :])


def _cells(row: Sequence[Cell | str]) -> tuple[Cell, ...]:
    return tuple(cell if isinstance(cell, Cell) else Cell(cell) for cell in row)
