"""Tables of endpoints whose groups are not compared, by phase, dose and analysis set: the primary results, and each.

Not here: further analyses of a comparison with control (`efficacy_comparison`, `efficacy_proportions`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from trial_report import declare
from trial_report.analysis.analyse.further import name_of
from trial_report.analysis.display.answer import Answer
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.table import DASH, Cell, Column, Row, Table
from trial_report.analysis.display.tables._efficacy import ask, named, once
from trial_report.analysis.display.tables._grid import set_label
from trial_report.analysis.methods.result import percent
from trial_report.analysis.results.formatting import join_words
from trial_report.schemas.study import TOTAL, StudyDefinition
from trial_report.schemas.study.measures import Endpoint, FurtherAnalysis

BY_VISIT, TEST = "eff.by_visit", "eff.test"
RANKED = "Hodges–Lehmann estimate"
MOST = 10
"""Rows of the table in the text; where there would be more, the last tested visit of each endpoint stands for all."""


def repeated(definition: StudyDefinition) -> list[Endpoint]:
    """The endpoints that compare no groups, and are analysed again in other subjects."""
    return [e for e in definition.endpoints if e.comparison == "none" and e.further]


def by_phase(definition: StudyDefinition) -> list[Endpoint]:
    """The primary endpoints that are analysed by phase."""
    return [e for e in repeated(definition) if e.role == "primary" and any(one.phases for one in e.further)]


def _populations(book: Book) -> str:
    return join_words(dict.fromkeys(set_label(book.definition, e.analysis_set) for e in by_phase(book.definition)))


@declare.table(
    "eff.primary",
    number="11.4",
    title="Primary endpoints by phase and treatment group",
    population=_populations,
    # Without a total nothing is pooled that the phases could stand beside.
    when=lambda book: bool(by_phase(book.definition)) and book.definition.treatment.total is not None,
)
def primary(book: Book) -> Table:
    """A row an endpoint and visit; of each phase the groups that were in it and their total, then all pooled."""
    definition = book.definition
    shown = by_phase(definition)
    visits = {e.paramcd: e.visits for e in shown}
    if sum(map(len, visits.values())) > MOST:
        visits = {e.paramcd: (definition.last_visit(e.visits),) for e in shown}
    # A phase in another set as well stands in the table of all further analyses.
    phases = [one for one in shown[0].further if one.phases and one.analysis_set in (None, shown[0].analysis_set)]
    parts = [(one, group) for one in phases for group in _groups(book, shown, one)]
    short = {g.code: g.short for g in definition.groups} | {TOTAL: "Total"}
    columns = [
        Column("visit", "Endpoint\nVisit", width=0.9),
        *(Column(f"{one.id}.{group}", short[group], "center", 1.2, one.label) for one, group in parts),
        Column("pooled", "Pooled", "center", 1.2),
    ]
    rows = [
        Row(
            (
                Cell(definition.visit(visit).label),
                *(_at(book, e, one.id, visit, group) for one, group in parts),
                _size_of(ask(book, BY_VISIT, e, visit, TOTAL, "AVAL"))
                if visit == definition.baseline_visit.id
                else _found(e, _pooled(book, e, visit), _pooled_n(book, e, visit)),
            ),
            named(definition, e, e.label_unit) + (f" ({RANKED})" if _ranked(e) else ""),
        )
        for e in shown
        for visit in (*_begun(book, e, [(one.id, group) for one, group in parts]), *visits[e.paramcd])
    ]
    level = percent(definition.confidence_level)
    notes = [
        f"Cells: {_what(shown)} [n] (at baseline the mean), and its {level} confidence interval where there are "
        f"{definition.inference_from} values or more; all intervals are descriptive. Pooled: all phases and groups.",
        DASH,
    ]
    return Table.build(columns, rows, notes=notes)


def _groups(book: Book, shown: list[Endpoint], one: FurtherAnalysis) -> list[str]:
    """The groups that anybody of a phase was in, and the total where they are not one."""
    codes = [g.code for g in book.definition.groups]
    asked = [e for e in shown if any(own.id == one.id for own in e.further)]
    found = [c for c in codes if any(_in(book, e, one.id, None, c).value("N") for e in asked)]
    return found if len(found) == 1 else [*found, TOTAL]


def _ranked(endpoint: Endpoint) -> bool:
    """Whether the estimate of an endpoint is that of its signed-rank test, and no mean."""
    return endpoint.kind == "numeric" and endpoint.test == "wilcoxon_signed_rank"


def _what(shown: Sequence[Endpoint]) -> str:
    """What the cells hold of these endpoints."""
    means = any(e.kind == "numeric" and not _ranked(e) for e in shown)
    held = ["mean change from baseline"] if means else []
    held += [f"{RANKED} of the change from baseline"] if any(map(_ranked, shown)) else []
    held += ["percentage"] if any(e.kind == "binary" for e in shown) else []
    return join_words(held, "or")


def _in(book: Book, endpoint: Endpoint, name: str, visit: str | None, group: str) -> Answer:
    one = next(one for one in endpoint.further if one.id == name)
    level = "YES" if endpoint.kind == "binary" and visit else None
    return ask(book, name_of(one), endpoint.as_in(one), visit, group, level)


def _begun(book: Book, endpoint: Endpoint, parts: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """The baseline visit, of an endpoint of which its values are known in the phases."""
    first = book.definition.baseline_visit.id
    return (first,) if any(_baseline(book, endpoint, name, group).has("n") for name, group in parts) else ()


def _baseline(book: Book, endpoint: Endpoint, name: str, group: str) -> Answer:
    """What is known of the values at baseline; of a phase in one group that of all in it, which sentences tell."""
    one = next((one for one in endpoint.further if one.id == name), endpoint.further[0])
    first = book.definition.baseline_visit.id
    group = group if TOTAL in _groups(book, [endpoint], one) else TOTAL
    return ask(book, name_of(one), endpoint.as_in(one), first, group, "AVAL")


def _at(book: Book, endpoint: Endpoint, name: str, visit: str, group: str) -> Cell:
    """What was found there; an empty cell of an endpoint that is not analysed so, or not at the visit."""
    if visit == book.definition.baseline_visit.id:
        return _size_of(_baseline(book, endpoint, name, group))
    if not any(one.id == name and visit in endpoint.as_in(one).visits for one in endpoint.further):
        return Cell()
    at = _in(book, endpoint, name, visit, group)
    return _found(endpoint, at, at)


def _size_of(at: Answer) -> Cell:
    """A mean at baseline with its number; an empty cell where none was computed."""
    if not at.has("n") or not at.value("n"):
        return Cell()
    return Cell.of((at.text("mean"), at.key("mean")), " [", (at.text("n"), at.key("n")), "]")


def _pooled(book: Book, endpoint: Endpoint, visit: str) -> Answer:
    if endpoint.kind == "binary":
        return ask(book, BY_VISIT, endpoint, visit, TOTAL, "YES")
    if _ranked(endpoint):
        return ask(book, TEST, endpoint, visit)
    return ask(book, BY_VISIT, endpoint, visit, TOTAL, endpoint.analysed)


def _pooled_n(book: Book, endpoint: Endpoint, visit: str) -> Answer:
    """What has the number of values; that of the test stands with the test that decides."""
    return ask(book, BY_VISIT, endpoint, visit, TOTAL, endpoint.analysed)


def _found(endpoint: Endpoint, at: Answer, counted: Answer) -> Cell:
    """The estimate or percentage with its number and interval, as far as each exists."""
    if at.has("with_value"):
        return at.together("pct", "with_value", "pct_low", "pct_high", form="{}% [{}]\n({} to {})")
    name = "estimate" if at.has("estimate") else "mean"
    if not at.known("ci_low") and at.has("mean") and not _ranked(endpoint):
        name = "mean"
    if not at.known(name):
        return at.cell(name)
    size: list[str | tuple[str, str]] = [
        (at.text(name), at.key(name)),
        " [",
        (counted.text("n"), counted.key("n")),
        "]",
    ]
    if not at.known("ci_low"):
        return Cell.of(*size)
    low, high = ((at.text(limit), at.key(limit)) for limit in ("ci_low", "ci_high"))
    return Cell.of(*size, "\n(", low, " to ", high, ")")


@declare.table(
    "eff.further_within",
    after="eff.tests_by_group",
    number="14.2",
    title="Change from baseline by phase and analysis set",
    population=lambda book: join_words(
        dict.fromkeys(
            set_label(book.definition, e.as_in(one).analysis_set)
            for e in repeated(book.definition)
            for one in e.further
        )
    ),
    when=lambda book: any(e.kind == "numeric" for e in repeated(book.definition)),
)
def within(book: Book) -> Table:
    """A block an endpoint and analysis, a row a visit and column that anybody is in: n, mean, estimate, p."""
    definition = book.definition
    level = percent(definition.confidence_level)
    rows = [
        row for e in repeated(definition) if e.kind == "numeric" for one in e.further for row in _block(book, e, one)
    ]
    # Where there are hypotheses, a p-value of anything else would be read as one more test.
    judged = definition.multiplicity.procedure == "none"
    columns = [
        Column("visit", "Endpoint, analysis\nVisit", width=1.2),
        Column("group", "Treatment group", width=1.8),
        Column("n", "n", "right", 0.5),
        Column("mean", "Mean (SD)", "center", 1.2),
        Column("estimate", f"Estimate\n({level} CI)", "center", 1.7),
        *([Column("p", "p", "right", 0.7)] if judged else []),
    ]
    said = "Estimate and p" if judged else "Estimate"
    notes = [
        "At baseline the mean of the value, at later visits of the change.",
        f"{said} by the first test of each endpoint (Section 9.7.1).",
    ]
    notes.append("All p-values are two-sided and descriptive." if judged else "No hypothesis is about these analyses.")
    shown = [replace(row, cells=row.cells[: len(columns)]) for row in once(rows)]
    return Table.build(columns, shown, notes=[" ".join(notes), DASH], stub=2)


def _block(book: Book, endpoint: Endpoint, one: FurtherAnalysis) -> Iterator[Row]:
    definition, own = book.definition, endpoint.as_in(one)
    columns = [(c, label) for c, label in definition.columns if _in(book, endpoint, one.id, None, c).value("N")]
    if len(columns) == 2 and columns[-1][0] == TOTAL:
        columns = [(TOTAL, columns[0][1])]  # one group is all there is
    heading = f"{named(definition, endpoint, endpoint.label_unit)}: {one.label}"
    first = definition.baseline_visit
    for code, label in columns:
        at = ask(book, name_of(one), own, first.id, code, "AVAL")
        if at.has("mean"):
            held = at.together("mean", "sd", form="{} ({})")
            yield Row((Cell(first.label), Cell(label), at.cell("n"), held, Cell(), Cell()), heading)
    for visit in own.visits:
        for code, label in columns:
            at = _in(book, endpoint, one.id, visit, code)
            yield Row(
                (
                    Cell(definition.visit(visit).label), Cell(label), at.cell("n"),
                    at.together("mean", "sd", form="{} ({})"), at.estimate_cell(),
                    at.cell("p") if at.has("p") else Cell(),
                ),
                heading,
            )  # fmt: skip
