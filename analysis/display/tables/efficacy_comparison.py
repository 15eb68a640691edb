"""Tables of the comparison of groups (14.2): every comparison with its decision, and each endpoint's model in full.

Not here: proportions (`efficacy_proportions`), repeated measures (`efficacy_repeated`), subgroups
(`subgroup_comparison`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from trial_report import declare
from trial_report.analysis.analyse.efficacy_comparison import COMPARISON, DIFFERENCE, TREND, control_of, pairs_of
from trial_report.analysis.analyse.further import name_of
from trial_report.analysis.display.answer import Answer
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.output import Output
from trial_report.analysis.display.table import DASH, Cell, Column, Row, Table
from trial_report.analysis.display.tables._efficacy import analysed, ask, named, of_endpoint
from trial_report.analysis.display.tables._grid import labels, set_label
from trial_report.analysis.methods.result import percent
from trial_report.analysis.results.formatting import join_words
from trial_report.schemas.study import TOTAL, StudyDefinition
from trial_report.schemas.study.measures import Endpoint, FurtherAnalysis

VARIABLES = {"BASE": "Baseline", "AVAL": "Value at the visit", "CHG": "Change from baseline"}
DATA = {"observed": "observed cases", "locf": "last observation carried forward"}


@declare.outputs("eff.ancova", after="eff.comparison")
def by_endpoint(book: Book) -> list[Output]:
    """ "eff.ancova.<parameter>" for each endpoint that is compared."""
    return [_output(book.definition, e) for e in compared(book.definition)]


@declare.outputs("eff.further", after="eff.ancova")
def further(book: Book) -> list[Output]:
    """ "eff.further.<parameter>.<id>": the further analyses of each endpoint that is compared."""
    return [_further(book.definition, e, f) for e in compared(book.definition) for f in e.further]


def _title(book: Book) -> str:
    whats = " or ".join(dict.fromkeys(analysed(e) for e in compared(book.definition)))
    return f"Comparison of the {whats} with control"


def compared(definition: StudyDefinition) -> list[Endpoint]:
    """The endpoints whose groups are compared."""
    return [e for e in definition.endpoints if e.comparison != "none" and e.kind == "numeric"]


def _output(definition: StudyDefinition, endpoint: Endpoint) -> Output:
    return Output(
        id=f"eff.ancova.{endpoint.paramcd.lower()}",
        kind="table",
        number="14.2",
        title=f"{endpoint.label_unit}: analysis of covariance of the {analysed(endpoint)}, "
        f"{DATA[endpoint.comparison_data]}",
        **of_endpoint(definition, endpoint),
        make=partial(model, endpoint=endpoint, analysis=COMPARISON),
    )


def _further(definition: StudyDefinition, endpoint: Endpoint, further: FurtherAnalysis) -> Output:
    own = endpoint.as_in(further)
    return Output(
        id=f"eff.further.{endpoint.paramcd.lower()}.{further.id.lower()}",
        kind="table",
        number="14.2",
        title=f"{endpoint.label_unit}: {further.label}, analysis of covariance of the {analysed(endpoint)}",
        **of_endpoint(definition, own, name_of(further)),
        make=partial(model, endpoint=own, analysis=name_of(further)),
    )


DECIDED = (Column("padj", "Adjusted p", "right", 0.8), Column("decision", "Decision"))
"""What a table of comparisons shows beside p where the study has a procedure over its hypotheses."""


def described(definition: StudyDefinition) -> list[str]:
    """That p-values are descriptive, in a study without a procedure."""
    return ["All p-values are two-sided and descriptive."] if definition.multiplicity.procedure == "none" else []


@declare.table(
    "eff.comparison",
    after="eff.tests_by_group",
    number="14.2",
    title=_title,
    population=lambda book: join_words(
        dict.fromkeys(set_label(book.definition, e.analysis_set) for e in compared(book.definition))
    ),
    when=lambda book: bool(compared(book.definition)),
)
def overview(book: Book) -> Table:
    """A block an endpoint, a row a visit and group: least-squares mean, difference to control, p, decision."""
    definition = book.definition
    shown = compared(definition)
    rows = [
        row
        for endpoint in shown
        for visit in _visits(book, COMPARISON, endpoint)
        for row in _visit(book, endpoint, visit)
    ]
    level = percent(definition.confidence_level)
    changes = all(e.measure == "change" for e in shown)
    decided = definition.multiplicity.procedure != "none"
    all_pairs = any(pairs_of(definition, e) for e in shown)
    return Table.build(
        [
            Column("visit", "Endpoint\nVisit"),
            Column("group", "Treatment group", width=1.6),
            Column("n", "n", "right", 0.4),
            Column("mean", f"LS mean{' change' if changes else ''}\n({level} CI)", "center", 1.7),
            Column("difference", f"Difference{'' if all_pairs else ' to control'}\n({level} CI)", "center", 1.7),
            Column("p", "p", "right", 0.7),
            *(DECIDED if decided else ()),
        ],
        rows,
        notes=[*described(definition), *_trends(book, shown), *about_pairs(all_pairs), f"LS = least-squares. {DASH}"],
        stub=2,
    )


def _visits(book: Book, analysis: str, endpoint: Endpoint) -> list[str]:
    return [v for v in endpoint.visits if ask(book, analysis, endpoint, v).has("p")]


def _visit(book: Book, endpoint: Endpoint, visit: str) -> list[Row]:
    """A row a group beside its difference from control, then one a further pair."""
    definition = book.definition
    block, label = named(definition, endpoint, endpoint.label_unit), Cell(definition.visit(visit).label)
    decisions = ("p_adjusted", "decision") if definition.multiplicity.procedure != "none" else ()
    rows = []
    for one in definition.groups:
        at = ask(book, COMPARISON, endpoint, visit, one.code)
        difference = ask(book, COMPARISON, endpoint, visit, one.code, DIFFERENCE)
        against = one.code != control_of(definition, endpoint)
        rows.append(
            Row(
                (
                    label,
                    Cell(one.label),
                    at.cell("n"),
                    at.estimate_cell(),
                    difference.estimate_cell() if against else Cell("control"),
                    *(difference.cell(name) if against else Cell() for name in ("p", *decisions)),
                ),
                block,
            )
        )
    short = {g.code: g.short for g in definition.groups}
    for one_code, other in pairs_of(definition, endpoint):
        at = ask(book, COMPARISON, endpoint, visit, one_code, f"{DIFFERENCE}|{other}")
        words = Cell(f"{short[one_code]} − {short[other]}")
        blank = [Cell() for _ in decisions]
        rows.append(Row((label, words, Cell(), Cell(), at.estimate_cell(), at.cell("p"), *blank), block))
    return rows


def about_pairs(all_pairs: bool) -> list[str]:
    """What a reader has to know of pairs without the control."""
    if not all_pairs:
        return []
    return ["Differences are from control unless the row names both groups; those are descriptive, outside the family."]


def _trends(book: Book, endpoints: Sequence[Endpoint]) -> list[str]:
    """The test of a trend in dose at every visit, a sentence an endpoint that asks for it."""
    said = []
    for endpoint in (e for e in endpoints if e.dose_trend):
        tests = [
            f"{book.definition.visit(v).label} {test.text('p')}"
            for v in endpoint.visits
            if (test := ask(book, COMPARISON, endpoint, v, TOTAL, TREND)).has("p")
        ]
        if tests:
            said.append(f"{endpoint.name}, trend in dose ({trend_in_words(endpoint)}), p: {', '.join(tests)}.")
    return said


def trend_in_words(endpoint: Endpoint) -> str:
    """How an endpoint's trend in dose is tested."""
    return "slope in the planned dose" if endpoint.dose_trend == "slope" else "linear contrast of the LS means"


def model(book: Book, endpoint: Endpoint, analysis: str) -> Table:
    """A block a visit: what the model is fitted to, least-squares means, tests, differences of each pair."""
    rows = [
        row
        for visit in _visits(book, analysis, endpoint)
        for row in block(book, endpoint, analysis, visit, book.definition.visit(visit).label)
    ]
    return model_table(book, endpoint, analysis, "Visit", rows)


def model_table(
    book: Book, endpoint: Endpoint, analysis: str, of: str, rows: list[Row], said: Sequence[str] = ()
) -> Table:
    """Blocks of models as a table, a column a treatment group; `of` says what a block is about, `said` are notes."""
    shown = dict(labels(book.definition))
    data = DATA[endpoint.comparison_data]
    notes = [f"Data: {data}. LS = least-squares; SD = standard deviation; SE = standard error."]
    if endpoint.dose_trend:
        notes.append(f"Trend in dose: {trend_in_words(endpoint)}.")
    sized = [
        book.sized(g.code, shown[g.code], ask(book, analysis, endpoint, group=g.code).key("N"), 1.0)
        for g in book.definition.groups
    ]
    return Table.build([Column("statistic", f"{of}\nStatistic", width=1.5), *sized], rows, notes=[*notes, *said, DASH])


def block(book: Book, endpoint: Endpoint, analysis: str, visit: str, label: str, level: str = "") -> list[Row]:
    """The rows of one model; `level` is what its levels begin with."""
    definition = book.definition
    codes = [g.code for g in definition.groups]
    blank = [Cell() for _ in codes]
    before = f"{level}|" if level else ""

    def all_groups(of: str) -> list[Answer]:
        return [ask(book, analysis, endpoint, visit, code, of or None) for code in codes]

    rows = [Row((Cell("n"), *(at.cell("n") for at in all_groups(level))), label)]
    for name, words in VARIABLES.items():
        at = all_groups(before + name)
        if not at[0].has("mean"):
            continue
        rows.append(Row((Cell(words, bold=True), *blank), label))
        rows.append(Row((Cell("Mean (SD)", indent=1), *(a.together("mean", "sd", form="{} ({})") for a in at)), label))
        rows.append(Row((Cell("Median (min to max)", indent=1), *(_median(a) for a in at)), label))
    level_ci = f"{percent(definition.confidence_level)} CI"
    means = all_groups(level)
    cells = [a.together("estimate", "se", form="{} ({})") for a in means]
    rows.append(Row((Cell("LS mean (SE)", bold=True), *cells), label))
    rows.append(Row((Cell(level_ci, indent=1), *(a.interval_cell() for a in means)), label))
    total = ask(book, analysis, endpoint, visit, TOTAL, level or None)
    if total.has("p"):
        rows.append(last("Any difference: p", total.cell("p"), codes, label))
    trend = ask(book, analysis, endpoint, visit, TOTAL, before + TREND)
    if trend.has("p"):
        rows.append(last("Trend in dose: p", trend.cell("p"), codes, label))
    names = {g.code: g.label for g in definition.groups}
    control = control_of(definition, endpoint)
    pairs = {(code, control): DIFFERENCE for code in codes if code != control}
    pairs |= {pair: f"{DIFFERENCE}|{pair[1]}" for pair in pairs_of(definition, endpoint)}
    for other in dict.fromkeys(second for _, second in pairs):
        ways = {one: before + way for (one, to), way in pairs.items() if to == other}
        at_of = {one: ask(book, analysis, endpoint, visit, one, way) for one, way in ways.items()}
        rows.append(Row((Cell(f"Difference from {names[other]}", bold=True), *blank), label))
        rows += _differences([at_of.get(code) for code in codes], level_ci, label)
    return rows


def _differences(at: list[Answer | None], level_ci: str, label: str) -> list[Row]:
    """Estimate, interval and p of the differences from one group; a group that is not compared with it is empty."""
    estimates = [a.together("estimate", "se", form="{} ({})") if a else Cell() for a in at]
    intervals = [a.interval_cell() if a else Cell() for a in at]
    p_values = [a.cell("p") if a else Cell() for a in at]
    named_rows = (("LS mean (SE)", estimates), (level_ci, intervals), ("p", p_values))
    return [Row((Cell(words, indent=1), *cells), label) for words, cells in named_rows]


def last(words: str, cell: Cell, columns: Sequence[str], label: str) -> Row:
    """A row whose only number, which belongs to all groups, stands in the last column."""
    return Row((Cell(words), *(Cell() for _ in columns[1:]), cell), label)


def _median(at: Answer) -> Cell:
    """Median with range; a single dash where there are no values."""
    return at.together("median", "min", "max", form="{} ({} to {})")
