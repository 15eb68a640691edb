"""Whether the groups are alike at baseline: a p-value for each characteristic, where the definition asks for it.

Not here: the characteristics themselves (`demographics`).
"""

from __future__ import annotations

import pandas as pd

from trial_report import declare
from trial_report.analysis.analyse.describing import says_missing
from trial_report.analysis.analyse.groups import in_set
from trial_report.analysis.methods.comparison import anova, split
from trial_report.analysis.methods.result import TestResult
from trial_report.analysis.methods.tables import chi_square
from trial_report.analysis.results.formatting import fmt_number
from trial_report.analysis.results.rows import Place, Rows
from trial_report.analysis.trial import Trial

ID = "baseline.test"


@declare.analysis(ID)
def analyse(trial: Trial) -> pd.DataFrame:
    """Rows of "baseline.test" for every characteristic, in the sets in which demographics are shown.

    Keys: baseline.test/<SET>/<variable>/-/TOTAL/-/<statistic|p>: F of the analysis of variance of numbers, Pearson's
    chi-square of classes (who has no value is left out). Descriptive: in a randomized trial any difference is chance.
    """
    rows = Rows()
    definition = trial.definition
    if not definition.baseline.tests or len(definition.groups) < 2:
        return rows.frame()
    order = [g.code for g in definition.groups]
    for population in dict.fromkeys((definition.safety_set, definition.efficacy_set)):
        group = definition.treatment_variable(population)
        inside = in_set(trial, population)
        for item in definition.characteristics:
            where = inside.eq(**{group: tuple(order)}).also(item.variable, "is not null")
            for word in says_missing(trial.adsl[item.variable]) if item.kind == "categorical" else ():
                where = where.also(item.variable, "<>", word)
            own = where.of(trial.adsl)
            if item.kind == "continuous":
                method, found = "anova", anova(split(own, item.variable, group, order))
            else:
                method, found = "chi-square", _classes(own[group], own[item.variable])
            place = Place(ID, "ADSL", population, where, item.variable)
            printed = fmt_number(found.statistic, 2)
            rows.add(place, "statistic", found.statistic, formatted=printed, method=method, warning=found.warning)
            rows.add(place, "p", found.p, method=method, warning=found.warning)
    return rows.frame()


def _classes(group: pd.Series, level: pd.Series) -> TestResult:
    if group.empty:
        return TestResult(warning="not estimable: no values")
    return chi_square(pd.crosstab(group.astype("str"), level.astype("str")).to_numpy())
