"""Intercurrent events of the estimands: how many subjects had each after first dose, and before which visit.

Not here: which events there are, and the strategy of each (`schemas.study.analysis`); values that are missing without
such an event (`not_done`, `missing_data`).
"""

from __future__ import annotations

import pandas as pd

from trial_report import declare
from trial_report.analysis.analyse.groups import both, columns_of, in_set
from trial_report.analysis.results.rows import Place, Rows
from trial_report.analysis.trial import Trial

INTERCURRENT, NO_VISIT = "ice", "NO VISIT"


@declare.analysis(INTERCURRENT)
def analyse(trial: Trial) -> pd.DataFrame:
    """Rows of "ice" for every intercurrent event that the data can tell of, in the efficacy set, by column.

    N, the subjects of the set; n and pct, those with the event at any time from first dose on. At each visit after
    baseline n and pct of those whose first event came before it and not before the visit that took place before;
    level NO VISIT: of those without a planned visit after it.
    """
    rows = Rows()
    definition = trial.definition
    for event in (one for one in definition.intercurrent_events if one.is_known):
        for group, selection in columns_of(definition, definition.efficacy_set).items():
            of_set = both(in_set(trial, definition.efficacy_set), selection)
            place = Place(INTERCURRENT, "ADTTE", definition.efficacy_set, variable="CNSR", paramcd=event.id)
            place = place.at(group=group, where=of_set.eq(PARAMCD=event.id, CNSR=0))
            total = int(of_set.mask(trial.adsl).sum())
            rows.add(place.at(dataset="ADSL", where=of_set, variable="USUBJID"), "N", total, method="count")
            had = place.where.of(trial.adtte)
            rows.count(place, len(had), total)
            for visit in definition.follow_up_visits:
                at = place.at(avisit=visit.id, where=place.where.eq(NEXTVIS=visit.id))
                rows.count(at, int((had["NEXTVIS"] == visit.id).sum()), total)
            last = place.at(level=NO_VISIT, where=place.where.eq(NEXTVIS=None))
            rows.count(last, int(had["NEXTVIS"].isna().sum()), total)
    return rows.frame()
