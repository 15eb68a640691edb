-- What was taken: the records of EX with their days and administrations, the days of one counted once, and their sums.
-- Imputation after the documents that the plan names; frequencies by CDISC codelist FREQ (def_frequency).

CREATE TABLE taken_record AS
WITH record AS (
    SELECT
        x.USUBJID, TRY_CAST(EXSEQ AS DOUBLE) AS seq, coalesce(EXTRT, '') AS trt, coalesce(EXLOC, '') AS loc,
        coalesce(EXLAT, '') AS lat, coalesce(EXTPT, '') AS tpt, coalesce(EXTPTNUM, '') AS tptnum,
        TRY_CAST(EXDOSE AS DOUBLE) AS amount, EXSTDTC, EXENDTC, f.per_day, f.per_record,
        nullif(trim(EXDOSFRQ), '') AS frequency,
        coalesce(EXOCCUR, 'Y') <> 'N' AND coalesce(EXSTAT, '') <> 'NOT DONE'
        AND (coalesce(TRY_CAST(EXDOSE AS DOUBLE), 1) > 0 OR coalesce(EXTRT, '') ILIKE '%placebo%'
            OR coalesce(g.dose = 0, FALSE)) AS given,
        whole_date(d.RFXSTDTC) AS rfx_first, whole_date(d.RFXENDTC) AS rfx_last,
        coalesce(whole_date(d.RFSTDTC), p.randomised) AS else_first,
        least(c.LSTCTDT, k.DTHDT, s.cutoff) AS known_until
    FROM EX AS x JOIN DM AS d USING (USUBJID) CROSS JOIN def_study AS s
    LEFT JOIN contact AS c USING (USUBJID) LEFT JOIN death AS k USING (USUBJID)
    LEFT JOIN protocol_day AS p USING (USUBJID) LEFT JOIN assigned AS a USING (USUBJID)
    LEFT JOIN def_group AS g ON g.code = a.grp
    LEFT JOIN def_frequency AS f ON f.term = x.EXDOSFRQ
), begun AS (
    SELECT
        *,
        CASE
            WHEN whole_date(EXSTDTC) IS NOT NULL THEN whole_date(EXSTDTC)
            WHEN first_day(EXSTDTC) IS NULL THEN coalesce(rfx_first, else_first)
            WHEN rfx_first BETWEEN first_day(EXSTDTC) AND last_day_of(EXSTDTC) THEN rfx_first
            ELSE first_day(EXSTDTC)
        END AS first
    FROM record
), placed AS (
    SELECT *, max(CASE WHEN given THEN first END) OVER (PARTITION BY USUBJID) AS latest FROM begun
), ended AS (
    SELECT
        *,
        CASE
            WHEN whole_date(EXENDTC) IS NOT NULL THEN whole_date(EXENDTC)
            WHEN first_day(EXENDTC) IS NOT NULL THEN
                CASE
                    WHEN rfx_last BETWEEN first_day(EXENDTC) AND last_day_of(EXENDTC)
                        AND NOT coalesce(latest > rfx_last, FALSE)
                    THEN rfx_last
                    ELSE greatest(first_day(EXENDTC), least(last_day_of(EXENDTC), known_until))
                END
            WHEN rfx_last >= first AND NOT coalesce(latest > first, FALSE) THEN rfx_last
            WHEN per_day IS NOT NULL THEN known_until
            ELSE first
        END AS until
    FROM placed WHERE first IS NOT NULL
)
SELECT row_number() OVER () AS id, * EXCLUDE (until), greatest(until, first) AS last,
    instant(EXSTDTC) AS at_instant, local_time(EXSTDTC) AS at_local
FROM ended;

-- Days that an earlier record of the same treatment, site and time point has covered count there; records of the very
-- same days are parts of one administration.
CREATE TABLE taken AS
WITH span AS (
    SELECT
        USUBJID, trt, loc, lat, tpt, tptnum, first, last,
        max(last) OVER (
            PARTITION BY USUBJID, trt, loc, lat, tpt, tptnum ORDER BY first, last
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS covered
    FROM (SELECT DISTINCT USUBJID, trt, loc, lat, tpt, tptnum, first, last FROM taken_record WHERE given)
), timed AS (
    -- Records of one day with times of their own share what their frequency asks for.
    SELECT
        r.*, greatest(r.first, s.covered + 1) AS counts_from,
        CASE WHEN r.tpt = '' AND r.tptnum = '' THEN per_day ELSE least(per_day, 1) END AS a_day,
        count(*) OVER own AS together, count(DISTINCT coalesce(at_instant, at_local)) OVER own AS times_told
    FROM taken_record AS r JOIN span AS s USING (USUBJID, trt, loc, lat, tpt, tptnum, first, last)
    WHERE given
    WINDOW own AS (PARTITION BY r.USUBJID, r.trt, r.loc, r.lat, r.tpt, r.tptnum, r.first, r.last)
), counted AS (
    SELECT
        *, first = last AND together > 1 AND times_told = together AND a_day > 1 AS shared,
        CASE
            WHEN counts_from > last THEN 0
            WHEN first = last AND together > 1 AND times_told = together AND a_day > 1
            THEN greatest(1, a_day / together)
            WHEN a_day IS NOT NULL THEN greatest(1, ceil(a_day * (last - counts_from + 1) - 1e-9))
            WHEN per_record IS NOT NULL THEN per_record
            WHEN frequency IS NULL OR first = last OR upper(frequency) = 'CONTINUOUS' THEN 1
        END AS times
    FROM timed
)
SELECT * FROM counted;

-- Records of the same days are one administration, but for their time points and for times that share a frequency.
CREATE TABLE exposure AS
WITH at_once AS (
    SELECT USUBJID, max(times) AS times, bool_or(times IS NULL) AS unknown
    FROM taken GROUP BY USUBJID, first, last, tpt, tptnum, CASE WHEN shared THEN id END
), sums AS (
    SELECT USUBJID, CASE WHEN NOT bool_or(unknown) THEN sum(times) END AS NADMIN FROM at_once GROUP BY USUBJID
), doses AS (
    SELECT USUBJID, min(first) AS TRTSDT, max(last) AS TRTEDT,
        CASE WHEN NOT bool_or(times IS NULL) THEN sum(amount * times) END AS DOSEA
    FROM taken GROUP BY USUBJID
), moments AS (
    -- A moment of the first dose: where all records of its day have one, all with an offset or all without.
    SELECT t.USUBJID,
        CASE WHEN bool_and(at_instant IS NOT NULL) THEN min(at_instant) END AS first_instant,
        CASE WHEN bool_and(at_local IS NOT NULL) THEN min(at_local) END AS first_local
    FROM taken AS t JOIN doses AS d ON d.USUBJID = t.USUBJID AND t.first = d.TRTSDT GROUP BY t.USUBJID
), recorded AS (
    -- Administrations that were recorded, given or not.
    SELECT USUBJID, first, last, tpt, tptnum, max(CASE
            WHEN a_day IS NOT NULL THEN greatest(1, ceil(a_day * (last - first + 1) - 1e-9))
            WHEN per_record IS NOT NULL THEN per_record
            WHEN frequency IS NULL OR first = last OR upper(frequency) = 'CONTINUOUS' THEN 1
        END) AS times
    FROM (SELECT *, CASE WHEN tpt = '' AND tptnum = '' THEN per_day ELSE least(per_day, 1) END AS a_day
        FROM taken_record WHERE NOT given)
    GROUP BY ALL
), missed AS (
    SELECT USUBJID, CASE WHEN bool_and(times IS NOT NULL) THEN sum(times) END AS times FROM recorded AS r
    WHERE NOT EXISTS (FROM taken AS t WHERE t.USUBJID = r.USUBJID AND t.first = r.first AND t.last = r.last
        AND t.tpt = r.tpt AND t.tptnum = r.tptnum)
    GROUP BY USUBJID
)
SELECT d.*, s.NADMIN, m.first_instant, m.first_local,
    s.NADMIN + CASE WHEN n.USUBJID IS NULL THEN 0 ELSE n.times END AS planned_times
FROM doses AS d JOIN sums AS s USING (USUBJID) LEFT JOIN moments AS m USING (USUBJID)
LEFT JOIN missed AS n USING (USUBJID);
