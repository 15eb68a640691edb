"""Tables of the mixed model that compares groups (14.2): means and differences of every pair at the tested visits.

Not here: comparison at one visit (`efficacy_comparison`), and the mixed model for missing data (`efficacy_missing`).
"""

from __future__ import annotations

from functools import partial

from trial_report import declare
from trial_report.analysis.analyse.repeated import REPEATED, as_repeated, is_repeated
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.output import Output
from trial_report.analysis.display.table import Row, Table
from trial_report.analysis.display.tables._efficacy import analysed, ask, of_endpoint
from trial_report.analysis.display.tables.efficacy_comparison import block, model_table
from trial_report.schemas.study.measures import Endpoint


@declare.outputs("eff.mmrm", after="eff.further")
def outputs(book: Book) -> list[Output]:
    """ "eff.mmrm.<parameter>" for every compared endpoint that asks for the mixed model."""
    return [
        Output(
            id=f"eff.mmrm.{e.paramcd.lower()}",
            kind="table",
            number="14.2",
            title=f"{e.label_unit}: mixed model for repeated measures of the {analysed(e)}",
            **of_endpoint(book.definition, e),
            make=partial(repeated, endpoint=as_repeated(e)),
        )
        for e in book.definition.endpoints
        if is_repeated(e)
    ]


def repeated(book: Book, endpoint: Endpoint) -> Table:
    """A block a tested visit: n, least-squares means, differences of each pair; the covariance in a note."""
    rows: list[Row] = []
    for visit in endpoint.visits:
        rows += block(book, endpoint, REPEATED, visit, book.definition.visit(visit).label)
    at = ask(book, REPEATED, endpoint)
    structure, values = at.text("structure"), at.text("values")
    notes = [
        f"One model of {values} values at all visits, covariance {structure}, degrees of freedom by Satterthwaite."
    ]
    warning = at.row("structure")["warning"]
    if isinstance(warning, str):
        notes.append(f"{warning[:1].upper()}{warning[1:]}.")
    return model_table(book, endpoint, REPEATED, "Visit", rows, notes)
