"""Pages of our own beside the report, with its look: the comparison of two results, the evidence for validation.

Not here: the report itself (`report.render`), and a data manager's page (`analysis.issues.page`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from trial_report.analysis.display.escape import html_attribute, html_text
from trial_report.analysis.display.output import Output
from trial_report.analysis.display.table import Cell, Column, Row, Table
from trial_report.report.cells.displays import display
from trial_report.report.cells.pieces import Block, together
from trial_report.report.render.finish import LOOK, STYLE, finish
from trial_report.report.render.policy import guarded


def table(
    name: str, number: str, title: str, columns: Sequence[tuple[str, float]], rows: Iterable[Sequence[str]],
    *, notes: Sequence[str] = (), landscape: bool = False, empty: str = "There is none.",
) -> Block:  # fmt: skip
    """Return a numbered table of plain texts; ``columns`` are headings with their relative widths."""
    made = Table.build(
        [Column(f"c{n}", label, width=width) for n, (label, width) in enumerate(columns)],
        [Row(tuple(Cell(text) for text in row)) for row in rows],
        notes=tuple(notes),
        empty=empty,
    )
    output = Output(
        id=name, kind="table", number=number, title=title, population="", landscape=landscape, make=lambda _: made
    )
    return display(output, made)


def html_page(title: str, blocks: Sequence[Block], contents: Sequence[tuple[str, str]]) -> str:
    """Return a whole page in the report's look; ``contents`` are pairs of anchor and words for the side."""
    links = "".join(f'<li><a href="#{html_attribute(a)}">{html_text(words)}</a></li>' for a, words in contents)
    page = finish(
        "<!DOCTYPE html>\n"
        '<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html_text(title)}</title>\n{STYLE}\n</head>\n<body>\n"
        '<a class="skip" href="#main">Skip to the contents of the page</a>\n'
        f'<div class="frame">\n<main id="main" tabindex="-1">\n{together(blocks).html}\n</main>\n'
        f'<nav id="TOC" aria-label="Contents"><p class="toc-title">Contents</p><ul>{links}</ul></nav>\n</div>\n'
        '<nav class="to-contents" aria-label="Way back"><a href="#TOC">Contents</a></nav>\n</body>\n</html>\n'
    )
    return guarded(page)


def typst_source(blocks: Sequence[Block]) -> str:
    """Return the Typst source of a document whose first block is a title page."""
    template = (LOOK / "typst-template.typ").read_text(encoding="utf-8")
    return f"{template}\n\n{together(blocks).typst}\n"
