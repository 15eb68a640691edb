"""What the cut-off took out of the data: records, ends and deaths of the time after it, by domain.

Not here: the cut itself (`derive.cutoff`).
"""

from __future__ import annotations

import pandas as pd

from trial_report import declare
from trial_report.analysis.results.rows import Place, Rows
from trial_report.analysis.trial import Trial

ID = "cutoff"
STATISTICS = ("RECORDS", "DROPPED", "ENDS", "DEATHS")
"""Levels: records as delivered, records dropped, ends made ongoing or set to the cut-off, deaths made unknown."""


@declare.analysis(ID)
def analyse(trial: Trial) -> pd.DataFrame:
    """Counts of records, of each domain in which something lay after the cut-off, and of all.

    Keys: cutoff/ALL/<domain>/-/TOTAL/<RECORDS|DROPPED|ENDS|DEATHS>/n, cutoff/ALL/-/-/TOTAL/<DROPPED|ENDS|DEATHS>/n.
    """
    rows = Rows()
    for domain, counts in trial.cutoff.sort_index().iterrows():
        place = Place(ID, str(domain), "ALL", variable=str(domain))
        for level in STATISTICS:
            rows.add(place.at(level=level), "n", int(counts[level]), method="count")
    for level in STATISTICS[1:]:
        place = Place(ID, "RESULTS", "ALL", level=level)
        rows.add(place, "n", int(trial.cutoff[level].sum()), method="count")
    return rows.frame()
