"""The registry of outputs: every table, figure and listing of a study, with the number it has in the report.

What there is is declared, each display where it is made (`trial_report.declare`), with its place: after another one.
There is no list of them here.

Not here: the decorators and the order (`trial_report.declare`), and what a study changes (`changed`).
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from trial_report import declare
from trial_report.analysis.display import figures, listings, tables
from trial_report.analysis.display.changed import chosen
from trial_report.analysis.display.domains import not_delivered
from trial_report.analysis.display.output import Figure, Output, is_text
from trial_report.analysis.display.returned import NotShown, as_figure, as_table
from trial_report.analysis.display.table import Column, Table
from trial_report.declare.own import OwnCodeError, call, refuse, run

if TYPE_CHECKING:
    from trial_report.analysis.display.book import Book

T = TypeVar("T")
_SECTION = re.compile(r"[0-9]{1,2}(\.[0-9]{1,2})*")

PACKAGES = (tables, figures, listings)


TOLD_BLINDED = frozenset((
    "disposition.table", "ae.overview", "fig.ae", "ae.soc_pt", "ae.frequent", "ae.worst", "ae.deaths", "ae.serious",
    "lst.sae", "lab.shift", "lab.worst", "lab.hy", "lst.lab.abnormal",
))  # fmt: skip
"""Ids of the displays that a blinded look has, and no others: one that is added later is not among them by itself."""


def register(book: Book) -> tuple[dict[str, Output], tuple[Output, ...]]:
    """All outputs of a study by id, ordered by section, then each after the one that its declaration names; and those
    that the definition (`outputs`) leaves out, which have no running number.

    Each has the ICH E3 section as its number, to which the running number within section and kind is added here; in the
    text, sections 1 to 13, all of one section of the first level run together ("Table 11-1"). An output whose domain
    was not delivered is left out, or says so. Raises OwnCodeError when two outputs share an id, or a display is to come
    after one that there is not, or after itself; OutputsError for a change of what there is not.
    """
    found = [
        replace(shown, program=shown.program or program_of(one))
        for one in reading_order(book)
        if not book.run.get("blinded") or one.id in TOLD_BLINDED
        for output in outputs_of(book, one)
        for shown in of_delivered(book, output)
    ]
    twice = [name for name, times in Counter(o.id for o in found).items() if times > 1]
    if twice:
        raise OwnCodeError(f"two outputs share the id {', '.join(sorted(twice))}")
    chosen_ones = chosen(found, book.definition.outputs, (one.id for one in reading_order(book)))
    running: Counter[tuple[str, str]] = Counter()
    told = _in_text(chosen_ones.shown)
    numbered: dict[str, Output] = {}
    for output in chosen_ones.shown:
        section = output.number
        if is_text(section):
            numbered[output.id] = replace(output, number=told[output.id], section=section)
            continue
        running[output.kind, section] += 1
        number = f"{section}.{running[output.kind, section]}"
        numbered[output.id] = replace(output, number=number, section=section, told=told.get(output.id, ""))
    return numbered, chosen_ones.left_out


def _in_text(outputs: Sequence[Output]) -> dict[str, str]:
    """The number in the text of each output that stands there, by its section: "11-1"."""
    places = [(one.number if is_text(one.number) else one.in_text, one) for one in outputs]
    there = [(section, one) for section, one in places if section]
    there.sort(key=lambda place: [int(part) for part in place[0].split(".")])
    running: Counter[tuple[str, str]] = Counter()
    numbers: dict[str, str] = {}
    for section, one in there:
        chapter = section.partition(".")[0]
        running[one.kind, chapter] += 1
        numbers[one.id] = f"{chapter}-{running[one.kind, chapter]}"
    return numbers


def reading_order(book: Book | None = None) -> list[declare.Display]:
    """Every declared display as a reader meets them, but for the sections, which come first.

    Without a book those of the house. Raises OwnCodeError as `register` does.
    """
    own = book.own.declared.displays if book else []
    taken = {one.id for one in declare.HOUSE.displays}
    for one in own:
        if one.id in taken:
            raise refuse(one, f"is declared as the display '{one.id}', which the generator has")
    try:
        return declare.in_order(declare.HOUSE.displays, own)
    except declare.DeclarationError as error:
        raise OwnCodeError(str(error)) from error


def is_own(display: declare.Display) -> bool:
    """Whether a display is one of a study's own code."""
    return display not in declare.HOUSE.displays


def program_of(display: declare.Display) -> str:
    """What makes a display, as the index names it: the module, or the file in the study's folder."""
    return display.file if is_own(display) else display.module.removeprefix(declare.HOUSE_NAME)


def outputs_of(book: Book, display: declare.Display) -> Iterator[Output]:
    """What a declaration comes to in this study: the outputs that its function yields, or the one that it makes."""
    if is_own(display):
        yield from _own_outputs(book, display)
        return
    if display.kind is None:
        if all(name in book.domains for name in display.needs):
            yield from (_spelled(book, one) for one in display.function(book))
        return
    if display.when is not None and not display.when(book):
        return
    yield _spelled(book, output_of(book, display))


def _spelled(book: Book, output: Output) -> Output:
    """The output with its title as the study's language spells it; names of the study stay as they are."""
    return replace(output, title=book.spelling(output.title))


def output_of(book: Book, display: declare.Display) -> Output:
    """The output of a declaration that says what frames it."""
    assert display.kind is not None
    return Output(
        id=display.id,
        kind=display.kind,
        number=display.number,
        in_text=display.in_text,
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


def _own_outputs(book: Book, display: declare.Display) -> Iterator[Output]:
    """As `outputs_of`, of a display of the study's own code, which may fail in every part."""
    labels = {one.id: one.label for one in book.definition.analysis_sets}
    if display.kind is None:
        if not all(name in book.domains for name in display.needs):
            return
        given = run(display, book, then=list)
        wrong = next((one for one in given if not isinstance(one, Output)), None)
        if wrong is not None:
            raise refuse(display, f"yields {type(wrong).__name__}, and not an Output")
        outputs = [replace(one, make=partial(_made, display, one.make, one.kind)) for one in given]
    elif call(display, _is_asked, display, book):
        made = partial(_made, display, display.function, display.kind)
        outputs = [replace(call(display, output_of, book, display), make=made)]
    else:
        return
    for one in outputs:
        if not _SECTION.fullmatch(one.number):
            raise refuse(display, f"stands in the section '{one.number}': it is a number as in 14.2")
        yield replace(one, population=labels.get(one.population, one.population))


def _is_asked(display: declare.Display, book: Book) -> bool:
    return display.when is None or bool(display.when(book))


def _made(display: declare.Display, function: Callable[[Book], object], kind: str, book: Book) -> Table | Figure:
    """What a function of the study's own code makes, as a table or figure that can be written."""
    given = call(display, function, book)
    try:
        if kind != "figure":
            return as_table(given)
        keys = [key for name in display.results for key in book.results.index[book.results["analysis"] == name]]
        return as_figure(given, call(display, said, book, display.alt), keys)
    except NotShown as error:
        raise refuse(display, str(error)) from error


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
