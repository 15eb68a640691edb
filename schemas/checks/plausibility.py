"""Checks of plausibility: values that can be right and probably are not. All are warnings.

Not here: a factor of ten or a unit (`magnitude`), copied panels (`copies`), and what cannot be true together
(`impossible`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.checks.findings import by_group, parameter_rows
from trial_report.schemas.checks.magnitude import is_of_wrong_magnitude, of_site_in_other_unit, wrong_magnitude
from trial_report.schemas.domains.sides import Sides, by_moment, side_numbers
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.unique import Codes, group_codes, recalled, unique_texts
from trial_report.schemas.domains.variables import QUALIFIERS, observation_class
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.measures import Parameter

#: An outlier lies this many robust standard deviations (1.4826 × median absolute deviation) from the median, of the
#: values and of their logarithms alike: a skewed test has no outliers for being skewed.
_OUTLIER = 6.0
_ENOUGH = 30
#: Fewer equal values at one visit can be equal by chance.
_COPIED = 5
_VARIED = 20


def _measured(domains: Domains, definition: StudyDefinition) -> Iterator[tuple[Parameter, pd.DataFrame, pd.Series]]:
    """Each parameter whose domain was read, with the domain's frame and the rows that hold a number for it."""
    for parameter in definition.parameters:
        domain = parameter.domain
        if domains.has(domain, f"{domain}TESTCD", f"{domain}STRESN"):
            frame = domains[domain]
            yield parameter, frame, parameter_rows(frame, parameter) & frame[f"{domain}STRESN"].notna()


@declare.check(
    "PL-001",
    "warning",
    "A value lies outside the range that the study definition calls plausible.",
    "Ask the site; correct the value or its unit, or accept it.",
)
def value_is_plausible(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for parameter, frame, rows in _measured(domains, definition):
        if parameter.plausible:
            low, high = parameter.plausible
            variable = f"{parameter.domain}STRESN"
            # Of a site that measures in another unit it is told once.
            at_site = of_site_in_other_unit(domains, parameter.domain).notna()
            wrong = rows & ~frame[variable].between(low, high) & ~at_site
            expected = f"{low:g} to {high:g} {parameter.unit or ''}".strip()
            told = wrong_magnitude(domains, parameter.domain)[wrong]
            told = (expected + "; " + told.str.replace("^.*?; ", "", regex=True)).fillna(expected)
            yield Finding(parameter.domain, wrong, variable, expected=told.astype("str"))


def _robust_distance(values: pd.Series) -> pd.Series:
    middle = values.median()
    spread = 1.4826 * (values - middle).abs().median()
    return (values - middle).abs() / spread if spread > 0 else pd.Series(0.0, index=values.index)


@declare.check(
    "PL-002",
    "warning",
    "A value lies far from all other values of its test.",
    "Ask the site; correct the value or its unit, or accept it.",
)
def value_is_no_outlier(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for parameter, frame, rows in _measured(domains, definition):
        variable = f"{parameter.domain}STRESN"
        values = frame[variable][rows]
        if len(values) < _ENOUGH:
            continue
        far = _robust_distance(values) > _OUTLIER
        if (values > 0).all():
            far &= _robust_distance(np.log(values)) > _OUTLIER
        expected = f"about {values.quantile(0.05):g} to {values.quantile(0.95):g}, as most others"
        implausible = ~frame[variable].between(*(parameter.plausible or (-np.inf, np.inf)))
        wrong = far.reindex(frame.index, fill_value=False) & ~implausible
        wrong &= ~is_of_wrong_magnitude(domains, parameter.domain)
        yield Finding(parameter.domain, wrong, variable, expected=expected)


@declare.check(
    "PL-003",
    "warning",
    "The results of a test end in one digit far more often than they should.",
    "Ask how the test is read and recorded: values may have been rounded or estimated.",
)
def last_digits_are_even(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for parameter, frame, rows in _measured(domains, definition):
        original = f"{parameter.domain}ORRES"
        if original not in frame:
            continue
        texts = frame[original][rows].dropna()
        digits = texts[texts.str.fullmatch(r"\d+(?:\.\d+)?").to_numpy(dtype=bool)]
        # Scores of few possible values end as they must; a long scale that is used in few places does not.
        places = digits.str.extract(r"\.(\d+)$", expand=False).str.len().max()
        span = digits.astype(float).max() - digits.astype(float).min()
        digits = digits.str[-1]
        if len(digits) < 3 * _ENOUGH or span * 10.0 ** np.nan_to_num(places) < _ENOUGH:
            continue
        shares = digits.value_counts(normalize=True)
        if shares.iloc[0] > 0.4:
            value = f"{shares.iloc[0]:.0%} of {len(digits):,} results of {parameter.testcd} end in {shares.index[0]}"
            yield Finding(parameter.domain, None, original, value=value, expected="about 10% for each digit")


@declare.check(
    "PL-004",
    "warning",
    "A value changed between two visits by more than the study definition calls possible.",
    "Ask the site; one of the two values may be wrong, or of another subject.",
)
def change_is_possible(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for parameter, frame, rows in _measured(domains, definition):
        domain, variable, date = parameter.domain, f"{parameter.domain}STRESN", f"{parameter.domain}DTC"
        if parameter.maximum_change is None or not domains.has(domain, date):
            continue
        series = by_group(frame, ["USUBJID", *(domain + name for name in ("TESTCD", "OBJ", "LOC", "LAT"))])
        part = pd.DataFrame({"series": series, "value": frame[variable], "date": domains.dates(domain, date)["lower"]})
        part = part[rows & wrong_magnitude(domains, domain).isna()].sort_values(["series", "date"], kind="stable")
        change = part.groupby("series")["value"].diff().reindex(frame.index)
        wrong = change.abs() > parameter.maximum_change
        expected = f"a change of at most {parameter.maximum_change:g}, not " + change.round(6).astype("str")
        yield Finding(domain, wrong, variable, expected=expected, also=(date,))


@declare.check(
    "PL-005",
    "warning",
    "All results of a visit are those of another subject's visit.",
    "Ask the site: records may have been copied.",
)
def no_visit_is_a_copy(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain in domains:
        found = copied_visits(domains, domain)
        yield Finding(domain, found.first, f"{domain}STRESC", expected=found.expected)


@dataclass(frozen=True)
class Copied:
    """Visits whose results are all another subject's: their records, the first of each, and whose they are."""

    rows: npt.NDArray[np.bool_]
    first: npt.NDArray[np.bool_]
    expected: str | pd.Series = ""


def copied_visits(domains: Domains, domain: str) -> Copied:
    """The visits of a domain that are copies as a whole: five results or more, of tests with many values."""
    return recalled("copied visits", domains[domain], lambda: _copied(domains, domain))


def _copied(domains: Domains, domain: str) -> Copied:
    frame, names = domains[domain], [f"{domain}{name}" for name in ("TESTCD", "LOC", "LAT", "STRESC")]
    nothing = Copied(np.zeros(len(frame), dtype=bool), np.zeros(len(frame), dtype=bool))
    # Words are equal by chance.
    wanted = ("VISITNUM", names[0], names[3], f"{domain}STRESN")
    if observation_class(domain) != "Findings" or not domains.has(domain, *wanted):
        return nothing
    # Scores of few levels are equal by chance.
    test, number = by_group(frame, [names[0]]), frame[f"{domain}STRESN"]
    varied = number.groupby(test).transform("nunique") >= _VARIED
    part = frame[number.notna() & frame["VISITNUM"].notna() & varied]
    hashed = pd.util.hash_pandas_object(part[[name for name in names if name in part]], index=False)
    # The sum of the hashes of a visit's results is the same for the same results in any order.
    group, subject = by_group(part, ["USUBJID", "VISITNUM"]), by_group(part, ["USUBJID"])
    whole = hashed.groupby(group).agg(["sum", "size"])
    whole["subject"] = subject.groupby(group).first()
    whole = whole[whole["size"] >= _COPIED]
    same = whole.groupby(["sum", "size"])["subject"]
    copies = whole[(same.transform("nunique") > 1) & (whole["subject"] != same.transform("first"))]
    copied = group.isin(copies.index)
    first = copied & ~group.duplicated()
    names_of = part["USUBJID"][~subject.duplicated()].reset_index(drop=True)
    other = group[first].map(same.transform("first")).map(names_of)
    expected = "results of the subject's own, not those of " + other.astype("str")
    rows, at = (mask.reindex(frame.index, fill_value=False).to_numpy(dtype=bool) for mask in (copied, first))
    return Copied(rows, at, expected)


_KINDS = (*QUALIFIERS, "LAT")


@declare.check(
    "PL-006",
    "warning",
    "A measurement of the study definition is two or more in the data: records of one moment differ in a qualifier.",
    "Say by `where` in study.yml which is meant, and define the others as measurements of their own. Of several sides "
    "(--LAT) at one moment the mean is taken where nothing is said.",
)
def measurement_is_one(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for parameter, frame, rows in _measured(domains, definition):
        domain = parameter.domain
        names = [f"{domain}{kind}" for kind in _KINDS if domains.has(domain, f"{domain}{kind}")]
        # Of most measurements a qualifier has one value everywhere: then there is nothing to look at.
        names = [name for name in names if _is_varied(unique_texts(frame[name])[0][rows.to_numpy()])]
        if not names:
            continue
        part = frame[rows]
        moment = by_group(part, ["USUBJID", f"{domain}DTC", *_visit(domain)])
        for name in names:
            several = part[name].groupby(moment).transform("nunique") > 1
            otherwise = ""
            if name == f"{domain}LAT" and name not in parameter.where:
                sides = _sides(part, domain)
                if (sides.fullest > 1).any():
                    several = pd.Series(sides.here > 1, index=part.index)
                    otherwise = _of_sides(sides)
                elif not several.any():
                    # One side minutes after the other, and again: nobody would see that one is left out.
                    day = by_group(
                        part.assign(_DAY=part[f"{domain}DTC"].str[:10]), ["USUBJID", "_DAY", *_visit(domain)]
                    )
                    several = part[name].groupby(day).transform("nunique") > 1
                    otherwise = "; else the last of the sides counts alone, as their times are not the same"
            if several.any():
                found = ", ".join(sorted(part[name][several].dropna().unique())[:6])
                expected = f"one value of {name} for {parameter.paramcd}, as where: {{{name}: …}} chooses{otherwise}"
                yield Finding(domain, None, name, value=found, expected=expected)


def _visit(domain: str) -> list[str]:
    return ["VISITNUM", f"{domain}TPT", f"{domain}TPTNUM"]


def _of_sides(sides: Sides) -> str:
    """What the derivation makes of values of several sides."""
    fewer = int((sides.counted & (sides.here < sides.fullest)).sum())
    lost = f", and values of moments with fewer sides than the subject's fullest ({fewer:,}) do not count"
    return f"; else the values of the sides at a moment are averaged{lost if fewer else ''}"


def _sides(part: pd.DataFrame, domain: str) -> Sides:
    """The sides of a measurement's values, as the derivation takes them together."""
    date = f"{domain}DTC"
    rest = ["VISITNUM", *(f"{domain}{kind}" for kind in ("TPTNUM", "REPNUM", *QUALIFIERS))]
    on = part.assign(_DAY=part[date].str[:10]) if date in part else part
    codes = [group_codes(on, [name for name in names if name in on])
             for names in (["USUBJID"], ["USUBJID", "_DAY", *rest], ["USUBJID", date, *rest])]  # fmt: skip
    return by_moment(codes[0], codes[1], codes[2], side_numbers(part[f"{domain}LAT"]), np.ones(len(part), dtype=bool))


@declare.check(
    "PL-007",
    "error",
    "A measurement was made on several sides at some moments and on fewer at most: it has no mean of the sides there.",
    "Say by `where` in study.yml which side is meant, or define each side as a measurement of its own.",
)
def sides_are_measured_together(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    """Of an eye that was lost a value is missing; where most are lost (both arms once, then one) no mean was meant."""
    for parameter, frame, rows in _measured(domains, definition):
        domain = parameter.domain
        name = f"{domain}LAT"
        if name in parameter.where or not domains.has(domain, name):
            continue
        part = frame[rows]
        if not _is_varied(unique_texts(part[name])[0]):
            continue
        sides = _sides(part, domain)
        once = ~pd.Series(sides.at).duplicated().to_numpy() & (sides.fullest > 1)
        fewer, moments = int((once & (sides.here < sides.fullest)).sum()), int(once.sum())
        if 2 * fewer > moments:
            found = f"{parameter.paramcd}: fewer sides at {fewer:,} of {moments:,} moments"
            yield Finding(
                domain, None, name, value=found, expected=f"one value of {name}, as where: {{{name}: …}} chooses"
            )


def _is_varied(codes: Codes) -> bool:
    given = codes[codes >= 0]
    return len(given) > 0 and bool((given != given[0]).any())
