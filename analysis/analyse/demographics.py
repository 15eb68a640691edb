"""Demographic and disease characteristics at baseline, by treatment group.

Not here: where a characteristic comes from (`derive.characteristics`), and tests between groups (`baseline_tests`).
"""

from __future__ import annotations

import pandas as pd

from trial_report import declare
from trial_report.analysis.analyse.counting import set_sizes
from trial_report.analysis.analyse.describing import add_categories, add_continuous
from trial_report.analysis.analyse.groups import both, columns_of, in_set
from trial_report.analysis.results.rows import Place, Rows
from trial_report.analysis.trial import Trial

ID = "demographics"


@declare.analysis(ID)
def analyse(trial: Trial) -> pd.DataFrame:
    """Every characteristic of the definition in the safety set, and in the efficacy set where it is another.

    Keys: demographics/<SET>/<variable>/-/<group>/-/<n|mean|sd|…|missing> for numbers and
    demographics/<SET>/<variable>/-/<group>/<level>/<n|pct> for categories; N under the variable USUBJID.
    """
    rows = Rows()
    definition = trial.definition
    for population in dict.fromkeys((definition.safety_set, definition.efficacy_set)):
        place = Place(ID, "ADSL", population, in_set(trial, population), "USUBJID")
        subjects, sizes = place.where.of(trial.adsl), set_sizes(trial, population)
        for code, column in columns_of(definition, population).items():
            rows.add(place.at(group=code, where=both(place.where, column)), "N", sizes[code], method="count")
        for item in definition.characteristics:
            if item.kind == "continuous":
                add_continuous(rows, trial, place.at(unit=item.unit), subjects, item.variable, item.decimals)
            else:
                add_categories(rows, trial, place, subjects, item, sizes)
    return rows.frame()
