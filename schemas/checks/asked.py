"""Checks of what leaves an analysis without a word: results without a day or visit, words almost those asked for.

Not here: values that the definition does not name at all (`vocabulary`), and results that are missing (`missing`).
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.checks.findings import parameter_rows
from trial_report.schemas.checks.subjects import is_screen_failure
from trial_report.schemas.checks.vocabulary import nearly_asked, slips_of
from trial_report.schemas.codelists.alike import is_near, is_slip
from trial_report.schemas.domains.iso8601 import whole_days
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.unique import as_series, of_each, unique_texts
from trial_report.schemas.study import StudyDefinition
from trial_report.schemas.study.design import Assign

#: Words by which analyses find records of DS and DM, whatever the definition says; CDISC's submission values.
_KNOWN: dict[tuple[str, str], tuple[str, ...]] = {
    ("DS", "DSDECOD"): ("COMPLETED", "DEATH", "SCREEN FAILURE", "LOST TO FOLLOW-UP", "RANDOMIZED", "ENROLLED")
    + ("ENTERED INTO TRIAL", "INFORMED CONSENT OBTAINED"),
    ("DS", "DSSCAT"): ("STUDY TREATMENT",),
    ("DM", "ARMNRS"): ("SCREEN FAILURE", "ASSIGNED, NOT TREATED", "NOT ASSIGNED", "UNPLANNED TREATMENT"),
}


def _analysed(
    domains: Domains, definition: StudyDefinition, by: Assign | None = None
) -> Iterator[tuple[str, pd.DataFrame, pd.Series]]:
    """Domains of measurements of the definition, and their rows that are of one and have a result.

    With `by` only of measurements whose values belong to visits in that way.
    """
    parameters = [one for one in definition.parameters if by in (None, one.assign or definition.assign)]
    for domain in dict.fromkeys(parameter.domain for parameter in parameters):
        if not domains.has(domain, f"{domain}TESTCD"):
            continue
        frame = domains[domain]
        rows = pd.Series(False, index=frame.index)
        for parameter in parameters:
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
    "X-049",
    "error",
    "The day of a result at a visit of the study is not known: the result leaves the analysis of that visit.",
    "Fill --DTC as far as it is known; accept it where the day cannot be known.",
    uses=("DM.USUBJID",),
)
def result_has_a_day(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, rows, at_visit in _without_a_day(domains, definition):
        yield Finding(domain, rows & at_visit, f"{domain}DTC", expected="a whole date", also=("VISITNUM",))


@declare.check(
    "X-046",
    "warning",
    "The day of a result that is analysed is not known: it counts at no visit by its day.",
    "Fill --DTC as far as it is known.",
    uses=("DM.USUBJID",),
)
def unplanned_result_has_a_day(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, rows, at_visit in _without_a_day(domains, definition):
        yield Finding(domain, rows & ~at_visit, f"{domain}DTC", expected="a whole date")


def _without_a_day(domains: Domains, definition: StudyDefinition) -> Iterator[tuple[str, pd.Series, pd.Series]]:
    """Domains, their analysed rows whose date is no day, and all rows that name a visit of the definition."""
    planned = [round(visit.num, 6) for visit in definition.visits]
    for domain, frame, rows in _analysed(domains, definition):
        name = f"{domain}DTC"
        if domains.has(domain, name):
            partial = frame[name].notna() & whole_days(domains.dates(domain, name)).isna()
            at_visit = pd.Series(False, index=frame.index)
            if domains.has(domain, "VISITNUM"):
                at_visit |= frame["VISITNUM"].round(6).isin(planned)
                at_visit &= ~domains.have(domain, "DM", is_screen_failure(domains))
            yield domain, rows & partial, at_visit


@declare.check(
    "X-050",
    "error",
    "A result names no visit number, and belongs to a visit by that alone: it leaves the analysis.",
    "Fill VISITNUM.",
    uses=("DM.USUBJID",),
)
def result_names_its_visit(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    yield from _without_a_visit(domains, definition, "recorded")


@declare.check(
    "X-045",
    "warning",
    "A result that is analysed names no visit number, where others do.",
    "Fill VISITNUM.",
    uses=("DM.USUBJID",),
)
def result_by_its_day_names_its_visit(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    yield from _without_a_visit(domains, definition, "window")


def _without_a_visit(domains: Domains, definition: StudyDefinition, by: Assign) -> Iterator[Finding]:
    for domain, frame, rows in _analysed(domains, definition, by):
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


@declare.check(
    "X-044",
    "warning",
    "A value differs by one letter from one that the study definition asks for and that others have.",
    "Correct the value; nothing, where it is another one.",
)
def value_is_no_slip(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    yield from nearly_asked(domains, definition, lambda values, asked: slips_of(values, asked, rare=False))
