-- Times to event: from where each starts to its first event, or to where a subject without it is censored.

-- The last whole day on which a domain was assessed in a subject, for the times that are censored there.
CREATE TABLE assessment AS
SELECT PARAMCD, USUBJID, whole_date(t) AS d FROM ({assessments}) CROSS JOIN def_study WHERE whole_date(t) <= cutoff;

CREATE TABLE ADTTE AS
WITH start AS (
    SELECT
        p.*, s.USUBJID, s.TRTSDT, s.TRTEDT, s.LSTCTDT, s.DTHDT, s.CUTDT,
        CASE p.origin WHEN 'randomisation' THEN s.RANDDT WHEN 'enrolment' THEN s.ENRLDT ELSE s.TRTSDT END AS STARTDT
    FROM ADSL AS s CROSS JOIN def_time AS p
), happened AS (
    -- A start that is partial or missing is imputed with the day from which time runs, where it can be that day.
    SELECT PARAMCD, USUBJID, CASE
            WHEN whole_date(t) IS NOT NULL THEN whole_date(t)
            WHEN first_day(t) IS NULL THEN CASE WHEN NOT coalesce(last_day_of(until) < STARTDT, FALSE) THEN STARTDT END
            WHEN STARTDT BETWEEN first_day(t) AND last_day_of(t) AND NOT coalesce(last_day_of(until) < STARTDT, FALSE)
            THEN STARTDT
            ELSE first_day(t)
        END AS d
    FROM ({event_records}) AS e JOIN start USING (PARAMCD, USUBJID)
    UNION ALL SELECT p.PARAMCD, USUBJID, DTHDT FROM ADSL CROSS JOIN def_time AS p WHERE p.death
    UNION ALL SELECT {emergent}, USUBJID, ONSETDT FROM ADAE WHERE TRTEMFL = 'Y'
), first_event AS (
    SELECT PARAMCD, USUBJID, min(d) AS d
    FROM happened JOIN start USING (PARAMCD, USUBJID)
    WHERE d >= STARTDT AND d <= CUTDT AND CASE WHEN censoring = 'end_of_treatment' AND days IS NOT NULL
        THEN d <= TRTEDT + days ELSE TRUE END
    GROUP BY ALL
), last_seen AS (
    SELECT PARAMCD, USUBJID, max(a.d) AS d FROM assessment AS a JOIN start USING (PARAMCD, USUBJID)
    WHERE a.d >= STARTDT GROUP BY ALL
), censored AS (
    SELECT
        *,
        CASE censoring
            WHEN 'last_contact' THEN LSTCTDT
            WHEN 'last_assessment' THEN coalesce(l.d, STARTDT)
            WHEN 'end_of_treatment' THEN CASE WHEN TRTSDT IS NULL THEN STARTDT ELSE least(TRTEDT + days, LSTCTDT) END
            ELSE CUTDT
        END AS rule_day
    FROM start LEFT JOIN last_seen AS l USING (PARAMCD, USUBJID)
)
SELECT
    c.USUBJID, c.PARAMCD, c.STARTDT,
    coalesce(e.d, greatest(c.STARTDT, least(c.rule_day, c.DTHDT))) AS ADT,
    CAST(coalesce(e.d, greatest(c.STARTDT, least(c.rule_day, c.DTHDT))) - c.STARTDT + 1 AS DOUBLE) AS AVAL,
    CASE WHEN e.d IS NULL THEN 1 ELSE 0 END AS CNSR
FROM censored AS c LEFT JOIN first_event AS e USING (PARAMCD, USUBJID)
WHERE c.STARTDT IS NOT NULL;
