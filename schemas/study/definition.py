"""The whole study definition, and what must hold between its parts.

Not here: the keys of a section (`design`, `measures`, `analysis`, `identity`), and reading of the file (`load`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Literal, Self, TypeVar

from pydantic import Field, model_validator

from trial_report.schemas.study.agree import faults
from trial_report.schemas.study.analysis import (
    AdverseEvents,
    AnalysisSet,
    Baseline,
    Disposition,
    Exposure,
    IntercurrentEvent,
    MissingData,
    Multiplicity,
    Origin,
    Publication,
    Shifts,
    Subgroup,
    Survival,
)
from trial_report.schemas.study.base import Code, Part, Text, Variable
from trial_report.schemas.study.design import (
    Assessment,
    Assign,
    EndOfTreatment,
    Escalation,
    Group,
    Phases,
    Treatment,
    Visit,
)
from trial_report.schemas.study.identity import Data, Identity, Objective
from trial_report.schemas.study.measures import Characteristic, Endpoint, LabParameter, Parameter
from trial_report.schemas.study.outputs import Decimals, OutputChange, OutputName, Statistic
from trial_report.schemas.study.volumes import Volume

T = TypeVar("T")
P = TypeVar("P", bound=Part)
M = TypeVar("M", bound=Parameter)

_MEASURED = ("endpoints", "laboratory", "vital_signs")

TOTAL = "TOTAL"
"""Code of the column that sums all treatment groups."""

TreatmentVariable = Literal["TRT01P", "TRT01A"]
"""The variable of every analysis dataset with the group assigned, or with the group received."""

TREATMENT_WORDS: dict[TreatmentVariable, str] = {"TRT01P": "treatment assigned", "TRT01A": "treatment received"}
"""Each treatment variable as a report calls it."""


class StudyDefinition(Part):
    """`study.yml`: everything the generator knows of one trial beyond its data and its authors' texts."""

    study: Identity
    data: Data
    objectives: tuple[Objective, ...] = ()
    treatment: Treatment
    phases: Phases | None = None
    escalation: Escalation | None = None
    visits: tuple[Visit, ...] = Field(min_length=1)
    assign: Assign = Field(
        default="window",
        description="how a measurement comes to its analysis visit. window: the visit whose analysis window holds its "
        "study day, whatever visit it was recorded under (but for visits without a window); recorded: the visit of its "
        "VISITNUM, whatever its day",
    )
    end_of_treatment: EndOfTreatment | None = None
    schedule: tuple[Assessment, ...] = ()
    analysis_sets: tuple[AnalysisSet, ...] = Field(min_length=1)
    safety_set: Code = Field(description="the set that safety is reported on")
    efficacy_set: Code = Field(description="the set that efficacy is reported on first")
    baseline: Baseline = Baseline()
    disposition: Disposition = Disposition()
    exposure: Exposure = Exposure()
    characteristics: tuple[Characteristic, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    laboratory: tuple[LabParameter, ...] = ()
    shifts: Shifts = Shifts()
    vital_signs: tuple[Parameter, ...] = ()
    survival: tuple[Survival, ...] = ()
    intercurrent_events: tuple[IntercurrentEvent, ...] = ()
    adverse_events: AdverseEvents
    multiplicity: Multiplicity
    missing_data: MissingData = MissingData()
    subgroups: tuple[Subgroup, ...] = ()
    confidence_level: float = Field(default=0.95, gt=0.5, lt=1, description="of all intervals")
    inference_from: int = Field(
        default=4,
        ge=2,
        description="values that a group needs at a visit for intervals, tests and model means of efficacy; with fewer "
        "they are not computed",
    )
    publication: Publication | None = None
    outputs: dict[OutputName, OutputChange] = Field(
        default={},
        description="id of an output, or what ids begin with (`eff.by_visit`), as the index of outputs (16.1.9) has "
        "them → what is changed of it; of several that fit, the longest counts",
    )
    printed: dict[Variable, dict[Statistic, Decimals]] = Field(
        default={},
        description="parameter or variable → statistic → decimals that it is printed with, in place of those of its "
        "`decimals`; not those of a percent change",
    )
    volumes: tuple[Volume, ...] | None = Field(
        default=None,
        description="the files that the report comes in beside its first one; none: one file, or, of more than about "
        "100 pages, listings (16.2), with them profiles and statistical documentation, and tables (Section 14); `[]`: "
        "one file however long",
    )
    abbreviations: dict[str, Text] = Field(
        default={}, description="short form → meaning, printed in section 4 where the report uses it"
    )

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """All measurements: endpoints, laboratory, vital signs."""
        return (*self.endpoints, *self.laboratory, *self.vital_signs)

    @property
    def groups(self) -> tuple[Group, ...]:
        """The treatment groups, in order."""
        return self.treatment.groups

    @property
    def exposure_sets(self) -> tuple[str, ...]:
        """Ids of the sets in which exposure is shown, the safety set first."""
        return tuple(dict.fromkeys((self.safety_set, *self.exposure.sets)))

    @property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """Code and label of every column of a table by treatment, the total last."""
        shown = tuple((g.code, g.label) for g in self.groups)
        return (*shown, (TOTAL, self.treatment.total)) if self.treatment.total else shown

    @property
    def plans_doses(self) -> bool:
        """Whether any group has a dose or a plan that what was given can be compared with."""
        return any(group.doses or group.plan for group in self.groups)

    def of_delivered(self, delivered: Collection[str]) -> Self:
        """The definition of what can be analysed: without measurements and events of domains not delivered.

        Nothing was measured that was not delivered, as far as anybody knows: it is not a count of zero.
        """
        known = {name: tuple(p for p in getattr(self, name) if p.domain in delivered) for name in _MEASURED}
        lost = {p.paramcd for p in self.parameters} - {p.paramcd for parts in known.values() for p in parts}
        timed = tuple(s for s in self.survival if all(name in delivered for name in s.reads))
        events = tuple(
            one if all(name in delivered for name in one.records) else one.as_unknown()
            for one in self.intercurrent_events
        )
        order = tuple(one for one in self.multiplicity.order if one[0] not in lost)
        family = self.multiplicity.model_copy(update={"order": order})
        return self.model_copy(
            update={**known, "survival": timed, "multiplicity": family, "intercurrent_events": events}
        )

    def endpoint(self, paramcd: str) -> Endpoint:
        """The endpoint of that PARAMCD; KeyError where there is none."""
        return next_or_key_error((e for e in self.endpoints if e.paramcd == paramcd), paramcd)

    def parameter(self, paramcd: str) -> Parameter:
        """The measurement of that PARAMCD; KeyError where there is none."""
        return next_or_key_error((p for p in self.parameters if p.paramcd == paramcd), paramcd)

    def visit(self, code: str) -> Visit:
        """The visit of that id; KeyError where there is none."""
        return next_or_key_error((v for v in self.visits if v.id == code), code)

    def analysis_set(self, code: str) -> AnalysisSet:
        """The analysis set of that id; KeyError where there is none."""
        return next_or_key_error((s for s in self.analysis_sets if s.id == code), code)

    def treatment_variable(self, code: str) -> TreatmentVariable:
        """What an analysis set is shown and compared by: TRT01P, as planned, or TRT01A, as received.

        ICH E9, 5.2.1: the set of all randomised subjects is analysed by the treatment that they were assigned to; a
        set of the treated by what they received. KeyError where there is no such set.
        """
        one = self.analysis_set(code)
        asks_for_treatment = bool(one.criteria.treated or one.criteria.dlt_evaluable)
        received = asks_for_treatment or code == self.safety_set
        return "TRT01A" if (one.treatment or ("actual" if received else "planned")) == "actual" else "TRT01P"

    def treatment_words(self, code: str) -> str:
        """What an analysis set is shown and compared by, in words: treatment assigned, or treatment received."""
        return TREATMENT_WORDS[self.treatment_variable(code)]

    @property
    def times(self) -> tuple[Survival, ...]:
        """Every time to an event that the definition asks for: endpoints, and intercurrent events that are known."""
        known = (one.as_time(self.efficacy_set) for one in self.intercurrent_events if one.is_known)
        return (*self.survival, *known)

    def origin(self, survival: Survival) -> Origin:
        """Where the time to an event starts: as its definition says, else as the treatment of its set says."""
        planned = self.treatment_variable(survival.analysis_set) == "TRT01P"
        return survival.origin or ("randomisation" if planned else "first_dose")

    def in_order(self, codes: Iterable[str]) -> tuple[str, ...]:
        """The ids of visits in the order of `visits`, each once: a list of visits means a set of them."""
        wanted = set(codes)
        return tuple(v.id for v in self.visits if v.id in wanted)

    def last_visit(self, codes: Iterable[str]) -> str:
        """The last of some visits, in the order of `visits`; KeyError where none of them is one."""
        return next_or_key_error(reversed(self.in_order(codes)), "no visit")

    def assigned_by(self, parameter: Parameter) -> Assign:
        """How a parameter's values come to their visits: as it says itself, else as the study does."""
        return parameter.assign or self.assign

    def visits_of(self, parameter: Parameter) -> tuple[Visit, ...]:
        """The visits at which a parameter can have values, in order."""
        if self.assigned_by(parameter) == "recorded":
            return tuple(v for v in self.visits if parameter.is_planned(v))
        return tuple(v for v in self.visits if parameter.window_of(v) or parameter.is_by_number(v))

    @property
    def baseline_visit(self) -> Visit:
        """The visit whose role is baseline (checked to be one)."""
        return next(v for v in self.visits if v.role == "baseline")

    @property
    def days_of_visits(self) -> dict[str, int]:
        """The target day of each visit after first dose that has one, by its id, in order."""
        return {v.id: v.day for v in self.follow_up_visits if v.day is not None}

    @property
    def follow_up_visits(self) -> tuple[Visit, ...]:
        """The visits after first dose, in order."""
        return tuple(v for v in self.visits if v.role == "follow-up")

    @model_validator(mode="after")
    def _parts_agree(self) -> Self:
        found = list(faults(self))
        if found:
            raise ValueError("\n".join(found))
        return self._with_visits_in_order()

    def _with_visits_in_order(self) -> Self:
        """The same with every list of visits in the order of `visits`: nothing can depend on how it was written."""

        def ordered(one: P, *names: str) -> P:
            return one.model_copy(update={name: self.in_order(getattr(one, name)) for name in names})

        def measured(one: M) -> M:
            return ordered(one, "planned")

        endpoints = (
            ordered(measured(e), "visits").model_copy(
                update={"further": tuple(ordered(f, "visits") for f in e.further)}
            )
            for e in self.endpoints
        )
        changes: dict[str, tuple[Part, ...]] = {
            "endpoints": tuple(endpoints),
            "laboratory": tuple(measured(p) for p in self.laboratory),
            "vital_signs": tuple(measured(p) for p in self.vital_signs),
            "schedule": tuple(ordered(row, "visits") for row in self.schedule),
        }
        return self.model_copy(update=changes)


def next_or_key_error(found: Iterable[T], name: str) -> T:
    """The first of an iterable; KeyError with the name when there is none."""
    for one in found:
        return one
    raise KeyError(name)
