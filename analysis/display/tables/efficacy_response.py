"""Tables of response (14.2): responders by visit, subgroups, dose and response.

Not here: responders against control (`efficacy_proportions`), and subgroups of comparisons (`subgroup_comparison`).
"""

from __future__ import annotations

from collections.abc import Sequence

from trial_report import declare
from trial_report.analysis.analyse.responders import ALL_OF_SET
from trial_report.analysis.analyse.subgroups import ALL
from trial_report.analysis.display.answer import Answer
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.table import DASH, Cell, Column, Row, Table
from trial_report.analysis.display.tables._efficacy import (
    analysed,
    ask,
    headed,
    level_label,
    levels_shown,
    named,
    visits_of,
)
from trial_report.analysis.display.tables._grid import RANGE, last, set_label
from trial_report.analysis.display.tables.efficacy import proportion_rows
from trial_report.analysis.methods.result import percent
from trial_report.analysis.results.formatting import join_words
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.measures import Endpoint

RESPONDER, SUBGROUP, DOSE = "eff.responder", "eff.subgroup", "eff.dose"


def _with_responders(definition: StudyDefinition) -> list[Endpoint]:
    return [e for e in definition.endpoints if e.responder is not None]


def _in_subgroups(definition: StudyDefinition) -> list[Endpoint]:
    primary = [e for e in definition.endpoints if e.role == "primary" and e.kind == "numeric"]
    found = [e for e in primary if e.comparison == "none"]
    return found if definition.subgroups else []


def _by_dose(definition: StudyDefinition) -> list[Endpoint]:
    return [e for e in definition.endpoints if e.kind == "numeric"] if len(definition.groups) > 1 else []


def _sets(definition: StudyDefinition, shown: list[Endpoint]) -> str:
    return join_words(dict.fromkeys(set_label(definition, e.analysis_set) for e in shown))


def _whats(shown: Sequence[Endpoint]) -> str:
    """What is analysed of these endpoints: "change from baseline", "value", or both."""
    return " or ".join(dict.fromkeys(analysed(e) for e in shown))


def _begun(shown: Sequence[Endpoint]) -> str:
    words = _whats(shown)
    return words[:1].upper() + words[1:]


def _mean(shown: Sequence[Endpoint]) -> str:
    """The heading of means: of changes, or where values are analysed as well of either."""
    return "Mean change" if all(e.measure == "change" for e in shown) else "Mean"


def _at(definition: StudyDefinition, endpoint: Endpoint, visit: str) -> str:
    """An endpoint with what is analysed and the visit, as the heading of a block."""
    measure = "change" if endpoint.measure == "change" else "value"
    return named(definition, endpoint, f"{endpoint.label_unit}, {measure} at {definition.visit(visit).label}")


@declare.table(
    "eff.responders",
    after="eff.shift",
    number="14.2",
    title="Responders by visit",
    population=lambda book: _sets(book.definition, _with_responders(book.definition)),
    when=lambda book: bool(_with_responders(book.definition)),
)
def responders(book: Book) -> Table:
    """A block an endpoint: for each visit the subjects with a value, the responders, the exact interval."""
    definition = book.definition
    rows: list[Row] = []
    shown = _with_responders(definition)
    for endpoint in shown:
        rule = endpoint.responder
        group = named(definition, endpoint, f"{endpoint.name}: {rule.label}" if rule else endpoint.name)
        for visit in visits_of(book, RESPONDER, endpoint):
            found = [ask(book, RESPONDER, endpoint, visit, code) for code, _ in book.columns]
            heading = Row((Cell(definition.visit(visit).label, bold=True), *(Cell() for _ in found)), group)
            rows += [heading, *proportion_rows(book, found, group, "Responders, n (%)")]
            if rule and rule.missing_is_non_responder:
                rows += _all_of_set(book, [at.at(level=ALL_OF_SET) for at in found], group)
    columns = headed(book, RESPONDER, _widest(book, RESPONDER, shown))
    return Table.build(
        [Column("statistic", "Endpoint\nVisit", width=1.2), *columns],
        rows,
        notes=[
            f"Percentages are of the {definition.study.subjects} in whom the rule can be applied at the visit"
            f"{_of_all(shown)}. Endpoints that are restricted to some {definition.study.subjects} say so in their "
            f"heading. {DASH}"
        ],
    )


def _all_of_set(book: Book, found: list[Answer], group: str) -> list[Row]:
    """Responders of all in the set, who is missing counting as not responding: their count and exact interval."""
    level = percent(book.definition.confidence_level)
    return [
        Row((Cell("Responders of all, n (%)"), *(at.count_cell() for at in found)), group),
        Row(
            (Cell(f"Exact {level} CI (%)", indent=1), *(at.interval_cell("pct_low", "pct_high") for at in found)), group
        ),
    ]


def _of_all(shown: list[Endpoint]) -> str:
    """What the percentages of all are, where there are any."""
    if not any(e.responder and e.responder.missing_is_non_responder for e in shown):
        return ""
    return "; “of all”: of the set, without a value, or a baseline where one is needed, counted as not responding"


def _widest(book: Book, analysis: str, shown: list[Endpoint]) -> Endpoint:
    """The endpoint without a restriction, whose N heads the columns; else the first."""
    return next((e for e in shown if not e.only_with_baseline), shown[0])


@declare.table(
    "eff.subgroups",
    after="eff.not_done",
    number="14.2",
    title=lambda book: f"{_begun(_in_subgroups(book.definition))} by subgroup",
    population=lambda book: _sets(book.definition, _in_subgroups(book.definition)),
    when=lambda book: bool(_in_subgroups(book.definition)),
)
def subgroups(book: Book) -> Table:
    """A block an endpoint, a row a level of each characteristic: n, mean change (SD), interval."""
    definition = book.definition
    shown = _in_subgroups(definition)
    labels = {c.variable: c for c in definition.characteristics}
    column = last(definition)
    rows: list[Row] = []
    for endpoint in shown:
        visit = book.definition.last_visit(endpoint.visits)
        group = _at(definition, endpoint, visit)
        everybody = ask(book, SUBGROUP, endpoint, visit, column, ALL)
        rows.append(_summary_row(Cell(f"All {definition.study.subjects}"), everybody, group))
        for subgroup in definition.subgroups:
            rows.append(Row((Cell(subgroup.label, bold=True), Cell(), Cell(), Cell()), group))
            known = labels[subgroup.variable].levels
            rows += [
                _summary_row(
                    Cell(level_label(level, known), indent=1),
                    ask(book, SUBGROUP, endpoint, visit, column, level),
                    group,
                )
                for level in levels_shown(book, SUBGROUP, endpoint, subgroup.variable)
            ]
    return Table.build(
        [
            Column("subgroup", "Endpoint\nSubgroup", width=2.2),
            Column("n", "n", "right", 0.5),
            Column("mean", f"{_mean(shown)} (SD)", "center", 1.2),
            Column("ci", f"{percent(definition.confidence_level)} CI", "center", 1.4),
        ],
        rows,
        notes=[f"Descriptive: no test is made between or within subgroups. {DASH}"],
    )


def _summary_row(label: Cell, at: Answer, group: str) -> Row:
    return Row((label, at.cell("n"), at.together("mean", "sd", form="{} ({})"), at.interval_cell()), group)


TESTED = "p: Kruskal–Wallis test of any difference between treatment groups; not in the family of hypotheses. "


@declare.table(
    "eff.dose",
    after="fig.forest.compared",
    number="14.2",
    title=lambda book: f"{_begun(_by_dose(book.definition))} by treatment group",
    population=lambda book: _sets(book.definition, _by_dose(book.definition)),
    when=lambda book: bool(_by_dose(book.definition)),
)
def dose(book: Book) -> Table:
    """A block an endpoint, a row a treatment group: n, mean change (SD), interval; the test over the groups."""
    definition = book.definition
    shown = _by_dose(definition)
    asked = any(e.dose_response != "none" for e in shown)
    rows: list[Row] = []
    for endpoint in shown:
        visit = book.definition.last_visit(endpoint.visits)
        group = _at(definition, endpoint, visit)
        for place, one in enumerate(definition.groups):
            at = ask(book, DOSE, endpoint, visit, one.code)
            whole = ask(book, DOSE, endpoint, visit)
            test = whole.cell("p") if place == 0 and whole.has("p") else Cell()
            cells = _summary_row(Cell(one.label), at, group).cells
            median = at.together(*RANGE[1], form=RANGE[2])
            cells = (*cells[:3], cells[3], at.cell("median"), median, *([test] if asked else []))
            rows.append(Row(cells, group))
    return Table.build(
        [
            Column("group", "Endpoint\nTreatment group", width=2.2),
            Column("n", "n", "right", 0.4),
            Column("mean", f"{_mean(shown)} (SD)", "center", 1.2),
            Column("ci", f"{percent(definition.confidence_level)} CI", "center", 1.5),
            Column("median", "Median", "right", 0.7),
            Column("range", RANGE[0], "center", 1.2),
            *([Column("p", "p", "right", 0.7)] if asked else []),
        ],
        rows,
        notes=[f"{TESTED if asked else ''}{DASH}"],
    )
