"""Medical history, and prior and concomitant medication, by class and term."""

from __future__ import annotations

import pandas as pd

from analysis.analyse.deviations import terms
from analysis.analyse.rows import combine
from analysis.trial import Trial

HISTORY, MEDICATION = "mh", "cm"


def analyse(trial: Trial) -> pd.DataFrame:
    """Subjects of the safety set with a condition (MH) or a medicine (CM).

    Keys: mh/<SET>/MHDECOD/-/<group>/<ANY|class|class|term>/<n|pct|events> and cm/<SET>/CMDECOD/….
    """
    population = trial.definition.safety_set
    return combine(
        [
            terms(trial, HISTORY, "MH", "MHBODSYS", "MHDECOD", "MHTERM", population).frame(),
            terms(trial, MEDICATION, "CM", "CMCLAS", "CMDECOD", "CMTRT", population).frame(),
        ]
    )
