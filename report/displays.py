"""Put a table or figure in its frame: ICH number and title above, what it stands on below, in HTML and Typst."""

from __future__ import annotations

from analysis.display.escape import html_attribute, html_text, typst_string, typst_text
from analysis.display.output import Figure, Output
from analysis.display.table import DASH, Basis, Footnote, Table
from analysis.display.table_gt import gt_html
from analysis.display.table_html import number, to_html
from analysis.display.table_typst import to_typst
from analysis.display.table_widths import LANDSCAPE, PORTRAIT, height
from analysis.formatting import MISSING
from report.drawings import svg_html, svg_text
from report.pieces import Block, array

# Rows of up to this height (in points, a little more than a third of a page) stay on one page.
KEPT = 260.0


def standing(output: Output, basis: Basis) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the first note of every output, in pieces with their keys: analysis set and N, method, filter."""
    pieces: list[tuple[str, tuple[str, ...]]] = []
    if output.nobody:
        pieces.append((f"{output.nobody}.", ()))
    for place, size in enumerate(basis.sizes):
        before = "; " if place else "Analysis sets: " if len(basis.sizes) > 1 else "Analysis set: "
        pieces += [(f"{before}{size.label}, N = ", ()), (size.n, size.keys)]
    said = "." if basis.sizes else ""
    said += f" Method: {basis.method.rstrip('.')}." if basis.method else ""
    said += f" Filter: {basis.filter.rstrip('.')}." if basis.filter else ""
    return tuple((text, keys) for text, keys in (*pieces, (said, ())) if text)


def needed(lines: list[str], table: Table) -> list[str]:
    """Return the notes without the one about dashes, in a table that prints none; and each sentence once."""
    dashes = any(MISSING in cell.text for row in table.rows for cell in row.cells)
    kept = lines if dashes else [line.replace(DASH, "").strip() for line in lines]
    return list(dict.fromkeys(line for line in kept if line))


def source(output: Output, basis: Basis) -> str:
    """Return the line that says where the output comes from: its id, program, data and results keys."""
    parts = [f"Output: {output.id}"]
    parts += [f"Program: {output.program}"] if output.program else []
    parts += [f"Data: {', '.join(basis.data)}"] if basis.data else []
    parts += [f"Results: {basis.prefix}"] if basis.prefix else []
    return " · ".join(parts)


def display(output: Output, made: Table | Figure) -> Block:
    """Return an output with caption above and notes below, as a numbered figure block of our own."""
    table = isinstance(made, Table)
    footnotes: tuple[Footnote, ...] = made.footnotes if isinstance(made, Table) else ()
    first = [standing(output, made.basis)]
    first += [cell.pieces() for cell in made.said] if isinstance(made, Table) else []
    plain = [*made.notes, *output.notes]
    if isinstance(made, Table):
        plain = needed(plain, made)
    origin = source(output, made.basis)
    printed = [*filter(None, ("".join(text for text, _ in pieces) for pieces in first)), *plain]
    typst_notes = (
        f"csr-notes({array(f'({typst_text(f.mark)}, {typst_text(f.text)})' for f in footnotes)}, "
        f"{array(map(typst_text, printed))}, {typst_text(origin)})"
    )
    # What may scroll can be reached and scrolled by keys.
    region = f'tabindex="0" role="region" aria-label="{html_attribute(output.name)}"'
    if isinstance(made, Table):
        # Numbers are unique, and end in a way that no other number goes on from: so are ids that begin with them.
        grid = to_html(made) if output.kind == "listing" else gt_html(made, f"t{output.number}")
        inner = f'<div class="scroll" {region}>{grid}</div>'
        body = to_typst(made, output.landscape, typst_notes)
        keep = height(made, LANDSCAPE if output.landscape else PORTRAIT) < KEPT
    else:
        drawn = svg_text(made)
        keep = True
        inner = f'<div class="scroll drawing" {region}>{svg_html(drawn, output.id, made.alt)}</div>'
        alt = typst_string(made.alt)
        body = f"csr-drawing({typst_string(drawn)}, {alt}, {typst_notes})"
    said = "".join(f"<p><sup>{html_text(f.mark)}</sup> {html_text(f.text)}</p>" for f in footnotes)
    said += "".join(
        f"<p>{''.join(number(text, keys) if keys else html_text(text) for text, keys in pieces)}</p>"
        for pieces in first
        if pieces
    )
    said += "".join(f"<p>{html_text(line)}</p>" for line in plain)
    kind = f"csr-{output.kind}"
    wide = " wide" if output.landscape else ""
    html = (
        f'<figure id="o-{html_attribute(output.id)}" class="{kind}{wide}" data-number="{html_attribute(output.name)}" '
        f'data-title="{html_attribute(output.title)}"><figcaption><span class="num">{html_text(output.name)}</span> '
        f"{html_text(output.title)}"
        + (f'<span class="pop">{html_text(output.population)}</span>' if table and output.population else "")
        + f'</figcaption>{inner}<div class="notes">{said}<p class="source">{html_text(origin)}</p></div></figure>'
    )
    typst = (
        f"#csr-output(landscape: {'true' if output.landscape else 'false'}, keep: {'true' if keep else 'false'}, "
        f'kind: "{kind}", id: {typst_string(output.id)}, number: {typst_string(output.number)}, '
        f"title: {typst_text(output.title)}, population: {typst_text(output.population) if table else typst_text('')}, "
        f"{body})"
    )
    return Block(html, typst)
