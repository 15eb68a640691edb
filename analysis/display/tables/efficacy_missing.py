"""Tables of missing data (14.2): what each way of treating it finds, and how bad it must be to lose the result."""

from __future__ import annotations

from analysis.analyse.methods_used import sentence
from analysis.display.book import Book
from analysis.display.output import Output
from analysis.display.table import Cell, Column, Row, Table
from analysis.display.tables._efficacy import (
    DASH,
    basis,
    estimate,
    keys_of,
    last_column,
    level_text,
    population_of,
    size,
    stem,
    visits_of,
)
from schemas.study.measures import Endpoint

ANALYSIS = "eff.missing"
WAYS = {
    "observed": "Observed cases",
    "locf": "Last observation carried forward",
    "mi": "Multiple imputation",
    "mmrm": "Mixed model for repeated measures",
}


def outputs(book: Book) -> list[Output]:
    """A table an endpoint that asks for it: "eff.missing.<parameter>"."""
    return [_output(book, e) for e in book.definition.endpoints if e.missing and e.kind == "numeric"]


def _output(book: Book, endpoint: Endpoint) -> Output:
    return Output(
        id=f"eff.missing.{endpoint.paramcd.lower()}",
        kind="table",
        number="14.2",
        title=f"{endpoint.label_unit}: change from baseline by treatment of missing values",
        population=population_of(book.definition, endpoint),
        make=lambda b: missing(b, endpoint),
    )


def missing(book: Book, endpoint: Endpoint) -> Table:
    """A block a visit, a row a way: n, imputed, mean change with interval, p; then the tipping point."""
    definition = book.definition
    column = last_column(definition)
    rows: list[Row] = []
    for visit in visits_of(book, ANALYSIS, endpoint, "observed"):
        group = definition.visit(visit).label
        for level, label in WAYS.items():
            at = stem(ANALYSIS, endpoint, visit, column, level)
            if book.has(f"{at}/estimate"):
                imputed = book.cell(f"{at}/imputed") if book.has(f"{at}/imputed") else Cell()
                cells = (Cell(label), book.cell(f"{at}/n"), imputed, estimate(book, at), book.cell(f"{at}/p"))
                rows.append(Row(cells, group))
        at = stem(ANALYSIS, endpoint, visit, column, "tipping")
        if book.has(f"{at}/outcome"):
            outcome = book.cell(f"{at}/outcome")
            rows.append(Row((Cell("Tipping point"), Cell(), Cell(), outcome, Cell()), group))
    return Table.build(
        [
            Column("way", "Visit\nTreatment of missing values", width=2.2),
            Column("n", "n", "right", 0.5),
            Column("imputed", "Of them\nimputed", "right", 0.8),
            Column("estimate", f"Change from baseline\n({level_text(definition)} CI)", "center", 2.2),
            Column("p", "p", "right", 0.7),
        ],
        rows,
        notes=[*_assumptions(book, endpoint, column), DASH],
        basis=basis(
            book,
            keys_of(rows),
            n=size(book, ANALYSIS, endpoint),
            filter_key=f"{stem(ANALYSIS, endpoint, endpoint.visits[-1], column, 'observed')}/n",
            prefix=f"{ANALYSIS}/{endpoint.analysis_set}/{endpoint.paramcd}",
        ),
    )


def _assumptions(book: Book, endpoint: Endpoint, column: str) -> list[str]:
    """What each way assumes, as the methods section says it, and what the fit says of itself."""
    asked = {"locf": "locf", "mi": "multiple-imputation", "tipping_point": "tipping-point", "mmrm": "mmrm"}
    said = [sentence("observed-cases", book.definition)]
    said += [sentence(method, book.definition) for name, method in asked.items() if name in endpoint.missing]
    for key in (
        f"{stem(ANALYSIS, endpoint, None, column, 'mi')}/model",
        f"{stem(ANALYSIS, endpoint, None, column, 'mmrm')}/structure",
    ):
        if book.has(key) and isinstance(warning := book.row(key)["warning"], str):
            said.append(f"{warning[:1].upper()}{warning[1:]}.")
    return said
