"""Section 12.1: what was given, for how long, and how long subjects were followed.

Not here: what was planned to be given (`plan`).
"""

from __future__ import annotations

from trial_report.analysis.analyse.exposure import DOSES
from trial_report.analysis.display.exposed import single_dose
from trial_report.report.cells import kit
from trial_report.report.cells.kit import num
from trial_report.report.prose.columns import outcome_columns, size_columns, told
from trial_report.report.prose.safety import by_group, population
from trial_report.report.prose.words import Inline, ask, made, ref, refs, say, sentences


def exposure() -> Inline:
    """Dose given and follow-up."""
    book = kit.book()
    definition, safe = book.definition, population()
    followed = ask("exposure", safe, "FUPDUR")
    years = followed.at(level="YEARS")
    treated, who, shown = ask("sets", safe), definition.study.subjects, ref("exposure.table")

    def each(code: str, first: bool) -> Inline:
        at = followed.at(group=code)
        form = "{} days (range {} to {})" if first else "{} ({} to {})"
        return say(form, num(at, "median"), num(at, "min"), num(at, "max"))

    def each_years(code: str, first: bool) -> Inline:
        return num(years.at(group=code), "sum") + (" patient-years" if first else "")

    def each_treated(code: str, first: bool) -> Inline:
        return num(treated.at(group=code), "N") + (f" {who}" if first else "")

    dosed = _treated_for(safe)
    if by_group():
        columns = size_columns(definition)
        said = sentences(
            say("In all, {} {} were treated.", num(treated.at(group=columns[0]), "N"), who)
            if len(columns) == 1
            else say("Treated were {}.", told(each_treated)),
            dosed,
            say("The median follow-up from first dose was {}, in total {} ({}).", told(each), told(each_years), shown),
        )  # fmt: skip
    else:
        code = outcome_columns(definition)[0]
        at = followed.at(group=code)
        begun = say("In all, {} {} were treated.", num(treated.at(group=code), "N"), who)
        lasted = say(
            "The median follow-up from first dose was {} days (range {} to {}), in total {} patient-years ({}).",
            num(at, "median"), num(at, "min"), num(at, "max"),
            num(years.at(group=code), "sum"), shown,
        )  # fmt: skip
        said = sentences(begun, dosed, lasted)
    drawn = made("fig.swimmer", "fig.swimmer.")
    seen = say("{} {} treatment, visits and adverse events of each {}.", refs(drawn),
               "shows" if len(drawn) == 1 else "show", definition.study.subject) if drawn else None  # fmt: skip
    return sentences(said, seen)


def _treated_for(safe: str) -> Inline | None:
    """That everybody was given one dose, or how long treatment lasted; None where neither is known."""
    book = kit.book()
    if not any(name in book.domains for name in DOSES):
        return say("The domain {} was not delivered, so that doses and duration of treatment are not known.", "EX")
    if single_dose(book):
        return say("Each {} was given a single dose.", book.definition.study.subject)
    lasted = ask("exposure", safe, "TRTDURD")
    columns = outcome_columns(book.definition)
    if not all(lasted.at(group=code).known("median") for code in columns):
        return None

    def each(code: str, first: bool) -> Inline:
        at = lasted.at(group=code)
        form = "{} days (range {} to {})" if first else "{} ({} to {})"
        return say(form, num(at, "median"), num(at, "min"), num(at, "max"))

    return say("The median duration of treatment, from first to last dose, was {}.", told(each))
