"""Whether laboratory values shift alike in all groups: a p-value for each test, where the definition asks for it.

Not here: the shifts that are tested (`laboratory`), and the test (`methods.stratified`).
"""

from __future__ import annotations

import pandas as pd

from trial_report import declare
from trial_report.analysis.analyse.efficacy_comparison import add_test
from trial_report.analysis.analyse.groups import both, in_set
from trial_report.analysis.analyse.laboratory import RANGES, WORST, worst_positions
from trial_report.analysis.analyse.over_time import AFTER, measured
from trial_report.analysis.analyse.worst import like
from trial_report.analysis.methods.stratified import association
from trial_report.analysis.results.rows import Place, Rows
from trial_report.analysis.results.where import Where
from trial_report.analysis.trial import Trial
from trial_report.schemas.study import TOTAL

ID, METHOD = "lab.shift.test", "cmh-shift"


@declare.analysis(ID)
def analyse(trial: Trial) -> pd.DataFrame:
    """Rows of "lab.shift.test": the worst position over the groups, stratified by that at baseline.

    Keys: lab.shift.test/<SET>/<PARAMCD>/-/TOTAL/-/<statistic|df|p>, of those with a position at baseline and after
    first dose. Descriptive.
    """
    rows = Rows()
    definition = trial.definition
    if not definition.shifts.tests or len(definition.groups) < 2:
        return rows.frame()
    codes = [g.code for g in definition.groups]
    treatment = definition.treatment_variable(definition.safety_set)
    one = worst_positions(AFTER.of(measured(trial, definition.laboratory)), treatment)
    inside = both(in_set(trial, definition.safety_set), Where().eq(**{treatment: tuple(codes)}))
    for parameter in definition.laboratory:
        own = one.loc[one["PARAMCD"] == parameter.paramcd]
        strata = [
            pd.crosstab(part[treatment].astype("str"), part["WORST"])
            .reindex(index=codes, columns=list(WORST), fill_value=0)
            .to_numpy()
            for part in (own.loc[own["BASEPOS"] == base] for base in RANGES)
        ]
        known = both(like("ANRIND", *RANGES), like("BNRIND", *RANGES))
        where = both(both(inside.eq(PARAMCD=parameter.paramcd), AFTER), known)
        place = Place(ID, "ADBDS", definition.safety_set, where, "ANRIND", parameter.paramcd, group=TOTAL)
        add_test(rows, place, association(strata), METHOD, ("statistic", "df"))
    return rows.frame()
