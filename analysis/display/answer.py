"""What the results answer to a question: its numbers, raw and as printed, and the cells of a table made of them.

A maker asks the book, `book.ask("sets", population, group=code).value("N")`, and goes on from the answer to another
group, visit or level with `at`. Which questions there are is not said here but in `analysis.results.question`.

Not here: the key of a row (`results.question`), and where the rows lie (`book`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trial_report.analysis.display.table import Cell
from trial_report.analysis.results.formatting import MISSING

if TYPE_CHECKING:
    from trial_report.analysis.display.book import Book
    from trial_report.analysis.results.question import Question


@dataclass(frozen=True)
class Answer:
    """The results rows of one question, a row a statistic.

    A statistic that no row has is an error, MissingResult, everywhere but in `has` and `known`; one whose value does
    not exist is printed as "–".
    """

    book: Book
    question: Question

    def at(self, **changes: Any) -> Answer:
        """The answer to the same question but for these parts, as `at(group="A")`."""
        return self.book.answer(self.question.at(**changes))

    def key(self, statistic: str) -> str:
        """The key of a statistic's row."""
        return self.question.key(statistic)

    def keys(self, *statistics: str) -> tuple[str, ...]:
        """The keys of several statistics' rows."""
        return tuple(self.key(name) for name in statistics)

    def has(self, statistic: str) -> bool:
        """Whether there is a row of this statistic."""
        return self.book.has(self.key(statistic))

    def known(self, statistic: str) -> bool:
        """Whether there is a row of this statistic, and its value exists."""
        return self.has(statistic) and self.value(statistic) is not None

    def row(self, statistic: str) -> dict[str, Any]:
        """The results row of a statistic."""
        return self.book.row(self.key(statistic))

    def value(self, statistic: str) -> float | None:
        """The raw value; None where it does not exist."""
        return self.book.value(self.key(statistic))

    def text(self, statistic: str) -> str:
        """What is printed."""
        return self.book.text(self.key(statistic))

    def cell(self, *statistics: str, form: str | None = None, indent: int = 0, bold: bool = False) -> Cell:
        """A cell of one or more statistics, each traced: `form` holds a `{}` for each, such as "{} ({})"."""
        return self.book.cell(*self.keys(*statistics), form=form, indent=indent, bold=bold)

    def together(self, *statistics: str, form: str) -> Cell:
        """Several statistics in one cell; a single dash where the first does not exist."""
        return self.cell(statistics[0]) if self.value(statistics[0]) is None else self.cell(*statistics, form=form)

    def count_cell(self, *, indent: int = 0, bold: bool = False) -> Cell:
        """The cell "n (pct)"; a zero stands alone, without a percentage."""
        if self.value("n") == 0 or self.value("pct") is None:
            return self.cell("n", indent=indent, bold=bold)
        return self.cell("n", "pct", form="{} ({})", indent=indent, bold=bold)

    def events_cell(self) -> Cell:
        """The cell "n (pct) [events]"; a zero stands alone."""
        if self.value("n") == 0:
            return self.cell("n")
        if self.value("pct") is None:
            return self.cell("n", "events", form="{} [{}]")
        return self.cell("n", "pct", "events", form="{} ({}) [{}]")

    def interval_cell(self, low: str = "ci_low", high: str = "ci_high") -> Cell:
        """The cell "low to high"; a single dash where neither limit exists."""
        if self.value(low) is None and self.value(high) is None:
            return Cell.of((MISSING, self.key(low)))
        return self.cell(low, high, form="{} to {}")

    def estimate_cell(self) -> Cell:
        """The cell "estimate (low to high)"; the estimate with a dash where it has no interval."""
        if self.value("estimate") is None:
            return self.cell("estimate")
        if self.value("ci_low") is None:
            return self.cell("estimate", "ci_low", form="{} ({})")
        return self.cell("estimate", "ci_low", "ci_high", form="{} ({} to {})")
