"""The registry of outputs: every table, figure and listing of a study, with the number it has in the report.

What there is is declared, each display where it is made (`trial_report.declare`), with its place: after another one.
There is no list of them here.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from trial_report import declare
from trial_report.analysis.display import figures, listings, tables
from trial_report.analysis.display.domains import not_delivered
from trial_report.analysis.display.output import Output
from trial_report.analysis.display.table import Column, Table

if TYPE_CHECKING:
    from trial_report.analysis.display.book import Book

T = TypeVar("T")

PACKAGES = (tables, figures, listings)


TOLD_BLINDED = frozenset((
    "disposition.table", "ae.overview", "fig.ae", "ae.soc_pt", "ae.frequent", "ae.worst", "ae.deaths", "ae.serious",
    "lst.sae", "lab.shift", "lab.worst", "lab.hy", "lst.lab.abnormal",
))  # fmt: skip
"""Ids of the displays that a blinded look has, and no others: one that is added later is not among them by itself."""


def register(book: Book) -> dict[str, Output]:
    """All outputs of a study by id, ordered by section, then each after the one that its declaration names.

    Each has the ICH E3 section as its number, to which the running number within section and kind is added here. An
    output whose domain was not delivered is left out, or says so. Raises DeclarationError when two outputs share an id,
    or a display is to come after one that there is not, or after itself.
    """
    found = [
        replace(shown, program=shown.program or one.module.removeprefix("trial_report."))
        for one in reading_order()
        if not book.run.get("blinded") or one.id in TOLD_BLINDED
        for output in outputs_of(book, one)
        for shown in of_delivered(book, output)
    ]
    twice = [name for name, times in Counter(o.id for o in found).items() if times > 1]
    if twice:
        raise declare.DeclarationError(f"two outputs share the id {', '.join(sorted(twice))}")
    found.sort(key=lambda o: [int(part) for part in o.number.split(".")])
    running: Counter[tuple[str, str]] = Counter()
    numbered: dict[str, Output] = {}
    for output in found:
        running[output.kind, output.number] += 1
        number = f"{output.number}.{running[output.kind, output.number]}"
        numbered[output.id] = replace(output, number=number)
    return numbered


def reading_order() -> list[declare.Display]:
    """Every declared display as a reader meets them, but for the sections, which come first."""
    _import_makers()
    return declare.in_order(declare.HOUSE.displays)


def outputs_of(book: Book, display: declare.Display) -> Iterator[Output]:
    """What a declaration comes to in this study: the outputs that its function yields, or the one that it makes."""
    if display.kind is None:
        if all(name in book.domains for name in display.needs):
            yield from display.function(book)
        return
    if display.when is not None and not display.when(book):
        return
    yield Output(
        id=display.id,
        kind=display.kind,
        number=display.number,
        title=said(book, display.title),
        population=said(book, display.population),
        size=said(book, display.size),
        nobody=said(book, display.nobody),
        notes=said(book, display.notes),
        landscape=said(book, display.landscape),
        needs=display.needs,
        stays=display.stays,
        make=display.function,
    )


def said(book: Book, given: T | Callable[[Book], T]) -> T:
    """What a declaration says, or what its function of the book says."""
    return given(book) if callable(given) else given


def of_delivered(book: Book, output: Output) -> tuple[Output, ...]:
    """The output where its domains were delivered; else none, or one that says in its place that they were not."""
    absent = [name for name in output.needs if name not in book.domains]
    if not absent:
        return (output,)
    words = not_delivered(absent)
    told = Table.build([Column("nothing", output.title)], [], empty=words)
    return (replace(output, notes=(), landscape=False, make=partial(_told, told)),) if output.stays else ()


def _told(table: Table, _: Book) -> Table:
    return table


def _import_makers() -> None:
    for package in PACKAGES:
        for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda i: i.name):
            importlib.import_module(f"{package.__name__}.{info.name}")


_import_makers()
