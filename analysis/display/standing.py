"""What a display stands on: analysis set and N, method, filter, data. Read off the results rows that it prints.

Nobody types these: a maker says only what rows cannot say, which records a listing or a drawing shows as they are
(:class:`Reads`), and which results row holds N where it is not that of a whole analysis set (``Output.size``).

Not here: the words for the population of a declaration (`counted`), and the frame that prints it
(`report.cells.displays`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from trial_report.analysis.display.filters import flag_of, in_words
from trial_report.analysis.display.output import Figure, Output
from trial_report.analysis.display.table import Basis, Size, Table
from trial_report.analysis.display.treatment import by_words
from trial_report.analysis.lineage.conditions import terms
from trial_report.analysis.methods.methods import METHODS
from trial_report.analysis.results.question import Question, beginnings
from trial_report.schemas.study import TOTAL, StudyDefinition

if TYPE_CHECKING:
    from trial_report.analysis.display.book import Book

SCREENED = (Question("disposition", "ALL", level="SCREENED").key("n"),)
"""The results row that counts everybody who was screened."""

PLAIN = frozenset({"count", "descriptive"})
"""Methods that a table shows by itself."""
USUAL = re.compile(
    r"ANL01FL = 'Y'(?: AND POSTFL = 'Y' OR ABLFL = 'Y')?|(?:AVAL|CHG|PCHG) IS NOT NULL|(?:PARAMCD|USUBJID) = '.*'"
)
"""Conditions that nobody needs below a display: the record of a visit that is analysed, which Section 9.7 tells, that
there is a value, and the parameter or subject that its title or rows name."""

# A display about one subject has no N.
_ONE = re.compile(r"USUBJID = '[^']*'")

MOST_ANALYSES = 4
"""The methods of a display of more analyses are too many to be named."""


def size_keys(definition: StudyDefinition, population: str) -> tuple[str, ...]:
    """The results rows that add up to N of an analysis set: that of the total, else one a group."""
    columns = [TOTAL] if definition.treatment.total else [group.code for group in definition.groups]
    return tuple(Question("sets", population, group=column).key("N") for column in columns)


def basis_of(book: Book, output: Output, made: Table | Figure) -> Basis:
    """The basis of a display, from the rows of its results and from the records that it reads."""
    keys = made.keys() if isinstance(made, Table) else made.keys
    rows = book.results.loc[list(keys)]
    data = [*made.reads.datasets] if made.reads else []
    data += [name for name in rows["dataset"].unique() if name not in ("DEFINITION", "RESULTS")]
    if rows["analysis"].nunique() > MOST_ANALYSES:
        method, found = "", ""
    elif made.reads:
        method, found = "", made.reads.filter
    else:
        methods = dict.fromkeys(rows["method"].dropna())
        method = "; ".join(METHODS[name].name for name in methods if name in METHODS and name not in PLAIN)
        found = _common(book.definition, rows)
    conditions = [term for term in _without_sets(book.definition, found) if not USUAL.fullmatch(term)]
    words = in_words(book.definition, " AND ".join(conditions), f"{output.title} {output.population}")
    return Basis(
        sizes=() if output.nobody or _ONE.fullmatch(found) else _sizes(book, output, rows),
        method=method,
        filter="" if output.nobody else words,
        prefix=beginnings(keys),
        data=tuple(dict.fromkeys(data)),
    )


def _sizes(book: Book, output: Output, rows: pd.DataFrame) -> tuple[Size, ...]:
    """Each analysis set with its N: the one that the output names, else those of its rows."""
    if output.size:
        # Columns of who was screened are those of the set that the rows are of.
        said = {by_words(book, one.id) for one in book.definition.analysis_sets if one.id in set(rows["population"])}
        return (_size(book, output.population, output.size, said.pop() if len(said) == 1 else ""),)
    sets = book.definition.analysis_sets
    named = [s for s in sets if s.label == output.population] or [s for s in sets if s.label in output.population]
    shown = named or [s for s in sets if s.id in set(rows["population"])]
    return tuple(_size(book, one.label, size_keys(book.definition, one.id), by_words(book, one.id)) for one in shown)


def _size(book: Book, label: str, keys: tuple[str, ...], by: str) -> Size:
    if len(keys) == 1:
        return Size(label, book.text(keys[0]), keys, by)
    return Size(label, str(sum(int(book.value(key) or 0) for key in keys)), keys, by)


def _common(definition: StudyDefinition, rows: pd.DataFrame) -> str:
    """The part of the filters that all rows share, of the last column where there are several."""
    # Denominators are counted over ADSL, whatever the records of the numerator.
    counted = rows.loc[rows["statistic"] != "N"]
    rows = counted if len(counted) else rows
    whole = rows.loc[rows["group"] == definition.columns[-1][0]]
    rows = whole if len(whole) else rows
    filters = rows["filter"].unique()
    shared: list[str] = list(terms(str(filters[0]))) if len(filters) else []
    for one in filters[1:]:
        also = set(terms(str(one)))
        shared = [term for term in shared if term in also]
    return " AND ".join(shared)


def _without_sets(definition: StudyDefinition, condition: str) -> list[str]:
    return [term for term in terms(condition) if term and not flag_of(definition, term)]
