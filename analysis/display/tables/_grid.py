"""What tables by treatment share: columns with their N, cells of counts and statistics, and the notes below.

Not here: tables with a column a visit or statistic, which build their own (`efficacy`, `survival`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from trial_report.analysis.analyse.counting import ANY, NOT_CODED, enrolled_set
from trial_report.analysis.display.answer import Answer
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.table import Cell, Column, Row
from trial_report.schemas.results import split_level
from trial_report.schemas.study import StudyDefinition

LONGEST_LABEL = 30
MEAN = ("Mean (SD)", ("mean", "sd"), "{} ({})")
MEDIAN = ("Median (Q1, Q3)", ("median", "q1", "q3"), "{} ({}, {})")
RANGE = ("Min to max", ("min", "max"), "{} to {}")
"""What statistics are called in all tables, which they are, and how they stand in a cell."""
EVENTS_NOTE = "Cells: n (%) [E]; n = {subjects} with at least one event, % = percentage of N, E = number of events."


def set_label(definition: StudyDefinition, population: str) -> str:
    """The analysis set as printed."""
    return definition.analysis_set(population).label


def safety(definition: StudyDefinition) -> str:
    """Id of the safety set."""
    return definition.safety_set


def enrolled(definition: StudyDefinition) -> str:
    """Id of the set of all who were enrolled."""
    return enrolled_set(definition)


def subjects(definition: StudyDefinition, *, capital: bool = False) -> str:
    """What the report calls the subjects, in the plural."""
    return definition.study.subjects.capitalize() if capital else definition.study.subjects


def labels(definition: StudyDefinition) -> tuple[tuple[str, str], ...]:
    """Code and label of every column; the short label where a group's label is long."""
    own = {g.code: g.label if len(g.label) <= LONGEST_LABEL else g.short for g in definition.groups}
    return tuple((code, own.get(code, label)) for code, label in definition.columns)


def last(definition: StudyDefinition) -> str:
    """The column that stands for the whole study: the total, else the last group."""
    return definition.columns[-1][0]


def sentence(text: str) -> str:
    """A term as it is read: what is recorded in capitals in sentence case, everything else as it is."""
    if not text.isupper():
        return text
    words = [w if any(c.isdigit() for c in w) else w.lower() for w in text.split(" ")]
    return " ".join([words[0].capitalize() if words[0].islower() else words[0], *words[1:]])


def inside(text: str) -> str:
    """A recorded value inside a sentence: capitals in small letters; names in mixed case but for the first letter."""
    if text.isupper():
        return text.lower()
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


@dataclass(frozen=True)
class Grid:
    """The results of one analysis in one analysis set, as rows of a table with a column for each group."""

    book: Book
    analysis: str
    population: str
    variable: str

    def ask(self, group: str, level: str | None = None, *, visit: str | None = None, variable: str = "") -> Answer:
        """The answer of the results for a group, at a level and visit where these apply."""
        return self.book.ask(self.analysis, self.population, variable or self.variable, visit, group, level)

    def levels(self, variable: str = "", visit: str | None = None) -> list[str]:
        """The levels that there are (at a visit), in the order in which the analysis gave them."""
        results = self.book.results
        chosen = (results["analysis"] == self.analysis) & (results["population"] == self.population)
        named = variable or self.variable
        chosen &= ((results["variable"] == named) | (results["paramcd"] == named)) & (results["statistic"] == "n")
        if visit is not None:
            chosen &= results["avisit"] == visit
        return list(dict.fromkeys(results.loc[chosen, "level"].dropna()))

    def stub(self, label: str, level: str | None = None) -> list[Column]:
        """The first column, and one for each group headed with its N: of the analysis (at `level`), else of the set."""
        return [
            Column("row", label),
            *(self.book.sized(code, text, self._size_key(code, level)) for code, text in labels(self.book.definition)),
        ]

    def _size_key(self, code: str, level: str | None) -> str:
        whole, own = self.book.size_key(self.population, code), self.ask(code, level).key("N")
        return own if self.book.has(own) and self.book.text(own) == self.book.text(whole) else whole

    def counts(
        self,
        label: str,
        level: str | None,
        *,
        indent: int = 0,
        variable: str = "",
        visit: str | None = None,
        events: bool = False,
        bold: bool = False,
        group: str = "",
    ) -> Row:
        """A row of "n (%)", or "n (%) [E]"."""
        cells = [Cell(label, indent=indent, bold=bold)]
        for code, _ in self.book.columns:
            at = self.ask(code, level, visit=visit, variable=variable)
            cells.append(at.events_cell() if events else at.count_cell())
        return Row(tuple(cells), group)

    def numbers(
        self,
        label: str,
        statistics: Sequence[str],
        form: str,
        *,
        indent: int = 0,
        level: str | None = None,
        group: str = "",
    ) -> Row:
        """A row of statistics such as "mean (SD)"."""
        cells = [Cell(label, indent=indent)]
        cells += [self.ask(code, level).together(*statistics, form=form) for code, _ in self.book.columns]
        return Row(tuple(cells), group)

    def summary(self, group: str = "", *, indent: int = 1) -> list[Row]:
        """The rows n, mean (SD), median (quartiles), range of a continuous variable."""
        return [
            self.numbers("n", ("n",), "{}", indent=indent, group=group),
            *(self.numbers(*line, indent=indent, group=group) for line in (MEAN, MEDIAN, RANGE)),
        ]


def nested(grid: Grid, first: str, *, events: bool = True, readable: bool = False) -> list[Row]:
    """The rows of a table of terms: anything at all, then each class with its terms indented.

    What was not coded stands last, of the classes and of the terms of one, however frequent it is.
    """
    rows = []
    for level in coded_first(grid.levels()):
        path = split_level(level)
        name = first if level == ANY else path[-1]
        shown = sentence(name) if readable else name
        depth = len(path) - 1
        rows.append(grid.counts(shown, level, indent=depth, events=events, bold=depth == 0))
    return rows


_TWO = re.compile(r"^((?:\\.|[^|\\])*)\|(.*)$", re.DOTALL)
"""A level of two texts: the first, in which a sign of meaning is escaped, and the second."""


def coded_first(levels: Sequence[str]) -> list[str]:
    """Levels "class" and "class|term" with those that were not coded last: the class, and the terms of each."""
    place = {level: n for n, level in enumerate(levels)}

    def key(level: str) -> tuple[bool, int, bool, int]:
        outer, _, inner = _TWO.sub("\\1\n\\2", level).partition("\n")  # a level holds no line break
        return (outer == NOT_CODED, place.get(outer, -1), inner == NOT_CODED, place[level])

    return sorted(levels, key=key)


def events_note(definition: StudyDefinition) -> str:
    """What the cells of a table of events hold."""
    return EVENTS_NOTE.format(subjects=subjects(definition))


def spanner_text(book: Book, population: str, group: str, label: str) -> str:
    """A heading over several columns: label and N on one line, broken before the N where it has to be."""
    return book.heading(population, group, label).replace("\n", " ")


def blank(count: int) -> list[Cell]:
    """Empty cells, for columns to which a row does not apply."""
    return [Cell("") for _ in range(count)]
