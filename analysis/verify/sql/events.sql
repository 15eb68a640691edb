-- Adverse events: dates imputed in favour of emergence, emergence, relationship, grade, dose-limiting toxicity.

CREATE TABLE ADAE AS
WITH dated AS (
    SELECT
        a.* REPLACE (coalesce(a.AEBODSYS, a.AESOC) AS AEBODSYS),
        s.TRTSDT, s.TRTSDTM, s.TRTSDTI, s.TRTEDT,
        first_day(a.AESTDTC) AS lo, last_day_of(a.AESTDTC) AS hi, last_day_of(a.AEENDTC) AS end_hi,
        least(s.EOSDT, s.DTHDT, s.CUTDT) AS known_until
    FROM AE AS a JOIN subject AS s USING (USUBJID)
), imputed AS (
    SELECT
        *,
        CASE
            WHEN whole_date(AESTDTC) IS NOT NULL THEN whole_date(AESTDTC)
            WHEN lo IS NULL THEN CASE WHEN end_hi < TRTSDT THEN NULL ELSE TRTSDT END
            WHEN TRTSDT BETWEEN lo AND hi AND NOT coalesce(end_hi < TRTSDT, FALSE) THEN TRTSDT
            ELSE lo
        END AS ASTDT,
        CASE
            WHEN whole_date(AEENDTC) IS NOT NULL THEN whole_date(AEENDTC)
            WHEN known_until BETWEEN first_day(AEENDTC) AND end_hi THEN known_until
            ELSE end_hi
        END AS AENDT
    FROM dated
), timed AS (
    SELECT *, before_dose(AESTDTC, ASTDT, TRTSDT, TRTSDTM, TRTSDTI) AS is_before FROM imputed
), judged AS (
    SELECT
        i.*,
        CASE WHEN lo IS NULL THEN CASE WHEN ASTDT IS NOT NULL THEN 'Y' END ELSE missing_part(AESTDTC) END AS ASTDTF,
        missing_part(AEENDTC) AS AENDTF,
        study_day(ASTDT, TRTSDT) AS ASTDY,
        -- After the dose by instants, though of an earlier calendar day: the day of onset is the first day.
        CASE WHEN NOT coalesce(is_before, FALSE) THEN greatest(ASTDT, TRTSDT) ELSE ASTDT END AS ONSETDT,
        study_day(AENDT, TRTSDT) AS AENDY,
        coalesce(
            -- On the day of the first dose, with times that cannot be compared, an event counts as after it.
            TRTSDT IS NOT NULL AND ASTDT IS NOT NULL AND NOT coalesce(is_before, FALSE)
            AND (d.emergent_days IS NULL OR ASTDT <= TRTEDT + d.emergent_days),
            FALSE
        ) AS emergent,
        CASE
            WHEN {relationship} IS NULL THEN d.no_relation_is_related
            ELSE {relationship} IN ({related})
        END AS is_related,
        coalesce(
            TRY_CAST({grade} AS INTEGER),
            CASE {grade} WHEN 'MILD' THEN 1 WHEN 'MODERATE' THEN 2 WHEN 'SEVERE' THEN 3
                WHEN 'LIFE THREATENING' THEN 4 WHEN 'LIFE-THREATENING' THEN 4 WHEN 'FATAL' THEN 5 END
        ) AS ATOXGRN,
        d.window_days
    FROM timed AS i CROSS JOIN def_study AS d
)
SELECT
    * EXCLUDE (emergent, is_related),
    flag(emergent) AS TRTEMFL,
    CASE WHEN TRTSDT IS NOT NULL THEN
        flag(ASTDT IS NULL OR coalesce(is_before, FALSE))
    END AS PREFL,
    flag(is_related) AS AREL,
    flag(coalesce({dlt} = 'Y' AND study_day(ONSETDT, TRTSDT) BETWEEN 1 AND window_days, FALSE)) AS DLTFL
FROM judged;
