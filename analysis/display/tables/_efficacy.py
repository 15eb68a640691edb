"""What the tables of efficacy share: their columns, populations, and the notes that say what they stand on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trial_report.analysis.analyse.subgroups import MISSING as MISSING_VALUE
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.table import Cell, Column
from trial_report.analysis.display.tables._grid import labels, last, set_label
from trial_report.analysis.results.formatting import MISSING
from trial_report.analysis.results.rows import make_key
from trial_report.schemas.results import split_level
from trial_report.schemas.study import TOTAL, StudyDefinition
from trial_report.schemas.study.measures import Endpoint


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
        size = tuple(f"{stem(analysis, endpoint, None, column, None)}/N" for column in columns)
    return {"population": population_of(definition, endpoint), "size": size}


def restriction(definition: StudyDefinition, endpoint: Endpoint) -> str:
    """`only_with_baseline` in words: "Ischemic ulcer: Present"; empty where the endpoint has none."""
    known = {c.variable: c for c in definition.characteristics}
    said = []
    for variable, wanted in endpoint.only_with_baseline.items():
        one = known[variable]
        codes = wanted if isinstance(wanted, tuple) else (wanted,)
        said.append(f"{one.label}: {' or '.join(one.levels.get(str(code), str(code)) for code in codes)}")
    return "; ".join(said)


def analysed(endpoint: Endpoint) -> str:
    """What is analysed of an endpoint, inside a title."""
    return "change from baseline" if endpoint.measure == "change" else "value"


def named(definition: StudyDefinition, endpoint: Endpoint, label: str) -> str:
    """The heading of a block about an endpoint, with what it is restricted to."""
    restricted = restriction(definition, endpoint)
    return f"{label} – {restricted}" if restricted else label


def stem(analysis: str, endpoint: Endpoint, visit: str | None, group: str, level: str | None) -> str:
    """The key of an endpoint's results but for the statistic."""
    return make_key(analysis, endpoint.analysis_set, endpoint.paramcd, visit, group, level, "n").removesuffix("/n")


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
    return [v for v in found if book.has(f"{stem(analysis, endpoint, v, column, level)}/{name}")]


def headed(book: Book, analysis: str, endpoint: Endpoint) -> list[Column]:
    """A column for each treatment group and the total, headed with the endpoint's N."""
    return [
        book.sized(code, label, f"{stem(analysis, endpoint, None, code, None)}/N", 1.0)
        for code, label in labels(book.definition)
    ]


def interval(book: Book, at: str, low: str = "ci_low", high: str = "ci_high") -> Cell:
    """The cell "low to high"; a single dash where neither limit exists."""
    keys = (f"{at}/{low}", f"{at}/{high}")
    if all(book.value(key) is None for key in keys):
        return Cell.of((MISSING, keys[0]))
    return book.cell(*keys, form="{} to {}")


def estimate(book: Book, at: str) -> Cell:
    """The cell "estimate (low to high)"; the estimate with a dash where it has no interval."""
    keys = tuple(f"{at}/{name}" for name in ("estimate", "ci_low", "ci_high"))
    if book.value(keys[0]) is None:
        return book.cell(keys[0])
    if book.value(keys[1]) is None:
        return book.cell(*keys[:2], form="{} ({})")
    return book.cell(*keys, form="{} ({} to {})")
