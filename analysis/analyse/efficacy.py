"""Efficacy by visit: value, change and percent change of every numeric endpoint; yes and no of binary ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from analysis.analyse.efficacy_data import (
    CHANGE,
    GROUP,
    MEASURES,
    PERCENT,
    VALUE,
    EndpointData,
    endpoint_data,
)
from analysis.analyse.rows import Place, Rows
from analysis.formatting import fmt_number
from analysis.methods.location import STATISTICS, describe
from analysis.methods.proportions import NO_PATIENTS, clopper_pearson
from analysis.methods.result import ALL_EQUAL, FEWER_THAN_TWO, NO_VALUES
from analysis.trial import Trial
from schemas.study import TOTAL

BY_VISIT, N_ROW = "eff.by_visit", "subjects of the analysis set"
PRINTED = tuple(s for s in STATISTICS if s != "missing")
NO_BASELINE = "no value before treatment to compare with"


def analyse(trial: Trial) -> pd.DataFrame:
    """Rows of "eff.by_visit": level AVAL, CHG or PCHG for numeric endpoints, YES for binary ones.

    Numeric: n, mean, sd, median, q1, q3, min, max, ci_low, ci_high (t interval of the mean). Binary: n (yes),
    with_value, pct, pct_low, pct_high (Clopper–Pearson). One N row an endpoint and column (visit "-").
    """
    rows = Rows()
    for endpoint in trial.definition.endpoints:
        data = endpoint_data(trial, endpoint)
        add_totals(rows, data, BY_VISIT)
        if endpoint.kind == "binary":
            flags = data.records.assign(YES=data.records[VALUE] == 1)
            add_proportions(rows, data, flags, data.place(BY_VISIT, VALUE).at(level="YES", unit=None),
                            data.visits, trial.definition.confidence_level)  # fmt: skip
        else:
            _add_numeric(rows, data, trial.definition.confidence_level)
    return rows.frame()


def add_totals(rows: Rows, data: EndpointData, analysis: str) -> None:
    """The N row of every column."""
    for group, total in data.totals.items():
        rows.add(data.subject_place(analysis, group), "N", total, method="count")


def with_total(frame: pd.DataFrame, groups: Mapping[str, int]) -> pd.DataFrame:
    """The rows once for their own group and, where the tables have a total column, once more for that."""
    own = frame.loc[frame[GROUP].isin([g for g in groups if g != TOTAL])]
    return pd.concat([own, frame.assign(**{GROUP: TOTAL})], ignore_index=True) if TOTAL in groups else own


def _add_numeric(rows: Rows, data: EndpointData, level: float) -> None:
    long = with_total(data.records, data.totals).melt([GROUP, "AVISIT"], list(MEASURES), "MEASURE")
    found = with_interval(describe(long, [GROUP, "AVISIT", "MEASURE"], "value"), level)
    index = found.set_index([GROUP, "AVISIT", "MEASURE"]).to_dict("index")
    decimals = {VALUE: data.endpoint.decimals, CHANGE: data.endpoint.decimals, PERCENT: 0}
    for visit in data.visits:
        for group in data.totals:
            place = data.place(BY_VISIT).at(where=data.record_where(visit, group), avisit=visit, group=group)
            for measure in MEASURES[:1] if visit == data.baseline else MEASURES:
                at = place.at(variable=measure, level=measure, unit="%" if measure == PERCENT else place.unit)
                add_summary(rows, at, index.get((group, visit, measure)), decimals[measure])


def with_interval(summary: pd.DataFrame, level: float) -> pd.DataFrame:
    """`describe`'s rows with ci_low and ci_high, the t interval of the mean (as `location.t_interval`)."""
    n = summary["n"].to_numpy()
    enough = n > 1
    reach = special.stdtrit(np.where(enough, n - 1, 1), (1 + level) / 2) * summary["sd"] / np.sqrt(np.maximum(n, 1))
    reach = reach.where(enough)
    return summary.assign(ci_low=summary["mean"] - reach, ci_high=summary["mean"] + reach)


def add_summary(rows: Rows, place: Place, summary: Mapping[Any, Any] | None, decimals: int) -> None:
    """The statistics of one cell; None: there are no values. What does not exist says why."""
    found: Mapping[Any, Any] = summary or {"n": 0}
    n = int(found["n"])
    why = NO_VALUES if n == 0 else FEWER_THAN_TWO if n == 1 else None
    rows.add(place, "n", n, method="descriptive")
    values = {name: found.get(name) for name in PRINTED if name != "n"}
    rows.add_all(place, values, decimals=decimals, method="descriptive", warning=why)
    limits = {name: found.get(name) for name in ("ci_low", "ci_high")}
    if n > 1 and found["sd"] == 0:
        why = f"{ALL_EQUAL.removeprefix('not estimable: ')}: the interval has no width"
    for name, value in limits.items():
        rows.add(place, name, value, decimals=decimals, method="t-interval", warning=why)


def add_proportions(
    rows: Rows, data: EndpointData, flags: pd.DataFrame, place: Place, visits: tuple[str, ...], level: float
) -> None:
    """Rows n, with_value, pct, pct_low, pct_high of every visit and column.

    `flags` are records with a column YES (true or false; missing: no value).
    """
    known = with_total(flags.loc[flags["YES"].notna()], data.totals)
    found = known.assign(YES=known["YES"].astype(bool)).groupby([GROUP, "AVISIT"])["YES"].agg(["sum", "count"])
    counts = {key: (int(row["sum"]), int(row["count"])) for key, row in found.to_dict("index").items()}
    cells = [(visit, group) for visit in visits for group in data.totals]
    yes = np.array([counts.get((g, v), (0, 0))[0] for v, g in cells])
    of = np.array([counts.get((g, v), (0, 0))[1] for v, g in cells])
    low, high = clopper_pearson(yes, of, level)
    for (visit, group), n, total, ci_low, ci_high in zip(cells, yes, of, low, high, strict=True):
        at = place.at(where=data.record_where(visit, group), avisit=visit, group=group)
        add_proportion(rows, at, int(n), int(total), 100 * float(ci_low), 100 * float(ci_high))


def add_proportion(rows: Rows, place: Place, n: int, total: int, low: float, high: float) -> None:
    """A count, the subjects with a value, the percentage and its exact limits (in percent)."""
    why = None if total else NO_PATIENTS
    rows.add(place, "n", n, method="count")
    rows.add(place, "with_value", total, formatted=fmt_number(total), method="observed-cases")
    rows.add(place.at(unit="%"), "pct", 100 * n / total if total else None, method="count", warning=why)
    rows.add(place.at(unit="%"), "pct_low", low, method="clopper-pearson", warning=why)
    rows.add(place.at(unit="%"), "pct_high", high, method="clopper-pearson", warning=why)
