"""The author's texts: a written subset of Markdown, checked line by line, with traced numbers.

Allowed: paragraphs, `##` to `####` headings (run in, not numbered), bulleted and numbered lists, block quotes,
**bold**, *italic*, `code`, links to https, http, mailto, doi or a heading of the report, back-slash escapes, a hard
line break, ``[[results key]]`` for a traced number and ``[@key; @key]`` for entries of the bibliography. Anything
that could run, or that only one renderer knows, is refused with file and line.

Not here: Markdown that a cell returns (`written`), sentences of ours (`report.prose`), documents
(`report.render.language`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from trial_report.analysis.display.escape import html_attribute, html_text, typst_string, typst_text
from trial_report.report.cells.links import ALLOWED, WORDS
from trial_report.report.cells.pieces import Inline, KitError, Mixed, raw

_KEY = re.compile(r"\[\[([^\[\]\n]+)\]\]")
_CITE = re.compile(r"\[(@[\w:.-]+(?:;\s*@[\w:.-]+)*)\]")
_ENTRY = re.compile(r"^\s*@\w+\s*\{\s*([^,\s]+)\s*,", re.MULTILINE)
_CITED = re.compile(r"@([\w:.-]+)")
_SLOT = re.compile("\ue000(\\d+)\ue001")
_PRIVATE = re.compile("[\ue000\ue001]")
# The elements of HTML, and those of SVG and MathML that hold others. What looks like a tag of none of them is text, as
# "<LLOQ>" is, and so is "x <y": it would be shown as it stands, and nothing of it would run.
_ELEMENTS = (
    "a abbr acronym address applet area article aside audio b base basefont bdi bdo big blink blockquote body br "
    "button canvas caption center cite code col colgroup data datalist dd del details dfn dialog dir div dl dt em "
    "embed fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr "
    "html i iframe img input ins kbd label legend li link main map mark marquee math menu meta meter nav noframes "
    "noscript object ol optgroup option output p param picture plaintext pre progress q rp rt ruby s samp script "
    "search section select slot small source span strike strong style sub summary sup svg table tbody td template "
    "textarea tfoot th thead time title tr track tt u ul var video wbr xmp"
)
_HTML = re.compile(
    rf"</?(?:{'|'.join(_ELEMENTS.split())})(?:\s*/?>|\s+[\w:@.-]+\s*=|\s*/\s*[\w:-]+\s*=|\s*$)|<!--|<![A-Z\[]|<\?\w",
    re.IGNORECASE,
)
_REFUSED = (
    (re.compile(r"\{\{[<%]"), "a shortcode"),
    (re.compile(r"`\s*\{(?:python|r|julia|=)|^\s*(?:`{3,}|~{3,})"), "a code cell, raw block or inline expression"),
    (re.compile(r"^\s*:{3,}"), "a div"),
    (_HTML, "raw HTML"),
    (re.compile(r"!\["), "an image"),
    (re.compile(r"^\s*\|.*\|\s*$"), "a table"),
    (re.compile(r"^(?:    |\t)\s*\S"), "text indented by four spaces or a tab (a code block)"),
    (re.compile(r"^\s*(?:={2,}|-{2,}|\*{3,}|_{3,})\s*$"), "a rule or underlined heading"),
    (re.compile(r"^#(?!#)\s|^#{5,}\s"), "a heading of this level (## to #### may be used)"),
)
_TAGS = {"strong": ("strong", "#strong["), "em": ("em", "#emph[")}


def entries(bibliography: Path) -> frozenset[str]:
    """Return the keys of a bibliography; none where it is not there."""
    return frozenset(_ENTRY.findall(bibliography.read_text(encoding="utf-8-sig")) if bibliography.is_file() else ())


def rendered(path: Path, number: Callable[[str], Inline], references: Collection[str]) -> Mixed:
    """Return a text file as blocks; ``number`` gives a key's traced number, ``references`` are what can be cited.

    Raises KitError naming file and line for an unknown key, for text that is not UTF-8, and for anything outside
    the subset.
    """
    place = f"{path.parent.name}/{path.name}"
    try:
        words = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise KitError(f"{place}:{line}: the text is not UTF-8 (byte {error.start + 1})") from error
    return Mixed((parsed(place, words, number, references, []),))


def parsed(
    place: str,
    words: str,
    number: Callable[[str], Inline],
    references: Collection[str],
    slots: list[Inline | str],
    writer: type[Writer] | None = None,
) -> str:
    """Return Markdown of the subset with every word of it in raw HTML and raw Typst; ``place`` is told of in messages.

    ``slots`` are pieces for which the words hold a place already, by number between two private-use characters.
    """
    taken = len(slots)
    kept: list[str] = []
    for line, content in enumerate(words.split("\n"), 1):
        if any(int(found) >= taken for found in _SLOT.findall(content)) or _PRIVATE.search(_SLOT.sub("", content)):
            raise KitError(f"{place}:{line}: a private-use character cannot be used in an author's text")
        for pattern, what in _REFUSED:
            if pattern.search(content):
                raise KitError(f"{place}:{line}: {what} cannot be used in an author's text")

        def slot(match: re.Match[str], line: int = line) -> str:
            try:
                slots.append(number(match.group(1).strip()))
            except KitError as error:
                raise KitError(f"{place}:{line}: {error}") from error
            return f"\ue000{len(slots) - 1}\ue001"

        def citation(match: re.Match[str], line: int = line) -> str:
            unknown = [key for key in _CITED.findall(match.group(1)) if key not in references]
            if unknown:
                raise KitError(f"{place}:{line}: the bibliography has no entry '{unknown[0]}'")
            slots.append(f"[{match.group(1)}]")
            return f"\ue000{len(slots) - 1}\ue001"

        kept.append(_CITE.sub(citation, _KEY.sub(slot, content)))
    parser = MarkdownIt("commonmark", {"html": False}).disable(["code", "fence", "html_block", "html_inline"])
    parser.disable(["image", "reference", "lheading", "hr"])
    return (writer or Writer)(place, slots).blocks(parser.parse("\n".join(kept)))


class Writer:
    """Writes markdown-it's tokens as Markdown in which every word stands in raw HTML and raw Typst.

    Only the structure (paragraphs, lists, quotes) and citations are left to pandoc, which sets the references.
    """

    def __init__(self, place: str, slots: Sequence[Inline | str]) -> None:
        self.place = place
        self.slots = slots
        self.line = 1
        """The line of the text that is being written, for what is wrong with it."""

    def blocks(self, tokens: Sequence[Token]) -> str:
        found: list[str] = []
        at = 0
        while at < len(tokens):
            end = self._end(tokens, at)
            found.append(self.block(tokens[at], tokens[at + 1 : end]))
            at = end + 1
        return "\n\n".join(found)

    @staticmethod
    def _end(tokens: Sequence[Token], at: int) -> int:
        """Return the place of the token that closes the one at ``at``."""
        depth = 0
        for place in range(at, len(tokens)):
            depth += tokens[place].nesting
            if depth == 0:
                return place
        return len(tokens) - 1

    def block(self, token: Token, inner: Sequence[Token]) -> str:
        kind = token.type.removesuffix("_open")
        self.line = token.map[0] + 1 if token.map else self.line
        if kind == "inline":
            return self.inline(token.children or [])
        if kind in ("paragraph", "heading"):
            words = "".join(self.inline(one.children or []) for one in inner)
            return (
                raw('<strong class="runin">', "#csr-runin[") + words + raw("</strong>", "];")
                if kind == "heading"
                else words
            )
        if kind == "blockquote":
            return "\n".join(f"> {line}".rstrip() for line in self.blocks(inner).split("\n"))
        if kind in ("bullet_list", "ordered_list"):
            return self.items(kind, int(token.attrs.get("start", 1)), inner)
        raise KitError(f"{self.place}:{self.line}: '{token.type}' cannot be used in an author's text")

    def items(self, kind: str, start: int, tokens: Sequence[Token]) -> str:
        found: list[str] = []
        at = 0
        while at < len(tokens):
            end = self._end(tokens, at)
            mark = "-" if kind == "bullet_list" else f"{start + len(found)}."
            lines = self.blocks(tokens[at + 1 : end]).split("\n")
            rest = [f"    {line}".rstrip() for line in lines[1:]]
            found.append("\n".join([f"{mark:<4}{lines[0]}", *rest]))
            at = end + 1
        tight = any(token.hidden for token in tokens)
        return ("\n" if tight else "\n\n").join(found)

    def inline(self, tokens: Sequence[Token]) -> str:
        found: list[str] = []
        for token in tokens:
            kind, _, side = token.type.rpartition("_")
            if token.type in ("text", "text_special"):
                found.append(self.words(token.content))
            elif token.type == "code_inline":
                mono = '#text(font: "DejaVu Sans Mono", size: 0.85em)['
                found += [raw("<code>", mono), self.words(token.content), raw("</code>", "];")]
            elif token.type in ("softbreak", "hardbreak"):
                self.line += 1
                found.append(" " if token.type == "softbreak" else raw("<br>", "#linebreak();"))
            elif kind in _TAGS:
                tag, opening = _TAGS[kind]
                found.append(raw(f"<{tag}>", opening) if side == "open" else raw(f"</{tag}>", "];"))
            elif kind == "link":
                found.append(self.link(str(token.attrs.get("href", ""))) if side == "open" else raw("</a>", "];"))
            else:
                raise KitError(f"{self.place}:{self.line}: '{token.type}' cannot be used in an author's text")
        return "".join(found)

    def link(self, target: str) -> str:
        if not (ALLOWED.fullmatch(target) or re.fullmatch(r"#\S+", target)):
            raise KitError(f"{self.place}:{self.line}: the link '{target}' is not to {WORDS}, or a heading")
        goal = f"label({typst_string(target[1:])})" if target.startswith("#") else typst_string(target)
        return raw(f'<a href="{html_attribute(target)}">', f"#link({goal})[")

    def words(self, content: str) -> str:
        found: list[str] = []
        for place, part in enumerate(_SLOT.split(content)):
            if place % 2:
                slot = self.slots[int(part)]
                found.append(slot if isinstance(slot, str) else raw(slot.html, slot.typst))
            elif part:
                found.append(self.plain(part))
        return "".join(found)

    def html(self, text: str) -> str:
        """Text as HTML."""
        return html_text(text)

    def plain(self, part: str) -> str:
        # Spaces at the ends of raw inline code are lost: they stand outside.
        inner = part.strip(" ")
        if not inner:
            return " "
        return (
            (" " if part[0] == " " else "")
            + raw(self.html(inner), f"#{typst_text(inner)};")
            + (" " if part[-1] == " " else "")
        )
