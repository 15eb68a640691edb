"""Says what a results row is, in words: statistic, variable, visit, group, analysis set and method.

Not here: the sentences of section 9.7 (`analyse.methods_used`), and the report's prose (`report.prose`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from trial_report.analysis.analyse.methods_used import methods_used
from trial_report.analysis.results.formatting import join_words
from trial_report.analysis.results.question import Question
from trial_report.schemas.datasets import MODELS, columns
from trial_report.schemas.results import split_level
from trial_report.schemas.study import TOTAL, StudyDefinition
from trial_report.schemas.study.measures import Characteristic

STATISTICS: dict[str, str] = {
    "N": "number of patients (denominator)",
    "n": "number",
    "pct": "percentage",
    "mean": "mean",
    "sd": "standard deviation",
    "se": "standard error",
    "median": "median",
    "q1": "first quartile",
    "q3": "third quartile",
    "min": "minimum",
    "max": "maximum",
    "ci_low": "lower confidence limit",
    "ci_high": "upper confidence limit",
    "interval": "confidence interval",
    "pct_low": "lower confidence limit, in percent",
    "pct_high": "upper confidence limit, in percent",
    "estimate": "estimate",
    "p": "p-value",
    "p_adjusted": "adjusted p-value",
    "statistic": "test statistic",
    "df": "degrees of freedom",
    "events": "number of events",
    "rate": "rate",
    "years": "patient-years",
    "missing": "number of missing values",
    "sum": "sum",
    "at_risk": "number at risk",
    "censored": "number censored",
}
"""Statistics in words; one that is not here is said by its name, "_" read as a space."""


def statistic(name: str) -> str:
    """A statistic in words."""
    return STATISTICS.get(name, name.replace("_", " "))


def derivation(one: Characteristic) -> str:
    """How a baseline characteristic comes about."""
    where = " and ".join(f"{name} = {value}" for name, value in one.where.items())
    match one.source:
        case "record":
            return f"Y where {one.domain} has a record of the patient with {where}, begun before the first dose"
        case "finding":
            condition = f" with {where}" if where else ""
            return f"the last {one.testcd} of {one.domain}{condition} that precedes the first dose"
        case "sum":
            condition = f" with {where}" if where else ""
            tests = join_words(one.testcds)
            return f"the sum of the last {tests} of {one.domain}{condition} before the first dose, where all exist"
        case "duration":
            condition = f" with {where}" if where else ""
            end = f"the visit {one.until}" if one.until else "the first dose"
            return f"{one.unit} from the earliest start of {one.domain}{condition} to {end}, both days counted"
        case "bmi":
            return f"{one.weight} (kg) by the square of {one.height} (in m)"
        case "cut":
            return f"the class that {one.of} falls into"
        case _:
            return "as recorded in DM or SUPPDM, or the variable of that name in ADSL"


@dataclass(frozen=True)
class Words:
    """The labels that the rows of one study's results need, each by its code."""

    definition: StudyDefinition
    results: pd.DataFrame

    @cached_property
    def sets(self) -> dict[str, str]:
        """Analysis sets."""
        return {one.id: one.label for one in self.definition.analysis_sets}

    @cached_property
    def groups(self) -> dict[str, str]:
        """Treatment groups, and their total."""
        return {group.code: group.label for group in self.definition.groups} | {TOTAL: "all groups"}

    @cached_property
    def visits(self) -> dict[str, str]:
        """Analysis visits."""
        end = self.definition.end_of_treatment
        return {visit.id: visit.label for visit in (*self.definition.visits, *((end,) if end else ()))}

    @cached_property
    def names(self) -> dict[str, str]:
        """Parameters, baseline characteristics, times to event, and the variables of the analysis datasets."""
        found = {name: text for dataset in reversed(MODELS) for name, text in columns(dataset).items()}
        found |= {one.variable: one.label for one in self.definition.characteristics}
        found |= {one.paramcd: one.label_unit for one in self.definition.parameters}
        return found | {one.paramcd: one.label for one in self.definition.times}

    @cached_property
    def derived(self) -> dict[str, str]:
        """How each baseline characteristic of ADSL comes about."""
        return {one.variable: derivation(one) for one in self.definition.characteristics}

    @cached_property
    def methods(self) -> dict[str, tuple[str, str]]:
        """Name and sentence of each method in use."""
        return {one.id: (one.name, one.sentence) for one in methods_used(self.results, self.definition)}

    def size_key(self, population: str, group: str) -> str:
        """The key of the row that holds N: the patients of an analysis set in a group."""
        return Question("sets", population, group=group).key("N")

    def say(self, row: Mapping[str, Any]) -> str:
        """What a results row is, in one line."""
        what = row["paramcd"] if isinstance(row["paramcd"], str) else str(row["variable"])
        parts = [f"{statistic(str(row['statistic'])).capitalize()}: {self.names.get(what, what)}"]
        if isinstance(row["paramcd"], str) and row["variable"] != "AVAL":
            parts.append(self.names.get(str(row["variable"]), str(row["variable"])))
        if isinstance(row["level"], str) and row["level"] != row["variable"]:
            parts.append(" · ".join(text for text in split_level(row["level"]) if text))
        if isinstance(row["avisit"], str):
            parts.append(self.visits.get(row["avisit"], row["avisit"]))
        parts.append(self.groups.get(str(row["group"]), str(row["group"])))
        return ", ".join(part for part in parts if part)
