"""Bind the volumes of a report: each a page and a Typst source, with title page, contents, and links into the others.

A link names the volume that it leads to, and where a section was taken out it is said which volume holds it.

Not here: where to cut (`volumes`), and links in the PDFs (`beside`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from trial_report.analysis.display.escape import html_text, printable, typst_string, typst_text
from trial_report.report.cells.pieces import Block, heading, together
from trial_report.report.render import DocumentError
from trial_report.report.render.finish import FIGURE, Elsewhere, Listed
from trial_report.report.render.volumes import Cut, Piece, Volumes, chosen, cut, holder, unmarked
from trial_report.schemas.study.volumes import Volume

REPORT = "Report"
"""What the volume is called that holds all other sections."""

_LINK = re.compile(r'<a((?:\s[\w-]+="[^"]*")*)\shref="#([^"]+)"((?:\s[\w-]+="[^"]*")*)>(.*?)</a>', re.DOTALL)
_HTML_HEADING = re.compile(r"(</?h)([1-6])\b")
# At the beginning of a line, where no text of data can stand: its line feeds are escaped.
_TYPST_HEADING = re.compile(r"^(=+)(?= .*\n<[^<>\n]+>$)", re.MULTILINE)
_TYPST_CALL = re.compile(r"^(#heading\(level: )(\d)", re.MULTILINE)
# What ends the sentence that a link stands in: after it, the volume is named anew.
_BLOCK = re.compile(r"</?(?:p|li|dd|dt|td|th|div|figcaption|h[1-6])\b")
_ID = re.compile(r'\sid="([^"]+)"')
_TITLE_PAGE = re.compile(r'<header class="title-page.*?</header>', re.DOTALL)
_STATED = re.compile(r"(</dl>).*(</header>)", re.DOTALL)
_TOC = '<nav id="TOC"'
_NOTES = re.compile(r'<section id="footnotes"[^>]*>.*?</section>', re.DOTALL)
_NOTE = re.compile(r'<li id="(fn\d+)">.*?</li>', re.DOTALL)

Named = dict[str, list[bool]]
"""Of each goal in another volume, whether a link to it names the volume, link by link."""


@dataclass(frozen=True, slots=True)
class Part:
    """A volume that is to be set: the name of its files, its page, its Typst source, and what its page needs to know.

    ``about`` is what the source reads of the volume (`look/typst-template.typ`); None for a report in one file.
    """

    name: str
    page: str
    source: str
    elsewhere: Elsewhere = field(default_factory=Elsewhere)
    about: Mapping[str, Any] | None = None


def cut_into(name: str, page: str, source: str, volumes: Volumes | None) -> list[Part]:
    """Return the volumes of a report, by the HTML and the Typst source that pandoc wrote of it; the report is first.

    Without ``volumes``, and where a report is not long, there is one. Raises DocumentError for a volume of nothing.
    """
    if volumes is None:
        return [Part(name, page, source)]
    html, typst = cut(page), cut(source)
    if html is None and volumes.asked:
        raise DocumentError("volumes: the report begins with no title page, which each of its volumes would have")
    beside = chosen(volumes.asked, html.pieces) if html else ()
    if html is None or typst is None or not beside:
        return [Part(name, unmarked(page), unmarked(source))]
    if [piece.section for piece in html.pieces] != [piece.section for piece in typst.pieces]:
        raise DocumentError("page and PDF do not begin their volumes at the same sections")
    return _Binding(name, beside, html, typst).parts()


class _Binding:
    """The volumes of one report, numbered, and what each says of the others."""

    def __init__(self, name: str, volumes: Sequence[Volume], html: Cut, typst: Cut) -> None:
        self.volumes = volumes
        self.html, self.typst = html, typst
        self.names = [name, *(f"{name}-{volume.id}" for volume in volumes)]
        self.titles = [REPORT, *(volume.called for volume in volumes)]
        self.numbers = [self._number(piece.section) for piece in html.pieces]
        """The place among the volumes of each piece."""
        self.ids = [set(_ID.findall(self._joined(html, place))) for place in range(len(self.names))]
        # What stands before all pieces is the report's.
        self.ids[0] |= set(_ID.findall(html.before))

    def parts(self) -> list[Part]:
        return [self._part(place) for place in range(len(self.names))]

    def _number(self, section: str, without: str = "") -> int:
        held = holder(section, self.volumes, without)
        return self.volumes.index(held) + 1 if held else 0

    def _joined(self, whole: Cut, place: int) -> str:
        return "".join(piece.text for piece, held in zip(whole.pieces, self.numbers, strict=True) if held == place)

    def _part(self, place: int) -> Part:
        contents = self._contents(place)
        source = "".join(
            [self.typst.before, contents.typst, *self._bodies(self.typst, place, lambda one: one.typst, _raised_typst)]
        )
        body = "".join([contents.html, *self._bodies(self.html, place, lambda one: one.html, _raised_html)])
        head = _TITLE_PAGE.sub(lambda found: self._title_page(found.group(), place), self.html.before, count=1)
        main, toc, rest = self._after(place).partition(_TOC)
        named: Named = {}
        page = head + self._linked(body + main, place, named) + toc + self._linked(rest, place)
        files = frozenset(f"{name}.html" for name in self.names)
        elsewhere = Elsewhere(files, tuple(self._listed()) if place == 0 else ())
        return Part(self.names[place], page, f"{source}\n{self.typst.after}", elsewhere, self._about(place, named))

    def _bodies(
        self, whole: Cut, place: int, of: Callable[[Block], str], raised: Callable[[str, int], str]
    ) -> list[str]:
        """Return the texts of a volume, and in the place of a section that another one holds, where that is."""
        found: list[str] = []
        pairs = list(zip(whole.pieces, self.numbers, strict=True))
        level = min(piece.level for piece, held in pairs if held == place) if place else 1
        for number, (piece, held) in enumerate(pairs):
            before = self.numbers[number - 1] if number else 0
            if held == place:
                found.append(raised(piece.text, level - 1))
            elif held != before and piece.title and self._number(piece.section, piece.section) == place:
                found.append(raised(f"\n{of(self._pointer(piece, held))}\n\n", level - 1))
        return found

    def _pointer(self, piece: Piece, held: int) -> Block:
        words = f"Volume {held + 1} of this report, {self.titles[held]}, holds this section."
        name = self.names[held]
        return heading(piece.level, piece.title, f"{piece.id}-volume") + Block(
            f'<p><a href="{name}.html">{html_text(words)}</a></p>',
            f"#csr-in-volume({typst_string(f'{name}.pdf')}, {typst_text(words)})",
        )

    def _contents(self, place: int) -> Block:
        """Contents and lists of a volume; those of the report stand in a section of its own."""
        if not place:
            return Block("", "")
        body = self._joined(self.html, place)
        blocks = [heading(1, "Contents", "sec-volume-contents"), Block("", "#csr-contents(3)")]
        for kind in ("table", "figure", "listing"):
            if any(found["kind"] == f"csr-{kind}" for found in FIGURE.finditer(body)):
                blocks += [
                    heading(2, f"List of {kind}s", f"sec-volume-{kind}s"),
                    Block(f'<nav class="csr-list" data-kind="csr-{kind}"></nav>', f'#csr-list("csr-{kind}")'),
                ]
        held = together([*blocks, Block("", "#pagebreak(weak: true)")])
        return Block(f"{held.html}\n", f"\n{held.typst}\n\n")

    def _words(self, place: int) -> str:
        return f"Volume {place + 1} of {len(self.names)}: {self.titles[place]}"

    def _line(self, place: int) -> str:
        """Return what is said of a volume among all."""
        sections = self.volumes[place - 1].holds if place else ()
        said = f"Section{'s' * (len(sections) > 1)} {', '.join(sections)}" if sections else "all other sections"
        return f"Volume {place + 1}: {self.titles[place]} ({said})"

    def _title_page(self, page: str, place: int) -> str:
        if place:  # what is signed or stated once stands in the first volume
            page = _STATED.sub(r"\1\2", page)
        lines = [
            f"<li>{html_text(self._line(other))}</li>"
            if other == place
            else f'<li><a href="{name}.html">{html_text(self._line(other))}</a></li>'
            for other, name in enumerate(self.names)
        ]
        said = f'<p class="others">Volumes of this report</p><ul class="volumes">{"".join(lines)}</ul></header>'
        page = page.replace("</h1>", f'</h1><p class="volume">{html_text(self._words(place))}</p>', 1)
        page = re.sub(r'data-title="([^"]*)"', lambda m: f'data-title="{m[1]} – {html_text(self._name(place))}"', page)
        return page.removesuffix("</header>") + said

    def _name(self, place: int) -> str:
        return f"Volume {place + 1}: {self.titles[place]}"

    def _linked(self, page: str, place: int, named: Named | None = None) -> str:
        """Return a stretch of a volume's page with its links into the others; ``named`` is filled by what names them.

        Without it the stretch is the contents, where a volume is named where it begins.
        """
        found, said, at = [], set[int](), 0
        for link in _LINK.finditer(page):
            before, goal, after, words = link.groups()
            held = self._holds(goal, place)
            if held is None:
                continue
            between = page[at : link.start()]
            said = set() if _BLOCK.search(between) else said
            names = named is not None and held not in said and not goal.startswith("ref-")
            if named is None:
                words += self._mark(goal, held)
            else:
                named.setdefault(goal, []).append(names)
            said.add(held)
            again = self._named(held) if names else ""
            found += [between, f'<a{before} href="{self.names[held]}.html#{goal}"{after}>{words}</a>{again}']
            at = link.end()
        return "".join([*found, page[at:]])

    def _mark(self, goal: str, held: int) -> str:
        """In the contents, a volume is named where it begins."""
        begins = any(piece.id == goal for piece in self.html.pieces)
        return f' <span class="volume">Volume {held + 1}</span>' if begins else ""

    def _holds(self, goal: str, place: int) -> int | None:
        """Return the other volume that holds what a link leads to; None for this one, or none."""
        if goal in self.ids[place]:
            return None
        return next((other for other, ids in enumerate(self.ids) if goal in ids), None)

    @staticmethod
    def _named(held: int) -> str:
        """Return how a link says which volume it leads to: the first of a paragraph does, and a citation does not."""
        return f" (Volume\u00a0{held + 1})"

    def _after(self, place: int) -> str:
        """Return what stands after all pieces: footnotes, each in the volume that it is of."""
        body = self._joined(self.html, place)

        def kept(found: re.Match[str]) -> str:
            held = _NOTE.sub(lambda note: note.group() if f'href="#{note.group(1)}"' in body else "", found.group())
            return held if _NOTE.search(held) else ""

        return _NOTES.sub(kept, self.html.after)

    def _listed(self) -> Iterable[Listed]:
        """What other volumes show, for the report's lists of tables, figures and listings."""
        for piece, held in zip(self.html.pieces, self.numbers, strict=True):
            for found in FIGURE.finditer(piece.text) if held else ():
                goal = f"{self.names[held]}.html#{found['id']}"
                yield Listed(found["kind"], found["number"], found["title"], goal, f"Volume {held + 1}")

    def _about(self, place: int, named: Named) -> dict[str, Any]:
        """What the PDF is told: which volume it is, what the others are, and where its links into them lead.

        Of each goal: the place in the other file, what names the volume, and which of the links to it do so, in order.
        """
        elsewhere = {}
        for goal, names in sorted(named.items()):
            held = self._holds(goal, place)
            if held is not None:
                elsewhere[goal] = [f"{self.names[held]}.pdf#{destination(goal)}", self._named(held), names]
        return {
            "number": place + 1,
            "first": place == 0,
            "words": printable(self._words(place)),
            "name": printable(self._name(place)),
            "volumes": [
                {"file": f"{name}.pdf", "words": printable(self._line(other)), "this": other == place}
                for other, name in enumerate(self.names)
            ],
            "elsewhere": elsewhere,
            "lists": {},
        }


def _raised_html(text: str, levels: int) -> str:
    """Return a stretch of a page with its headings so many levels higher."""
    return _HTML_HEADING.sub(lambda found: f"{found[1]}{max(int(found[2]) - levels, 1)}", text) if levels else text


def _raised_typst(text: str, levels: int) -> str:
    """Return a stretch of a Typst source with its headings so many levels higher."""
    if not levels:
        return text
    text = _TYPST_HEADING.sub(lambda found: "=" * max(len(found[1]) - levels, 1), text)
    return _TYPST_CALL.sub(lambda found: f"{found[1]}{max(int(found[2]) - levels, 1)}", text)


def destination(goal: str) -> str:
    """Return the name of a place in a PDF: of headings their own, of displays that of the heading which nobody sees."""
    if goal.startswith("o-"):
        return f"d-{goal}"
    return "sec-references" if goal.startswith("ref-") else goal


def with_pages(part: Part, places: Mapping[str, Mapping[str, int]]) -> dict[str, str]:
    """Return what a volume's source is given to read, with the pages of what other volumes show.

    ``places`` are the pages of each PDF by its name, and the name of the place. Raises DocumentError for a display that
    no PDF holds.
    """
    if part.about is None:
        return {}
    lists: dict[str, list[dict[str, Any]]] = {}
    for listed in part.elsewhere.lists:
        file, _, goal = listed.goal.replace(".html#", ".pdf#").partition("#")
        name = destination(goal)
        if name not in places.get(file, {}):
            raise DocumentError(f"{file} does not hold {listed.number}")
        number = listed.number.split(" ", 1)[1]
        lists.setdefault(listed.kind, []).append(
            {
                "number": number,
                "title": printable(listed.said),
                "goal": f"{file}#{name}",
                "volume": listed.volume,
                "page": places[file][name],
            }
        )
    pages = {}
    for goal, (there, *_) in part.about["elsewhere"].items():
        file, _, name = there.partition("#")
        if name in places.get(file, {}):
            pages[goal] = places[file][name]
    return {"volume": json.dumps({**part.about, "lists": lists, "pages": pages}, ensure_ascii=False)}
