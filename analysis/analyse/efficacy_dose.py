"""Dose and response: what is analysed, at the last tested visit, by dose level, and whether the levels differ.

Not here: the trend in dose against control (`efficacy_comparison`), and dose-limiting toxicity by level (`escalation`).
"""

from __future__ import annotations

import pandas as pd

from trial_report import declare
from trial_report.analysis.analyse.efficacy import add_summary, add_totals, with_interval
from trial_report.analysis.analyse.efficacy_data import EndpointData, endpoint_data
from trial_report.analysis.analyse.inference import over_groups
from trial_report.analysis.methods.comparison import kruskal_wallis
from trial_report.analysis.methods.location import describe
from trial_report.analysis.methods.result import numbers
from trial_report.analysis.results.formatting import MISSING, fmt_number
from trial_report.analysis.results.rows import Rows
from trial_report.analysis.trial import Trial
from trial_report.schemas.study import TOTAL
from trial_report.schemas.study.design import Group

DOSE, TEST = "eff.dose", "kruskal-wallis"


@declare.analysis("eff.dose")
def analyse(trial: Trial) -> pd.DataFrame:
    """Rows of "eff.dose" for every numeric endpoint, where there are several treatment groups.

    By group: n, mean, sd, median, q1, q3, min, max, ci_low, ci_high of change or value, and dose (its planned dose). In
    the total, of endpoints that ask for it: statistic, df and p of the Kruskal–Wallis test over the groups
    (descriptive, outside the family).
    """
    rows = Rows()
    if len(trial.definition.groups) < 2:
        return rows.frame()
    found = [endpoint_data(trial, e) for e in trial.definition.endpoints if e.kind == "numeric"]
    for data in found:
        add_totals(rows, data, DOSE)
        _add(rows, trial, data)
    return rows.frame()


def _add(rows: Rows, trial: Trial, data: EndpointData) -> None:
    visit = data.last_visit
    frame = data.records.loc[data.records["AVISIT"] == visit]
    found = with_interval(describe(frame, [data.treatment], data.endpoint.analysed), trial.definition)
    cells = dict(zip(found[data.treatment], found.to_dict("records"), strict=True))
    for group in trial.definition.groups:
        place = data.place(DOSE).at(avisit=visit, group=group.code, where=data.measured_where(visit, group.code))
        add_summary(rows, trial.definition, place, cells.get(group.code), data.endpoint.decimals)
        rows.add(place.at(unit=group.unit), "dose", group.dose, formatted=_printed(group), method=None,
                 warning=None if group.dose is not None else "the definition gives no dose")  # fmt: skip
    if data.endpoint.dose_response == "kruskal_wallis":
        _add_test(rows, trial, data)


def _add_test(rows: Rows, trial: Trial, data: EndpointData) -> None:
    visit, codes = data.last_visit, [g.code for g in trial.definition.groups]
    values = [numbers(data.values(visit, code)) for code in codes]
    test = over_groups(trial.definition, kruskal_wallis(values), [x.size for x in values])
    where = data.measured_where(visit).eq(**{data.treatment: tuple(codes)})
    place = data.place(DOSE).at(avisit=visit, group=TOTAL, unit=None, where=where)
    for name, value, decimals in (("statistic", test.statistic, 2), ("df", test.df, 0)):
        rows.add(place, name, value, formatted=fmt_number(value, decimals), method=TEST, warning=test.warning)
    rows.add(place, "p", test.p, method=TEST, warning=test.warning)


def _printed(group: Group) -> str:
    """A dose as the definition writes it; there is none to print where it gives none."""
    return MISSING if group.dose is None else group.short
