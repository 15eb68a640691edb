"""Time to event: Kaplan–Meier estimates of the definition's survival endpoints, by column.

Not here: times and censoring of a subject (`derive.adtte`), and the estimates (`methods.survival`).
"""

from __future__ import annotations

import pandas as pd

from trial_report import declare
from trial_report.analysis.analyse.groups import both, columns_of, in_set
from trial_report.analysis.methods.proportions import NO_PATIENTS, clopper_pearson
from trial_report.analysis.methods.survival import KaplanMeier, kaplan_meier, log_rank, survival_at
from trial_report.analysis.results.formatting import fmt_days, fmt_number
from trial_report.analysis.results.rows import Place, Rows
from trial_report.analysis.trial import Trial
from trial_report.schemas.study import TOTAL
from trial_report.schemas.study.analysis import Survival

TIME, METHOD = "tte", "kaplan-meier"


@declare.analysis("tte")
def analyse(trial: Trial) -> pd.DataFrame:
    """Rows of "tte": for every survival endpoint and column N, n (with a time), events, censored, median, ci_low,
    ci_high (of the median, days); at each visit after baseline that has a target day at_risk, pct (free of the
    event), pct_low, pct_high; and without a visit pct, pct_low, pct_high of those with the event, of n, exact and
    whatever the time that they were observed for.

    In the total, with several groups, the log-rank test: statistic, df, p (level LOGRANK).
    """
    rows = Rows()
    for endpoint in trial.definition.survival:
        for group, selection in columns_of(trial.definition, endpoint.analysis_set).items():
            where = both(in_set(trial, endpoint.analysis_set), selection)
            place = Place(TIME, "ADTTE", endpoint.analysis_set, variable="AVAL", paramcd=endpoint.paramcd)
            place = place.at(group=group, where=where.eq(PARAMCD=endpoint.paramcd))
            subjects = place.at(dataset="ADSL", where=where, variable="USUBJID")
            rows.add(subjects, "N", int(where.mask(trial.adsl).sum()), method="count")
            times = trial.adtte.loc[place.where.mask(trial.adtte), ["AVAL", "CNSR"]]
            fit = kaplan_meier(times["AVAL"], 1 - times["CNSR"].astype("int64"), trial.definition.confidence_level)
            _add_curve(rows, trial, place, fit)
        if len(trial.definition.groups) > 1 and trial.definition.treatment.total:
            _add_test(rows, trial, endpoint)
    return rows.frame()


def _add_curve(rows: Rows, trial: Trial, place: Place, fit: KaplanMeier) -> None:
    rows.add(place, "n", fit.n, method=METHOD)
    rows.add(place.at(where=place.where.eq(CNSR=0)), "events", fit.events, method=METHOD)
    rows.add(
        place.at(where=place.where.eq(CNSR=1)),
        "censored",
        fit.n - fit.events,
        formatted=fmt_number(fit.n - fit.events),
        method=METHOD,
    )
    _add_share(rows, trial, place, fit)
    median = {"median": fit.median.estimate, "ci_low": fit.median.ci_low, "ci_high": fit.median.ci_high}
    for name, value in median.items():
        why = fit.median.warning if pd.isna(value) else None
        rows.add(place.at(unit="days"), name, value, formatted=fmt_days(value), method=METHOD, warning=why)
    days = trial.definition.days_of_visits
    for visit, found in zip(days, survival_at(fit, [*days.values()]).to_dict("records"), strict=True):
        at = place.at(avisit=visit)
        rows.add(at, "at_risk", found["at_risk"], formatted=fmt_number(found["at_risk"]), method=METHOD)
        why = found["warning"] if isinstance(found["warning"], str) else None
        for name, source in (("pct", "survival"), ("pct_low", "ci_low"), ("pct_high", "ci_high")):
            value = 100 * float(found[source])
            rows.add(at.at(unit="%"), name, value, method=METHOD, warning=why if pd.isna(value) else None)


def _add_share(rows: Rows, trial: Trial, place: Place, fit: KaplanMeier) -> None:
    """How many of those with a time had the event, in percent with exact limits."""
    why = None if fit.n else NO_PATIENTS
    (low,), (high,) = clopper_pearson([fit.events], [fit.n], trial.definition.confidence_level)
    at = place.at(where=place.where.eq(CNSR=0), unit="%")
    rows.add(at, "pct", 100 * fit.events / fit.n if fit.n else None, method="count", warning=why)
    rows.add(at, "pct_low", 100 * float(low), method="clopper-pearson", warning=why)
    rows.add(at, "pct_high", 100 * float(high), method="clopper-pearson", warning=why)


def _add_test(rows: Rows, trial: Trial, endpoint: Survival) -> None:
    where = in_set(trial, endpoint.analysis_set).eq(PARAMCD=endpoint.paramcd)
    treatment = trial.definition.treatment_variable(endpoint.analysis_set)
    times = trial.adtte.loc[where.mask(trial.adtte), ["AVAL", "CNSR", treatment]]
    test = log_rank(times["AVAL"], 1 - times["CNSR"].astype("int64"), times[treatment])
    place = Place(TIME, "ADTTE", endpoint.analysis_set, where, "AVAL", endpoint.paramcd, group=TOTAL, level="LOGRANK")
    for name, value, decimals in (("statistic", test.statistic, 2), ("df", test.df, 0)):
        rows.add(place, name, value, formatted=fmt_number(value, decimals), method="log-rank", warning=test.warning)
    rows.add(place, "p", test.p, method="log-rank", warning=test.warning)
