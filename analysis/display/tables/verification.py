"""What the second computation says of each output (16.1.9), and whether the report is a draft because of it."""

from __future__ import annotations

import pandas as pd

from analysis.display.book import Book
from analysis.display.output import Output
from analysis.display.table import Cell, Column, Row, Table
from analysis.display.tables.index import ID as INDEX
from analysis.formatting import fmt_number
from schemas.study.unwritten import unwritten

BY_OUTPUT, UNMATCHED = "verification.outputs", "verification.unmatched"
MATCHED = "matched"
LISTED = 200
"""How many results that do not match are listed; how many more there are is said."""


def outputs(book: Book) -> list[Output]:
    """The counts by output, and, where any result does not match, which."""
    nobody = f"Results of the report are counted, not {book.definition.study.subjects}"
    found = [
        Output(id=BY_OUTPUT, kind="table", number="16.1.9", title="Results computed twice, by output", nobody=nobody,
               make=by_output)
    ]  # fmt: skip
    if book.verified is not None and (book.verified["state"] != MATCHED).any():
        found.append(
            Output(id=UNMATCHED, kind="table", number="16.1.9", title="Results that the second computation does not "
                   "confirm", nobody=nobody, landscape=True, make=unmatched)
        )  # fmt: skip
    return found


def draft_mark(book: Book) -> str | None:
    """What every page of a report says that is no final one, else None.

    Its results were not all computed twice with one outcome, or texts of the definition have still to be written.
    """
    why = [found for found in (_unconfirmed(book), _unwritten(book)) if found]
    return f"DRAFT: {'; '.join(why)}" if why else None


def _unwritten(book: Book) -> str | None:
    count = len(unwritten(book.definition))
    if not count:
        return None
    return f"{count} text{'s' * (count > 1)} of the study's definition to be written"


def _unconfirmed(book: Book) -> str | None:
    if book.verified is None or book.verified.empty:
        return "the results were not computed a second time"
    wrong = int((book.verified["state"] != MATCHED).sum())
    if not wrong:
        return None
    counted = fmt_number(wrong, thousands=True), fmt_number(len(book.verified), thousands=True)
    return "{} of {} results are not confirmed by the second computation".format(*counted)


def by_output(book: Book) -> Table:
    """A row an output that prints results, one for results that none prints, one for all: how many match."""
    columns = [
        Column("number", "Output", width=1.2),
        Column("title", "Title", width=3.4),
        Column("results", "Results", "right", 0.8),
        Column("matched", "Matched", "right", 0.8),
        Column("unmatched", "Not matched", "right", 0.9),
    ]
    verified = book.verified
    if verified is None or verified.empty:
        return Table.build(columns, [], empty="The results were not computed a second time.")
    good = (verified["state"] == MATCHED).groupby(verified["key"]).all()
    printed = {name: pd.Index(_keys(book, name)) for name in book.outputs if name not in (INDEX, BY_OUTPUT, UNMATCHED)}
    rows = [
        _row(book.outputs[name].name, book.outputs[name].title, good.reindex(keys, fill_value=False))
        for name, keys in printed.items()
        if len(keys)
    ]
    somewhere = good.index.isin([key for keys in printed.values() for key in keys])
    rows.append(_row("Elsewhere", "Results of sentences, and results that only results.json holds", good[~somewhere]))
    rows.append(_row("All", "Every result, each once", good, bold=True))
    return Table.build(
        columns,
        rows,
        notes=[
            "Matched: the value, recomputed from the SDTM files by a second program, agrees within the stated "
            "tolerance, and what is printed is that value rounded once. A result that several outputs print is counted "
            "in each."
        ],
    )


def _keys(book: Book, name: str) -> tuple[str, ...]:
    made = book.made(name)
    return made.keys() if isinstance(made, Table) else tuple(dict.fromkeys(made.keys))


def _row(number: str, title: str, good: pd.Series, bold: bool = False) -> Row:
    counts = len(good), int(good.sum()), int((~good.astype(bool)).sum())
    texts = (number, title, *(fmt_number(count, thousands=True) for count in counts))
    return Row(tuple(Cell(text, bold=bold) for text in texts))


def unmatched(book: Book) -> Table:
    """A row a result that does not match: what the report holds, what the second computation found, and why."""
    columns = [
        Column("key", "Result", width=3.0),
        Column("printed", "Printed", width=0.8),
        Column("here", "Report", width=1.2),
        Column("there", "Second computation", width=1.2),
        Column("state", "Finding", width=1.4),
    ]
    if book.verified is None:
        return Table.build(columns, [])
    wrong = book.verified.loc[book.verified["state"] != MATCHED]
    shown = wrong.head(LISTED).reindex(columns=["key", "printed", "here", "there", "state", "reason"])
    shown = shown.astype(object).where(shown.notna(), "").astype("str")
    finding = shown["state"] + shown["reason"].map(lambda reason: f": {reason}" if reason else "")
    shown = shown.drop(columns=["state", "reason"]).assign(state=finding)
    rows = [tuple(map(str, row)) for row in shown.itertuples(index=False)]
    more = len(wrong) - len(shown)
    notes = [f"And {fmt_number(more, thousands=True)} more: nox -s verify -- --all lists them."] if more else []
    return Table.build(columns, rows, notes=notes)
