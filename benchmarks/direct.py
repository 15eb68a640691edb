"""The checks of a Findings table written directly in pandas, by hand: what `nox -s bench` holds the model against.

Nothing of the packages is used but terms and schedule, which are data. Each column is looked at as a whole, each
different text once. A cell is reported by the first check that it fails, as the model does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
#: Check id, line, variable, subject and value of a finding.
Row = tuple[str, int, str, str, str]

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?"
_DATE = (
    r"(?:\d{4}|-)(?:-(?:0[1-9]|1[0-2]|-)(?:-(?:0[1-9]|[12]\d|3[01])"
    r"(?:T(?:[01]\d|2[0-3])(?::[0-5]\d(?::[0-5]\d(?:\.\d+)?)?)?(?:Z|[+-]\d{2}:\d{2})?)?)?)?"
)
_UNTIDY = r"^[\s\p{Zs}]|[\s\p{Zs}]$|[\x00-\x1f\x7f-\x{9f}\x{ad}]|\p{Cf}|\p{Zl}|\p{Zp}"
_PERSONAL = (
    r"[\w.+-]+@[\w-]+\.[a-zA-Z]{2,}|\b\d{6}-[1-8]\d{6}\b|\b\d{3}-\d{2}-\d{4}\b"
    r"|\+\d{1,3}[ -]\d[\d -]{6,}\d|\b0\d{1,2}-\d{3,4}-\d{4}\b"
)
_KEY = ("TESTCD", "CAT", "SPEC", "DTC")
_BASELINE = ("TESTCD", "CAT", "SPEC")


class Direct:
    """One pass over a table; `rows` afterwards holds every finding."""

    def __init__(self, table: pd.DataFrame, domain: str) -> None:
        self.table, self.domain = table, domain
        self.failed: dict[str, Bools] = {}
        self.found: list[tuple[str, str, Bools]] = []
        self._coded: dict[str, tuple[npt.NDArray[np.int64], pd.Series]] = {}

    def coded(self, name: str) -> tuple[npt.NDArray[np.int64], pd.Series]:
        """Place of each row's text among the different texts of the column (-1: missing), and those texts."""
        if name not in self._coded:
            codes, texts = pd.factorize(self.table[name])
            self._coded[name] = codes, pd.Series(texts, dtype="str")
        return self._coded[name]

    def each(self, name: str, judge: Callable[[pd.Series], pd.Series]) -> Bools:
        """What `judge` says of each different text, for every row; False for missing."""
        codes, texts = self.coded(name)
        return np.append(judge(texts).to_numpy(dtype=bool), False)[codes]

    def missing(self, name: str) -> Bools:
        """Rows without a value."""
        return self.coded(name)[0] < 0

    def number(self, name: str) -> Floats:
        """A column as numbers; what is none is found (004) and missing."""
        codes, texts = self.coded(name)
        values = np.array(pd.to_numeric(texts, errors="coerce"), dtype=float)
        values[~texts.str.fullmatch(_NUMBER).to_numpy(dtype=bool) | ~np.isfinite(values)] = np.nan
        refused = np.append(np.isnan(values), False)[codes]
        self.add("004", name, refused)
        return np.append(values, np.nan)[codes]

    def add(self, check: str, name: str, wrong: Bools, *also: str) -> None:
        """Keep the rows of a check that rest on no cell that failed before."""
        for other in (name, *also):
            if other in self.failed:
                wrong = wrong & ~self.failed[other]
        if wrong.any():
            id = check if check.startswith("PR") else f"{self.domain}-{check}"
            self.found.append((id, name, wrong))
            if check not in {"007", "014", "015", "PR-003"}:
                self.failed[name] = self.failed.get(name, np.zeros(len(wrong), dtype=bool)) | wrong

    def rows(self) -> list[Row]:
        """Every finding with its line, subject and value, in no particular order."""
        rows: list[Row] = []
        for check, name, wrong in self.found:
            places = np.flatnonzero(wrong)
            part = self.table[[name, "USUBJID"]].iloc[places].fillna("").astype("str")
            lines = (places + 2).tolist()
            rows += zip(
                [check] * len(places),
                lines,
                [name] * len(places),
                part["USUBJID"].tolist(),
                part[name].tolist(),
                strict=True,
            )
        return rows


def findings(
    table: pd.DataFrame,
    domain: str,
    study: str,
    cutoff: str,
    visits: pd.DataFrame,
    terms: Mapping[str, tuple[str, Sequence[str]]],
    texts: Sequence[str],
    whole: Sequence[str],
    required: Sequence[str],
) -> list[Row]:
    """Every finding of a Findings table of text.

    `visits` has num, name and day of the schedule; `terms` check and codelist of each coded variable; `texts` names the
    free texts, `whole` the variables that count, `required` those that must have a value.
    """
    d, it = domain, Direct(table, domain)
    numeric = ("STRESN", "STNRLO", "STNRHI")
    n = {name: it.number(d + name) for name in numeric}
    counts = {name: it.number(name) for name in [f"{d}SEQ", "VISITNUM", *whole]}
    _values(it, study, counts, terms, texts, whole, required)
    _texts(it, study, cutoff, texts)
    _visits(it, counts, visits)
    _tests(it)
    _results(it, n)
    return it.rows()


def _values(
    it: Direct,
    study: str,
    counts: Mapping[str, Floats],
    terms: Mapping[str, tuple[str, Sequence[str]]],
    texts: Sequence[str],
    whole: Sequence[str],
    required: Sequence[str],
) -> None:
    sequence = f"{it.domain}SEQ"
    for name in required:
        it.add("005", name, it.missing(name))
    for name, (check, known) in terms.items():
        it.add(check, name, it.each(name, lambda text, known=known: ~text.isin(known)))  # type: ignore[misc]
    it.add("008", f"{it.domain}DTC", it.each(f"{it.domain}DTC", lambda text: ~_is_date(text)))
    it.add("009", sequence, counts[sequence] <= 0)
    it.add("013", "DOMAIN", it.each("DOMAIN", lambda text: text != it.domain))
    for name in texts:
        it.add("014", name, it.each(name, lambda text: text.str.contains(_UNTIDY)))
        it.add("015", name, it.each(name, lambda text: text.str.len() > 200))
    for name in whole:
        it.add("016", name, ~np.isnan(counts[name]) & (counts[name] % 1 != 0))
    subject, _ = it.coded("USUBJID")
    it.add("010", sequence, pd.DataFrame({"a": subject, "b": counts[sequence]}).duplicated().to_numpy(), sequence)


def _is_date(text: pd.Series) -> pd.Series:
    shaped = text.str.fullmatch(_DATE)
    day = pd.to_datetime(text.str[:10].where(text.str.len() >= 10), format="%Y-%m-%d", errors="coerce")
    return shaped & (day.notna() | (text.str.len() < 10))


def _texts(it: Direct, study: str, cutoff: str, texts: Sequence[str]) -> None:
    for name in texts:
        if name not in {"STUDYID", "USUBJID"}:
            it.add("PR-003", name, it.each(name, lambda text: text.str.contains(_PERSONAL)))
    it.add("021", f"{it.domain}DTC", it.each(f"{it.domain}DTC", lambda text: text.str[: len(cutoff)] > cutoff))
    it.add("012", "STUDYID", it.each("STUDYID", lambda text: text != study))
    names = ["USUBJID", *(it.domain + name for name in _KEY)]
    key = pd.DataFrame({name: it.coded(name)[0] for name in (*names, "VISITNUM")})
    it.add("011", f"{it.domain}TESTCD", key.duplicated().to_numpy(), f"{it.domain}SEQ", "USUBJID")


def _visits(it: Direct, counts: Mapping[str, Floats], visits: pd.DataFrame) -> None:
    codes, texts = it.coded("VISITNUM")
    number = pd.to_numeric(texts, errors="coerce").round(6)
    unknown = number.notna() & ~number.isin(visits["num"]) & ((number % 1 == 0) | (number < 0))
    it.add("026", "VISITNUM", np.append(unknown, False)[codes])
    names = number.map(visits.set_index("num")["name"])
    wanted = pd.Series(np.append(names.to_numpy(dtype=object), np.nan)[codes], dtype="str")
    given = ~it.missing("VISIT")
    differs = (wanted.notna() & (it.table["VISIT"] != wanted)).to_numpy(dtype=bool) & given
    stolen = (codes >= 0) & wanted.isna().to_numpy() & it.each("VISIT", lambda text: text.isin(visits["name"]))
    it.add("027", "VISIT", differs | stolen, "VISITNUM")
    days = np.append(number.map(visits.set_index("num")["day"]).to_numpy(dtype=float), np.nan)[codes]
    day = counts["VISITDY"]
    it.add("028", "VISITDY", ~np.isnan(days) & ~np.isnan(day) & (days != day), "VISITNUM", "VISIT")


def _tests(it: Direct) -> None:
    code, name = f"{it.domain}TESTCD", f"{it.domain}TEST"
    it.add("031", code, it.each(code, lambda text: ~text.str.fullmatch(r"[A-Z_][A-Z0-9_]{0,7}")))
    (codes, code_texts), (names, name_texts) = it.coded(code), it.coded(name)
    both = (codes >= 0) & (names >= 0)
    pair, size = np.unique(codes[both] * len(name_texts) + names[both], return_counts=True)
    counts = pd.DataFrame({"code": pair // len(name_texts), "name": pair % len(name_texts), "n": size})
    counts = counts.sort_values("n", ascending=False, kind="stable")
    usual_name = counts.drop_duplicates("code").set_index("code")["name"].reindex(range(-1, len(code_texts)))
    usual_code = counts.drop_duplicates("name").set_index("name")["code"].reindex(range(-1, len(name_texts)))
    sizes = counts.groupby("code")["n"].sum().reindex(range(-1, len(code_texts))).to_numpy()
    wanted_name = usual_name.to_numpy()[codes + 1]
    wanted_code = usual_code.fillna(-1).to_numpy(dtype=int)[names + 1]
    rare = sizes[codes + 1] * 10 < sizes[wanted_code + 1]
    wrong_code = (wanted_code >= 0) & (codes >= 0) & (codes != wanted_code) & rare
    it.add("030", code, wrong_code, name)
    it.add("030", name, ~np.isnan(wanted_name) & (names >= 0) & (names != wanted_name) & ~wrong_code, code)


def _results(it: Direct, n: Mapping[str, Floats]) -> None:
    d = it.domain
    number, text = n["STRESN"], f"{d}STRESC"
    value, has_text, has_number = _as_numbers(it, text), ~it.missing(text), ~np.isnan(number)
    codes, texts = it.coded(text)
    decimals = texts.str.extract(r"\.(\d+)$", expand=False).str.len().fillna(0).to_numpy(dtype=float)
    places = 10.0 ** -np.append(decimals, 0.0)[codes]
    differs = ~np.isnan(value) & has_number & ~np.isclose(value, number, rtol=1e-6, atol=1e-9)
    differs &= ~((np.abs(value - number) <= 0.5 * places) & (places < 1))
    lost = ~np.isnan(value) & ~has_number
    it.add("032", f"{d}STRESN", differs | lost | (has_number & ~has_text), text)
    invented = has_number & it.each(text, lambda found: found.str.match(r"[<>]=?\s*\d")) & np.isnan(value)
    it.add("032", f"{d}STRESN", invented, text)

    original, has_original = _as_numbers(it, f"{d}ORRES"), ~it.missing(f"{d}ORRES")
    unit, standard = it.table[f"{d}ORRESU"].fillna(""), it.table[f"{d}STRESU"].fillna("")
    same = (unit == standard).to_numpy(dtype=bool)
    wrong = same & ~np.isnan(original) & has_number & ~np.isclose(original, number, rtol=1e-4, atol=1e-9)
    wrong &= np.abs(original - number) > 0.5 * places
    it.add("033", f"{d}STRESN", wrong, f"{d}ORRES", text, f"{d}ORRESU", f"{d}STRESU")
    it.add("034", f"{d}ORRES", ~has_original & has_text, text)
    it.add("039", text, has_original & ~has_text, f"{d}ORRES")
    _units(it, has_number)
    _done(it, {"ORRES": has_original, "STRESC": has_text, "STRESN": has_number})
    _ranges(it, n, original)
    flagged = it.each(f"{d}LOBXFL", lambda found: found == "Y")
    key = pd.DataFrame({name: it.coded(name)[0] for name in ("USUBJID", *(d + part for part in _BASELINE))})
    twice = np.zeros(len(key), dtype=bool)
    twice[flagged] = key[flagged].duplicated().to_numpy()
    it.add("042", f"{d}LOBXFL", twice, f"{d}SEQ", f"{d}TESTCD", f"{d}DTC")


def _as_numbers(it: Direct, name: str) -> Floats:
    codes, texts = it.coded(name)
    values = np.array(pd.to_numeric(texts, errors="coerce"), dtype=float)
    return np.append(values, np.nan)[codes]


def _units(it: Direct, has_number: Bools) -> None:
    d = it.domain
    group = np.zeros(len(has_number), dtype=np.int64)
    for name in ("TESTCD", "CAT", "SPEC"):
        codes, texts = it.coded(d + name)
        group = group * (len(texts) + 1) + codes + 1
    codes, texts = it.coded(f"{d}STRESU")
    counts = pd.Series(group[has_number] * (len(texts) + 1) + codes[has_number] + 1).value_counts()
    usual = pd.DataFrame({"group": counts.index // (len(texts) + 1), "unit": counts.index % (len(texts) + 1)})
    first = usual.drop_duplicates("group").set_index("group")["unit"]
    groups, place = np.unique(group, return_inverse=True)
    wanted = first.reindex(groups).to_numpy()[place]
    it.add("036", f"{d}STRESU", has_number & (codes + 1 != wanted), f"{d}STRESN", f"{d}TESTCD")


def _done(it: Direct, given: Mapping[str, Bools]) -> None:
    d = it.domain
    done = it.each(f"{d}STAT", lambda found: found == "NOT DONE")
    for name in given:
        it.add("037", f"{d}STAT", done & given[name])
    nothing = ~given["ORRES"] & it.missing(f"{d}STAT")
    it.add("038", f"{d}ORRES", nothing, f"{d}STRESC", f"{d}STRESN", f"{d}STAT")


def _ranges(it: Direct, n: Mapping[str, Floats], original: Floats) -> None:
    d = it.domain
    it.add("040", f"{d}STNRLO", n["STNRLO"] > n["STNRHI"], f"{d}STNRHI")
    codes, texts = it.coded(f"{d}NRIND")
    sides = {"NORMAL": 0.0, "LOW": -1.0, "LOW LOW": -1.0, "HIGH": 1.0, "HIGH HIGH": 1.0}
    side = np.append(texts.map(sides).to_numpy(dtype=float), np.nan)[codes]
    number, low, high = n["STRESN"], n["STNRLO"], n["STNRHI"]
    wanted = (number > high).astype(float) - (number < low).astype(float)
    wrong = ~np.isnan(side) & ~np.isnan(number) & ~(np.isnan(low) & np.isnan(high)) & (side != wanted)
    if f"{d}ORNRLO" in it.table:
        lower, upper = _as_numbers(it, f"{d}ORNRLO"), _as_numbers(it, f"{d}ORNRHI")
        seen = (original > upper).astype(float) - (original < lower).astype(float)
        wrong &= np.isnan(original) | (np.isnan(lower) & np.isnan(upper)) | (side != seen)
    also = tuple(d + name for name in ("STRESN", "STRESC", "STNRLO", "STNRHI", "ORRES"))
    it.add("041", f"{d}NRIND", wrong, *also)
