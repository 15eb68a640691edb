"""The topline: design, patients, primary results and key safety on two pages.

Not here: the synopsis of the study report (`report.prose.front`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from trial_report.analysis.display.figures import profile
from trial_report.analysis.display.output import Figure
from trial_report.analysis.display.table import Row, Table
from trial_report.analysis.results.question import Question
from trial_report.report.cells import kit
from trial_report.report.prose.documents.frame import here, subset
from trial_report.report.prose.efficacy import endpoint_line
from trial_report.report.prose.words import Block, Inline, lines_of, paragraphs, say
from trial_report.schemas.study.measures import Endpoint

TABLES = ("eff.comparison", "eff.proportions", "eff.tests", "eff.tests_by_group")
"""Where the results of an endpoint stand, the first that a study has of it: compared with control, or within groups."""
MOST_ROWS = 12
BESIDE = ("t", "effect")
"""Columns that a topline leaves to the report."""
OF_PROCEDURE = ("padj", "decision")
"""Those too where nobody laid the procedure down beforehand."""


def primary() -> list[Endpoint]:
    """The primary endpoints."""
    return [e for e in kit.book().definition.endpoints if e.role == "primary"]


def design() -> Inline:
    """The design in a sentence."""
    return say("{}.", kit.book().definition.study.design.rstrip("."))


def results() -> Block:
    """A line a primary endpoint, as the synopsis has it, at the last visit; a sentence in a study without."""
    if not primary():
        return paragraphs(say("No primary endpoint of efficacy is defined for this study."))
    return lines_of([endpoint_line(e, last=True) for e in primary()])


def tables() -> Block:
    """The tables of the primary results: the rows of the primary endpoints, of the last visit where there are many."""
    book, whole = kit.book(), Block("", "")
    left = {e.paramcd: e for e in primary()}
    for name in TABLES:
        if name not in book.outputs:
            continue
        made = book.made(name)
        if not isinstance(made, Table):
            continue
        known = {code for code in left if any(_of(row, (code,)) for row in made.rows)}
        if not known:
            continue
        ends = {code: book.definition.last_visit(left[code].visits) for code in known}
        rows = [row for row in made.rows if _of(row, known)]
        if len(rows) > MOST_ROWS:
            rows = [row for row in rows if any(_of(row, (code,), visit) for code, visit in ends.items())]
        beside = _beside(left[code] for code in known)
        beside += () if book.definition.multiplicity.prespecified else OF_PROCEDURE
        columns = [column.id for column in made.columns if column.id not in beside]
        # What the procedure over all tests did stands in the report.
        short = replace(subset(made, rows, columns), notes=made.notes[:1])
        whole = whole + here(name, title="Primary results", made=short, landscape=False)
        left = {code: one for code, one in left.items() if code not in known}
    return whole


def _beside(endpoints: Iterable[Endpoint]) -> tuple[str, ...]:
    """What is left to the report: the test that does not decide, where one decides for all."""
    tests = {e.test for e in endpoints}
    if tests == {"paired_t"}:
        return (*BESIDE, "hl", "pw")
    return (*BESIDE, "mean", "pt") if tests == {"wilcoxon_signed_rank"} else BESIDE


def _of(row: Row, codes: Collection[str], visit: str | None = None) -> bool:
    """Whether a row prints a result of one of these endpoints (at a visit)."""
    return any(asked.parameter in codes and visit in (None, asked.visit) for asked in _questions(row))


def _questions(row: Row) -> list[Question]:
    return [Question.of_key(key) for cell in row.cells for key in cell.keys]


def figure() -> Block:
    """The first primary endpoint over time, or the first time to an event."""
    book = kit.book()
    for endpoint in primary():
        name = f"fig.profile.{endpoint.paramcd.lower()}"
        made = book.made(name) if name in book.outputs else None
        if isinstance(made, Figure):
            # lower, and not smaller: its texts are to be read
            return here(name, made=replace(made, drawing=profile.make(book, endpoint, profile.LOW).drawing))
    curves = [f"fig.km.{one.paramcd.lower()}" for one in book.definition.survival]
    found = next((name for name in curves if name in book.outputs), None)
    return here(found) if found else Block("", "")


KEY = ("EMERGENT", "RELATED", "SEVERE", "SERIOUS", "WITHDRAWN", "DLT", "FATAL", "ANY")
"""Rows of the overview of adverse events that a topline shows: levels of their results."""


def safety() -> Block:
    """The overview of adverse events, its key rows; or that they were not delivered."""
    made = kit.book().made("ae.overview")
    if not isinstance(made, Table):
        return here("ae.overview")
    rows = [row for row in made.rows if any(asked.level in KEY for asked in _questions(row))]
    return here("ae.overview", made=subset(made, rows, [column.id for column in made.columns]))
