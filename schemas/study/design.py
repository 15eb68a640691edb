"""How the study was done: treatments, phases, dose escalation, visits, schedule.

Not here: who is analysed and how (`analysis`), and whether data follow the design (`schemas.checks`).
"""

from __future__ import annotations

from typing import Literal, Self

import pandas as pd
from pydantic import Field, StrictBool, model_validator

from trial_report.schemas.codelists import frequency
from trial_report.schemas.study.base import Code, Part, Text, Variable


class Cycle(Part):
    """Cycles of treatment: on which days of each a dose is planned."""

    length: int = Field(gt=0, description="days of a cycle; the first begins on the first day of the period")
    days: tuple[int, ...] = Field(min_length=1, description="days of every cycle with a dose, 1 being its first")

    @model_validator(mode="after")
    def _days_are_in_the_cycle(self) -> Self:
        if len(set(self.days)) != len(self.days) or not all(1 <= day <= self.length for day in self.days):
            raise ValueError(f"days must be different days of the cycle, from 1 to {self.length}")
        return self


class Period(Part):
    """A period of a group's plan: what is planned to be given from one day of treatment to another."""

    days: tuple[int, int | None] = Field(
        description="first and last day of treatment (the day of first dose is 1); null: to the end of treatment"
    )
    dose: float | None = Field(
        default=None, ge=0, description="planned dose of one administration; none: that of the group"
    )
    frequency: Text = Field(
        default="QD",
        description="how often, a term of CDISC codelist FREQ; ONCE: on the first day of the period; with a cycle: how "
        "often on each of its days",
    )
    cycle: Cycle | None = None

    @model_validator(mode="after")
    def _counts_doses(self) -> Self:
        first, last = self.days
        if first < 1 or (last is not None and last < first):
            raise ValueError("days must be a first day of treatment from 1 on, and a last one that is not before it")
        term = pd.Series([self.frequency], dtype="str")
        daily, once = frequency.per_day(term).iloc[0], frequency.per_record(term).iloc[0]
        if pd.isna(daily) and pd.isna(once):
            raise ValueError(f"frequency must say how many doses there are: {frequency.EXPECTED}")
        if self.cycle is not None and not daily >= 1:
            raise ValueError("frequency must be of at least one dose a day where there is a cycle, such as QD or BID")
        return self


class Group(Part):
    """A treatment group (an arm or a dose level): a column of the tables."""

    code: Code = Field(description="what results call the group: the value of the treatment variable in DM")
    value: Text | None = Field(default=None, description="that value, where it is no code, such as 1 or 10 MG")
    label: Text = Field(description="in headings of tables")
    short: Text = Field(description="for narrow columns and legends")
    dose: float | None = Field(
        default=None,
        ge=0,
        description="planned dose of one administration; 0: placebo; none: it differs (by weight, say)",
    )
    unit: Text | None = Field(default=None, description="unit of the dose")
    route: Text | None = Field(default=None, description="as in EXROUTE")
    plan: tuple[Period, ...] = Field(
        default=(),
        description="what is planned to be given, by period (titration, loading, cycles); periods on the same days add "
        "up; none: the dose of the group at each administration that is recorded",
    )

    @model_validator(mode="after")
    def _plan_has_doses_or_none(self) -> Self:
        known = {self.dose_in(period) is not None for period in self.plan}
        if len(known) > 1:
            raise ValueError("plan must give a dose in all of its periods, or in none")
        return self

    def dose_in(self, period: Period) -> float | None:
        """The planned dose of one administration in a period of the plan; None where none is given."""
        return self.dose if period.dose is None else period.dose

    @property
    def doses(self) -> tuple[float, ...]:
        """The doses that are planned to be given: those of the plan, else that of the group; none where none is."""
        planned = [self.dose_in(period) for period in self.plan] if self.plan else [self.dose]
        return tuple(dict.fromkeys(dose for dose in planned if dose is not None))

    @property
    def is_placebo(self) -> bool:
        """Whether all that is planned are doses of 0: then an administration is one of dose 0."""
        return bool(self.doses) and not any(self.doses)

    @property
    def counts_administrations(self) -> bool:
        """Whether compliance is told by administrations: of a placebo, and of a plan without doses."""
        return self.is_placebo or bool(self.plan and not self.doses)

    @property
    def in_data(self) -> str:
        """The value of the treatment variable in DM."""
        return self.value or self.code


class Treatment(Part):
    """The treatment groups, lowest first, and the column that sums them."""

    planned: Variable = Field(default="ARMCD", description="variable of DM with the group a subject was assigned to")
    actual: Variable = Field(
        default="ACTARMCD",
        description="variable of DM with the group a subject was treated in; the planned one to analyse as assigned",
    )
    groups: tuple[Group, ...] = Field(min_length=1)
    one_side: StrictBool = Field(
        default=False,
        description="one side of the body is treated in each subject, such as an index limb or a study eye: --LAT of "
        "treatment and of endpoints must then not change in a subject",
    )
    total: Text | None = Field(default="Total", description="label of the total column; null for none")

    @model_validator(mode="after")
    def _codes_differ(self) -> Self:
        codes = [g.code for g in self.groups]
        if len(set(codes)) != len(codes) or "TOTAL" in codes:
            raise ValueError("every group needs a code of its own, and TOTAL is reserved")
        if len({g.in_data for g in self.groups}) != len(codes):
            raise ValueError("every group needs a value of its own in the data")
        return self


class Phase(Part):
    """A part of the study that subjects belong to."""

    code: Code = Field(description="the value in the data")
    label: Text = Field(description="as printed")
    role: Literal["escalation", "expansion", "other"] = Field(
        description="escalation: its cohorts follow the rule of escalation"
    )


class Phases(Part):
    """The study's phases, and the variable (of DM or SUPPDM) that assigns a subject to one."""

    variable: Variable = Field(description="of DM or SUPPDM, says which phase a subject is in")
    levels: tuple[Phase, ...] = Field(min_length=1)


class Escalation(Part):
    """A rule-based dose escalation (Storer 1989, Biometrics 45:925-937)."""

    rule: Literal["3+3"] = Field(default="3+3", description="of the escalation")
    phase: Code = Field(description="the phase whose cohorts escalate")
    cohort_variable: Variable = Field(description="variable of DM or SUPPDM that numbers the cohorts")
    dlt_variable: Variable = Field(description="variable of AE or SUPPAE that flags a DLT with Y")
    dlt_window_days: int = Field(gt=0, description="days from first dose in which a DLT counts")
    dlt_definition: Text = Field(description="as the report prints it")
    decided_by: Text | None = Field(
        default=None,
        description="who decided on each step, on what and when, as it goes on after “Each step was decided by”",
    )
    spacing: Text | None = Field(
        default=None, description="a sentence: the intervals between patients of a cohort, and between cohorts"
    )
    mtd_definition: Literal["at_most_one_sixth", "at_most_one_of_six", "below_two_dlts"] = Field(
        description="highest level with at most 1/6 DLT; the same with six subjects; below the first with two DLTs"
    )
    confirm_mtd: StrictBool = Field(default=True, description="six subjects are treated at a dose before it is the MTD")
    recommended: Code | None = Field(
        default=None, description="treatment group whose dose the study recommends, where it states one"
    )
    true_rates: tuple[tuple[float, ...], ...] = Field(
        default=(), description="true DLT rates (one a level) for the operating characteristics"
    )


class Visit(Part):
    """A planned visit: its target day, the protocol's window, the analysis window."""

    id: Code = Field(description="AVISIT code: what the datasets and results call the visit")
    num: float = Field(description="VISITNUM in the data")
    name: Text = Field(description="VISIT in the data")
    label: Text = Field(description="as printed")
    day: int | None = Field(
        default=None,
        description="target study day (the day of first dose is 1; there is no day 0); only a follow-up visit, such as "
        "a retrieval visit, may have none, and neither of the windows",
    )
    window: tuple[int, int] | None = Field(
        default=None, description="first and last day the protocol allows; none: any day"
    )
    analysis_window: tuple[int, int] | None = Field(
        default=None,
        description="first and last day that count for this visit; none: a value belongs to it that was recorded under "
        "its number",
    )
    role: Literal["screening", "baseline", "follow-up"] = Field(
        default="follow-up", description="of the visit; exactly one is the baseline"
    )

    @model_validator(mode="after")
    def _windows_hold(self) -> Self:
        given = {"day": self.day, "window": self.window, "analysis_window": self.analysis_window}
        if self.role != "follow-up" and None in given.values():
            absent = ", ".join(name for name, value in given.items() if value is None)
            raise ValueError(f"a {self.role} visit needs {absent}: only a follow-up visit may have none")
        for name, window in (("window", self.window), ("analysis_window", self.analysis_window)):
            if window is None:
                continue
            if window[0] > window[1]:
                raise ValueError(f"{name} begins after it ends")
            if self.day is not None and not window[0] <= self.day <= window[1]:
                raise ValueError(f"{name} does not hold the target day {self.day}")
        if self.day == 0:
            raise ValueError("there is no study day 0: the day of first dose is day 1, the day before is -1")
        return self


Assign = Literal["window", "recorded"]
"""How a measurement comes to its analysis visit: by its study day, or by the visit under which it was recorded."""


class EndOfTreatment(Part):
    """The last value on treatment, shown as a visit of its own for laboratory and vital signs."""

    id: Code = Field(default="EOT", description="what results call it")
    label: Text = Field(default="End of treatment", description="as printed")
    days: int = Field(ge=0, description="days after the last dose in which a value still counts as on treatment")


class Assessment(Part):
    """A row of the schedule of assessments."""

    label: Text = Field(description="what is done")
    visits: tuple[Code, ...] = Field(min_length=1, description="visits at which it is done")
