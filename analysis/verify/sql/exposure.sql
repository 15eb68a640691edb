-- What was taken: the records of EX with their days and administrations, the days of one counted once, and their sums.
-- Frequencies are those of CDISC codelist FREQ (def_frequency).

-- First and last day of every record. DM knows more where a date of EX is partial or missing; an end that is not known
-- is the last day that it can be, before the next course begins, and no later than anything is known of the subject.
CREATE TABLE taken_record AS
WITH record AS (
    SELECT
        row_number() OVER () AS id, x.USUBJID, coalesce(EXTRT, '') AS trt, coalesce(EXLOC, '') AS loc,
        coalesce(EXLAT, '') AS lat, coalesce(EXTPT, '') AS tpt, coalesce(EXTPTNUM, '') AS tptnum,
        TRY_CAST(EXDOSE AS DOUBLE) AS amount, EXSTDTC, EXENDTC, f.per_record,
        -- At a time point there is one administration a day at most.
        CASE WHEN coalesce(EXTPT, EXTPTNUM) IS NULL THEN f.per_day ELSE least(f.per_day, 1) END AS a_day,
        upper(trim(EXDOSFRQ)) AS frequency,
        coalesce(EXOCCUR, 'Y') <> 'N' AND coalesce(EXSTAT, '') <> 'NOT DONE'
        AND (coalesce(TRY_CAST(EXDOSE AS DOUBLE), 1) > 0 OR coalesce(EXTRT, '') ILIKE '%placebo%'
            OR coalesce(g.is_placebo, FALSE)) AS given,
        whole_date(d.RFXSTDTC) AS rfx_first, whole_date(d.RFXENDTC) AS rfx_last,
        coalesce(whole_date(d.RFSTDTC), p.randomised) AS else_first,
        least(c.LSTCTDT, k.DTHDT, s.cutoff) AS known_until
    FROM EX AS x JOIN DM AS d USING (USUBJID) CROSS JOIN def_study AS s
    LEFT JOIN contact AS c USING (USUBJID) LEFT JOIN death AS k USING (USUBJID)
    LEFT JOIN protocol_day AS p USING (USUBJID) LEFT JOIN assigned AS a USING (USUBJID)
    LEFT JOIN def_group AS g ON g.code = a.grp
    LEFT JOIN def_frequency AS f ON f.term = x.EXDOSFRQ
    WHERE coalesce(EXMOOD, '') <> 'SCHEDULED'
), begun AS (
    SELECT
        *,
        CASE
            WHEN whole_date(EXSTDTC) IS NOT NULL THEN whole_date(EXSTDTC)
            WHEN NOT given THEN first_day(EXSTDTC)
            WHEN first_day(EXSTDTC) IS NULL THEN coalesce(rfx_first, else_first)
            WHEN rfx_first BETWEEN first_day(EXSTDTC) AND last_day_of(EXSTDTC) THEN rfx_first
            ELSE first_day(EXSTDTC)
        END AS first
    FROM record
), placed AS (
    SELECT
        *, max(first) FILTER (given) OVER (PARTITION BY USUBJID) AS latest,
        min(first) OVER (
            PARTITION BY USUBJID, given, trt, loc, lat, tpt, tptnum ORDER BY first - DATE '1900-01-01'
            RANGE BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
        ) AS next_first
    FROM begun WHERE first IS NOT NULL
), ended AS (
    SELECT
        *,
        CASE
            WHEN whole_date(EXENDTC) IS NOT NULL THEN whole_date(EXENDTC)
            WHEN NOT given AND first_day(EXENDTC) IS NULL THEN first
            WHEN first_day(EXENDTC) IS NOT NULL THEN CASE
                WHEN given AND rfx_last BETWEEN first_day(EXENDTC) AND last_day_of(EXENDTC) AND latest <= rfx_last
                THEN rfx_last
                ELSE least(greatest(first_day(EXENDTC), least(last_day_of(EXENDTC), known_until)), next_first - 1)
            END
            WHEN rfx_last >= first AND latest <= first THEN rfx_last
            WHEN a_day IS NOT NULL THEN least(known_until, next_first - 1)
            ELSE first
        END AS until
    FROM placed
)
SELECT * EXCLUDE (until), greatest(until, first) AS last, instant(EXSTDTC) AS at_instant, local_time(EXSTDTC) AS at_local
FROM ended;

-- Administrations of a record. Of those counted by days, days that an earlier record of the same treatment, site and
-- time point has covered count there; records of the very same days are parts of one administration. Records of one
-- day with times of their own share what their frequency asks for.
CREATE TABLE taken AS
WITH span AS (
    SELECT
        *, max(last) OVER (
            PARTITION BY USUBJID, given, trt, loc, lat, tpt, tptnum ORDER BY first, last
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS covered
    FROM (SELECT DISTINCT USUBJID, given, trt, loc, lat, tpt, tptnum, first, last FROM taken_record
        WHERE a_day IS NOT NULL)
), timed AS (
    SELECT
        r.*, greatest(r.first, s.covered + 1) AS counts_from,
        count(*) OVER own AS together, count(DISTINCT coalesce(at_instant, at_local)) OVER own AS times_told
    FROM taken_record AS r
    LEFT JOIN span AS s ON r.a_day IS NOT NULL AND s.USUBJID = r.USUBJID AND s.given = r.given AND s.trt = r.trt
        AND s.loc = r.loc AND s.lat = r.lat AND s.tpt = r.tpt AND s.tptnum = r.tptnum
        AND s.first = r.first AND s.last = r.last
    WINDOW own AS (PARTITION BY r.USUBJID, r.given, r.trt, r.loc, r.lat, r.tpt, r.tptnum, r.first, r.last)
), hours AS (
    -- An hour or more after the one before, at the same site, something is given again: where nothing else says how
    -- often, and all records of the day have a time.
    SELECT
        *, a_day IS NULL AND tpt = '' AND tptnum = '' AND first = last
            AND bool_and(coalesce(at_instant, at_local) IS NOT NULL) OVER own AS by_hours,
        coalesce(coalesce(at_instant, at_local) - lag(coalesce(at_instant, at_local)) OVER (
            PARTITION BY USUBJID, given, trt, loc, lat, tpt, tptnum, first, last ORDER BY coalesce(at_instant, at_local), id
        ) >= INTERVAL 1 HOUR, FALSE) AS again
    FROM timed WINDOW own AS (PARTITION BY USUBJID, given, trt, loc, lat, tpt, tptnum, first, last)
), turns AS (
    SELECT
        *, CASE WHEN by_hours THEN sum(again::INTEGER) OVER (
            PARTITION BY USUBJID, given, trt, loc, lat, tpt, tptnum, first, last ORDER BY coalesce(at_instant, at_local), id
        ) ELSE 0 END AS turn
    FROM hours
), counted AS (
    SELECT
        *, coalesce(first = last AND together > 1 AND times_told = together AND a_day > 1, FALSE) AS shares,
        CASE
            WHEN counts_from > last THEN 0
            WHEN a_day IS NOT NULL THEN greatest(1, ceil(a_day * (last - counts_from + 1) - 1e-9))
            WHEN per_record IS NOT NULL THEN per_record
            WHEN nullif(frequency, '') IS NULL OR first = last OR frequency = 'CONTINUOUS' THEN 1
        END AS times
    FROM turns
), of_turns AS (
    SELECT
        *, CASE WHEN row_number() OVER of_turn = 1 THEN max(times) OVER (
            PARTITION BY USUBJID, given, trt, loc, lat, tpt, tptnum, first, last, turn
        ) END AS of_turn_times
    FROM counted WINDOW of_turn AS (
        PARTITION BY USUBJID, given, trt, loc, lat, tpt, tptnum, first, last, turn ORDER BY id
    )
)
SELECT
    *, CASE WHEN shares AND times > 0 THEN greatest(times, together)
        WHEN by_hours THEN sum(of_turn_times) OVER (PARTITION BY USUBJID, given, trt, loc, lat, tpt, tptnum, first, last)
        ELSE times END AS at_once,
    CASE WHEN shares AND times > 0 THEN greatest(1, times / together) ELSE times END AS of_dose
FROM of_turns;

-- Records of the same days and time point are one administration (or one number of them).
CREATE TABLE exposure AS
WITH together AS (
    SELECT USUBJID, given, max(at_once) AS n, bool_or(at_once IS NULL) AS unknown
    FROM taken GROUP BY USUBJID, given, first, last, tpt, tptnum
), sums AS (
    SELECT
        USUBJID,
        CASE WHEN NOT bool_or(unknown) FILTER (given) THEN sum(n) FILTER (given) END AS NADMIN,
        CASE WHEN NOT bool_or(unknown) THEN sum(n) END AS recorded_times
    FROM together GROUP BY USUBJID
), doses AS (
    SELECT USUBJID, min(first) AS TRTSDT, max(last) AS TRTEDT,
        CASE WHEN NOT bool_or(of_dose IS NULL) AND isfinite(sum(amount * of_dose)) THEN sum(amount * of_dose) END AS DOSEA
    FROM taken WHERE given GROUP BY USUBJID
), moments AS (
    -- A moment of the first dose: where all records of its day have one, all with an offset or all without.
    SELECT t.USUBJID,
        CASE WHEN bool_and(at_instant IS NOT NULL) THEN min(at_instant) END AS first_instant,
        CASE WHEN bool_and(at_local IS NOT NULL) THEN min(at_local) END AS first_local
    FROM taken AS t JOIN doses AS d ON d.USUBJID = t.USUBJID AND t.first = d.TRTSDT AND t.given GROUP BY t.USUBJID
)
SELECT d.*, s.NADMIN, m.first_instant, m.first_local, s.recorded_times
FROM doses AS d JOIN sums AS s USING (USUBJID) LEFT JOIN moments AS m USING (USUBJID);

-- What was planned: of a group with a plan what its periods ask for, up to the end that is looked at; of another one the
-- group's dose at every administration that was recorded, given or not.
CREATE TABLE planned AS
WITH treated AS (
    SELECT
        x.USUBJID, x.recorded_times, coalesce(a.actual, a.planned) AS grp,
        CASE WHEN {whole_plan} THEN CASE WHEN x.TRTEDT >= s.cutoff THEN s.cutoff - x.TRTSDT + 1 END
            ELSE x.TRTEDT - x.TRTSDT + 1 END AS until_day
    FROM exposure AS x JOIN assigned AS a USING (USUBJID) CROSS JOIN def_study AS s
), period AS (
    SELECT t.USUBJID, p.*, least(p.last, t.until_day) - p.first + 1 AS days
    FROM treated AS t JOIN def_plan AS p ON p.grp = t.grp
), asked AS (
    SELECT
        USUBJID, dose,
        CASE
            WHEN days < 1 THEN 0
            WHEN cycle_day IS NOT NULL
            THEN CASE WHEN days >= cycle_day THEN ceil(per_day) * ((days - cycle_day) // cycle_length + 1) ELSE 0 END
            WHEN per_record IS NOT NULL THEN per_record
            ELSE ceil(per_day * days - 1e-9)
        END AS n
    FROM period
)
SELECT
    t.USUBJID, coalesce(sum(p.n), any_value(t.recorded_times)) AS NPLAN,
    CASE WHEN count(p.n) > 0 THEN sum(p.n * p.dose) ELSE any_value(g.dose * t.recorded_times) END AS DOSEP,
    -- Of a placebo whose group names no dose the records say that the dose is 0.
    any_value(g.by_administrations) OR (any_value(g.dose) IS NULL AND count(p.n) = 0 AND NOT EXISTS (
        FROM taken AS k WHERE k.USUBJID = t.USUBJID AND k.given AND k.amount IS DISTINCT FROM 0
    )) AS by_administrations
FROM treated AS t LEFT JOIN def_group AS g ON g.code = t.grp LEFT JOIN asked AS p USING (USUBJID) GROUP BY t.USUBJID;
