"""What the second computation says of each output (16.1.9), and whether the report is a draft because of it.

Not here: the computing and comparing (`analysis.verify`).
"""

from __future__ import annotations

import pandas as pd

from trial_report import declare
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.counted import results
from trial_report.analysis.display.table import Cell, Column, Row, Table
from trial_report.analysis.display.tables.index import ID as INDEX
from trial_report.analysis.results.formatting import fmt_number
from trial_report.schemas.study.unwritten import unwritten

BY_OUTPUT, UNMATCHED = "verification.outputs", "verification.unmatched"
MATCHED, NOT_COMPUTED, FAILED = "matched", "not computed", "failed"
UNCONFIRMED = "not confirmed"
LISTED = 200
"""How many results that do not match are listed; how many more there are is said."""
NAMED = 3
"""How many computations that failed the mark of every page names; how many more there are is said."""


def draft_mark(book: Book) -> str | None:
    """What every page of a report says that is no final one, or not wholly computed twice, else None.

    It is a draft where results differ from what was computed a second time, or texts of the definition have still to
    be written. What could not be computed a second time is said, and makes no draft.
    """
    why = [found for found in (_unconfirmed(book), _unwritten(book)) if found]
    draft = f"DRAFT: {'; '.join(why)}" if why else ""
    return "; ".join(filter(None, (draft, _not_computed(book)))) or None


def _unwritten(book: Book) -> str | None:
    count = len(unwritten(book.definition))
    if not count:
        return None
    return f"{count} text{'s' * (count > 1)} of the study's definition to be written"


def _unconfirmed(book: Book) -> str | None:
    if book.verified is None or book.verified.empty:
        return "the results were not computed a second time"
    results = book.verified[book.verified["state"] != FAILED]
    wrong = int((~results["state"].isin([MATCHED, NOT_COMPUTED])).sum())
    if not wrong:
        return None
    counted = fmt_number(wrong, thousands=True), fmt_number(len(results), thousands=True)
    return "{} of {} results are not confirmed by the second computation".format(*counted)


def _not_computed(book: Book) -> str:
    """Which results were not computed a second time, and why; empty where all were."""
    if book.verified is None or book.verified.empty:
        return ""
    failed = book.verified.loc[book.verified["state"] == FAILED, ["key", "reason"]].itertuples(index=False)
    told = [f"{what} ({reason})" for what, reason in failed]
    if not told:
        return ""
    more = len(told) - NAMED
    named = "; ".join(told[:NAMED]) + (f"; and {more} more, see 16.1.9" if more > 0 else "")
    return f"Not computed a second time: {named}"


@declare.table(
    BY_OUTPUT,
    after="quality.findings",
    number="16.1.9",
    title="Results computed twice, by output",
    nobody=results,
)
def by_output(book: Book) -> Table:
    """A row an output that prints results, one for results that none prints, one for all: how many match."""
    columns = [
        Column("number", "Output"),
        Column("title", "Title"),
        Column("results", "Results", "right"),
        Column("matched", "Matched", "right"),
        Column("unmatched", "Not\nmatched", "right"),
        Column("absent", "Not\ncomputed", "right"),
    ]
    verified = book.verified
    if verified is None or verified.empty:
        return Table.build(columns, [], empty="The results were not computed a second time.")
    results = verified[verified["state"] != FAILED]
    good = _state_of_keys(results)
    printed = {name: pd.Index(_keys(book, name)) for name in book.outputs if name not in (INDEX, BY_OUTPUT, UNMATCHED)}
    rows = [
        _row(book.outputs[name].name, book.outputs[name].title, good.reindex(keys, fill_value=UNCONFIRMED))
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
            "in each. Not computed: the second program could not compute it; why is said below."
        ],
    )


def _state_of_keys(results: pd.DataFrame) -> pd.Series:
    """Of each key whether it matched, was not computed, or (a key may stand twice) is not confirmed."""
    ranked = (MATCHED, NOT_COMPUTED, UNCONFIRMED)
    worst = results["state"].map({MATCHED: 0, NOT_COMPUTED: 1}).fillna(2).groupby(results["key"]).max()
    return worst.astype("int64").map(dict(enumerate(ranked)))


def _keys(book: Book, name: str) -> tuple[str, ...]:
    made = book.made(name)
    return made.keys() if isinstance(made, Table) else tuple(dict.fromkeys(made.keys))


def _row(number: str, title: str, good: pd.Series, bold: bool = False) -> Row:
    counts = len(good), *(int((good == state).sum()) for state in (MATCHED, UNCONFIRMED, NOT_COMPUTED))
    texts = (number, title, *(fmt_number(count, thousands=True) for count in counts))
    return Row(tuple(Cell(text, bold=bold) for text in texts))


@declare.table(
    UNMATCHED,
    after=BY_OUTPUT,
    number="16.1.9",
    title="Results that the second computation does not confirm",
    nobody=results,
    landscape=True,
    when=lambda book: book.verified is not None and (book.verified["state"] != MATCHED).any(),
)
def unmatched(book: Book) -> Table:
    """A row a result that does not match: what the report holds, what the second computation found, and why.

    Computations that failed come first, then results that differ, then those that were not computed.
    """
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
    first = wrong["state"].map({FAILED: 0, NOT_COMPUTED: 2}).fillna(1)
    wrong = wrong.loc[first.sort_values(kind="stable").index]
    shown = wrong.head(LISTED).reindex(columns=["key", "printed", "here", "there", "state", "reason"])
    shown = shown.astype(object).where(shown.notna(), "").astype("str")
    finding = shown["state"] + shown["reason"].map(lambda reason: f": {reason}" if reason else "")
    shown = shown.drop(columns=["state", "reason"]).assign(state=finding)
    rows = [tuple(map(str, row)) for row in shown.itertuples(index=False)]
    more = len(wrong) - len(shown)
    notes = [f"And {fmt_number(more, thousands=True)} more: trial-report verify --all lists them."] if more else []
    return Table.build(columns, rows, notes=notes)
