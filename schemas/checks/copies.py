"""Checks of copies: measurements of a visit that are another subject's, or of another visit of the same subject.

How many equal results are too many depends on what they are. Each result counts with the probability that it comes up
by chance: for another subject the share of the test's results that are this one, for the same subject the share of
pairs of visits between which the test does not change. The product over a panel, times the number of pairs of panels
that there are, is how many such copies chance alone would make in the whole study; below `_BY_CHANCE` they are told.
Three results are enough where all are rare (values that stand in the two panels alone, among a hundred and more), and
twenty are not where they are common ones. Three common values stay unsaid on purpose: two subjects with the same blood
count, rounded as it is reported, are no rarity among the pairs of panels of a study, and nothing in them tells a copy.

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

import numpy as np
import numpy.typing as npt
import pandas as pd

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.checks.findings import by_group
from trial_report.schemas.checks.plausibility import copied_visits
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.unique import among, equals, group_codes, recalled
from trial_report.schemas.domains.variables import observation_class
from trial_report.schemas.study import StudyDefinition

_BY_CHANCE = 0.005
_VARIED = 20
_FEWEST = 3
_KEY = ("TESTCD", "OBJ", "SPEC", "METHOD", "POS", "LOC", "LAT", "DIR", "PORTOT", "TPT", "TPTNUM")
_PANEL = ("CAT", "SCAT", "TPT", "TPTNUM")
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


Panels = list[tuple[str, pd.DataFrame, pd.DataFrame]]


def _panels(domains: Domains) -> Panels:
    """Findings domain, its frame, and its results that can be told from chance: test, result, subject, visit, panel."""
    return recalled("panels", domains, lambda: list(_made(domains)))


def _made(domains: Domains) -> Iterator[tuple[str, pd.DataFrame, pd.DataFrame]]:
    for domain, frame in domains.items():
        code, number = f"{domain}TESTCD", f"{domain}STRESN"
        if observation_class(domain) != "Findings" or not domains.has(domain, "USUBJID", "VISITNUM", code, number):
            continue
        rows = frame[number].notna() & frame["VISITNUM"].notna() & (domains.subjects(domain) >= 0)
        if f"{domain}DRVFL" in frame:
            rows &= ~equals(frame[f"{domain}DRVFL"], "Y")
        rows &= ~among(frame[code], _COMPUTED)
        names = {"USUBJID", "VISITNUM", number, *(domain + name for name in (*_KEY, *_PANEL))}
        part = frame.loc[rows, [name for name in frame.columns if name in names]]
        test = by_group(part, [code, f"{domain}OBJ", f"{domain}SPEC"])
        part = part.assign(_test=test)
        result = by_group(part, ["_test", number])
        ends = part[number].groupby(test).agg(["min", "max"]).to_numpy()
        kinds = np.bincount(test[~result.duplicated()], minlength=len(ends))
        lowest, highest = ends[test].T
        chosen = (kinds[test] >= _VARIED) & (part[number] > lowest) & (part[number] < highest)
        part = part[chosen]
        if len(part) < 2 * _FEWEST:
            continue
        table = pd.DataFrame({"test": test[chosen], "result": result[chosen]})
        table["subject"] = domains.subjects(domain)[part.index]
        table["visit"] = by_group(part, ["USUBJID", "VISITNUM"])
        table["panel"] = by_group(part, ["USUBJID", "VISITNUM", *(domain + name for name in _PANEL)])
        what = by_group(part.assign(_result=table["result"]), [*(domain + name for name in _KEY), "_result"])
        table["hash"] = pd.util.hash_array(what.to_numpy())
        table["n"] = np.bincount(table["test"])[table["test"]]
        yield domain, frame, table


def _summed(table: pd.DataFrame, panel: str, chance: pd.Series) -> pd.DataFrame:
    """Of each panel: the sums of its hashes, the same for the same results in any order; size, chance, subject, row."""
    codes, hashes = pd.factorize(table[panel])[0], table["hash"].to_numpy()
    # Sums of halves are exact as floats.
    low, high = (np.bincount(codes, part.astype(np.float64)) for part in (hashes & 0xFFFFFFFF, hashes >> 32))
    first = ~pd.Series(codes).duplicated().to_numpy()
    made = pd.DataFrame(
        {"low": low, "high": high, "size": np.bincount(codes), "log": np.bincount(codes, np.log(chance))}
    )
    tests = pd.util.hash_array(table["test"].to_numpy()) >> 32
    made["tests"] = np.bincount(codes, tests.astype(np.float64))
    made["subject"], made["row"] = table["subject"].to_numpy()[first], table.index.to_numpy()[first]
    return made[made["size"] >= _FEWEST]


def _nearly_equal(table: pd.DataFrame, panel: str, chance: pd.Series) -> pd.DataFrame:
    """Pairs of panels that are equal but for one result of either, the later one first.

    Of each pair the rows and subjects, how many results are equal (`size`), the logarithm of the chance of these, and
    in how many ways one can be left out. Panels that are wholly equal are none of them.
    """
    codes, hashes = pd.factorize(table[panel])[0], table["hash"].to_numpy()
    low, high = (np.bincount(codes, part.astype(np.float64)) for part in (hashes & 0xFFFFFFFF, hashes >> 32))
    # Modulo 2 to the power of 64, as unsigned numbers wrap.
    totals = low.astype(np.uint64) + (high.astype(np.uint64) << np.uint64(32))
    sizes = np.bincount(codes)
    left, full = np.flatnonzero(sizes[codes] > _FEWEST), np.flatnonzero(sizes >= _FEWEST)
    keys = np.concatenate([totals[full], totals[codes[left]] - hashes[left]])
    panels = np.concatenate([full, codes[left]])
    order = np.argsort(keys, kind="stable")
    same = np.flatnonzero(keys[order][1:] == keys[order][:-1])
    one, other = panels[order[same]], panels[order[same + 1]]
    pairs = pd.DataFrame({"of": np.minimum(one, other), "panel": np.maximum(one, other)})
    pairs = pairs[totals[pairs["of"]] != totals[pairs["panel"]]].drop_duplicates()
    rows = np.flatnonzero(~pd.Series(codes).duplicated().to_numpy())
    results = pd.DataFrame({"panel": codes, "hash": hashes, "log": np.log(chance.to_numpy())})
    results = results[np.isin(codes, pairs.to_numpy())]
    equal = pairs.merge(results, on="panel").merge(results.rename(columns={"panel": "of"})[["of", "hash"]])
    made = equal.groupby(["of", "panel"])["log"].agg(["size", "sum"]).reset_index()
    made = made[made["size"] >= _FEWEST].rename(columns={"sum": "log"})
    made["ways"] = sizes[made["of"]] * sizes[made["panel"]]
    for name, which in (("", made["panel"]), ("of_", made["of"])):
        made[f"{name}row"] = table.index.to_numpy()[rows[which]]
        made[f"{name}subject"] = table["subject"].to_numpy()[rows[which]]
    return made


@declare.check(
    "CP-001",
    "warning",
    "Results of a visit are those of another subject, and too rare to be so by chance.",
    "Ask the site: records may have been copied.",
)
def no_panel_of_another_subject(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame, table in _panels(domains):
        # How often the value stands elsewhere: the copy itself says nothing of how rare it is.
        chance = (np.bincount(table["result"])[table["result"]] - 1).clip(min=1) / table["n"]
        told = np.zeros(len(frame), dtype=bool)
        expected = pd.Series("", index=frame.index, dtype="str")
        known = copied_visits(domains, domain).rows[table.index]
        # The whole visit, and where that is none each panel of it.
        for panel in ("visit", "panel"):
            whole = _summed(table, panel, chance)
            # Only panels of the same tests can be equal.
            number = whole.groupby("tests")["tests"].transform("size")
            whole = _rare(whole, number * (number - 1) / 2)
            same = whole.groupby(["low", "high", "size"])
            origin = same["row"].transform("min")
            subject = pd.Series(domains.subjects(domain)[origin], index=whole.index)
            copies = whole[
                (subject != whole["subject"]) & ~pd.Series(known, index=table.index)[whole["row"]].to_numpy()
            ]
            told[copies["row"]] = True
            expected[copies["row"]] = np.array(_said(frame, origin[copies.index], copies["size"]), dtype=object)
            known |= table["visit"].isin(table.loc[copies["row"], "visit"]).to_numpy()
        for panel in ("visit", "panel"):
            nearly = _nearly_equal(table, panel, chance)
            nearly = nearly[nearly["subject"] != nearly["of_subject"]]
            panels = table[panel].nunique()
            nearly = _rare(nearly, nearly["ways"] * (panels * (panels - 1) / 2))
            nearly = nearly[~pd.Series(known, index=table.index)[nearly["row"]].to_numpy()]
            told[nearly["row"]] = True
            expected[nearly["row"]] = np.array(_said(frame, nearly["of_row"], nearly["size"]), dtype=object)
            known = known | table["visit"].isin(table.loc[nearly["row"], "visit"]).to_numpy()
        yield Finding(domain, told, f"{domain}STRESN", expected=expected, also=("VISITNUM", "USUBJID"))


def _rare(panels: pd.DataFrame, pairs: pd.Series | float) -> pd.DataFrame:
    """Panels that chance alone would make fewer than `_BY_CHANCE` times among so many pairs."""
    return panels[panels["log"] + np.log(np.maximum(pairs, 1)) < np.log(_BY_CHANCE)]


def _said(frame: pd.DataFrame, rows: pd.Series, sizes: pd.Series) -> list[str]:
    """What was expected in the place of results that stand elsewhere."""
    visits = frame["VISIT"].fillna("") if "VISIT" in frame else pd.Series("", index=frame.index)
    return [
        f"results of its own, not the {size} of {subject} at {visit or f'visit {number:g}'}"
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
    for domain, frame, table in _panels(domains):
        if not domains.has(domain, f"{domain}DTC"):
            continue
        chance = _unchanged(table)
        whole = _summed(table, "panel", chance)
        of_subject = whole.groupby("subject").size()
        pairs = float((of_subject * (of_subject - 1) / 2).sum())
        whole = _rare(whole, pairs)
        day = domains.dates(domain, f"{domain}DTC")["lower"].dt.floor("D")
        whole = whole.assign(day=day[whole["row"]].to_numpy())
        same = whole.groupby(["subject", "low", "high", "size"])
        origin = same["row"].transform("min")
        copies = whole[(origin != whole["row"]) & (whole["day"] != same["day"].transform("first"))]
        told = np.zeros(len(frame), dtype=bool)
        told[copies["row"]] = True
        expected = pd.Series("", index=frame.index, dtype="str")
        expected[copies["row"]] = np.array(_said(frame, origin[copies.index], copies["size"]), dtype=object)
        known = table["visit"].isin(table.loc[copies["row"], "visit"]).to_numpy()
        for panel in ("visit", "panel"):
            nearly = _nearly_equal(table, panel, chance)
            nearly = nearly[nearly["subject"] == nearly["of_subject"]]
            nearly = _rare(nearly, nearly["ways"] * pairs)
            other_day = day[nearly["row"]].to_numpy() != day[nearly["of_row"]].to_numpy()
            nearly = nearly[other_day & ~pd.Series(known, index=table.index)[nearly["row"]].to_numpy()]
            told[nearly["row"]] = True
            expected[nearly["row"]] = np.array(_said(frame, nearly["of_row"], nearly["size"]), dtype=object)
            known = known | table["visit"].isin(table.loc[nearly["row"], "visit"]).to_numpy()
        also = ("VISITNUM", "USUBJID", f"{domain}DTC")
        yield Finding(domain, told, f"{domain}STRESN", expected=expected, also=also)


def _unchanged(table: pd.DataFrame) -> pd.Series:
    """For each result the share of pairs of the test's results in one subject that are equal."""
    tests = table["test"].max() + 1
    pairs, equal = (_pairs(table, names, tests) for names in (["test", "subject"], ["result", "subject"]))
    return pd.Series((equal.clip(min=1) / pairs.clip(min=1)).clip(max=1)[table["test"]], index=table.index)


def _pairs(table: pd.DataFrame, names: list[str], tests: int) -> npt.NDArray[np.float64]:
    """By test, how many pairs of results there are that are of one of these groups."""
    codes = group_codes(table, names)
    sizes = np.bincount(codes).astype(np.float64)
    first = ~pd.Series(codes).duplicated().to_numpy()
    pairs = np.bincount(table["test"].to_numpy()[first], sizes * (sizes - 1) / 2, minlength=tests)
    return pairs.astype(np.float64)
