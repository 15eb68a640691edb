"""Shifts of laboratory values over the groups a second time: from the counts of the shifts, subject by subject.

Not here: the counts of the shifts (`safety`), and ordinal endpoints (`categories`).
"""

from __future__ import annotations

import numpy as np

from trial_report import declare
from trial_report.analysis.verify.categories import test_of
from trial_report.analysis.verify.efficacy import SOLVED
from trial_report.analysis.verify.road import Road


@declare.second("lab.shift.test", what="the comparison of laboratory shifts", uses=("lab.shift",))
def shifts(road: Road) -> None:
    """lab.shift.test: association of group and worst position, within the position at baseline."""
    if not road.study.shifts.tests or len(road.study.groups) < 2:
        return
    subjects = road.frame(
        """SELECT population, what, grp, split_part(level, '|', 1) AS base, split_part(level, '|', 2) AS worst,
            unnest(range(CAST(value AS INTEGER))) AS nth
        FROM found WHERE analysis = 'lab.shift' AND statistic = 'n' AND grp <> 'TOTAL' AND level NOT LIKE 'MISSING|%'
        ORDER BY ALL"""
    )
    positions = np.array(["LOW", "NORMAL", "HIGH", "LOW AND HIGH"])
    for parameter in road.study.laboratory:
        own = subjects[subjects["what"] == parameter.paramcd]
        seen = (own["worst"].to_numpy(str)[:, None] == positions).astype(float)
        place = {"analysis": "lab.shift.test", "population": road.study.safety_set, "what": parameter.paramcd}
        found = test_of(road, ["base"], own, seen)
        road.add({**place, "grp": "TOTAL", "statistic": s, "value": v, "tolerance": SOLVED} for s, v in found.items())
