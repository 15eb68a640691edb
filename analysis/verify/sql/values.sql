-- The records of measurements with their values, the day and, where it can be compared, the time of each.

CREATE VIEW measured AS
WITH valued AS (
    SELECT
        f.* EXCLUDE (result, stresn),
        d.category AS PARCAT1, d.low, d.high, d.measure, d.operator, d.threshold,
        whole_date(f.dtc) AS ADT,
        CASE
            WHEN f.not_done THEN NULL
            WHEN d.is_binary THEN CASE
                WHEN f.result IN ('Y', 'YES') OR TRY_CAST(f.result AS DOUBLE) = 1 THEN 1
                WHEN f.result IN ('N', 'NO') OR TRY_CAST(f.result AS DOUBLE) = 0 THEN 0
            END
            WHEN f.stresn IS NOT NULL THEN f.stresn
            WHEN regexp_matches(f.result, '^\s*(<=?|≤)\s*\d+(\.\d+)?\s*$')
            THEN CAST(regexp_extract(f.result, '(\d+(\.\d+)?)', 1) AS DOUBLE) / 2
            WHEN regexp_matches(f.result, '^\s*(>=?|≥)\s*\d+(\.\d+)?\s*$')
            THEN CAST(regexp_extract(f.result, '(\d+(\.\d+)?)', 1) AS DOUBLE)
        END AS AVAL,
        s.REFDT, s.TRTSDT, s.TRTSDTM, s.TRTSDTI
    FROM finding AS f
    JOIN def_param AS d ON d.paramcd = f.PARAMCD
    JOIN subject AS s USING (USUBJID)
)
-- Times of a day can be compared where all of them name their offset from UTC, or none does.
SELECT
    *,
    CASE count(ahead(dtc)) OVER own WHEN 0 THEN clock(dtc) WHEN count(*) OVER own THEN instant(dtc) END AS ADTM
FROM valued WINDOW own AS (PARTITION BY USUBJID, PARAMCD, ADT);
