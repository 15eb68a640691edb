"""Visits: how many of those expected took place, inside their window or not.

Not here: which visit a record is analysed at (`derive.windows`), and stopping before a visit (`milestones`).
"""

from __future__ import annotations

import pandas as pd

from trial_report import declare
from trial_report.analysis.analyse.counting import set_sizes, stacked, tally
from trial_report.analysis.analyse.groups import both, columns_of, in_set
from trial_report.analysis.derive.advisit import told
from trial_report.analysis.results.rows import Place, Rows
from trial_report.analysis.results.where import Where
from trial_report.analysis.trial import Trial

ID = "visits"
DONE = ("in window", "early", "late")
EXPECTED = (*DONE, "missed")
UNDATED = "no planned day"
LEVELS: dict[str, tuple[str, ...]] = {
    "expected": EXPECTED,
    "done": DONE,
    **{one: (one,) for one in (*EXPECTED, "after discontinuation", "not yet due", UNDATED)},
}
ALL_VISITS = "ALL"
"""Visit of the rows that count all planned visits together."""


@declare.analysis(ID)
def analyse(trial: Trial) -> pd.DataFrame:
    """Visits of the safety set by status; percentages are of the visits expected (not of a subject who had left).

    Keys: visits/<SET>/STATUS/<visit|ALL>/<group>/<expected|done|in window|early|late|missed|after discontinuation|
    not yet due>/<n|pct>; where the study has visits without a window also <no planned day>/n of those that did not take
    place, which count nowhere else. Under ALL a subject counts once for each visit. No rows where nothing tells of
    visits.
    """
    rows = Rows()
    if not told(trial.domains):
        return rows.frame()
    definition = trial.definition
    population = definition.safety_set
    place = Place(ID, "ADVISIT", population, in_set(trial, population), "STATUS")
    sizes, columns = set_sizes(trial, population), columns_of(definition, population)
    records = place.where.of(trial.advisit)
    found = tally(stacked(definition, population, records), ["AVISIT", "STATUS"])
    visited = set(trial.advisit["AVISIT"].unique())
    planned = [v.id for v in definition.visits if v.id in visited] or [v.id for v in definition.visits]
    undated = {v.id for v in definition.visits if v.window is None} & set(planned)
    for code, column in columns.items():
        base = both(place.where, column)
        rows.add(place.at(dataset="ADSL", group=code, where=base), "N", sizes[code], method="count")
        for visit in [*planned, ALL_VISITS]:
            inside = planned if visit == ALL_VISITS else [visit]
            at_visit = base if visit == ALL_VISITS else base.eq(AVISIT=visit)
            numbers = {
                level: sum(found.get((code, v, s), (0, 0))[1] for v in inside for s in statuses)
                for level, statuses in LEVELS.items()
            }
            some = undated if visit == ALL_VISITS else undated & {visit}
            for level, statuses in LEVELS.items():
                if level == UNDATED and not some:
                    continue
                where = both(at_visit, Where().eq(STATUS=statuses if len(statuses) > 1 else statuses[0]))
                at = place.at(group=code, avisit=visit, level=level, where=where)
                if level in ("expected", "after discontinuation", "not yet due", UNDATED):
                    rows.add(at, "n", numbers[level], method="count")
                else:
                    rows.count(at, numbers[level], numbers["expected"])
    return rows.frame()
