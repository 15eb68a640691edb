"""Which set is of those evaluable for dose-limiting toxicity, and whether several doses are taken together.

Not here: the rates of toxicity (`escalation`, `serious_events`).
"""

from __future__ import annotations

from trial_report.analysis.display.book import Book
from trial_report.schemas.study import StudyDefinition

NO_POOLED = "No interval is given over all dose levels: it would take one rate for several doses."


def evaluable(definition: StudyDefinition) -> str:
    """Id of the set of those evaluable for DLT; empty where there is none."""
    return next((s.id for s in definition.analysis_sets if s.criteria.dlt_evaluable), "")


def several_doses(book: Book) -> bool:
    """Whether more than one dose level has somebody evaluable."""
    asked = book.ask("esc.level", book.definition.safety_set, "NDLT")
    found = [asked.at(group=g.code) for g in book.definition.groups]
    return sum(bool(at.has("evaluable") and at.value("evaluable")) for at in found) > 1
