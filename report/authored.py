"""The author's texts: a written subset of Markdown, checked line by line, with traced numbers.

Allowed: paragraphs, `##` to `####` headings (run in, not numbered), bulleted and numbered lists, block quotes,
**bold**, *italic*, `code`, links to https, http, mailto or a heading of the report, back-slash escapes, a hard
line break, and ``[[results key]]``. Anything that could run, or that only one renderer knows, is refused with
file and line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from analysis.display.escape import html_attribute, html_text, typst_string, typst_text
from report.pieces import Block, Inline, KitError

_KEY = re.compile(r"\[\[([^\[\]\n]+)\]\]")
_SLOT = re.compile("\ue000(\\d+)\ue001")
_REFUSED = (
    (re.compile(r"\{\{[<%]"), "a shortcode"),
    (re.compile(r"`\s*\{(?:python|r|julia|=)|^\s*(?:`{3,}|~{3,})"), "a code cell, raw block or inline expression"),
    (re.compile(r"^\s*:{3,}"), "a div"),
    (re.compile(r"<(?:[A-Za-z/!?])"), "raw HTML"),
    (re.compile(r"!\["), "an image"),
    (re.compile(r"^\s*\|.*\|\s*$"), "a table"),
    (re.compile(r"^(?:    |\t)\s*\S"), "text indented by four spaces or a tab (a code block)"),
    (re.compile(r"^\s*(?:={2,}|-{2,}|\*{3,}|_{3,})\s*$"), "a rule or underlined heading"),
    (re.compile(r"^#(?!#)\s|^#{5,}\s"), "a heading of this level (## to #### may be used)"),
    (re.compile(r"\ue000|\ue001"), "a private-use character"),
)
_LINK = re.compile(r"(?:https?://|mailto:|#)[^\s]+", re.IGNORECASE)
_TAGS = {"strong": ("strong", "#strong["), "em": ("em", "#emph[")}


def rendered(path: Path, number: Callable[[str], Inline]) -> Block:
    """Return a text file as a block; ``number`` gives the traced number of a results key.

    Raises KitError naming file and line for an unknown key, for text that is not UTF-8, and for anything outside
    the subset.
    """
    place = f"{path.parent.name}/{path.name}"
    try:
        words = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise KitError(f"{place}: the text is not UTF-8 (byte {error.start + 1})") from error
    slots: list[Inline] = []
    kept: list[str] = []
    for line, content in enumerate(words.splitlines(), 1):
        for pattern, what in _REFUSED:
            if pattern.search(content):
                raise KitError(f"{place}:{line}: {what} cannot be used in an author's text")

        def slot(match: re.Match[str], line: int = line) -> str:
            try:
                slots.append(number(match.group(1).strip()))
            except KitError as error:
                raise KitError(f"{place}:{line}: {error}") from error
            return f"\ue000{len(slots) - 1}\ue001"

        kept.append(_KEY.sub(slot, content))
    parser = MarkdownIt("commonmark", {"html": False}).disable(["code", "fence", "html_block", "html_inline"])
    parser.disable(["image", "reference", "lheading", "hr"])
    return _Writer(place, slots).blocks(parser.parse("\n".join(kept)))


class _Writer:
    """Writes markdown-it's tokens as HTML and as Typst."""

    def __init__(self, place: str, slots: Sequence[Inline]) -> None:
        self.place = place
        self.slots = slots

    def blocks(self, tokens: Sequence[Token]) -> Block:
        html: list[str] = []
        typst: list[str] = []
        for token in tokens:
            one, other = self.block(token)
            html.append(one)
            typst.append(other)
        return Block("".join(html).replace("\n", "").strip(), "".join(typst).strip())

    def block(self, token: Token) -> tuple[str, str]:
        kind, _, side = token.type.rpartition("_")
        opens = side == "open"
        if token.type == "inline":
            found = self.inline(token.children or [])
            return found.html, found.typst
        if kind == "paragraph":
            if token.hidden:
                return "", ""
            return ("<p>" if opens else "</p>"), ("#par[" if opens else "]\n\n")
        if kind == "heading":
            return ('<p class="runin"><strong>' if opens else "</strong></p>"), ("#csr-runin[" if opens else "]\n\n")
        if kind == "bullet_list":
            return ("<ul>" if opens else "</ul>"), ("#list(" if opens else ")\n\n")
        if kind == "ordered_list":
            start = int(token.attrs.get("start", 1))
            return (f'<ol start="{start}">' if opens else "</ol>"), (f"#enum(start: {start}, " if opens else ")\n\n")
        if kind == "list_item":
            return ("<li>" if opens else "</li>"), ("[" if opens else "], ")
        if kind == "blockquote":
            return ("<blockquote>" if opens else "</blockquote>"), ("#quote(block: true)[" if opens else "]\n\n")
        line = token.map[0] + 1 if token.map else 0
        raise KitError(f"{self.place}:{line}: '{token.type}' cannot be used in an author's text")

    def inline(self, tokens: Sequence[Token]) -> Inline:
        html: list[str] = []
        typst: list[str] = []
        for token in tokens:
            kind, _, side = token.type.rpartition("_")
            if token.type in ("text", "text_special"):
                found = self.words(token.content)
            elif token.type == "code_inline":
                plain = self.words(token.content)
                found = Inline(
                    f"<code>{plain.html}</code>", f'#text(font: "DejaVu Sans Mono", size: 0.85em)[{plain.typst}];'
                )
            elif token.type == "softbreak":
                found = Inline(" ", " ")
            elif token.type == "hardbreak":
                found = Inline("<br>", "#linebreak();")
            elif kind in _TAGS:
                tag, opening = _TAGS[kind]
                found = Inline(f"<{tag}>", opening) if side == "open" else Inline(f"</{tag}>", "];")
            elif kind == "link":
                found = self.link(str(token.attrs.get("href", ""))) if side == "open" else Inline("</a>", "];")
            else:
                raise KitError(f"{self.place}: '{token.type}' cannot be used in an author's text")
            html.append(found.html)
            typst.append(found.typst)
        return Inline("".join(html), "".join(typst))

    def link(self, target: str) -> Inline:
        if not _LINK.fullmatch(target):
            raise KitError(f"{self.place}: the link '{target}' is not to https, http, mailto or a heading")
        goal = f"label({typst_string(target[1:])})" if target.startswith("#") else typst_string(target)
        return Inline(f'<a href="{html_attribute(target)}">', f"#link({goal})[")

    def words(self, content: str) -> Inline:
        html: list[str] = []
        typst: list[str] = []
        for place, part in enumerate(_SLOT.split(content)):
            if place % 2:
                html.append(self.slots[int(part)].html)
                typst.append(self.slots[int(part)].typst)
            elif part:
                html.append(html_text(part))
                typst.append(f"#{typst_text(part)};")
        return Inline("".join(html), "".join(typst))
