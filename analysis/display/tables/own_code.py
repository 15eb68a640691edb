"""The study's own code (16.1.9): each file with its hash, what it declares, and whether it ran.

Not here: what the code's analyses found, which it displays itself (`docs/own-analyses.md`).
"""

from __future__ import annotations

from trial_report import declare
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.counted import displays
from trial_report.analysis.display.table import Cell, Column, Row, Table
from trial_report.analysis.results.formatting import MISSING
from trial_report.declare.own import FOLDER, HELPER

ID = "code.table"


@declare.table(
    ID,
    after="index.outputs",
    number="16.1.9",
    title="Code of the study",
    nobody=displays,
    landscape=True,
    when=lambda book: bool(book.own.sources),
)
def code(book: Book) -> Table:
    """A row a file."""
    said = declared_in(book)
    left_out = book.own.sources.left_out
    rows = [
        Row((Cell(name), Cell(held), Cell("left out" if left_out else "; ".join(said.get(name, [])) or _none(name))))
        for name, held in book.own.sources.hashes.items()
    ]
    note = (
        "The report was built without the code of the study: what it analyses and shows is left out."
        if left_out
        else "Analyses of the study's own code are computed twice only where it declares a second computation."
    )
    return Table.build(
        [Column("file", "File", width=1.6), Column("hash", "SHA-256", width=3.4),
         Column("declares", "Declares", width=3.4)],
        rows,
        notes=[note],
    )  # fmt: skip


def _none(name: str) -> str:
    return "a helper of the others" if name.startswith(f"{FOLDER}/{HELPER}") else MISSING


def declared_in(book: Book) -> dict[str, list[str]]:
    """What each file of the study's code declares, in words."""
    own = book.own.declared
    found: dict[str, list[str]] = {}
    for kind, ones in (
        ("analysis", [(one, ", ".join(one.ids)) for one in own.analyses]),
        ("second computation", [(one, ", ".join(one.ids)) for one in own.seconds]),
        ("derivation", [(one, f"{one.dataset}.{one.name}") for one in own.derivations]),
        ("check", [(one, one.id) for one in own.checks.values()]),
        ("", [(one, f"{one.kind or 'displays'} {one.id}") for one in own.displays]),
    ):
        for one, name in ones:
            found.setdefault(one.file, []).append(f"{kind} {name}".strip())
    return found
