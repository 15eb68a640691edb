"""The index of outputs (16.1.9): each with its number, title, program and the results that it prints.

Not here: methods with their software (`methods`), and the second computation by output (`verification`).
"""

from __future__ import annotations

from trial_report import declare
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.counted import displays
from trial_report.analysis.display.output import Output
from trial_report.analysis.display.table import Cell, Column, Row, Table
from trial_report.analysis.results.question import Question

ID = "index.outputs"
PROFILES = "fig.patient."


@declare.table(
    ID,
    after="verification.unmatched",
    number="16.1.9",
    title="Index of outputs, programs and results",
    nobody=displays,
    landscape=True,
)
def index(book: Book) -> Table:
    """A row an output, in the order of the registry; one for all profiles of patients, which are made alike."""
    alike = [o for o in book.outputs.values() if o.id.startswith(PROFILES)]
    rows = [
        Row((Cell(_called(o)), Cell(o.title), Cell(o.id), Cell(o.program), Cell(results_of(book, name))))
        for name, o in book.outputs.items()
        if o not in alike[1:]
    ]
    if len(alike) > 1:
        first, last = alike[0], alike[-1]
        texts = (f"{first.name} to {last.number}", "Patient profiles", f"{PROFILES}…", first.program, "–")
        rows = [Row(tuple(map(Cell, texts))) if row.cells[0].text == first.name else row for row in rows]
    rows += [Row((Cell("left out"), Cell(o.title), Cell(o.id), Cell(o.program), Cell("–"))) for o in book.left_out]
    return Table.build(
        [
            Column("number", "Number", width=1.1),
            Column("title", "Title", width=2.6),
            Column("id", "Output", width=1.3),
            Column("program", "Program", width=2.0),
            Column("results", "Results", width=1.8),
        ],
        rows,
        notes=[
            "Results: how the keys in results.json begin that the output prints; – where it prints none.",
            *(["In brackets: the number in the text."] if any(o.told for o in book.outputs.values()) else []),
            *(["Left out: not shown, as the study's definition asks."] if book.left_out else []),
        ],
    )


def _called(output: Output) -> str:
    """Its name; of one that the text shows too, with the number that it has there."""
    return f"{output.name} ({output.told})" if output.told else output.name


def results_of(book: Book, name: str) -> str:
    """How the keys of an output's results begin: as the output says, else the analyses of the keys that it prints."""
    if name == ID:
        return "–"
    made = book.made(name)
    if made.basis.prefix:
        return made.basis.prefix
    keys = made.keys() if isinstance(made, Table) else made.keys
    return ", ".join(sorted({Question.of_key(key).analysis for key in keys})) or "–"
