"""Measurements over time: values and changes by visit, shifts from baseline to the worst value afterwards.

Not here: what is special to a laboratory (`laboratory`), and endpoints by visit (`efficacy`).
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from trial_report.analysis.analyse.counting import COLUMN, set_sizes, stacked
from trial_report.analysis.analyse.describing import add_summary
from trial_report.analysis.analyse.groups import both, columns_of, in_set
from trial_report.analysis.methods.location import describe
from trial_report.analysis.results.rows import Place, Rows
from trial_report.analysis.results.where import Where
from trial_report.analysis.trial import Trial
from trial_report.schemas.study.measures import Parameter

BASELINE = Where().eq(ABLFL="Y")
AFTER = Where().eq(POSTFL="Y").also("AVAL", "is not null")
ON_TREATMENT = Where().eq(EOTFL="Y")
ANALYSED = Where().eq(ANL01FL="Y", POSTFL="Y")
COLUMNS = [
    "USUBJID", "PARAMCD", "AVISIT", "AVAL", "CHG", "ABLFL", "POSTFL", "ANL01FL", "ANRHI", "ANRIND", "BNRIND",
    "ATOXGRN", "BTOXGRN",
]  # fmt: skip


def measured(trial: Trial, parameters: Iterable[Parameter]) -> pd.DataFrame:
    """The records of the safety set of these parameters, with its treatment and what analyses over time read."""
    treatment = trial.definition.treatment_variable(trial.definition.safety_set)
    where = in_set(trial, trial.definition.safety_set).eq(PARAMCD=tuple(p.paramcd for p in parameters))
    more = ["EOTFL"] if trial.definition.end_of_treatment else []
    return trial.adbds.loc[where.mask(trial.adbds), [*COLUMNS, treatment, *more]]


def add_visits(rows: Rows, trial: Trial, analysis: str, parameters: tuple[Parameter, ...]) -> None:
    """Value and change at baseline and every later visit at which the parameter was measured.

    Keys: <analysis>.value|<analysis>.change/<SET>/<PARAMCD>/<visit>/<group>/-/<n|mean|sd|median|q1|q3|min|max>. The
    value at the baseline visit is the baseline, whenever it was measured; it has no change. Where the study asks for
    it, the last value on treatment is a visit too.
    """
    definition, population = trial.definition, trial.definition.safety_set
    first = definition.baseline_visit.id
    records = measured(trial, parameters)
    visits = {visit.id: ANALYSED.eq(AVISIT=visit.id) for visit in definition.follow_up_visits}
    parts = [BASELINE.of(records).assign(AVISIT=first), ANALYSED.of(records)]
    if end := definition.end_of_treatment:
        visits |= {end.id: ON_TREATMENT}
        parts.append(ON_TREATMENT.of(records).assign(AVISIT=end.id))
    work = stacked(definition, population, pd.concat(parts, ignore_index=True))
    by = ["PARAMCD", "AVISIT", COLUMN]
    values, changes = (
        {(str(r["PARAMCD"]), str(r["AVISIT"]), str(r[COLUMN])): r for r in describe(work, by, name).to_dict("records")}
        for name in ("AVAL", "CHG")
    )
    seen = set(work[["PARAMCD", "AVISIT"]].drop_duplicates().itertuples(index=False, name=None))
    sizes, columns = set_sizes(trial, population), columns_of(definition, population)
    inside = in_set(trial, population)
    for parameter in parameters:
        code = parameter.paramcd
        place = Place(f"{analysis}.value", "ADBDS", population, variable="AVAL", paramcd=code, unit=parameter.unit)
        change = place.at(analysis=f"{analysis}.change", variable="CHG")
        for group, column in columns.items():
            at = place.at(dataset="ADSL", group=group, where=both(inside, column), unit=None)
            rows.add(at, "N", sizes[group], method="count")
            own = both(inside, column).eq(PARAMCD=code)
            at = place.at(group=group, avisit=first, where=both(own, BASELINE))
            add_summary(rows, at, values.get((code, first, group)), parameter.decimals)
            for visit, analysed in visits.items():
                if (code, visit) not in seen:
                    continue
                where = both(own, analysed)
                at = place.at(group=group, avisit=visit, where=where)
                add_summary(rows, at, values.get((code, visit, group)), parameter.decimals)
                at = change.at(group=group, avisit=visit, where=where.also("CHG", "is not null"))
                add_summary(rows, at, changes.get((code, visit, group)), parameter.decimals)


def add_extremes(rows: Rows, trial: Trial, analysis: str, parameters: tuple[Parameter, ...]) -> None:
    """Each subject's lowest and highest value after first dose, any visit, scheduled or not.

    Keys: <analysis>.worst/<SET>/<PARAMCD>/-/<group>/<MIN|MAX>/<n|mean|sd|median|q1|q3|min|max>.
    """
    population = trial.definition.safety_set
    work = stacked(trial.definition, population, AFTER.of(measured(trial, parameters)))
    extremes = work.groupby([COLUMN, "PARAMCD", "USUBJID"])["AVAL"].agg(["min", "max"]).reset_index()
    found = {
        (str(row["PARAMCD"]), str(row[COLUMN]), level): row
        for level in ("min", "max")
        for row in describe(extremes, ["PARAMCD", COLUMN], level).to_dict("records")
    }
    for parameter in parameters:
        for group, column in columns_of(trial.definition, population).items():
            where = both(both(in_set(trial, population), column).eq(PARAMCD=parameter.paramcd), AFTER)
            place = Place(
                f"{analysis}.worst", "ADBDS", population, where, "AVAL", parameter.paramcd, None, group,
                unit=parameter.unit,
            )  # fmt: skip
            for level in ("min", "max"):
                summary = found.get((parameter.paramcd, group, level))
                add_summary(rows, place.at(level=level.upper()), summary, parameter.decimals)
