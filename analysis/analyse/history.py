"""Medical history, by class and term.

Not here: events after treatment began (`analyse.adverse_events`), and medicines (`medication`).
"""

from __future__ import annotations

import pandas as pd

from trial_report import declare
from trial_report.analysis.analyse.deviations import add_terms
from trial_report.analysis.results.rows import Rows
from trial_report.analysis.trial import Trial

ID = "mh"


@declare.analysis(ID, needs=("MH",))
def analyse(trial: Trial) -> pd.DataFrame:
    """Subjects of the safety set with a condition (MH).

    Keys: mh/<SET>/MHDECOD/-/<group>/<ANY|class|class|term>/<n|pct|events>.
    """
    rows = Rows()
    add_terms(rows, trial, (ID, "MH", "MHBODSYS", "MHDECOD", "MHTERM"), trial.definition.safety_set)
    return rows.frame()
