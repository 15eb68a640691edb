-- Times from first dose to the first event, or to the last contact of a subject without it.

CREATE TABLE ADTTE AS
WITH first_event AS (
    SELECT PARAMCD, USUBJID, min(d) AS d FROM ({event_records}) AS e JOIN subject AS s USING (USUBJID)
    WHERE d >= s.TRTSDT AND d <= s.CUTDT GROUP BY ALL
)
SELECT
    s.USUBJID, p.PARAMCD, s.TRTSDT AS STARTDT,
    coalesce(e.d, until.d) AS ADT,
    CAST(coalesce(e.d, until.d) - s.TRTSDT + 1 AS DOUBLE) AS AVAL,
    CASE WHEN e.d IS NULL THEN 1 ELSE 0 END AS CNSR
FROM ADSL AS s
CROSS JOIN (SELECT unnest({parameters}) AS PARAMCD) AS p
CROSS JOIN def_study AS w
-- After the days in which an onset counts, nobody is at risk of an emergent event.
CROSS JOIN LATERAL (SELECT least(s.LSTCTDT, CASE WHEN p.PARAMCD = {emergent} THEN s.TRTEDT + w.emergent_days END)
    AS d) AS until
LEFT JOIN first_event AS e ON e.USUBJID = s.USUBJID AND e.PARAMCD = p.PARAMCD
WHERE s.TRTSDT IS NOT NULL;
