"""Why endpoints have no value: the reasons that were collected for assessments that were not done, by visit.

Not here: how missing values are handled (`missing_data`), and what was delivered without a use (`collected`).
"""

from __future__ import annotations

import pandas as pd

from trial_report import declare
from trial_report.analysis.analyse.efficacy_data import EndpointData, endpoint_data
from trial_report.analysis.analyse.groups import both
from trial_report.analysis.results.rows import Rows
from trial_report.analysis.results.where import Where
from trial_report.analysis.trial import Trial
from trial_report.schemas.results import join_level

NOT_DONE = "eff.not_done"


@declare.analysis(NOT_DONE)
def analyse(trial: Trial) -> pd.DataFrame:
    """Rows of "eff.not_done": n, the subjects of each column without a value at a visit, by the reason collected.

    Of every endpoint, at the baseline visit and every later one; level is the reason as collected (--REASND). A
    subject with two reasons, as of two sides, counts in each. A subject with a value at the visit, or without a
    reason, counts in none. Endpoints without a reason have no rows.
    """
    rows = Rows()
    for endpoint in trial.definition.endpoints:
        own = trial.adbds.loc[(trial.adbds["PARAMCD"] == endpoint.paramcd) & trial.adbds["REASND"].notna()]
        if not own.empty:
            _add(rows, trial, endpoint_data(trial, endpoint), own)
    return rows.frame()


def _add(rows: Rows, trial: Trial, data: EndpointData, records: pd.DataFrame) -> None:
    given = data.where.of(records)
    visits = [trial.definition.baseline_visit, *trial.definition.follow_up_visits]
    order = {visit.id: place for place, visit in enumerate(visits)}
    known = given.loc[given["AVISIT"].isin(list(order)), ["AVISIT", "REASND"]].drop_duplicates()
    cells = sorted(known.itertuples(index=False, name=None), key=lambda one: (order[one[0]], one[1]))
    for visit, reason in cells:
        for group in data.totals:
            meant = Where().eq(PARAMCD=data.endpoint.paramcd, AVISIT=visit, REASND=reason)
            where = both(meant, both(data.where, data.selections[group]))
            at = data.place(NOT_DONE, "USUBJID").at(level=join_level(reason), avisit=visit, group=group, where=where)
            rows.add(at.at(unit=None), "n", where.of(given)["USUBJID"].nunique(), method="count")
