"""The registry of outputs: every table, figure and listing of a study, with the number it has in the report."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter
from dataclasses import replace
from types import ModuleType
from typing import TYPE_CHECKING

from trial_report.analysis.display import figures, listings, tables
from trial_report.analysis.display.domains import not_delivered
from trial_report.analysis.display.output import Output
from trial_report.analysis.display.table import Column, Table

if TYPE_CHECKING:
    from trial_report.analysis.display.book import Book

PACKAGES = (tables, figures, listings)

READING_ORDER = (
    "objectives", "fig.design", "treatments", "endpoints", "schedule", "quality.table",
    "quality.collected", "cutoff", "fig.dataflow",
    # 14.1: who took part, how the study was done, who they were, what they were given
    "fig.flow", "disposition", "disposition.milestones", "deviations", "visits", "sets", "sites", "demographics",
    "disease", "mh", "cm", "exposure", "claims",
    # 14.2: each endpoint, the tests over all of them, response, missing values, subgroups, dose, time to event
    "fig.profile", "eff.by_visit", "eff.tests", "eff.tests_by_group", "eff.comparison", "eff.ancova",
    "eff.further", "eff.mmrm", "eff.category", "eff.responders", "eff.proportions",
    "fig.waterfall", "eff.missing", "eff.subgroups", "eff.subgroup_comparison", "fig.forest",
    "eff.dose", "fig.dose", "tte", "fig.km",
    # 14.3.1 and 14.3.2
    "ae.overview", "fig.ae", "ae.soc_pt", "ae.frequent", "ae.worst", "ae.grade", "ae.relationship", "ae.action",
    "ae.time", "fig.swimmer", "ae.rate",
    "ae.deaths", "ae.serious", "lst.sae", "ae.dlt", "fig.escalation", "esc.cohorts", "esc.levels", "esc.oc", "fig.oc",
    # 14.3.4
    "lab.shift", "lab.grade", "lab.worst", "lab.hy", "fig.edish", "fig.lab", "lab.by_visit", "lst.lab.abnormal",
    "vs.worst", "fig.vs", "vs.by_visit",
    # 16
    "methods", "quality.findings", "verification", "index",
    "lst.discontinued", "lst.screening", "lst.deviations", "lst.visits", "lst.unused", "lst.excluded",
    "lst.demographics", "lst.disease", "lst.mh", "lst.cm", "lst.exposure", "lst.efficacy", "lst.ae",
    "lst.lab", "lst.vs", "fig.patient",
)  # fmt: skip
"""Ids of outputs, or what they begin with, as a reader meets them within a section; each output has one here."""


def register(book: Book) -> dict[str, Output]:
    """All outputs of a study by id, ordered by section, then as `READING_ORDER` has them.

    A module in `tables`, `figures` or `listings` has a function `outputs(book)`; each Output it returns has the
    ICH E3 section as its number, to which the running number within section and kind is added here.
    An output whose domain was not delivered is left out, or says so. Raises ValueError when two outputs share an id, or
    one has no place in the reading order.
    """
    found = [
        replace(shown, program=shown.program or name.removeprefix("trial_report."))
        for name, module in _modules()
        for output in module.outputs(book)
        for shown in of_delivered(book, output)
    ]
    twice = [name for name, times in Counter(o.id for o in found).items() if times > 1]
    if twice:
        raise ValueError(f"two outputs share the id {', '.join(sorted(twice))}")
    found.sort(key=lambda o: ([int(part) for part in o.number.split(".")], place(o.id)))
    running: Counter[tuple[str, str]] = Counter()
    numbered: dict[str, Output] = {}
    for output in found:
        running[output.kind, output.number] += 1
        number = f"{output.number}.{running[output.kind, output.number]}"
        numbered[output.id] = replace(output, number=number)
    return numbered


def of_delivered(book: Book, output: Output) -> tuple[Output, ...]:
    """The output where its domains were delivered; else none, or one that says in its place that they were not."""
    absent = [name for name in output.needs if name not in book.domains]
    if not absent:
        return (output,)
    words = not_delivered(absent)
    told = Table.build([Column("nothing", output.title)], [], empty=words)
    return (replace(output, notes=(), landscape=False, make=lambda _: told),) if output.stays else ()


def place(name: str) -> int:
    """The place of an output in the reading order, by the longest beginning of its id that stands there.

    Raises ValueError where none does.
    """
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        start = ".".join(parts[:length])
        if start in READING_ORDER:
            return READING_ORDER.index(start)
    raise ValueError(f"the output {name} has no place in the reading order of analysis/display/registry.py")


def _modules() -> list[tuple[str, ModuleType]]:
    return [
        (f"{package.__name__}.{info.name}", importlib.import_module(f"{package.__name__}.{info.name}"))
        for package in PACKAGES
        for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda i: i.name)
        if not info.name.startswith("_")
    ]
