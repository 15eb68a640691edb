"""Responders by visit: how many subjects met the endpoint's rule, of those with a value.

Not here: comparison of responders with control (`efficacy_proportions`), and who responded (`derive.adbds`).
"""

from __future__ import annotations

import pandas as pd

from trial_report import declare
from trial_report.analysis.analyse.efficacy import add_proportions, add_totals
from trial_report.analysis.analyse.efficacy_data import endpoint_data
from trial_report.analysis.results.rows import Rows
from trial_report.analysis.results.where import Where
from trial_report.analysis.trial import Trial

RESPONDER, FLAG = "eff.responder", "CRIT1FL"


@declare.analysis("eff.responder")
def analyse(trial: Trial) -> pd.DataFrame:
    """Rows of "eff.responder" for every endpoint with a responder rule, visit after baseline and column.

    n (responders), with_value (subjects in whom the rule can be applied), pct of those, pct_low and pct_high
    (Clopper–Pearson); N, the subjects of the analysis set, without a visit.
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
    return rows.frame()
