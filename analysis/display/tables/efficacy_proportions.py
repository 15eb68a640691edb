"""Tables of compared proportions (14.2): each group's, its difference from control, and the decision on it.

Not here: proportions without comparison (`efficacy`, `efficacy_response`).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from trial_report import declare
from trial_report.analysis.analyse.efficacy_comparison import DIFFERENCE, control_of, pairs_of
from trial_report.analysis.analyse.efficacy_proportions import PROPORTION, RESPONDER, question_of
from trial_report.analysis.analyse.further import name_of
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.output import Output
from trial_report.analysis.display.table import DASH, Cell, Column, Row, Table
from trial_report.analysis.display.tables._efficacy import ask, named, of_endpoint
from trial_report.analysis.display.tables._grid import set_label
from trial_report.analysis.display.tables.efficacy_comparison import DECIDED, about_pairs, described
from trial_report.analysis.methods.result import percent
from trial_report.analysis.results.formatting import join_words
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.measures import Endpoint, FurtherAnalysis


@declare.outputs("eff.proportions.further", after="eff.proportions")
def further(book: Book) -> list[Output]:
    """The further analyses of binary endpoints that are compared."""
    shown = [e for e in compared_proportions(book.definition) if e.kind == "binary"]
    return [_further(book.definition, e, one) for e in shown for one in e.further]


def compared_proportions(definition: StudyDefinition) -> list[Endpoint]:
    """The endpoints that are compared as proportions: binary ones, and those with responders."""
    return [e for e in definition.endpoints if e.comparison != "none" and question_of(e) is not None]


def _further(definition: StudyDefinition, endpoint: Endpoint, further: FurtherAnalysis) -> Output:
    own = endpoint.as_in(further)
    return Output(
        id=f"eff.further.{endpoint.paramcd.lower()}.{further.id.lower()}",
        kind="table",
        number="14.2",
        title=f"{endpoint.label}: {further.label}, comparison of proportions with control",
        **of_endpoint(definition, own, name_of(further)),
        make=partial(one, endpoint=own, analysis=name_of(further)),
    )


@declare.table(
    "eff.proportions",
    after="eff.responders",
    number="14.2",
    title="Comparison of proportions with control",
    population=lambda book: join_words(
        dict.fromkeys(set_label(book.definition, e.analysis_set) for e in compared_proportions(book.definition))
    ),
    when=lambda book: bool(compared_proportions(book.definition)),
)
def overview(book: Book) -> Table:
    """A block an endpoint, a row a visit and group: yes of those with a value, difference to control, p, decision."""
    shown = compared_proportions(book.definition)
    decided = book.definition.multiplicity.procedure != "none" and any(e.kind == "binary" for e in shown)
    rows = [row for e in shown for row in _rows(book, e, PROPORTION, decided)]
    return _table(book, shown, rows, decided)


def one(book: Book, endpoint: Endpoint, analysis: str) -> Table:
    """The same of one endpoint in a further analysis, on which nothing is decided."""
    return _table(book, [endpoint], list(_rows(book, endpoint, analysis, False)), False)


def _rows(book: Book, endpoint: Endpoint, analysis: str, decided: bool) -> Iterator[Row]:
    definition = book.definition
    rule = endpoint.responder
    responding = endpoint.kind != "binary"
    title = f"{endpoint.name}: {rule.label}" if rule and responding else endpoint.label
    block = named(definition, endpoint, title)
    level, before = (RESPONDER, f"{RESPONDER}|") if responding else (None, "")
    control, short = control_of(definition, endpoint), {g.code: g.short for g in definition.groups}
    blank = [Cell(), Cell()] if decided else []
    for visit in definition.in_order(endpoint.visits):
        label = Cell(definition.visit(visit).label)
        for group in definition.groups:
            at = ask(book, analysis, endpoint, visit, group.code, level)
            difference = ask(book, analysis, endpoint, visit, group.code, f"{before}{DIFFERENCE}")
            cells = [label, Cell(group.label), at.cell("with_value"), at.count_cell()]
            if group.code == control:
                cells += [Cell("control"), Cell(), *blank]
            else:
                cells += [difference.estimate_cell(), difference.cell("p")]
                known = decided and difference.has("p_adjusted")
                names = ("p_adjusted", "decision")
                cells += [difference.cell(name) for name in names] if known else blank
            yield Row(tuple(cells), block)
        for code, other in pairs_of(definition, endpoint):
            at = ask(book, analysis, endpoint, visit, code, f"{before}{DIFFERENCE}|{other}")
            words = Cell(f"{short[code]} − {short[other]}")
            yield Row(
                (label, words, Cell(), Cell(), at.estimate_cell(), at.cell("p"), *blank), block
            )  # fmt: skip


def _table(book: Book, shown: list[Endpoint], rows: list[Row], decided: bool) -> Table:
    definition = book.definition
    all_pairs = any(pairs_of(definition, e) for e in shown)
    level = percent(definition.confidence_level)
    return Table.build(
        [
            Column("visit", "Endpoint\nVisit"),
            Column("group", "Treatment group", width=1.6),
            Column("with_value", "With a\nvalue", "right", 0.6),
            Column("n", "Yes,\nn (%)", "center", 0.9),
            Column("difference", f"Difference{'' if all_pairs else ' to control'}\nin % ({level} CI)", "center", 1.8),
            Column("p", "p", "right", 0.7),
            *(DECIDED if decided else ()),
        ],
        rows,
        notes=[*_notes(book, shown, decided), *about_pairs(all_pairs), DASH],
        stub=2,
    )


def _notes(book: Book, shown: list[Endpoint], decided: bool) -> list[str]:
    definition = book.definition
    notes = [f"Observed values; percentages are of the {definition.study.subjects} with a value at the visit."]
    plain = join_words(e.name for e in shown if not e.factors)
    if plain:
        notes.append(f"Newcombe interval and Fisher's exact test: {plain}.")
    names = {c.variable: c.label.lower() for c in definition.characteristics} | {"SITEID": "site"}
    for endpoint in (e for e in shown if e.factors):
        strata = join_words(names.get(f, f) for f in endpoint.factors)
        notes.append(
            f"Mantel–Haenszel difference and Cochran–Mantel–Haenszel test, stratified by {strata}: {endpoint.name}."
        )
    if decided and any(e.kind != "binary" for e in shown):
        notes.append("Comparisons of responders are descriptive.")
    return [*notes, *described(definition)]
