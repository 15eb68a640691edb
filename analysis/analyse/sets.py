"""Analysis sets: how many subjects of each treatment group belong to each, and why the others do not.

Not here: who belongs to a set (`derive.sets`), and the words of a reason (`exclusions`).
"""

from __future__ import annotations

import pandas as pd

from trial_report import declare
from trial_report.analysis.analyse.counting import enrolled_set
from trial_report.analysis.analyse.disposition import add_test
from trial_report.analysis.analyse.exclusions import exclusion_reasons
from trial_report.analysis.analyse.groups import both, columns_of, in_set
from trial_report.analysis.results.rows import Place, Rows
from trial_report.analysis.results.where import Where
from trial_report.analysis.trial import Trial
from trial_report.schemas.results import join_level

ID, REASONS, TESTS = "sets", "sets.excluded", "sets.test"


@declare.analysis(ID, REASONS, TESTS)
def analyse(trial: Trial) -> pd.DataFrame:
    """For each set its N, and how many of the enrolled belong to it; the excluded of each set by their first reason.

    N is by the set's own treatment variable, as in every other table of the set. n and pct, of the enrolled, are by
    the treatment variable of the enrolled, numerator and denominator alike.

    Keys: sets/<SET>/USUBJID/-/<group>/-/<N|n|pct> and sets.excluded/<SET>/USUBJID/-/<group>/<ANY|reason>/<n|pct>; of
    sets that ask for it sets.test/<SET>/USUBJID/-/TOTAL/-/p.
    """
    rows = Rows()
    definition, adsl = trial.definition, trial.adsl
    enrolled = enrolled_set(definition)
    inside = in_set(trial, enrolled)
    for one in definition.analysis_sets:
        member, columns = in_set(trial, one.id), columns_of(definition, one.id)
        place = Place(ID, "ADSL", one.id, variable="USUBJID")
        among = member if one.id == enrolled else both(inside, member)
        for code, column in columns_of(definition, enrolled).items():
            at = place.at(group=code, where=both(member, columns[code]))
            rows.add(at, "N", int(at.where.mask(adsl).sum()), method="count")
            at = place.at(group=code, where=both(among, column))
            size = int(both(inside, column).mask(adsl).sum())
            rows.count(at, int(at.where.mask(adsl).sum()), size)
        if one.test:
            add_test(rows, trial, Place(TESTS, "ADSL", one.id, inside, "USUBJID"), among, enrolled)
        if one.id != enrolled:
            _excluded(rows, trial, one.id, inside, enrolled)
    return rows.frame()


def _excluded(rows: Rows, trial: Trial, set_id: str, inside: Where, enrolled: str) -> None:
    """Enrolled subjects outside the set, by the treatment of the enrolled set."""
    definition, adsl = trial.definition, trial.adsl
    reasons = exclusion_reasons(definition, adsl, trial.domains, set_id).loc[inside.mask(adsl)].dropna()
    found = sorted(reasons.unique(), key=lambda r: (-int((reasons == r).sum()), r))
    outside = inside.eq(**{definition.analysis_set(set_id).flag: "N"})
    for code, column in columns_of(definition, enrolled).items():
        size = int(both(inside, column).mask(adsl).sum())
        place = Place(REASONS, "ADSL", set_id, both(outside, column), "USUBJID", group=code)
        rows.count(place.at(level="ANY"), int(place.where.mask(adsl).sum()), size)
        for reason in found:
            who = tuple(adsl.loc[reasons.index[reasons == reason], "USUBJID"].astype("str"))
            at = place.at(level=join_level(reason), where=place.where.also("USUBJID", "in", who))
            rows.count(at, int(at.where.mask(adsl).sum()), size)
