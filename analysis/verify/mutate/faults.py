"""The faults that are planted: where, what text is replaced by what, and what it means."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """`old` must stand exactly once in `file` (a path from the repository's root); it becomes `new`."""

    name: str
    file: str
    old: str
    new: str
    meaning: str


def _in(folder: str, *faults: tuple[str, str, str, str, str]) -> tuple[Fault, ...]:
    return tuple(Fault(name, f"analysis/{folder}/{file}", old, new, meaning) for name, file, old, new, meaning in faults)


DERIVED = _in(
    "derive",
    ("study-day-zero", "dates.py", "return days + (days >= 0).astype(\"Int64\")", "return days",
     "study days have a day 0"),
    ("duration-short", "dates.py", "return (end - start).dt.days.astype(\"Int64\") + 1",
     "return (end - start).dt.days.astype(\"Int64\")", "a duration does not count its first day"),
    ("partial-start-first-day", "dates.py", "date = first.mask(holds_dose, treatment_start)", "date = first",
     "a partial start in the month of first dose becomes the first of the month"),
    ("emergence-after-first-day", "adae.py", "before = (adae[\"ASTDT\"] < adae[\"TRTSDT\"])",
     "before = (adae[\"ASTDT\"] <= adae[\"TRTSDT\"])", "events of the day of first dose are not emergent"),
    ("emergence-all", "adae.py", "emergent = treated & ~before", "emergent = treated",
     "events before treatment are emergent"),
    ("related-none", "adae.py", "return flag(recorded.isin(rules.related)", "return flag(~recorded.isin(rules.related)",
     "related and not related are swapped"),
    ("window-strict", "windows.py", "inside = day.between(low, high)", "inside = day.between(low, high, inclusive=\"neither\")",
     "the first and last day of an analysis window are outside it"),
    ("window-protocol", "windows.py", "low, high = visit.analysis_window", "low, high = visit.window",
     "the protocol's window is taken for the analysis window"),
    ("window-farthest", "windows.py", "\"distance\": distance, \"late\": -frame[RANK]", "\"distance\": -distance, \"late\": -frame[RANK]",
     "of several records in a window the farthest is analysed"),
    ("baseline-first", "adbds.py", "last = possible.drop_duplicates(_KEY, keep=\"last\")",
     "last = possible.drop_duplicates(_KEY, keep=\"first\")", "the first value before treatment is the baseline"),
    ("baseline-not-same-day", "adbds.py", "that_day = (frame[\"ADTM\"] < dose_moment).where(timed, assumed)",
     "that_day = (frame[\"ADTM\"] < dose_moment).where(timed, False)", "a value of the day of first dose is no baseline"),
    ("change-reversed", "adbds.py", "frame[\"CHG\"] = (frame[\"AVAL\"] - frame[\"BASE\"])",
     "frame[\"CHG\"] = (frame[\"BASE\"] - frame[\"AVAL\"])", "change is baseline minus value"),
    ("percent-of-value", "adbds.py", "100 * frame[\"CHG\"] / frame[\"BASE\"].replace(0.0, np.nan)",
     "100 * frame[\"CHG\"] / frame[\"AVAL\"].replace(0.0, np.nan)", "percent change of the value, not of the baseline"),
    ("change-before-treatment", "adbds.py", ".where(frame[\"POSTFL\"] == \"Y\")", ".where(frame[\"POSTFL\"].notna())",
     "records before treatment have a change"),
    ("responder-strict", "adbds.py", "\"<=\": operator.le", "\"<=\": operator.lt", "a responder must exceed the threshold"),
    ("half-limit", "findings.py", "bound.where(~below, bound / 2)", "bound", "a value below its limit counts as the limit"),
    ("done-or-not", "findings.py", ".fillna(number(source, f\"{name}STRESC\")).where(done)",
     ".fillna(number(source, f\"{name}STRESC\")).fillna(0.0)", "a missing result is 0"),
    ("last-contact-end-of-treatment", "adsl.py", "adsl[\"FUPDUR\"] = duration(adsl[\"TRTSDT\"], adsl[\"LSTCTDT\"])",
     "adsl[\"FUPDUR\"] = duration(adsl[\"RFICDT\"], adsl[\"LSTCTDT\"])", "follow-up is counted from consent"),
    ("as-planned", "adsl.py", ".fillna(adsl[\"TRT01P\"]).where(given)", ".fillna(adsl[\"TRT01P\"]).where(given & (adsl[\"SEX\"] == \"M\"))",
     "women have no treatment group"),
    ("completed-discontinued", "adsl.py", "stopped = how.notna() & (how != \"COMPLETED\") & ~failed", "stopped = how.notna() & ~failed",
     "who completed counts as discontinued"),
    ("dose-planned", "exposure.py", "100 * adsl[\"DOSEA\"] / adsl[\"DOSEP\"]", "100 * adsl[\"DOSEP\"] / adsl[\"DOSEA\"]",
     "compliance upside down"),
    ("dlt-day", "sets.py", ">= definition.escalation.dlt_window_days", "> definition.escalation.dlt_window_days * 6",
     "hardly anybody is evaluable for DLT"),
    ("fas-without-change", "sets.py", "& adbds[\"CHG\"].notna()", "& (adbds[\"PARAMCD\"] == criteria.post_baseline[-1])",
     "the full analysis set needs the last primary endpoint only"),
    ("deviations-kept", "sets.py", "member &= ~subject.isin(dv.loc", "member &= subject.notna() | subject.isin(dv.loc",
     "major deviations do not exclude from the per-protocol set"),
    ("grade-above-limit", "grades.py", "recorded.fillna(computed.mask", "computed.where(recorded.isna(), recorded).mask(recorded == \"HIGH\", \"NORMAL\").fillna(computed.mask",
     "values recorded as high count as normal"),
    ("time-to-death-only", "adtte.py", "counted = found.loc[(found[\"ADT\"] >= found[\"_start\"])", "counted = found.loc[(found[\"ADT\"] > found[\"_start\"])",
     "an event on the day of first dose is no event"),
    ("visit-late", "advisit.py", "made.mask(frame[\"DEVDAYS\"] < 0, \"early\").mask(frame[\"DEVDAYS\"] > 0, \"late\")",
     "made.mask(frame[\"DEVDAYS\"] < 0, \"early\").mask(frame[\"DEVDAYS\"] > 7, \"late\")", "a week late is in window"),
    ("visit-left", "advisit.py", ".mask(left < closes, \"after discontinuation\")", "", "visits after leaving count as missed"),
)  # fmt: skip

ANALYSED = _in(
    "analyse",
    ("denominator-events", "rows.py", "percent = 100 * n / of if of else None", "percent = 100 * n / (of + 1) if of else None",
     "a denominator one too large"),
    ("count-records", "counting.py", "agg([\"nunique\", \"size\"])", "agg([\"size\", \"size\"])", "records are counted as subjects"),
    ("dropped-subject", "counting.py", "own = frame.loc[frame[variable].isin([g.code for g in definition.groups])]",
     "own = frame.loc[frame[variable].isin([g.code for g in definition.groups])].iloc[1:]", "the first record is dropped"),
    ("total-of-two-groups", "counting.py", "parts.append(frame.assign(**{COLUMN: TOTAL}))",
     "parts.append(own.loc[own[variable] != definition.groups[0].code].assign(**{COLUMN: TOTAL}))",
     "the total leaves out the first group"),
    ("safety-is-enrolled", "groups.py", "return Where().eq(**{trial.definition.analysis_set(population).flag: \"Y\"})",
     "return Where().eq(**{trial.definition.analysis_sets[-1].flag: \"Y\"})", "every table is of the last analysis set"),
    ("years-of-360-days", "exposure.py", "DAYS_A_YEAR = 365.25", "DAYS_A_YEAR = 360", "a year has 360 days"),
    ("mean-of-the-wrong-column", "efficacy_data.py", "VALUE, CHANGE, PERCENT = \"AVAL\", \"CHG\", \"PCHG\"",
     "VALUE, CHANGE, PERCENT = \"BASE\", \"CHG\", \"PCHG\"", "the mean is of the baseline, not of the value"),
    ("ulcer-everybody", "efficacy_data.py", "where = both(in_set(trial, endpoint.analysis_set), restricted)",
     "where = in_set(trial, endpoint.analysis_set)", "an endpoint restricted to some is analysed in all"),
    ("interval-normal", "efficacy.py", "special.stdtrit(np.where(enough, n - 1, 1), (1 + level) / 2)", "special.ndtri((1 + level) / 2)",
     "normal instead of t limits"),
    ("interval-one-sided", "efficacy.py", "(1 + level) / 2) * summary[\"sd\"]", "level) * summary[\"sd\"]", "one-sided limits"),
    ("sequence-goes-on", "multiplicity.py", "elif procedure == \"fixed-sequence\" and any(", "elif procedure == \"holm\" and any(",
     "behind a hypothesis that stands the sequence goes on"),
    ("worst-is-first", "laboratory.py", "WORST=(\"ATOXGRN\", \"max\")", "WORST=(\"ATOXGRN\", \"first\")",
     "the first grade after treatment is taken for the worst"),
    ("shift-low-hides-high", "laboratory.py", "one[\"WORST\"] = worst.mask(one[\"IS_LOW\"] & one[\"IS_HIGH\"], BOTH)",
     "one[\"WORST\"] = worst", "below and above counts as above"),
    ("worst-scheduled", "over_time.py", "AFTER = Where().eq(POSTFL=\"Y\").also(\"AVAL\", \"is not null\")",
     "AFTER = Where().eq(POSTFL=\"Y\", ANL01FL=\"Y\").also(\"AVAL\", \"is not null\")", "extremes of the analysed records only"),
    ("baseline-visit", "over_time.py", "BASELINE = Where().eq(ABLFL=\"Y\")", "BASELINE = Where().eq(ANL01FL=\"Y\", POSTFL=\"N\")",
     "screening values stand at baseline"),
    ("visits-done", "visits.py", "EXPECTED = (*DONE, \"missed\")", "EXPECTED = DONE", "missed visits are not expected"),
)  # fmt: skip

METHODS = _in(
    "methods",
    ("one-sided", "ranks.py", "return 2 * min(float(chance[: at + 1].sum()), float(chance[at:].sum()))",
     "return min(float(chance[: at + 1].sum()), float(chance[at:].sum()))", "one-sided for two-sided"),
    ("tail-open", "ranks.py", "float(chance[at:].sum()))", "float(chance[at + 1 :].sum()))", "the value seen is not in its tail"),
    ("walsh-without-values", "ranks.py", "first, second = np.triu_indices(n)", "first, second = np.triu_indices(n, 1)",
     "Walsh averages without the values themselves"),
    ("population-sd", "location.py", "sd=\"std\", min=\"min\"", "sd=lambda x: x.std(ddof=0), min=\"min\"", "SD with divisor n"),
    ("quartile-floor", "location.py", "lower = np.clip(np.where(flat, j - 1, j), 0", "lower = np.clip(j, 0",
     "quartiles never average two values"),
    ("t-p-one-sided", "location.py", "float(found.pvalue),", "float(found.pvalue) / 2,", "half the p-value"),
    ("hedges-uncorrected", "location.py", "\"hedges_g\": hedges_correction(x.size - 1)}", "\"hedges_g\": 1.0}",
     "an effect size without its correction"),
    ("beta-one-sided", "proportions.py", "tail = (1 - check_level(level)) / 2", "tail = 1 - check_level(level)", "90% limits called 95%"),
    ("poisson-low-plus-one", "rates.py", "special.gammaincinv(np.where(some, x, 1), tail)", "special.gammaincinv(np.where(some, x + 1, 1), tail)",
     "the lower Poisson limit of one event more"),
    ("two-of-six", "escalation.py", "return self.dlts >= 2 and 6 * self.dlts > self.evaluable",
     "return self.dlts >= 3 and 6 * self.dlts > self.evaluable", "two DLTs are not too toxic"),
    ("running-minimum", "multiplicity.py", "running = np.maximum.accumulate(np.where(known, raw, 1.0))",
     "running = np.minimum.accumulate(np.where(known, raw, 1.0))", "adjusted p-values fall along the sequence"),
    ("imputed-means", "imputation.py", "cycles: int = 10", "cycles: int = 0", "imputed values are never updated"),
    ("rubin-without-between", "imputation.py", "total = within + (1 + 1 / m) * between", "total = within + 0 * between",
     "the variance between imputations is left out"),
    ("reml-is-ml", "mmrm.py", "reml: bool = True", "reml: bool = False", "maximum likelihood for restricted likelihood"),
)  # fmt: skip

PRINTED = (
    Fault("rounded-twice", "analysis/formatting.py", "settled = exact.quantize(Decimal(1).scaleb(-(decimals + 9)), context=_EXACT)",
          "settled = exact.quantize(Decimal(1).scaleb(-(decimals + 1)), context=_EXACT)", "numbers are rounded twice"),
    Fault("rounded-to-even", "analysis/formatting.py", "rounding=ROUND_HALF_UP)", "rounding=\"ROUND_HALF_EVEN\")", "halves go to even"),
    Fault("one-decimal-less", "analysis/analyse/rows.py", "\"mean\": 1,", "\"mean\": 0,", "means with too few decimals"),
)  # fmt: skip

FAULTS: tuple[Fault, ...] = (*DERIVED, *ANALYSED, *METHODS, *PRINTED)
