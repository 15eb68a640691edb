"""Checks of flags of events against what else is known: toxicities that limit the dose, deaths, and the first dose.

Not here: events by themselves (`events`), and deaths as several domains tell them (`across`).
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from trial_report import declare
from trial_report.declare import Finding
from trial_report.schemas.checks.across import differ
from trial_report.schemas.checks.course import days, dose, in_words
from trial_report.schemas.checks.dated import own_prefix
from trial_report.schemas.checks.missing import is_whole
from trial_report.schemas.codelists.terms import UNRELATED
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.unique import among, equals, of_each
from trial_report.schemas.domains.variables import observation_class
from trial_report.schemas.study import StudyDefinition

_MOST, _ENOUGH = 0.8, 5


def _is_related(domains: Domains, definition: StudyDefinition) -> pd.Series:
    """Events that the definition counts as related; one that does not say is none here."""
    ae, rule = domains["AE"], definition.adverse_events
    if not domains.has("AE", rule.relationship_variable):
        return pd.Series(False, index=ae.index)
    return among(ae[rule.relationship_variable], rule.related)


def _is_unrelated(domains: Domains, definition: StudyDefinition) -> pd.Series:
    ae, rule = domains["AE"], definition.adverse_events
    if not domains.has("AE", rule.relationship_variable):
        return pd.Series(False, index=ae.index)
    value = ae[rule.relationship_variable]
    if rule.unrelated:
        return among(value, rule.unrelated)
    return of_each(value, lambda found: found.str.strip().str.upper().isin(UNRELATED), False)


def _of_grade(domains: Domains, grades: tuple[str, ...], words: tuple[str, ...]) -> pd.Series:
    """Events of one of these grades, or of one of these severities where none is graded."""
    ae = domains["AE"]
    found = pd.Series(False, index=ae.index)
    if domains.has("AE", "AETOXGR"):
        found |= among(ae["AETOXGR"], grades)
    if domains.has("AE", "AESEV"):
        graded = ae["AETOXGR"].notna() if domains.has("AE", "AETOXGR") else False
        found |= among(ae["AESEV"], words) & ~graded
    return found


def _flag_place(
    domains: Domains, name: str, wrong: pd.Series, expected: str, also: tuple[str, ...] = ()
) -> Iterator[Finding]:
    """A finding where a flag of AE stands: in SUPPAE where it was put beside AE from there."""
    if name in domains.sources["AE"].merged and domains.has("SUPPAE", "QNAM", "IDVARVAL", "IDVAR"):
        supp, ae = domains["SUPPAE"], domains["AE"]
        if wrong.any() and "AESEQ" in ae:
            keys = ae.loc[wrong, ["USUBJID", "AESEQ"]].astype({"AESEQ": "str"})
            at = supp[supp["QNAM"] == name].reset_index()[["index", "USUBJID", "IDVARVAL"]]
            places = at.merge(keys, left_on=["USUBJID", "IDVARVAL"], right_on=["USUBJID", "AESEQ"])["index"]
            yield Finding("SUPPAE", supp.index.isin(places), "QVAL", expected=expected, also=("QNAM", "USUBJID"))
    else:
        yield Finding("AE", wrong, name, expected=expected, also=also)


@declare.check(
    "X-033",
    "error",
    "A dose-limiting toxicity is mild, or not related to treatment.",
    "Correct the flag, the grade or the relationship; a dose-limiting toxicity stops the escalation.",
    uses=("AE.USUBJID",),
)
def toxicity_is_severe_and_related(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    rule = definition.escalation
    if rule is None or rule.dlt_variable not in domains["AE"]:
        return
    flagged = equals(domains["AE"][rule.dlt_variable], "Y") & ~_is_outside(domains, definition)
    mild = flagged & _of_grade(domains, ("1",), ("MILD",))
    yield from _flag_place(domains, rule.dlt_variable, mild, "no Y: the event is of grade 1, or mild")
    apart = flagged & ~mild & _is_unrelated(domains, definition)
    yield from _flag_place(domains, rule.dlt_variable, apart, "no Y: the event is not related to treatment")


@declare.check(
    "X-034",
    "warning",
    "A dose-limiting toxicity is flagged of a subject outside the escalation.",
    "Correct the flag, or the subject's phase: it counts for no decision of the escalation.",
    uses=("AE.USUBJID", "DM.USUBJID"),
)
def toxicity_is_in_escalation(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    rule = definition.escalation
    if rule is None or rule.dlt_variable not in domains["AE"]:
        return
    wrong = equals(domains["AE"][rule.dlt_variable], "Y") & _is_outside(domains, definition)
    yield from _flag_place(domains, rule.dlt_variable, wrong, f"no Y: the subject is not of {rule.phase}")


def _is_outside(domains: Domains, definition: StudyDefinition) -> pd.Series:
    """Events of subjects who are known to belong to another phase than that of the escalation."""
    rule, phases = definition.escalation, definition.phases
    if rule is None or phases is None or not domains.has("DM", phases.variable):
        return pd.Series(False, index=domains["AE"].index)
    phase = domains.of_subject("AE", domains["DM"][phases.variable])
    return phase.notna() & (phase != rule.phase)


@declare.check(
    "X-035",
    "warning",
    "A severe, related event within the window of the escalation is not flagged as dose-limiting, or has no flag.",
    "Set the flag; nothing, where the definition of a dose-limiting toxicity leaves the event out.",
    uses=("AE.AESTDTC", "DM.USUBJID"),
)
def severe_event_is_assessed(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    rule, phases, ae = definition.escalation, definition.phases, domains["AE"]
    if rule is None or phases is None or not domains.has("DM", phases.variable) or rule.dlt_variable not in ae:
        return
    flag = ae[rule.dlt_variable]
    start = days(domains, "AE", "AESTDTC")
    first = domains.of_subject("AE", dose(domains, "min"))
    within = (start >= first) & (start < first + pd.Timedelta(days=rule.dlt_window_days))
    within &= equals(domains.of_subject("AE", domains["DM"][phases.variable]), rule.phase)
    severe = within & _of_grade(domains, ("3", "4", "5"), ("SEVERE",)) & _is_related(domains, definition)
    # Where only toxicities are flagged, all other events have none.
    assessed = equals(flag, "N").any()
    yield Finding(
        "AE",
        severe & ~equals(flag, "Y"),
        rule.dlt_variable,
        expected="Y: grade 3 or more, related, and within the window",
        also=("AETOXGR", "AESTDTC", definition.adverse_events.relationship_variable),
    )
    mostly = flag[within].notna().sum() >= _MOST * within.sum() and within.sum() >= _ENOUGH
    # A record of SUPPAE that could not be read may hold the flag.
    mostly &= "SUPPAE" not in domains.sources or is_whole(domains, "SUPPAE")
    missing = within & flag.isna() & ~severe & bool(assessed and mostly) & ~_lost(domains, rule.dlt_variable)
    yield Finding("AE", missing, rule.dlt_variable, expected="Y or N, as other events have", also=("AESTDTC",))


def _lost(domains: Domains, variable: str) -> pd.Series:
    """Events of subjects of whom SUPPAE has more qualifiers of this name than reached an event: that is told there."""
    ae = domains["AE"]
    if variable not in domains.sources["AE"].merged or not domains.has("SUPPAE", "QNAM", "USUBJID"):
        return pd.Series(False, index=ae.index)
    supp = domains["SUPPAE"]
    given = supp.loc[equals(supp["QNAM"], variable), "USUBJID"].value_counts()
    reached = ae.loc[ae[variable].notna(), "USUBJID"].value_counts()
    left = given.sub(reached, fill_value=0)
    return ae["USUBJID"].isin(left.index[left > 0])


@declare.check(
    "X-032",
    "warning",
    "A fatal event does not end on the day of death.",
    "Correct AEENDTC, or DTHDTC in DM.",
    uses=("AE.AEOUT", "AE.AEENDTC", "DM.DTHDTC"),
)
def fatal_event_ends_with_death(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    ae = domains["AE"]
    death = domains.of_subject("AE", domains["DM"]["DTHDTC"])
    wrong = equals(ae["AEOUT"], "FATAL") & differ(ae["AEENDTC"], death)
    # An end after death is an error of its own.
    wrong &= ~(days(domains, "AE", "AEENDTC") > domains.of_subject("AE", days(domains, "DM", "DTHDTC", "upper")))
    yield Finding("AE", wrong, "AEENDTC", expected=death.fillna(""), also=("AEOUT", "DM.DTHDTC", "AESTDTC"))


@declare.check(
    "X-031",
    "error",
    "A subject completed, withdrew, consented or was randomised after its death.",
    "Correct DSSTDTC or DSDECOD, or DTHDTC in DM.",
    uses=("DS.DSDECOD", "DS.DSSTDTC", "DM.DTHDTC"),
)
def nothing_decided_after_death(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    # Death itself, and that a subject was lost or the study ended, may be learnt and recorded later.
    acts = ["COMPLETED", "WITHDRAWAL BY SUBJECT", "INFORMED CONSENT OBTAINED", "RANDOMIZED", "ENTERED INTO TRIAL"]
    last = domains.of_subject("DS", days(domains, "DM", "DTHDTC", "upper"))
    wrong = among(domains["DS"]["DSDECOD"], acts) & (days(domains, "DS", "DSSTDTC") > last)
    yield Finding("DS", wrong, "DSSTDTC", expected="not after death on " + in_words(last), also=("DM.DTHDTC",))


#: What may end after death: periods of observation that the site closes later, and what is told of the subject.
_CLOSED_LATER = frozenset({"DM", "DS", "DD", "SS", "DV", "MI", "BE", "BS", "SE", "SV"})


@declare.check(
    "--070",
    "error",
    "Something ended after the subject's death.",
    "Correct the end, or DTHDTC in DM; what a subject died with ends with its death, or has no end.",
    uses=("DM.DTHDTC",),
)
def nothing_ends_after_death(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    death = days(domains, "DM", "DTHDTC", "upper")
    if death.isna().all():
        return
    for domain in domains:
        name = f"{own_prefix(domain)}ENDTC"
        if domain in _CLOSED_LATER or not domains.has(domain, name, "USUBJID"):
            continue
        start = f"{own_prefix(domain)}{'DTC' if observation_class(domain) == 'Findings' else 'STDTC'}"
        last = domains.of_subject(domain, death)
        wrong = days(domains, domain, name) > last
        # What began after death is said by that.
        wrong &= ~(days(domains, domain, start) > last)
        yield Finding(domain, wrong, name, expected="not after death on " + in_words(last), also=("DM.DTHDTC", start))


@declare.check(
    "--071",
    "warning",
    "What is marked as ongoing has ended by then.",
    "Empty --ENRTPT or --ENRF, or --ENDTC.",
)
def ongoing_has_no_end(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    for domain, frame in domains.items():
        own = own_prefix(domain)
        end = f"{own}ENDTC"
        if observation_class(domain) not in ("Events", "Interventions") or not domains.has(domain, end):
            continue
        # AE-060 says it of adverse events.
        if domains.has(domain, f"{own}ENRTPT") and domain != "AE":
            ongoing = equals(frame[f"{own}ENRTPT"], "ONGOING")
            point = days(domains, domain, f"{own}ENTPT", "upper")
            wrong = ongoing & frame[end].notna() & ~(days(domains, domain, end, "upper") > point)
            yield Finding(domain, wrong, f"{own}ENRTPT", expected="no ONGOING: it has an end", also=(end,))
        if domains.has(domain, f"{own}ENRF") and domains.has("DM", "RFENDTC"):
            after = among(frame[f"{own}ENRF"], ["ONGOING", "AFTER"])
            until = domains.of_subject(domain, days(domains, "DM", "RFENDTC"))
            wrong = after & (days(domains, domain, end, "upper") < until)
            also = (end, "DM.RFENDTC")
            yield Finding(domain, wrong, f"{own}ENRF", expected="BEFORE or DURING: it ended by then", also=also)


@declare.check(
    "X-040",
    "warning",
    "An event is flagged as treatment-emergent and began before first dose.",
    "Correct the flag, or AESTDTC; nothing, where it worsened under treatment.",
    uses=("AE.AESTDTC", "DM.USUBJID"),
)
def emergent_event_is_after_dose(domains: Domains, definition: StudyDefinition) -> Iterator[Finding]:
    ae = domains["AE"]
    if "AETRTEM" not in ae:
        return
    first = domains.of_subject("AE", dose(domains, "min"))
    wrong = equals(ae["AETRTEM"], "Y") & (days(domains, "AE", "AESTDTC", "upper") < first)
    yield from _flag_place(domains, "AETRTEM", wrong, "no Y: it began before first dose", ("AESTDTC",))
