"""The methods that the results were computed with: what section 9.7 says of each, in the study's own terms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.formatting import join_words
from analysis.methods.method import version_of
from analysis.methods.methods import METHODS, get
from schemas.study import StudyDefinition


@dataclass(frozen=True)
class Used:
    """A method in use: its sentence has this study's level, alpha, imputations …; `software` names its version."""

    id: str
    name: str
    sentence: str
    software: str
    source: str


def methods_used(results: pd.DataFrame, definition: StudyDefinition) -> list[Used]:
    """Every method that a row of the results names, in the registry's order.

    Raises KeyError for a method that the registry does not have: a number must not come from nowhere.
    """
    named = {str(name) for name in results["method"].dropna().unique()}
    for name in sorted(named - METHODS.keys()):
        get(name)
    return [used(name, definition) for name in METHODS if name in named]


def used(method: str, definition: StudyDefinition) -> Used:
    """A method of the registry in the study's terms. Raises KeyError for an unknown id."""
    found = get(method)
    own = version_of(found.software) == version_of("analysis.methods")
    software = version_of(found.software) if own else f"{version_of(found.software)} ({found.software})"
    return Used(found.id, found.name, sentence(method, definition), software, found.source)


def sentence(method: str, definition: StudyDefinition) -> str:
    """The method's sentence with the fields that the study's definition decides."""
    found = get(method)
    known: dict[str, Any] = {
        "level": definition.confidence_level,
        "alpha": f"{definition.multiplicity.alpha:g}",
        "imputations": definition.missing_data.imputations,
        "seed": definition.missing_data.seed,
    }
    if method == "mmrm":
        known["terms"] = _repeated(definition)
    if method == "ancova":
        known |= _comparison(definition)
    if method.startswith("cmh-"):
        known["strata"] = _strata(definition)
    values = {name: value for name, value in known.items() if name in found.defaults}
    return found.text(**values)


def _inside(label: str) -> str:
    """A label as it stands inside a sentence; an abbreviation stays as it is."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def _comparison(definition: StudyDefinition) -> dict[str, str]:
    """What the models of the comparisons hold beside the group, and the data they are fitted to."""
    compared = [e for e in definition.endpoints if e.comparison == "ancova"]
    extra = dict.fromkeys(v for e in compared for v in (*e.factors, *e.covariates))
    least = max((e.pool_below for e in compared if e.factors), default=0)
    with_base = [e.base_in_model for e in compared]
    only = join_words(e.name for e in compared if e.base_in_model)
    based = [] if not any(with_base) else ["baseline value" if all(with_base) else f"baseline value (of {only})"]
    terms = ["group", *_factor_names(definition, extra), *based]
    counted = {e.pool_in for e in compared if e.factors and e.pool_below and e.pool_in}
    named = join_words(sorted(_inside(definition.analysis_set(one).label) for one in counted))
    who = f"{definition.study.subjects} in a group{f' of the {named}' if named else ''}"
    pooled = f" (levels with fewer than {least} {who} pooled)" if least else ""
    carried = [_inside(e.name) for e in compared if e.comparison_data == "locf"]
    data = f", the last observation being carried forward ({'; '.join(carried)})" if carried else ""
    listed = f"{', '.join(terms[:-1])} and {terms[-1]}" if len(terms) > 1 else terms[0]
    return {"terms": f"{listed}{pooled}", "data": data}


def _strata(definition: StudyDefinition) -> str:
    """What the tests of ordinal endpoints are stratified by."""
    factors = dict.fromkeys(f for e in definition.endpoints if e.levels for f in e.factors)
    return f", stratified by {join_words(_factor_names(definition, factors))}" if factors else ""


def _factor_names(definition: StudyDefinition, variables: Iterable[str]) -> list[str]:
    labels = {c.variable: c.label.lower() for c in definition.characteristics} | {"SITEID": "site"}
    return [labels.get(v, v) for v in variables]


def _repeated(definition: StudyDefinition) -> str:
    """The fixed effects of the mixed models."""
    asking = [e for e in definition.endpoints if "mmrm" in e.missing and e.kind == "numeric"]
    compared = [e for e in asking if e.comparison != "none"]
    by_group = compared or not definition.treatment.total
    terms = ["visit", "group", "their interaction"] if by_group else ["visit"]
    with_base = [e.base_in_model for e in asking]
    if any(with_base):
        only = join_words(e.name for e in asking if e.base_in_model)
        terms.append("the baseline value by visit" if all(with_base) else f"the baseline value by visit (of {only})")
    return join_words([*terms, *_factor_names(definition, dict.fromkeys(f for e in compared for f in e.factors))])
