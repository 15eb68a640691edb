"""What compliance is relative to, and what a group's plan says: sentences for tables and section 9.7.

Not here: the numbers of exposure (`tables.study_conduct`), and dates of doses (`derive.administrations`).
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from trial_report.analysis.results.formatting import MISSING, fmt_number, join_words
from trial_report.schemas.codelists.units import printed_unit
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.design import Group, Period

if TYPE_CHECKING:
    from trial_report.analysis.display.book import Book


SINGLE = "the dose given in percent of the planned dose"
"""What compliance is where everybody was given one dose."""


def single_dose(book: Book) -> bool:
    """Whether nobody was given more than one administration: then nothing is said of courses and of a last dose."""
    given = book.datasets["ADSL"]["NADMIN"].fillna(0)
    planned = any(group.plan for group in book.definition.groups)
    return not planned and bool((given == 1).any()) and bool((given <= 1).all())


def compliance_reference(definition: StudyDefinition, *, single: bool = False) -> list[str]:
    """What compliance compares, a sentence for each kind of plan; names the groups where there are several kinds.

    `single`: nobody was given more than one dose (`single_dose`).
    """
    if single and all(group.doses and not group.counts_administrations for group in definition.groups):
        return [f"Compliance: {SINGLE}."]
    kinds: dict[str, list[str]] = {}
    for group in definition.groups:
        kinds.setdefault(_compared(group, definition), []).append(group.short)
    if len(kinds) == 1:
        return [f"Compliance: {said}." for said in kinds]
    return [f"Compliance ({join_words(groups)}): {said}." for said, groups in kinds.items()]


def exposure_rules(book: Book) -> list[str]:
    """How first and last dose, administrations and compliance are derived, what is at risk, what the cut-off cuts."""
    definition = book.definition
    people = definition.study.subjects
    single = single_dose(book)
    return [
        *(_ONE_DOSE if single else _DOSES),
        *(compliance_reference(definition, single=single) if definition.plans_doses else ()),
        "Times of day: events and values on the day of first dose with a recorded time before the dose precede it."
        + (_CLOCKS if _offsets_stated(book) else ""),
        f"Time at risk of incidence rates: from first dose to {risk_ends(definition)}; for a first event, to its day."
        + (_NO_END if definition.adverse_events.emergent_days is None else ""),
        f"Data cut-off: what begins after it counts nowhere, what ends after it is ongoing, and {people} who entered "
        "the study after it are left out.",
    ]


def _offsets_stated(book: Book) -> bool:
    """Whether any time that was delivered states the offset of its clock from UTC."""
    return any(
        bool(frame[name].astype("str").str.contains(_OFFSET).fillna(False).any())
        for frame in book.domains.values()
        for name in frame.columns
        if str(name).endswith("DTC")
    )


_OFFSET = r"T.*(?:Z|[+-]\d\d(?::?\d\d)?)$"
_CLOCKS = " Clocks that state their offset from UTC are compared by the instant; where only one does, only days are."
_NO_END = (
    " No period after the last dose is defined: an event counts as treatment-emergent however late it begins, and so "
    "all of the follow-up is at risk."
)
_ONE_DOSE = (
    "Dose: everybody was given one dose at most, which is both the first and the last. A partial date of it is taken "
    "to be the date of first dose in DM where that is possible, otherwise the earliest possible date.",
)
_DOSES = (
    "First and last dose: those of the records of exposure that were given. A partial start date is taken to be the "
    "date of first dose in DM where that is possible, otherwise the earliest possible date. A partial end date is "
    "taken to be the date of last dose in DM where that is possible, otherwise the latest possible date, and a course "
    "without an end to last until the last contact; but none lasts beyond last contact, death, cut-off, or the day "
    "before a later record of the same treatment.",
    "Administrations: a course holds as many as its days and its frequency give, rounded up (a month is 30.4375 "
    "days); days on which courses of one treatment and site overlap or touch are counted once. Records of the same "
    "days are one administration, whose doses add up; those of different time points are one each.",
)


def risk_ends(definition: StudyDefinition) -> str:
    """What the time at risk of an adverse event runs to, which is as long as one that begins counts."""
    days = definition.adverse_events.emergent_days
    if days is None:
        return "the last contact"
    after = f"{fmt_number(days)} days after the last dose" if days else "the day of the last dose"
    return f"{after}, or the last contact if that is earlier"


def compliance_label(definition: StudyDefinition) -> str:
    """The row of compliance in the table of exposure."""
    compared = [group for group in definition.groups if group.plan or group.doses]
    by_number = bool(compared) and all(group.counts_administrations for group in compared)
    return "Administrations (% of those planned)" if by_number else "Dose given (% of planned dose)"


def _compared(group: Group, definition: StudyDefinition) -> str:
    recorded = "recorded, given or not; days without a record do not count"
    if not group.plan and not group.doses:
        return (
            "calculated only where all doses are 0 (placebo), as neither a dose nor a plan is defined: administrations "
            f"in percent of those {recorded}"
        )
    if not group.plan and group.counts_administrations:
        return f"administrations in percent of those {recorded}"
    if not group.plan:
        return f"the dose given in percent of the planned dose of every administration that is {recorded}"
    what, those = ("administrations", "those") if group.counts_administrations else ("the dose given", "the dose")
    if definition.exposure.compliance == "to_plan_end":
        people = definition.study.subjects
        until = f"as a whole; of {people} in treatment at the data cut-off, up to that day"
    else:
        until = "up to the last day of treatment"
    return f"{what} in percent of {those} planned by the plan {until}"


def plan_in_words(group: Group) -> list[str]:
    """A line for each period of a group's plan, such as "Days 8 to 28: 20 mg BID"."""
    return [_period(group, period) for period in group.plan]


def _period(group: Group, period: Period) -> str:
    first, last = period.days
    until = "on" if last is None else f"to {fmt_number(last)}"
    days = f"Day {fmt_number(first)}" if first == last else f"Days {fmt_number(first)} {until}"
    dose = group.dose_in(period)
    unit = f" {printed_unit(group.unit)}" if group.unit else ""
    given = "" if dose is None else f"{fmt_dose(dose)}{unit} "
    cycle = period.cycle
    often = period.frequency
    if cycle is not None:
        days_of = join_words(fmt_number(day) for day in sorted(cycle.days))
        often += f" on days {days_of} of each cycle of {fmt_number(cycle.length)} days"
    return f"{days}: {given}{often}"


def fmt_dose(dose: float | None) -> str:
    """A dose with the decimals it has; "–" for none."""
    return MISSING if dose is None else fmt_number(dose, _decimals(dose), thousands=True)


def _decimals(value: float) -> int:
    return max(0, -int(Decimal(repr(float(value))).normalize().as_tuple().exponent))
