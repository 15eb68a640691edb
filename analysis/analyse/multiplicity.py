"""The family of hypotheses that the definition names: adjusted p-values, and the decision on each.

Not here: the p-values that go in (`efficacy_tests`), and the procedures (`methods.multiplicity`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from trial_report.analysis.methods.multiplicity import Procedure, adjust
from trial_report.analysis.results.formatting import fmt_number
from trial_report.analysis.results.rows import Place, Rows
from trial_report.schemas.study import TOTAL, StudyDefinition
from trial_report.schemas.study.effect import is_tested
from trial_report.schemas.study.measures import Endpoint

FAMILY = "eff.family"
OUTSIDE = "not in the family of hypotheses: the p-value is descriptive"
UNADJUSTED = "the definition asks for no procedure: the p-value is descriptive"

DESCRIPTIVE = "descriptive"
NOT_TESTED = "not tested"


@dataclass(frozen=True)
class Hypothesis:
    """No change (or, in a comparison, no difference to control) of a parameter at a visit in a column."""

    paramcd: str
    visit: str
    group: str = TOTAL


@dataclass(frozen=True)
class Decision:
    """The adjusted p-value (None: there is none), the decision (of `Multiplicity.verdicts`, or DESCRIPTIVE, or
    NOT_TESTED), and the method that made it.

    `adjusts` says whether there is a procedure, and so an adjusted p-value to speak of.
    """

    adjusted: float | None
    text: str
    method: str | None
    warning: str | None = None
    position: int | None = None
    adjusts: bool = True


def in_family(definition: StudyDefinition, endpoint: Endpoint) -> bool:
    """Whether any hypothesis of the family is about an endpoint: those of the `order`, else of primary endpoints."""
    plan = definition.multiplicity
    if plan.procedure == "none":
        return False
    return endpoint.paramcd in {one for one, _ in plan.order} if plan.order else endpoint.role == "primary"


def family(definition: StudyDefinition, known: Mapping[Hypothesis, float]) -> list[Hypothesis]:
    """The hypotheses of the family in order: the definition's `order`, else tested primary endpoints at their visits.

    Where several columns are tested for one parameter and visit (a comparison with control, or a study without a
    total) they follow one another in the order of the groups. A hypothesis that the order names and nothing tests
    is in the family without a p-value, so that a fixed sequence stops there.
    """
    order = definition.multiplicity.order or tuple(
        (e.paramcd, visit)
        for e in definition.endpoints
        if e.role == "primary" and is_tested(e)
        for visit in definition.in_order(e.visits)
    )
    found: list[Hypothesis] = []
    for paramcd, visit in order:
        tested = [h for h in known if (h.paramcd, h.visit) == (paramcd, visit)]
        found += tested or [Hypothesis(paramcd, visit)]
    return list(dict.fromkeys(found))


def decide(definition: StudyDefinition, p_values: Mapping[Hypothesis, float]) -> dict[Hypothesis, Decision]:
    """A decision on every hypothesis: those of the family by its procedure, the others are descriptive.

    Without a procedure all are descriptive: nothing is significant or not. `p_values` holds NaN where a p-value does
    not exist.
    """
    plan = definition.multiplicity
    if plan.procedure == "none":
        return {h: Decision(None, DESCRIPTIVE, "adjust-none", UNADJUSTED, adjusts=False) for h in p_values}
    ordered = family(definition, p_values)
    procedure = cast(Procedure, plan.procedure.replace("_", "-"))
    method = f"adjust-{procedure}"
    raw = [_or_none(p_values.get(h)) for h in ordered]
    found = {h: Decision(None, DESCRIPTIVE, None, OUTSIDE) for h in p_values}
    adjusted = adjust(raw, procedure, plan.alpha)
    for position, hypothesis in enumerate(ordered, 1):
        at = position - 1
        verdict = _verdict(adjusted.rejected[at], plan.verdicts)
        if adjusted.warnings[at]:
            verdict = NOT_TESTED
        elif procedure == "fixed-sequence" and any(r is False for r in adjusted.rejected[:at]):
            # Behind the first hypothesis that stands, the sequence is over, whatever the p-value.
            verdict = NOT_TESTED
        found[hypothesis] = Decision(adjusted.adjusted[at], verdict, method, adjusted.warnings[at], position)
    return found


def add_family(
    rows: Rows, definition: StudyDefinition, ordered: Sequence[Hypothesis], decisions: Mapping[Hypothesis, Decision]
) -> None:
    """Rows of "eff.family": alpha and size of the family, and each hypothesis's position in it; none without a
    procedure."""
    plan = definition.multiplicity
    if plan.procedure == "none":
        return
    place = Place(FAMILY, "ADBDS", definition.efficacy_set, variable="CHG")
    method = f"adjust-{plan.procedure.replace('_', '-')}"
    rows.add(place, "alpha", plan.alpha, formatted=f"{plan.alpha:g}", method=method)
    rows.add(place, "hypotheses", len(ordered), formatted=fmt_number(len(ordered)), method=method)
    rejected = sum(decisions[h].text == plan.verdicts[0] for h in ordered)
    rows.add(place, "rejected", rejected, formatted=fmt_number(rejected), method=method)
    for hypothesis in ordered:
        at = place.at(paramcd=hypothesis.paramcd, avisit=hypothesis.visit, group=hypothesis.group)
        position = decisions[hypothesis].position
        rows.add(at, "position", position, formatted=fmt_number(position), method=method)


def _verdict(rejected: bool | None, verdicts: tuple[str, str]) -> str:
    if rejected is None:
        return NOT_TESTED
    return verdicts[0] if rejected else verdicts[1]


def _or_none(p: float | None) -> float | None:
    return None if p is None or math.isnan(p) else p
