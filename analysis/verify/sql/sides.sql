-- What was measured on both sides of a subject: one value a moment, the mean of the sides. The subject is the unit of
-- analysis (Murdoch, Morris, Cousens: People and eyes. Br J Ophthalmol 1998;82:971-973).

CREATE TABLE placed AS
WITH on_days AS (
    SELECT
        *,
        row(ADT, CASE WHEN ADT IS NULL THEN dtc END, VISITNUM, tptnum, repnum, kind) AS on_day,
        count(AVAL) OVER (PARTITION BY USUBJID, PARAMCD, on_day, side) AS of_side
    FROM measured WHERE PARAMCD IN (SELECT PARAMCD FROM finding WHERE side IS NOT NULL)
), measured_once AS (
    -- One side is measured after the other: where each has one value on the day, that is their moment, else the time is.
    SELECT
        *, max(of_side) OVER at_day = 1 AND bool_and(side IS NOT NULL OR AVAL IS NULL) OVER at_day AS once
    FROM on_days WINDOW at_day AS (PARTITION BY USUBJID, PARAMCD, on_day)
), at_moments AS (
    SELECT
        * EXCLUDE (on_day, of_side, once),
        row(on_day, CASE WHEN NOT once THEN ADTM END) AS moment,
        bool_or(side IS NOT NULL AND AVAL IS NOT NULL) OVER (PARTITION BY USUBJID, PARAMCD, moment) AS has_sides
    FROM measured_once
), last_of_side AS (
    -- Of several values of a side at a moment the last counts. A value that names no side is the moment's where no side
    -- has one; it is one value, as that of one side.
    SELECT
        *,
        AVAL IS NOT NULL AND (side IS NOT NULL OR NOT has_sides) AND row_number() OVER (
            PARTITION BY USUBJID, PARAMCD, moment, side, AVAL IS NULL ORDER BY seq DESC NULLS LAST
        ) = 1 AS counts
    FROM at_moments
), together AS (
    SELECT
        *,
        count(*) FILTER (counts) OVER at_once AS sides,
        avg(AVAL) FILTER (counts) OVER at_once AS mean,
        flatten(list(reasons) OVER at_once) AS every_reason,
        row_number() OVER (PARTITION BY USUBJID, PARAMCD, moment ORDER BY counts DESC, seq DESC NULLS LAST) AS from_last
    FROM last_of_side WINDOW at_once AS (PARTITION BY USUBJID, PARAMCD, moment)
)
SELECT
    *,
    max(sides) OVER (PARTITION BY USUBJID, PARAMCD) AS fullest,
    max(sides) OVER (PARTITION BY PARAMCD) > 1 AS both_sides
FROM together;

-- A moment stands on the record of the last of its sides, with that one's range; a position that was recorded of one side
-- is not that of the mean. The mean is rounded far behind what was measured: what is exactly a limit in decimals must not
-- miss it in binary.
CREATE VIEW of_subject AS
FROM measured WHERE PARAMCD NOT IN (SELECT PARAMCD FROM placed WHERE both_sides)
UNION ALL BY NAME
SELECT * EXCLUDE (moment, has_sides, counts, sides, mean, every_reason, from_last, fullest, both_sides)
    REPLACE (
        CASE WHEN sides = fullest THEN CASE sides WHEN 1 THEN mean ELSE round(mean, 9) END END AS AVAL,
        CASE sides WHEN 1 THEN nrind END AS nrind,
        every_reason AS reasons
    )
FROM placed WHERE both_sides AND from_last = 1;
