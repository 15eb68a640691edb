"""Checks of measurements: results against their original, units, reference ranges, baseline flags.

Not here: whether a value can be true (`plausibility`, `magnitude`, `impossible`), and baseline flags against the first
dose (`baseline`).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyarrow as pa

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.domains.iso8601 import wholly_before
from trial_report.schemas.domains.numbers import to_number
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.unique import (
    among,
    are_same,
    equals,
    group_codes,
    matches,
    of_each,
    taken,
    unique_texts,
)
from trial_report.schemas.domains.variables import observation_class
from trial_report.schemas.study import StudyDefinition


def findings_with(domains: Domains, *names: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """Findings domains that were delivered with all these variables (named without their prefix)."""
    for domain, frame in domains.items():
        if observation_class(domain) == "Findings" and domains.has(domain, *(domain + name for name in names)):
            yield domain, frame


def is_yes(frame: pd.DataFrame, name: str) -> pd.Series:
    return equals(frame[name], "Y") if name in frame else pd.Series(False, index=frame.index)


def _close(one: pd.Series, other: pd.Series, relative: float = 1e-6) -> pd.Series:
    return pd.Series(np.isclose(one, other, rtol=relative, atol=1e-9), index=one.index)


def by_group(frame: pd.DataFrame, names: list[str]) -> pd.Series:
    """A number for each row's combination of values, missing values being a value of their own."""
    return pd.Series(group_codes(frame, [name for name in names if name in frame]), index=frame.index)


@declare.check(
    "--032",
    "error",
    "The numeric result --STRESN is not the number in --STRESC.",
    "Derive both from the same original result; --STRESN is missing only where --STRESC is no number.",
)
def numeric_agrees_with_text(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame in findings_with(domains, "STRESC", "STRESN"):
        text, number = frame[f"{domain}STRESC"], frame[f"{domain}STRESN"]
        value, no_number = to_number(text)
        # A derived score is often shown with fewer decimals than it has.
        places = 10.0 ** -decimals(text)
        shown = ((value - number).abs() <= places.where(is_yes(frame, f"{domain}DRVFL"), 0.5 * places)) & (places < 1)
        differs = value.notna() & number.notna() & ~_close(value, number) & ~shown
        lost = value.notna() & number.isna()
        # A category may have a score of its own; a number that stands beside no text at all has no source.
        unsourced = number.notna() & text.isna()
        yield Finding(
            domain,
            differs | lost | unsourced,
            f"{domain}STRESN",
            expected=text.fillna("no number"),
            also=(f"{domain}STRESC",),
        )
        censored = matches(text, r"^[<>]=?\s*\d").to_numpy(dtype=bool)
        invented = no_number & number.notna().to_numpy() & censored
        yield Finding(
            domain,
            invented,
            f"{domain}STRESN",
            expected="no number where --STRESC is censored",
            also=(f"{domain}STRESC",),
        )


@declare.check(
    "--033",
    "error",
    "The standard result is not the original result although their units are the same.",
    "Correct --STRESC and --STRESN, or --ORRES, or the units.",
)
def standard_agrees_with_original(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame in findings_with(domains, "ORRES", "STRESN", "ORRESU", "STRESU"):
        original, _ = to_number(frame[f"{domain}ORRES"])
        number = frame[f"{domain}STRESN"]
        unit, standard = frame[f"{domain}ORRESU"], frame[f"{domain}STRESU"]
        same_unit = are_same(unit, standard)
        derived = is_yes(frame, f"{domain}DRVFL")
        wrong = same_unit & original.notna() & number.notna() & ~derived & ~_close(original, number, 1e-4)
        # Rounded to the decimals of the standard result, the two may differ by half a unit of them.
        wrong &= (original - number).abs() > 0.5 * 10.0 ** -decimals(frame[f"{domain}STRESC"])
        yield Finding(
            domain,
            wrong,
            f"{domain}STRESN",
            expected=frame[f"{domain}ORRES"],
            also=(f"{domain}ORRES", f"{domain}STRESC", f"{domain}ORRESU", f"{domain}STRESU"),
        )


def decimals(texts: pd.Series) -> pd.Series:
    return of_each(texts, lambda found: found.str.extract(r"\.(\d+)$", expand=False).str.len().fillna(0.0), 0.0)


@declare.check(
    "--035",
    "error",
    "The conversion from the original unit to the standard unit is not that of the other records.",
    "Correct --STRESN or --ORRES, or the units.",
)
def conversion_is_constant(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame in findings_with(domains, "TESTCD", "ORRES", "STRESN", "ORRESU", "STRESU"):
        converted = frame[f"{domain}ORRESU"].notna() & (frame[f"{domain}ORRESU"] != frame[f"{domain}STRESU"])
        if not converted.any():
            continue
        part = frame[converted]
        original, _ = to_number(part[f"{domain}ORRES"])
        ratio = (part[f"{domain}STRESN"] / original).where(original.abs() > 0)
        group = by_group(part, [f"{domain}TESTCD", f"{domain}ORRESU", f"{domain}STRESU"])
        usual = ratio.groupby(group).transform("median")
        far = ((ratio - usual).abs() > 0.05 * usual.abs()) & ratio.notna()
        # Where the ratio is not constant anyway (temperatures have an offset) there is nothing to hold it against.
        constant = far.groupby(group).transform("mean") < 0.2
        enough = ratio.groupby(group).transform("count") >= 5
        wrong = (far & constant & enough).reindex(frame.index, fill_value=False)
        expected = ("about " + (usual * original).round(4).astype("str")).reindex(frame.index).fillna("")
        yield Finding(
            domain,
            wrong,
            f"{domain}STRESN",
            expected=expected,
            also=(f"{domain}ORRES", f"{domain}STRESC", f"{domain}ORRESU", f"{domain}STRESU"),
        )


@declare.check("--034", "error", "A standard result has no original result.", "Fill --ORRES, or set --DRVFL to Y.")
def standard_has_original(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame in findings_with(domains, "ORRES", "STRESC"):
        wrong = frame[f"{domain}ORRES"].isna() & frame[f"{domain}STRESC"].notna() & ~is_yes(frame, f"{domain}DRVFL")
        yield Finding(domain, wrong, f"{domain}ORRES", expected="the result as collected", also=(f"{domain}STRESC",))


@declare.check("--039", "error", "An original result has no standard result.", "Fill --STRESC from --ORRES.")
def original_has_standard(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame in findings_with(domains, "ORRES", "STRESC"):
        wrong = frame[f"{domain}ORRES"].notna() & frame[f"{domain}STRESC"].isna()
        yield Finding(
            domain, wrong, f"{domain}STRESC", expected=frame[f"{domain}ORRES"].fillna(""), also=(f"{domain}ORRES",)
        )


@declare.check(
    "--036",
    "error",
    "The standard unit is not the one that the test has in other records.",
    "Convert the result to the test's one standard unit.",
)
def one_standard_unit(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame in findings_with(domains, "TESTCD", "STRESU", "STRESN"):
        group = by_group(frame, [f"{domain}{name}" for name in ("TESTCD", "OBJ", "CAT", "SPEC", "METHOD")])
        measured = judged = frame[f"{domain}STRESN"].notna()
        if f"{domain}STRESC" in frame:  # a censored result has the unit of its limit
            judged = judged | (frame[f"{domain}STRESU"].notna() & matches(frame[f"{domain}STRESC"], r"^\s*[<>]"))
        codes, units = unique_texts(frame[f"{domain}STRESU"])
        codes, units = (
            np.where(codes < 0, len(units), codes),
            pa.concat_arrays([units, pa.array(["(none)"], units.type)]),
        )
        counts = (
            pd.DataFrame({"group": group[measured], "unit": codes[measured]}).value_counts().rename("n").reset_index()
        )
        counts["name"] = taken(units, counts["unit"])
        counts = counts.sort_values(["n", "name"], ascending=[False, True], kind="stable").drop_duplicates("group")
        usual = counts.set_index("group")["unit"].reindex(group).set_axis(frame.index)
        wrong = judged & usual.notna() & (codes != usual)
        expected = (
            units.take(usual[wrong].to_numpy(dtype=np.int64)).to_pandas().astype("str").set_axis(wrong.index[wrong])
        )
        also = (f"{domain}STRESN", f"{domain}TESTCD")
        yield Finding(domain, wrong, f"{domain}STRESU", expected=expected, also=also)


@declare.check(
    "--046",
    "error",
    "The standard unit of a measurement is not the one in the study definition.",
    "Convert the results, or correct the unit in study.yml.",
)
def unit_is_the_defined_one(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for parameter in definition.parameters:
        domain = parameter.domain
        if parameter.unit and domains.has(domain, f"{domain}TESTCD", f"{domain}STRESU", f"{domain}STRESN"):
            rows = parameter_rows(domains[domain], parameter)
            unit = domains[domain][f"{domain}STRESU"]
            wrong = rows & domains[domain][f"{domain}STRESN"].notna() & (unit.fillna("") != parameter.unit)
            yield Finding(domain, wrong, f"{domain}STRESU", expected=parameter.unit, also=(f"{domain}STRESN",))


def parameter_rows(frame: pd.DataFrame, parameter: object) -> pd.Series:
    """The rows of a domain that hold a parameter of the study definition."""
    domain, testcd, where = (getattr(parameter, name) for name in ("domain", "testcd", "where"))
    rows = frame[f"{domain}TESTCD"] == testcd
    for variable, wanted in where.items():
        values = list(wanted) if isinstance(wanted, tuple) else [wanted]
        rows &= among(frame[variable], values) if variable in frame else False
    return rows


@declare.check("--037", "error", "A test that was not done has a result.", "Empty the result, or --STAT.")
def not_done_has_no_result(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame in findings_with(domains, "STAT"):
        done = equals(frame[f"{domain}STAT"], "NOT DONE")
        for name in ("ORRES", "STRESC", "STRESN"):
            if f"{domain}{name}" in frame:
                wrong = done & frame[f"{domain}{name}"].notna()
                yield Finding(domain, wrong, f"{domain}STAT", expected="no result where --STAT is NOT DONE")


@declare.check(
    "--038",
    "error",
    "A result is missing, and nothing says that the test was not done.",
    "Fill the result, or set --STAT to NOT DONE and give the reason in --REASND.",
)
def no_result_is_not_done(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame in findings_with(domains, "ORRES"):
        stat = frame[f"{domain}STAT"].notna() if f"{domain}STAT" in frame else pd.Series(False, index=frame.index)
        wrong = frame[f"{domain}ORRES"].isna() & ~stat & ~is_yes(frame, f"{domain}DRVFL")
        yield Finding(
            domain,
            wrong,
            f"{domain}ORRES",
            expected="a result, or NOT DONE in --STAT",
            also=(f"{domain}STRESC", f"{domain}STRESN", f"{domain}STAT"),
        )


@declare.check(
    "--040", "error", "The lower limit of a reference range is above the upper limit.", "Correct the limits."
)
def limits_in_order(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame in findings_with(domains, "STNRLO", "STNRHI"):
        wrong = frame[f"{domain}STNRLO"] > frame[f"{domain}STNRHI"]
        yield Finding(domain, wrong, f"{domain}STNRLO", expected=f"not above {domain}STNRHI", also=(f"{domain}STNRHI",))


@declare.check(
    "--041",
    "error",
    "The reference range indicator does not agree with the result and its limits.",
    "Correct --NRIND, the result or the limits.",
)
def indicator_agrees_with_limits(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame in findings_with(domains, "NRIND", "STRESN", "STNRLO", "STNRHI"):
        number, said = frame[f"{domain}STRESN"], frame[f"{domain}NRIND"]
        low, high = frame[f"{domain}STNRLO"], frame[f"{domain}STNRHI"]
        side = of_each(said, lambda found: found.map(_INDICATORS).astype(float), np.nan)
        wanted = _side(number, low, high)
        wrong = side.notna() & number.notna() & (low.notna() | high.notna()) & (side != wanted)
        if not wrong.any():
            continue
        if domains.has(domain, f"{domain}ORRES", f"{domain}ORNRLO", f"{domain}ORNRHI"):
            # A laboratory judges the result in its own unit, before it is converted and rounded.
            original, lower, upper = (to_number(frame[domain + name])[0] for name in ("ORRES", "ORNRLO", "ORNRHI"))
            wrong &= original.isna() | (lower.isna() & upper.isna()) | (side != _side(original, lower, upper))
        expected = wanted.map({-1.0: "LOW", 0.0: "NORMAL", 1.0: "HIGH"})
        yield Finding(
            domain,
            wrong,
            f"{domain}NRIND",
            expected=expected,
            also=tuple(f"{domain}{name}" for name in ("STRESN", "STRESC", "STNRLO", "STNRHI", "ORRES")),
        )


#: Reference range indicators, and the side of the range on which the result lies.
_INDICATORS = {"NORMAL": 0.0, "LOW": -1.0, "LOW LOW": -1.0, "HIGH": 1.0, "HIGH HIGH": 1.0}


def _side(number: pd.Series, low: pd.Series, high: pd.Series) -> pd.Series:
    return (number > high).astype(float) - (number < low).astype(float)


BASELINE_KEY = ("TESTCD", "OBJ", "CAT", "SCAT", "SPEC", "METHOD", "POS", "LOC", "LAT", "TPT", "TPTNUM")


@declare.check(
    "--042",
    "warning",
    "A test of a subject has two baselines.",
    "Leave the flag on the last record before dose.",
)
def baseline_is_one(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for flag in ("LOBXFL", "BLFL"):
        for domain, frame in findings_with(domains, "TESTCD", flag):
            flagged = is_yes(frame, f"{domain}{flag}")
            key = ["USUBJID", *(domain + name for name in BASELINE_KEY if domain + name in frame)]
            if flag == "BLFL" and "EPOCH" in frame:  # a sponsor's baseline may be one of each period
                key.append("EPOCH")
            group = by_group(frame, key)[flagged]
            twice = (group.duplicated() & ~_are_repeats(domain, frame[flagged], group)).reindex(
                frame.index, fill_value=False
            )
            yield Finding(
                domain,
                twice,
                f"{domain}{flag}",
                expected="one baseline",
                also=(f"{domain}SEQ", f"{domain}TESTCD", f"{domain}DTC", f"{domain}.USUBJID"),
            )


def _are_repeats(domain: str, part: pd.DataFrame, group: pd.Series) -> pd.Series:
    """Flagged records of one moment that are repeats by number, or the mean of them (--DRVFL) beside what it is of."""
    moment = by_group(part, [f"{domain}DTC", "VISITNUM"])
    one_moment = moment.groupby(group).transform("nunique") == 1
    numbered = pd.Series(False, index=part.index)
    if f"{domain}REPNUM" in part:
        numbered = part[f"{domain}REPNUM"].groupby(group).transform("nunique") == group.groupby(group).transform("size")
    return one_moment & (numbered | is_yes(part, f"{domain}DRVFL").groupby(group).transform("any"))


@declare.check(
    "--043",
    "warning",
    "A baseline lies after first dose.",
    "Flag the last record before first dose.",
    uses=("DM.RFXSTDTC",),
)
def baseline_is_before_dose(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    dosed = domains.dates("DM", "RFXSTDTC")["upper"]
    for domain, frame in findings_with(domains, "LOBXFL", "DTC"):
        limit = domains.of_subject(domain, dosed)
        later = wholly_before(domains.of_subject(domain, domains["DM"]["RFXSTDTC"]), frame[f"{domain}DTC"])
        if f"{domain}TPT" in frame:
            # On the day itself the time point may say that it was after dosing.
            same_day = domains.dates(domain, f"{domain}DTC")["upper"] >= limit.dt.floor("D")
            later |= matches(frame[f"{domain}TPT"], r"(?i)\bpost-?\s?dos") & same_day
        wrong = is_yes(frame, f"{domain}LOBXFL") & later
        yield Finding(
            domain,
            wrong,
            f"{domain}LOBXFL",
            expected="a date not after " + limit[wrong].dt.strftime("%Y-%m-%d"),
            also=(f"{domain}DTC", f"{domain}DY", "DM.RFXSTDTC"),
        )


@declare.check("--045", "warning", "A baseline has no result.", "Flag the last record with a result before first dose.")
def baseline_has_result(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for flag in ("LOBXFL", "BLFL"):
        for domain, frame in findings_with(domains, flag, "STRESC"):
            wrong = is_yes(frame, f"{domain}{flag}") & frame[f"{domain}STRESC"].isna()
            yield Finding(
                domain,
                wrong,
                f"{domain}{flag}",
                expected="a result",
                also=(f"{domain}STRESC", f"{domain}ORRES", f"{domain}STAT", f"{domain}STRESN"),
            )


@declare.check(
    "--044",
    "warning",
    "A test with results before first dose has no baseline.",
    "Set --LOBXFL to Y on the last record with a result before first dose.",
    uses=("DM.RFXSTDTC",),
)
def baseline_exists(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    dosed = domains.dates("DM", "RFXSTDTC")["lower"].dt.floor("D")
    for domain, frame in findings_with(domains, "TESTCD", "LOBXFL", "DTC", "STRESC"):
        flag = is_yes(frame, f"{domain}LOBXFL")
        if not flag.any():
            continue
        limit = domains.of_subject(domain, dosed)
        date = domains.dates(domain, f"{domain}DTC")["upper"]
        before = (date < limit) & frame[f"{domain}STRESC"].notna()
        group = by_group(frame, ["USUBJID", *(domain + name for name in ("TESTCD", "OBJ", "LOC", "LAT"))])
        has_one = flag.groupby(group).transform("any")
        # Only tests that have a baseline in other subjects: some are collected once and are never compared.
        flagged_tests = frame[f"{domain}TESTCD"][flag]
        judged = before & ~has_one & among(frame[f"{domain}TESTCD"], flagged_tests)
        last = date.where(judged).groupby(group).transform("max")
        wrong = judged & (date == last)
        if wrong.any():
            wrong = _at_the_day_of_dose(wrong, date.dt.floor("D") == limit, flagged=flag, group=group)
        yield Finding(
            domain,
            wrong,
            f"{domain}LOBXFL",
            expected="Y",
            also=(
                f"{domain}DTC",
                f"{domain}LAT",
                f"{domain}TESTCD",
                f"{domain}.{domain}LOBXFL",
                f"{domain}.{domain}TESTCD",
                f"{domain}.USUBJID",
                "DM.RFXSTDTC",
                "DM.USUBJID",
            ),
        )


def _at_the_day_of_dose(wrong: pd.Series, on_day: pd.Series, flagged: pd.Series, group: pd.Series) -> pd.Series:
    """The same series of results, each at its only record of the day of dose, where the study's flags stand on that.

    A date without a time does not say that it was before the dose; where most flags stand there it was.
    """
    if 2 * (flagged & on_day).sum() <= flagged.sum():
        return wrong
    alone = on_day & (on_day.groupby(group).transform("sum") == 1) & wrong.groupby(group).transform("any")
    return alone | (wrong & ~alone.groupby(group).transform("any"))
