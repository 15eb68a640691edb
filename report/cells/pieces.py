"""What document cells return: HTML and Typst side by side, as Markdown that no renderer can misread.

Not here: escaping of text (`analysis.display.escape`), and what makes pieces (`kit`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import overload

from trial_report.analysis.display.escape import html_attribute, html_text, typst_string, typst_text

_TICKS = re.compile(r"`+")


class KitError(Exception):
    """A document asks for something that is not there, or not allowed; the message is for its author."""


def _fence(content: str, least: int) -> str:
    longest = max((len(run) for run in _TICKS.findall(content)), default=0)
    return "`" * max(least, longest + 1)


def raw(html: str, typst: str) -> str:
    """Return raw inline HTML beside raw inline Typst, as Markdown."""
    one, other = _fence(html, 1), _fence(typst, 1)
    return f"{one}{html}{one}{{=html}}{other}{typst}{other}{{=typst}}"


class _Piece:
    """What a cell may return. It is no string: as one it would lose its trace."""

    __slots__ = ()

    def __str__(self) -> str:
        raise KitError(
            "what is made into a string loses its trace: join pieces with + or trial_report.report.cells.kit.join"
        )

    def __format__(self, spec: str) -> str:
        return str(self)

    def __repr__(self) -> str:
        return f"<report {type(self).__name__.lower()}>"


@dataclass(frozen=True, slots=True, repr=False)
class Inline(_Piece):
    """A piece of a sentence. ``+`` joins pieces; a string joined to one is shown as text."""

    html: str
    typst: str

    def __add__(self, other: Inline | str) -> Inline:
        more = other if isinstance(other, Inline) else _plain(other)
        return Inline(self.html + more.html, self.typst + more.typst)

    def __radd__(self, other: str) -> Inline:
        return _plain(other) + self

    def _repr_markdown_(self) -> str:
        return raw(self.html, self.typst)


@dataclass(frozen=True, slots=True, repr=False)
class Block(_Piece):
    """Blocks of a document. ``+`` puts one after the other."""

    html: str
    typst: str

    @overload
    def __add__(self, other: Block) -> Block: ...
    @overload
    def __add__(self, other: Mixed) -> Mixed: ...
    def __add__(self, other: Block | Mixed) -> Block | Mixed:
        if isinstance(other, Mixed):
            return Mixed((self, *other.parts))
        return Block(f"{self.html}\n{other.html}".strip(), f"{self.typst}\n\n{other.typst}".strip())

    def _repr_markdown_(self) -> str:
        parts = [("html", self.html), ("typst", self.typst)]
        fenced = [(_fence(content, 3), name, content) for name, content in parts if content]
        return "\n\n".join(f"{fence}{{={name}}}\n{content}\n{fence}" for fence, name, content in fenced)


@dataclass(frozen=True, slots=True, repr=False)
class Mixed(_Piece):
    """Blocks among which are the author's words, whose structure and citations pandoc sets."""

    parts: tuple[Block | str, ...]

    def __add__(self, other: Block | Mixed) -> Mixed:
        return Mixed((*self.parts, *(other.parts if isinstance(other, Mixed) else (other,))))

    def _repr_markdown_(self) -> str:
        return "\n\n".join(part if isinstance(part, str) else part._repr_markdown_() for part in self.parts)


def _plain(words: str) -> Inline:
    return Inline(html_text(words), f"#{typst_text(words)};")


def joined(items: Sequence[Inline | str], last: str, between: str) -> Inline:
    """Return items one after the other with separators; strings are shown as text."""
    whole = Inline("", "")
    for place, item in enumerate(items):
        if place:
            whole = whole + (last if place == len(items) - 1 else between)
        whole = whole + item
    return whole


def array(expressions: Iterable[str]) -> str:
    """Return a Typst array of expressions, right also with one or none."""
    return "(" + "".join(f"{expression}, " for expression in expressions).rstrip(" ") + ")"


def paragraph(words: str) -> Block:
    """Return text as a paragraph."""
    return Block(f"<p>{html_text(words)}</p>", f"#par({typst_text(words)})")


def small(words: str) -> Block:
    """Return text as a note below what it is about."""
    return Block(f'<p class="note">{html_text(words)}</p>', f"#csr-note({typst_text(words)})")


def heading(level: int, words: str, name: str) -> Block:
    """Return a heading, numbered in its words as all headings are, that the contents show and links reach by `name`."""
    html = f'<h{level} id="{html_attribute(name)}">{html_text(words)}</h{level}>'
    return Block(html, f"#heading(level: {level}, {typst_string(words)})#label({typst_string(name)})")


def together(blocks: Iterable[Block]) -> Block:
    """Return blocks as one, in order."""
    held = list(blocks)
    return Block("\n".join(block.html for block in held), "\n\n".join(block.typst for block in held))
