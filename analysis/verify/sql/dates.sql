-- Days beside the first dose, and study days without a day 0. The functions that read a text stand in `iso.py`.

-- Whether a date lies before the first dose: by instants where both clocks name their offset, else by days, on the
-- same day by clocks that both name none; missing where the day is the same and the times cannot be compared.
CREATE MACRO before_dose(t, d, dose_day, dose_local, dose_instant) AS CASE
    WHEN instant(t) IS NOT NULL AND dose_instant IS NOT NULL THEN instant(t) < dose_instant
    WHEN d <> dose_day THEN d < dose_day
    WHEN local_time(t) IS NOT NULL AND dose_local IS NOT NULL THEN local_time(t) < dose_local
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
