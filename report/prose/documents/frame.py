"""Displays under a document's own running numbers, "Table 1", and a document's last lines, those for signatures.

Not here: numbers of the study report, which are ICH's (`report.cells.displays`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from trial_report.analysis.display.output import Figure, Kind, Output
from trial_report.analysis.display.standing import basis_of
from trial_report.analysis.display.table import Cell, Column, Row, Table
from trial_report.report.cells import kit
from trial_report.report.cells.displays import display
from trial_report.report.cells.pieces import Block

_numbered: Counter[str] = Counter()


def here(name: str, *, title: str = "", made: Table | Figure | None = None, landscape: bool | None = None) -> Block:
    """One output of the registry under the document's next number; nothing where the study does not have it.

    Its title, what of it is shown (`subset`) and whether its page is turned may be other ones here.
    """
    book = kit.book()
    if name not in book.outputs:
        return Block("", "")
    found = book.outputs[name]
    turned = found.landscape if landscape is None else landscape
    own = replace(found, number=_next(found.kind), title=title or found.title, landscape=turned)
    shown = book.made(name) if made is None else made
    if isinstance(made, Table):
        shown = replace(made, basis=basis_of(book, own, made))
    return display(own, shown)


def subset(table: Table, rows: Sequence[Row], columns: Sequence[str]) -> Table:
    """Some rows and columns of a table, in its order."""
    kept = [place for place, column in enumerate(table.columns) if column.id in columns]
    return replace(
        table,
        columns=tuple(table.columns[place] for place in kept),
        rows=tuple(replace(row, cells=tuple(row.cells[place] for place in kept)) for row in rows),
    )


def own_table(
    name: str, title: str, made: Table, program: str, *, population: str = "", size: tuple[str, ...] = (),
    nobody: str = "", kind: Kind = "table",
) -> Block:  # fmt: skip
    """A table of the document's own, with what it stands on read off its results rows; `nobody` as `Output` has it."""
    output = Output(
        id=name, kind=kind, number="0", title=title, population=population, size=size, nobody=nobody,
        program=f"report.prose.documents.{program}", make=lambda _: made,
    )  # fmt: skip
    whole = replace(made, basis=basis_of(kit.book(), output, made))
    return display(replace(output, number=_next(kind)), whole)


def _next(kind: str) -> str:
    _numbered[kind] += 1
    return str(_numbered[kind])


def signatures(roles: Sequence[str]) -> Block:
    """A line for each role to sign on: name, signature, date."""
    columns = [
        Column("role", "Role", width=1.7), Column("name", "Name", width=1.6),
        Column("signature", "Signature", width=1.8), Column("date", "Date", width=0.9),
    ]  # fmt: skip
    rows = [Row((Cell(f"\n{role}"), *(Cell(f"\n{'_' * long}") for long in (20, 24, 12)))) for role in roles]
    made = Table.build(columns, rows)
    return own_table("doc.signatures", "Signatures", made, "frame", nobody="To be signed by hand")
