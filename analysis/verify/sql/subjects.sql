-- Subjects: treatment, dates to count from, end of participation (DM, DS, and what was taken).

CREATE TABLE disposition AS
SELECT *, first_day(DSSTDTC) AS on_day
FROM DS, def_study
WHERE DSCAT = 'DISPOSITION EVENT' AND coalesce(DSSCAT, '') <> 'STUDY TREATMENT' AND first_day(DSSTDTC) <= cutoff
QUALIFY row_number() OVER (
    PARTITION BY USUBJID ORDER BY first_day(DSSTDTC) DESC, TRY_CAST(DSSEQ AS DOUBLE) DESC
) = 1;

CREATE TABLE subject AS
WITH dated AS (
    SELECT
        d.*,
        whole_date(d.RFICDTC) AS RFICDT,
        a.planned AS TRT01P, a.planned_n AS TRT01PN,
        CASE WHEN x.TRTSDT IS NOT NULL THEN coalesce(a.actual, a.planned) END AS TRT01A,
        CASE WHEN x.TRTSDT IS NOT NULL THEN coalesce(a.actual_n, a.planned_n) END AS TRT01AN,
        x.TRTSDT, x.first_local AS TRTSDTM, x.first_instant AS TRTSDTI, x.TRTEDT,
        {administrations} AS NADMIN, x.DOSEA, n.NPLAN, n.DOSEP, n.by_administrations,
        CASE WHEN a.planned IS NOT NULL THEN
            coalesce(y.randomised, whole_date(d.RFSTDTC), x.TRTSDT)
        END AS RANDDT,
        y.enrolled
    FROM DM AS d
    JOIN assigned AS a USING (USUBJID)
    LEFT JOIN exposure AS x USING (USUBJID)
    LEFT JOIN protocol_day AS y USING (USUBJID)
    LEFT JOIN planned AS n USING (USUBJID)
), counted_from AS (
    SELECT
        *, coalesce(enrolled, RFICDT, RANDDT) AS ENRLDT,
        -- Day 1: the first dose; of who was assigned and never treated the day of randomisation.
        CASE WHEN TRTSDT IS NOT NULL THEN TRTSDT ELSE RANDDT END AS REFDT
    FROM dated
)
SELECT
    d.*,
    e.on_day AS EOSDT,
    CASE
        -- A screen failure is one, however it ended. Up to SDTMIG 3.2 there is no ARMNRS: the arm itself says so (SDTMIG
        -- 3.2, section 5, DM, assumption 4).
        WHEN e.DSDECOD IN ('SCREEN FAILURE', 'SCREENING FAILURE') OR d.ARMNRS = 'SCREEN FAILURE'
            OR upper(d.ARMCD) = 'SCRNFAIL' OR upper(d.ARM) = 'SCREEN FAILURE'
        THEN 'SCREEN FAILURE'
        WHEN e.DSDECOD = 'COMPLETED' THEN 'COMPLETED'
        WHEN e.DSDECOD IS NOT NULL THEN 'DISCONTINUED'
        WHEN d.REFDT IS NOT NULL AND {ends_known} THEN 'ONGOING'
    END AS EOSSTT,
    coalesce(e.{reason}, e.DSDECOD) AS end_code, e.DSTERM AS end_term,
    s.cutoff AS CUTDT,
    k.DTHDT,
    d.DTHFL = 'Y' OR d.DTHDTC IS NOT NULL
    OR EXISTS (FROM DS WHERE DS.USUBJID = d.USUBJID AND DSDECOD = 'DEATH')
    OR EXISTS (FROM AE WHERE AE.USUBJID = d.USUBJID AND (AEOUT = 'FATAL' OR AESDTH = 'Y')) AS died
FROM counted_from AS d
CROSS JOIN def_study AS s
LEFT JOIN death AS k USING (USUBJID)
LEFT JOIN disposition AS e USING (USUBJID);
