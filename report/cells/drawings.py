"""Write a drawing as SVG, small and always the same: text as text in the report's own font, no ids that nothing uses.

matplotlib writes each glyph as a path, six decimals, an id for every element and a line break in every path: five times
what the drawing needs. Text stays text here, which both formats set in the font that they embed, and which a reader
can search and copy. A text with a sign that the font has not is drawn as paths, by matplotlib's own fallback font.

Not here: the drawing (`analysis.display.figures`), and pictures that a study brings (`pictures`).
"""

from __future__ import annotations

import html
import io
import math
import re
from functools import lru_cache

from trial_report.analysis.display.escape import FONT_FOLDER, html_attribute
from trial_report.analysis.display.output import Figure
from trial_report.analysis.display.style import FONT, RC

_PROLOG = re.compile(r"^.*?(?=<svg)", re.DOTALL)
_METADATA = re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_TEXT = re.compile(r"<text\b[^>]*>([^<]*)</text>")
_GOAL = re.compile(r'(?:href="#|url\(#)([^")]+)')
_ID = re.compile(r' id="([^"]*)"')
_NAMED = re.compile(r'(\bid="|href="#|url\(#)')
_NAME = re.compile(r'(?<=\bid=")[^"]*|(?<=href="#)[^"]*|(?<=url\(#)[^)]*')
_GROUP = re.compile(r"<(/?)g( [^>]*)?(/?)>")
_PATH = re.compile(r'(?<= d=")[^"]*')
_STYLE = re.compile(r'(?<= style=")[^"]*')
# Where positions stand. To a hundredth of a point: nobody sees the difference.
_PLACES = re.compile(r'(?:(?<= d=")|(?<= x=")|(?<= y=")|(?<=translate\()|(?<=rotate\())[^")]*')
_DECIMALS = re.compile(r"(\.\d\d)\d+")
_UPRIGHT = re.compile(r' transform="rotate\(-0 [^"]*"')
_FAMILY = re.compile(r"font-family: [^;\"]*;? ?")
_MINUS = "<tspan font-family=\"'CSR Minus'\">-</tspan>"
_SIZE = re.compile(r"<text\b[^>]*?font-size:([0-9.]+)px")
_WIDTH = re.compile(r'<svg\b[^>]*? viewBox="0 0 ([0-9.]+) ')
REM = 16
_BETWEEN = re.compile(r">\s+<")


def svg_text(figure: Figure) -> str:
    """Return a drawing as SVG: no date, no metadata; the same drawing gives the same bytes."""
    drawn = _saved(figure, "none")
    known = _signs()
    if any(ord(sign) not in known for text in _TEXT.findall(drawn) for sign in html.unescape(text)):
        drawn = _saved(figure, "path")
    return _smaller(drawn)


LEGIBLE = 11
"""Size in CSS pixels below which no text of a drawing is shown on a screen."""


def smallest(drawn: str) -> float | None:
    """The size in points of the smallest text of a drawing at the size that it was drawn for; None without text."""
    return min((float(size) for size in _SIZE.findall(drawn)), default=None)


def narrowest(drawn: str) -> float | None:
    """The width in rem at which no text of a drawing is smaller than `LEGIBLE` on a screen; None without text."""
    size, width = smallest(drawn), _WIDTH.search(drawn)
    if size is None or width is None:
        return None
    return math.ceil(LEGIBLE / size * float(width.group(1)) / REM * 10) / 10


def svg_html(drawn: str, name: str, alt: str) -> str:
    """Return the drawing as it stands in a page, said by `alt` to those who cannot see it.

    Ids are numbers, so drawings on one page share some: each gets its figure's name. The style sheet has it no narrower
    than it can be read (`--legible`).
    """
    least = narrowest(drawn)
    style = f' style="--legible:{least:g}rem"' if least else ""
    safe = re.sub(r"[^\w-]", "-", name)
    # A hyphen finds a minus; the PDF's writer of drawings knows no second font, so there it stays one.
    drawn = _TEXT.sub(lambda found: found.group().replace("\u2212", _MINUS), drawn)
    own = _NAMED.sub(lambda found: f"{found.group(1)}{safe}-", drawn)
    return own.replace("<svg ", f'<svg role="img" aria-label="{html_attribute(alt)}"{style} ', 1)


def _saved(figure: Figure, text: str) -> str:
    import matplotlib

    held = io.StringIO()
    settings = {"svg.hashsalt": RC["svg.hashsalt"], "svg.fonttype": text}
    with matplotlib.rc_context(settings):  # type: ignore[arg-type]
        figure.drawing.savefig(held, format="svg", metadata={"Date": None, "Creator": None})
    return _COMMENT.sub("", _METADATA.sub("", _PROLOG.sub("", held.getvalue(), count=1))).strip()


@lru_cache(maxsize=1)
def _signs() -> frozenset[int]:
    """The characters that the report's font has in every weight that drawings use."""
    from matplotlib.font_manager import get_font

    fonts = (get_font(FONT_FOLDER / f"{FONT.replace(' ', '')}-{name}.ttf") for name in ("Regular", "Semibold"))
    return frozenset.intersection(*(frozenset(font.get_charmap()) for font in fonts))


def _smaller(drawn: str) -> str:
    used = set(_GOAL.findall(drawn))
    small = _ID.sub(lambda found: found.group() if found.group(1) in used else "", drawn)
    # matplotlib makes them of all digits of the places, the last of which another Python may compute otherwise.
    numbers = {name: f"i{place}" for place, name in enumerate(dict.fromkeys(_NAME.findall(small)))}
    small = _NAME.sub(lambda found: numbers[found.group()], small)
    small = _PLACES.sub(lambda found: _DECIMALS.sub(r"\1", found.group()), _UPRIGHT.sub("", small))
    small = _PATH.sub(lambda found: re.sub(r"\s*\n\s*|(?<=[A-Za-z]) ", "", found.group()), small)
    small = _STYLE.sub(lambda found: re.sub(r"(?<=[:;]) ", "", _FAMILY.sub("", found.group())), small)
    # One family for all text, and blanks at the beginning of a line are meant.
    small = small.replace("<svg ", f'<svg font-family="\'{FONT}\'" xml:space="preserve" ', 1)
    return _BETWEEN.sub(">\n<", _bare(small))


def _bare(drawn: str) -> str:
    """The drawing without groups that have no attribute, which do nothing."""
    parts: list[str] = []
    kept: list[bool] = []
    at = 0
    for tag in _GROUP.finditer(drawn):
        closing, attributes, empty = tag.groups()
        if closing:
            keep = kept.pop()
        else:
            keep = bool(attributes and attributes.strip(" /"))
            if not (empty or tag.group().endswith("/>")):
                kept.append(keep)
        parts += [drawn[at : tag.start()], tag.group() if keep else ""]
        at = tag.end()
    return "".join([*parts, drawn[at:]])
