"""A trial that is ready to be analysed: its definition, its domains, its analysis datasets, what was found wrong.

Not here: deriving (`derive.trial`), and reading (`analysis.read`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from trial_report.declare.own import NOTHING, OwnCode
from trial_report.schemas.problems import Problems
from trial_report.schemas.study import StudyDefinition


def nothing_cut() -> pd.DataFrame:
    """What a cut-off after all records took out: no row."""
    return pd.DataFrame({name: pd.Series(dtype="int64") for name in ("RECORDS", "DROPPED", "ENDS", "DEATHS")})


@dataclass(frozen=True, eq=False)
class Trial:
    """What analyses, displays and documents read. The frames are shared: read them, never change them.

    `domains` holds SDTM by domain name, as it stood at the cut-off; columns of the five analysis datasets are in
    `schemas.datasets`. `problems` are those of reading, checking and deriving, accepted ones included. `cutoff` says
    what the cut-off took out: a row a domain that it changed, with RECORDS, DROPPED, ENDS, DEATHS. `definition` is that
    of what was delivered, `planned` the study's own with all that it asks for (None: the same). `own` is the
    study's own code.
    """

    definition: StudyDefinition
    domains: Mapping[str, pd.DataFrame]
    adsl: pd.DataFrame
    adae: pd.DataFrame
    adbds: pd.DataFrame
    adtte: pd.DataFrame
    advisit: pd.DataFrame
    problems: Problems
    cutoff: pd.DataFrame = field(default_factory=nothing_cut)
    planned: StudyDefinition | None = None
    own: OwnCode = NOTHING

    @property
    def delivered(self) -> dict[str, int]:
        """Records of each domain as they were delivered, before the cut-off took any out."""
        before = {str(name): int(count) for name, count in self.cutoff["RECORDS"].items()}
        return {name: len(frame) for name, frame in self.domains.items()} | before

    @property
    def datasets(self) -> dict[str, pd.DataFrame]:
        """The analysis datasets by name: ADSL, ADAE, ADBDS, ADTTE, ADVISIT."""
        return {
            "ADSL": self.adsl,
            "ADAE": self.adae,
            "ADBDS": self.adbds,
            "ADTTE": self.adtte,
            "ADVISIT": self.advisit,
        }

    def flag(self, name: str) -> str:
        """The flag variable, in every analysis dataset, of the analysis set of that id; KeyError without one."""
        return self.definition.analysis_set(name).flag

    def in_set(self, name: str, dataset: str = "ADSL") -> pd.DataFrame:
        """The rows of a dataset whose subject belongs to the analysis set of that id.

        Raises KeyError for a set that the definition does not have, or a dataset that there is not.
        """
        frame = self.datasets[dataset]
        return frame.loc[frame[self.flag(name)] == "Y"]
