-- Dates of SDTM (ISO 8601 texts, perhaps partial) as days, and study days without a day 0.

CREATE MACRO whole_date(t) AS TRY_CAST(CASE WHEN length(t) >= 10 THEN substr(t, 1, 10) END AS DATE);

CREATE MACRO moment(t) AS TRY_CAST(CASE WHEN length(t) >= 16 THEN replace(t, 'T', ' ') END AS TIMESTAMP);

-- The first and the last day that a text can mean: its year, its month, or the day itself.
CREATE MACRO first_day(t) AS coalesce(
    whole_date(t),
    TRY_CAST(CASE WHEN regexp_matches(t, '^\d{4}-\d{2}($|[^\d])') THEN substr(t, 1, 7) || '-01' END AS DATE),
    TRY_CAST(CASE WHEN regexp_matches(t, '^\d{4}') THEN substr(t, 1, 4) || '-01-01' END AS DATE)
);

CREATE MACRO last_day_of(t) AS coalesce(
    whole_date(t),
    last_day(TRY_CAST(CASE WHEN regexp_matches(t, '^\d{4}-\d{2}($|[^\d])') THEN substr(t, 1, 7) || '-01' END AS DATE)),
    TRY_CAST(CASE WHEN regexp_matches(t, '^\d{4}') THEN substr(t, 1, 4) || '-12-31' END AS DATE)
);

-- Which part of a text has to be imputed: D the day, M month and day; nothing where the day is there.
CREATE MACRO missing_part(t) AS CASE
    WHEN whole_date(t) IS NOT NULL THEN NULL
    WHEN regexp_matches(t, '^\d{4}-\d{2}($|[^\d])') THEN 'D'
    WHEN regexp_matches(t, '^\d{4}') THEN 'M'
END;

-- Day of first dose is day 1, the day before it is day -1.
CREATE MACRO study_day(d, start) AS CASE WHEN d >= start THEN d - start + 1 ELSE d - start END;

-- Days from one study day to another: -1 and 1 are neighbours.
CREATE MACRO without_zero(dy) AS CASE WHEN dy < 0 THEN dy + 1 ELSE dy END;
CREATE MACRO days_between(dy, target) AS without_zero(dy) - without_zero(target);

CREATE MACRO date_of_day(dy, start) AS start + CAST(without_zero(dy) - 1 AS INTEGER);

CREATE MACRO flag(yes) AS CASE WHEN yes THEN 'Y' ELSE 'N' END;

-- SAS PCTLDEF=5: with n values and share p, j the whole part of n p and g the rest: the mean of the values j and j + 1
-- where g is 0, else the value j + 1.
CREATE MACRO pctl5(sorted, p) AS CASE
    WHEN len(sorted) = 0 THEN NULL
    WHEN len(sorted) * p = floor(len(sorted) * p) AND p < 1
    THEN (sorted[CAST(floor(len(sorted) * p) AS INTEGER)] + sorted[CAST(floor(len(sorted) * p) AS INTEGER) + 1]) / 2
    ELSE sorted[CAST(floor(len(sorted) * p) AS INTEGER) + 1]
END;
