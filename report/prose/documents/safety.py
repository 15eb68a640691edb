"""The safety update for a monitoring board: exposure, disposition, adverse events, deaths, laboratory; also blinded.

Not here: section 12 of the study report (`report.prose.safety`), and the pooling of groups (`analysis.derive.blinded`).
"""

from __future__ import annotations

from trial_report.analysis.display.table import Row, Table
from trial_report.analysis.display.tables._grid import Grid, set_label
from trial_report.analysis.results.formatting import fmt_number
from trial_report.report.cells import kit
from trial_report.report.cells.kit import num
from trial_report.report.prose import front
from trial_report.report.prose.columns import told
from trial_report.report.prose.documents.frame import here, own_table
from trial_report.report.prose.words import Block, Inline, ask, left_out, paragraphs, say


def is_blinded() -> bool:
    """Whether the groups were pooled before anything was analysed."""
    return bool(kit.book().run.get("blinded"))


def title() -> Block:
    """The head of the document."""
    return front.title("Safety update, blinded" if is_blinded() else "Safety update", cover=False)


def blinding() -> Block:
    """That the document is blinded and what that means, or that it is not."""
    if not is_blinded():
        return paragraphs(
            say("This document is not blinded: it tells the treatment of each group. It is for the members of the "
                "monitoring board and for those who may know the treatments, and for nobody else.")
        )  # fmt: skip
    return paragraphs(
        say("This document is blinded. All treatment groups were pooled before anything was analysed; it tells no "
            "treatment, no dose and no words as they were reported, of events the coded terms alone. What the results "
            "of a patient may tell by themselves was not looked for.")
    )  # fmt: skip


def followed() -> Inline:
    """How long the treated were followed."""
    definition = kit.book().definition
    population = definition.safety_set
    length = ask("exposure", population, "FUPDUR")

    def one(code: str, first: bool) -> Inline:
        at = length.at(group=code)
        form = "{} days (range {} to {})" if first else "{} ({} to {})"
        return say(form, num(at, "median"), num(at, "min"), num(at, "max"))

    def years(code: str, first: bool) -> Inline:
        return num(length.at(level="YEARS", group=code), "sum") + (" patient-years" if first else "")

    return say("The median follow-up from first dose was {}, in total {}.", told(one), told(years))


def exposure() -> Block:
    """Exposure: the table of the report, or blinded for how long alone, as doses tell the treatment."""
    if not is_blinded():
        return here("exposure.table")
    book = kit.book()
    population = book.definition.safety_set
    rows: list[Row] = []
    for variable, label in (
        ("FUPDUR", "Follow-up from first dose (days)"),
        ("TRTDURD", "Duration of treatment (days)"),
    ):
        grid = Grid(book, "exposure", population, variable)
        rows += grid.summary(group=label, indent=0)
    made = Table.build(Grid(book, "exposure", population, "FUPDUR").stub("Statistic"), rows)
    return own_table("doc.exposure", "Follow-up and duration of treatment", made, "safety",
                     population=set_label(book.definition, population))  # fmt: skip


ABNORMAL, MOST = "lst.lab.abnormal", 250
"""The listing of single values out of range, and the most rows of it that a board is given."""


def laboratory() -> Inline:
    """What is shown of the laboratory; or that nothing was measured."""
    book = kit.book()
    if not book.definition.laboratory:
        return left_out("laboratory") or say("The study has no laboratory evaluation.")
    said = "Shifts from baseline to the worst value after the first dose are shown by test"
    count = len(_abnormal())
    if not count:
        return say(said + "; no single value was out of range or clinically significant.")
    if count > MOST:
        return say(said + "; single values out of range or clinically significant, {} in all, are not listed here.",
                   fmt_number(count, thousands=True))  # fmt: skip
    return say(said + "; single values out of range or clinically significant are listed.")


def _abnormal() -> tuple[Row, ...]:
    book = kit.book()
    made = book.made(ABNORMAL) if ABNORMAL in book.outputs else None
    return tuple(made.rows) if isinstance(made, Table) else ()


def abnormal() -> Block:
    """The listing of single values out of range, where it is not too long to be read."""
    return here(ABNORMAL) if 0 < len(_abnormal()) <= MOST else Block("", "")
