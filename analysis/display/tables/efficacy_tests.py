"""Tables of tests (14.2): the change from baseline at every tested visit, and the decision over the family.

Not here: comparison of groups (`efficacy_comparison`), and the values that are tested (`efficacy`).
"""

from __future__ import annotations

from trial_report import declare
from trial_report.analysis.analyse.efficacy_tests import tested_within
from trial_report.analysis.display.answer import Answer
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.table import DASH, Cell, Column, Row, Table
from trial_report.analysis.display.tables._efficacy import ask, population_of, restriction, visits_of
from trial_report.analysis.display.tables._grid import labels, set_label
from trial_report.analysis.methods.methods import METHODS
from trial_report.analysis.methods.result import percent
from trial_report.analysis.results.formatting import join_words
from trial_report.schemas.study import TOTAL, StudyDefinition
from trial_report.schemas.study.measures import Endpoint

ANALYSIS, FAMILY = "eff.test", "eff.family"


def _sets(book: Book) -> str:
    return join_words(dict.fromkeys(set_label(book.definition, e.analysis_set) for e in tested(book.definition)))


@declare.table(
    "eff.tests",
    after="eff.by_visit",
    number="14.2",
    title="Tests of the change from baseline",
    population=_sets,
    landscape=True,
    when=lambda book: bool(tested(book.definition)) and book.definition.treatment.total,
)
def of_all(book: Book) -> Table:
    """The tests over the whole study."""
    return tests(book, (TOTAL,))


@declare.table(
    "eff.tests_by_group",
    after="eff.tests",
    number="14.2",
    title="Tests of the change from baseline by treatment group",
    population=_sets,
    landscape=True,
    when=lambda book: (
        bool(tested(book.definition)) and (len(book.definition.groups) > 1 or not book.definition.treatment.total)
    ),
)
def of_groups(book: Book) -> Table:
    """The tests within each treatment group."""
    return tests(book, tuple(group.code for group in book.definition.groups))


def tested(definition: StudyDefinition) -> list[Endpoint]:
    """The endpoints whose change is tested within the columns."""
    return [e for e in definition.endpoints if tested_within(e)]


def tests(book: Book, groups: tuple[str, ...]) -> Table:
    """A block an endpoint, a row a visit (and group): n, mean change, tests, estimate, effect, adjusted p, decision."""
    definition = book.definition
    level = percent(definition.confidence_level)
    shown = tested(definition)
    both = any("wilcoxon_signed_rank" in (e.test, *e.other_tests) for e in shown)
    t_too = any("paired_t" in (e.test, *e.other_tests) for e in shown)
    decided = any(ask(book, ANALYSIS, e, v, g).has("p_adjusted") for e in shown for v in e.visits for g in groups)
    columns = [
        Column("visit", "Endpoint\nVisit", width=1.0),
        *([Column("group", "Treatment group", width=2.0)] if groups != (TOTAL,) else []),
        Column("n", "n", "right", 0.4),
        *([Column("mean", f"Mean change\n({level} CI)", "center", 1.9)] if t_too else []),
        *([Column("t", "t (df)", "center", 0.9), Column("pt", "p", "right", 0.7)] if t_too else []),
        *([Column("hl", f"Hodges–Lehmann\n({level} CI)", "center", 1.9)] if both else []),
        *([Column("pw", "p", "right", 0.7)] if both else []),
        Column("effect", f"Standardized effect\n({level} CI)", "center", 1.8),
        *([Column("padj", "Adjusted p", "right", 0.8), Column("decision", "Decision", width=1.0)] if decided else []),
    ]
    names = dict(labels(definition))
    rows = [
        Row(tuple(_cells(book, e, visit, group, names[group], groups, t_too, both, decided)), _heading(definition, e))
        for e in shown
        for visit in visits_of(book, ANALYSIS, e, None, "p")
        for group in groups
    ]
    spanned = [_spanned(c) for c in columns]
    return Table.build(
        spanned,
        rows,
        notes=_notes(book, shown, decided),
        stub=1 if groups == (TOTAL,) else 2,
    )


def _spanned(column: Column) -> Column:
    t, w = ("Paired t test", "Exact Wilcoxon signed-rank test")
    spanner = {"mean": t, "t": t, "pt": t, "hl": w, "pw": w}.get(column.id)
    return Column(column.id, column.label, column.align, column.width, spanner) if spanner else column


def _heading(definition: StudyDefinition, endpoint: Endpoint) -> str:
    restricted = restriction(definition, endpoint)
    return f"{endpoint.label_unit} – {restricted}" if restricted else endpoint.label_unit


def _cells(
    book: Book, endpoint: Endpoint, visit: str, group: str, label: str, groups: tuple[str, ...], t: bool, w: bool,
    decided: bool,
) -> list[Cell]:  # fmt: skip
    asked = (endpoint.test, *endpoint.other_tests)
    at = {name: ask(book, ANALYSIS, endpoint, visit, group, name) for name in (*asked, "hodges_lehmann", "effect")}
    cells = [Cell(book.definition.visit(visit).label)]
    cells += [Cell(label)] if groups != (TOTAL,) else []
    cells.append(at[endpoint.test].cell("n"))
    if t and "paired_t" in asked:
        place = at["paired_t"]
        decides = _decides(book, endpoint, visit, group, "paired_t")
        cells += [(decides or place).estimate_cell(), _statistic(place)]
        cells.append((decides or place).cell("p", bold=decided and bool(decides)))
    elif t:
        cells += [Cell(), Cell(), Cell()]
    if w and "wilcoxon_signed_rank" in asked:
        place = at["wilcoxon_signed_rank"]
        decides = _decides(book, endpoint, visit, group, "wilcoxon_signed_rank")
        cells.append((decides or at["hodges_lehmann"]).estimate_cell())
        cells.append((decides or place).cell("p", bold=decided and bool(decides)))
    elif w:
        cells += [Cell(), Cell()]
    cells.append(at["effect"].estimate_cell())
    if decided:
        decision = ask(book, ANALYSIS, endpoint, visit, group)
        known = decision.has("p_adjusted")
        cells += [decision.cell(name) if known else Cell() for name in ("p_adjusted", "decision")]
    return cells


def _decides(book: Book, endpoint: Endpoint, visit: str, group: str, test: str) -> Answer | None:
    """What decides, which sentences quote, where this test is the one that does."""
    at = ask(book, ANALYSIS, endpoint, visit, group)
    return at if endpoint.test == test and at.has("p") and at.has("estimate") else None


def _statistic(place: Answer) -> Cell:
    return place.together("statistic", "df", form="{} ({})")


def _notes(book: Book, shown: list[Endpoint], decided: bool) -> list[str]:
    definition = book.definition
    deciding = join_words(
        f"{METHODS[{'paired_t': 't-paired', 'wilcoxon_signed_rank': 'signed-rank'}[test]].name} for "
        + join_words(e.name for e in shown if e.test == test)
        for test in dict.fromkeys(e.test for e in shown)
    )
    decides = f"The p-value in bold decides ({deciding}). All p-values are two-sided. "
    described = "All p-values are two-sided and descriptive. "
    size = f"n: {definition.study.subjects} with a baseline value and a value at the visit."
    if not definition.multiplicity.prespecified:
        decides = f"The p-value in bold is that of the hypothesis ({deciding}); all are two-sided and exploratory. "
    notes = [(decides if decided else described) + size]
    compared = join_words(e.name for e in shown if e.comparison != "none")
    if compared:
        notes.append(f"Groups are compared with control elsewhere; within groups nothing is decided ({compared}).")
    if decided:
        plan = definition.multiplicity
        method = METHODS[f"adjust-{plan.procedure.replace('_', '-')}"]
        order = [f"{definition.endpoint(p).name} at {definition.visit(v).label}" for p, v in plan.order]
        said = method.text(alpha=plan.alpha) if "alpha" in method.defaults else method.text()
        notes.append(f"{said} Order: {'; '.join(order)}." if plan.procedure == "fixed_sequence" and order else said)
        notes.append("“descriptive”: not in the family of hypotheses; its p-value is not adjusted.")
    return [*notes, DASH]


__all__ = ["population_of", "tested", "tests"]
