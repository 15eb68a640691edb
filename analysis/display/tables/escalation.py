"""Tables of the dose escalation (14.3.2): cohorts, DLT rates by level, operating characteristics."""

from __future__ import annotations

from analysis.display.book import Book
from analysis.display.output import Output
from analysis.display.table import Basis, Cell, Column, Row, Table
from analysis.display.tables._efficacy import DASH, interval, keys_of, level_text, methods_of, set_label
from schemas.study import TOTAL
from schemas.study.design import Escalation

COHORTS, LEVELS, MTD, OPERATING = "esc.cohort", "esc.level", "esc.mtd", "esc.oc"


def outputs(book: Book) -> list[Output]:
    """ "esc.cohorts", "esc.levels" and, with true rates in the definition, "esc.oc"; none without an escalation."""
    escalation = book.definition.escalation
    if escalation is None:
        return []
    phases = book.definition.phases
    phase = next((p.label for p in phases.levels if p.code == escalation.phase), "") if phases else ""
    population = f"{set_label(book.definition, book.definition.safety_set)}, {phase}".rstrip(", ")
    found = [
        Output(id="esc.cohorts", kind="table", number="14.3.2", title="Dose escalation by cohort",
               population=population, landscape=True, make=cohorts),
        Output(id="esc.levels", kind="table", number="14.3.2", title="Dose-limiting toxicity by dose level",
               population=population, make=levels),
    ]  # fmt: skip
    if escalation.true_rates:
        found.append(
            Output(id="esc.oc", kind="table", number="14.3.2", population="",
                   title="Exact operating characteristics of the escalation", landscape=True, make=operating)
        )  # fmt: skip
    return found


def cohorts(book: Book) -> Table:
    """A row a cohort in order of treatment: level, treated, evaluable, DLTs, DLTs at the level so far, decision."""
    escalation = _escalation(book)
    labels = {g.code: g.label for g in book.definition.groups}
    rows = [
        Row(
            (
                Cell(stem.split("/")[5]),
                Cell(labels[stem.split("/")[4]]),
                book.cell(f"{stem}/first_dose"),
                *(book.cell(f"{stem}/{name}") for name in ("treated", "evaluable", "dlts")),
                book.cell(f"{stem}/total_dlts", f"{stem}/total_evaluable", form="{} of {}"),
                Cell.of((book.text(f"{stem}/decision"), f"{stem}/decision"), f" ({book.text(f'{stem}/reason')})"),
                book.cell(f"{stem}/next_level"),
            )
        )
        for stem in cohort_stems(book)
    ]
    return Table.build(
        [
            Column("cohort", "Cohort", "center", 0.6),
            Column("level", "Dose level", width=1.8),
            Column("start", "First dose", "center", 0.9),
            Column("treated", "Treated", "right", 0.7),
            Column("evaluable", "Evaluable\nfor DLT", "right", 0.8),
            Column("dlts", "With\nDLT", "right", 0.5),
            Column("total", "DLT at the\nlevel so far", "center", 0.9),
            Column("decision", "Decision by the rule", width=2.4),
            Column("next", "Next level", width=1.8),
        ],
        rows,
        notes=[
            _sentence("Dose-limiting toxicity (DLT): " + escalation.dlt_definition),
            f"The DLT window is {escalation.dlt_window_days} days from first dose. " + mtd_sentence(book),
            DASH,
        ],
        basis=_basis(book, rows, COHORTS, "COHORT"),
        stub=2,
        empty="No cohort has been treated.",
    )


def cohort_stems(book: Book) -> list[str]:
    """The keys (but for the statistic) of the cohorts, in order of treatment."""
    results = book.results
    found = results.index[(results["analysis"] == COHORTS) & (results["statistic"] == "order")]
    stems = [str(key).removesuffix("/order") for key in found]
    return sorted(stems, key=lambda stem: book.value(f"{stem}/order") or 0)


def mtd_sentence(book: Book) -> str:
    """What was found of the MTD, from the results."""
    key = f"{MTD}/{book.definition.safety_set}/NDLT/-/TOTAL/-/mtd"
    row = book.row(key)
    if book.text(key) == "–":
        return f"Maximum tolerated dose: {row['warning']}."
    return f"Maximum tolerated dose: {book.text(key)}."


def levels(book: Book) -> Table:
    """A row a dose level and one for all: treated, evaluable, with DLT, rate with exact interval."""
    stems = {code: f"{LEVELS}/{book.definition.safety_set}/NDLT/-/{code}/-" for code, _ in _levels(book)}
    rows = [
        Row(
            (
                Cell(label, bold=code == TOTAL),
                book.cell(f"{stems[code]}/N"),
                book.cell(f"{stems[code]}/evaluable"),
                book.cell(f"{stems[code]}/n"),
                book.cell(f"{stems[code]}/pct"),
                interval(book, stems[code], "pct_low", "pct_high"),
            )
        )
        for code, label in _levels(book)
    ]
    return Table.build(
        [
            Column("level", "Dose level", width=2.2),
            Column("treated", "Treated", "right"),
            Column("evaluable", "Evaluable\nfor DLT", "right"),
            Column("dlts", "With DLT", "right"),
            Column("rate", "DLT rate\n(%)", "right"),
            Column("ci", f"Exact {level_text(book.definition)} CI\n(%)", "center", 1.4),
        ],
        rows,
        notes=[mtd_sentence(book) + " " + definition_sentence(book), DASH],
        basis=_basis(book, rows, LEVELS, "NDLT"),
    )


def definition_sentence(book: Book) -> str:
    """The definition of the MTD that the study uses, in words."""
    key = f"{MTD}/{book.definition.safety_set}/NDLT/-/TOTAL/-/definition"
    return f"Definition: {book.text(key)}."


def operating(book: Book) -> Table:
    """A row a scenario: for each level the true rate and chance to be the MTD; expected numbers; other outcomes."""
    groups = [(g.code, g.short) for g in book.definition.groups]
    scenarios = range(1, len(_escalation(book).true_rates) + 1)
    rows = [
        Row(
            (
                Cell(str(number)),
                *(book.cell(f"{_oc(code, number)}/true_rate") for code, _ in groups),
                *(book.cell(f"{_oc(code, number)}/p_mtd") for code, _ in groups),
                *(book.cell(f"{_oc(TOTAL, number)}/{name}") for name in ENDS),
                *(book.cell(f"{_oc(code, number)}/expected_patients") for code, _ in groups),
                *(book.cell(f"{_oc(TOTAL, number)}/{name}") for name in ("expected_patients", "expected_dlts")),
            )
        )
        for number in scenarios
    ]
    expected = f"Expected {book.definition.study.subjects}"
    columns = [
        Column("scenario", "Scenario", "center", 0.8),
        *(Column(f"rate_{c}", label, "right", spanner="True DLT rate (%)") for c, label in groups),
        *(Column(f"mtd_{c}", label, "right", spanner="Chance to be declared MTD (%)") for c, label in groups),
        *(Column(name, label, "right", spanner="Chance of no MTD (%)") for name, label in ENDS.items()),
        *(Column(f"n_{c}", label, "right", spanner=expected) for c, label in groups),
        Column("n", "All", "right", spanner=expected),
        Column("dlt", "Expected\nDLTs", "right"),
    ]
    return Table.build(
        columns,
        rows,
        notes=[definition_sentence(book) + " Computed from the design alone; no data of this study are used."],
        basis=Basis(method=methods_of(book, [f"{_oc(TOTAL, n)}/expected_dlts" for n in scenarios]), prefix=OPERATING),
    )


ENDS = {"p_too_toxic": "Lowest level\ntoo toxic", "p_not_reached": "Not\nreached", "p_undetermined": "Other"}


def _oc(group: str, number: int) -> str:
    return f"{OPERATING}/-/true_rates/-/{group}/{number}"


def _levels(book: Book) -> list[tuple[str, str]]:
    return [*((g.code, g.label) for g in book.definition.groups), (TOTAL, book.definition.treatment.total or "All")]


def _escalation(book: Book) -> Escalation:
    found = book.definition.escalation
    if found is None:
        raise ValueError("the study has no dose escalation")
    return found


def _basis(book: Book, rows: list[Row], analysis: str, variable: str) -> Basis:
    keys = keys_of(rows)
    total = f"{analysis}/{book.definition.safety_set}/{variable}/-/TOTAL/-/N"
    return Basis(
        n=f"N = {book.text(total)}",
        method=methods_of(book, keys),
        filter=str(book.row(total)["filter"]),
        prefix=analysis,
    )


def _sentence(text: str) -> str:
    return text.rstrip(".") + "."
