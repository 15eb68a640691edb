"""Efficacy by visit: value, change and percent change of every numeric endpoint; yes and no of binary ones.

Not here: tests (`efficacy_tests`) and comparisons of groups (`efficacy_comparison`, `efficacy_proportions`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from trial_report import declare
from trial_report.analysis.analyse.counting import COLUMN
from trial_report.analysis.analyse.efficacy_compared import compared_values, recorded_where
from trial_report.analysis.analyse.efficacy_data import CHANGE, MEASURES, PERCENT, VALUE, EndpointData, endpoint_data
from trial_report.analysis.analyse.groups import both
from trial_report.analysis.analyse.inference import too_few
from trial_report.analysis.methods.location import STATISTICS, describe
from trial_report.analysis.methods.proportions import NO_PATIENTS, clopper_pearson
from trial_report.analysis.methods.result import ALL_EQUAL, FEWER_THAN_TWO, NO_VALUES
from trial_report.analysis.results.formatting import fmt_number
from trial_report.analysis.results.rows import Place, Rows
from trial_report.analysis.results.where import Where
from trial_report.analysis.trial import Trial
from trial_report.schemas.study import TOTAL, StudyDefinition
from trial_report.schemas.study.measures import Endpoint

BY_VISIT = "eff.by_visit"
PRINTED = tuple(s for s in STATISTICS if s != "missing")


@declare.analysis(BY_VISIT)
def analyse(trial: Trial) -> pd.DataFrame:
    """Rows of "eff.by_visit": level AVAL and, where the change is analysed, CHG and PCHG; YES for binary endpoints.

    Numeric: n, mean, sd, median, q1, q3, min, max, ci_low, ci_high (t interval of the mean). Binary: n (yes),
    with_value, pct, pct_low, pct_high (Clopper–Pearson). One N row an endpoint and column (visit "-"). Where groups
    are compared by carried values, also levels AVAL|LOCF, CHG|LOCF and PCHG|LOCF at the last tested visit.
    """
    rows = Rows()
    level = trial.definition.confidence_level
    found = [endpoint_data(trial, endpoint) for endpoint in trial.definition.endpoints]
    cells = _summaries([data for data in found if data.endpoint.kind == "numeric"], trial.definition)
    for data in found:
        add_totals(rows, data, BY_VISIT)
        if data.endpoint.kind == "binary":
            value = data.records[VALUE].dropna()
            place = data.place(BY_VISIT, VALUE).at(level="YES", unit=None, where=Where().also(VALUE, "is not null"))
            add_proportions(rows, data, value == 1, place, Where().eq(**{VALUE: 1}), data.visits, level)
        elif data.endpoint.kind == "numeric":
            _add_numeric(rows, trial.definition, data, cells)
            if carries(data.endpoint):
                _add_carried(rows, trial, data)
    return rows.frame()


def carries(endpoint: Endpoint) -> bool:
    """Whether the groups of an endpoint are compared by its last observations carried forward."""
    return endpoint.comparison != "none" and endpoint.comparison_data == "locf"


def _add_carried(rows: Rows, trial: Trial, data: EndpointData) -> None:
    visit = data.last_visit
    values = compared_values(trial, data)
    values = values.loc[values["AVISIT"] == visit]
    shown = MEASURES if data.endpoint.measure == "change" else MEASURES[:1]
    long = with_total(values, data).melt([data.treatment], list(shown), "MEASURE")
    found = with_interval(describe(long, [data.treatment, "MEASURE"], "value"), trial.definition)
    cells = {(str(one[data.treatment]), str(one["MEASURE"])): one for one in found.to_dict("records")}
    for group in data.totals:
        where = both(recorded_where(trial, data, visit), data.selections[group])
        place = data.place(BY_VISIT).at(avisit=visit, group=group)
        for measure in shown:
            unit = "%" if measure == PERCENT else place.unit
            own = where.also(measure, "is not null")
            at = place.at(where=own, variable=measure, level=f"{measure}|LOCF", unit=unit)
            decimals = 0 if measure == PERCENT else data.endpoint.decimals
            add_summary(rows, trial.definition, at, cells.get((group, measure)), decimals)


def add_totals(rows: Rows, data: EndpointData, analysis: str) -> None:
    """The N row of every column."""
    for group, total in data.totals.items():
        rows.add(data.subject_place(analysis, group), "N", total, method="count")


def with_total(frame: pd.DataFrame, data: EndpointData) -> pd.DataFrame:
    """Rows of the endpoint once for their own group and, where the tables have a total column, once more for that."""
    group = data.treatment
    own = frame.loc[frame[group].isin([g for g in data.totals if g != TOTAL])]
    return pd.concat([own, frame.assign(**{group: TOTAL})], ignore_index=True) if TOTAL in data.totals else own


Summaries = Mapping[tuple[str, str, str, str], Mapping[Any, Any]]


def _summaries(endpoints: list[EndpointData], definition: StudyDefinition) -> Summaries:
    """The statistics of every parameter, column, visit and measure that has rows, found in one go."""
    if not endpoints:
        return {}
    # Endpoints may be of sets with treatment variables of their own: here all have one name.
    keys = ["PARAMCD", COLUMN, "AVISIT", "MEASURE"]
    parts = [
        with_total(data.records, data).rename(columns={data.treatment: COLUMN}).assign(PARAMCD=data.endpoint.paramcd)
        for data in endpoints
    ]
    long = pd.concat(parts, ignore_index=True).melt(keys[:3], list(MEASURES), keys[3])
    found = with_interval(describe(long, keys, "value"), definition)
    names = list(zip(*(found[name] for name in keys), strict=True))
    return dict(zip(names, found.drop(columns=keys).to_dict("records"), strict=True))


def _add_numeric(rows: Rows, definition: StudyDefinition, data: EndpointData, cells: Summaries) -> None:
    decimals = {VALUE: data.endpoint.decimals, CHANGE: data.endpoint.decimals, PERCENT: 0}
    for visit in data.visits:
        for group in data.totals:
            place = data.place(BY_VISIT).at(avisit=visit, group=group)
            unchanged = visit == data.baseline or data.endpoint.measure == "value"
            for measure in MEASURES[:1] if unchanged else MEASURES:
                where = data.record_where(visit, group).also(measure, "is not null")
                unit = "%" if measure == PERCENT else place.unit
                at = place.at(where=where, variable=measure, level=measure, unit=unit)
                cell = cells.get((data.endpoint.paramcd, group, visit, measure))
                add_summary(rows, definition, at, cell, decimals[measure])


def with_interval(summary: pd.DataFrame, definition: StudyDefinition) -> pd.DataFrame:
    """`describe`'s rows with ci_low and ci_high, the t interval of the mean (as `location.t_interval`).

    Of fewer values than the definition asks for there is no interval.
    """
    n, level = summary["n"].to_numpy(), definition.confidence_level
    enough = n >= definition.inference_from
    reach = special.stdtrit(np.where(enough, n - 1, 1), (1 + level) / 2) * summary["sd"] / np.sqrt(np.maximum(n, 1))
    reach = reach.where(enough)
    return summary.assign(ci_low=summary["mean"] - reach, ci_high=summary["mean"] + reach)


def add_summary(
    rows: Rows, definition: StudyDefinition, place: Place, summary: Mapping[Any, Any] | None, decimals: int
) -> None:
    """The statistics of one cell; None: there are no values. What does not exist says why."""
    found: Mapping[Any, Any] = summary or {"n": 0}
    n = int(found["n"])
    why = NO_VALUES if n == 0 else FEWER_THAN_TWO if n == 1 else None
    rows.add(place, "n", n, method="descriptive")
    values = {name: found.get(name) for name in PRINTED if name != "n"}
    rows.add_all(place, values, decimals=decimals, method="descriptive", warning=why)
    limits = {name: found.get(name) for name in ("ci_low", "ci_high")}
    few = too_few(definition, n) if n else None
    if few:
        why = few
    elif n and found["sd"] == 0:
        why = f"{ALL_EQUAL.removeprefix('not estimable: ')}: the interval has no width"
    for name, value in limits.items():
        rows.add(place, name, value, decimals=decimals, method="t-interval", warning=why)


def add_proportions(
    rows: Rows, data: EndpointData, yes: pd.Series, place: Place, means: Where, visits: tuple[str, ...], level: float
) -> None:
    """Rows n, with_value, pct, pct_low, pct_high of every visit and column.

    `yes` says of each of the endpoint's records that have a value whether it is a yes, and `means` the same as a
    condition. What `place` selects is added to the filter of each cell.
    """
    known = with_total(data.records.loc[yes.index, [data.treatment, "AVISIT"]].assign(YES=yes), data)
    found = known.groupby([data.treatment, "AVISIT"])["YES"].agg(["sum", "count"])
    counts = {key: (int(row["sum"]), int(row["count"])) for key, row in found.to_dict("index").items()}
    cells = [(visit, group) for visit in visits for group in data.totals]
    n_yes = np.array([counts.get((g, v), (0, 0))[0] for v, g in cells])
    of = np.array([counts.get((g, v), (0, 0))[1] for v, g in cells])
    low, high = clopper_pearson(n_yes, of, level)
    for (visit, group), n, total, ci_low, ci_high in zip(cells, n_yes, of, low, high, strict=True):
        at = place.at(where=both(data.record_where(visit, group), place.where), avisit=visit, group=group)
        add_proportion(rows, at, means, int(n), int(total), 100 * float(ci_low), 100 * float(ci_high))


def add_proportion(rows: Rows, place: Place, means: Where, n: int, total: int, low: float, high: float) -> None:
    """A count, the subjects with a value, the percentage and its exact limits (in percent).

    `place` selects those with a value, and `means` those of them who are counted.
    """
    why = None if total else NO_PATIENTS
    rows.add(place.at(where=both(place.where, means)), "n", n, method="count")
    rows.add(place, "with_value", total, formatted=fmt_number(total), method="observed-cases")
    rows.add(place.at(unit="%"), "pct", 100 * n / total if total else None, method="count", warning=why)
    rows.add(place.at(unit="%"), "pct_low", low, method="clopper-pearson", warning=why)
    rows.add(place.at(unit="%"), "pct_high", high, method="clopper-pearson", warning=why)
