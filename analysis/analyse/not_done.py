"""Why endpoints have no value, by visit: the reason collected of the assessment, a missed visit, the end of the study.

Not here: how missing values are handled (`missing_data`), and what was delivered without a use (`collected`).
"""

from __future__ import annotations

import pandas as pd

from trial_report import declare
from trial_report.analysis.analyse.efficacy_data import VALUE, EndpointData, endpoint_data
from trial_report.analysis.analyse.groups import both
from trial_report.analysis.results.rows import Rows
from trial_report.analysis.results.where import Where
from trial_report.analysis.trial import Trial
from trial_report.schemas.results import join_level

NOT_DONE = "eff.not_done"
MISSED, LEFT, NO_REASON = "visit missed", "left the study before", "no reason recorded"
"""How a visit stands at which somebody has no value, where the assessment has no reason of its own."""


@declare.analysis(NOT_DONE)
def analyse(trial: Trial) -> pd.DataFrame:
    """Rows of "eff.not_done": n, the subjects of each column without a value at a visit, by the reason.

    Of every endpoint, at the baseline visit and every later one, by the reason as collected (--REASND); a subject with
    two, as of two sides, counts in each. At the baseline visit and the tested ones who has neither value nor such a
    reason counts once, as the visit stands: missed (with the reason collected of the visit), after the end of the study
    (with the reason of that), else with no reason recorded; a visit that is not yet due counts nobody. A subject with a
    value counts in none. Endpoints of which nothing is missing have no rows.
    """
    rows = Rows()
    for endpoint in trial.definition.endpoints:
        data = endpoint_data(trial, endpoint)
        own = trial.adbds.loc[(trial.adbds["PARAMCD"] == endpoint.paramcd) & trial.adbds["REASND"].notna()]
        if not own.empty:
            _add(rows, trial, data, own)
        for visit in (trial.definition.baseline_visit.id, *trial.definition.in_order(endpoint.visits)):
            _add_others(rows, trial, data, data.where.of(own), visit)
    return rows.frame()


def _add_others(rows: Rows, trial: Trial, data: EndpointData, given: pd.DataFrame, visit: str) -> None:
    """Who has neither value nor a reason collected of the assessment, by how the visit stands."""
    records = data.records
    valued = records.loc[(records["AVISIT"] == visit) & records[VALUE].notna(), "USUBJID"]
    known = {*valued, *given.loc[given["AVISIT"] == visit, "USUBJID"]}
    subjects = trial.adsl.loc[data.where.mask(trial.adsl)]
    without = subjects.loc[~subjects["USUBJID"].isin(known)]
    if without.empty:
        return
    stands = trial.advisit.loc[trial.advisit["AVISIT"] == visit, ["USUBJID", "STATUS", "REASON"]]
    frame = without.merge(stands, on="USUBJID", how="left")
    frame = frame.loc[frame["STATUS"] != "not yet due"]
    why = pd.Series(NO_REASON, index=frame.index, dtype="str")
    why = why.mask(frame["STATUS"] == "missed", _with(MISSED, frame["REASON"]))
    why = why.mask(frame["STATUS"] == "after discontinuation", _with(LEFT, frame["DCSREAS"].str.lower()))
    for reason, own in frame.assign(WHY=why).groupby("WHY", sort=True):
        for group in data.totals:
            where = both(data.where, data.selections[group]).eq(USUBJID=tuple(sorted(own["USUBJID"])))
            place = data.subject_place(NOT_DONE, group).at(level=join_level(str(reason)), avisit=visit, where=where)
            rows.add(place, "n", int(where.mask(trial.adsl).sum()), method="count")


def _with(words: str, reason: pd.Series) -> pd.Series:
    """The words, with the reason after a colon where there is one."""
    return pd.Series(words, index=reason.index, dtype="str").where(reason.isna(), words + ": " + reason.astype("str"))


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
