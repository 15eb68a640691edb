"""The structure of a delimited text file: its lines, records, fields and quotes, before any value is looked at.

Everything is found by scanning the bytes as arrays, so that a large file costs little more than reading it, and every
record keeps the physical line on which it begins, line breaks inside quotes included.

Not here: values and their columns (`delimited`, `typed`).
"""

from __future__ import annotations

import codecs
import csv
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Positions = npt.NDArray[np.int64]

MOST_COLUMNS = 3000
"""No domain of SDTM has a twentieth of them: more are a table turned on its side, or a broken export."""

_QUOTE, _NEWLINE = ord('"'), ord("\n")
_BLOCK = 1 << 22
_DELIMITERS = (",", ";", "\t", "|")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class Flaw:
    """Something wrong with the file itself: the check's number within FILE, the line, what was found and expected."""

    check: str
    line: int | None
    value: str = ""
    expected: str = ""


@dataclass
class Structure:
    """A file taken apart: header, body that a parser can read as it is, and the line of each record of the body.

    `broken` marks records that did not have the header's number of fields, or whose quotes do not pair; they were cut
    or padded so that the others can still be read. `readable` is False when nothing of the file can be used.
    """

    header: list[str] = field(default_factory=list)
    delimiter: str = ","
    body: bytes | memoryview = b""
    lines: Positions = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    broken: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))
    multiline: bool = False
    longest: int = 0
    flaws: list[Flaw] = field(default_factory=list)
    readable: bool = True


def _unreadable(*flaws: Flaw) -> Structure:
    return Structure(flaws=list(flaws), readable=False)


def _line_at(data: bytes, offset: int) -> int:
    before = data[:offset]
    return before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n") + 1


def _refused_bytes(data: bytes) -> list[Flaw]:
    if data.startswith(_UTF16):
        return [Flaw("003", 1, "UTF-16 byte order mark at byte offset 0", "UTF-8")]
    nul = data.find(b"\0")
    if nul >= 0:
        count = data.count(b"\0")
        return [Flaw("004", _line_at(data, nul), f"NUL at byte offset {nul} ({count} in the file)", "text")]
    if _is_utf8(data):
        return []
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        found = f"byte 0x{data[error.start]:02X} at byte offset {error.start}"
        return [Flaw("003", _line_at(data, error.start), found, "UTF-8")]
    return []


def _is_utf8(data: bytes) -> bool:
    """Whether Arrow takes the bytes for UTF-8: it looks at them where they are, without making a text of them."""
    ends = pa.py_buffer(np.array([0, len(data)], dtype=np.int64))
    try:
        pa.Array.from_buffers(pa.large_string(), 1, [None, ends, pa.py_buffer(data)]).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def take_apart(data: bytes) -> Structure:
    """The structure of a file's bytes; whatever is wrong with it is listed in `flaws`. Never raises for content."""
    start = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
    if not data[start : start + 4096].strip() and not data[start:].strip():
        return _unreadable(Flaw("002", None, f"{len(data)} bytes", "a header line and records"))
    flaws = _refused_bytes(data)
    if flaws:
        return _unreadable(*flaws)
    data = data[start:]
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if not data.endswith(b"\n"):
        data += b"\n"
    return _records(data)


def _quote_faults(array: npt.NDArray[np.uint8], quotes: Positions, ordinal: Positions, delimiter: int) -> Positions:
    """Quotes that neither open a field at its beginning nor close it at its end (a doubled quote does both)."""
    before = np.where(quotes > 0, array[quotes - 1], _NEWLINE)
    after = array[np.minimum(quotes + 1, len(array) - 1)]
    opens = ordinal % 2 == 0
    previous_is_quote = (before == _QUOTE) & (quotes > 0)
    good_open = (before == delimiter) | (before == _NEWLINE) | (previous_is_quote & (ordinal > 0))
    good_close = (after == delimiter) | (after == _NEWLINE) | (after == _QUOTE)
    return quotes[np.where(opens, ~good_open, ~good_close)]


def _header_delimiter(data: bytes) -> str:
    first = data[: data.find(b"\n")]
    outside = b"".join(first.split(b'"')[::2])
    counts = [outside.count(mark.encode()) for mark in _DELIMITERS]
    return _DELIMITERS[counts.index(max(counts))]


def _records(data: bytes) -> Structure:
    delimiter = _header_delimiter(data)
    mark = ord(delimiter)
    array = np.frombuffer(data, dtype=np.uint8)
    structure = Structure(delimiter=delimiter)
    if delimiter != ",":
        name = "a tab" if delimiter == "\t" else f"'{delimiter}'"
        structure.flaws.append(Flaw("005", 1, name, "',' between fields"))

    scanned = _scanned(array, mark, quoted=b'"' in data)
    if scanned is not None:
        newlines, ends, separators = scanned
        structure.multiline = len(ends) != len(newlines)
        return _fields(data, newlines, ends, separators + 1, np.zeros(0, dtype=bool), structure)
    newlines, marks = np.flatnonzero(array == _NEWLINE), array == mark
    bad_lines = _line_by_line(array, newlines, np.flatnonzero(array == _QUOTE), marks)
    starts = np.concatenate([[0], newlines[:-1] + 1])
    return _fields(data, newlines, newlines, np.add.reduceat(marks, starts, dtype=np.int64) + 1, bad_lines, structure)


def _scanned(
    array: npt.NDArray[np.uint8], delimiter: int, quoted: bool
) -> tuple[Positions, Positions, Positions] | None:
    """Line breaks, those of them that end a record, and how many separators each record has.

    None where a quote does not close, or stands neither at a field's beginning nor at its end. Block by block: the
    marks of a large file would need several times its room, and memory that is touched first costs more than work.
    """
    beside = np.zeros(256, dtype=bool)
    beside[[delimiter, _NEWLINE, _QUOTE]] = True
    newlines, ends, separators = [], [], [np.zeros(1, dtype=np.int64)]
    inside, passed = np.uint8(0), 0
    for start in range(0, len(array), _BLOCK):
        part = array[start : start + _BLOCK]
        marks, breaks = part == delimiter, np.flatnonzero(part == _NEWLINE)
        closing = breaks
        if quoted:
            quote = part == _QUOTE
            within = np.bitwise_xor.accumulate(quote.view(np.uint8)) ^ inside
            quotes = np.flatnonzero(quote)
            before = array[np.maximum(quotes + start - 1, 0)]
            after = array[np.minimum(quotes + start + 1, len(array) - 1)]
            if not beside[np.where(within[quotes] == 1, before, after)].all():
                return None
            marks &= within == 0
            closing = breaks[within[breaks] == 0]
            inside = within[-1]
        places = np.flatnonzero(marks)
        newlines.append(breaks + start)
        ends.append(closing + start)
        separators.append(np.searchsorted(places, closing) + passed)
        passed += len(places)
    if inside:
        return None
    passed_at = np.concatenate(separators)
    return np.concatenate(newlines), np.concatenate(ends), passed_at[1:] - passed_at[:-1]


def _line_by_line(
    array: npt.NDArray[np.uint8], newlines: Positions, quotes: Positions, marks: npt.NDArray[np.bool_]
) -> Positions:
    """The lines whose quotes are wrong by themselves; separators inside quotes are taken out of `marks`.

    Quotes that do not pair make every later line break doubtful. Judged line by line, only the lines that are wrong
    by themselves are lost.
    """
    line_of = np.searchsorted(newlines, quotes)
    ordinal = np.arange(len(quotes)) - np.searchsorted(line_of, line_of)
    unpaired = np.flatnonzero(np.bincount(line_of, minlength=len(newlines)) % 2)
    separator = int(array[np.flatnonzero(marks)[0]]) if marks.any() else ord(",")
    faults = _quote_faults(array, quotes, ordinal, separator)
    places = np.flatnonzero(marks)
    last = np.maximum(np.searchsorted(quotes, places) - 1, 0)
    same_line = line_of[last] == np.searchsorted(newlines, places)
    marks[places[same_line & (quotes[last] < places) & (ordinal[last] % 2 == 0)]] = False
    return np.union1d(unpaired, np.searchsorted(newlines, faults))


def _fields(
    data: bytes,
    newlines: Positions,
    ends: Positions,
    counts: Positions,
    bad_lines: Positions,
    structure: Structure,
) -> Structure:
    starts = np.concatenate([[0], ends[:-1] + 1])
    lines = np.searchsorted(newlines, starts) + 1

    width = int(counts[0])
    if width > MOST_COLUMNS:
        structure.flaws = [Flaw("011", 1, f"{width} columns", f"at most {MOST_COLUMNS}, of one SDTM domain")]
        structure.readable = False
        return structure
    structure.header = _split(data[: ends[0]], structure.delimiter)
    malformed = np.isin(np.searchsorted(newlines, ends), bad_lines)
    for line in lines[malformed].tolist():
        structure.flaws.append(Flaw("007", int(line), "", "a quote only around a whole field, doubled inside"))
    if malformed[0]:
        structure.readable = False
        return structure

    blank = (ends == starts) & (width > 1)
    last_filled = int(np.flatnonzero(~blank)[-1])
    structure.flaws += [
        Flaw("010", int(lines[row]), "an empty line", "a record") for row in np.flatnonzero(blank[: last_filled + 1])
    ]
    ragged = (counts != width) & ~blank & ~malformed
    structure.flaws += [
        Flaw("006", int(lines[row]), f"{counts[row]} fields", f"{width} fields, as in the header")
        for row in np.flatnonzero(ragged)
    ]
    broken = ragged | malformed
    kept = ~blank
    kept[0] = False
    structure.lines, structure.broken = lines[kept], broken[kept]
    structure.longest = int((ends - starts).max())
    structure.body = _mended(data, starts, ends, broken, blank, width, structure.delimiter)
    return structure


def _mended(
    data: bytes,
    starts: Positions,
    ends: Positions,
    broken: npt.NDArray[np.bool_],
    blank: npt.NDArray[np.bool_],
    width: int,
    delimiter: str,
) -> bytes | memoryview:
    """The records after the header, broken ones cut or padded to the header's width, and empty lines left out."""
    odd = np.flatnonzero(broken | blank)
    if not len(odd):
        return memoryview(data)[ends[0] + 1 :]
    pieces, position = [], int(ends[0]) + 1
    for row in odd.tolist():
        begin, end = int(starts[row]), int(ends[row])
        pieces.append(data[position:begin])
        if broken[row]:
            fields = _split(data[begin:end].replace(b"\n", b" "), delimiter)
            fields = (fields + [""] * width)[:width]
            quoted = ('"' + text.replace('"', '""') + '"' if text else "" for text in fields)
            pieces.append((delimiter.join(quoted) + "\n").encode("utf-8"))
        position = end + 1
    pieces.append(data[position:])
    return b"".join(pieces)


def _split(record: bytes, delimiter: str) -> list[str]:
    text = record.decode("utf-8")
    # The csv module refuses fields beyond its limit, which a hostile header could reach.
    if len(text) > csv.field_size_limit():
        return text.split(delimiter)
    return next(csv.reader([text], delimiter=delimiter), [""])
