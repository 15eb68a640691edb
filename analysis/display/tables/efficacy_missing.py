"""Tables of missing data (14.2): what each way of treating it finds, and how bad it must be to lose the result.

Not here: the mixed model as the comparison itself (`efficacy_repeated`).
"""

from __future__ import annotations

from trial_report import declare
from trial_report.analysis.analyse.efficacy_comparison import DIFFERENCE, control_of
from trial_report.analysis.analyse.multiplicity import in_family
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.output import Output
from trial_report.analysis.display.table import DASH, Cell, Column, Row, Table
from trial_report.analysis.display.tables._efficacy import analysed, ask, of_endpoint, visits_of
from trial_report.analysis.display.tables._grid import last
from trial_report.analysis.methods.result import percent
from trial_report.analysis.results.formatting import join_words
from trial_report.schemas.study import TOTAL, StudyDefinition
from trial_report.schemas.study.measures import Endpoint

ANALYSIS = "eff.missing"
WAYS = {
    "observed": "Observed cases",
    "locf": "Last observation carried forward",
    "mi": "Multiple imputation",
    "mmrm": "Mixed model for repeated measures",
}


@declare.outputs("eff.missing", after="fig.waterfall")
def outputs(book: Book) -> list[Output]:
    """A table an endpoint that asks for it: "eff.missing.<parameter>"; none where no value was missing."""
    return [_output(book, e) for e in examined(book.definition) if imputed(book, e)]


def examined(definition: StudyDefinition) -> list[Endpoint]:
    """The endpoints whose missing values are examined."""
    return [e for e in definition.endpoints if e.missing and e.kind == "numeric"]


def imputed(book: Book, endpoint: Endpoint) -> bool:
    """Whether any way of handling missing values put one in."""
    rows = book.results
    own = (rows["analysis"] == ANALYSIS) & (rows["paramcd"] == endpoint.paramcd) & (rows["statistic"] == "imputed")
    return bool((rows.loc[own, "value"] > 0).any())


def _output(book: Book, endpoint: Endpoint) -> Output:
    return Output(
        id=f"eff.missing.{endpoint.paramcd.lower()}",
        kind="table",
        number="14.2",
        title=f"{endpoint.label_unit}: {analysed(endpoint)} by handling of missing data",
        **of_endpoint(book.definition, endpoint),
        make=lambda b: compared(b, endpoint) if endpoint.comparison != "none" else missing(b, endpoint),
    )


def compared(book: Book, endpoint: Endpoint) -> Table:
    """A block a visit and way, a row a group: n, imputed, least-squares mean, difference, p; then the tipping point."""
    definition = book.definition
    control = control_of(definition, endpoint)
    rows: list[Row] = []
    for visit in definition.in_order(endpoint.visits):
        for level, label in WAYS.items():
            block = f"{definition.visit(visit).label}: {label.lower()}"
            for group in definition.groups:
                at = ask(book, ANALYSIS, endpoint, visit, group.code, level)
                difference = ask(book, ANALYSIS, endpoint, visit, group.code, f"{level}|{DIFFERENCE}")
                if at.has("estimate"):
                    against = group.code != control
                    cells = (
                        Cell(group.label),
                        *(at.cell(name) for name in ("n", "imputed")),
                        at.estimate_cell(),
                        difference.estimate_cell() if against else Cell("control"),
                        difference.cell("p") if against else Cell(),
                    )
                    rows.append(Row(cells, block))
        for group in (g for g in definition.groups if g.code != control):
            at = ask(book, ANALYSIS, endpoint, visit, group.code, "tipping")
            if at.has("outcome"):
                block = f"{definition.visit(visit).label}: tipping point"
                cells = (Cell(group.label), Cell(), Cell(), Cell(), at.cell("outcome"), Cell())
                rows.append(Row(cells, block))
    level_ci = percent(definition.confidence_level)
    changes = " change" if endpoint.measure == "change" else ""
    return Table.build(
        [
            Column("group", "Visit: handling of missing data\nTreatment group", width=1.8),
            Column("n", "n", "right", 0.4),
            Column("imputed", "Imputed", "right", 0.7),
            Column("mean", f"LS mean{changes}\n({level_ci} CI)", "center", 1.7),
            Column("difference", f"Difference to control\n({level_ci} CI)", "center", 2.2),
            Column("p", "p", "right", 0.7),
        ],
        rows,
        notes=[*_assumptions(book, endpoint, TOTAL), f"LS = least-squares. {DASH}"],
    )


def missing(book: Book, endpoint: Endpoint) -> Table:
    """A block a visit, a row a way: n, imputed, mean change with interval, p; then the tipping point."""
    definition = book.definition
    column = last(definition)
    changes = endpoint.measure == "change"
    # Where there are hypotheses, a p-value of what is none of them would be read as one more test.
    tested = changes and (definition.multiplicity.procedure == "none" or in_family(definition, endpoint))
    rows: list[Row] = []
    for visit in visits_of(book, ANALYSIS, endpoint, "observed"):
        group = definition.visit(visit).label
        for level, label in WAYS.items():
            at = ask(book, ANALYSIS, endpoint, visit, column, level)
            if at.has("estimate"):
                imputed = at.cell("imputed") if at.has("imputed") else Cell()
                cells = (Cell(label), at.cell("n"), imputed, at.estimate_cell())
                rows.append(Row((*cells, at.cell("p")) if tested else cells, group))
        at = ask(book, ANALYSIS, endpoint, visit, column, "tipping")
        if at.has("outcome"):
            outcome = at.cell("outcome")
            cells = (Cell("Tipping point"), Cell(), Cell(), outcome)
            rows.append(Row((*cells, Cell()) if tested else cells, group))
    return Table.build(
        [
            Column("way", "Visit\nHandling of missing data", width=2.2),
            Column("n", "n", "right", 0.5),
            Column("imputed", "Imputed", "right", 0.7),
            Column(
                "estimate",
                f"{'Change from baseline' if changes else 'Mean'}\n({percent(definition.confidence_level)} CI)",
                "center",
                3.0,
            ),
            *([Column("p", "p", "right", 0.7)] if tested else []),
        ],
        rows,
        notes=[*_assumptions(book, endpoint, column), DASH],
    )


def _assumptions(book: Book, endpoint: Endpoint, column: str) -> list[str]:
    """What a reader has to know of the assumptions (section 9.7 says the rest), and what a fit says of itself.

    `column` is where the models stand."""
    shown = [name for name in endpoint.missing if name != "mmrm" or endpoint.comparison == "none"]
    at_random = [WAYS[name].lower() for name in ("mi", "mmrm") if name in shown]
    said = []
    if at_random:
        verb = "assumes" if len(at_random) == 1 else "assume"
        words = join_words(f"the {name}" if name.startswith("mixed") else name for name in at_random)
        said.append(f"{words[:1].upper()}{words[1:]} {verb} that values are missing at random.")
    if "tipping_point" in endpoint.missing:
        whose = " of the group" if endpoint.comparison != "none" else ""
        said.append(
            f"Tipping point: how far the imputed values{whose} are shifted against the result until p is above "
            f"{book.definition.multiplicity.alpha:g} or the sign changes."
        )
    if said:
        said = [" ".join(said)]
    for key in (
        ask(book, ANALYSIS, endpoint, group=column, level="mi").key("model"),
        ask(book, ANALYSIS, endpoint, group=column, level="mmrm").key("structure"),
    ):
        if book.has(key) and isinstance(warning := book.row(key)["warning"], str):
            said.append(f"{warning[:1].upper()}{warning[1:]}.")
    return said
