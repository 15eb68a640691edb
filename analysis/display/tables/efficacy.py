"""Tables of efficacy by visit (14.2): values, changes and percent changes; yes and no of binary endpoints.

Not here: responders (`efficacy_response`), tests (`efficacy_tests`), ordinal endpoints (`efficacy_categories`).
"""

from __future__ import annotations

from collections.abc import Callable

from trial_report import declare
from trial_report.analysis.display.answer import Answer
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.output import Output
from trial_report.analysis.display.sides import side_notes
from trial_report.analysis.display.table import DASH, Cell, Column, Row, Table
from trial_report.analysis.display.tables._efficacy import ask, headed, of_endpoint, visits_of
from trial_report.analysis.display.tables._grid import MEAN, MEDIAN, RANGE, last
from trial_report.analysis.display.treatment import reference_words
from trial_report.analysis.methods.result import percent
from trial_report.schemas.study.measures import Endpoint

ANALYSIS = "eff.by_visit"
MOST_IN_PORTRAIT = 5
MEASURES = {"AVAL": "Value", "CHG": "Change from baseline", "PCHG": "Percent change (%)"}


@declare.outputs("eff.by_visit", after="fig.phases")
def outputs(book: Book) -> list[Output]:
    """A table an endpoint: "eff.by_visit.<parameter>"."""
    wide = len(book.columns) > MOST_IN_PORTRAIT
    return [_output(book, endpoint, wide) for endpoint in book.definition.endpoints if endpoint.kind != "ordinal"]


def _output(book: Book, endpoint: Endpoint, wide: bool) -> Output:
    changed = endpoint.kind == "numeric" and endpoint.measure == "change"
    what = "and change from baseline by visit" if changed else "by visit"
    return Output(
        id=f"eff.by_visit.{endpoint.paramcd.lower()}",
        kind="table",
        number="14.2",
        title=f"{endpoint.label_unit} {what}",
        **of_endpoint(book.definition, endpoint),
        landscape=wide,
        make=lambda b: binary(b, endpoint) if endpoint.kind == "binary" else numeric(b, endpoint),
    )


def numeric(book: Book, endpoint: Endpoint) -> Table:
    """A block of rows a visit: n, mean (SD), median (quartiles), range of value, change and percent change."""
    visits = visits_of(book, ANALYSIS, endpoint, "AVAL")
    baseline = f"Baseline is the last value before {reference_words(book)}. "
    if not has_baseline(book, endpoint):
        visits, baseline = visits[1:], ""
    rows = [row for visit in visits for row in _block(book, endpoint, visit, book.definition.visit(visit).label, "")]
    last_visit = book.definition.last_visit(endpoint.visits)
    observed, carried = "Observed cases", ""
    if ask(book, ANALYSIS, endpoint, last_visit, last(book.definition), "AVAL|LOCF").has("n"):
        label = f"{book.definition.visit(last_visit).label} (LOCF)"
        rows += _block(book, endpoint, last_visit, label, "|LOCF")
        observed, carried = "Observed cases unless said otherwise", "LOCF = last observation carried forward. "
    level = percent(book.definition.confidence_level)
    return Table.build(
        [Column("statistic", "Visit\nStatistic", width=1.1), *headed(book, ANALYSIS, endpoint)],
        rows,
        notes=[
            *side_notes(book, [endpoint]),
            f"{observed}. {carried}{baseline}CI = {level} confidence interval of the mean, of at least "
            f"{book.definition.inference_from} values; SD = standard deviation; Q1, Q3 = first and third quartile. "
            f"{DASH}",
        ],
    )


def _block(book: Book, endpoint: Endpoint, visit: str, label: str, suffix: str) -> list[Row]:
    """The rows of a visit: value, change, percent change, as far as the results have them; `suffix` of their level."""
    rows: list[Row] = []
    for measure, name in MEASURES.items():
        at = [ask(book, ANALYSIS, endpoint, visit, code, measure + suffix) for code, _ in book.columns]
        if not at[0].has("n"):
            continue
        rows.append(Row((Cell(name, bold=True), *(Cell() for _ in at)), label))
        rows += [Row((Cell(said, indent=1), *(made(place) for place in at)), label)
                 for said, made in _lines(book, measure)]  # fmt: skip
    return rows


def has_baseline(book: Book, endpoint: Endpoint) -> bool:
    """Whether the baseline is shown: where the value is analysed, only if somebody has one."""
    at = ask(book, ANALYSIS, endpoint, book.definition.baseline_visit.id, last(book.definition), "AVAL")
    return endpoint.measure == "change" or bool(at.value("n"))


def _lines(book: Book, measure: str) -> list[tuple[str, Callable[[Answer], Cell]]]:
    lines: list[tuple[str, Callable[[Answer], Cell]]] = [
        ("n", lambda at: at.cell("n")),
        (MEAN[0], lambda at: at.together(*MEAN[1], form=MEAN[2])),
    ]
    if measure != "AVAL":
        lines.append((f"{percent(book.definition.confidence_level)} CI", Answer.interval_cell))
    return [
        *lines,
        (MEDIAN[0], median),
        (RANGE[0], lambda at: at.together(*RANGE[1], form=RANGE[2])),
    ]


def median(at: Answer) -> Cell:
    """Median with first and third quartile; a single dash where there are no values."""
    return at.together(*MEDIAN[1], form=MEDIAN[2])


def binary(book: Book, endpoint: Endpoint) -> Table:
    """Three rows a visit: subjects with a value, those with yes (percentage), exact interval."""
    rows = []
    for visit in visits_of(book, ANALYSIS, endpoint, "YES"):
        label = book.definition.visit(visit).label
        at = [ask(book, ANALYSIS, endpoint, visit, code, "YES") for code, _ in book.columns]
        rows += proportion_rows(book, at, label, "Yes, n (%)")
    return Table.build(
        [Column("statistic", "Visit\nStatistic", width=1.1), *headed(book, ANALYSIS, endpoint)],
        rows,
        notes=[f"Percentages are of the {book.definition.study.subjects} with a value at the visit. {DASH}"],
    )


def proportion_rows(book: Book, found: list[Answer], group: str, said: str) -> list[Row]:
    """The three rows of a proportion, a cell each answer."""
    level = percent(book.definition.confidence_level)
    limits = [at.interval_cell("pct_low", "pct_high") for at in found]
    return [
        Row((Cell("With a value, n"), *(at.cell("with_value") for at in found)), group),
        Row((Cell(said), *(at.count_cell() for at in found)), group),
        Row((Cell(f"Exact {level} CI (%)", indent=1), *limits), group),
    ]
