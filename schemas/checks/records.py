"""Checks of records: which ones are there twice, and what names and numbers belong together.

Not here: equal results in records that differ in their keys (`copies`).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.unique import among, group_codes, taken, unique_texts
from trial_report.schemas.domains.variables import observation_class, prefix, variables
from trial_report.schemas.study import StudyDefinition

# What tells one measurement from another (SDTMIG 3.4, section 3.2.1.1, natural keys). A repeat at one time point has
# its own --REPNUM, --TPT, --SPID or time; the visit tells apart only what the date does not.
_FINDINGS_KEY = (
    "TESTCD",
    "OBJ",
    "TSTDTL",
    "CAT",
    "SCAT",
    "SPEC",
    "METHOD",
    "ANMETH",
    "POS",
    "LOC",
    "LAT",
    "DIR",
    "PORTOT",
) + ("EVAL", "EVALID", "DTC", "ENDTC", "TPT", "TPTNUM", "REPNUM", "SPID", "GRPID", "REFID", "LNKID", "LEAD")
_ALSO_KEY = ("VISITNUM", "SPDEVID", "FOCID")
# A sequence number and what is computed do not make two records different.
_NOT_KEY = ("SEQ", "DY", "STDY", "ENDY")


@declare.check(
    "--011",
    "error",
    "A record is there twice: nothing tells it from an earlier one.",
    "Take one out; a true repeat has its own --REPNUM, --TPT, --SPID or time in --DTC.",
)
def no_record_twice(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame in domains.items():
        key = record_key(domains, domain)
        if key:
            subject = frame["USUBJID"].notna()
            twice = subject & pd.Series(group_codes(frame, key), index=frame.index).duplicated()
            topics = (f"{domain}TESTCD", f"{domain}TERM", f"{domain}TRT", "VISITNUM")
            topic = next((name for name in topics if name in key), "USUBJID")
            also = (f"{prefix(domain)}SEQ", "USUBJID")
            yield Finding(domain, twice, topic, expected="a record of its own", also=also)


def record_key(domains: Domains, domain: str) -> list[str]:
    """The variables by which two records of a domain differ; empty for domains where that is not known."""
    own, kind = prefix(domain), observation_class(domain)
    if domain == "SV":
        return ["USUBJID", "VISITNUM"] if domains.has("SV", "USUBJID", "VISITNUM") else []
    if not domains.has(domain, "USUBJID") or domain == "DM":
        return []
    if kind == "Findings":
        names = ["USUBJID", *(own + name for name in _FINDINGS_KEY), *_ALSO_KEY]
        return [name for name in names if domains.has(domain, name)] if domains.has(domain, f"{own}TESTCD") else []
    if kind in {"Events", "Interventions"}:
        dropped = {own + name for name in _NOT_KEY}
        # Qualifiers of SUPP-- belong to a sequence number: a copy under another number has none.
        return [name for name in variables(domain) if name not in dropped and domains.has(domain, name)]
    return []


@declare.check(
    "--031",
    "error",
    "A test code is not a name that SDTM allows.",
    "At most 8 capitals, digits and underscores, beginning with a letter.",
)
def test_code_is_a_name(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame in domains.items():
        code = f"{domain}TESTCD"
        if observation_class(domain) == "Findings" and domains.has(domain, code):
            names = pd.Series(frame[code].dropna().unique(), dtype="str")
            bad = names[~names.str.fullmatch(r"[A-Z_][A-Z0-9_]{0,7}").to_numpy(dtype=bool)]
            yield Finding(domain, among(frame[code], bad), code, expected="such as SYSBP")


@declare.check(
    "--030",
    "error",
    "A test code and its name do not belong together one to one.",
    "Use one --TEST for a --TESTCD.",
)
def test_has_one_name(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame in domains.items():
        code, name = f"{domain}TESTCD", f"{domain}TEST"
        if observation_class(domain) != "Findings" or not domains.has(domain, code, name):
            continue
        (codes, code_texts), (names, name_texts) = unique_texts(frame[code]), unique_texts(frame[name])
        both = (codes >= 0) & (names >= 0)
        counts = pd.DataFrame({"code": codes[both], "name": names[both]}).value_counts().rename("n").reset_index()
        texts = pd.DataFrame({"code": taken(code_texts, counts["code"]), "name": taken(name_texts, counts["name"])})
        # Of pairs that are equally frequent the first in the alphabet is the usual one.
        counts = counts.iloc[texts.assign(n=-counts["n"]).sort_values(["n", "code", "name"]).index]
        usual_name = _usual(counts, "code", "name", len(code_texts))[codes]
        usual_code = _usual(counts, "name", "code", len(name_texts))[names]
        size = np.append(np.bincount(codes[codes >= 0], minlength=len(code_texts)), 0)
        wrong_name = (usual_name >= 0) & (names >= 0) & (names != usual_name)
        # The name is known under another code only: then it is the code that is wrong.
        rare = size[codes] * 10 < size[usual_code]
        wrong_code = (usual_code >= 0) & (codes >= 0) & (codes != usual_code) & rare
        wrong_name &= ~wrong_code
        for variable, other, wrong, wanted in (
            (code, name, wrong_code, taken(code_texts, usual_code[wrong_code])),
            (name, code, wrong_name, taken(name_texts, usual_name[wrong_name])),
        ):
            expected = wanted.set_axis(frame.index[wrong])
            yield Finding(domain, wrong, variable, expected=expected, also=(other,))


def _usual(counts: pd.DataFrame, by: str, of: str, size: int) -> npt.NDArray[np.int64]:
    """For each code of `by` the code of `of` that comes first in the counts; -1 for none, and at the end."""
    first = counts.drop_duplicates(by).set_index(by)[of].reindex(range(size), fill_value=-1)
    return np.append(first.to_numpy(dtype=np.int64), -1)


@declare.check(
    "--047",
    "error",
    "A measurement that the study definition names does not occur in the data.",
    "Correct testcd or where in study.yml, or deliver the records.",
)
def every_parameter_occurs(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for parameter in definition.parameters:
        domain, code = parameter.domain, f"{parameter.domain}TESTCD"
        # A domain without any record is told by itself.
        there = domains.has(domain, code) and len(domains[domain])
        if there and not (domains[domain][code] == parameter.testcd).any():
            yield Finding(domain, None, code, expected=f"records with {code} = {parameter.testcd}")
