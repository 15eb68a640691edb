-- Measurements: order in time, baseline, change, analysis visit, the record analysed, range, grade, response.

CREATE TABLE record AS
WITH timed AS (
    SELECT
        v.*,
        study_day(ADT, REFDT) AS ADY,
        CASE
            WHEN REFDT IS NULL OR ADT IS NULL THEN FALSE
            WHEN TRTSDT IS NULL AND ADT <> REFDT THEN ADT < REFDT
            ELSE coalesce(
                before_dose(dtc, ADT, TRTSDT, TRTSDTM, TRTSDTI),
                d.same_day
                AND (v.VISITNUM IS NULL OR v.VISITNUM IN (SELECT num FROM def_visit WHERE role <> 'follow-up'))
            )
        END AS before,
        row_number() OVER (
            PARTITION BY USUBJID, PARAMCD
            ORDER BY ADT NULLS FIRST, ADTM NULLS FIRST, VISITNUM NULLS FIRST, tptnum NULLS FIRST, repnum NULLS FIRST, seq
        ) AS place,
        row_number() OVER () AS id
    FROM {values} AS v CROSS JOIN def_study AS d
)
SELECT *, REFDT IS NOT NULL AND ADT IS NOT NULL AND NOT before AS post FROM timed;

CREATE TABLE baseline AS
SELECT USUBJID, PARAMCD, id, AVAL AS BASE
FROM record WHERE before AND AVAL IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY USUBJID, PARAMCD ORDER BY place DESC) = 1;

-- The visit: of the baseline record the baseline visit; of others that of the window that holds the study day (where
-- windows overlap the nearest target day, then the later visit), or the one that was recorded. A record before day 1
-- belongs to no follow-up visit, one after it to no other.
CREATE TABLE windowed AS
SELECT r.id, v.id AS AVISIT, v.n AS AVISITN, v.day AS AWTARGET, v.lo, v.hi, abs(days_between(r.ADY, v.day)) AS distance
FROM record AS r
LEFT JOIN baseline AS b USING (id)
CROSS JOIN def_visit AS v
LEFT JOIN def_window AS d ON d.paramcd = r.PARAMCD AND d.visit = v.id
WHERE CASE
    WHEN b.id IS NOT NULL THEN v.role = 'baseline'
    -- What was not done may have no day; then the visit under which it was to be done is its visit.
    WHEN d.visit IS NOT NULL AND r.ADT IS NULL AND r.AVAL IS NULL AND len(r.reasons) > 0
    THEN round(r.VISITNUM, 6) = round(v.num, 6)
    WHEN d.visit IS NULL OR r.ADY IS NULL THEN FALSE
    WHEN d.recorded THEN round(r.VISITNUM, 6) = round(v.num, 6) AND (v.role = 'follow-up') = r.post
    ELSE r.ADY BETWEEN d.alo AND d.ahi AND (v.role = 'follow-up') = r.post
END
QUALIFY row_number() OVER (
    PARTITION BY r.id
    ORDER BY coalesce(d.recorded, FALSE) DESC, abs(days_between(r.ADY, v.day)) NULLS LAST, v.n DESC
) = 1;

CREATE TABLE analysed AS
SELECT r.id
FROM record AS r JOIN windowed AS w USING (id) LEFT JOIN baseline AS b USING (id)
WHERE r.AVAL IS NOT NULL AND r.REFDT IS NOT NULL
    AND (b.id IS NOT NULL OR w.AVISIT <> (SELECT id FROM def_visit WHERE role = 'baseline'))
QUALIFY row_number() OVER (
    PARTITION BY r.USUBJID, r.PARAMCD, w.AVISIT
    ORDER BY (b.id IS NOT NULL) DESC, w.distance, r.ADT DESC, r.place DESC
) = 1;

CREATE TABLE ADBDS AS
WITH graded AS (
    SELECT
        r.*,
        coalesce(r.nrind, CASE
            WHEN r.AVAL < r.ANRLO THEN 'LOW' WHEN r.AVAL > r.ANRHI THEN 'HIGH'
            WHEN r.AVAL IS NOT NULL AND (r.ANRLO IS NOT NULL OR r.ANRHI IS NOT NULL) THEN 'NORMAL'
        END) AS ANRIND,
        CASE
            WHEN r.AVAL IS NULL OR r.low IS NULL THEN NULL
            WHEN r.AVAL < r.low[3] THEN 4
            WHEN r.AVAL < r.low[2] THEN 3
            WHEN r.AVAL < r.low[1] THEN 2
            WHEN r.AVAL < r.ANRLO THEN 1
            WHEN r.ANRLO IS NOT NULL THEN 0
        END AS grade_low,
        CASE
            WHEN r.AVAL IS NULL OR r.high IS NULL OR r.ANRHI IS NULL THEN NULL
            WHEN round(r.AVAL / r.ANRHI, 9) > r.high[4] THEN 4
            WHEN round(r.AVAL / r.ANRHI, 9) > r.high[3] THEN 3
            WHEN round(r.AVAL / r.ANRHI, 9) > r.high[2] THEN 2
            WHEN round(r.AVAL / r.ANRHI, 9) > r.high[1] THEN 1
            ELSE 0
        END AS grade_high
    FROM record AS r
), gradable AS (
    SELECT
        *,
        CASE
            WHEN low IS NOT NULL AND high IS NOT NULL THEN
                CASE WHEN greatest(grade_low, grade_high) >= 1 THEN greatest(grade_low, grade_high)
                     WHEN grade_low = 0 AND grade_high = 0 THEN 0 END
            ELSE coalesce(grade_low, grade_high)
        END AS ATOXGRN
    FROM graded
), changed AS (
    SELECT
        g.*,
        w.AVISIT, w.AVISITN, w.AWTARGET, days_between(g.ADY, w.AWTARGET) AS AWTDIFF,
        CASE WHEN w.AVISIT IS NOT NULL AND g.ADY IS NOT NULL THEN flag(w.lo IS NULL OR g.ADY BETWEEN w.lo AND w.hi) END AS INWINFL,
        b.BASE, flag(b.id = g.id) AS ABLFL, flag(g.post) AS POSTFL, flag(n.id IS NOT NULL) AS ANL01FL,
        of_base.ANRIND AS BNRIND, of_base.ATOXGRN AS BTOXGRN,
        CASE WHEN g.post THEN g.AVAL - b.BASE END AS CHG,
        CASE WHEN g.post AND b.BASE <> 0 THEN 100 * (g.AVAL - b.BASE) / abs(b.BASE) END AS PCHG
    FROM gradable AS g
    LEFT JOIN baseline AS b ON b.USUBJID = g.USUBJID AND b.PARAMCD = g.PARAMCD
    LEFT JOIN gradable AS of_base ON of_base.id = b.id
    LEFT JOIN windowed AS w ON w.id = g.id
    LEFT JOIN analysed AS n ON n.id = g.id
), measured AS (
    -- Rounded far behind what was measured: what is exactly the threshold in decimals must not miss it in binary.
    SELECT *, round(CASE measure WHEN 'value' THEN AVAL WHEN 'change' THEN CHG WHEN 'percent_change' THEN PCHG END, 9)
        AS judged
    FROM changed
)
SELECT
    * EXCLUDE (low, high, judged, before, post, nrind, side, kind),
    CASE WHEN judged IS NOT NULL THEN flag(CASE operator
        WHEN '<=' THEN judged <= threshold WHEN '<' THEN judged < threshold WHEN '>=' THEN judged >= threshold
        WHEN '>' THEN judged > threshold WHEN '==' THEN judged = threshold END)
    END AS CRIT1FL
FROM measured;
