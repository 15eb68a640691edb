-- When a subject was last heard of, when he died, when he was assigned and enrolled (DM, DS, and every dated record).

-- The last whole date, up to the cut-off, on which anything was recorded of a subject.
CREATE TABLE contact AS
SELECT USUBJID, max(d) AS LSTCTDT
FROM (
    SELECT USUBJID, whole_date(t) AS d FROM (
        SELECT USUBJID, unnest([SVSTDTC, SVENDTC]) AS t FROM SV WHERE coalesce(SVOCCUR, 'Y') <> 'N'
        UNION ALL SELECT USUBJID, unnest([EXSTDTC, EXENDTC]) FROM EX
        WHERE coalesce(EXOCCUR, 'Y') <> 'N' AND coalesce(EXSTAT, '') <> 'NOT DONE'
        UNION ALL SELECT USUBJID, unnest([AESTDTC, AEENDTC]) FROM AE
        UNION ALL SELECT USUBJID, DSSTDTC FROM DS WHERE DSDECOD IS DISTINCT FROM 'LOST TO FOLLOW-UP'
        UNION ALL SELECT USUBJID, unnest([RFICDTC, RFSTDTC, RFXSTDTC, RFXENDTC, DMDTC]) FROM DM
        UNION ALL {finding_dates}
    )
), def_study
WHERE d <= cutoff GROUP BY USUBJID;

-- The first day that a recorded date of death can mean, of those not before the last contact if there are any.
CREATE TABLE death AS
WITH recorded AS (
    SELECT
        d.USUBJID,
        coalesce(
            d.DTHDTC,
            (SELECT min(DSSTDTC) FROM DS WHERE DS.USUBJID = d.USUBJID AND DSDECOD = 'DEATH'),
            (SELECT min(AEENDTC) FROM AE WHERE AE.USUBJID = d.USUBJID AND (AEOUT = 'FATAL' OR AESDTH = 'Y'))
        ) AS t
    FROM DM AS d
)
SELECT
    USUBJID,
    CASE WHEN first_day(t) < LSTCTDT THEN least(last_day_of(t), greatest(LSTCTDT, first_day(t))) ELSE first_day(t) END
        AS DTHDT
FROM recorded LEFT JOIN contact USING (USUBJID);

-- The groups of the definition that a subject was assigned to and received, as DM says it.
CREATE TABLE assigned AS
SELECT d.USUBJID, p.code AS planned, p.n AS planned_n, a.code AS actual, a.n AS actual_n, coalesce(a.code, p.code) AS grp
FROM DM AS d LEFT JOIN def_group AS p ON p.value = {planned} LEFT JOIN def_group AS a ON a.value = {actual};

-- First days of the records of DS that say so.
CREATE TABLE protocol_day AS
SELECT
    d.USUBJID,
    min(whole_date(DSSTDTC)) FILTER (upper(DSDECOD) IN ('RANDOMIZED', 'RANDOMISED')) AS randomised,
    min(whole_date(DSSTDTC)) FILTER (upper(DSDECOD) IN ('ENROLLED', 'ENTERED INTO TRIAL')) AS enrolled
FROM DM AS d LEFT JOIN DS USING (USUBJID) GROUP BY d.USUBJID;
