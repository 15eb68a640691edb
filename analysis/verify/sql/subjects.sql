-- Subjects: treatment, exposure, end of participation, death, last contact (DM, EX, DS, AE and every dated record).

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

CREATE TABLE dose AS
WITH record AS (
    SELECT
        USUBJID,
        TRY_CAST(EXDOSE AS DOUBLE) AS amount,
        first_day(EXSTDTC) AS first,
        -- A course that nobody closed went on to the last contact; a single dose ends on its day.
        greatest(
            first_day(EXSTDTC),
            coalesce(first_day(EXENDTC), CASE WHEN per_day IS NOT NULL THEN seen END, first_day(EXSTDTC))
        ) AS last,
        moment(EXSTDTC) AS at_time,
        coalesce(EXOCCUR, 'Y') <> 'N' AND coalesce(EXSTAT, '') <> 'NOT DONE'
        AND (coalesce(TRY_CAST(EXDOSE AS DOUBLE), 1) <> 0 OR coalesce(EXTRT, '') ILIKE '%placebo%'
            OR EX.USUBJID IN (
                SELECT USUBJID FROM DM JOIN def_group AS g ON g.value = DM.{planned_name} WHERE g.dose = 0
            )) AS given,
        per_day
    FROM (
        SELECT *, CASE EXDOSFRQ
            WHEN 'QD' THEN 1 WHEN 'DAILY' THEN 1 WHEN 'BID' THEN 2 WHEN 'TID' THEN 3 WHEN 'QID' THEN 4
            WHEN 'QOD' THEN 1 / 2 WHEN 'Q2D' THEN 1 / 2 WHEN 'Q3D' THEN 1 / 3
            WHEN 'QW' THEN 1 / 7 WHEN 'EVERY WEEK' THEN 1 / 7 WHEN '1 TIME PER WEEK' THEN 1 / 7
            WHEN 'BIS' THEN 2 / 7 WHEN '2 TIMES PER WEEK' THEN 2 / 7
            WHEN 'Q2W' THEN 1 / 14 WHEN 'EVERY 2 WEEKS' THEN 1 / 14 WHEN 'Q3W' THEN 1 / 21
            WHEN 'EVERY 3 WEEKS' THEN 1 / 21 WHEN 'Q4W' THEN 1 / 28 WHEN 'EVERY 4 WEEKS' THEN 1 / 28
        END AS per_day FROM EX
    ) AS EX
    LEFT JOIN (
        SELECT USUBJID, coalesce(CASE WHEN DTHDT <= cutoff THEN DTHDT END, LSTCTDT) AS seen
        FROM DM LEFT JOIN contact USING (USUBJID) LEFT JOIN death USING (USUBJID) CROSS JOIN def_study
    ) AS c USING (USUBJID)
)
SELECT *, CASE WHEN per_day IS NULL THEN 1 ELSE greatest(1, floor((last - first) * per_day) + 1) END AS times
FROM record;

CREATE TABLE exposure AS
WITH day AS (
    SELECT
        USUBJID, first,
        max(times) FILTER (given) AS given_times,
        max(times) AS planned_times,
        sum(amount * times) FILTER (given) AS amount,
        max(last) FILTER (given) AS last,
        CASE WHEN bool_and(at_time IS NOT NULL) FILTER (given) THEN min(at_time) FILTER (given) END AS at_time
    FROM dose GROUP BY ALL
)
SELECT
    USUBJID,
    min(first) FILTER (given_times IS NOT NULL) AS TRTSDT,
    arg_min(at_time, first) FILTER (given_times IS NOT NULL) AS first_moment,
    max(last) AS TRTEDT,
    coalesce(sum(given_times), 0) AS NADMIN,
    sum(amount) AS DOSEA,
    sum(planned_times) AS planned_times
FROM day GROUP BY USUBJID;

CREATE TABLE disposition AS
SELECT *, first_day(DSSTDTC) AS on_day
FROM DS, def_study
WHERE DSCAT = 'DISPOSITION EVENT' AND coalesce(DSSCAT, '') <> 'STUDY TREATMENT' AND first_day(DSSTDTC) <= cutoff
QUALIFY row_number() OVER (
    PARTITION BY USUBJID ORDER BY first_day(DSSTDTC) DESC, TRY_CAST(DSSEQ AS DOUBLE) DESC
) = 1;

CREATE TABLE subject AS
SELECT
    d.*,
    first_day(d.RFICDTC) AS RFICDT,
    p.code AS TRT01P, p.n AS TRT01PN,
    CASE WHEN x.TRTSDT IS NOT NULL THEN coalesce(a.code, p.code) END AS TRT01A,
    CASE WHEN x.TRTSDT IS NOT NULL THEN coalesce(a.n, p.n) END AS TRT01AN,
    x.TRTSDT, x.first_moment AS TRTSDTM, x.TRTEDT, coalesce(x.NADMIN, 0) AS NADMIN, x.DOSEA,
    p.dose * x.planned_times AS DOSEP,
    e.on_day AS EOSDT,
    CASE
        WHEN e.DSDECOD = 'COMPLETED' THEN 'COMPLETED'
        WHEN coalesce(e.DSDECOD, d.ARMNRS) IN ('SCREEN FAILURE', 'SCREENING FAILURE') THEN 'SCREEN FAILURE'
        -- Up to SDTMIG 3.2 there is no ARMNRS: the arm itself says so (SDTMIG 3.2, section 5, DM, assumption 4).
        WHEN e.DSDECOD IS NULL AND (upper(d.ARMCD) = 'SCRNFAIL' OR upper(d.ARM) = 'SCREEN FAILURE')
        THEN 'SCREEN FAILURE'
        WHEN e.DSDECOD IS NOT NULL THEN 'DISCONTINUED'
        WHEN x.TRTSDT IS NOT NULL THEN 'ONGOING'
    END AS EOSSTT,
    e.DSDECOD AS end_code, e.DSTERM AS end_term,
    s.cutoff AS CUTDT,
    k.DTHDT,
    d.DTHFL = 'Y' OR d.DTHDTC IS NOT NULL
    OR EXISTS (FROM DS WHERE DS.USUBJID = d.USUBJID AND DSDECOD = 'DEATH')
    OR EXISTS (FROM AE WHERE AE.USUBJID = d.USUBJID AND (AEOUT = 'FATAL' OR AESDTH = 'Y')) AS died
FROM DM AS d
CROSS JOIN def_study AS s
LEFT JOIN exposure AS x USING (USUBJID)
LEFT JOIN death AS k USING (USUBJID)
LEFT JOIN disposition AS e USING (USUBJID)
LEFT JOIN def_group AS p ON p.value = {planned}
LEFT JOIN def_group AS a ON a.value = {actual};
