"""Analysis sets: how many subjects of each treatment group belong to each, and why the others do not."""

from __future__ import annotations

import pandas as pd

from analysis.analyse.counting import enrolled_set
from analysis.analyse.exclusions import exclusion_reasons
from analysis.analyse.groups import both, columns_of, in_set
from analysis.analyse.rows import Place, Rows
from analysis.trial import Trial
from analysis.where import Where

ID, REASONS = "sets", "sets.excluded"


def analyse(trial: Trial) -> pd.DataFrame:
    """N, n and percentage of the enrolled for each set; the excluded of each set by their first reason.

    Keys: sets/<SET>/USUBJID/-/<group>/-/<N|n|pct> and sets.excluded/<SET>/USUBJID/-/<group>/<ANY|reason>/<n|pct>.
    """
    rows = Rows()
    definition, adsl = trial.definition, trial.adsl
    enrolled = enrolled_set(definition)
    inside = in_set(trial, enrolled)
    for one in definition.analysis_sets:
        member, columns = in_set(trial, one.id), columns_of(definition, one.id)
        place = Place(ID, "ADSL", one.id, variable="USUBJID")
        # Who was enrolled is shown under the treatment planned, so that a percentage never exceeds 100.
        for code, column in columns.items():
            at = place.at(group=code, where=both(member, column))
            size = int(at.where.mask(adsl).sum())
            rows.add(at, "N", size, method="count")
            rows.count(at, size, int(both(inside, columns_of(definition, enrolled)[code]).mask(adsl).sum()))
        if one.id != enrolled:
            _excluded(rows, trial, one.id, inside, enrolled)
    return rows.frame()


def _excluded(rows: Rows, trial: Trial, set_id: str, inside: Where, enrolled: str) -> None:
    """Enrolled subjects outside the set, by the treatment planned."""
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
            at = place.at(level=reason, where=place.where.also("USUBJID", "in", who))
            rows.count(at, int(at.where.mask(adsl).sum()), size)
