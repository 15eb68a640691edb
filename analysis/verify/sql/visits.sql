-- Planned visits of everybody with a day 1: done, inside the protocol's window, missed, not due.

CREATE TABLE ADVISIT AS
WITH made AS (
    SELECT USUBJID, TRY_CAST(VISITNUM AS DOUBLE) AS num, min(d) AS SVDT
    FROM ({visit_dates}) WHERE d IS NOT NULL GROUP BY ALL
), planned AS (
    SELECT
        s.USUBJID, v.id AS AVISIT, v.n AS AVISITN, v.lo, v.hi, m.SVDT, s.CUTDT, s.EOSSTT,
        study_day(m.SVDT, s.REFDT) AS SVDY,
        date_of_day(v.hi, s.REFDT) AS due,
        least(CASE WHEN s.EOSSTT <> 'COMPLETED' THEN s.EOSDT END, CASE WHEN s.DTHDT <= s.CUTDT THEN s.DTHDT END) AS gone
    FROM subject AS s CROSS JOIN def_visit AS v
    LEFT JOIN made AS m ON m.USUBJID = s.USUBJID AND round(m.num, 6) = round(v.num, 6)
    WHERE s.REFDT IS NOT NULL AND {told}
)
SELECT
    * EXCLUDE (CUTDT, EOSSTT),
    flag(SVDT IS NOT NULL) AS DONE,
    CASE
        -- A visit without a window has no day on which it would be early, late or due.
        WHEN lo IS NULL THEN CASE WHEN SVDT IS NOT NULL THEN 'in window' ELSE 'no planned day' END
        WHEN SVDY BETWEEN lo AND hi THEN 'in window'
        WHEN SVDY < lo THEN 'early'
        WHEN SVDY > hi THEN 'late'
        -- Of who left before it, a visit is not to be waited for.
        WHEN gone < due THEN 'after discontinuation'
        WHEN due > CUTDT THEN 'not yet due'
        ELSE 'missed'
    END AS STATUS
FROM planned;
