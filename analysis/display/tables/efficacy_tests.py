"""Tables of tests (14.2): the change from baseline at every tested visit, and the decision over the family.

Not here: comparison of groups (`efficacy_comparison`), and the values that are tested (`efficacy`).
"""

from __future__ import annotations

from trial_report import declare
from trial_report.analysis.analyse.efficacy_tests import tested_within
from trial_report.analysis.analyse.methods_used import sentence
from trial_report.analysis.analyse.multiplicity import DESCRIPTIVE, NOT_TESTED, in_family
from trial_report.analysis.display.answer import Answer
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.table import DASH, Cell, Column, Row, Table
from trial_report.analysis.display.tables._efficacy import ask, named, once, population_of, visits_of
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
    title=lambda book: _title(book, (TOTAL,)),
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
    title=lambda book: f"{_title(book, _groups(book.definition))} by treatment group",
    population=_sets,
    landscape=True,
    when=lambda book: (
        bool(tested(book.definition)) and (len(book.definition.groups) > 1 or not book.definition.treatment.total)
    ),
)
def of_groups(book: Book) -> Table:
    """The tests within each treatment group."""
    return tests(book, _groups(book.definition))


def _groups(definition: StudyDefinition) -> tuple[str, ...]:
    return tuple(group.code for group in definition.groups)


def _title(book: Book, groups: tuple[str, ...]) -> str:
    if not _judged(book, groups):
        return "Estimates of the change from baseline"
    whole = all(_hypothesis(book, e, groups) for e in tested(book.definition))
    return f"{'Tests' if whole else 'Estimates and tests'} of the change from baseline"


def _hypothesis(book: Book, endpoint: Endpoint, groups: tuple[str, ...]) -> bool:
    """Whether p-values of an endpoint are shown: of every one, or beside a procedure of those in its family."""
    if endpoint.comparison != "none" or not _decided(book, groups):
        return True
    return in_family(book.definition, endpoint)


def _decided(book: Book, groups: tuple[str, ...]) -> bool:
    """Whether a decision is made on any test in these columns."""
    return any(
        ask(book, ANALYSIS, e, v, g).has("p_adjusted")
        for e in tested(book.definition)
        for v in e.visits
        for g in groups
    )


def _judged(book: Book, groups: tuple[str, ...]) -> bool:
    """Whether p-values are shown: where there are hypotheses, any other would be read as one more test.

    Those within groups that are compared with each other stand there because the definition asks for them.
    """
    asked = any(e.comparison != "none" for e in tested(book.definition))
    return asked or book.definition.multiplicity.procedure == "none" or _decided(book, groups)


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
    decided, judged = _decided(book, groups), _judged(book, groups)
    columns = [
        Column("visit", "Endpoint\nVisit", width=1.0),
        *([Column("group", "Treatment group", width=2.0)] if groups != (TOTAL,) else []),
        Column("n", "n", "right", 0.4),
        *([Column("mean", f"Mean change\n({level} CI)", "center", 1.9)] if t_too else []),
        *([Column("t", "t (df)", "center", 0.9), Column("pt", "p", "right", 0.7)] if t_too and judged else []),
        *([Column("hl", f"Hodges–Lehmann\n({level} CI)", "center", 1.9)] if both else []),
        *([Column("pw", "p", "right", 0.7)] if both and judged else []),
        Column("effect", f"Standardized effect\n({level} CI)", "center", 1.8),
        *(
            [Column("padj", "Adjusted p", "right", 0.8), Column("decision", "Decision", width=1.0)]
            if decided and definition.multiplicity.prespecified
            else []
        ),
    ]
    names = dict(labels(definition))
    kept = {column.id for column in columns}
    rows = [
        Row(tuple(cell for name, cell in _cells(book, e, visit, group, names[group], decided).items() if name in kept),
            named(definition, e, e.label_unit))
        for e in shown
        for visit in visits_of(book, ANALYSIS, e, None, "p")
        for group in groups
    ]  # fmt: skip
    return Table.build(
        [_spanned(column, judged) for column in columns],
        once(rows) if groups != (TOTAL,) else rows,
        notes=_notes(book, shown, decided, judged),
        stub=1 if groups == (TOTAL,) else 2,
    )


def _spanned(column: Column, judged: bool) -> Column:
    if not judged:
        return column
    t, w = ("Paired t test", "Exact Wilcoxon signed-rank test")
    spanner = {"mean": t, "t": t, "pt": t, "hl": w, "pw": w}.get(column.id)
    return Column(column.id, column.label, column.align, column.width, spanner) if spanner else column


def _cells(book: Book, endpoint: Endpoint, visit: str, group: str, label: str, decided: bool) -> dict[str, Cell]:
    """The cells of a row by their columns; without p and t where, among hypotheses, this is none that was tested."""
    asked = (endpoint.test, *endpoint.other_tests)
    at = {name: ask(book, ANALYSIS, endpoint, visit, group, name) for name in (*asked, "hodges_lehmann", "effect")}
    decision = ask(book, ANALYSIS, endpoint, visit, group)
    known = decision.has("p_adjusted")
    tested = (
        endpoint.comparison != "none"
        or not decided
        or (known and decision.text("decision") not in (DESCRIPTIVE, NOT_TESTED))
    )
    cells = dict.fromkeys(("visit", "group", "n", "mean", "t", "pt", "hl", "pw", "effect", "padj", "decision"), Cell())
    cells |= {"visit": Cell(book.definition.visit(visit).label), "group": Cell(label)}
    cells |= {"n": at[endpoint.test].cell("n"), "effect": at["effect"].estimate_cell()}
    for test, name, p, estimate in (("paired_t", "mean", "pt", "paired_t"),
                                    ("wilcoxon_signed_rank", "hl", "pw", "hodges_lehmann")):  # fmt: skip
        if test not in asked:
            continue
        decides = _decides(book, endpoint, visit, group, test)
        cells[name] = _estimated(book, endpoint, visit, group, decides or at[estimate], test)
        if tested:
            cells[p] = (decides or at[test]).cell("p", bold=decided and bool(decides))
    if "paired_t" in asked and tested:
        cells["t"] = _statistic(at["paired_t"])
    if known:
        cells |= {"padj": decision.cell("p_adjusted") if tested else Cell(), "decision": decision.cell("decision")}
    return cells


def _estimated(book: Book, endpoint: Endpoint, visit: str, group: str, at: Answer, test: str) -> Cell:
    """The estimate with its interval; of too few values for one the mean change alone."""
    if test == "paired_t" and not at.known("estimate"):
        described = ask(book, "eff.by_visit", endpoint, visit, group, "CHG")
        if described.has("mean") and described.known("mean"):
            return described.cell("mean", form="{} (–)")
    return at.estimate_cell()


def _decides(book: Book, endpoint: Endpoint, visit: str, group: str, test: str) -> Answer | None:
    """What decides, which sentences quote, where this test is the one that does."""
    at = ask(book, ANALYSIS, endpoint, visit, group)
    return at if endpoint.test == test and at.has("p") and at.has("estimate") else None


def _statistic(place: Answer) -> Cell:
    return place.together("statistic", "df", form="{} ({})")


def _notes(book: Book, shown: list[Endpoint], decided: bool, judged: bool) -> list[str]:
    definition = book.definition
    own = [e for e in shown if in_family(definition, e)] if decided else shown
    deciding = join_words(
        f"{METHODS[{'paired_t': 't-paired', 'wilcoxon_signed_rank': 'signed-rank'}[test]].name} for "
        + join_words(e.name for e in own if e.test == test)
        for test in dict.fromkeys(e.test for e in own)
    )
    decides = f"The p-value in bold decides ({deciding}). All p-values are two-sided. "
    described = "All p-values are two-sided and descriptive. "
    size = f"n: {definition.study.subjects} with a baseline value and a value at the visit."
    if not judged:
        return [f"No test is made within the groups: the hypotheses are those of Section 9.7.1. {size}", DASH]
    if not definition.multiplicity.prespecified:
        decides = f"The p-value in bold is that of the hypothesis ({deciding}); all are two-sided and exploratory. "
    notes = [(decides if decided else described) + size]
    compared = join_words(e.name for e in shown if e.comparison != "none")
    if compared:
        notes.append(f"Groups are compared with control elsewhere; within groups nothing is decided ({compared}).")
    if decided:
        plan = definition.multiplicity
        said = sentence(f"adjust-{plan.procedure.replace('_', '-')}", definition)
        order = [f"{definition.endpoint(p).name} at {definition.visit(v).label}" for p, v in plan.order]
        notes.append(f"{said} Order: {'; '.join(order)}." if plan.procedure == "fixed_sequence" and order else said)
        described_only = "“descriptive”: not in the family of hypotheses. " if plan.prespecified else ""
        notes.append(f"{described_only}A p-value is shown of hypotheses that were tested.")
    return [*notes, DASH]


__all__ = ["population_of", "tested", "tests"]
