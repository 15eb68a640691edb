-- Dates of SDTM (ISO 8601 texts: whole, partial, or an interval a/b) as days, and study days without a day 0.
-- SDTMIG 3.4, section 4.4: a missing part in the middle is a hyphen (2003---15), at the end it is left out.

-- Of one date: the day it names, the first day it can mean, the last one (its month, or its year).
CREATE MACRO day_of(t) AS TRY_CAST(CASE WHEN length(t) >= 10 THEN substr(t, 1, 10) END AS DATE);
CREATE MACRO month_of(t) AS
    TRY_CAST(CASE WHEN regexp_matches(t, '^\d{4}-\d{2}($|[^\d])') THEN substr(t, 1, 7) || '-01' END AS DATE);
CREATE MACRO year_of(t) AS CASE WHEN regexp_matches(t, '^\d{4}') THEN substr(t, 1, 4) END;
CREATE MACRO earliest_of(t) AS coalesce(day_of(t), month_of(t), TRY_CAST(year_of(t) || '-01-01' AS DATE));
CREATE MACRO latest_of(t) AS coalesce(day_of(t), last_day(month_of(t)), TRY_CAST(year_of(t) || '-12-31' AS DATE));

-- Of an interval of uncertainty a/b: from the first day of a to the last of b. One that ends before it begins is none.
CREATE MACRO begins(t) AS split_part(t, '/', 1);
CREATE MACRO finishes(t) AS CASE WHEN contains(t, '/') THEN split_part(t, '/', 2) ELSE t END;
CREATE MACRO first_day(t) AS
    CASE WHEN earliest_of(begins(t)) <= latest_of(finishes(t)) THEN earliest_of(begins(t)) END;
CREATE MACRO last_day_of(t) AS
    CASE WHEN earliest_of(begins(t)) <= latest_of(finishes(t)) THEN latest_of(finishes(t)) END;

-- A date is whole that can mean one day only.
CREATE MACRO whole_date(t) AS CASE WHEN first_day(t) = last_day_of(t) THEN first_day(t) END;

-- What the clock said (an interval names no moment), by how many minutes it was ahead of UTC, and the moment in UTC.
CREATE MACRO clock(t) AS TRY_CAST(CASE WHEN NOT contains(t, '/') AND length(t) >= 16
    THEN replace(regexp_extract(t, '^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?'), 'T', ' ') END AS TIMESTAMP);
CREATE MACRO ahead(t) AS CASE
    WHEN clock(t) IS NULL THEN NULL
    WHEN ends_with(t, 'Z') THEN 0
    WHEN regexp_matches(t, 'T.*[+-]\d{2}:\d{2}$')
    THEN (CASE WHEN t[-6] = '-' THEN -1 ELSE 1 END) * (60 * CAST(t[-5:-4] AS INTEGER) + CAST(t[-2:] AS INTEGER))
END;
CREATE MACRO instant(t) AS clock(t) - to_minutes(ahead(t));
-- A time of day without an offset: comparable with others of its kind only.
CREATE MACRO local_time(t) AS CASE WHEN ahead(t) IS NULL THEN clock(t) END;

-- Whether a date lies before the first dose: by instants where both clocks name their offset, else by days, on the
-- same day by clocks that both name none; missing where the day is the same and the times cannot be compared.
CREATE MACRO before_dose(t, d, dose_day, dose_local, dose_instant) AS CASE
    WHEN instant(t) IS NOT NULL AND dose_instant IS NOT NULL THEN instant(t) < dose_instant
    WHEN d <> dose_day THEN d < dose_day
    WHEN local_time(t) IS NOT NULL AND dose_local IS NOT NULL THEN local_time(t) < dose_local
END;

-- Which part of a text has to be imputed: D the day, M month and day; nothing where the day is there.
CREATE MACRO missing_part(t) AS CASE
    WHEN whole_date(t) IS NOT NULL THEN NULL
    WHEN month_of(begins(t)) IS NOT NULL THEN 'D'
    WHEN year_of(t) IS NOT NULL THEN 'M'
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
