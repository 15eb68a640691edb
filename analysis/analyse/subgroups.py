"""Subgroups: what is analysed, at the last tested visit, in each level of a characteristic, for a forest plot.

Not here: comparisons within subgroups, and their interaction (`subgroup_comparison`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from trial_report import declare
from trial_report.analysis.analyse.describing import says_missing, unknown
from trial_report.analysis.analyse.efficacy import add_summary, add_totals, with_interval
from trial_report.analysis.analyse.efficacy_data import EndpointData, endpoint_data, of_subjects, tested_group
from trial_report.analysis.analyse.groups import both
from trial_report.analysis.methods.location import describe
from trial_report.analysis.results.rows import Rows
from trial_report.analysis.results.where import Where
from trial_report.analysis.trial import Trial
from trial_report.schemas.results import join_level
from trial_report.schemas.study.definition import next_or_key_error

SUBGROUP, ALL, MISSING = "eff.subgroup", "ALL", "missing"


@declare.analysis("eff.subgroup")
def analyse(trial: Trial) -> pd.DataFrame:
    """Rows of "eff.subgroup" for every primary numeric endpoint without a comparison: n, mean, sd, …, ci_low, ci_high.

    Level "VARIABLE|value", and ALL for everybody; the visit is the last one tested; the column is the total. A value
    that the characteristic's levels do not name, or that is missing, is shown as "VARIABLE|missing" if it occurs.
    """
    rows = Rows()
    if not trial.definition.subgroups:
        return rows.frame()
    selections = {
        f"{subgroup.variable}|{level}": of_subjects(trial.adsl, condition)
        for subgroup in trial.definition.subgroups
        for level, condition in levels_of(trial, subgroup.variable)
    }
    for endpoint in trial.definition.endpoints:
        if endpoint.role == "primary" and endpoint.kind == "numeric" and endpoint.comparison == "none":
            data = endpoint_data(trial, endpoint)
            add_totals(rows, data, SUBGROUP)
            for group in tested_group(trial):
                _add_levels(rows, trial, data, group, selections)
    return rows.frame()


def levels_of(trial: Trial, variable: str) -> Iterator[tuple[str, Where]]:
    """The levels of a characteristic as the definition names them, each with the ADSL condition that selects it."""
    known = (c for c in trial.definition.characteristics if c.variable == variable)
    characteristic = next_or_key_error(known, variable)
    column = trial.adsl[variable]
    words = says_missing(column)
    for value in characteristic.levels or sorted(column.dropna().astype(str).unique()):
        if value not in words:
            yield join_level(value), Where().eq(**{variable: value})
    if words or column.isna().any():
        yield MISSING, unknown(variable, words)


def _add_levels(rows: Rows, trial: Trial, data: EndpointData, group: str, selections: Mapping[str, Where]) -> None:
    visit = data.last_visit
    frame = data.records.loc[data.records["AVISIT"] == visit]
    frame = data.selections[group].of(frame)
    places: dict[str, Where] = {ALL: Where()}
    parts = [frame.assign(LEVEL=ALL)]
    for name, where in selections.items():
        own = where.of(frame)
        if name.endswith(f"|{MISSING}") and own.empty:
            continue
        places[name] = where
        parts.append(own.assign(LEVEL=name))
    found = with_interval(
        describe(pd.concat(parts, ignore_index=True), ["LEVEL"], data.endpoint.analysed),
        trial.definition,
    )
    cells = dict(zip(found["LEVEL"], found.to_dict("records"), strict=True))
    for name, where in places.items():
        place = data.place(SUBGROUP).at(
            avisit=visit,
            group=group,
            level=name,
            where=both(data.measured_where(visit, group), where),
        )
        add_summary(rows, trial.definition, place, cells.get(name), data.endpoint.decimals)
