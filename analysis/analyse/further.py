"""Further analyses: an endpoint's analysis repeated in another analysis set or phase, or of other data.

Not here: what is analysed of an endpoint (`efficacy`, `efficacy_tests`), and the study's own code (`own`).
"""

from __future__ import annotations

import pandas as pd

from trial_report import declare
from trial_report.analysis.analyse.efficacy import add_proportions, add_totals
from trial_report.analysis.analyse.efficacy_comparison import compare
from trial_report.analysis.analyse.efficacy_data import VALUE, EndpointData, select
from trial_report.analysis.analyse.efficacy_proportions import compare_proportions
from trial_report.analysis.analyse.efficacy_tests import add_deciding, deciding
from trial_report.analysis.methods.location import describe
from trial_report.analysis.methods.result import FEWER_THAN_TWO, NO_VALUES
from trial_report.analysis.results.rows import Place, Rows
from trial_report.analysis.results.where import Where
from trial_report.analysis.trial import Trial
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.measures import FurtherAnalysis


@declare.analysis("eff.further.*")
def analyse(trial: Trial) -> pd.DataFrame:
    """Rows of "eff.further.<id>" for every further analysis of an endpoint.

    Of one whose groups are compared as `compare` or, where it is binary, `compare_proportions` has them. Of another, in
    every column and at every visit: n, mean and sd of what is analysed, estimate, ci_low, ci_high and p of the test
    that decides, and of a change n, mean and sd of the value at baseline (level AVAL); of a binary one the rows of
    "eff.by_visit". They are no hypotheses of the family: there is no
    decision on them.
    """
    rows = Rows()
    for endpoint in trial.definition.endpoints:
        for further in endpoint.further:
            data = select(trial, endpoint.as_in(further))
            if endpoint.comparison == "none":
                _add_within(rows, trial.definition, data, name_of(further))
                continue
            made = compare_proportions if endpoint.kind == "binary" else compare
            for _ in made(rows, trial, data, name_of(further)):
                pass
    return rows.frame()


def _add_within(rows: Rows, definition: StudyDefinition, data: EndpointData, analysis: str) -> None:
    """What is found in each column by itself."""
    add_totals(rows, data, analysis)
    visits = tuple(visit for visit in data.visits if visit in data.endpoint.visits)
    if data.endpoint.kind == "binary":
        value = data.records[VALUE].dropna()
        place = data.place(analysis, VALUE).at(level="YES", unit=None, where=Where().also(VALUE, "is not null"))
        yes = Where().eq(**{VALUE: 1})
        add_proportions(rows, data, value == 1, place, yes, visits, definition.confidence_level)
        return
    _add_baseline(rows, data, analysis)
    for visit in visits:
        for group in data.totals:
            place = data.place(analysis).at(where=data.measured_where(visit, group), avisit=visit, group=group)
            values = pd.DataFrame({"value": data.values(visit, group)}).dropna()
            _add_described(rows, place, values, data.endpoint.decimals)
            add_deciding(rows, place, data.endpoint, deciding(definition, data.endpoint.test, values["value"]))


def _add_baseline(rows: Rows, data: EndpointData, analysis: str) -> None:
    """The baseline that a change has to be judged by: n, mean and sd of the values at the baseline visit."""
    if data.endpoint.measure == "value":
        return
    at_baseline = data.records.loc[data.records["AVISIT"] == data.baseline]
    for group in data.totals:
        values = data.selections[group].of(at_baseline)[[VALUE]].rename(columns={VALUE: "value"}).dropna()
        where = data.record_where(data.baseline, group).also(VALUE, "is not null")
        place = data.place(analysis, VALUE).at(where=where, avisit=data.baseline, group=group, level=VALUE)
        _add_described(rows, place, values, data.endpoint.decimals)


def _add_described(rows: Rows, place: Place, values: pd.DataFrame, decimals: int) -> None:
    """n, mean and sd of the values of one cell."""
    found = describe(values, [], "value").to_dict("records")[0]
    rows.add(place, "n", len(values), method="descriptive")
    why = NO_VALUES if values.empty else FEWER_THAN_TWO if len(values) == 1 else None
    known = {name: found[name] for name in ("mean", "sd")}
    rows.add_all(place, known, decimals=decimals, method="descriptive", warning=why)


def name_of(further: FurtherAnalysis) -> str:
    """What results call a further analysis."""
    return f"eff.further.{further.id}"
