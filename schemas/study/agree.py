"""What must hold between the parts of a study definition: each fault in words, with the place that it stands at.

Not here: what a key may hold by itself (the modules of the sections), keys without effect (`effect`), the data
(`schemas.checks`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from trial_report.schemas.study.effect import without_effect

if TYPE_CHECKING:
    from trial_report.schemas.study.definition import StudyDefinition
    from trial_report.schemas.study.measures import Condition, Endpoint, FurtherAnalysis, Parameter

SUBJECT_CLASSES = ("SITEID", "COUNTRY", "SEX", "RACE", "ETHNIC")
"""Variables of DM that may be factors of a model without being a characteristic."""


def faults(definition: StudyDefinition) -> Iterator[str]:
    """Every fault as "place: what is wrong"; a place is keys, and names of list items, joined by dots."""
    yield from _twice(definition)
    yield from _visits(definition)
    yield from _end_of_treatment(definition)
    yield from _sets(definition)
    yield from _characteristics(definition)
    for endpoint in definition.endpoints:
        yield from _endpoint(definition, endpoint)
    for key in ("endpoints", "laboratory", "vital_signs"):
        for parameter in getattr(definition, key):
            yield from _windows(definition, f"{key}.{parameter.paramcd}.windows", parameter)
    visits, sets = {v.id for v in definition.visits}, {s.id for s in definition.analysis_sets}
    categorical = {c.variable for c in definition.characteristics if c.kind == "categorical"}
    for one in definition.survival:
        yield from _unknown(f"survival.{one.paramcd}.analysis_set", [one.analysis_set], sets)
    yield from _unknown("exposure.sets", definition.exposure.sets, sets)
    yield from _compliance(definition)
    codes = {g.code for g in definition.groups}
    both = set(definition.adverse_events.related) & set(definition.adverse_events.unrelated)
    if both:
        yield f"adverse_events.unrelated: {_list(both)} stands among the related as well"
    yield from _unknown("adverse_events.compare_with", [definition.adverse_events.compare_with], codes)
    for row in definition.schedule:
        yield from _unknown(f"schedule.{row.label}.visits", row.visits, visits)
    yield from _order(definition)
    for sub in definition.subgroups:
        yield from _unknown(f"subgroups.{sub.variable}.variable", [sub.variable], categorical)
    if definition.escalation:
        phases = {p.code for p in definition.phases.levels} if definition.phases else set()
        yield from _unknown("escalation.phase", [definition.escalation.phase], phases)
        if any(len(rates) != len(definition.groups) for rates in definition.escalation.true_rates):
            yield "escalation.true_rates: each scenario needs one rate a treatment group"
        codes = {group.code for group in definition.groups}
        yield from _unknown("escalation.recommended", [definition.escalation.recommended], codes)
    known = {*(p.paramcd for p in definition.parameters), *(c.variable for c in definition.characteristics)}
    yield from _unknown("printed", definition.printed, known)
    yield from without_effect(definition)


def _compliance(definition: StudyDefinition) -> Iterator[str]:
    """A plan is looked at to its end only where there is one, and it ends."""
    if definition.exposure.compliance == "to_last_dose":
        return
    if not any(group.plan for group in definition.groups):
        yield "exposure.compliance: to_plan_end needs a plan of a treatment group"
    for group in definition.groups:
        if any(period.days[1] is None for period in group.plan):
            yield f"treatment.groups.{group.code}.plan: exposure.compliance to_plan_end needs a plan that ends"


def _order(definition: StudyDefinition) -> Iterator[str]:
    """The family names endpoints and visits that there are."""
    for paramcd, visit in definition.multiplicity.order:
        yield from _unknown("multiplicity.order", [paramcd], {e.paramcd for e in definition.endpoints})
        yield from _unknown("multiplicity.order", [visit], {v.id for v in definition.visits})


def _twice(definition: StudyDefinition) -> Iterator[str]:
    lists: tuple[tuple[str, Sequence[object]], ...] = (
        ("visits", [v.id for v in definition.visits]),
        ("visits", [v.num for v in definition.visits]),
        ("analysis_sets", [s.id for s in definition.analysis_sets]),
        ("analysis_sets", [s.flag for s in definition.analysis_sets]),
        ("volumes", [v.id for v in definition.volumes or ()]),
        ("volumes", [section for v in definition.volumes or () for section in v.holds]),
        ("endpoints", [p.paramcd for p in definition.parameters]),
        ("survival and intercurrent_events", [s.paramcd for s in definition.times]),
        ("characteristics", [c.variable for c in definition.characteristics]),
        ("multiplicity.order", [f"{paramcd} at {visit}" for paramcd, visit in definition.multiplicity.order]),
        ("subgroups", [s.variable for s in definition.subgroups]),
        *((f"endpoints.{e.paramcd}.missing", e.missing) for e in definition.endpoints),
    )
    for where, values in lists:
        found = sorted({str(v) for v in values if values.count(v) > 1})
        if found:
            among = " among endpoints, laboratory and vital_signs" if where == "endpoints" else ""
            yield f"{where}: {', '.join(found)} stands there twice{among}"


def _visits(definition: StudyDefinition) -> Iterator[str]:
    if sum(v.role == "baseline" for v in definition.visits) != 1:
        yield "visits: exactly one visit has role: baseline"
    days = [v.day for v in definition.visits if v.day is not None]
    if days != sorted(days):
        yield "visits: must stand in the order of their target days"
    windows = [(v.id, v.analysis_window) for v in definition.follow_up_visits if v.analysis_window]
    for (one, first), (two, second) in pairwise(windows):
        if first[1] >= second[0]:
            yield f"visits.{two}.analysis_window: the analysis windows of {one} and {two} overlap"
    milestones = definition.disposition.milestones
    ids, named = {v.id for v in definition.visits}, [m.visit for m in milestones]
    yield from _unknown("disposition.milestones", named, ids)
    for visit in sorted({v for v in named if named.count(v) > 1}):
        yield f"disposition.milestones: {visit} stands there twice"


def _windows(definition: StudyDefinition, where: str, parameter: Parameter) -> Iterator[str]:
    """Windows of a parameter's own: of visits after first dose, each with its target day inside, none overlapping."""
    follow_up = {v.id: v for v in definition.follow_up_visits}
    known = {v.id for v in definition.visits}
    yield from _unknown(where, parameter.windows, known)
    at = where.removesuffix(".windows")
    yield from _unknown(f"{at}.planned", parameter.planned, known)
    if parameter.windows and definition.assigned_by(parameter) == "recorded":
        yield f"{where}: has no effect where values are assigned by the recorded visit (assign: recorded)"
    for name in parameter.windows:
        if name in known and not parameter.is_planned(definition.visit(name)):
            yield f"{where}: '{name}' is no visit of 'planned' ({_list(parameter.planned)})"
    can = {v.id for v in definition.visits_of(parameter)}
    for name in parameter.planned:
        if name in follow_up and name not in can:
            yield f"{at}.planned: no value is assigned to '{name}': it is not among the windows of {parameter.paramcd}"
    for name in parameter.windows:
        if name in known and name not in follow_up:
            yield f"{where}: '{name}' is no visit after first dose (known: {_list(follow_up)})"
    own = [(v, parameter.windows[v.id]) for v in definition.follow_up_visits if v.id in parameter.windows]
    for visit, (low, high) in own:
        if visit.day is not None and not low <= visit.day <= high:
            yield f"{where}: the window of {visit.id}, {low} to {high}, does not hold its target day {visit.day}"
    for (one, first), (two, second) in pairwise(own):
        if first[1] >= second[0]:
            yield f"{where}: the windows of {one.id} and {two.id} overlap"


def _end_of_treatment(definition: StudyDefinition) -> Iterator[str]:
    end = definition.end_of_treatment
    if end and end.id in {v.id for v in definition.visits}:
        yield f"end_of_treatment.id: '{end.id}' is a planned visit"


def _sets(definition: StudyDefinition) -> Iterator[str]:
    sets = {s.id for s in definition.analysis_sets}
    phases = {p.code for p in definition.phases.levels} if definition.phases else set()
    yield from _unknown("safety_set", [definition.safety_set], sets)
    yield from _unknown("efficacy_set", [definition.efficacy_set], sets)
    for one in definition.analysis_sets:
        where = f"analysis_sets.{one.id}.criteria"
        parameters = {p.paramcd for p in definition.parameters}
        if one.test and len(definition.groups) == 1:
            yield f"analysis_sets.{one.id}.test: the study has one treatment group, there is nothing to compare"
        yield from _unknown(f"{where}.post_baseline", one.criteria.post_baseline, parameters)
        yield from _unknown(f"{where}.phase", one.criteria.phase, phases)
        if one.criteria.dlt_evaluable is not None and definition.escalation is None:
            yield f"{where}.dlt_evaluable: the study has no escalation"
        yield from _no_level(definition, f"{where}.flags", one.criteria.flags)


def _no_level(definition: StudyDefinition, where: str, condition: Condition) -> Iterator[str]:
    """Values of a condition that are no level of the characteristic: no subject could have them."""
    levels = {one.variable: one.levels for one in definition.characteristics if one.levels}
    for variable, value in condition.items():
        values = value if isinstance(value, tuple) else (value,)
        for unknown in (str(one) for one in values if variable in levels and str(one) not in levels[variable]):
            yield f"{where}: '{unknown}' is no level of {variable} (levels: {_list(levels[variable])})"


def _characteristics(definition: StudyDefinition) -> Iterator[str]:
    """What a characteristic is computed of has to stand before it, in the unit that it is computed in."""
    visits = {v.id for v in definition.visits}
    units: dict[str, str | None] = {}
    for one in definition.characteristics:
        where = f"characteristics.{one.variable}"
        yield from _unknown(f"{where}.until", [one.until], visits)
        for key, name, unit in (("weight", one.weight, "kg"), ("height", one.height, "cm")):
            if name and units.get(name) != unit:
                yield f"{where}.{key}: '{name}' is no characteristic in {unit} that stands before this one"
        if one.kind == "continuous":
            units[one.variable] = one.unit


def _endpoint(definition: StudyDefinition, endpoint: Endpoint) -> Iterator[str]:
    where = f"endpoints.{endpoint.paramcd}"
    visits, groups = {v.id for v in definition.visits}, {g.code for g in definition.groups}
    kinds = {c.variable: c.kind for c in definition.characteristics}
    follow_up = {v.id for v in definition.follow_up_visits}
    for key, at in (("visits", endpoint.visits), ("waterfall", [endpoint.waterfall])):
        yield from _unknown(f"{where}.{key}", at, visits)
        for visit in (v for v in at if v in visits - follow_up):
            yield f"{where}.{key}: '{visit}' is no visit after first dose (known: {_list(follow_up)})"
    named = [("visits", v) for v in endpoint.visits] + [("waterfall", v) for v in (endpoint.waterfall,) if v]
    can = {v.id for v in definition.visits_of(endpoint)} & follow_up
    for key, visit in named:
        if visit in follow_up - can:
            yield f"{where}.{key}: no value is assigned to '{visit}' (visits with values: {_list(can)})"
    sets = {s.id for s in definition.analysis_sets}
    yield from _unknown(f"{where}.analysis_set", [endpoint.analysis_set], sets)
    yield from _unknown(f"{where}.pool_in", [endpoint.pool_in], sets)
    if endpoint.pool_in and not endpoint.pool_below:
        yield f"{where}.pool_in: needs 'pool_below', the number of subjects below which levels are pooled"
    yield from _unknown(f"{where}.only_with_baseline", endpoint.only_with_baseline, set(kinds))
    yield from _no_level(definition, f"{where}.only_with_baseline", endpoint.only_with_baseline)
    yield from _unknown(f"{where}.covariates", endpoint.covariates, {v for v, k in kinds.items() if k == "continuous"})
    categorical = {v for v, k in kinds.items() if k == "categorical"}
    yield from _unknown(f"{where}.factors", endpoint.factors, {*categorical, *SUBJECT_CLASSES})
    wanted = "proportions" if endpoint.kind == "binary" else "ancova"
    if endpoint.comparison not in ("none", wanted):
        yield f"{where}.comparison: '{endpoint.comparison}' is not for a {endpoint.kind} endpoint: '{wanted}' is"
    if endpoint.comparison != "none":
        if endpoint.control is None:
            yield f"{where}.comparison: needs 'control', the group that others are compared with ({_list(groups)})"
        else:
            yield from _unknown(f"{where}.control", [endpoint.control], groups)
        if len(groups) == 1:
            yield f"{where}.comparison: the study has one treatment group, there is nothing to compare"
    for one in endpoint.further:
        yield from _further(definition, endpoint, f"{where}.further.{one.id}", one)
    names = [one.id for one in endpoint.further]
    for name in sorted({n for n in names if names.count(n) > 1}):
        yield f"{where}.further: {name} stands there twice"
    if endpoint.levels and (endpoint.kind == "binary" or len(endpoint.levels) < 2):
        yield f"{where}.levels: are two or more values of a numeric or ordinal endpoint"
    if endpoint.kind == "ordinal" and not endpoint.levels:
        yield f"{where}.kind: an ordinal endpoint needs 'levels', its values and what they are called"
    if endpoint.measure == "value" and endpoint.waterfall:
        yield f"{where}.waterfall: a waterfall draws changes from baseline, and the value is analysed"
    untested = endpoint.measure == "value" and endpoint.comparison == "none"
    if untested and "tipping_point" in endpoint.missing:
        yield f"{where}.missing: tipping_point shifts a change that is tested; of a value no change is"
    if endpoint.dose_trend and any(g.dose is None for g in definition.groups):
        yield f"{where}.dose_trend: every treatment group needs a dose"


def _further(definition: StudyDefinition, endpoint: Endpoint, where: str, one: FurtherAnalysis) -> Iterator[str]:
    sets, visits = {s.id for s in definition.analysis_sets}, {v.id for v in definition.follow_up_visits}
    yield from _unknown(f"{where}.analysis_set", [one.analysis_set], sets)
    can = {v.id for v in definition.visits_of(endpoint)}
    yield from _unknown(f"{where}.visits", one.visits, visits & can)
    if one.data and endpoint.kind == "binary":
        yield f"{where}.data: no effect: proportions are of observed values; remove it"
    if one.data and endpoint.comparison == "none" and endpoint.kind != "binary":
        yield f"{where}.data: no effect: it is of comparisons, and the endpoint has 'comparison: none'; remove it"
    phases = {level.code for level in definition.phases.levels} if definition.phases else set()
    yield from _unknown(f"{where}.phases", one.phases, phases)
    if one.promised and any(other.promised and other.id != one.id for other in endpoint.further):
        yield f"{where}.promised: another analysis of the endpoint is the one that was promised"


def _unknown(where: str, used: Iterable[str | None], known: Collection[str]) -> Iterator[str]:
    for name in used:
        if name is not None and name not in known:
            yield f"{where}: '{name}' is not defined (known: {_list(known) or 'none'})"


def _list(names: Collection[str]) -> str:
    return ", ".join(sorted(names))
