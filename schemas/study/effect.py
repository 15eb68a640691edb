"""Keys of a study definition that would change nothing, beside what else it says: each with its place and a remedy.

A key that asks for something and is ignored is a question that is not answered: a fault. Settings of something that
is not asked for (the seed of no imputation) are told, as a warning. A key that says what holds anyway is neither.

Not here: keys that contradict each other (`agree`), and unknown ones (`load`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from trial_report.schemas.study.base import Part

if TYPE_CHECKING:
    from trial_report.schemas.study.definition import StudyDefinition
    from trial_report.schemas.study.measures import Characteristic, Endpoint, LabParameter

Fault = tuple[str, str]
"""A key, and why it has no effect with what to do."""

SETTINGS = frozenset(
    {
        "test",
        "other_tests",
        "baseline_covariate",
        "pool_below",
        "order",
        "alpha",
        "imputations",
        "seed",
        "tipping_steps",
        "tipping_range_sd",
        "confirm_mtd",
        "inference_from",
    }
)
"""Keys that say how, and not whether, something is done."""

USES: dict[str, tuple[str, ...]] = {
    "domain": ("record", "finding", "sum", "duration"),
    "where": ("record", "finding", "sum", "duration"),
    "testcd": ("finding",),
    "testcds": ("sum",),
    "until": ("duration",),
    "weight": ("bmi",),
    "height": ("bmi",),
    "of": ("cut",),
    "breaks": ("cut",),
}
"""Keys of a characteristic and the sources that read them."""


def without_effect(definition: StudyDefinition) -> Iterator[str]:
    """Every question that is not answered as "place: no effect: why; what to do"."""
    return (text for key, text in _all(definition) if key not in SETTINGS)


def idle_settings(definition: StudyDefinition) -> Iterator[str]:
    """Every setting of something that is not done as "place: no effect: why; what to do"."""
    yield from (text for key, text in _all(definition) if key in SETTINGS)
    if definition.multiplicity.procedure != "none":
        yield from _untested(definition)


def _untested(definition: StudyDefinition) -> Iterator[str]:
    """Hypotheses of the family that nothing tests: they have no p-value, and a fixed sequence ends there."""
    for paramcd, visit in definition.multiplicity.order:
        endpoint = definition.endpoint(paramcd)
        if not is_tested(endpoint):
            why = "no groups are compared, and it has no change that is tested"
        elif visit not in endpoint.visits:
            why = f"its visits are {', '.join(definition.in_order(endpoint.visits))}"
        else:
            continue
        yield (
            f"multiplicity.order: {paramcd} at {visit} is not tested ({why}); it has no p-value, and a fixed sequence "
            "ends there; remove it"
        )


def _all(definition: StudyDefinition) -> Iterator[Fault]:
    """Every key without effect with its text."""
    for endpoint in definition.endpoints:
        yield from _named(f"endpoints.{endpoint.paramcd}", endpoint, _endpoint(definition, endpoint))
    for test in definition.laboratory:
        yield from _named(f"laboratory.{test.paramcd}", test, _laboratory(test))
    for one in definition.characteristics:
        yield from _named(f"characteristics.{one.variable}", one, _characteristic(one))
    yield from _named("multiplicity", definition.multiplicity, _multiplicity(definition))
    yield from _named("missing_data", definition.missing_data, _missing_data(definition))
    if not definition.endpoints:
        yield from _named("", definition, [("inference_from", "no endpoint is defined; remove it")])
    if definition.escalation and definition.escalation.mtd_definition == "at_most_one_of_six":
        why = "'at_most_one_of_six' asks for six patients anyway; remove it"
        yield from _named("escalation", definition.escalation, [("confirm_mtd", why)])
    alone = "there is one treatment group, and nothing to compare; remove it"
    groups = len(definition.groups) > 1
    yield from _named("baseline", definition.baseline, [] if groups else [("tests", alone)])
    yield from _named("disposition", definition.disposition, [] if groups else [("tests", alone)])
    yield from _named("adverse_events", definition.adverse_events, [] if groups else [("compare_with", alone)])
    shifts = alone if not groups else None if definition.laboratory else "no laboratory test is defined; remove it"
    yield from _named("shifts", definition.shifts, [("tests", shifts)] if shifts else [])
    if definition.end_of_treatment and not (definition.laboratory or definition.vital_signs):
        why = "no effect: it shows laboratory values and vital signs, and none is defined; remove it"
        yield "end_of_treatment", f"end_of_treatment: {why}"
    shown = any(e.role == "primary" and e.kind == "numeric" for e in definition.endpoints)
    if definition.subgroups and not shown:
        why = "no effect: they show primary numeric endpoints, and none is defined; remove them"
        yield "subgroups", f"subgroups: {why}"


def said(part: Part, key: str) -> bool:
    """Whether a key says anything else than its default."""
    field = type(part).model_fields[key]
    return bool(getattr(part, key) != field.get_default(call_default_factory=True))


def _named(place: str, part: Part, found: Iterable[Fault]) -> Iterator[Fault]:
    """The faults of those keys that say something, the first of each."""
    first: dict[str, str] = {}
    for key, why in found:
        first.setdefault(key, why)
    for key, why in first.items():
        if said(part, key):
            yield key, f"{place}.{key}: no effect: {why}".lstrip(".")


OF_NUMBERS = (
    "measure",
    "missing",
    "waterfall",
    "dose_response",
    "comparison",
    "comparison_data",
    "further",
    "responder",
)
"""Keys of an endpoint that an ordinal one has no use for."""


def _endpoint(definition: StudyDefinition, endpoint: Endpoint) -> Iterator[Fault]:
    compared, binary = endpoint.comparison != "none", endpoint.kind == "binary"
    ancova, several = endpoint.comparison == "ancova", len(definition.groups) > 1
    changed = endpoint.kind == "numeric" and endpoint.measure == "change"
    if endpoint.kind == "ordinal":
        yield from ((key, "shifts of an ordinal endpoint are counted; remove it") for key in OF_NUMBERS)
    how = "proportions" if binary else "ancova"
    if not compared:
        ask = f"no groups are compared; ask for 'comparison: {how}', or remove it"
        yield from ((key, ask) for key in ("control", "pairs", "within_groups"))
    elif endpoint.pairs == "all" and len(definition.groups) == 2:
        yield "pairs", "there is one group beside control; remove it"
    if not ancova:
        why = "a difference of proportions is adjusted by 'factors' alone" if binary else "no groups are compared"
        yield "covariates", f"{why}; remove it"
        why = "it is of least-squares means, and the endpoint has none" if binary else "no groups are compared"
        yield "dose_trend", f"{why}; remove it"
        if not (endpoint.levels and several):
            why = "proportions are of observed values" if binary else "nothing is compared"
            yield "comparison_data", f"{why}; remove it"
            if not compared:
                yield "factors", f"nothing is compared; ask for 'comparison: {how}', or remove it"
        modelled = {"mi", "tipping_point", "mmrm"} & set(endpoint.missing)
        if binary or not modelled:
            yield "baseline_covariate", "the endpoint has no model with a baseline; remove it"
    if not endpoint.factors:
        yield "pool_below", "it pools levels of 'factors', and there are none; remove it"
    if not changed:
        yield "within_groups", f"it tests changes from baseline, and {_analysed(endpoint)}; remove it"
    untested = (
        "tests of changes are made only with 'within_groups: true' where groups are compared; add that, or remove"
    )
    untested = f"{untested} it" if compared and changed else f"no change is tested, as {_analysed(endpoint)}; remove it"
    tested = changed and (not compared or endpoint.within_groups)
    if not tested:
        yield "other_tests", untested
        if binary or compared or not endpoint.missing:
            yield "test", untested
    if binary:
        yield "missing", "missing values of a binary endpoint are not replaced; remove it"
        yield "waterfall", "a binary endpoint has no change to draw; remove it"
        yield "dose_response", "it compares numbers; of a binary endpoint ask for 'comparison: proportions'"
    elif not several:
        yield "dose_response", "there is one treatment group, and nothing to compare; remove it"


def _analysed(endpoint: Endpoint) -> str:
    return "the value is analysed" if endpoint.kind == "numeric" else f"the endpoint is {endpoint.kind}"


def _laboratory(test: LabParameter) -> Iterator[Fault]:
    if test.ctcae not in ("low", "both"):
        yield "ctcae_limits_low", f"with 'ctcae: {test.ctcae}' low values are not graded; say 'low' or 'both' there"
    if test.ctcae not in ("high", "both"):
        yield "ctcae_multiples_high", f"with 'ctcae: {test.ctcae}' high values are not graded; say 'high' or 'both'"


def _characteristic(one: Characteristic) -> Iterator[Fault]:
    for key, sources in USES.items():
        if one.source not in sources:
            yield key, f"source '{one.source}' does not use it; remove it, or say another source"
    if one.kind == "continuous":
        yield "levels", "numbers have no levels; say 'kind: categorical', or remove them"
    else:
        yield "decimals", "categories have no decimals; remove it"


def _multiplicity(definition: StudyDefinition) -> Iterator[Fault]:
    plan = definition.multiplicity
    tipping = any("tipping_point" in e.missing for e in definition.endpoints)
    if plan.procedure == "none":
        yield "order", "there is no procedure; name one, or remove it"
        if not tipping:
            yield "alpha", "there is no procedure, and no p-value is judged; name one, or remove it"
    elif not plan.order and not any(e.role == "primary" and is_tested(e) for e in definition.endpoints):
        yield "procedure", "no hypothesis is tested (no change or difference of a primary endpoint); say 'none'"


def is_tested(endpoint: Endpoint) -> bool:
    """Whether an endpoint has hypotheses: differences from control, or a change from baseline that is tested."""
    return endpoint.comparison != "none" or (endpoint.kind == "numeric" and endpoint.measure == "change")


def _missing_data(definition: StudyDefinition) -> Iterator[Fault]:
    imputed = [e for e in definition.endpoints if {"mi", "tipping_point"} & set(e.missing)]
    if not imputed:
        why = "no endpoint asks for 'missing: [mi]' or 'tipping_point'; remove it"
        yield from ((key, why) for key in ("imputations", "seed", "within_groups"))
    elif not any(e.comparison == "ancova" for e in imputed):
        yield "within_groups", "no endpoint that is imputed compares groups; remove it"
    if not any("tipping_point" in e.missing for e in definition.endpoints):
        why = "no endpoint asks for 'missing: [tipping_point]'; remove it"
        yield from ((key, why) for key in ("tipping_steps", "tipping_range_sd"))


__all__ = ["idle_settings", "is_tested", "said", "without_effect"]
