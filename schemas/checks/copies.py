"""Checks of copies: measurements of a visit that are another subject's, or of another visit of the same subject.

How many equal results are too many depends on what they are. Each result counts with the probability that it comes up
by chance: for another subject the share of the test's results that are this one, for the same subject the share of
pairs of visits between which the test does not change. The product over a panel, times the number of pairs of panels
that there are, is how many such copies chance alone would make in the whole study; below `_BY_CHANCE` they are told.
Three results are enough where all are rare (values that stand in the two panels alone, among a hundred and more), and
twenty are not where they are common ones. Three common values stay unsaid on purpose: two subjects with the same blood
count, rounded as it is reported, are no rarity among the pairs of panels of a study, and nothing in them tells a copy.

Besides visits and panels, whole courses are compared: all that a subject has in a category at all its visits, which is
what tells a copy where a visit has one value or two (an index of perfusion, the area of a wound, a score). What follows
on something of the same subject is no chance by itself: a result after the test's first one, in a course or among
replicates of one moment, counts with the share of pairs that are equal, where that is larger. The side and site of a
measurement count only where a subject has several of them: the copy of a right leg may stand under a left one.

A copy need not be whole. Panels are also compared without one result of each: with a test more or less in one of them,
or one value that was altered, they are told where the results that are equal are too many by themselves, out of all
pairs of panels and all ways of leaving one out.

Left out is what is equal for other reasons: tests of fewer than 20 different numbers (scores, grades, yes and no), the
lowest and the highest value of a test (floor, ceiling, zero, limits of quantification), what is computed from others,
and two visits of one day, for which one measurement may serve.

Not here: a record that is there twice (`records`), and a visit that repeats the last one in everything
(`plausibility`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.checks.plausibility import copied_visits
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.unique import among, equals, group_codes, recalled
from trial_report.schemas.domains.variables import observation_class
from trial_report.schemas.study import StudyDefinition

_BY_CHANCE = 0.005
_VARIED = 20
_FEWEST = 3
#: Visits of so many results in the mean need no course to be told as copies.
_TELLING = 6
_KEY = ("TESTCD", "OBJ", "SPEC", "METHOD", "POS", "LOC", "LAT", "DIR", "PORTOT", "TPT", "TPTNUM")
_SITE = ("LOC", "LAT", "DIR", "PORTOT")
_PANEL = ("CAT", "SCAT", "TPT", "TPTNUM")
_COURSE = ("CAT", "SCAT")
_HALF = np.uint64(0xFFFFFFFF)
#: Tests that are computed from others of their panel (CDISC codelists VSTESTCD, LBTESTCD, EGTESTCD): when those are
#: equal they are as well. Share and number of blood cells are one measurement; the codes of shares end in LE.
# fmt: off
_COMPUTED = frozenset([
    "BMI", "BSA", "IDEALWT", "LBM", "MAP", "PULSEPR", "QTCF", "QTCB", "QTCFAG", "QTCBAG", "QTCAG", "QTCNAG",
    "QTCSAG", "RR", "RRAG", "RRMEAN", "EGFR", "GFRE", "GFRBSCRT", "CREATCLR", "CREATCLE", "ANIONG", "BUNCREAT",
    "UREACRT", "ALBGLOB", "GLOBUL", "LDL", "VLDL", "CHOLHDL", "LDLHDL", "HCT", "MCV", "MCH", "MCHC", "BILIND",
    "INR", "IRONSAT", "TRFSAT", "NEUTLE", "LYMLE", "MONOLE", "EOSLE", "BASOLE"
])
# fmt: on


Codes = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Hashes = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class _Groups:
    """The results of a domain put together by visit, panel or course; groups are numbered as they first appear.

    `codes` is the group of each result and `first` the first result of each group. `low` and `high` are the halves of
    the sum of a group's hashes, the same for the same results in any order, as floats, of which sums are exact; `tests`
    is such a sum over the tests alone. `of` and `to` are pairs of groups that are equal but for one result of either.
    """

    codes: Codes
    hashes: Hashes
    first: Codes
    sizes: Codes
    low: Floats
    high: Floats
    tests: Floats
    of: Codes
    to: Codes


@dataclass(frozen=True)
class _Panels:
    """A findings domain, its frame, and its results that can be told from chance.

    `table` has for each result its test, value (`result`), subject, visit, and `again`: whether the subject has the
    test at that visit already. Its index are rows of the frame.
    """

    domain: str
    frame: pd.DataFrame
    table: pd.DataFrame
    groups: dict[str, _Groups]


def _panels(domains: Domains) -> list[_Panels]:
    return recalled("panels", domains, lambda: list(_made(domains)))


def _made(domains: Domains) -> Iterator[_Panels]:
    for domain, frame in domains.items():
        code, number = f"{domain}TESTCD", f"{domain}STRESN"
        if observation_class(domain) != "Findings" or not domains.has(domain, "USUBJID", "VISITNUM", code, number):
            continue
        chosen = frame[number].notna().to_numpy() & frame["VISITNUM"].notna().to_numpy()
        chosen &= (domains.subjects(domain) >= 0) & ~among(frame[code], _COMPUTED).to_numpy()
        if f"{domain}DRVFL" in frame:
            chosen &= ~equals(frame[f"{domain}DRVFL"], "Y").to_numpy()
        rows = np.flatnonzero(chosen)
        values = frame[number].to_numpy(dtype=np.float64)[rows]
        test = _codes(frame, [code, f"{domain}OBJ", f"{domain}SPEC"], rows)
        result = _paired(test, pd.factorize(values)[0])
        varied = _varied(test, result, values)
        rows, test, result = rows[varied], pd.factorize(test[varied])[0], pd.factorize(result[varied])[0]
        if len(rows) < 2 * _FEWEST:
            continue
        subject = domains.subjects(domain)[rows].astype(np.int64)
        at = pd.factorize(frame["VISITNUM"].to_numpy()[rows])[0]
        visit = _paired(subject, at)
        key = _codes(frame, [domain + name for name in _KEY], rows)
        # Where a subject has one site of a test, another subject's is the same test: the other leg, another toe.
        if any(domain + name in frame for name in _SITE):
            alone = _codes(frame, [domain + name for name in _KEY if name not in _SITE], rows)
            if len(np.unique(_paired(visit, alone))) == len(np.unique(_paired(visit, key))):
                key = alone
        what = _paired(key, result)
        again = pd.Series(_paired(visit, key)).duplicated().to_numpy()
        # Equal results of one moment are told apart by their number, that a sum of them is of as many.
        if again.any():
            turn = pd.Series(what).groupby(_paired(visit, what)).cumcount()
            what = _paired(what, np.asarray(turn, dtype=np.int64))
        hashes = pd.util.hash_array(what)
        table = pd.DataFrame({"test": test, "result": result, "subject": subject, "visit": visit, "again": again})
        table.index = pd.Index(rows)
        yield _Panels(domain, frame, table, dict(_grouped(domain, frame, table, hashes, key, at)))


def _grouped(
    domain: str, frame: pd.DataFrame, table: pd.DataFrame, hashes: Hashes, key: Codes, at: Codes
) -> Iterator[tuple[str, _Groups]]:
    rows, subject, visit = table.index.to_numpy(), table["subject"].to_numpy(), table["visit"].to_numpy()
    kinds = pd.util.hash_array(table["test"].to_numpy()) >> np.uint64(32)
    yield "visit", _groups(visit, hashes, kinds)
    panel = _paired(visit, _codes(frame, [domain + name for name in _PANEL], rows))
    if panel.max() != visit.max():
        yield "panel", _groups(panel, hashes, kinds)
    if len(rows) >= _TELLING * (int(visit.max()) + 1):
        return  # visits of so many results tell by themselves
    course = _paired(subject, _codes(frame, [domain + name for name in _COURSE], rows))
    hashes = hashes ^ pd.util.hash_array(at)
    yield "course", _groups(course, hashes, kinds ^ (pd.util.hash_array(at) >> np.uint64(32)))


def _codes(frame: pd.DataFrame, names: list[str], rows: Codes) -> Codes:
    """A number for the combination of values of each of the rows."""
    return group_codes(frame, [name for name in names if name in frame])[rows]


def _paired(one: Codes, other: Codes) -> Codes:
    """A number for each pair of numbers, in the order in which they appear."""
    paired: Codes = pd.factorize(one * (int(other.max(initial=0)) + 1) + other)[0].astype(np.int64)
    return paired


def _varied(test: Codes, result: Codes, values: Floats) -> npt.NDArray[np.bool_]:
    """Results of tests of many different numbers, that are neither the lowest nor the highest of their test."""
    size = int(test.max(initial=0)) + 1
    lowest, highest = np.full(size, np.inf), np.full(size, -np.inf)
    first = _firsts(result)
    np.minimum.at(lowest, test[first], values[first])
    np.maximum.at(highest, test[first], values[first])
    kinds = np.bincount(test[first], minlength=size)
    chosen: npt.NDArray[np.bool_] = (kinds[test] >= _VARIED) & (values > lowest[test]) & (values < highest[test])
    return chosen


def _firsts(codes: Codes) -> Codes:
    """Where each of the numbers, which are given in order of appearance, stands first."""
    return np.flatnonzero(np.diff(np.maximum.accumulate(codes), prepend=-1))


def _groups(codes: Codes, hashes: Hashes, kinds: Hashes) -> _Groups:
    low, high, tests = (_sums(codes, part) for part in (hashes & _HALF, hashes >> np.uint64(32), kinds))
    sizes = np.bincount(codes)
    # Modulo 2 to the power of 64, as unsigned numbers wrap.
    totals = low.astype(np.uint64) + (high.astype(np.uint64) << np.uint64(32))
    of, to = _nearly_equal(codes, hashes, totals, sizes)
    return _Groups(codes, hashes, _firsts(codes), sizes, low, high, tests, of, to)


def _sums(codes: Codes, parts: Hashes) -> Floats:
    return np.asarray(np.bincount(codes, parts.astype(np.float64)), dtype=np.float64)


def _nearly_equal(codes: Codes, hashes: Hashes, totals: Hashes, sizes: Codes) -> tuple[Codes, Codes]:
    """Pairs of groups that are equal but for one result of either, the earlier ones first."""
    left, full = np.flatnonzero(sizes[codes] > _FEWEST), np.flatnonzero(sizes >= _FEWEST)
    keys = np.concatenate([totals[full], totals[codes[left]] - hashes[left]])
    groups = np.concatenate([full, codes[left]])
    # Few keys are there twice: only those are put in order.
    twice = pd.Series(keys).duplicated(keep=False).to_numpy()
    keys, groups = keys[twice], groups[twice]
    order = np.argsort(keys, kind="stable")
    same = np.flatnonzero(keys[order][1:] == keys[order][:-1])
    one, other = groups[order[same]], groups[order[same + 1]]
    pairs = np.unique(np.stack([np.minimum(one, other), np.maximum(one, other)]), axis=1)
    of, to = pairs[:, totals[pairs[0]] != totals[pairs[1]]]
    return of, to


def _whole(panels: _Panels, name: str, chance: Floats) -> pd.DataFrame:
    """Each visit, panel or course of three results or more: sums, size, logarithm of its chance, subject and row."""
    groups, table = panels.groups[name], panels.table
    made = pd.DataFrame({"low": groups.low, "high": groups.high, "size": groups.sizes, "tests": groups.tests})
    made["log"] = np.bincount(groups.codes, np.log(chance))
    made["subject"], made["row"] = table["subject"].to_numpy()[groups.first], table.index.to_numpy()[groups.first]
    return made[made["size"] >= _FEWEST]


def _nearly(panels: _Panels, name: str, chance: Floats, *, of_others: bool) -> pd.DataFrame:
    """Pairs of them that are equal but for one result of either, of two subjects or of one.

    Of each pair the rows and subjects, how many results are equal (`size`), the logarithm of the chance of these, and
    in how many ways one can be left out.
    """
    groups, table = panels.groups[name], panels.table
    subject = table["subject"].to_numpy()[groups.first]
    wanted = (subject[groups.of] != subject[groups.to]) == of_others
    pairs = pd.DataFrame({"of": groups.of[wanted], "to": groups.to[wanted]})
    parts = np.isin(groups.codes, pairs.to_numpy())
    results = pd.DataFrame({"to": groups.codes[parts], "hash": groups.hashes[parts], "log": np.log(chance[parts])})
    equal = pairs.merge(results, on="to").merge(results.rename(columns={"to": "of"})[["of", "hash"]])
    made = equal.groupby(["of", "to"])["log"].agg(["size", "sum"]).reset_index()
    made = made[made["size"] >= _FEWEST].rename(columns={"sum": "log"})
    made["ways"] = groups.sizes[made["of"]] * groups.sizes[made["to"]]
    for before, which in (("", made["to"]), ("of_", made["of"])):
        made[f"{before}row"] = table.index.to_numpy()[groups.first[which]]
        made[f"{before}subject"] = subject[which]
    return made


@declare.check(
    "CP-001",
    "warning",
    "Results of a visit are those of another subject, and too rare to be so by chance.",
    "Ask the site: records may have been copied.",
)
def no_panel_of_another_subject(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for panels in _panels(domains):
        table, told = panels.table, _Told(panels)
        told.known |= copied_visits(domains, panels.domain).rows[table.index]
        # How often the value stands elsewhere: the copy itself says nothing of how rare it is.
        of_result = np.bincount(table["result"])
        chance = (of_result[table["result"]] - 1).clip(min=1) / np.bincount(table["test"])[table["test"]]
        # A result again is like the one before it: of one moment, and in a course of one subject.
        again = table["again"].to_numpy()
        if again.any():
            chance = np.where(again, np.maximum(chance, _unchanged(table, ["visit"])), chance)
        of_course = chance
        if "course" in panels.groups:
            series = pd.Series(_paired(table["subject"].to_numpy(), table["test"].to_numpy()))
            later = again | series.duplicated().to_numpy()
            of_course = np.where(later, np.maximum(chance, _unchanged(table, ["subject"])), chance)
        # All visits of a subject, and where that is none the whole visit, and where that is none each panel of it.
        for name in ("course", "visit", "panel"):
            if name not in panels.groups:
                continue
            whole = _whole(panels, name, of_course if name == "course" else chance)
            # Only panels of the same tests can be equal.
            number = whole.groupby("tests")["tests"].transform("size")
            whole = _rare(whole, number * (number - 1) / 2)
            same = whole.groupby(["low", "high", "size"])
            origin = same["row"].transform("min")
            subject = pd.Series(domains.subjects(panels.domain)[origin], index=whole.index)
            copies = whole[(subject != whole["subject"]) & ~told.is_known(whole["row"])]
            told.add(copies["row"], origin[copies.index], copies["size"], name)
        for name in ("course", "visit", "panel"):
            if name not in panels.groups:
                continue
            nearly = _nearly(panels, name, of_course if name == "course" else chance, of_others=True)
            size = len(panels.groups[name].sizes)
            nearly = _rare(nearly, nearly["ways"] * (size * (size - 1) / 2))
            nearly = nearly[~told.is_known(nearly["row"])]
            told.add(nearly["row"], nearly["of_row"], nearly["size"], name)
        yield told.finding(("VISITNUM", "USUBJID"))


class _Told:
    """What is told of a domain: at which rows, what was expected, and which results are known to be copies."""

    def __init__(self, panels: _Panels) -> None:
        self._panels = panels
        self._rows = np.zeros(len(panels.frame), dtype=bool)
        self._expected = pd.Series("", index=panels.frame.index, dtype="str")
        self.known = np.zeros(len(panels.table), dtype=bool)

    def is_known(self, rows: pd.Series) -> npt.NDArray[np.bool_]:
        """Which of these rows are of a visit that was told already."""
        return np.asarray(pd.Series(self.known, index=self._panels.table.index)[rows], dtype=np.bool_)

    def add(self, rows: pd.Series, origins: pd.Series, sizes: pd.Series, name: str) -> None:
        """Tell that the results that begin at `rows` are those that begin at `origins`."""
        self._rows[rows] = True
        said = _said(self._panels.frame, origins, sizes, every_visit=name == "course")
        self._expected[rows] = np.array(said, dtype=object)
        table = self._panels.table
        if name != "course":
            self.known |= table["visit"].isin(table.loc[rows, "visit"]).to_numpy()
            return
        codes = pd.Series(self._panels.groups[name].codes, index=table.index)
        visits = table["visit"].to_numpy()[codes.isin(codes[rows]).to_numpy()]
        self.known |= table["visit"].isin(visits).to_numpy()

    def finding(self, also: tuple[str, ...]) -> Finding:
        """All of it."""
        name = f"{self._panels.domain}STRESN"
        return Finding(self._panels.domain, self._rows, name, expected=self._expected, also=also)


def _rare(panels: pd.DataFrame, pairs: pd.Series | float) -> pd.DataFrame:
    """Panels that chance alone would make fewer than `_BY_CHANCE` times among so many pairs."""
    return panels[panels["log"] + np.log(np.maximum(pairs, 1)) < np.log(_BY_CHANCE)]


def _said(frame: pd.DataFrame, rows: pd.Series, sizes: pd.Series, *, every_visit: bool = False) -> list[str]:
    """What was expected in the place of results that stand elsewhere."""
    visits = frame["VISIT"].fillna("") if "VISIT" in frame else pd.Series("", index=frame.index)
    return [
        f"results of its own, not the {size} of {subject} at "
        + ("the same visits" if every_visit else visit or f"visit {number:g}")
        for size, subject, visit, number in zip(
            sizes, frame["USUBJID"][rows], visits[rows], frame["VISITNUM"][rows], strict=True
        )
    ]


@declare.check(
    "CP-002",
    "warning",
    "Results of a visit are those of another visit of the subject, and they change too often to be so by chance.",
    "Ask the site: records may have been copied; correct the date, where one measurement serves for both visits.",
)
def no_visit_is_another_again(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for panels in _panels(domains):
        domain, table = panels.domain, panels.table
        if not domains.has(domain, f"{domain}DTC"):
            continue
        chance = _unchanged(table, ["subject"])
        again = table["again"].to_numpy()
        if again.any():
            chance = np.where(again, np.maximum(chance, _unchanged(table, ["visit"])), chance)
        day = domains.dates(domain, f"{domain}DTC")["lower"].dt.floor("D")
        told = _Told(panels)
        pairs = 0.0
        # The whole visit, and where that is none each panel of it.
        for name in ("visit", "panel"):
            if name not in panels.groups:
                continue
            whole = _whole(panels, name, chance)
            of_subject = whole.groupby("subject").size()
            pairs = float((of_subject * (of_subject - 1) / 2).sum())
            whole = _rare(whole, pairs)
            whole = whole.assign(day=day[whole["row"]].to_numpy())
            same = whole.groupby(["subject", "low", "high", "size"])
            origin = same["row"].transform("min")
            other_day = whole["day"] != same["day"].transform("first")
            copies = whole[(origin != whole["row"]) & other_day & ~told.is_known(whole["row"])]
            told.add(copies["row"], origin[copies.index], copies["size"], name)
        for name in ("visit", "panel"):
            if name not in panels.groups:
                continue
            nearly = _nearly(panels, name, chance, of_others=False)
            nearly = _rare(nearly, nearly["ways"] * pairs)
            other_day = day[nearly["row"]].to_numpy() != day[nearly["of_row"]].to_numpy()
            nearly = nearly[other_day & ~told.is_known(nearly["row"])]
            told.add(nearly["row"], nearly["of_row"], nearly["size"], name)
        yield told.finding(("VISITNUM", "USUBJID", f"{domain}DTC"))


def _unchanged(table: pd.DataFrame, of: list[str]) -> Floats:
    """For each result the share of pairs of its test's results, of one subject or one visit of it, that are equal."""
    tests = int(table["test"].max()) + 1
    (group,) = (table[name].to_numpy() for name in of)
    pairs = _pairs(table["test"].to_numpy(), group, table["test"].to_numpy(), tests)
    equal = _pairs(table["result"].to_numpy(), group, table["test"].to_numpy(), tests)
    shares: Floats = (equal.clip(min=1) / pairs.clip(min=1)).clip(max=1)[table["test"].to_numpy()]
    return shares


def _pairs(one: Codes, other: Codes, test: Codes, tests: int) -> Floats:
    """By test, how many pairs of results there are that have both numbers the same."""
    # Sorted once, equal pairs stand beside each other: quicker than looking each up.
    order = np.argsort(one * (int(other.max()) + 1) + other, kind="stable")
    key = (one * (int(other.max()) + 1) + other)[order]
    starts = np.flatnonzero(np.diff(key, prepend=key[0] - 1))
    sizes = np.diff(np.append(starts, len(key))).astype(np.float64)
    pairs = np.bincount(test[order][starts], sizes * (sizes - 1) / 2, minlength=tests)
    return np.asarray(pairs, dtype=np.float64)
