"""What the whole document says of a study: every cell and expression of its sections, in words."""

from __future__ import annotations

import html
import re
from functools import cache
from pathlib import Path

import pytest

from trial_report.analysis.display.book import Book
from trial_report.report import prose
from trial_report.report.cells import kit
from trial_report.report.cells.pieces import Block, Inline, Mixed
from trial_report.report.render.document import Words, read

ROOT = Path(__file__).parents[3]
KIT = ("author", "contents", "list_of", "num", "ref", "show", "show_all", "text")
DRAWN = ("prose.abbreviations()", "prose.narratives()", "prose.title()")


def plain(said: Inline | Block | Mixed) -> str:
    """The words of a sentence, without markup."""
    if isinstance(said, Mixed):
        return " ".join(part if isinstance(part, str) else plain(part) for part in said.parts)
    return html.unescape(re.sub(r"<[^>]*>", "", said.html)).replace("\u00a0", " ")


@cache
def sources() -> tuple[str, ...]:
    """The cells and inline expressions of the document, in order, but for those that draw every display."""
    found: list[str] = []
    for piece in read(ROOT / "report" / "csr.qmd", ROOT).pieces:
        found += [one for _, one in piece.expressions] if isinstance(piece, Words) else [piece.source.strip()]
    return tuple(one for one in found if not one.startswith("from ") and one not in DRAWN)


def told(book: Book) -> dict[str, str]:
    """What every cell and expression of the document says, by its source; displays are only looked up."""

    def looked_up(name: str) -> Block:
        return Block(f"[{kit.output(name).id}]", "")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(kit, "book", lambda: book)
        patched.setattr(kit, "build_folder", lambda: book.folder)  # not a build left in the folder
        patched.setattr(kit, "_shown", {})
        patched.setattr(kit, "_whole", looked_up)
        for module in (kit, prose.plan, prose.escalated, prose.words):
            patched.setattr(module, "show", looked_up)
        places: dict[str, object] = {name: getattr(kit, name) for name in KIT}
        places |= {"prose": prose, "study": book.study}
        return {one: plain(eval(one, dict(places))) for one in sources()}  # noqa: S307 - the report's own cells
