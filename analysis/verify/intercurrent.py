"""Intercurrent events a second time: in SQL, from the times to event and the days of the visits.

Not here: the times themselves (`datasets`).
"""

from __future__ import annotations

from trial_report import declare
from trial_report.analysis.verify.road import Road, quoted


@declare.second("ice", what="the intercurrent events")
def intercurrent(road: Road) -> None:
    """Who had each event, and the earliest visit that was made on a day after it."""
    study = road.study
    for event in (one for one in study.intercurrent_events if one.is_known):
        pop = quoted(study.efficacy_set)
        road.sizes("ice", study.efficacy_set, event.id)
        had = f"""SELECT t.USUBJID, (SELECT arg_min(v.AVISIT, (v.SVDT, v.AVISITN)) FROM ADVISIT AS v
                WHERE v.USUBJID = t.USUBJID AND v.SVDT > t.ADT) AS visit
            FROM ADTTE AS t WHERE t.PARAMCD = {quoted(event.id)} AND t.CNSR = 0"""
        cells = "UNION ALL ".join(
            [
                "SELECT NULL AS avisit, NULL AS level, TRUE AS everybody ",
                *(f"SELECT {quoted(v.id)}, NULL, FALSE " for v in study.follow_up_visits),
                "SELECT NULL, 'NO VISIT', FALSE ",
            ]
        )
        road.emit(
            f"""WITH had AS ({had}), cell AS ({cells}), counted AS (
                SELECT c.avisit, c.level, d.grp, count(DISTINCT h.USUBJID) AS n
                FROM cell AS c CROSS JOIN def_col AS d
                LEFT JOIN member AS m ON m.grp = d.grp AND m.pop = {pop}
                LEFT JOIN had AS h ON h.USUBJID = m.USUBJID AND CASE WHEN c.everybody THEN TRUE
                    ELSE h.visit IS NOT DISTINCT FROM c.avisit END
                GROUP BY ALL
            )
            SELECT 'ice' AS analysis, {pop} AS population, {quoted(event.id)} AS what, n.avisit, n.grp, n.level,
                unnest(['n', 'pct']) AS statistic, unnest([n.n, 100.0 * n.n / nullif(s.n, 0)]) AS value,
                unnest([0, 1]) AS decimals
            FROM counted AS n JOIN size AS s ON s.grp = n.grp AND s.pop = {pop}"""
        )
