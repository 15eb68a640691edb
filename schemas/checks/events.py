"""Checks of adverse events: seriousness, outcome, grade, coding, dose-limiting toxicity.

Not here: coding of terms (`coding`), and flags against deaths and doses (`flags`).
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.checks.subjects import usual_value
from trial_report.schemas.codelists.terms import GRADES
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.unique import among
from trial_report.schemas.study import StudyDefinition

#: What makes an event serious (ICH E2A; intervention of 21 CFR 803.3 for devices), as SDTM flags it.
CRITERIA = ("AESCONG", "AESDISAB", "AESDTH", "AESHOSP", "AESLIFE", "AESMIE", "AESINTV")
#: Flags that SDTM keeps beside them: neither cancer nor overdose makes an event serious by itself.
FURTHER = ("AESCAN", "AESOD")
_ENDED = ("RECOVERED/RESOLVED", "RECOVERED/RESOLVED WITH SEQUELAE", "FATAL")


def _criteria(domains: Domains, names: tuple[str, ...] = CRITERIA) -> pd.DataFrame:
    ae = domains["AE"]
    return ae[[name for name in names if domains.has("AE", name)]] == "Y"


@declare.check(
    "AE-050",
    "error",
    "An event meets a criterion of seriousness and is not serious.",
    "Set AESER to Y, or correct the criterion.",
    uses=("AE.AESER",),
)
def criterion_makes_serious(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    ae, criteria = domains["AE"], _criteria(domains)
    wrong = criteria.any(axis=1) & (ae["AESER"] != "Y")
    yield Finding("AE", wrong, "AESER", expected="Y", also=tuple(criteria.columns))


@declare.check(
    "AE-051",
    "warning",
    "An event is serious and meets no criterion of seriousness.",
    "Set the criterion that the event meets (AESDTH, AESHOSP, …), or AESER to N.",
    uses=("AE.AESER",),
)
def serious_has_criterion(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    criteria = _criteria(domains, (*CRITERIA, *FURTHER))
    if not criteria.empty:
        wrong = (domains["AE"]["AESER"] == "Y") & ~criteria.any(axis=1)
        yield Finding("AE", wrong, "AESER", expected="a criterion with Y", also=tuple(criteria.columns))


@declare.check(
    "AE-052", "error", "An event does not say whether it was serious.", "Fill AESER with Y or N.", uses=("AE.AESER",)
)
def seriousness_is_given(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    # The codelist has U and NA as well; an event of these would be counted as not serious.
    yield Finding("AE", ~among(domains["AE"]["AESER"], ["Y", "N"]), "AESER", expected="Y or N")


@declare.check(
    "AE-053",
    "error",
    "Outcome, grade and criterion of an event do not agree on whether it was fatal.",
    "Correct AEOUT, AESDTH or AETOXGR: a fatal event has FATAL, Y and 5.",
    uses=("AE.AEOUT",),
)
def fatal_agrees(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    ae = domains["AE"]
    fatal = ae["AEOUT"] == "FATAL"
    for variable, value in (("AESDTH", "Y"), ("AETOXGR", "5")):
        if domains.has("AE", variable):
            said = ae[variable] == value
            # A grade that is not there is told by itself, and need not be by a scale that has one for death.
            given = ae[variable].isin(GRADES) if variable == "AETOXGR" else ae[variable].notna() | fatal
            wrong = (fatal != said) & given
            yield Finding(
                "AE",
                wrong,
                "AEOUT",
                expected=f"FATAL where {variable} is {value}, and only there",
                also=(variable, "AESER"),
            )


@declare.check(
    "AE-054",
    "error",
    "A dose-limiting toxicity begins outside the window in which one counts.",
    "Correct the flag or AESTDTC; study.yml says how long the window is.",
    uses=("AE.AESTDTC", "DM.RFXSTDTC"),
)
def toxicity_in_window(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    rule = definition.escalation
    if rule is None or rule.dlt_variable not in domains["AE"]:
        return
    ae = domains["AE"]
    first = domains.dates("DM", "RFXSTDTC")["lower"].dt.floor("D")
    dosed = domains.of_subject("AE", first)
    onset = domains.dates("AE", "AESTDTC")
    last = dosed + pd.Timedelta(days=rule.dlt_window_days)
    outside = dosed.isna() | (onset["upper"] < dosed) | (onset["lower"] >= last) | onset["lower"].isna()
    flagged = ae[rule.dlt_variable] == "Y"
    yield Finding(
        "AE",
        flagged & outside,
        "AESTDTC",
        expected=f"within {rule.dlt_window_days} days of first dose",
        also=(rule.dlt_variable, "DM.RFXSTDTC", "AESTDY"),
    )


@declare.check(
    "AE-055",
    "error",
    "The flag of a dose-limiting toxicity is neither Y nor N.",
    "Write Y or N, or leave it out where it was not assessed.",
    uses=("AE",),
)
def toxicity_is_yes_or_no(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    rule = definition.escalation
    if rule is not None and rule.dlt_variable in domains["AE"]:
        flag = domains["AE"][rule.dlt_variable]
        yield Finding("AE", flag.notna() & ~among(flag, ["Y", "N"]), rule.dlt_variable, expected="Y or N")


@declare.check(
    "AE-056",
    "warning",
    "An event has no date of onset; analyses take it to have begun on the day of first dose, unless it ended before.",
    "Fill AESTDTC with as much of the date as is known.",
    uses=("AE.AESTDTC",),
)
def onset_is_dated(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    yield Finding("AE", domains["AE"]["AESTDTC"].isna(), "AESTDTC", expected="a date, whole or partial")


@declare.check(
    "AE-057",
    "warning",
    "Outcome and end date of an event do not agree.",
    "An event that ended has a date in AEENDTC, one that did not end has none.",
    uses=("AE.AEOUT", "AE.AEENDTC"),
)
def outcome_agrees_with_end(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    ae = domains["AE"]
    ended = among(ae["AEOUT"], _ENDED)
    running = ae["AEOUT"] == "NOT RECOVERED/NOT RESOLVED"
    yield Finding("AE", ended & ae["AEENDTC"].isna(), "AEENDTC", expected="a date, whole or partial", also=("AEOUT",))
    yield Finding("AE", running & ae["AEENDTC"].notna(), "AEENDTC", expected="no date: not resolved", also=("AEOUT",))


@declare.check(
    "AE-058",
    "warning",
    "Severity and grade of an event do not agree.",
    "Grade 1 is mild, 2 moderate, 3 and above severe.",
    uses=("AE.AESEV", "AE.AETOXGR"),
)
def severity_agrees_with_grade(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    ae = domains["AE"]
    severity = {"1": "MILD", "2": "MODERATE", "3": "SEVERE", "4": "SEVERE", "5": "SEVERE"}
    wanted = ae["AETOXGR"].map(severity).astype("str")
    wrong = wanted.notna() & ae["AESEV"].notna() & (ae["AESEV"] != wanted)
    yield Finding("AE", wrong, "AESEV", expected=wanted, also=("AETOXGR",))


@declare.check(
    "AE-059",
    "warning",
    "A preferred term stands under two system organ classes; it has a row under each.",
    "Code each preferred term to its one primary system organ class.",
    uses=("AE.AEDECOD",),
)
def term_has_one_class(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    ae = domains["AE"]
    for name in ("AEBODSYS", "AESOC"):
        if domains.has("AE", name):
            usual = usual_value(ae["AEDECOD"], ae[name]).astype("str")
            wrong = usual.notna() & ae[name].notna() & (ae[name] != usual)
            yield Finding("AE", wrong, name, expected=usual, also=("AEDECOD", "AEBODSYS"))


@declare.check(
    "AE-060",
    "warning",
    "An event that ended is marked as ongoing; analyses take its end.",
    "Empty AEENRTPT, or AEENDTC.",
    uses=("AE.AEENRTPT", "AE.AEENDTC"),
)
def ongoing_has_no_end(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    ae = domains["AE"]
    wrong = (ae["AEENRTPT"] == "ONGOING") & ae["AEENDTC"].notna()
    yield Finding("AE", wrong, "AEENRTPT", expected="no ONGOING where AEENDTC is filled", also=("AEENDTC",))


@declare.check(
    "AE-061",
    "warning",
    "An event does not say whether it is related to treatment.",
    "Fill AEREL; analyses count the event as related.",
    uses=("AE",),
)
def relationship_is_given(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    name = definition.adverse_events.relationship_variable
    if domains.has("AE", name):
        yield Finding("AE", domains["AE"][name].isna(), name, expected="a relationship")


@declare.check(
    "AE-062",
    "warning",
    "An event has no grade.",
    "Fill the grade; analyses cannot place the event by severity.",
    uses=("AE",),
)
def grade_is_given(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    name = definition.adverse_events.grade_variable
    if domains.has("AE", name):
        yield Finding("AE", domains["AE"][name].isna(), name, expected="a grade")
