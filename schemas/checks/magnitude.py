"""Checks of magnitude: a value that is 10, 100 or 1000 times what it should be, or is in another unit than it says.

Such a value is told by three things at once. It lies far from the subject's other values of the test. It lies further
than values of this test lie in other subjects: of a test that does jump (liver enzymes, C-reactive protein) a jump is
no mistake. And it falls among the subject's values when it is divided by the factor, or taken back to the unit.

Distances are measured, on the scale of the values and on that of their logarithms, by medians and median absolute
deviations, so that neither the value itself nor a skewed test sets them (Rousseeuw and Croux, J Am Stat Assoc
1993;88:1273-83). A subject with one or two values, or all of them alike, is held against the subjects in place of its
own values. Values without a unit are scores, of which none is a tenth of another by mistake.

Where all of a site's subjects are off together, none of them is off for itself: the site is held against the others,
and told once for a test (PL-026). Two sites do not say which of them is wrong: a third has to agree with one.

Not here: values that lie far out and have no such factor (`plausibility`), and conversions of one record (`units`).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.checks.findings import by_group, findings_with, parameter_rows
from trial_report.schemas.codelists.conversion import mistaken
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.unique import recalled
from trial_report.schemas.study import StudyDefinition

Numbers = npt.NDArray[np.float64]

#: What a series of values has in common, beside its subject.
SERIES = ("TESTCD", "OBJ", "CAT", "SCAT", "SPEC", "METHOD", "POS", "LOC", "LAT", "TPT", "TPTNUM", "STRESU")
#: Of these, what one test may have in several: the test's distribution is that of all of them.
_OF_SUBJECT = ("POS", "LOC", "LAT", "TPT", "TPTNUM")
_POWERS = (10.0, 100.0, 1000.0)
#: Analytes that can rise tenfold or a hundredfold within days and fall again: enzymes and markers of acute injury,
#: inflammation and heart failure, tumour markers, hormones of pregnancy. A short list by clinical judgement, of CDISC's
#: codes (codelist LBTESTCD, C65047); only falls and thousandfold rises of these are judged.
_VOLATILE = """
ALT AST GGT ALP LDH CK CKMB CKMM AMYLASE LIPASE BILI BILDIR BILIND CRP PCT INTLK6 FERRITIN DDIMER FDP TROPONI TROPONT
TROPONIN MGB BNP BNPPRO BNPPRONT PSA CEA CA125AG CA19_9AG AFP HCG TSH CORTISOL EOS
"""
#: Fewer values of a subject do not say what its values are; fewer of a test, or of subjects, not what the test's are.
_OWN, _ENOUGH, _SUBJECTS, _VARIED = 3, 20, 10, 8
#: Far is so many robust standard deviations, and at least this factor; near is so many after the mistake is undone.
_FAR, _LEAST, _NEAR = 6.0, 1.7, 4.0
#: A larger share of odd values is no mistake in some of them.
_MOST = 0.2
#: A site has at least so many subjects with the test, the others so many together, from so many sites.
_OF_SITE, _OF_OTHERS, _OTHER_SITES = 3, 6, 2
#: At most this share of the site's subjects, and of the others, lies on the other side of the middle between them.
_ASTRAY = 0.1
#: Nobody's spread is less than this (a tenth of a decimal may be the whole of it).
_FLOOR = 0.015


@declare.check(
    "PL-020",
    "warning",
    "A value is out of the subject's range by a power of ten, or as if it were in another unit.",
    "Ask the site; correct the value or its unit, or accept it.",
)
def value_has_its_magnitude(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame in findings_with(domains, "TESTCD", "STRESN", "STRESU"):
        said = wrong_magnitude(domains, domain).mask(is_implausible(domain, frame, definition))
        also = tuple(f"{domain}{name}" for name in ("ORRES", "STRESC", "STRESU", "ORRESU"))
        yield Finding(domain, said.notna(), f"{domain}STRESN", expected=said[said.notna()], also=also)


@declare.check(
    "PL-026",
    "warning",
    "A site's values are all out of those of the other sites by a power of ten, or as if they were in another unit.",
    "Ask the site in which unit it measures; correct all its values or their unit, or accept it.",
    uses=("DM.SITEID",),
)
def site_has_the_unit_of_the_others(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, _ in findings_with(domains, "TESTCD", "STRESN", "STRESU"):
        said = of_site_in_other_unit(domains, domain)
        site = domains.of_subject(domain, domains["DM"]["SITEID"])
        first = said.notna() & ~by_group(pd.DataFrame({"said": said, "site": site}), ["said", "site"]).duplicated()
        also = (f"{domain}STRESU", "USUBJID", "DM.SITEID")
        yield Finding(domain, first, f"{domain}STRESN", expected=said[first] + ", of site " + site[first], also=also)


def of_site_in_other_unit(domains: Domains, domain: str) -> pd.Series:
    """For values of a site that are all off together what is expected, in words; missing for all others."""
    frame = domains[domain]
    if not domains.has("DM", "SITEID", "USUBJID") or f"{domain}STRESU" not in frame:
        return pd.Series(None, index=frame.index, dtype="str")
    return recalled("magnitude of sites", frame, lambda: _of_site_in_other_unit(domains, domain))


def _of_site_in_other_unit(domains: Domains, domain: str) -> pd.Series:
    frame = domains[domain]
    said = pd.Series(None, index=frame.index, dtype=object)
    values, site = frame[f"{domain}STRESN"], domains.of_subject(domain, domains["DM"]["SITEID"])
    rows = frame[(values > 0) & frame[f"{domain}STRESU"].notna() & site.notna()]
    if rows.empty or site.nunique() <= _OTHER_SITES:
        return said.astype("str")
    kind = by_group(rows, [domain + name for name in SERIES if name not in _OF_SUBJECT])
    table = pd.DataFrame({"kind": kind, "site": site[rows.index], "log": np.log(values[rows.index])})
    table["subject"] = domains.subjects(domain)[rows.index]
    middles = table.groupby(["kind", "site", "subject"])["log"].median().reset_index()
    of_site = middles.groupby(["kind", "site"])["log"].agg(["median", "size"]).reset_index()
    away = (of_site["median"] - of_site.groupby("kind")["median"].transform("median")).abs()
    # Most tests have no site that is far away, and are done with here.
    far = of_site[(away > np.log(_LEAST)) & (of_site["size"] >= _OF_SITE)]
    for kind_of, name in zip(far["kind"], far["site"], strict=True):
        of_test = middles[middles["kind"] == kind_of]
        mine, others = of_test[of_test["site"] == name], of_test[of_test["site"] != name]
        if len(others) < _OF_OTHERS or others["site"].nunique() < _OTHER_SITES:
            continue
        first = kind.index[kind == kind_of][0]
        test, unit = str(frame[f"{domain}TESTCD"][first]), str(frame[f"{domain}STRESU"][first])
        if words := _site(mine["log"].to_numpy(), others["log"].to_numpy(), test, unit):
            here = table.index[(table["kind"] == kind_of) & (table["site"] == name)]
            said[here] = f"{words}, as all {len(here):,} values of {test}"
    return said.astype("str")


def _site(mine: Numbers, others: Numbers, test: str, unit: str) -> str:
    """What is expected of a site whose subjects are off together, by the middles of its subjects and of the others."""
    middle, at = float(np.median(others)), float(np.median(mine))
    scale = max(_scale(np.abs(others - middle)), _FLOOR)
    # The standard error of the difference of two medians of normal values.
    error = 1.2533 * scale * np.sqrt(1 / len(mine) + 1 / len(others))
    if abs(at - middle) <= max(_FAR * error, np.log(_LEAST)):
        return ""
    between = (at + middle) / 2
    astray = [float(np.mean((one < between) != (m < between))) for one, m in ((mine, at), (others, middle))]
    words = _undone(at, middle, error, test, unit)
    if not words or max(astray) > _ASTRAY:
        return ""
    return f"about {np.exp(middle):.4g}, as in the subjects of other sites; {words}"


def is_of_wrong_magnitude(domains: Domains, domain: str) -> pd.Series:
    """The rows of which something is said by their magnitude, for themselves or with their site."""
    return wrong_magnitude(domains, domain).notna() | of_site_in_other_unit(domains, domain).notna()


def is_implausible(domain: str, frame: pd.DataFrame, definition: StudyDefinition) -> pd.Series:
    """Values out of the range that the study definition gives them: another check tells these."""
    rows = pd.Series(False, index=frame.index)
    for one in definition.parameters:
        if one.domain == domain and one.plausible:
            rows |= parameter_rows(frame, one) & ~frame[f"{domain}STRESN"].between(*one.plausible)
    return rows


def wrong_magnitude(domains: Domains, domain: str) -> pd.Series:
    """For values of a wrong magnitude what is expected, in words; missing for all others, and where a site is off."""
    frame = domains[domain]
    if f"{domain}STRESU" not in frame:
        return pd.Series(None, index=frame.index, dtype="str")
    return recalled("magnitude", frame, lambda: _wrong_magnitude(domains, domain))


def _wrong_magnitude(domains: Domains, domain: str) -> pd.Series:
    frame = domains[domain]
    said = pd.Series(None, index=frame.index, dtype=object)
    values = frame[f"{domain}STRESN"].mask(of_site_in_other_unit(domains, domain).notna())
    given = ((values > 0) & frame[f"{domain}STRESU"].notna()).to_numpy()
    places = np.flatnonzero(given)
    if len(places) < _ENOUGH:
        return said.astype("str")
    names = [domain + name for name in SERIES]
    kinds = by_group(frame, [name for name in names if name[2:] not in _OF_SUBJECT]).to_numpy()[places]
    series = by_group(frame, ["USUBJID", *names]).to_numpy()[places]
    logs = np.log(values.to_numpy(dtype=np.float64)[places])
    grouped = pd.Series(logs).groupby(series)
    middle, size = grouped.transform("median").to_numpy(), grouped.transform("size").to_numpy()
    order = np.argsort(kinds, kind="stable")
    tests, units = frame[f"{domain}TESTCD"], frame[f"{domain}STRESU"]
    for rows in np.split(order, np.flatnonzero(np.diff(kinds[order])) + 1):
        first = places[rows[0]]
        found = _of_test(
            logs[rows], middle[rows], size[rows], series[rows], str(tests.iloc[first]), str(units.iloc[first])
        )
        for place, words in found.items():
            said.iloc[places[rows[place]]] = words
    return said.astype("str")


def _of_test(logs: Numbers, middle: Numbers, size: Numbers, series: Numbers, test: str, unit: str) -> dict[int, str]:
    """Places of a test's values that are of a wrong magnitude → what was expected."""
    if len(logs) < _ENOUGH or len(np.unique(logs)) < _VARIED:
        return {}
    found: dict[int, str] = {}
    own = size >= _OWN
    if own.sum() >= _ENOUGH:
        found = _odd(logs, np.where(own, middle, np.nan), test, unit, "of this subject")
    # One middle a subject: for those who have too few values, or all of them in the other unit.
    once = pd.Series(middle).groupby(series).first()
    if len(once) >= _SUBJECTS:
        usual, held = float(once.median()), np.where(own, middle, logs)
        for place, words in _odd(held, np.full(len(logs), usual), test, unit, "of other subjects", once).items():
            found.setdefault(place, words)
    return found


def _odd(
    logs: Numbers, middle: Numbers, test: str, unit: str, whose: str, all_of: pd.Series | None = None
) -> dict[int, str]:
    away, straight = logs - middle, np.exp(logs) - np.exp(middle)
    everyone = ~np.isnan(away)
    spread = np.abs(away[everyone] if all_of is None else all_of.to_numpy() - middle[0])
    even = np.abs(straight[everyone] if all_of is None else np.exp(all_of.to_numpy()) - np.exp(middle[0]))
    scale = max(_scale(spread), _FLOOR)
    spread.sort()
    # Far on either scale: near zero a scale of logarithms makes much of little.
    far = (np.abs(away) > max(_FAR * scale, np.log(_LEAST))) & (np.abs(straight) > _FAR * _scale(even))
    places = np.flatnonzero(far)
    found: dict[int, str] = {}
    for place in places if len(places) <= _MOST * len(logs) else ():
        # Values half as far (on the scale of logarithms) are no rarity in a test that jumps.
        others = len(spread) - int(np.searchsorted(spread, 0.5 * abs(away[place])))
        if others > max(2, 0.01 * len(spread)):
            continue
        if words := _undone(float(logs[place]), float(middle[place]), scale, test, unit):
            found[int(place)] = f"about {np.exp(middle[place]):.4g}, as the values {whose}; {words}"
    return found


def _scale(spread: Numbers) -> float:
    """A robust standard deviation of distances; of many that are none (repeated values) the wider tenth decides."""
    return max(1.4826 * float(np.median(spread)), float(np.quantile(spread, 0.9)) / 1.645)


def _undone(log: float, middle: float, scale: float, test: str, unit: str) -> str:
    """The mistake that brings a value back among the others, in words; empty where none does."""
    value = np.exp(log)
    ways = [(f"{value:.6g} may be in {other}", way.factor * value + way.offset) for other, way in mistaken(unit, test)]
    for power in _POWERS:
        ways.append((f"{value:.6g} is {power:g} times too large", value / power))
        ways.append((f"{value:.6g} is {power:g} times too small", value * power))
    best, least = "", np.inf
    for words, undone in ways:
        if undone <= 0 or (test in _VOLATILE.split() and undone < value and value < 500 * undone):
            continue
        left = abs(np.log(undone) - middle)
        limit = min(max(_NEAR * scale, 0.08), 0.3 * abs(np.log(undone) - log))
        if left <= limit and left < least - 1e-9:
            best, least = words, left
    return best
