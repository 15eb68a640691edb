"""The rows that an efficacy analysis uses: one endpoint's analysed records, with the filters that select them.

Not here: the variables of a comparison's model (`efficacy_compared`), and which record is analysed at a visit
(`derive.windows`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trial_report.analysis.analyse.groups import both, columns_of, in_set
from trial_report.analysis.results.rows import Place
from trial_report.analysis.results.where import Term, Where
from trial_report.analysis.trial import Trial
from trial_report.schemas.domains.unique import among
from trial_report.schemas.study import TOTAL
from trial_report.schemas.study.measures import Endpoint

VALUE, CHANGE, PERCENT = "AVAL", "CHG", "PCHG"
MEASURES = (VALUE, CHANGE, PERCENT)
COLUMNS = ("USUBJID", "AVISIT", VALUE, "BASE", CHANGE, PERCENT, "CRIT1FL", "ABLFL", "ANL01FL")


@dataclass(frozen=True)
class SubjectTerm(Term):
    """The rows of subjects whose ADSL row meets a condition, in whichever dataset the rows stand.

    `subjects` are the USUBJID of those subjects; the SQL asks ADSL for them.
    """

    subjects: pd.Series = field(default_factory=pd.Series, compare=False, repr=False)
    condition: Where = field(default_factory=Where)

    def mask(self, frame: pd.DataFrame) -> pd.Series:
        """True for the rows of those subjects."""
        return among(frame[self.variable], self.subjects)

    @property
    def sql(self) -> str:
        """The condition as a subquery on ADSL."""
        return f"{self.variable} IN (SELECT {self.variable} FROM ADSL WHERE {self.condition.sql})"


def of_subjects(adsl: pd.DataFrame, condition: Where) -> Where:
    """The rows, in any dataset, of the subjects that meet a condition on ADSL; no condition: all rows."""
    if not condition.terms:
        return condition
    found = adsl.loc[condition.mask(adsl), "USUBJID"]
    return Where((SubjectTerm("USUBJID", "in", None, found, condition),))


@dataclass(frozen=True, eq=False)
class EndpointData:
    """One endpoint's data.

    `where` selects its subjects (in ADSL as in ADBDS). `records` are their analysed rows of ADBDS, the baseline
    record under the baseline visit's id whatever visit it was taken at. `visits` are the ids of the baseline
    visit and of every later visit that is tested or has data, in order; `last_visit` is the last tested one.
    `totals` is N by column. `treatment` is the variable with the group, as the analysis set has it, in both datasets.
    """

    endpoint: Endpoint
    where: Where
    records: pd.DataFrame
    visits: tuple[str, ...]
    last_visit: str
    totals: Mapping[str, int]
    selections: Mapping[str, Where]
    baseline: str
    treatment: str

    @property
    def follow_up(self) -> tuple[str, ...]:
        """The visits after baseline."""
        return self.visits[1:]

    def record_where(self, visit: str | None = None, group: str = TOTAL) -> Where:
        """The rows of ADBDS that `values` uses; without a visit the analysed rows of all visits after baseline."""
        found = Where().eq(PARAMCD=self.endpoint.paramcd)
        if visit == self.baseline:
            found = found.eq(ABLFL="Y")
        else:
            found = found.eq(ANL01FL="Y")
            found = found.eq(AVISIT=visit) if visit else found.eq(AVISIT=self.follow_up)
        return both(found, both(self.where, self.selections[group]))

    @cached_property
    def _masks(self) -> dict[str, NDArray[np.bool_]]:
        return {group: where.mask(self.records).to_numpy() for group, where in self.selections.items()}

    @cached_property
    def _at(self) -> dict[str, NDArray[np.bool_]]:
        return {visit: (self.records["AVISIT"] == visit).to_numpy() for visit in self.visits}

    def measured_where(self, visit: str | None = None, group: str = TOTAL) -> Where:
        """The rows of `record_where` that have what is analysed: the change, or the value."""
        return self.record_where(visit, group).also(self.endpoint.analysed, "is not null")

    def values(self, visit: str, group: str = TOTAL) -> NDArray[np.float64]:
        """What is analysed (change or value) in the rows of a visit and column; NaN where it is missing."""
        return self.records[self.endpoint.analysed].to_numpy(dtype="float64")[self._at[visit] & self._masks[group]]

    def place(self, analysis: str, variable: str = "") -> Place:
        """Where this endpoint's results of an analysis stand; `variable` is what is analysed unless it is named."""
        return Place(
            analysis,
            "ADBDS",
            self.endpoint.analysis_set,
            variable=variable or self.endpoint.analysed,
            paramcd=self.endpoint.paramcd,
            unit=self.endpoint.unit,
        )

    def subject_place(self, analysis: str, group: str = TOTAL) -> Place:
        """Where the number of the endpoint's subjects in a column stands."""
        where = both(self.where, self.selections[group])
        return self.place(analysis, "USUBJID").at(dataset="ADSL", where=where, group=group, unit=None)


_KNOWN: WeakKeyDictionary[Trial, dict[str, EndpointData]] = WeakKeyDictionary()


def endpoint_data(trial: Trial, endpoint: Endpoint) -> EndpointData:
    """An endpoint's records, selected once a trial (the analyses of a trial share them: they change nothing).

    Raises KeyError when ADSL has not a variable of `only_with_baseline`.
    """
    known = _KNOWN.setdefault(trial, {})
    if endpoint.paramcd not in known:
        known[endpoint.paramcd] = select(trial, endpoint)
    return known[endpoint.paramcd]


def select(trial: Trial, endpoint: Endpoint) -> EndpointData:
    """An endpoint's records. Raises KeyError as `endpoint_data`."""
    restricted = of_subjects(trial.adsl, Where().all_of(endpoint.only_with_baseline))
    where = both(in_set(trial, endpoint.analysis_set), restricted)
    shown = columns_of(trial.definition, endpoint.analysis_set)
    selections = {TOTAL: Where(), **shown}
    treatment = trial.definition.treatment_variable(endpoint.analysis_set)
    baseline = trial.definition.baseline_visit.id
    # Only what is needed: a dataset of many columns is slow to cut.
    needed = list(dict.fromkeys([*COLUMNS, treatment, *(term.variable for term in where.terms)]))
    rows = where.of(trial.adbds.loc[trial.adbds["PARAMCD"] == endpoint.paramcd, needed])
    base = rows.loc[rows["ABLFL"] == "Y"].assign(AVISIT=baseline)
    later = [v.id for v in trial.definition.follow_up_visits]
    after = rows.loc[(rows["ANL01FL"] == "Y") & rows["AVISIT"].isin(later) & (rows["ABLFL"] != "Y")]
    seen = set(after["AVISIT"].unique()) | set(endpoint.visits)
    subjects = trial.adsl.loc[where.mask(trial.adsl)]
    return EndpointData(
        endpoint=endpoint,
        where=where,
        records=pd.concat([base, after], ignore_index=True),
        visits=(baseline, *(v for v in later if v in seen)),
        last_visit=trial.definition.last_visit(endpoint.visits),
        totals={code: int(found.mask(subjects).sum()) for code, found in shown.items()},
        selections=selections,
        baseline=baseline,
        treatment=treatment,
    )


def tested_group(trial: Trial) -> tuple[str, ...]:
    """The columns in which an endpoint without a comparison is tested for the family: the total, else every group."""
    return (TOTAL,) if trial.definition.treatment.total else tuple(g.code for g in trial.definition.groups)


__all__ = [
    "CHANGE", "MEASURES", "PERCENT", "VALUE", "EndpointData", "SubjectTerm", "endpoint_data", "of_subjects",
    "tested_group",
]  # fmt: skip
