"""Why endpoints have no value, a second time: in SQL, from the assessments that were not done.

Not here: what is done about missing values (`missing`).
"""

from __future__ import annotations

from trial_report import declare
from trial_report.analysis.verify.road import Road, quoted
from trial_report.schemas.study.measures import Endpoint


@declare.second("eff.not_done", what="the reasons of missing values")
def not_done(road: Road) -> None:
    """Subjects of each column without an analysed value of an endpoint at a visit, by why there is none.

    The reason of --REASND where there is one, at any visit; at the baseline visit and the tested ones also a visit that
    was missed, the end of the study before it, or no reason at all.
    """
    _collected(road)
    for e in road.study.endpoints:
        _others(road, e)


def _others(road: Road, e: Endpoint) -> None:
    visits = ", ".join(quoted(v) for v in (road.study.baseline_visit.id, *e.visits))
    own = f"PARAMCD = {quoted(e.paramcd)}"
    road.emit(
        f"""WITH lacking AS (
            SELECT m.grp, m.USUBJID, v.id AS AVISIT FROM eff_member AS m, def_visit AS v
            WHERE m.{own} AND v.id IN ({visits})
            AND NOT EXISTS (SELECT 1 FROM eff AS x WHERE x.{own} AND x.USUBJID = m.USUBJID AND x.visit = v.id
                AND x.AVAL IS NOT NULL)
            AND NOT EXISTS (SELECT 1 FROM ADBDS AS b WHERE b.{own} AND b.USUBJID = m.USUBJID AND b.AVISIT = v.id
                AND b.AVAL IS NULL AND len(b.reasons) > 0)
        ), told AS (
            SELECT l.*, as_level(CASE a.STATUS
                WHEN 'missed' THEN concat_ws(': ', 'visit missed', (
                    SELECT min(nullif(trim(SVREASOC), '')) FROM SV
                    JOIN def_visit AS d ON d.num = round(TRY_CAST(VISITNUM AS DOUBLE), 6)
                    WHERE SV.USUBJID = l.USUBJID AND d.id = l.AVISIT AND SVOCCUR = 'N'))
                WHEN 'after discontinuation' THEN concat_ws(': ', 'left the study before', lower(s.DCSREAS))
                ELSE 'no reason recorded' END) AS level
            FROM lacking AS l JOIN ADSL AS s USING (USUBJID)
            LEFT JOIN ADVISIT AS a ON a.USUBJID = l.USUBJID AND a.AVISIT = l.AVISIT
            WHERE a.STATUS IS DISTINCT FROM 'not yet due'
        )
        SELECT 'eff.not_done' AS analysis, {quoted(e.analysis_set)} AS population, {quoted(e.paramcd)} AS what,
            k.AVISIT AS avisit, c.grp, k.level, 'n' AS statistic,
            (SELECT count(*) FROM told AS t WHERE t.AVISIT = k.AVISIT AND t.level = k.level AND t.grp = c.grp) AS value,
            0 AS decimals
        FROM (SELECT DISTINCT AVISIT, level FROM told) AS k CROSS JOIN def_col AS c"""
    )


def _collected(road: Road) -> None:
    """Those of whom a reason was collected of the assessment."""
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
