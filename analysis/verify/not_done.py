"""Why endpoints have no value, a second time: in SQL, from the assessments that were not done.

Not here: what is done about missing values (`missing`).
"""

from __future__ import annotations

from trial_report import declare
from trial_report.analysis.verify.road import Road, quoted


@declare.second("eff.not_done", what="the reasons of missing values")
def not_done(road: Road) -> None:
    """Subjects of each column without an analysed value of an endpoint at a visit, by the reason of --REASND."""
    for pop in sorted({e.analysis_set for e in road.study.endpoints}):
        named = ", ".join(quoted(e.paramcd) for e in road.study.endpoints if e.analysis_set == pop)
        road.emit(
            f"""WITH given AS (
                SELECT DISTINCT USUBJID, PARAMCD, AVISIT, as_level(unnest(reasons)) AS level
                FROM ADBDS JOIN def_visit AS v ON v.id = AVISIT AND v.role IN ('baseline', 'follow-up')
                WHERE PARAMCD IN ({named}) AND AVAL IS NULL AND AVISIT IS NOT NULL
            ), missing AS (
                FROM given ANTI JOIN (FROM ADBDS WHERE ANL01FL = 'Y') USING (USUBJID, PARAMCD, AVISIT)
            ), counted AS (
                SELECT m.paramcd, x.AVISIT, x.level, m.grp, count(DISTINCT x.USUBJID) AS n
                FROM missing AS x JOIN eff_member AS m ON m.USUBJID = x.USUBJID AND m.paramcd = x.PARAMCD GROUP BY ALL
            )
            SELECT 'eff.not_done' AS analysis, {quoted(pop)} AS population, a.paramcd AS what, a.AVISIT AS avisit,
                c.grp, a.level, 'n' AS statistic, coalesce(n, 0) AS value, 0 AS decimals
            FROM (SELECT DISTINCT paramcd, AVISIT, level FROM counted WHERE grp = 'TOTAL') AS a CROSS JOIN def_col AS c
            LEFT JOIN counted AS n ON n.paramcd = a.paramcd AND n.AVISIT = a.AVISIT AND n.level = a.level
                AND n.grp = c.grp"""
        )
