"""A table that somebody laid out: a great_tables object or a frame, as the words and looks that both formats can show.

The report's own tables are :class:`~trial_report.analysis.display.table.Table`. This is for those of a document's cells
and of a study's own code, which may have what ours have not: spanners over spanners, words in italics or in a colour,
notes on a heading. Reading one is in ``laid_gt``; here it is written, as HTML and as Typst.

Not here: reading of such an object (`laid_gt`), and the report's own tables (`table`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from trial_report.analysis.display.escape import html_attribute, html_text, typst_cell, typst_string
from trial_report.analysis.display.table import Align

MOST = 50
"""Letters from which a column becomes no wider."""
NOT_TRACED = "Not traced: no result of this report stands behind it"
"""What is said of a number that no row of the results stands behind."""

# A number that stands by itself: not the digits of a name as "AB12".
_NUMBER = re.compile(r"(?<![\w.])[-−+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?%?(?![\w.]*\d)")


@dataclass(frozen=True, slots=True)
class Run:
    """Words that look alike. ``html`` and ``typst`` are given where they are finished already, as a traced number."""

    text: str = ""
    bold: bool = False
    italic: bool = False
    code: bool = False
    under: bool = False
    struck: bool = False
    place: Literal["", "sup", "sub"] = ""
    colour: str = ""
    href: str = ""
    html: str = ""
    typst: str = ""


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell: words, how many columns and rows it takes, and where they stand in it. ``names`` its row or columns."""

    runs: Runs = ()
    wide: int = 1
    high: int = 1
    align: Align = "left"
    fill: str = ""
    names: bool = False
    indent: int = 0
    over: bool = False
    """A heading over several columns."""

    @property
    def text(self) -> str:
        """The words without their looks."""
        return plain(self.runs)


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the body; ``group`` where it is the heading of those below it."""

    spots: tuple[Spot, ...]
    group: bool = False


@dataclass(frozen=True, slots=True)
class Laid:
    """A whole table: headings, rows, and what stands above and below it. ``traced`` where all its numbers are results.

    ``widths`` is empty or has a length of CSS (``120px``, ``30%``) or "" for each column.
    """

    columns: int
    head: tuple[tuple[Spot, ...], ...]
    body: tuple[Line, ...]
    widths: tuple[str, ...] = ()
    title: Runs = ()
    subtitle: Runs = ()
    footnotes: tuple[tuple[str, Runs], ...] = ()
    below: tuple[Runs, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def untraced(self) -> bool:
        """Whether a number of its body has no row of the results behind it."""
        return any(
            _NUMBER.search(run.text)
            for line in self.body
            for spot in line.spots
            if not (line.group or spot.names)
            for run in spot.runs
            if not run.html
        )


def plain(runs: Iterable[Run]) -> str:
    """Words without their looks."""
    return "".join(run.text for run in runs)


# ---- HTML -----------------------------------------------------------------------------------------------


def untraced_html(text: str) -> str:
    """Text in which every number is marked as not traced."""
    parts, at = [], 0
    for match in _NUMBER.finditer(text):
        parts.append(html_text(text[at : match.start()]))
        parts.append(f'<span class="u" title="{NOT_TRACED}">{html_text(match.group())}</span>')
        at = match.end()
    return "".join([*parts, html_text(text[at:])])


def runs_html(runs: Iterable[Run], marked: bool = False) -> str:
    """Words as HTML; ``marked``: with a mark at each number, which is not traced."""
    return "".join(_run_html(run, marked) for run in runs)


def _run_html(run: Run, marked: bool) -> str:
    if run.html:
        return run.html
    inner = untraced_html(run.text) if marked and not run.place else html_text(run.text)
    tags = [("code", run.code), ("strong", run.bold), ("em", run.italic), ("u", run.under), ("s", run.struck)]
    for tag, asked in tags:
        inner = f"<{tag}>{inner}</{tag}>" if asked else inner
    inner = f"<{run.place}>{inner}</{run.place}>" if run.place else inner
    inner = f'<span style="color:{run.colour}">{inner}</span>' if run.colour else inner
    return f'<a href="{html_attribute(run.href)}">{inner}</a>' if run.href else inner


def laid_html(table: Laid) -> str:
    """The ``<table>`` element; what stands above and below it is written by its frame."""
    named = [f'<col style="width:{width}">' if width else "<col>" for width in table.widths]
    columns = f"<colgroup>{''.join(named)}</colgroup>" if any(table.widths) else ""
    head = "".join(f"<tr>{''.join(map(_heading, row))}</tr>" for row in table.head)
    body, opened = [], False
    for line in table.body:
        if line.group:
            body.append(f"{'</tbody>' if opened else ''}<tbody>")
            opened = True
            inner = f'<span class="group">{runs_html(line.spots[0].runs)}</span>'
            body.append(f'<tr class="g"><th colspan="{table.columns}" scope="rowgroup">{inner}</th></tr>')
            continue
        if not opened:
            body.append("<tbody>")
            opened = True
        body.append(f"<tr>{''.join(map(_cell, line.spots))}</tr>")
    body.append("</tbody>" if opened else "")
    return (
        f'<table class="csr laid" data-quarto-disable-processing="true">{columns}<thead>{head}</thead>'
        f"{''.join(body)}</table>"
    )


def _heading(spot: Spot) -> str:
    names = ["s"] if spot.over else [spot.align[0]] if spot.align != "left" else []
    scope = "colgroup" if spot.over else "col"
    return f'<th scope="{scope}"{_attributes(spot, names)}>{runs_html(spot.runs)}</th>'


def _cell(spot: Spot) -> str:
    names = [spot.align[0]] if spot.align != "left" else []
    names += [f"i{min(spot.indent, 4)}"] if spot.indent else []
    tag = "th" if spot.names else "td"
    scope = ' scope="row"' if spot.names else ""
    return f"<{tag}{scope}{_attributes(spot, names)}>{runs_html(spot.runs, not spot.names)}</{tag}>"


def _attributes(spot: Spot, names: Sequence[str]) -> str:
    found = f' class="{" ".join(names)}"' if names else ""
    found += f' colspan="{spot.wide}"' if spot.wide > 1 else ""
    found += f' rowspan="{spot.high}"' if spot.high > 1 else ""
    return found + (f' style="background:{spot.fill}"' if spot.fill else "")


# ---- Typst ----------------------------------------------------------------------------------------------


def runs_typst(runs: Iterable[Run]) -> str:
    """Words as a Typst expression, every text in it a string literal."""
    return " + ".join(_run_typst(run) for run in runs) or '""'


def _run_typst(run: Run) -> str:
    if run.typst:
        return f"[{run.typst}]"
    shown = typst_cell(run.text)
    if run.code:
        shown = f'text(font: "DejaVu Sans Mono", size: 0.85em, {shown})'
    for name, asked in (("strong", run.bold), ("emph", run.italic), ("underline", run.under), ("strike", run.struck)):
        shown = f"{name}({shown})" if asked else shown
    if run.place:
        shown = f"{'super' if run.place == 'sup' else 'sub'}(typographic: false, size: 0.75em, {shown})"
    shown = f'text(fill: rgb("{run.colour}"), {shown})' if run.colour else shown
    return f"link({typst_string(run.href)}, {shown})" if run.href else shown


def laid_typst(table: Laid, notes: str = "none") -> str:
    """The expression ``csr-grid(…)``; ``notes`` is an expression for what is repeated below it on each page."""
    columns = _shared(table, [_length(width) for width in table.widths] or ["auto"] * table.columns)
    aligns = _aligns(table)
    head = ", ".join(_heading_typst(spot) for row in table.head for spot in row)
    rows: list[str] = []
    for line in table.body:
        if line.group:
            rows.append(f"csr-g({table.columns}, {runs_typst(line.spots[0].runs)}),")
        else:
            pairs = enumerate(line.spots)
            rows.append(", ".join(_cell_typst(spot, aligns[min(n, len(aligns) - 1)]) for n, spot in pairs) + ",")
    if not table.body:
        rows.append(f'csr-e({table.columns}, ""),')
    body = "\n".join(rows)
    return (
        f"csr-grid(columns: ({', '.join(columns)},), align: ({', '.join(aligns)},), head: ({head},), notes: {notes}, "
        f"(\n{body}\n))"
    )


def _length(width: str) -> str:
    """A length of CSS as one of Typst: a pixel is three quarters of a point."""
    if width.endswith("px"):
        return f"{float(width[:-2]) * 0.75:g}pt"
    return width or "auto"


def _longest(table: Laid, place: int) -> int:
    lines = (line.spots[place].text for line in table.body if not line.group and len(line.spots) == table.columns)
    return max((len(text) for text in lines), default=0)


def _shared(table: Laid, columns: Sequence[str]) -> list[str]:
    """Columns that fill the page, by the length of what stands in them."""
    weights = [
        min(max(_longest(table, place), _heading_length(table, place), 6), MOST) for place in range(len(columns))
    ]
    return [f"{weight}fr" if one == "auto" else one for weight, one in zip(weights, columns, strict=True)]


def _heading_length(table: Laid, place: int) -> int:
    row = table.head[-1] if table.head else ()
    found = row[place].text if len(row) == table.columns else ""
    return max((len(word) for word in found.split()), default=0)


def _aligns(table: Laid) -> list[Align]:
    whole = next((line for line in table.body if not line.group and len(line.spots) == table.columns), None)
    return [spot.align for spot in whole.spots] if whole else ["left"] * table.columns


def _heading_typst(spot: Spot) -> str:
    words = runs_typst(spot.runs)
    if spot.over:
        return f"csr-s({spot.wide}, {words})"
    rows = f"rowspan: {spot.high}, " if spot.high > 1 else ""
    wide = f"colspan: {spot.wide}, " if spot.wide > 1 else ""
    return f"table.cell({rows}{wide}align: {spot.align} + bottom, strong({words}))"


def _cell_typst(spot: Spot, usual: Align) -> str:
    words = runs_typst(spot.runs)
    if spot.indent:
        words = f"csr-c({words}, indent: {min(spot.indent, 8)})"
    options = [f"colspan: {spot.wide}"] if spot.wide > 1 else []
    options += [f"rowspan: {spot.high}"] if spot.high > 1 else []
    options += [f'fill: rgb("{spot.fill}")'] if spot.fill else []
    options += [f"align: {spot.align}"] if spot.align != usual else []
    return f"table.cell({', '.join([*options, words])})" if options else words
