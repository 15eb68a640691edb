"""Tables of subgroups of compared endpoints (14.2): the model in full within each level, and the interaction.

Not here: subgroups of endpoints whose groups are not compared (`efficacy_response`).
"""

from __future__ import annotations

from functools import partial

from trial_report import declare
from trial_report.analysis.analyse.subgroup_comparison import INTERACTION, SUBGROUP, in_subgroups
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.output import Output
from trial_report.analysis.display.table import Row, Table
from trial_report.analysis.display.tables._efficacy import analysed, ask, level_label, levels_shown, of_endpoint
from trial_report.analysis.display.tables.efficacy_comparison import block, last, model_table
from trial_report.schemas.study import TOTAL
from trial_report.schemas.study.measures import Endpoint


@declare.outputs("eff.subgroup_comparison", after="eff.subgroups")
def outputs(book: Book) -> list[Output]:
    """ "eff.subgroup_comparison.<parameter>" for every primary endpoint that is compared, in a study with subgroups."""
    definition = book.definition
    if not definition.subgroups:
        return []
    return [
        Output(
            id=f"eff.subgroup_comparison.{e.paramcd.lower()}",
            kind="table",
            number="14.2",
            title=f"{e.label_unit}: analysis of covariance of the {analysed(e)} in subgroups, "
            f"{definition.visit(definition.last_visit(e.visits)).label}",
            **of_endpoint(definition, e),
            make=partial(subgroups, endpoint=e),
        )
        for e in definition.endpoints
        if in_subgroups(e)
    ]


def subgroups(book: Book, endpoint: Endpoint) -> Table:
    """A block a subgroup with the rows of its model, and after the last of a characteristic the interaction."""
    definition = book.definition
    labels = {c.variable: c for c in definition.characteristics}
    codes = [g.code for g in definition.groups]
    visit = definition.last_visit(endpoint.visits)
    rows: list[Row] = []
    for one in definition.subgroups:
        named = labels[one.variable].levels
        for level in levels_shown(book, SUBGROUP, endpoint, one.variable):
            label = f"{one.label}: {level_label(level, named)}"
            rows += block(book, endpoint, SUBGROUP, visit, label, level)
        test = ask(book, SUBGROUP, endpoint, visit, TOTAL, f"{one.variable}|{INTERACTION}")
        words = f"Treatment by {one.label.lower()}"
        rows.append(last("Interaction: p", test.cell("p"), codes, words))
    return model_table(book, endpoint, SUBGROUP, "Subgroup", rows)
