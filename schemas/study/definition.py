"""The whole study definition, and what must hold between its parts."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Self, TypeVar

from pydantic import Field, model_validator

from schemas.study.analysis import (
    AdverseEvents,
    AnalysisSet,
    Baseline,
    MissingData,
    Multiplicity,
    Publication,
    Subgroup,
    Survival,
)
from schemas.study.base import Code, Part, Text
from schemas.study.design import Assessment, Escalation, Group, Phases, Treatment, Visit
from schemas.study.identity import Data, Identity, Objective
from schemas.study.measures import Characteristic, Endpoint, LabParameter, Parameter

T = TypeVar("T")

TOTAL = "TOTAL"
"""Code of the column that sums all treatment groups."""

SUBJECT_CLASSES = ("SITEID", "COUNTRY", "SEX", "RACE", "ETHNIC")
"""Variables of DM that may be factors of a model without being a characteristic."""


class StudyDefinition(Part):
    """`study.yml`: everything the generator knows of one trial beyond its data and its authors' texts."""

    study: Identity
    data: Data
    objectives: tuple[Objective, ...] = ()
    treatment: Treatment
    phases: Phases | None = None
    escalation: Escalation | None = None
    visits: tuple[Visit, ...] = Field(min_length=1)
    schedule: tuple[Assessment, ...] = ()
    analysis_sets: tuple[AnalysisSet, ...] = Field(min_length=1)
    safety_set: Code = Field(description="the set that safety is reported on")
    efficacy_set: Code = Field(description="the set that efficacy is reported on first")
    baseline: Baseline = Baseline()
    characteristics: tuple[Characteristic, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    laboratory: tuple[LabParameter, ...] = ()
    vital_signs: tuple[Parameter, ...] = ()
    survival: tuple[Survival, ...] = ()
    adverse_events: AdverseEvents
    multiplicity: Multiplicity
    missing_data: MissingData = MissingData()
    subgroups: tuple[Subgroup, ...] = ()
    confidence_level: float = Field(default=0.95, gt=0.5, lt=1)
    publication: Publication | None = None
    abbreviations: dict[str, Text] = {}

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """All measurements: endpoints, laboratory, vital signs."""
        return (*self.endpoints, *self.laboratory, *self.vital_signs)

    @property
    def groups(self) -> tuple[Group, ...]:
        """The treatment groups, in order."""
        return self.treatment.groups

    @property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """Code and label of every column of a table by treatment, the total last."""
        shown = tuple((g.code, g.label) for g in self.groups)
        return (*shown, (TOTAL, self.treatment.total)) if self.treatment.total else shown

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

    @property
    def baseline_visit(self) -> Visit:
        """The visit whose role is baseline (checked to be one)."""
        return next(v for v in self.visits if v.role == "baseline")

    @property
    def follow_up_visits(self) -> tuple[Visit, ...]:
        """The visits after first dose, in order."""
        return tuple(v for v in self.visits if v.role == "follow-up")

    @model_validator(mode="after")
    def _parts_agree(self) -> Self:
        _none_twice("visits", [v.id for v in self.visits])
        _none_twice("visits", [v.num for v in self.visits])
        _none_twice("analysis_sets", [s.id for s in self.analysis_sets])
        _none_twice("analysis_sets", [s.flag for s in self.analysis_sets])
        _none_twice("endpoints, laboratory and vital_signs", [p.paramcd for p in self.parameters])
        _none_twice("characteristics", [c.variable for c in self.characteristics])
        if sum(v.role == "baseline" for v in self.visits) != 1:
            raise ValueError("visits: exactly one visit has role: baseline")
        if list(self.visits) != sorted(self.visits, key=lambda v: v.day):
            raise ValueError("visits: must stand in the order of their target days")
        follow_up = self.follow_up_visits
        for one, two in pairwise(follow_up):
            if one.analysis_window[1] >= two.analysis_window[0]:
                raise ValueError(f"visits: the analysis windows of {one.id} and {two.id} overlap")
        visits = {v.id for v in self.visits}
        sets = {s.id for s in self.analysis_sets}
        parameters = {e.paramcd for e in self.endpoints}
        variables = {c.variable for c in self.characteristics}
        _known("safety_set", [self.safety_set], sets)
        _known("efficacy_set", [self.efficacy_set], sets)
        for e in self.endpoints:
            _known(f"endpoints.{e.paramcd}.visits", e.visits, visits)
            _known(f"endpoints.{e.paramcd}.analysis_set", [e.analysis_set], sets)
            _known(f"endpoints.{e.paramcd}.waterfall", [e.waterfall] if e.waterfall else [], visits)
            _known(f"endpoints.{e.paramcd}.only_with_baseline", e.only_with_baseline, variables)
            if e.comparison != "none":
                _known(f"endpoints.{e.paramcd}.control", [str(e.control)], {g.code for g in self.groups})
            kinds = {c.variable: c.kind for c in self.characteristics}
            _known(
                f"endpoints.{e.paramcd}.covariates", e.covariates, {v for v, k in kinds.items() if k == "continuous"}
            )
            _known(f"endpoints.{e.paramcd}.factors", e.factors,
                   {*(v for v, k in kinds.items() if k == "categorical"), *SUBJECT_CLASSES})  # fmt: skip
            if e.dose_trend and any(g.dose is None for g in self.groups):
                raise ValueError(f"endpoints.{e.paramcd}.dose_trend: every treatment group needs a dose")
        for s in self.survival:
            _known(f"survival.{s.paramcd}.analysis_set", [s.analysis_set], sets)
        for row in self.schedule:
            _known(f"schedule.{row.label}", row.visits, visits)
        for paramcd, visit in self.multiplicity.order:
            _known("multiplicity.order", [paramcd], parameters)
            _known("multiplicity.order", [visit], visits)
        for sub in self.subgroups:
            _known("subgroups", [sub.variable], variables)
        if self.escalation:
            phases = {p.code for p in self.phases.levels} if self.phases else set()
            _known("escalation.phase", [self.escalation.phase], phases)
            for rates in self.escalation.true_rates:
                if len(rates) != len(self.groups):
                    raise ValueError("escalation.true_rates: each scenario needs one rate a treatment group")
        return self


def next_or_key_error(found: Iterable[T], name: str) -> T:
    """The first of an iterable; KeyError with the name when there is none."""
    for one in found:
        return one
    raise KeyError(name)


def _none_twice(where: str, values: list[str] | list[float]) -> None:
    twice = sorted({str(v) for v in values if values.count(v) > 1})  # type: ignore[arg-type]
    if twice:
        raise ValueError(f"{where}: {', '.join(twice)} stands there twice")


def _known(where: str, used: Iterable[str], known: set[str]) -> None:
    for name in used:
        if name not in known:
            raise ValueError(f"{where}: '{name}' is not defined (known: {', '.join(sorted(known))})")
