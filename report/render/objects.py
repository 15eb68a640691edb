"""The objects of a PDF as Typst writes them, plain or packed; and packed, which makes the file a fraction as large.

Typst leaves the tags by which a PDF is read aloud as plain text, which is two thirds of a report's bytes. Objects in
compressed streams (PDF 1.7, 7.5.7 and 7.5.8) are what PDF/A-2 allows as well. Nothing that they say is changed.

Not here: the words of a PDF (`report.proof.pdf`), and links (`beside`).
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable
from itertools import pairwise

import pyarrow as pa

TOGETHER = 200
"""Objects in one stream: a viewer unpacks all of them to read one."""
_LEVEL = 6
_SECTION = re.compile(rb"xref\s+(\d+) (\d+)\s+")
_HEAD = re.compile(rb"\s*\d+ \d+ obj\s*")
_KEPT = re.compile(rb"/(?:Root \d+ \d+ R|Info \d+ \d+ R|ID\s*\[[^\]]*\])")
_WIDTHS = re.compile(rb"/W\s*\[\s*1\s+4\s+4\s*\]")
_END = b"\nstartxref\n%d\n%%%%EOF"
_ENTRY = struct.Struct(">BII")
_FREE, _PLAIN, _PACKED = range(3)

Change = Callable[[int, bytes], bytes]


class Objects:
    """The objects of a file by the table at its end: what `compact` writes, or what Typst does.

    Raises LookupError, ValueError or zlib.error for what neither has written.
    """

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.places: dict[int, int] = {}
        self.inside: dict[int, tuple[int, int]] = {}
        """Of packed objects: the number of the stream that each is in, and which one it is there."""
        self._unpacked: dict[int, list[bytes]] = {}
        at = int(content[content.rindex(b"startxref") + 9 :].split()[0])
        head = _SECTION.match(content, at)
        if head:
            self._plain(head)
        else:
            self._packed(at)
        # An object ends where the next one begins, whatever a text in it says.
        self._ends = dict(pairwise([*sorted(place for place in self.places.values() if place != at), at]))
        if not head:
            self._ends[at] = content.rindex(b"startxref")

    def _plain(self, head: re.Match[bytes]) -> None:
        first, count = int(head.group(1)), int(head.group(2))
        start = head.end()
        for number in range(count):
            entry = self.content[start + 20 * number : start + 20 * number + 20]
            if entry[17:18] == b"n":
                self.places[first + number] = int(entry[:10])
        self.trailer = self.content[start + 20 * count :]

    def _packed(self, at: int) -> None:
        self.trailer = self.content[at : self.content.index(b"stream", at)]
        if b"/XRef" not in self.trailer or not _WIDTHS.search(self.trailer):
            raise ValueError("there is no table of objects that is known here")
        table = _unpacked(self.content, at)
        if len(table) % _ENTRY.size:
            raise ValueError("the table of objects is cut off")
        for number, (kind, one, other) in enumerate(_ENTRY.iter_unpack(table)):
            if kind == _PLAIN:
                self.places[number] = one
            elif kind == _PACKED:
                self.inside[number] = (one, other)

    @property
    def numbers(self) -> list[int]:
        """The numbers of all objects."""
        return sorted([*self.places, *self.inside])

    def body(self, number: int) -> bytes:
        """Return all that an object that is not packed says, its stream included."""
        start = self.places[number]
        head = _HEAD.match(self.content, start)
        body = self.content[head.end() if head else start : self._ends[start]].rstrip()
        if head is None or not body.endswith(b"endobj"):
            raise ValueError(f"object {number} is not where the table says")
        return body.removesuffix(b"endobj").rstrip()

    def held(self, number: int) -> bytes:
        """Return what an object says, without its stream."""
        if number in self.inside:
            stream, place = self.inside[number]
            return self._streamed(stream)[place]
        body = self.body(number)
        return body[: body.index(b"stream")] if body.endswith(b"endstream") else body

    def stream(self, number: int) -> bytes:
        """Return an object's stream."""
        return _unpacked(self.content, self.places[number])

    def _streamed(self, number: int) -> list[bytes]:
        """Return the objects that a stream holds."""
        if number in self._unpacked:
            return self._unpacked[number]
        head = self.content[self.places[number] : self.content.index(b"stream", self.places[number])]
        first = int(_entry(head, b"First"))
        held = self.stream(number)
        starts = [int(one) for one in held[:first].split()[1::2]]
        objects = [held[first + start : first + end] for start, end in pairwise([*starts, len(held) - first])]
        self._unpacked[number] = objects
        return objects

    @staticmethod
    def reference(held: bytes, name: bytes) -> int:
        """Return the number of the object that an entry names. Raises LookupError where there is no such entry."""
        found = re.search(rb"/" + name + rb"\s+(\d+) \d+ R", held)
        if not found:
            raise LookupError(f"there is no {name.decode()}")
        return int(found.group(1))


def compact(pdf: bytes, change: Change | None = None) -> bytes:
    """Return a PDF of Typst with its objects in compressed streams, each as ``change`` returns it.

    The same PDF gives the same bytes. One that is packed already, or is not as Typst writes it, raises ValueError.
    """
    file = Objects(pdf)
    if file.inside:
        raise ValueError("its objects are packed already")
    kept: list[tuple[int, bytes]] = []
    plain: list[tuple[int, bytes]] = []
    for number in sorted(file.places, key=file.places.__getitem__):
        body = file.body(number)
        if body.endswith(b"endstream"):
            kept.append((number, body))
        else:
            plain.append((number, change(number, body) if change else body))
    last = max(file.places)
    header = pdf[: min(file.places.values())]
    parts, table = [header], {0: _ENTRY.pack(_FREE, 0, 65535)}
    at = len(header)

    def put(number: int, body: bytes) -> None:
        nonlocal at
        table[number] = _ENTRY.pack(_PLAIN, at, 0)
        parts.append(b"%d 0 obj\n%b\nendobj\n" % (number, body))
        at += len(parts[-1])

    for number, body in kept:
        put(number, body)
    for start in range(0, len(plain), TOGETHER):
        last += 1
        group = plain[start : start + TOGETHER]
        for place, (number, _) in enumerate(group):
            table[number] = _ENTRY.pack(_PACKED, last, place)
        put(last, _together(group))
    last += 1
    table[last] = _ENTRY.pack(_PLAIN, at, 0)
    free = _ENTRY.pack(_FREE, 0, 65535)
    packed = _deflated(b"".join(table.get(number, free) for number in range(last + 1)))
    said = b"".join(found.group() for found in _KEPT.finditer(file.trailer))
    about = b"<</Type/XRef/Size %d/W[1 4 4]%b/Filter/FlateDecode/Length %d>>" % (last + 1, said, len(packed))
    parts.append(b"%d 0 obj\n%b\nstream\n%b\nendstream\nendobj" % (last, about, packed))
    return b"".join([*parts, _END % at])


def _together(group: list[tuple[int, bytes]]) -> bytes:
    """Return objects as one stream: where each begins, then one after the other."""
    starts, at = [], 0
    for number, body in group:
        starts.append(b"%d %d" % (number, at))
        at += len(body) + 1
    head = b" ".join(starts) + b"\n"
    packed = _deflated(head + b"\n".join(body for _, body in group))
    about = b"<</Type/ObjStm/N %d/First %d/Filter/FlateDecode/Length %d>>" % (len(group), len(head), len(packed))
    return b"%b\nstream\n%b\nendstream" % (about, packed)


def _deflated(held: bytes) -> bytes:
    """Return bytes compressed as PDF has it, the same on every machine: pyarrow brings its compression along."""
    small = pa.Codec("gzip", compression_level=_LEVEL).compress(held, asbytes=True)
    return b"\x78\xda" + small[10:-8] + zlib.adler32(held).to_bytes(4, "big")


def _unpacked(content: bytes, start: int) -> bytes:
    """Return the stream of the object that begins there."""
    begins = content.index(b"stream", start)
    head = content[start:begins]
    begins += 8 if content[begins + 6 : begins + 8] == b"\r\n" else 7
    found = content[begins : begins + int(_entry(head, b"Length"))]
    return zlib.decompress(found) if b"FlateDecode" in head else found


def _entry(head: bytes, name: bytes) -> bytes:
    found = re.search(rb"/" + name + rb"\s+(\d+)", head)
    if not found:
        raise ValueError(f"an object has no {name.decode().lower()}")
    return found.group(1)
