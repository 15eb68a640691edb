"""Make any text safe to show: the one place where text is escaped for HTML and for Typst.

Text that came from data is data. Control, bidirectional and zero-width characters are shown as
``‹U+202E›``, so that a reader sees that they are there and no viewer obeys them; in PDF the same is done
with characters that no font of the report has. Quarto's shortcodes (``{{<``) and Markdown's back-ticks
are written as character references, so that a raw block or raw inline cannot be ended from inside.

Not here: texts for a spreadsheet (`results.spreadsheet`), and the author's Markdown (`report.cells.authored`).
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache
from pathlib import Path

from trial_report.runtime.places import CODE

_NOT_PLAIN = re.compile(r"[^\x20-\x7e\n]")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_LONG_WORDS = {size: re.compile(rf"[^\s\u200b]{{{size + 1},}}") for size in (20, 60)}
_PIECE = re.compile(r".{1,8}", re.DOTALL)
MINUS = '<span class="minus">-</span>'
"""What stands for the minus of a number in a page."""
_MINUS = re.compile(r"\u2212(?=[\d.])")
_BRACES = re.compile(r"\{(?=\{)")

FONT_FOLDER = CODE / "report" / "look" / "fonts"


def _tag(char: str) -> str:
    return f"‹U+{ord(char):04X}›"


@lru_cache(maxsize=4096)
def _seen(char: str) -> str:
    if char == "\t":
        return " "
    return _tag(char) if unicodedata.category(char) in _HIDDEN else char


@lru_cache(maxsize=4096)
def _referred(char: str) -> str:
    return f"&#x{ord(char):X};" if unicodedata.category(char) in _HIDDEN else char


@lru_cache(maxsize=1)
def _glyphs() -> frozenset[int]:
    """Code points that the PDF's two families have: Source Sans 3 and Typst's built-in DejaVu Sans Mono."""
    import matplotlib
    from matplotlib.ft2font import FT2Font

    mono = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSansMono.ttf"
    found: set[int] = set()
    for path in (FONT_FOLDER / "SourceSans3-Regular.ttf", mono):
        found |= set(FT2Font(str(path)).get_charmap())
    return frozenset(found)


@lru_cache(maxsize=4096)
def _printed(char: str) -> str:
    seen = _seen(char)
    return _tag(char) if seen == char and ord(char) not in _glyphs() else seen


def visible(text: str) -> str:
    """Return the text with every control, bidirectional, zero-width or unassigned character shown.

    Line feeds stay (they become line breaks), carriage returns before them go, tabs become spaces.
    """
    return _NOT_PLAIN.sub(lambda m: _seen(m.group()), text.replace("\r\n", "\n"))


def printable(text: str) -> str:
    """Like :func:`visible`, and a character that no font of the PDF has is shown by its code point."""
    return _NOT_PLAIN.sub(lambda m: _printed(m.group()), text.replace("\r\n", "\n"))


def html_text(text: str) -> str:
    """Escape text once for an HTML element's content; a line feed becomes ``<br>``.

    The minus of a number is a hyphen that looks like a minus: who searches types a hyphen, and so reads a program.
    """
    return _MINUS.sub(MINUS, html_attribute(text)).replace("\n", "<br>")


def html_attribute(text: str) -> str:
    """Escape text once for a double-quoted HTML attribute (and for raw HTML inside Markdown)."""
    escaped = html.escape(visible(text), quote=True).replace("`", "&#96;")
    return _BRACES.sub("&#123;", escaped)


def html_key(key: str) -> str:
    """Escape a results key for an attribute: a script reads the key as it is, hidden characters stand as references."""
    escaped = html.escape(key, quote=True).replace("`", "&#96;")
    return _BRACES.sub("&#123;", _NOT_PLAIN.sub(lambda m: _referred(m.group()), escaped))


def _split(match: re.Match[str]) -> str:
    return "\u200b".join(_PIECE.findall(match.group()))


def breakable(text: str, longest: int) -> str:
    """Give words longer than ``longest`` (20 or 60) places where a line may end, by zero-width spaces."""
    return _LONG_WORDS[longest].sub(_split, text) if len(text) > longest else text


def _literal(shown: str) -> str:
    escaped = shown.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("`", "\\u{60}")
    return '"' + _BRACES.sub(r"\\u{7b}", escaped) + '"'


def typst_string(text: str) -> str:
    r"""Return a Typst string literal: only ``\`` and ``"`` mean anything in it, so nothing in it can run.

    Back-ticks and double braces are written as ``\u{…}`` because the literal travels through Markdown.
    """
    return _literal(printable(text))


def typst_text(text: str) -> str:
    """Return a string literal for running text; words of more than 60 characters can be broken.

    The zero-width spaces are ours and come after the data's own were made visible.
    """
    return _literal(breakable(printable(text), 60))


def typst_cell(text: str) -> str:
    """Return a string literal for a table's cell; words of more than 20 characters can be broken."""
    return _literal(breakable(printable(text), 20))
