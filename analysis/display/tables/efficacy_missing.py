"""Tables of missing data (14.2): what each way of treating it finds, and how bad it must be to lose the result."""

from __future__ import annotations

from analysis.display.book import Book
from analysis.display.output import Output
from analysis.display.table import DASH, Cell, Column, Row, Table
from analysis.display.tables._efficacy import analysed, estimate, of_endpoint, stem, visits_of
from analysis.display.tables._grid import last
from analysis.formatting import join_words
from analysis.methods.result import percent
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
        title=f"{endpoint.label_unit}: {analysed(endpoint)} by handling of missing data",
        **of_endpoint(book.definition, endpoint),
        make=lambda b: missing(b, endpoint),
    )


def missing(book: Book, endpoint: Endpoint) -> Table:
    """A block a visit, a row a way: n, imputed, mean change with interval, p; then the tipping point."""
    definition = book.definition
    column = last(definition)
    tested = endpoint.measure == "change"
    rows: list[Row] = []
    for visit in visits_of(book, ANALYSIS, endpoint, "observed"):
        group = definition.visit(visit).label
        for level, label in WAYS.items():
            at = stem(ANALYSIS, endpoint, visit, column, level)
            if book.has(f"{at}/estimate"):
                imputed = book.cell(f"{at}/imputed") if book.has(f"{at}/imputed") else Cell()
                cells = (Cell(label), book.cell(f"{at}/n"), imputed, estimate(book, at))
                rows.append(Row((*cells, book.cell(f"{at}/p")) if tested else cells, group))
        at = stem(ANALYSIS, endpoint, visit, column, "tipping")
        if book.has(f"{at}/outcome"):
            outcome = book.cell(f"{at}/outcome")
            rows.append(Row((Cell("Tipping point"), Cell(), Cell(), outcome, Cell()), group))
    return Table.build(
        [
            Column("way", "Visit\nHandling of missing data", width=2.2),
            Column("n", "n", "right", 0.5),
            Column("imputed", "Imputed", "right", 0.7),
            Column(
                "estimate",
                f"{'Change from baseline' if tested else 'Mean'}\n({percent(definition.confidence_level)} CI)",
                "center",
                3.0,
            ),
            *([Column("p", "p", "right", 0.7)] if tested else []),
        ],
        rows,
        notes=[*_assumptions(book, endpoint, column), DASH],
    )


def _assumptions(book: Book, endpoint: Endpoint, column: str) -> list[str]:
    """What a reader has to know of the assumptions (section 9.7 says the rest), and what a fit says of itself."""
    shown = [name for name in endpoint.missing if name != "mmrm" or endpoint.comparison == "none"]
    at_random = [WAYS[name].lower() for name in ("mi", "mmrm") if name in shown]
    said = []
    if at_random:
        verb = "assumes" if len(at_random) == 1 else "assume"
        words = join_words(f"the {name}" if name.startswith("mixed") else name for name in at_random)
        said.append(f"{words[:1].upper()}{words[1:]} {verb} that values are missing at random.")
    if "tipping_point" in endpoint.missing:
        said.append("Tipping point: the shift of the imputed values at which the result is no longer significant.")
    if said:
        said = [" ".join(said)]
    for key in (
        f"{stem(ANALYSIS, endpoint, None, column, 'mi')}/model",
        f"{stem(ANALYSIS, endpoint, None, column, 'mmrm')}/structure",
    ):
        if book.has(key) and isinstance(warning := book.row(key)["warning"], str):
            said.append(f"{warning[:1].upper()}{warning[1:]}.")
    return said
