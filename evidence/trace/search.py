"""Finds results rows by key, by a part of a key, or by what is printed, and the outputs that print them.

Not here: the rows and lines behind a result (`show`).
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from trial_report.analysis.display.book import Book
from trial_report.analysis.display.table import Table
from trial_report.analysis.results.formatting import MINUS


@dataclass(frozen=True)
class Found:
    """A results row that may be meant, and the tables that print it as their text ("Table 14.1.2")."""

    key: str
    outputs: tuple[str, ...]


def normal(text: str) -> str:
    """A printed number as it is typed: spaces and a percent sign away, any dash that stands for a minus the minus."""
    shown = "".join(text.split()).removesuffix("%")
    return MINUS + shown[1:] if shown[:1] in "-‐‑‒–" and len(shown) > 1 else shown


def printed_in(book: Book) -> dict[str, list[tuple[str, str]]]:
    """Each key that a table prints, with the tables' names and the text of the cell that it stands in."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name, output in book.outputs.items():
        if output.kind != "table":
            continue
        made = book.made(name)
        cells = [cell for row in made.rows for cell in row.cells if cell.keys] if isinstance(made, Table) else []
        for cell in cells:
            for key in cell.keys:
                found.setdefault(key, []).append((output.name, cell.text))
    return found


def search(book: Book, asked: str) -> list[Found]:
    """The rows that may be meant, in the order of the results frame; a key that is there is meant alone.

    Otherwise a text with "/" is a part of a key; any other is a number as printed, or the whole text of a table's cell
    such as "12 (60.0)", and, where nothing is printed so, a part of a key too.
    """
    tables = printed_in(book)
    places = {key: tuple(dict.fromkeys(name for name, _ in where)) for key, where in tables.items()}
    if book.has(asked.strip()):
        return [Found(asked.strip(), places.get(asked.strip(), ()))]
    keys = pd.Series(book.results.index.astype("str"), index=book.results.index)
    if "/" in asked and not any(char.isspace() for char in asked.strip()):
        chosen = keys.str.contains(asked.strip(), regex=False)
    else:
        wanted = normal(asked)
        cells = {key for key, where in tables.items() if any(normal(text) == wanted for _, text in where)}
        chosen = (book.results["formatted"].astype("str").map(normal) == wanted) | keys.isin(cells)
        if not chosen.any() and any(char.isalpha() for char in asked):
            chosen = keys.str.contains(asked.strip(), regex=False)
    return [Found(key, places.get(key, ())) for key in keys[chosen]]
