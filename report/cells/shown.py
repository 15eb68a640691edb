"""Make a block of what people return: a frame, a great_tables object, a figure of matplotlib or seaborn, a picture.

What is made here is as safe as a display of the registry: words are escaped, drawings are inside the page and the PDF.
A number of it that no row of the results stands behind is said to be not traced.

Not here: the displays that a study declares (`analysis.display.returned`), and Markdown (`written`).
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any, Literal

from trial_report.analysis.display.escape import html_attribute, typst_string
from trial_report.analysis.display.laid import (
    NOT_TRACED,
    Laid,
    laid_html,
    laid_typst,
    runs_html,
    runs_typst,
)
from trial_report.analysis.display.laid_gt import LayoutError, frame_laid, gt_laid
from trial_report.analysis.display.output import Figure
from trial_report.analysis.display.returned import drawing_of
from trial_report.report.cells.displays import framed, laid_above, laid_marks, noted, text_line
from trial_report.report.cells.drawings import svg_html, svg_text
from trial_report.report.cells.pictures import Picture
from trial_report.report.cells.pieces import Block, Inline, KitError

KEPT_LINES = 15
"""A table of up to so many lines stays on one page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """What stands around a table or figure: its number and title above, notes below; ``id`` is what links lead to."""

    kind: Literal["table", "figure", "listing"]
    id: str
    number: str
    title: str
    population: str = ""
    notes: tuple[str, ...] = ()
    landscape: bool = False


def is_table(shown: object) -> bool:
    """Say whether an object is a frame or a table of great_tables."""
    return _named(shown, "pandas", "DataFrame", "Series") or _named(shown, "great_tables", "GT")


def _named(shown: object, library: str, *names: str) -> bool:
    return any(one.__module__.split(".")[0] == library and one.__name__ in names for one in type(shown).__mro__)


def as_block(shown: Any, caption: Caption | None = None, alt: str = "") -> Block:
    """Return a frame, GT, figure (or axes, or seaborn's grid) or :class:`Picture` as a block, in its frame.

    Without a caption it stands without number and title. ``alt`` says what a figure shows to those who cannot see it.
    Raises KitError for what cannot be shown in both formats, and for a figure without such a text.
    """
    if isinstance(shown, Laid) or is_table(shown):
        return _table(shown, caption)
    if isinstance(shown, Picture):
        return _picture(shown, caption)
    drawing = drawing_of(shown)
    if drawing is None:
        raise KitError(f"a {type(shown).__name__} is neither a table nor a figure")
    if not alt:
        raise KitError("a figure needs a text for those who cannot see it: #| fig-alt: what it shows, in a sentence")
    return _figure(svg_text(Figure(drawing, alt)), alt, caption, NOT_TRACED, 100)


def laid_of(shown: Any) -> Laid:
    """Return a frame or GT as what both formats can show. Raises KitError, naming what they cannot."""
    if isinstance(shown, Laid):
        return shown
    try:
        return gt_laid(shown) if _named(shown, "great_tables", "GT") else frame_laid(shown, Inline)
    except LayoutError as error:
        raise KitError(str(error)) from error


def _table(shown: Any, caption: Caption | None) -> Block:
    laid = laid_of(shown)
    below = [*laid.notes, *(caption.notes if caption else ()), *([f"{NOT_TRACED}."] if laid.untraced else [])]
    lines = [Block(runs_html(runs), runs_typst(runs)) for runs in laid.below]
    notes = noted(laid_marks(laid), [*lines, *map(text_line, below)])
    above = laid_above(laid, caption.title if caption else "")
    body = Block(
        f'{above.html}<div class="scroll">{laid_html(laid)}</div>',
        f"{{ {above.typst}{laid_typst(laid, notes.typst)} }}",
    )
    return _whole(body, notes, caption, len(laid.body) <= KEPT_LINES, len(laid.body))


def _figure(svg: str, alt: str, caption: Caption | None, note: str, width: int) -> Block:
    below = [*(caption.notes if caption else ()), *([f"{note}."] if note else [])]
    notes = noted((), list(map(text_line, below)))
    name = caption.id if caption else f"drawn-{_hash(svg)}"
    drawn = svg_html(svg, name, alt)
    body = Block(
        f'<div class="scroll drawing">{drawn}</div>',
        f"align(left, csr-drawing({typst_string(svg)}, {typst_string(alt)}, {notes.typst}))",
    )
    return _whole(body, notes, caption, True)


def _picture(shown: Picture, caption: Caption | None) -> Block:
    below = caption.notes if caption else ()
    notes = noted((), list(map(text_line, below)))
    data = base64.b64encode(shown.svg.encode("utf-8")).decode("ascii")
    drawn = (
        f'<img src="data:image/svg+xml;base64,{data}" alt="{html_attribute(shown.alt)}" style="width:{shown.width}%">'
    )
    body = Block(
        f'<div class="picture">{drawn}</div>',
        f"align(left, csr-drawing({typst_string_of(shown.svg)}, {typst_string(shown.alt)}, {notes.typst}, "
        f"width: {shown.width}%))",
    )
    return _whole(body, notes, caption, True)


def _whole(body: Block, notes: Block, caption: Caption | None, keep: bool, rows: int | None = None) -> Block:
    below = f'<div class="notes">{notes.html}</div>' if notes.html else ""
    if caption is None:
        return Block(f'<div class="plain">{body.html}{below}</div>', f"#csr-plain({body.typst})")
    html = body.html + below
    return framed(
        caption.kind, caption.id, caption.number, caption.title, text_line(caption.population), caption.landscape, keep,
        Block(html, body.typst), rows=rows,
    )  # fmt: skip


def typst_string_of(svg: str) -> str:
    """Return a drawing as a string literal as it is: nothing in it is read as words."""
    escaped = svg.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("`", "\\u{60}")
    return '"' + escaped.replace("{{", "{\\u{7b}") + '"'


def _hash(text: str) -> str:
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()[:12]
