"""The publication beside this report (13): each statement, what was computed, and whether they agree.

Not here: sentences on the publication (`report.prose.response`).
"""

from __future__ import annotations

from dataclasses import replace

from trial_report import declare
from trial_report.analysis.analyse.claims import KEY, NOTHING_EXPECTED
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.table import Cell, Column, Footnote, Row, Table
from trial_report.schemas.study.analysis import Claim, Expectation

ANALYSIS = "claims"
SIGNS = {"<": "<", "<=": "≤", "==": "=", ">=": "≥", ">": ">", "is": "is"}


@declare.table(
    "claims.table",
    number="13",
    title="Published statements and computed findings",
    when=lambda book: book.definition.publication is not None and (book.results["analysis"] == ANALYSIS).any(),
)
def claims(book: Book) -> Table:
    """A row a claim: its statement, the finding with its numbers traced, when it agrees, and whether."""
    publication = book.definition.publication
    if publication is None:
        return Table.build(_COLUMNS, [])
    rows = [
        Row((Cell(str(number)), Cell(claim.statement), found(book, claim), _asked(claim), _agreement(book, claim)))
        for number, claim in enumerate(publication.claims, 1)
    ]
    uncheckable = any("a" in row.cells[4].marks for row in rows)
    notes = ["Not contradicted: every condition that the study's definition sets for the statement holds, no more."]
    columns = list(_COLUMNS)
    if book.definition.study.synthetic:
        notes.append(SIMULATED)
        columns[-1] = replace(columns[-1], label="Not contradicted\n(simulated data)")
    return Table.build(
        columns,
        rows,
        notes=notes,
        footnotes=[Footnote("a", f"{NOTHING_EXPECTED.capitalize()}.")] if uncheckable else [],
        stub=2,
    )


_COLUMNS = (
    Column("number", "No.", "right", 0.4),
    Column("statement", "Published statement", width=2.3),
    Column("computed", "Computed in this report", width=3.2),
    Column("asked", "Contradicted unless", width=2.0),
    Column("agrees", "Not contradicted", "center", width=1.4),
)

SIMULATED = (
    "The data are simulated: agreement confirms nothing of what was published, and is circular where the simulation "
    "was made to agree."
)
MOST_CONDITIONS = 4
"""Of how many conditions each is written; of more, how many there are."""


def _asked(claim: Claim) -> Cell:
    """When the statement is taken to be borne out: in the words of the definition, else its conditions."""
    if claim.condition:
        return Cell(claim.condition)
    if len(claim.expect) > MOST_CONDITIONS:
        return Cell(f"all {len(claim.expect)} conditions of the study's definition hold")
    return Cell("\n".join(conditions(claim)) or "–")


def found(book: Book, claim: Claim) -> Cell:
    """The claim's sentence, each number traced to the result that it is."""
    pieces = KEY.split(claim.computed)
    parts: list[str | tuple[str, str]] = []
    for place, piece in enumerate(pieces):
        if place % 2:
            parts.append((book.text(piece), piece))
        elif piece:
            parts.append(piece)
    return Cell.of(*parts)


def conditions(claim: Claim) -> list[str]:
    """What the claim expects, in the definition's words."""
    return [_condition(one) for one in claim.expect]


def _condition(expected: Expectation) -> str:
    return f"{expected.key} {SIGNS[expected.operator]} {expected.value}"


def _agreement(book: Book, claim: Claim) -> Cell:
    found = book.ask(ANALYSIS, None, claim.id)
    marks = () if claim.expect else ("a",)
    return Cell.of((found.text("agrees"), found.key("agrees")), marks=marks, bold=found.text("agrees") == "no")
