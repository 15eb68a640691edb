"""Put a table or figure in its frame: ICH number and title above, what it stands on below, in HTML and Typst.

Not here: the table or drawing inside the frame (`analysis.display`), and displays made in a cell (`shown`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from trial_report.analysis.display.escape import html_attribute, html_text, typst_string, typst_text
from trial_report.analysis.display.laid import NOT_TRACED, Laid, laid_html, laid_typst, plain, runs_html, runs_typst
from trial_report.analysis.display.output import Figure, Output
from trial_report.analysis.display.table import DASH, Basis, Footnote, Table
from trial_report.analysis.display.table_gt import gt_html
from trial_report.analysis.display.table_html import number, to_html
from trial_report.analysis.display.table_parts import Part, parts, turns
from trial_report.analysis.display.table_typst import to_typst
from trial_report.analysis.display.table_widths import KEPT, LANDSCAPE, PORTRAIT, height
from trial_report.analysis.results.formatting import MISSING
from trial_report.report.cells.drawings import svg_html, svg_text
from trial_report.report.cells.pieces import Block, array

# About how many pixels of a page a row is, and caption and notes are: a browser that has not laid out a far table yet
# goes by it.
ROW, AROUND = 27, 150


def standing(output: Output, basis: Basis) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the first note of every output, in pieces with their keys: analysis set and N, method, filter."""
    pieces: list[tuple[str, tuple[str, ...]]] = []
    if output.nobody:
        pieces.append((f"{output.nobody}.", ()))
    for place, size in enumerate(basis.sizes):
        before = "; " if place else "Analysis sets: " if len(basis.sizes) > 1 else "Analysis set: "
        shown = f"{size.label}, {size.by}" if size.by else size.label
        pieces += [(f"{before}{shown}, N = ", ()), (size.n, size.keys)]
    said = "." if basis.sizes else ""
    said += f" Method: {basis.method.rstrip('.')}." if basis.method else ""
    said += f" Filter: {basis.filter.rstrip('.')}." if basis.filter else ""
    said = said if pieces else said.lstrip()
    return tuple((text, keys) for text, keys in (*pieces, (said, ())) if text)


def needed(lines: list[str], table: Table) -> list[str]:
    """Return the notes without the one about dashes, in a table that prints none; and each sentence once."""
    dashes = any(MISSING in cell.text for row in table.rows for cell in row.cells)
    kept = lines if dashes else [line.replace(DASH, "").strip() for line in lines]
    return list(dict.fromkeys(line for line in kept if line))


def source(output: Output, basis: Basis) -> str:
    """Return the line that says where the output comes from: its id, program, data and results keys.

    What the text shows of section 14 says where it stands there; what stands in the text alone names its data.
    """
    if output.repeats:
        return f"Source: {output.repeats}"
    if "-" in output.number:
        return f"Source: {', '.join(basis.data)}" if basis.data else ""
    parts = [f"Output: {output.id}"]
    parts += [f"Program: {output.program}"] if output.program else []
    parts += [f"Data: {', '.join(basis.data)}"] if basis.data else []
    parts += [f"Results: {basis.prefix}"] if basis.prefix else []
    return " · ".join(parts)


def display(output: Output, made: Table | Figure) -> Block:
    """Return an output with caption above and notes below, as a numbered figure block of our own.

    A figure is printed as large as it was drawn, or as fits the page.
    """
    if isinstance(made, Table) and not (made.rows or made.looks):
        return _told(output, made)
    notes = _notes(output, made)
    split: tuple[Part, ...] = ()
    if isinstance(made, Table) and output.kind == "table" and not made.looks:
        output = replace(output, landscape=output.landscape or turns(made))
        split = parts(made, output.landscape)
    total = LANDSCAPE if output.landscape else PORTRAIT
    keep = isinstance(made, Figure) or sum(height(one.table, total) for one in split or (Part(made),)) < KEPT
    called = _called(f"{output.name} {output.title}")
    if len(split) > 1:
        body, rows = _parts(output, split, notes.typst), len(split) * len(split[0].table.rows)
    elif isinstance(made, Table):
        body, rows = _scrolled(_table(output, made, notes.typst), called, "scroll"), len(made.rows)
    else:
        body, rows = _scrolled(_figure(output, made, notes.typst), called, "scroll drawing"), None
    population = _set(output, made)
    above = laid_above(made.looks, output.title) if isinstance(made, Table) and made.looks else Block("", "")
    html = f'{above.html}{body.html}<div class="notes">{notes.html}</div>'
    whole = Block(html, f"{{ {above.typst}{body.typst} }}" if above.typst else body.typst)
    return framed(
        output.kind, output.id, output.number, output.title, population, output.landscape, keep, whole, rows=rows
    )


def _told(output: Output, made: Table) -> Block:
    """A display without rows: the sentence that there are none. What rows would be of needs no note."""
    called = [((made.empty, ()),), *(cell.pieces() for cell in made.said)]
    pieces = [piece for n, one in enumerate(called) for piece in ([(" ", ())] * (n > 0) + list(one))]
    said = _pieces(pieces)
    kept = () if made.said or _shown_above(output, made) else made.basis.sizes
    basis = replace(made.basis, method="", filter="", sizes=kept)
    stands = standing(output, basis)
    notes = noted((), [_pieces(stands)] if stands else [], source(output, basis))
    above = text_line(output.population) if made.said or not _shown_above(output, made) else _set(output, made)
    body = Block(
        f'<p class="none">{said.html}</p><div class="notes">{notes.html}</div>',
        f"csr-none({said.typst}, {notes.typst})",
    )
    return framed(output.kind, output.id, output.number, output.title, above, False, True, body, rows=0, told=True)


def _shown_above(output: Output, made: Table | Figure) -> bool:
    """Whether set and N stand below the title; those of a figure, and of what names no set, stand in the notes."""
    return isinstance(made, Table) and bool(output.population and made.basis.sizes) and not output.nobody


def _set(output: Output, made: Table | Figure) -> Block:
    """What stands below the title: each analysis set with its N."""
    if not _shown_above(output, made):
        return text_line(output.population if isinstance(made, Table) else "")
    sizes = made.basis.sizes
    pieces: list[tuple[str, tuple[str, ...]]] = []
    for place, size in enumerate(sizes):
        label = output.population if len(sizes) == 1 else size.label
        pieces.append((f"{'; ' if place else ''}{label}{f', {size.by}' if size.by else ''}, N = ", ()))
        pieces.append((size.n, size.keys))
    return _pieces(pieces)


def _scrolled(body: Block, called: str, names: str) -> Block:
    return Block(f'<div class="{names}">{_named(body.html, called)}</div>', body.typst)


def _parts(output: Output, split: Sequence[Part], notes: str) -> Block:
    """A table too wide for a page, part by part below each other. A script of the page joins them again.

    Notes stand below the last part: page and PDF have the same words.
    """
    name, total = f"{output.name} {output.title}", LANDSCAPE if output.landscape else PORTRAIT
    html, typst = [], []
    for place, part in enumerate(split, 1):
        grid = _named(gt_html(part.table, f"t{output.number}.{place}"), _called(f"{name}, {part.heading}"))
        html.append(
            f'<p class="above part">{html_text(part.heading)}</p>'
            f'<div class="scroll" data-stub="{part.table.stub}">{grid}</div>'
        )
        drawn = to_typst(part.table, output.landscape, notes if place == len(split) else "none")
        drawn = f"csr-above({typst_string(part.heading)}) + {drawn}"
        keep = height(part.table, total) < KEPT
        typst.append(f"block(breakable: false, width: 100%, {{ {drawn} }})" if keep else drawn)
    return Block("".join(html), f"{{ {' + '.join(typst)} }}")


def _called(name: str) -> str:
    # A name by reference would be empty as long as the browser leaves out what is far away.
    return f'aria-label="{html_attribute(name)}"'


def framed(
    kind: str, name: str, number: str, title: str, population: Block, landscape: bool, keep: bool, body: Block,
    *, rows: int | None = None, told: bool = False,
) -> Block:  # fmt: skip
    """Return a table or figure below its number and title; ``name`` is what links lead to, ``body`` holds the notes.

    ``rows`` are those of a table, by which a browser that has not laid it out yet knows about how high it is. ``told``:
    it is a sentence, which may stand on an upright page or a turned one.
    """
    shown, wide = f"{kind.capitalize()} {number}", " wide" if landscape else ""
    high = "" if rows is None else f' style="--high: {AROUND + ROW * rows}px" data-rows="{rows}"'
    html = (
        f'<figure id="o-{html_attribute(name)}" class="csr-{kind}{wide}" data-number="{html_attribute(shown)}" '
        f'data-title="{html_attribute(title)}" {_called(f"{shown} {title}")}{high}><figcaption>'
        f'<span class="called"><span class="num">{html_text(shown)}</span> {html_text(title)}</span>'
        + (f'<span class="pop">{population.html}</span>' if population.html else "")
        + f"</figcaption>{body.html}</figure>"
    )
    typst = (
        f"#csr-output({'told: true, ' if told else ''}landscape: {'true' if landscape else 'false'}, "
        f"keep: {'true' if keep else 'false'}, "
        f'kind: "csr-{kind}", id: {typst_string(name)}, number: {typst_string(number)}, '
        f"title: {typst_text(title)}, population: {population.typst}, {body.typst})"
    )
    return Block(html, typst)


def _named(html: str, called: str) -> str:
    """The table with number and title as its name, for who hears it."""
    return html.replace("<table ", f"<table {called} ", 1) if html.startswith("<table ") else html


def laid_above(laid: Laid, title: str) -> Block:
    """Return what stands in the head of a GT, where the title of its frame does not say it already."""
    heads = [laid.title] if plain(laid.title) and plain(laid.title) != title else []
    heads += [laid.subtitle] if laid.subtitle else []
    return Block(
        "".join(f'<p class="above">{runs_html(runs)}</p>' for runs in heads),
        "".join(f"csr-above({runs_typst(runs)}) + " for runs in heads),
    )


def _table(output: Output, made: Table, notes: str) -> Block:
    if made.looks:
        return Block(laid_html(made.looks), laid_typst(made.looks, notes))
    # Numbers are unique, and end in a way that no other number goes on from: so are ids that begin with them.
    grid = to_html(made) if output.kind == "listing" else gt_html(made, f"t{output.number}")
    return Block(grid, to_typst(made, output.landscape, notes))


def _figure(output: Output, made: Figure, notes: str) -> Block:
    drawn = svg_text(made)
    return Block(
        svg_html(drawn, output.id, made.alt),
        f"csr-drawing({typst_string(drawn)}, {typst_string(made.alt)}, {notes})",
    )


def _notes(output: Output, made: Table | Figure) -> Block:
    """What stands below: footnotes, what the output stands on, other notes, and where it comes from."""
    if isinstance(made, Table) and made.looks:
        return _laid_notes(output, made, made.looks)
    footnotes: Sequence[Footnote] = ()
    first = [standing(output, _below(output, made))]
    lines = [*made.notes, *output.notes]
    if isinstance(made, Table):
        footnotes, lines = made.footnotes, needed(lines, made)
        first += [cell.pieces() for cell in made.said]
    marked = [(f.mark, Block(html_text(f.text), typst_text(f.text))) for f in footnotes]
    return noted(marked, [*map(_pieces, filter(None, first)), *map(text_line, lines)], source(output, made.basis))


def _below(output: Output, made: Table | Figure) -> Basis:
    """What is said below of what a display stands on: not the sets that stand above it."""
    return replace(made.basis, sizes=()) if _shown_above(output, made) else made.basis


def _laid_notes(output: Output, made: Table, laid: Laid) -> Block:
    below = [Block(runs_html(runs), runs_typst(runs)) for runs in laid.below]
    below += map(text_line, [*output.notes, *([f"{NOT_TRACED}."] if laid.untraced else [])])
    return noted(laid_marks(laid), [*map(_pieces, filter(None, [standing(output, _below(output, made))])), *below],
                 source(output, made.basis))  # fmt: skip


def laid_marks(laid: Laid) -> list[tuple[str, Block]]:
    """Return the footnotes of a GT: each mark with what it says."""
    return [(mark, Block(runs_html(runs), runs_typst(runs))) for mark, runs in laid.footnotes]


def noted(marked: Sequence[tuple[str, Block]], lines: Sequence[Block], origin: str | None = None) -> Block:
    """Return what stands below a display: what its marks say, a line each, and where it comes from."""
    html = "".join(f"<p><sup>{html_text(mark)}</sup> {said.html}</p>" for mark, said in marked)
    html += "".join(f"<p>{line.html}</p>" for line in lines)
    html += f'<p class="source">{html_text(origin)}</p>' if origin else ""
    marks = array(f"({typst_text(mark)}, {said.typst})" for mark, said in marked)
    last = typst_text(origin) if origin else "none"
    return Block(html, f"csr-notes({marks}, {array(line.typst for line in lines)}, {last})")


def text_line(text: str) -> Block:
    """Return a note that is text alone."""
    return Block(html_text(text), typst_text(text))


def _pieces(pieces: Sequence[tuple[str, tuple[str, ...]]]) -> Block:
    html = "".join(number(text, keys) if keys else html_text(text) for text, keys in pieces)
    return Block(html, typst_text("".join(text for text, _ in pieces)))
