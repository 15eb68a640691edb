"""What the tables of efficacy share: their columns, populations, and the notes that say what they stand on.

Not here: tables by treatment that are not of efficacy (`_grid`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from trial_report.analysis.analyse.subgroups import MISSING as MISSING_VALUE
from trial_report.analysis.display.answer import Answer
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.table import Cell, Column, Row
from trial_report.analysis.display.tables._grid import labels, last, set_label
from trial_report.analysis.results.question import Question
from trial_report.schemas.results import split_level
from trial_report.schemas.study import TOTAL, StudyDefinition
from trial_report.schemas.study.measures import PHASE, Endpoint


def population_of(definition: StudyDefinition, endpoint: Endpoint) -> str:
    """The analysis set of an endpoint as printed, with what it is restricted to."""
    restricted = restriction(definition, endpoint)
    label = set_label(definition, endpoint.analysis_set)
    return f"{label} ({restricted})" if restricted else label


def of_endpoint(definition: StudyDefinition, endpoint: Endpoint, analysis: str = "eff.by_visit") -> dict[str, Any]:
    """Population and size of an output about one endpoint; the size is that of an analysis which it prints."""
    size: tuple[str, ...] = ()
    if endpoint.only_with_baseline:
        columns = [TOTAL] if definition.treatment.total else [group.code for group in definition.groups]
        size = tuple(question(analysis, endpoint, group=column).key("N") for column in columns)
    return {"population": population_of(definition, endpoint), "size": size}


def of_shown(
    book: Book, endpoint: Endpoint, analysis: str, visit: str | None, level: str | None = None, what: str = ""
) -> dict[str, Any]:
    """As `of_endpoint`, of an output that shows one visit: N is of those who have `what` ("change") there.

    That of the whole set stands where the analysis has no row of the visit.
    """
    definition = book.definition
    found = [question(analysis, endpoint, visit, group.code, level).key("n") for group in definition.groups]
    whole = question(analysis, endpoint, visit, TOTAL, level).key("n")
    keys = (whole,) if book.has(whole) else tuple(key for key in found if book.has(key))
    if visit is None or not keys:
        return of_endpoint(definition, endpoint)
    had = f"with a {what or analysed(endpoint)} at {definition.visit(visit).label}"
    return {"population": f"{population_of(definition, endpoint)} {had}", "size": keys}


def restriction(definition: StudyDefinition, endpoint: Endpoint) -> str:
    """`only_with_baseline` in words: "Ischemic ulcer: Present", or the phase; empty where the endpoint has none."""
    known = {c.variable: c for c in definition.characteristics}
    said = []
    for variable, wanted in endpoint.only_with_baseline.items():
        codes = wanted if isinstance(wanted, tuple) else (wanted,)
        if variable == PHASE:
            said.append(
                " and ".join(p.label for p in definition.phases.levels if p.code in codes) if definition.phases else ""
            )
            continue
        one = known[variable]
        said.append(f"{one.label}: {' or '.join(one.levels.get(str(code), str(code)) for code in codes)}")
    return "; ".join(said)


def analysed(endpoint: Endpoint) -> str:
    """What is analysed of an endpoint, inside a title."""
    return "change from baseline" if endpoint.measure == "change" else "value"


def named(definition: StudyDefinition, endpoint: Endpoint, label: str) -> str:
    """The heading of a block about an endpoint, with what it is restricted to."""
    restricted = restriction(definition, endpoint)
    return f"{label} – {restricted}" if restricted else label


def once(rows: Iterable[Row]) -> list[Row]:
    """Rows whose first cell is left empty where it says again what that of the row above says, below one heading."""
    found: list[Row] = []
    before: tuple[str, str] | None = None
    for row in rows:
        now = (row.group, row.cells[0].text)
        found.append(replace(row, cells=(Cell(), *row.cells[1:])) if now == before else row)
        before = now
    return found


def question(
    analysis: str, endpoint: Endpoint, visit: str | None = None, group: str = TOTAL, level: str | None = None
) -> Question:
    """What is asked of the results of an endpoint, in its own analysis set."""
    return Question(analysis, endpoint.analysis_set, endpoint.paramcd, visit, group, level)


def ask(
    book: Book,
    analysis: str,
    endpoint: Endpoint,
    visit: str | None = None,
    group: str = TOTAL,
    level: str | None = None,
) -> Answer:
    """The answer of the results about an endpoint, in its own analysis set."""
    return book.answer(question(analysis, endpoint, visit, group, level))


def levels_shown(book: Book, analysis: str, endpoint: Endpoint, variable: str) -> list[str]:
    """The levels "VARIABLE|value" of a characteristic that the results of a subgroup analysis have, in their order."""
    found = book.results
    mask = (found["analysis"] == analysis) & (found["paramcd"] == endpoint.paramcd) & (found["statistic"] == "n")
    levels = dict.fromkeys(str(level) for level in found.loc[mask, "level"])
    return [level for level in levels if level.startswith(f"{variable}|") and len(split_level(level)) == 2]


def level_label(level: str, labels: Mapping[str, str]) -> str:
    """A level "VARIABLE|value" as printed: by the characteristic's labels, else as in the data; "Missing" for none."""
    variable, value = split_level(level)
    return "Missing" if level == f"{variable}|{MISSING_VALUE}" else labels.get(value, value)


def visits_of(book: Book, analysis: str, endpoint: Endpoint, level: str | None = None, name: str = "n") -> list[str]:
    """The visits at which an endpoint has a statistic of an analysis, in the order of the definition."""
    column = last(book.definition)
    found = (v.id for v in book.definition.visits)
    return [v for v in found if ask(book, analysis, endpoint, v, column, level).has(name)]


def headed(book: Book, analysis: str, endpoint: Endpoint) -> list[Column]:
    """A column for each treatment group and the total, headed with the endpoint's N."""
    return [
        book.sized(code, label, ask(book, analysis, endpoint, group=code).key("N"), 1.0)
        for code, label in labels(book.definition)
    ]
