"""What the displays that are declared in one module come to, for tests of that module."""

from __future__ import annotations

from types import ModuleType

from trial_report import declare
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.output import Output
from trial_report.analysis.display.registry import outputs_of


def outputs_in(module: ModuleType, book: Book) -> list[Output]:
    """The outputs of a module in the order of its source, whatever their sections."""
    own = sorted((one for one in declare.HOUSE.displays if one.module == module.__name__), key=lambda one: one.place)
    return [output for one in own for output in outputs_of(book, one)]
