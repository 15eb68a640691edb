"""The methods that the results were computed with: what section 9.7 says of each, in the study's own terms.

Not here: what is said of a method in general (`methods.methods`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from trial_report.analysis.analyse.escalation import design_of
from trial_report.analysis.methods.method import version_of
from trial_report.analysis.methods.methods import METHODS, get
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.design import Escalation


@dataclass(frozen=True)
class Used:
    """A method in use: its sentence has this study's level, alpha, imputations …; `software` names its version."""

    id: str
    name: str
    sentence: str
    software: str
    source: str


def methods_used(results: pd.DataFrame, definition: StudyDefinition) -> list[Used]:
    """Every method that a result with a value was computed by, in the registry's order.

    Raises KeyError for a method that the registry does not have: a number must not come from nowhere.
    """
    known = results["value"].notna() | results["text"].notna()
    named = {str(name) for name in results.loc[known, "method"].dropna().unique()}
    for name in sorted(named - METHODS.keys()):
        get(name)
    return [used(name, definition) for name in METHODS if name in named]


def used(method: str, definition: StudyDefinition) -> Used:
    """A method of the registry in the study's terms. Raises KeyError for an unknown id."""
    found = get(method)
    own = version_of(found.software) == version_of("trial_report.analysis.methods")
    software = version_of(found.software) if own else f"{version_of(found.software)} ({found.software})"
    return Used(found.id, found.name, sentence(method, definition), software, found.source)


def sentence(method: str, definition: StudyDefinition) -> str:
    """The method's sentence with the fields that the study's definition decides.

    A procedure over several tests that nobody laid down beforehand controls nothing, whatever its sentence says.
    """
    found = get(method)
    plan = definition.multiplicity
    if method.startswith("adjust-") and plan.procedure != "none" and not plan.prespecified:
        name = found.name[:1].lower() + found.name[1:]
        return (
            f"The {name} was applied at a two-sided level of {plan.alpha:g}. It was not specified before the data were "
            "seen: no error rate is controlled."
        )
    if method == "three-plus-three" and definition.escalation is not None:
        return f"{found.text()} {_settled(definition, definition.escalation)}"
    known: dict[str, Any] = {
        "level": definition.confidence_level,
        "alpha": f"{definition.multiplicity.alpha:g}",
        "imputations": definition.missing_data.imputations,
        "seed": definition.missing_data.seed,
    }
    values = {name: value for name, value in known.items() if name in found.defaults}
    return found.text(**values)


def _settled(definition: StudyDefinition, escalation: Escalation) -> str:
    """How the last level of an escalation is settled, which its operating characteristics suppose as well."""
    if design_of(definition, escalation).needs_six:
        return (
            "A level below one that was too toxic, and the highest level where it is tolerated, are settled in six "
            "evaluable patients: where only three were treated there, three more are."
        )
    return (
        "A level below one that was too toxic is settled in the three patients treated there, or in six where one of "
        "them had a dose-limiting toxicity; the highest level likewise."
    )
