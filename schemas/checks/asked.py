"""Checks of what leaves an analysis without a word: results without a day or visit, words almost those asked for.

Not here: values that the definition does not name at all (`vocabulary`), and results that are missing (`missing`).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.checks.findings import parameter_rows
from trial_report.schemas.checks.vocabulary import nearly_asked
from trial_report.schemas.codelists.alike import is_near, is_slip, loosened
from trial_report.schemas.domains.iso8601 import whole_days
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.unique import as_series, of_each, unique_texts
from trial_report.schemas.study import StudyDefinition

#: Words by which analyses find records of DS and DM, whatever the definition says; CDISC's submission values.
_KNOWN: dict[tuple[str, str], tuple[str, ...]] = {
    ("DS", "DSDECOD"): ("COMPLETED", "DEATH", "SCREEN FAILURE", "LOST TO FOLLOW-UP", "RANDOMIZED", "ENROLLED")
    + ("ENTERED INTO TRIAL", "INFORMED CONSENT OBTAINED"),
    ("DS", "DSSCAT"): ("STUDY TREATMENT",),
    ("DM", "ARMNRS"): ("SCREEN FAILURE", "ASSIGNED, NOT TREATED", "NOT ASSIGNED", "UNPLANNED TREATMENT"),
}


def _analysed(domains: Domains, definition: StudyDefinition) -> Iterator[tuple[str, pd.DataFrame, pd.Series]]:
    """Domains of measurements of the definition, and their rows that are of one and have a result."""
    for domain in dict.fromkeys(parameter.domain for parameter in definition.parameters):
        if not domains.has(domain, f"{domain}TESTCD"):
            continue
        frame = domains[domain]
        rows = pd.Series(False, index=frame.index)
        for parameter in definition.parameters:
            if parameter.domain == domain:
                rows |= parameter_rows(frame, parameter)
        results = [name for name in (f"{domain}STRESC", f"{domain}STRESN") if domains.has(domain, name)]
        yield domain, frame, rows & frame[results].notna().any(axis=1)


@declare.check(
    "X-020",
    "error",
    "A result that is analysed has no date: it counts at no visit.",
    "Fill --DTC.",
    uses=("DM.USUBJID",),
)
def result_is_dated(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame, rows in _analysed(domains, definition):
        name = f"{domain}DTC"
        if domains.has(domain, name) and frame[name].notna().any():
            yield Finding(domain, rows & frame[name].isna(), name, expected="the day of the measurement")


@declare.check(
    "X-046",
    "warning",
    "The day of a result that is analysed is not known: it counts at no visit by its day.",
    "Fill --DTC as far as it is known.",
    uses=("DM.USUBJID",),
)
def result_has_a_day(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame, rows in _analysed(domains, definition):
        name = f"{domain}DTC"
        if domains.has(domain, name):
            partial = frame[name].notna() & whole_days(domains.dates(domain, name)).isna()
            yield Finding(domain, rows & partial, name, expected="a whole date")


@declare.check(
    "X-045",
    "warning",
    "A result that is analysed names no visit number, where others do.",
    "Fill VISITNUM.",
    uses=("DM.USUBJID",),
)
def result_names_its_visit(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame, rows in _analysed(domains, definition):
        if not domains.has(domain, "VISITNUM") or not rows.any():
            continue
        lacking = rows & frame["VISITNUM"].isna()
        named = frame["VISIT"].notna() if domains.has(domain, "VISIT") else pd.Series(False, index=frame.index)
        if lacking[rows].mean() > 0.05:
            lacking &= named
        yield Finding(domain, lacking, "VISITNUM", expected="the number of the visit", also=("VISIT",))


@declare.check(
    "X-021",
    "error",
    "A word is almost the one by which analyses find the record.",
    "Write the CDISC term, in its capitals.",
)
def word_is_as_analyses_ask(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for (domain, variable), words in _KNOWN.items():
        if not domains.has(domain, variable):
            continue
        values = domains[domain][variable]
        near = {
            text: word
            for text in map(str, as_series(unique_texts(values)[1]))
            for word in words
            if text not in words and (is_near(text, word) or is_slip(text, word))
        }
        expected = of_each(values, lambda found, near=near: found.map(near).astype("str"), None)  # type: ignore[misc]
        yield Finding(domain, expected.notna(), variable, expected=expected.astype("str"))


@declare.check(
    "X-043",
    "error",
    "A protocol deviation has no class, and an analysis set leaves out subjects by the class of their deviations.",
    "Fill DVCAT.",
    uses=("DV.DVCAT",),
)
def deviation_has_a_class(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    asked = [value for one in definition.analysis_sets for value in one.criteria.without_deviation]
    if asked:
        missing = domains["DV"]["DVCAT"].isna()
        yield Finding("DV", missing, "DVCAT", expected=f"a class, such as {', '.join(dict.fromkeys(asked))}")


#: What a dictionary gives differs by a letter also where it is another term; its spelling is looked at by itself.
_DICTIONARY = ("DECOD", "LLT", "HLT", "HLGT", "BODSYS", "SOC", "TERM", "TRT")


@declare.check(
    "X-044",
    "warning",
    "A value differs by one letter from one that the study definition asks for and that others have.",
    "Correct the value; nothing, where it is another one.",
)
def value_is_no_slip(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    yield from nearly_asked(domains, definition, _slips)


def _slips(values: pd.Series, asked: tuple[str, ...]) -> dict[str, str]:
    """Texts of a column that are a slip of one of those asked for, which others have → that one."""
    if str(values.name)[2:] in _DICTIONARY:
        return {}
    codes, unique = unique_texts(values)
    number = np.bincount(codes[codes >= 0], minlength=len(unique)).tolist()
    counts = dict(zip(map(str, as_series(unique)), number, strict=True))
    near: dict[str, str] = {}
    for word in (word for word in asked if word in counts):
        for text, count in counts.items():
            # What is there more often than the word asked for is a word of its own.
            if text not in asked and count <= counts[word] and _is_slip(text, word):
                near.setdefault(text, word)
    return near


def _is_slip(text: str, word: str) -> bool:
    """Whether a text is near a word, and not only another writing of it, which X-015 says."""
    return is_slip(text, word) or (is_near(text, word) and loosened(text) != loosened(word))
