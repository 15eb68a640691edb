"""The registry of outputs: every table, figure and listing of a study, with the number it has in the report."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter
from dataclasses import replace
from types import ModuleType
from typing import TYPE_CHECKING

from analysis.display import figures, listings, tables
from analysis.display.output import Output

if TYPE_CHECKING:
    from analysis.display.book import Book

PACKAGES = (tables, figures, listings)


def register(book: Book) -> dict[str, Output]:
    """All outputs of a study by id, ordered by section, then kind, then the order their modules give.

    A module in `tables`, `figures` or `listings` has a function `outputs(book)`; each Output it returns has the
    ICH E3 section as its number, to which the running number within section and kind is added here.
    Raises ValueError when two outputs share an id.
    """
    found = [
        replace(output, program=output.program or name)
        for name, module in _modules()
        for output in module.outputs(book)
    ]
    twice = [name for name, times in Counter(o.id for o in found).items() if times > 1]
    if twice:
        raise ValueError(f"two outputs share the id {', '.join(sorted(twice))}")
    found.sort(key=lambda o: [int(part) for part in o.number.split(".")])
    running: Counter[tuple[str, str]] = Counter()
    numbered: dict[str, Output] = {}
    for output in found:
        running[output.kind, output.number] += 1
        number = f"{output.number}.{running[output.kind, output.number]}"
        numbered[output.id] = replace(output, number=number)
    return numbered


def _modules() -> list[tuple[str, ModuleType]]:
    return [
        (f"{package.__name__}.{info.name}", importlib.import_module(f"{package.__name__}.{info.name}"))
        for package in PACKAGES
        for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda i: i.name)
        if not info.name.startswith("_")
    ]
