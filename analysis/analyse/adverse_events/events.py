"""What all analyses of adverse events share: the emergent events of the safety set, and how they are called.

Not here: which events are treatment-emergent, related or severe, which is derived (`derive.adae`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from trial_report.analysis.analyse.counting import any_of, set_sizes, stacked
from trial_report.analysis.analyse.groups import both, columns_of, in_set
from trial_report.analysis.results.rows import Place, Rows
from trial_report.analysis.results.where import Where
from trial_report.analysis.trial import Trial
from trial_report.schemas.study import StudyDefinition

CLASS, TERM = "AEBODSYS", "AEDECOD"

CRITERIA: dict[str, str] = {
    "AESDTH": "Results in death",
    "AESLIFE": "Is life-threatening",
    "AESHOSP": "Requires or prolongs hospitalization",
    "AESDISAB": "Persistent or significant disability or incapacity",
    "AESCONG": "Congenital anomaly or birth defect",
    "AESMIE": "Other medically important event",
}
"""The criteria of seriousness (ICH E2A) by SDTM variable, as printed."""

USED = (
    "USUBJID", CLASS, TERM, "ATOXGRN", "ASTDY", "AREL", "AESER", "AEACN", "AECONTRT", "AEOUT", "DLTFL",
    "PREFL", *CRITERIA,
)  # fmt: skip
"""The variables of ADAE that analyses count by."""

EMERGENT = Where().eq(TRTEMFL="Y")
RELATED = Where().eq(AREL="Y")
SERIOUS = Where().eq(AESER="Y")
WITHDRAWN = Where().eq(AEACN="DRUG WITHDRAWN")
TOXIC = Where().eq(DLTFL="Y")


def fatal(frame: pd.DataFrame) -> Where:
    """Events with a fatal outcome, or that are serious for death where that criterion is collected."""
    outcome = Where().eq(AEOUT="FATAL")
    return any_of(outcome, Where().eq(AESDTH="Y")) if "AESDTH" in frame.columns else outcome


def severe(definition: StudyDefinition) -> Where:
    """Events of the grade from which they count as severe."""
    return Where().also("ATOXGRN", ">=", definition.adverse_events.severe_from)


def grades(definition: StudyDefinition) -> dict[int, str]:
    """Grade as a number → as printed, in order. Codes that are words count in the order of the definition."""
    labels = definition.adverse_events.grade_labels
    numbered = {int(c) if c.isdigit() else i: text for i, (c, text) in enumerate(labels.items(), 1)}
    return dict(sorted(numbered.items())) or {n: f"Grade {n}" for n in range(1, 6)}


@dataclass(frozen=True)
class Events:
    """The adverse events of a set that meet a condition, with the columns of a table and their N."""

    trial: Trial
    population: str
    where: Where

    @classmethod
    def emergent(cls, trial: Trial, *further: Where) -> Events:
        """Treatment-emergent events of the safety set that meet these conditions too."""
        population = trial.definition.safety_set
        where = both(in_set(trial, population), EMERGENT)
        for one in further:
            where = both(where, one)
        return cls(trial, population, where)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The events once for their own column and once for the total (see `stacked`)."""
        adae = self.trial.adae
        treatment = self.trial.definition.treatment_variable(self.population)
        used = [*USED, treatment, self.trial.definition.adverse_events.relationship_variable]
        return stacked(
            self.trial.definition,
            self.population,
            adae.loc[self.where.mask(adae), [name for name in dict.fromkeys(used) if name in adae.columns]],
        )

    @cached_property
    def columns(self) -> dict[str, Where]:
        """Condition of each column."""
        return columns_of(self.trial.definition, self.population)

    @cached_property
    def sizes(self) -> Mapping[str, int]:
        """N of each column."""
        return set_sizes(self.trial, self.population)

    def place(self, analysis: str, variable: str = TERM) -> Place:
        """The place of an analysis of these events."""
        return Place(analysis, "ADAE", self.population, self.where, variable)

    def add_sizes(self, rows: Rows, place: Place) -> None:
        """The N row of every column, from ADSL."""
        inside = in_set(self.trial, self.population)
        for code, column in self.columns.items():
            at = place.at(dataset="ADSL", group=code, where=both(inside, column))
            rows.add(at, "N", self.sizes[code], method="count")
