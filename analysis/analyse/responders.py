"""Responders by visit: how many subjects met the endpoint's rule, of those with a value.

Not here: comparison of responders with control (`efficacy_proportions`), and who responded (`derive.adbds`).
"""

from __future__ import annotations

import pandas as pd

from trial_report import declare
from trial_report.analysis.analyse.efficacy import add_proportions, add_totals
from trial_report.analysis.analyse.efficacy_data import EndpointData, endpoint_data
from trial_report.analysis.methods.proportions import NO_PATIENTS, clopper_pearson
from trial_report.analysis.results.rows import Rows
from trial_report.analysis.results.where import Where
from trial_report.analysis.trial import Trial

RESPONDER, FLAG = "eff.responder", "CRIT1FL"
ALL_OF_SET = "ALL OF SET"
"""The level of counts in which who is missing has not responded."""


@declare.analysis("eff.responder")
def analyse(trial: Trial) -> pd.DataFrame:
    """Rows of "eff.responder" for every endpoint with a responder rule, visit after baseline and column.

    n (responders), with_value (subjects in whom the rule can be applied), pct of those, pct_low and pct_high
    (Clopper–Pearson); N, the subjects of the analysis set, without a visit. Where the rule says so, level ALL OF SET
    has N (all subjects of the set), n, pct of those, pct_low and pct_high: who is missing has not responded.
    """
    rows = Rows()
    for endpoint in trial.definition.endpoints:
        if endpoint.responder is None:
            continue
        data = endpoint_data(trial, endpoint)
        add_totals(rows, data, RESPONDER)
        known = data.records[FLAG].dropna()
        place = data.place(RESPONDER, FLAG).at(unit=None, where=Where().also(FLAG, "is not null"))
        level = trial.definition.confidence_level
        add_proportions(rows, data, known == "Y", place, Where().eq(**{FLAG: "Y"}), data.follow_up, level)
        if endpoint.responder.missing_is_non_responder:
            add_all_of_set(rows, data, level)
    return rows.frame()


def add_all_of_set(rows: Rows, data: EndpointData, level: float) -> None:
    """Responders of all subjects of the set, at every visit after baseline and in every column."""
    met = data.records.loc[data.records[FLAG] == "Y"]
    for visit in data.follow_up:
        at_visit = met.loc[met["AVISIT"] == visit]
        for group, total in data.totals.items():
            n = int(data.selections[group].mask(at_visit).sum())
            why = None if total else NO_PATIENTS
            (low,), (high,) = clopper_pearson([n], [total], level)
            all_of = data.subject_place(RESPONDER, group).at(variable=FLAG, avisit=visit, level=ALL_OF_SET)
            where = data.record_where(visit, group).eq(**{FLAG: "Y"})
            of_them = data.place(RESPONDER, FLAG).at(where=where, avisit=visit, group=group, level=ALL_OF_SET, unit="%")
            rows.add(all_of, "N", total, method="count")
            rows.add(of_them.at(unit=None), "n", n, method="non-responder")
            rows.add(of_them, "pct", 100 * n / total if total else None, method="non-responder", warning=why)
            rows.add(of_them, "pct_low", 100 * float(low), method="clopper-pearson", warning=why)
            rows.add(of_them, "pct_high", 100 * float(high), method="clopper-pearson", warning=why)
