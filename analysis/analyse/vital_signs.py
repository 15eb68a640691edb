"""Vital signs over time: values and changes by visit, lowest and highest value after first dose.

Not here: what is shared with the laboratory (`over_time`).
"""

from __future__ import annotations

import pandas as pd

from trial_report import declare
from trial_report.analysis.analyse.over_time import add_extremes, add_visits
from trial_report.analysis.results.rows import Rows
from trial_report.analysis.trial import Trial

ID = "vs"


@declare.analysis("vs.value", "vs.change", "vs.worst")
def analyse(trial: Trial) -> pd.DataFrame:
    """vs.value, vs.change and vs.worst, keys as in `analysis.analyse.over_time`."""
    rows = Rows()
    if not trial.definition.vital_signs:
        return rows.frame()
    add_visits(rows, trial, ID, trial.definition.vital_signs)
    add_extremes(rows, trial, ID, trial.definition.vital_signs)
    return rows.frame()
