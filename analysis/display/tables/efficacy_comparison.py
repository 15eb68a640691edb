"""Tables of the comparison of groups (14.2): every comparison with its decision, and each endpoint's model in full."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from analysis.analyse.efficacy_comparison import COMPARISON, DIFFERENCE, TREND, control_of, pairs_of
from analysis.analyse.further import name_of
from analysis.display.book import Book
from analysis.display.output import Output
from analysis.display.table import DASH, Cell, Column, Row, Table
from analysis.display.tables._efficacy import analysed, estimate, interval, named, of_endpoint, stem
from analysis.display.tables._grid import labels, set_label, together
from analysis.formatting import join_words
from analysis.methods.result import percent
from schemas.study import TOTAL, StudyDefinition
from schemas.study.measures import Endpoint, FurtherAnalysis

VARIABLES = {"BASE": "Baseline", "AVAL": "Value at the visit", "CHG": "Change from baseline"}
DATA = {"observed": "observed cases", "locf": "last observation carried forward"}


def outputs(book: Book) -> list[Output]:
    """ "eff.comparison" over all endpoints that are compared, "eff.ancova.<parameter>" for each, and its further
    analyses as "eff.further.<parameter>.<id>"."""
    definition = book.definition
    shown = compared(definition)
    if not shown:
        return []
    whats = " or ".join(dict.fromkeys(analysed(e) for e in shown))
    sets = join_words(dict.fromkeys(set_label(definition, e.analysis_set) for e in shown))
    every = Output(id="eff.comparison", kind="table", number="14.2", population=sets, make=overview,
                   title=f"Comparison of the {whats} with control")  # fmt: skip
    return [
        every,
        *(_output(definition, e) for e in shown),
        *(_further(definition, e, f) for e in shown for f in e.further),
    ]


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
    all_pairs = any(pairs_of(definition, e) for e in shown)
    return Table.build(
        [
            Column("visit", "Endpoint\nVisit"),
            Column("group", "Treatment group", width=1.6),
            Column("n", "n", "right", 0.4),
            Column("mean", f"LS mean{' change' if changes else ''}\n({level} CI)", "center", 1.7),
            Column("difference", f"Difference{'' if all_pairs else ' to control'}\n({level} CI)", "center", 1.7),
            Column("p", "p", "right", 0.7),
            Column("padj", "Adjusted p", "right", 0.8),
            Column("decision", "Decision"),
        ],
        rows,
        notes=[*_trends(book, shown), *_about_pairs(all_pairs), f"LS = least-squares. {DASH}"],
        stub=2,
    )


def _visits(book: Book, analysis: str, endpoint: Endpoint) -> list[str]:
    return [v for v in endpoint.visits if book.has(f"{stem(analysis, endpoint, v, TOTAL, None)}/p")]


def _visit(book: Book, endpoint: Endpoint, visit: str) -> list[Row]:
    """A row a group beside its difference from control, then one a further pair."""
    definition = book.definition
    block, label = named(definition, endpoint, endpoint.label_unit), Cell(definition.visit(visit).label)
    rows = []
    for one in definition.groups:
        at = stem(COMPARISON, endpoint, visit, one.code, None)
        difference = stem(COMPARISON, endpoint, visit, one.code, DIFFERENCE)
        against = one.code != control_of(definition, endpoint)
        rows.append(
            Row(
                (
                    label,
                    Cell(one.label),
                    book.cell(f"{at}/n"),
                    estimate(book, at),
                    estimate(book, difference) if against else Cell("control"),
                    *(
                        book.cell(f"{difference}/{name}") if against else Cell()
                        for name in ("p", "p_adjusted", "decision")
                    ),
                ),
                block,
            )
        )
    short = {g.code: g.short for g in definition.groups}
    for one_code, other in pairs_of(definition, endpoint):
        at = stem(COMPARISON, endpoint, visit, one_code, f"{DIFFERENCE}|{other}")
        words = Cell(f"{short[one_code]} − {short[other]}")
        cells = (label, words, Cell(), Cell(), estimate(book, at), book.cell(f"{at}/p"), Cell(), Cell())
        rows.append(Row(cells, block))
    return rows


def _about_pairs(all_pairs: bool) -> list[str]:
    """What a reader has to know of pairs without the control."""
    if not all_pairs:
        return []
    return ["Differences are from control unless the row names both groups; those are descriptive, outside the family."]


def _trends(book: Book, endpoints: Sequence[Endpoint]) -> list[str]:
    """The test of a trend in dose at every visit, a sentence an endpoint that asks for it."""
    said = []
    for endpoint in (e for e in endpoints if e.dose_trend):
        tests = [
            f"{book.definition.visit(v).label} {book.text(key)}"
            for v in endpoint.visits
            if book.has(key := f"{stem(COMPARISON, endpoint, v, TOTAL, TREND)}/p")
        ]
        if tests:
            said.append(f"{endpoint.name}, trend in dose ({trend_in_words(endpoint)}), p: {', '.join(tests)}.")
    return said


def trend_in_words(endpoint: Endpoint) -> str:
    """How an endpoint's trend in dose is tested."""
    return "slope in the planned dose" if endpoint.dose_trend == "slope" else "linear contrast of the LS means"


def model(book: Book, endpoint: Endpoint, analysis: str) -> Table:
    """A block a visit: what the model is fitted to, least-squares means, tests, differences of each pair."""
    definition = book.definition
    codes = [g.code for g in definition.groups]
    names = dict(labels(definition))
    rows = [
        row
        for visit in _visits(book, analysis, endpoint)
        for row in _block(book, endpoint, analysis, visit, definition.visit(visit).label)
    ]
    notes = [
        f"Data: {DATA[endpoint.comparison_data]}. LS = least-squares; SD = standard deviation; SE = standard error."
    ]
    if endpoint.dose_trend:
        notes.append(f"Trend in dose: {trend_in_words(endpoint)}.")
    return Table.build(
        [
            Column("statistic", "Visit\nStatistic", width=1.5),
            *(book.sized(code, names[code], f"{stem(analysis, endpoint, None, code, None)}/N", 1.0) for code in codes),
        ],
        rows,
        notes=[*notes, DASH],
    )


def _block(book: Book, endpoint: Endpoint, analysis: str, visit: str, label: str) -> list[Row]:
    definition = book.definition
    codes = [g.code for g in definition.groups]
    blank = [Cell() for _ in codes]

    def stems(level: str | None) -> list[str]:
        return [stem(analysis, endpoint, visit, code, level) for code in codes]

    rows = [Row((Cell("n"), *(book.cell(f"{at}/n") for at in stems(None))), label)]
    for name, words in VARIABLES.items():
        at = stems(name)
        if not book.has(f"{at[0]}/mean"):
            continue
        rows.append(Row((Cell(words, bold=True), *blank), label))
        rows.append(
            Row((Cell("Mean (SD)", indent=1), *(together(book, a, ("mean", "sd"), "{} ({})") for a in at)), label)
        )
        rows.append(Row((Cell("Median (range)", indent=1), *(_median(book, a) for a in at)), label))
    level = percent(definition.confidence_level)
    means, form = stems(None), "{} ({})"
    rows.append(
        Row((Cell("LS mean (SE)", bold=True), *(together(book, a, ("estimate", "se"), form) for a in means)), label)
    )
    rows.append(Row((Cell(f"{level} CI", indent=1), *(interval(book, a) for a in means)), label))
    total = stem(analysis, endpoint, visit, TOTAL, None)
    rows.append(_last("Any difference: p", book.cell(f"{total}/p"), len(codes), label))
    trend = stem(analysis, endpoint, visit, TOTAL, TREND)
    if book.has(f"{trend}/p"):
        rows.append(_last("Trend in dose: p", book.cell(f"{trend}/p"), len(codes), label))
    control = control_of(definition, endpoint)
    pairs = {(code, control): DIFFERENCE for code in codes if code != control}
    pairs |= {pair: f"{DIFFERENCE}|{pair[1]}" for pair in pairs_of(definition, endpoint)}
    names = {g.code: g.label for g in definition.groups}
    for other in dict.fromkeys(second for _, second in pairs):
        at_of = {one: stem(analysis, endpoint, visit, one, way) for (one, to), way in pairs.items() if to == other}
        rows.append(Row((Cell(f"Difference from {names[other]}", bold=True), *blank), label))
        cells = [together(book, at_of[c], ("estimate", "se"), "{} ({})") if c in at_of else Cell() for c in codes]
        rows.append(Row((Cell("LS mean (SE)", indent=1), *cells), label))
        rows.append(Row((Cell(f"{level} CI", indent=1),
                         *(interval(book, at_of[c]) if c in at_of else Cell() for c in codes)), label))  # fmt: skip
        rows.append(Row((Cell("p", indent=1),
                         *(book.cell(f"{at_of[c]}/p") if c in at_of else Cell() for c in codes)), label))  # fmt: skip
    return rows


def _last(words: str, cell: Cell, columns: int, label: str) -> Row:
    """A row whose only number, which belongs to all groups, stands in the last column."""
    return Row((Cell(words), *(Cell() for _ in range(columns - 1)), cell), label)


def _median(book: Book, at: str) -> Cell:
    """Median with range; a single dash where there are no values."""
    if book.value(f"{at}/median") is None:
        return book.cell(f"{at}/median")
    return book.cell(f"{at}/median", f"{at}/min", f"{at}/max", form="{} ({} to {})")
