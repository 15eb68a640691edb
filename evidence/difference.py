"""Where two reports differ: which file, and in it which element, page, result or column.

Not here: what the difference means for a trial (`evidence.compare`), and page against PDF (`report.proof.words`).
"""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

LONGEST = 90
MOST = 10
"""Differences told of one file; how many more there are is told too."""

_ID = re.compile(r'\bid="([^"]*)"')


@dataclass(frozen=True)
class Difference:
    """One place where two files differ: the file, the place in it, and what stands there on either side."""

    file: str
    place: str
    here: str = ""
    there: str = ""

    def __str__(self) -> str:
        sides = f": {self.here or '(nothing)'} | {self.there or '(nothing)'}" if self.here or self.there else ""
        return f"{self.file}, {self.place}{sides}"


def differences(one: Path, other: Path) -> list[Difference]:
    """Return every difference between two folders, file by file; none where all bytes are the same."""
    names = {path.relative_to(root).as_posix() for root in (one, other) for path in root.rglob("*") if path.is_file()}
    found: list[Difference] = []
    for name in sorted(names):
        here, there = one / name, other / name
        if not (here.is_file() and there.is_file()):
            found.append(Difference(name, "the file is only on one side"))
        elif here.read_bytes() != there.read_bytes():
            told = list(_told(name, here, there)) or [Difference(name, "bytes that change nothing that can be read")]
            found += told[:MOST]
            if len(told) > MOST:
                found.append(Difference(name, f"and {len(told) - MOST} more places"))
    return found


def _told(name: str, here: Path, there: Path) -> Iterator[Difference]:
    match here.suffix:
        case ".html":
            yield from _html(name, here.read_text(encoding="utf-8"), there.read_text(encoding="utf-8"))
        case ".pdf":
            yield from _pdf(name, here, there)
        case ".json":
            one, other = (json.loads(path.read_text(encoding="utf-8")) for path in (here, there))
            yield from _results(name, one, other) if isinstance(one, list) else _mapping(name, one, other)
        case ".parquet":
            yield from _frame(name, pd.read_parquet(here), pd.read_parquet(there))
        case _:
            place = _first(here.read_bytes(), there.read_bytes())
            yield Difference(name, f"from byte {place + 1} on")


def _first(one: bytes | str, other: bytes | str) -> int:
    """Return the first place at which two texts differ."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def excerpt(one: str, other: str) -> tuple[str, str]:
    """Return both texts around the first place at which they differ."""
    at = max(_first(one, other) - LONGEST // 3, 0)
    return one[at : at + LONGEST].strip(), other[at : at + LONGEST].strip()


def _html(name: str, one: str, other: str) -> Iterator[Difference]:
    """Elements with an id cut the page into parts; those parts that differ are told."""
    here, there = _parts(one), _parts(other)
    for part in dict.fromkeys([*here, *there]):
        if here.get(part) != there.get(part):
            place = f"element #{part}" if part else "before the first element with an id"
            yield Difference(name, place, *excerpt(here.get(part, ""), there.get(part, "")))


def _parts(page: str) -> dict[str, str]:
    marks = [(match.start(), match.group(1)) for match in _ID.finditer(page)]
    starts = [0, *(place for place, _ in marks)]
    ends = [*(place for place, _ in marks), len(page)]
    found: dict[str, str] = {}
    for start, end, name in zip(starts, ends, ["", *(name for _, name in marks)], strict=True):
        found[name] = found.get(name, "") + page[start:end]
    return found


def _pdf(name: str, here: Path, there: Path) -> Iterator[Difference]:
    if importlib.util.find_spec("pymupdf") is None:
        yield Difference(name, "a page (which one cannot be told without pymupdf: trial-report reproduce has it)")
        return
    import pymupdf

    with pymupdf.open(here) as one, pymupdf.open(there) as other:
        if len(one) != len(other):
            yield Difference(name, "number of pages", str(len(one)), str(len(other)))
        told = False
        for place in range(min(len(one), len(other))):
            texts = [" ".join(document[place].get_text().split()) for document in (one, other)]
            if texts[0] != texts[1]:
                told = True
                yield Difference(name, f"page {place + 1}, text", *excerpt(*texts))
            elif one[place].get_pixmap(dpi=60).samples != other[place].get_pixmap(dpi=60).samples:
                told = True
                yield Difference(name, f"page {place + 1}, drawing")
        yield from _mapping(f"{name} metadata", dict(one.metadata or {}), dict(other.metadata or {}))
        if told:  # what a page is made of has moved; objects would only repeat it
            return
        count = min(one.xref_length(), other.xref_length())
        objects = ((x, one.xref_object(x), other.xref_object(x)) for x in range(1, count))
        yield from (Difference(name, f"object {x}", *excerpt(a, b)) for x, a, b in objects if a != b)


def _results(name: str, one: list[dict[str, Any]], other: list[dict[str, Any]]) -> Iterator[Difference]:
    here, there = ({row["key"]: row for row in rows} for rows in (one, other))
    for key in dict.fromkeys([*here, *there]):
        first, second = here.get(key, {}), there.get(key, {})
        for field in dict.fromkeys([*first, *second]):
            if first.get(field) != second.get(field):
                yield Difference(name, f"result {key}, {field}", str(first.get(field)), str(second.get(field)))
    if list(here) != list(there) and set(here) == set(there):
        yield Difference(name, "order of the rows")


def _mapping(name: str, one: Mapping[str, Any], other: Mapping[str, Any], above: str = "") -> Iterator[Difference]:
    for key in dict.fromkeys([*one, *other]):
        first, second = one.get(key), other.get(key)
        place = f"{above}{key}"
        if isinstance(first, dict) and isinstance(second, dict):
            yield from _mapping(name, first, second, f"{place} › ")
        elif first != second:
            yield Difference(name, place, *(str(side)[:LONGEST] for side in (first, second)))


def _frame(name: str, one: pd.DataFrame, other: pd.DataFrame) -> Iterator[Difference]:
    if len(one) != len(other):
        yield Difference(name, "number of rows", str(len(one)), str(len(other)))
        return
    for column in dict.fromkeys([*one.columns, *other.columns]):
        if column not in one or column not in other:
            yield Difference(name, f"column {column} is only on one side")
            continue
        first, second = (frame[column].astype(object).where(frame[column].notna(), None) for frame in (one, other))
        unequal = first.ne(second) & ~(first.isna() & second.isna())
        if unequal.any():
            row = int(unequal.to_numpy().argmax())
            yield Difference(name, f"column {column}, row {row + 1}", repr(first.iloc[row]), repr(second.iloc[row]))
        elif one[column].dtype != other[column].dtype:
            yield Difference(name, f"type of column {column}", str(one[column].dtype), str(other[column].dtype))
