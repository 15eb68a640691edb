"""Finish an HTML page, whichever renderer made it: style, fonts, title and lists go in, references are checked.

Not here: the rendering before it (`embedded`), and making numbers traceable (`report.publish.traced`).
"""

from __future__ import annotations

import base64
import html
import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from trial_report.report.cells.links import ALLOWED, WORDS
from trial_report.report.render import DocumentError
from trial_report.report.render.beside import leading_into
from trial_report.report.render.objects import compact
from trial_report.report.render.row_headings import as_heading, row_headings
from trial_report.runtime.places import CODE

LOOK = CODE / "report" / "look"
_FACES = (
    ("Regular", 400, "normal"), ("It", 400, "italic"), ("Semibold", 600, "normal"),
)  # fmt: skip
_CATALOG = b"/Type/Catalog"
_AT_THE_END = re.compile(rb"endobj\s+xref\b")
_PLACE = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*\Z")
STYLE = "<!--report:style-->"
_TITLE = re.compile(r'<header class="title-page(?: head)?" data-title="([^"]*)"')
FIGURE = re.compile(
    r'<figure id="(?P<id>[^"]*)" class="(?P<kind>csr-\w+)[^"]*" data-number="(?P<number>[^"]*)" '
    r'data-title="(?P<title>[^"]*)"'
)
_LIST = re.compile(r'<nav class="csr-list" data-kind="(csr-\w+)"></nav>')
# A tag with its attributes; what stands in quotes may hold anything, also the sign that ends a tag.
_TAG = re.compile(r"""<([A-Za-z][\w:-]*)([^"'>]*(?:"[^"]*"[^"'>]*|'[^']*'[^"'>]*)*)>""")
_ATTRIBUTE = re.compile(r"""\s([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_LOST = re.compile(r"\?@[\w-]+")
# Attributes by which an element fetches something; a link that a reader may follow does not.
_FETCHING = {"src", "srcset", "data", "poster", "href", "xlink:href"}
_FOLLOWED = {"a"}
_LEADING = {"href", "xlink:href"}


@dataclass(frozen=True, slots=True)
class Listed:
    """A display of another volume, as a list names it: kind, number and title as attributes have them, and where."""

    kind: str
    number: str
    title: str
    goal: str
    volume: str

    @property
    def said(self) -> str:
        """Its title as text."""
        return html.unescape(self.title)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What a page may lead to beside itself: the pages of other volumes, and the displays there that it lists."""

    files: frozenset[str] = frozenset()
    lists: tuple[Listed, ...] = ()


NOWHERE = Elsewhere()


@lru_cache(maxsize=1)
def style() -> str:
    """Return the style element: the fonts, embedded, and the style sheet."""
    faces = []
    for name, weight, slant in _FACES:
        data = base64.b64encode((LOOK / "fonts" / f"SourceSans3-{name}.woff2").read_bytes()).decode("ascii")
        faces.append(
            f'@font-face{{font-family:"Source Sans 3";font-weight:{weight};font-style:{slant};font-display:swap;'
            f'src:url(data:font/woff2;base64,{data}) format("woff2")}}'
        )
    for name, weight in (("Regular", 400), ("Semibold", 600)):
        # A hyphen that looks like a minus, for the class "minus".
        data = base64.b64encode((LOOK / "fonts" / f"CSRMinus-{name}.ttf").read_bytes()).decode("ascii")
        faces.append(
            f'@font-face{{font-family:"CSR Minus";font-weight:{weight};'
            f'src:url(data:font/ttf;base64,{data}) format("truetype")}}'
        )
    sheet = (LOOK / "csr.css").read_text(encoding="utf-8")
    return "\n".join(["<style>", *faces, sheet, "</style>"])


def finish(page: str, elsewhere: Elsewhere = NOWHERE) -> str:
    """Return the page with style, title and lists of displays, those of other volumes among them.

    Raises DocumentError where a reference leads nowhere, an id stands twice, or the page would fetch something.
    """
    _check(page, elsewhere.files)
    title = _TITLE.search(page)
    if title:
        page = re.sub(r"<title>[^<]*</title>", lambda _: f"<title>{_again(title.group(1))}</title>", page, count=1)
    found = [Listed(one["kind"], one["number"], one["title"], f"#{one['id']}", "") for one in FIGURE.finditer(page)]
    items: dict[str, list[str]] = {}
    for one in sorted([*found, *elsewhere.lists], key=lambda one: _digits(one.number)):
        items.setdefault(one.kind, []).append(_item(one))
    page = _LIST.sub(lambda m: _list(m.group(1), items.get(m.group(1), [])), page)
    return page.replace(STYLE, style(), 1)


def _item(one: Listed) -> str:
    volume = f' <span class="volume">{_again(one.volume)}</span>' if one.volume else ""
    words = f'<span class="num">{_again(one.number)}</span> {_again(one.title)}'
    return f'<li><a href="{_again(one.goal)}">{words}{volume}</a></li>'


def opened(pdf: bytes) -> bytes:
    """Return a PDF so that a viewer shows its bookmarks when it opens it.

    Typst has no word for it. Its catalog is the last object before the table of places: what is put into it moves
    nothing but that table. A PDF that is not written so comes back as it is.
    """
    at = pdf.rfind(_CATALOG)
    last = _AT_THE_END.match(pdf, pdf.find(b"endobj", at)) if at >= 0 else None
    place = _PLACE.search(pdf, len(pdf) - 64)
    if last is None or place is None or b"/PageMode" in pdf[at : last.start()]:
        return pdf
    more = b"/PageMode/UseOutlines"
    cut = at + len(_CATALOG)
    moved = str(int(place[1]) + len(more)).encode("ascii")
    return pdf[:cut] + more + pdf[cut : place.start(1)] + moved + pdf[place.end(1) :]


def printed(pdf: bytes, files: Collection[str] = ()) -> bytes:
    """Return a PDF of Typst as it is published: its bookmarks open, names of rows tagged so, its objects compressed.

    Links to one of the ``files`` beside it lead into that PDF. Raises DocumentError for one that Typst does not write
    so.
    """
    try:
        headings = row_headings(pdf)

        def change(number: int, body: bytes) -> bytes:
            body = leading_into(body, files) if files else body
            return as_heading(body) if number in headings else body

        return compact(opened(pdf), change)
    except (LookupError, ValueError) as error:
        raise DocumentError(f"the PDF is not written as Typst writes one ({error})") from error


def _digits(number: str) -> list[int]:
    """Return the parts of "Table 14.1.10" to sort by: some displays stand in the text, before lower numbers."""
    return [int(part) for part in re.findall(r"\d+", number)]


def _again(attribute: str) -> str:
    """Escape for text what was an attribute: Quarto writes the page anew and leaves ``<`` in attributes as it is."""
    return html.escape(html.unescape(attribute), quote=True)


def _list(kind: str, items: list[str]) -> str:
    name = kind.removeprefix("csr-")
    if not items:
        return f'<p class="csr-list">There is no {name}.</p>'
    return f'<nav class="csr-list" aria-label="List of {name}s"><ol>{"".join(items)}</ol></nav>'


def _check(page: str, files: Iterable[str] = ()) -> None:
    ids: Counter[str] = Counter()
    goals: dict[str, None] = {}
    for tag in _TAG.finditer(page):
        if "=" not in tag.group(2):
            continue
        for name, one, other in _ATTRIBUTE.findall(tag.group(2)):
            value = one or other
            if name == "id":
                ids[value] += 1
            elif name in ("href", "xlink:href") and value.startswith("#"):
                goals[value[1:]] = None
            elif name == "href" and tag.group(1).lower() in _FOLLOWED and value.partition("#")[0] in files:
                pass  # another volume of this report
            elif name in _LEADING and tag.group(1).lower() in _FOLLOWED and not ALLOWED.fullmatch(html.unescape(value)):
                raise DocumentError(f"the page has a link to '{value[:80]}', which is not {WORDS}")
            elif name in _FETCHING and tag.group(1).lower() not in _FOLLOWED and not value.startswith(("data:", "#")):
                raise DocumentError(f"the page would fetch something: {tag.group(1)} {name}={value[:80]}")
    twice = sorted(name for name, times in ids.items() if times > 1)
    if twice:
        raise DocumentError(f"in the rendered page the id '{html.unescape(twice[0])}' stands {ids[twice[0]]} times")
    lost = [goal for goal in goals if goal not in ids]
    lost += list(dict.fromkeys(_LOST.findall(page)))
    if lost:
        names = ", ".join(html.unescape(name).removeprefix("o-") for name in lost)
        raise DocumentError(f"references to what the document does not hold: {names}")
