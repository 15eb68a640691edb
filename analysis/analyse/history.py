"""Medical history, and prior and concomitant medication, by class and term."""

from __future__ import annotations

import pandas as pd

from analysis.analyse.deviations import add_terms
from analysis.analyse.rows import Rows
from analysis.trial import Trial

HISTORY, MEDICATION = "mh", "cm"


def analyse(trial: Trial) -> pd.DataFrame:
    """Subjects of the safety set with a condition (MH) or a medicine (CM).

    Keys: mh/<SET>/MHDECOD/-/<group>/<ANY|class|class|term>/<n|pct|events> and cm/<SET>/CMDECOD/….
    """
    rows = Rows()
    population = trial.definition.safety_set
    add_terms(rows, trial, (HISTORY, "MH", "MHBODSYS", "MHDECOD", "MHTERM"), population)
    add_terms(rows, trial, (MEDICATION, "CM", "CMCLAS", "CMDECOD", "CMTRT"), population)
    return rows.frame()
