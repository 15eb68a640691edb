"""Shifts of ordinal endpoints: from which level at baseline to which at a visit, and who improved or worsened.

Not here: scores that are analysed as numbers (`categories`, `efficacy`), and shifts of laboratory values
(`laboratory`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from trial_report import declare
from trial_report.analysis.analyse.categories import OTHER, level_of
from trial_report.analysis.analyse.efficacy import add_totals, with_total
from trial_report.analysis.analyse.efficacy_data import CHANGE, VALUE, EndpointData, endpoint_data
from trial_report.analysis.methods.proportions import NO_PATIENTS, clopper_pearson
from trial_report.analysis.results.rows import Place, Rows
from trial_report.analysis.results.where import Where
from trial_report.analysis.trial import Trial
from trial_report.schemas.results import join_level
from trial_report.schemas.study.measures import Endpoint

SHIFT, BASE = "eff.shift", "BASE"
LOWER, SAME, HIGHER = "LOWER", "SAME", "HIGHER"
WAYS = {LOWER: Where().also(CHANGE, "<", 0), SAME: Where().eq(CHG=0), HIGHER: Where().also(CHANGE, ">", 0)}
"""The ways that a score can go, each with its condition."""


@declare.analysis(SHIFT)
def analyse(trial: Trial) -> pd.DataFrame:
    """Rows of "eff.shift" for every ordinal endpoint, at its visits, by column.

    N, the subjects of the set, without a visit; n, those with a baseline and a value; level "<from>|<to>": n and pct of
    those, OTHER standing for a value that is none of the levels; level LOWER, SAME and HIGHER: n, pct, pct_low and
    pct_high (Clopper–Pearson). Which way is the better one, the endpoint's benefit says.
    """
    rows = Rows()
    for endpoint in trial.definition.endpoints:
        if endpoint.kind == "ordinal":
            data = endpoint_data(trial, endpoint)
            add_totals(rows, data, SHIFT)
            for visit in (v for v in data.visits if v in endpoint.visits):
                _add(rows, data, visit, trial.definition.confidence_level)
    return rows.frame()


def _add(rows: Rows, data: EndpointData, visit: str, level: float) -> None:
    endpoint = data.endpoint
    both_known = data.records.loc[data.records["AVISIT"] == visit].dropna(subset=[BASE, VALUE])
    named = both_known.assign(
        FROM=[level_of(endpoint, value) for value in both_known[BASE]],
        TO=[level_of(endpoint, value) for value in both_known[VALUE]],
    )
    known = with_total(named, data)
    other = OTHER in {*named["FROM"], *named["TO"]}
    shown = [*map(str, endpoint.levels), *([OTHER] if other else [])]
    for group in data.totals:
        own = known.loc[known[data.treatment] == group]
        where = data.record_where(visit, group).also(BASE, "is not null").also(VALUE, "is not null")
        place = data.place(SHIFT, VALUE).at(avisit=visit, group=group, unit=None, where=where)
        total = len(own)
        rows.add(place, "n", total, method="observed-cases")
        pairs = own.groupby(["FROM", "TO"]).size().to_dict()
        for before in shown:
            for after in shown:
                chosen = _meant(_meant(where, endpoint, BASE, before), endpoint, VALUE, after)
                at = place.at(level=join_level(before, after), where=chosen)
                rows.count(at, int(pairs.get((before, after), 0)), total)
        _add_ways(rows, place, own, level)


def _add_ways(rows: Rows, place: Place, own: pd.DataFrame, level: float) -> None:
    total = len(own)
    counts = [int(condition.mask(own).sum()) for condition in WAYS.values()]
    low, high = clopper_pearson(np.array(counts), np.full(len(counts), total), level)
    why = None if total else NO_PATIENTS
    for (way, condition), n, one, two in zip(WAYS.items(), counts, low, high, strict=True):
        at = place.at(level=way, where=Where((*place.where.terms, *condition.terms)))
        rows.count(at, n, total)
        rows.add(at.at(unit="%"), "pct_low", 100 * float(one), method="clopper-pearson", warning=why)
        rows.add(at.at(unit="%"), "pct_high", 100 * float(two), method="clopper-pearson", warning=why)


def _meant(where: Where, endpoint: Endpoint, variable: str, level: str) -> Where:
    """The rows of a level, added to a condition."""
    if level != OTHER:
        return where.eq(**{variable: int(level)})
    for known in endpoint.levels:
        where = where.also(variable, "<>", known)
    return where
