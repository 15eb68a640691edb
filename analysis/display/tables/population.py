"""Tables of who took part: disposition, sites, analysis sets, demographic and disease characteristics.

Not here: visits, deviations, history and medication (`study_conduct`), and milestones (`milestones`).
"""

from __future__ import annotations

from functools import partial

from trial_report import declare
from trial_report.analysis.analyse.describing import MISSING
from trial_report.analysis.analyse.disposition import ALL, ENDS, TESTS
from trial_report.analysis.analyse.disposition import BY_SITE as SITES
from trial_report.analysis.analyse.sets import TESTS as MEMBERSHIP
from trial_report.analysis.display.book import Book
from trial_report.analysis.display.counted import all_screened, of_enrolled
from trial_report.analysis.display.domains import not_delivered
from trial_report.analysis.display.output import Output
from trial_report.analysis.display.standing import SCREENED
from trial_report.analysis.display.table import DASH, Cell, Row, Table
from trial_report.analysis.display.tables._compared import among_groups, between_groups
from trial_report.analysis.display.tables._grid import Grid, blank, enrolled, inside, sentence, set_label, subjects
from trial_report.analysis.lineage.words import derivation
from trial_report.schemas.results import split_level
from trial_report.schemas.study import TOTAL, StudyDefinition
from trial_report.schemas.study.analysis import AnalysisSet
from trial_report.schemas.study.measures import Characteristic

STATES = {
    "TREATED": "Treated",
    "NOT TREATED": "Not treated",
    "COMPLETED": "Completed the study",
    "DISCONTINUED": "Discontinued the study",
    "ONGOING": "Ongoing at the data cut-off",
    "NO STATUS": "Status not recorded",
}
COMPUTED = ("sum", "duration", "bmi")
"""Sources of characteristics that are computed, not collected: a note says how."""
ALWAYS = ("TREATED", "COMPLETED", "DISCONTINUED")


@declare.outputs("demographics", after="sites.table")
def demographic(book: Book) -> list[Output]:
    """Demographic characteristics, in each set that they are described in."""
    return _described(book, "demographics", "demographic", "Demographic characteristics")


@declare.outputs("disease", after="demographics")
def diseased(book: Book) -> list[Output]:
    """Characteristics of the disease, in each set that they are described in."""
    return _described(book, "disease", "disease", "Disease characteristics at baseline")


def _described(book: Book, name: str, section: str, title: str) -> list[Output]:
    definition = book.definition
    if not any(c.section == section for c in definition.characteristics):
        return []
    sets = described_sets(definition)
    labels = {population: set_label(definition, population) for population in sets.values()}
    return [
        Output(
            id=f"{name}.{kind}",
            kind="table",
            number="14.1",
            # The list of tables has no line of sets: two tables of one title would be one to its reader.
            title=f"{title}, {inside(labels[population])}" if len(sets) > 1 else title,
            population=labels[population],
            notes=("Categories: n (%), percentage of N.", DASH),
            make=partial(characteristics, section=section, population=population),
        )
        for kind, population in sets.items()
    ]


def _denominators(book: Book) -> tuple[str, ...]:
    people = subjects(book.definition)
    return (
        f"N: enrolled {people}, and the denominator of percentages, except for screen failures (of all screened "
        f"{people}) and their reasons (of all screen failures).",
    )


def described_sets(definition: StudyDefinition) -> dict[str, str]:
    """The sets whose characteristics are shown: the safety set, and the efficacy set where its groups are others."""
    found = {"table": definition.safety_set}
    variables = {definition.treatment_variable(one) for one in (definition.safety_set, definition.efficacy_set)}
    return found | ({"efficacy": definition.efficacy_set} if len(variables) > 1 else {})


@declare.table(
    "disposition.table",
    after="fig.flow",
    number="14.1",
    in_text="10.1",
    title=lambda book: f"Disposition of {subjects(book.definition)}",
    population=all_screened,
    size=SCREENED,
    notes=_denominators,
)
def disposition(book: Book) -> Table:
    """Screened, failed, enrolled, treated, completed, discontinued with reasons."""
    definition = book.definition
    population, whole = enrolled(definition), TOTAL
    grid = Grid(book, "disposition", population, "USUBJID")
    screened = Grid(book, "disposition", ALL, "USUBJID")
    groups = len(definition.columns)

    def once(label: str, level: str, *, indent: int = 0, variable: str = "") -> Row:
        """A row that is counted over everybody: in the total column, or in the last where there is none."""
        at = screened.ask(whole, level, variable=variable)
        return Row((Cell(label, indent=indent), *blank(groups - 1), at.count_cell()))

    rows = [Row((Cell("Screened"), *blank(groups - 1), screened.ask(whole, "SCREENED").cell("n")))]
    rows.append(once("Screen failure", "SCREEN FAILURE"))
    rows += [once(sentence(split_level(r)[0]), r, indent=1, variable="SCRFREAS") for r in screened.levels("SCRFREAS")]
    if screened.ask(whole, "NOT ASSIGNED").value("n"):
        rows.append(once("Neither failed nor assigned", "NOT ASSIGNED"))
    rows.append(grid.numbers("Enrolled", ("N",), "{}"))
    told = "DS" in book.domains
    tests = Grid(book, TESTS, population, "USUBJID")
    tested: dict[int, str] = {}
    for state, label in STATES.items():
        if state in ENDS and not told:
            continue
        if state in ALWAYS or any(grid.ask(code, state).value("n") for code, _ in book.columns):
            rows.append(grid.counts(label, state))
        if state == "COMPLETED":
            tested[len(rows) - 1] = tests.ask(TOTAL, state).key("p")
        if state == "DISCONTINUED":
            reasons = grid.levels("DCSREAS")
            found = [tests.ask(TOTAL, reason, variable="DCSREAS") for reason in reasons]
            tested |= {len(rows) + n: at.key("p") for n, at in enumerate(found)}
            rows += [grid.counts(sentence(split_level(r)[0]), r, indent=1, variable="DCSREAS") for r in reasons]
    if not definition.disposition.tests or not told:
        notes = [] if told else [not_delivered(["DS"])]
        return Table.build(grid.stub("Status, n (%)"), rows, notes=notes)
    note = f"p: {subjects(definition)} with against those without, over all groups, two-sided; descriptive."
    columns, rows, notes = among_groups(book, grid.stub("Status, n (%)"), rows, tested, note)
    return Table.build(columns, rows, notes=notes)


@declare.table(
    "sites.table",
    after="sets.table",
    number="14.1",
    title=lambda book: f"Enrolled {subjects(book.definition)} by site",
    population=of_enrolled,
)
def sites(book: Book) -> Table:
    """A row a site."""
    grid = Grid(book, SITES, enrolled(book.definition), "SITEID")
    rows = [grid.counts(split_level(level)[0], level) for level in grid.levels()]
    return Table.build(grid.stub("Site, n (%)"), rows, empty=_nobody(book))


def _nobody(book: Book) -> str:
    return f"No {subjects(book.definition)} were enrolled."


@declare.table(
    "sets.table",
    after="visits.table",
    number="14.1",
    in_text="11.1",
    title="Analysis sets and reasons for exclusion",
    population=of_enrolled,
    notes=(
        "Those excluded are counted under the first criterion of the set that they do not meet. Section 9.7.1.1 "
        "defines the sets.",
    ),
)
def sets(book: Book) -> Table:
    """Members of each set, and the excluded by reason."""
    definition = book.definition
    all_enrolled = enrolled(definition)
    headed = Grid(book, "sets", all_enrolled, "USUBJID")
    rows: list[Row] = []
    keys: dict[int, str] = {}
    for one in definition.analysis_sets:
        grid = Grid(book, "sets", one.id, "USUBJID")
        if one.test:
            keys[len(rows)] = Grid(book, MEMBERSHIP, one.id, "USUBJID").ask(TOTAL).key("p")
        rows += _members(book, grid, one)
        if one.id == all_enrolled:
            continue
        out = Grid(book, "sets.excluded", one.id, "USUBJID")
        for level in out.levels():
            label = "Excluded" if level == "ANY" else split_level(level)[0]
            rows.append(out.counts(label, level, indent=1 if level == "ANY" else 2))
    columns = headed.stub("Analysis set, n (%)")
    if not keys:
        return Table.build(columns, rows)
    note = f"p: members among the enrolled {subjects(definition)}, over all groups, two-sided; descriptive."
    columns, rows, notes = among_groups(book, columns, rows, keys, note)
    return Table.build(columns, rows, notes=notes)


def _members(book: Book, grid: Grid, one: AnalysisSet) -> list[Row]:
    """How many are in a set: its N, as everywhere else; where that is not the number of the enrolled in it, both."""
    found = [grid.ask(code) for code, _ in book.columns]
    if any(at.value("N") != at.value("n") for at in found):
        words = f"N by {book.definition.treatment_words(one.id)}"
        return [grid.counts(one.label, None, bold=True), grid.numbers(words, ("N",), "{}", indent=1)]
    cells = [
        at.cell("N") if not at.value("N") or at.value("pct") is None
        else at.cell("N", "pct", form="{} ({})")
        for at in found
    ]  # fmt: skip
    return [Row((Cell(one.label, bold=True), *cells))]


def characteristics(book: Book, section: str, population: str) -> Table:
    """Every characteristic of a section in a set: statistics of numbers, counts of categories."""
    blocks = [(c, _block(book, population, c)) for c in book.definition.characteristics if c.section == section]
    grid = Grid(book, "demographics", population, "USUBJID")
    columns, rows, notes = between_groups(book, population, grid.stub("Characteristic"), blocks)
    computed = [f"{c.label}: {derivation(c)}." for c, _ in blocks if c.source in COMPUTED]
    return Table.build(columns, rows, notes=[*computed, *notes])


def _block(book: Book, population: str, item: Characteristic) -> list[Row]:
    grid = Grid(book, "demographics", population, item.variable)
    heading = item.label_unit
    if item.kind == "continuous":
        rows = grid.summary(heading)
        if any(grid.ask(code).value("missing") for code, _ in book.columns):
            rows.append(grid.numbers("Missing", ("missing",), "{}", indent=1, group=heading))
        return rows
    return [
        grid.counts(
            MISSING if level == MISSING else item.levels.get(text, sentence(text)),
            level,
            indent=1,
            group=f"{heading}, n (%)",
        )
        for level, (text,) in zip(grid.levels(), map(split_level, grid.levels()), strict=True)
    ]
